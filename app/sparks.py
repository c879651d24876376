"""A run as a curve as small as a word, what was found shaded behind it."""

from app.pages import Band, Spark
from lrdiag.charts import Curves, loss_chart, measure_curves, sparkline
from lrdiag.diagnosis import Diagnosis

LEAST = 0.007  # of the width; what a mark needs to be seen


def spark_of(diagnosis: Diagnosis, width: int, height: int, *, notes: bool) -> Spark:
    """Return the small curve of a run.

    Args:
        diagnosis: The run and what was found in it.
        width: Of the picture, in its own units.
        height: Of the picture.
        notes: Whether what notes tell of is shaded too.
    """
    curves = measure_curves(diagnosis)
    bands = [
        band
        for one in loss_chart(diagnosis, curves)["findings"]
        if notes or one["severity"] != "note"
        for span in one["spans"]
        if (band := _band(curves, span, one["severity"], width))
    ]
    return Spark(width, height, sparkline(curves, width, height), tuple(bands))


def _band(curves: Curves, span: list[float], severity: str, width: int) -> Band | None:
    series = curves.train or curves.val
    if series is None:
        return None
    first, last = float(series.steps[0]), float(series.steps[-1])
    if last <= first:
        return None
    x = (span[0] - first) / (last - first) * width
    return Band(x, max(LEAST * width, (span[1] - span[0]) / (last - first) * width), severity)
