# docker build -t lrdiag . && docker run -p 127.0.0.1:8000:8000 -e LRDIAG_OPEN=1 -v lrdiag:/data lrdiag
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/lrdiag

COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY lrdiag lrdiag
COPY app app
COPY templates templates
COPY static static
RUN pip install -c constraints.txt ".[server]" \
    && useradd --system --uid 10001 --home-dir /data lrdiag \
    && mkdir /data && chown lrdiag /data

USER lrdiag
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["lrdiag", "serve", "--host", "0.0.0.0", "--port", "8000", "--data", "/data"]
