"""The weights of the advice, as fitted on runs whose best rate is known.

Written by ``python benchmarks/calibrate.py DATA --write``; not edited by hand. A row of a card:
measurement, clip range, usual value, points for too high, points for too slow. A row of a
factor line: measurement, clip range, usual value, decades.
"""

from lrdiag.scorecard import Calibration, FactorLine, Points, Scorecard, Weight

STEPS = Scorecard(
    too_high=1.745,
    too_slow=1.921,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.8402, -3.884),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.2519, -3.868),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 3.537, 1.989),
        Points("first_gain", -1.0, 1.5, 0.02954, -2.005, -0.9904),
        Points("tenth_gain", -1.0, 1.5, 0.2236, 0.0226, -0.02964),
        Points("half_gain", -1.0, 2.0, 0.0916, -0.9344, 1.038),
        Points("quarters_gain", -1.0, 2.0, 0.2163, -0.8003, 0.9356),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4773, 0.9663),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.2468, 1.048),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.6091, 0.3715),
        Points("slope_per_level", -0.6983, 6.0, 0.1256, 0.1659, -0.9634),
        Points("late_skew", -1.0, 2.0, 0.005793, 1.396, -1.003),
        Points("best", 3.779e-05, 10.0, 0.6544, 0.448, -0.06771),
    ),
)

STEPS_VAL = Scorecard(
    too_high=0.7945,
    too_slow=-0.05241,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.926, -3.11),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.6846, -3.124),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 2.162, 1.952),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.673, -0.9339),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.1341, -0.3853),
        Points("half_gain", -1.0, 2.0, 0.0916, -0.811, 0.771),
        Points("quarters_gain", -1.0, 2.0, 0.2163, -0.4977, 0.8015),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4249, 0.9869),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.1197, 0.9567),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.471, 0.2205),
        Points("slope_per_level", -0.6983, 6.0, 0.1256, 0.01854, -0.7022),
        Points("late_skew", -1.0, 2.0, 0.005793, 1.222, -0.3405),
        Points("best", 3.779e-05, 10.0, 0.6544, 0.309, 0.0005373),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.02566, 3.198),
        Points("val_reversals", 0.0, 0.7117, 0.0, 4.269, -5.764),
        Points("val_highest", -1.0, 1.0, -0.01319, 3.225, 1.956),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.4712, -1.082),
    ),
)

STEPS_GRAD = Scorecard(
    too_high=1.755,
    too_slow=2.535,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.00116, -3.754),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, -0.1498, -3.715),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 2.628, 1.705),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.717, -1.043),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.5362, -0.3742),
        Points("half_gain", -1.0, 2.0, 0.0916, -0.9511, 0.9751),
        Points("quarters_gain", -1.0, 2.0, 0.2163, -0.6692, 0.9029),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.5772, 1.077),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.1509, 0.9303),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.5256, 0.3345),
        Points("slope_per_level", -0.6983, 6.0, 0.1256, 0.1403, -0.5843),
        Points("late_skew", -1.0, 2.0, 0.005793, 1.464, -0.8716),
        Points("best", 3.779e-05, 10.0, 0.6544, 0.2341, -0.04999),
        Points("grad_jump", 0.004529, 9.247, 0.3213, 1.083, -0.8952),
        Points("grad_per_loss", -3.99, 2.835, 0.1134, -1.273, -1.151),
    ),
)

