"""From the rungs to one rate with its range and its reason."""

import math

from lrdiag.finder.climb import FLAT, Climb, rate_at
from lrdiag.finder.result import Bounds, Rung, Suggestion
from lrdiag.wording import join_words, say_rate, say_share

HARDLY = 0.02  # share of the start; a fall by less may be a plateau, of which no rung sees the end
AS_GOOD = 0.05  # badness up to which a rung belongs to the range
EDGE = 1e-6  # the range holds its ends, whatever the last bit says


def suggest(climb: Climb, usual: float | None, *, confirmed: bool) -> Suggestion | None:
    """Return the rate to train with.

    Args:
        climb: The last climb.
        usual: log10 of the optimizer's usual rate; None if it is not known.
        confirmed: Whether longer trainings stand behind it.

    Returns:
        A suggestion that is not ``sure`` where the loss fell at no rate, or None where no rate
        is known even then, or every rate diverged.
    """
    if not climb.alive:
        return None
    steps = climb.rungs[climb.place].steps
    if climb.drop < FLAT or not climb.told:
        return _usual(usual, _why_not(climb, steps))
    low, high = _range(climb)
    return Suggestion(
        lr=rate_at(climb.place),
        low=low,
        high=high,
        reason=_reason(climb, steps, confirmed),
        sure=climb.drop >= HARDLY,
    )


def refusal(climb: Climb) -> str:
    """Say why there is no suggestion."""
    if not climb.alive:
        lowest = say_rate(rate_at(min(climb.rungs)), 2)
        return (
            f"Every rate tried diverged, down to {lowest}: "
            "check the loss and the data for values that are not finite or very large."
        )
    return _why_not(climb, climb.rungs[climb.place].steps) + " No usual rate of it is known."


def _usual(usual: float | None, why: str) -> Suggestion | None:
    if usual is None:
        return None
    place = round(2.0 * usual)
    low, high = rate_at(place - 1) * (1.0 - EDGE), rate_at(place + 1) * (1.0 + EDGE)
    reason = f"{why} This is only the optimizer's usual rate."
    return Suggestion(rate_at(place), low, high, reason, sure=False)


def _why_not(climb: Climb, steps: int) -> str:
    if climb.drop < FLAT:
        return (
            f"Cannot tell: no rate lowers the loss within {steps} steps. Check that the "
            "optimizer holds the model's parameters and that the loss depends on them."
        )
    return f"Cannot tell: within {steps} steps the rates differ by no more than noise."


def _range(climb: Climb) -> Bounds:
    """Return the rates within which the best one lies.

    Rungs that are as good belong to it, and half a decade beyond the last of them on either
    side, for nobody looked there; half of that where the next rung diverged. On 196 drawn
    problems that nothing was fitted to, the best rate of a full sweep lay inside for 0.85, and
    for 0.72 within half a decade of the answer alone.
    """
    low = high = climb.place
    while _good(climb, low - 1):
        low -= 1
    while _good(climb, high + 1):
        high += 1
    above = climb.rungs.get(high + 1)
    reach = 0.5 if above is not None and above.diverged else 1.0
    return rate_at(low - 1) * (1.0 - EDGE), rate_at(high + reach) * (1.0 + EDGE)


def _good(climb: Climb, place: int) -> bool:
    rung = climb.rungs.get(place)
    return rung is not None and rung.badness <= AS_GOOD


def _reason(climb: Climb, steps: int, confirmed: bool) -> str:
    best = climb.rungs[climb.place]
    fall = (best.start - best.loss) / max(abs(best.start), 1e-12)
    what = "a training of" if confirmed else "a short training of"
    said = [f"At {say_rate(best.lr, 2)} {what} {steps} steps lowers the loss by {say_share(fall)}"]
    below, above = climb.rungs.get(climb.place - 1), climb.rungs.get(climb.place + 1)
    parts = [_compare(one, best) for one in (below, above) if one is not None]
    whole = "; ".join([*said, join_words(parts)]) + "." if parts else said[0] + "."
    if climb.drop >= HARDLY:
        return whole
    return f"{whole} That is little: on a plateau only longer trainings tell."


def _compare(other: Rung, best: Rung) -> str:
    rate = say_rate(other.lr, 2)
    if other.diverged:
        return f"{rate} diverges"
    fall = (other.start - other.loss) / max(abs(other.start), 1e-12)
    if math.isclose(other.badness, best.badness, abs_tol=0.02):
        return f"{rate} does as well"
    return f"{rate} lowers it by {say_share(fall)}" if fall > 0.0 else f"{rate} does not lower it"
