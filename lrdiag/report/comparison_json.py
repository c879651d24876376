"""A comparison as JSON: the key ``comparison`` of the contract object."""

from typing import Any, cast

from lrdiag.comparison import Change, Comparison, Found, Seeds, Sweep
from lrdiag.report.comparison_words import describe_basis, notes, tell
from lrdiag.report.json import brief, plain

Json = dict[str, Any]


def comparison_to_json(comparison: Comparison) -> Json:
    """Return plain data; runs are named by their place in the contract's ``runs``."""
    told = tell(comparison)
    places = comparison.runs
    entry = {
        "refusal": comparison.refusal or None,
        "verdict": {
            "severity": told.severity,
            "headline": told.headline,
            "because": told.because,
        },
        "basis": describe_basis(comparison),
        "notes": notes(comparison),
        "loss": comparison.loss,
        "unit": comparison.unit,
        "until": comparison.until,
        "runs": _runs(comparison),
        "sweep": comparison.sweep and _sweep(comparison.sweep, places),
        "seeds": [_seeds(one, places) for one in comparison.seeds],
        "noise": comparison.noise
        and {
            "spread": brief(comparison.noise.spread),
            "freedom": comparison.noise.freedom,
            "difference": brief(comparison.noise.difference),
        },
        "change": comparison.change and _change(comparison.change, places),
    }
    return cast("Json", plain(entry))


def _runs(comparison: Comparison) -> list[Json]:
    left = {one.run: one.why for one in comparison.left_out}
    tracks = dict(zip(comparison.runs, comparison.tracks, strict=True))
    made = []
    for k, member in enumerate(comparison.members):
        track = tracks.get(k)
        made.append(
            {
                "run": k,
                "name": member.name,
                "rate": brief(member.rate),
                "rate_from": member.rate_from,
                "fate": "left-out" if track is None else track.fate,
                "why": left.get(k),
                "start": track and brief(track.start),
                "final": track and brief(track.final),
                "error": track and brief(track.error),
                "lowest": track and brief(track.best),
                "lowest_at": track and track.best_step,
            }
        )
    return made


def _sweep(sweep: Sweep, places: tuple[int, ...]) -> Json:
    return {
        "best": brief(sweep.best),
        "low": brief(sweep.low),
        "high": brief(sweep.high),
        "good": brief(sweep.good),
        "border": sweep.border,
        "add": brief(sweep.add),
        "lowest_at": brief(sweep.lowest_at),
        "learned": sweep.learned,
        "rates": [
            {
                "rate": brief(one.rate),
                "runs": [places[k] for k in one.runs],
                "diverged": one.diverged,
                "final": brief(one.level),
                "lowest": brief(one.lowest),
                "missed": brief(one.missed),
            }
            for one in sweep.rungs
        ],
    }


def _seeds(seeds: Seeds, places: tuple[int, ...]) -> Json:
    return {
        "runs": [places[k] for k in seeds.runs],
        "told": seeds.told,
        "diverged": seeds.diverged,
        "median": brief(seeds.median),
        "lowest": brief(seeds.lowest),
        "highest": brief(seeds.highest),
        "spread": seeds.noise and brief(seeds.noise.spread),
    }


def _change(change: Change, places: tuple[int, ...]) -> Json:
    sooner = change.sooner
    return {
        "before": places[0],
        "after": places[1],
        "outcome": change.outcome,
        "difference": brief(change.difference),
        "noise": brief(change.noise),
        "vanished": [_found(one) for one in change.vanished],
        "appeared": [_found(one) for one in change.appeared],
        "stayed": [_found(one) for one in change.stayed],
        "sooner": sooner
        and {
            "run": places[sooner.run],
            "level": brief(sooner.level),
            "at": brief(sooner.at),
            "other": brief(sooner.other),
        },
    }


def _found(found: Found) -> Json:
    return {"code": found.code, "severity": found.severity.word, "summary": found.summary}
