# make serve   install what is missing and open lrdiag at http://127.0.0.1:8000
# make test    install what is missing and run every test
# make docs    write docs/rules anew from the rules
# make check   format, lint, types, floors

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= lrdiag-data
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: serve test docs check fix browser clean help
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# //p' Makefile

.venv/made:
	@test -n "$(PYTHON)" || { echo "lrdiag needs Python 3.11 or newer; none was found. Name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/serve: .venv/made pyproject.toml constraints.txt
	$(PIP) -e ".[server]"
	@touch $@

.venv/test: .venv/made pyproject.toml constraints.txt
	$(PIP) -e ".[test]"
	@touch $@ .venv/serve

serve: .venv/serve
	$(BIN)/lrdiag serve --host $(HOST) --port $(PORT) --data $(DATA) --open

test: .venv/test browser
	$(BIN)/python -m pytest

docs: .venv/serve
	$(BIN)/lrdiag rule --write docs/rules

check: .venv/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv/test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Browser tests want a Chromium: take the one that is there, else Debian's package where root and apt
# allow it. Without one they are skipped with the reason (and fail when CI=true).
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || test -n "$$LRDIAG_CHROMIUM" || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
		else echo "No Chromium found: the browser tests will be skipped. Install one, or set LRDIAG_CHROMIUM."; fi; }

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