STEPS_VAL_GRAD = Scorecard(
    too_high=1.227,
    too_slow=0.2962,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.3503, -2.988),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.2975, -3.001),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 1.85, 1.787),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.581, -1.038),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.5649, -0.5594),
        Points("half_gain", -1.0, 2.0, 0.0916, -0.9294, 0.8591),
        Points("quarters_gain", -1.0, 2.0, 0.2163, -0.3973, 0.8708),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4591, 1.045),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.06739, 0.8968),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.4113, 0.2146),
        Points("slope_per_level", -0.6983, 6.0, 0.1256, 0.04488, -0.5129),
        Points("late_skew", -1.0, 2.0, 0.005793, 1.166, -0.49),
        Points("best", 3.779e-05, 10.0, 0.6544, 0.1466, -0.006645),
        Points("val_best_place", 0.04, 1.0, 1.0, -0.2858, 3.052),
        Points("val_reversals", 0.0, 0.7117, 0.0, 3.854, -5.354),
        Points("val_highest", -1.0, 1.0, -0.01319, 2.894, 1.691),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.5352, -0.9812),
        Points("grad_jump", 0.004529, 9.247, 0.3213, 0.7199, -0.4226),
        Points("grad_per_loss", -3.99, 2.835, 0.1134, -1.016, -0.7493),
    ),
)

MEANS = Scorecard(
    too_high=2.646,
    too_slow=1.481,
    rows=(
        Points("overshoot", 6.799e-05, 1.0, 0.06484, 3.361, -7.794),
        Points("early_overshoot", 0.0, 1.0, 0.06281, 0.3426, -6.401),
        Points("late_overshoot", -3.0, 1.0, -0.0293, -0.1499, 1.687),
        Points("first_gain", -1.0, 1.5, 0.1078, -2.142, -2.206),
        Points("tenth_gain", -1.0, 1.5, 0.3056, 0.8926, 0.7264),
        Points("half_gain", -1.0, 2.0, 0.09677, -0.4439, 0.8856),
        Points("quarters_gain", -1.0, 2.0, 0.2437, -0.5781, 0.6482),
        Points("time_to_20", -1.687, 3.0, -0.5622, 1.16, 0.5158),
        Points("time_to_35", -1.687, 3.0, -0.1874, 0.06964, 0.8353),
        Points("slope_per_noise", -3.0, 20.0, 2.473, -0.4349, 0.1309),
        Points("slope_per_level", -0.6826, 6.0, 0.1344, -0.08881, -0.5631),
        Points("late_skew", -1.0, 2.0, 0.001803, 0.09964, -0.5914),
        Points("best", 2.193e-07, 10.0, 0.6111, 1.131, -0.4609),
        Points("time_to_50", -1.687, 3.0, 0.06667, 0.4657, 1.126),
        Points("late_reversals", 0.0, 0.6107, 0.4706, -3.361, 0.9293),
    ),
)

MEANS_VAL = Scorecard(
    too_high=1.52,
    too_slow=0.4543,
    rows=(
        Points("overshoot", 6.799e-05, 1.0, 0.06484, 3.101, -5.313),
        Points("early_overshoot", 0.0, 1.0, 0.06281, 1.557, -5.056),
        Points("late_overshoot", -3.0, 1.0, -0.0293, -0.6703, 1.329),
        Points("first_gain", -1.0, 1.5, 0.1078, -2.545, -1.449),
        Points("tenth_gain", -1.0, 1.5, 0.3056, 2.005, 1.599),
        Points("half_gain", -1.0, 2.0, 0.09677, -0.8086, -1.012),
        Points("quarters_gain", -1.0, 2.0, 0.2437, -0.6813, -0.3388),
        Points("time_to_20", -1.687, 3.0, -0.5622, 0.893, 0.3018),
        Points("time_to_35", -1.687, 3.0, -0.1874, 0.2016, 0.67),
        Points("slope_per_noise", -3.0, 20.0, 2.473, -0.3116, 0.02748),
        Points("slope_per_level", -0.6826, 6.0, 0.1344, -0.07573, -0.4595),
        Points("late_skew", -1.0, 2.0, 0.001803, 0.4641, 0.2384),
        Points("best", 2.193e-07, 10.0, 0.6111, 0.9083, -0.2165),
        Points("time_to_50", -1.687, 3.0, 0.06667, 0.4739, 0.8448),
        Points("late_reversals", 0.0, 0.6107, 0.4706, -3.402, 0.517),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.2901, 4.386),
        Points("val_reversals", 0.0, 0.7117, 0.0001485, 3.162, -8.417),
        Points("val_highest", -1.0, 1.0, -0.0339, 0.3135, 0.9279),
        Points("val_early_gain", 0.0, 1.0, 0.6577, -1.624, -4.548),
        Points("val_last_gain", 0.0, 0.5376, 0.009964, 8.162, 10.59),
        Points("val_noise", 0.0, 2.0, 0.005542, 1.134, -2.987),
    ),
)

