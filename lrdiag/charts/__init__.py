"""What to draw, as plain data: a browser, a notebook or a terminal decides how it looks.

The pipe: ``measure_curves`` takes what a chart needs from a diagnosis at full resolution,
``loss_chart`` thins it to some thousand points, ``loss_window`` thins one part of it anew.
Colours are roles here ("train", "warning-tint"); ``static_figure`` alone fills them in.
"""

from lrdiag.charts.curves import Curves, curves_from_bytes, curves_to_bytes, measure_curves
from lrdiag.charts.loss import loss_chart, loss_window
from lrdiag.charts.overlay import Line, comparison_chart, points_a_line, take_line
from lrdiag.charts.places import span_letters
from lrdiag.charts.sparkline import sparkline
from lrdiag.charts.static import static_figure
from lrdiag.charts.words import plot_text

__all__ = [
    "Curves",
    "Line",
    "comparison_chart",
    "curves_from_bytes",
    "curves_to_bytes",
    "loss_chart",
    "loss_window",
    "measure_curves",
    "plot_text",
    "points_a_line",
    "span_letters",
    "sparkline",
    "static_figure",
    "take_line",
]
