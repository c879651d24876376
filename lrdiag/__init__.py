"""A linter for training curves: what is wrong, why, and the next learning rate to try.

    import lrdiag

    run = lrdiag.read_runs("results.csv")[0]
    diagnosis = lrdiag.diagnose(run, config={"optimizer": "adamw"})
    diagnosis.advice.lr, diagnosis.findings

Names are imported when they are first used, so that ``import lrdiag`` costs next to nothing.
"""

__version__ = "0.1.0"

# Where each public name lives; __init__.pyi says the same to type checkers and editors.
_HOMES = {
    "Advice": "lrdiag.advice",
    "CannotTell": "lrdiag.finding",
    "Comparison": "lrdiag.face",
    "Config": "lrdiag.run",
    "Diagnosis": "lrdiag.face",
    "Evidence": "lrdiag.finding",
    "Finding": "lrdiag.finding",
    "Fix": "lrdiag.finding",
    "LrdiagError": "lrdiag.errors",
    "RangeTestResult": "lrdiag.finder_face",
    "RULES": "lrdiag.rules",
    "ReadError": "lrdiag.errors",
    "Rule": "lrdiag.rules",
    "Run": "lrdiag.run",
    "Series": "lrdiag.run",
    "Severity": "lrdiag.finding",
    "compare": "lrdiag.face",
    "diagnose": "lrdiag.face",
    "find_lr": "lrdiag.finder_face",
    "find_rule": "lrdiag.rules",
    "range_test": "lrdiag.finder_face",
    "read_runs": "lrdiag.face",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'lrdiag' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value  # the next look finds it without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