UP_STEPS = FactorLine(
    start=1.709,
    rows=(
        Weight("time_to_5", -2.436, 2.699, -1.062, -0.4225),
        Weight("time_to_20", -2.311, 3.0, -0.4373, 0.905),
        Weight("time_to_35", -2.186, 3.0, 0.02, 0.3383),
        Weight("time_to_50", -2.061, 3.0, 0.08285, -0.43),
        Weight("half_gain", -1.0, 2.0, 0.0916, 0.3635),
        Weight("slope_per_level", -0.6983, 6.0, 0.1256, -0.02913),
        Weight("best", 3.779e-05, 10.0, 0.6544, 0.6023),
    ),
)

UP_MEANS = FactorLine(
    start=1.633,
    rows=(
        Weight("time_to_5", -1.687, 2.699, -0.937, -0.8466),
        Weight("time_to_20", -1.687, 3.0, -0.5622, 1.301),
        Weight("time_to_35", -1.687, 3.0, -0.1874, -0.02263),
        Weight("time_to_50", -1.687, 3.0, 0.06667, 0.00106),
        Weight("half_gain", -1.0, 2.0, 0.09677, 0.4502),
        Weight("slope_per_level", -0.6826, 6.0, 0.1344, -0.03585),
        Weight("best", 2.193e-07, 10.0, 0.6111, 0.2048),
    ),
)

DOWN_STEPS = FactorLine(
    start=-0.9714,
    rows=(
        Weight("overshoot", 8.559e-05, 1.0, 0.0473, 0.04766),
        Weight("early_overshoot", 8.559e-05, 1.0, 0.04596, -0.2782),
        Weight("late_overshoot", -1.85, 1.0, -0.01657, -0.1745),
        Weight("jump", 8.559e-05, 9.0, 0.05422, -0.0714),
        Weight("late_noise", 0.0, 3.0, 0.09161, -0.07217),
        Weight("reversals", 0.0, 0.7898, 0.0451, -0.5255),
        Weight("rise", 0.0, 254.6, 0.0, 0.003494),
        Weight("best", 3.779e-05, 10.0, 0.6544, -0.02414),
        Weight("end", 3.779e-05, 10.0, 0.6807, 0.03134),
        Weight("first_gain", -1.0, 1.5, 0.02954, 0.1595),
        Weight("tenth_gain", -1.0, 1.5, 0.2236, 0.1916),
    ),
)

DOWN_MEANS = FactorLine(
    start=-1.049,
    rows=(
        Weight("overshoot", 6.799e-05, 1.0, 0.06484, -0.4265),
        Weight("early_overshoot", 0.0, 1.0, 0.06281, -0.1551),
        Weight("late_overshoot", -3.0, 1.0, -0.0293, 0.1861),
        Weight("jump", 7.058e-05, 9.0, 0.06484, -0.08052),
        Weight("late_noise", 0.0, 3.0, 0.02188, -0.2182),
        Weight("reversals", 0.0, 0.825, 0.009405, -0.2726),
        Weight("rise", 0.0, 66.36, 0.0, 0.006992),
        Weight("best", 2.193e-07, 10.0, 0.6111, -0.05471),
        Weight("end", 2.193e-07, 10.0, 0.6282, 0.09613),
    ),
)

CALIBRATED = Calibration(
    cards={
        "steps": STEPS,
        "steps+val": STEPS_VAL,
        "steps+grad": STEPS_GRAD,
        "steps+val+grad": STEPS_VAL_GRAD,
        "means": MEANS,
        "means+val": MEANS_VAL,
    },
    up={"steps": UP_STEPS, "means": UP_MEANS},
    down={"steps": DOWN_STEPS, "means": DOWN_MEANS},
)
