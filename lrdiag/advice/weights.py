"""The weights of the advice, as fitted on runs whose best rate is known.

Written by ``python benchmarks/calibrate.py DATA --write``; not edited by hand. A row of a card:
measurement, clip range, usual value, points for too high, points for too slow. A row of a
factor line: measurement, clip range, usual value, decades.
"""

from lrdiag.scorecard import Calibration, FactorLine, Points, Scorecard, Weight

STEPS = Scorecard(
    too_high=1.748,
    too_slow=1.914,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.8101, -3.865),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.2613, -3.85),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 3.516, 1.996),
        Points("first_gain", -1.0, 1.5, 0.02954, -2.004, -1.01),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.007124, -0.01083),
        Points("half_gain", -1.0, 2.0, 0.09396, -0.9566, 1.021),
        Points("quarters_gain", -1.0, 2.0, 0.2155, -0.7402, 0.9385),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4687, 0.9666),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.2441, 1.048),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.6139, 0.3721),
        Points("slope_per_level", -0.6202, 6.0, 0.1262, 0.1559, -0.9603),
        Points("late_skew", -1.0, 2.0, 0.005749, 1.406, -1.013),
        Points("best", 3.779e-05, 10.0, 0.6543, 0.4494, -0.0679),
    ),
)

STEPS_VAL = Scorecard(
    too_high=0.7923,
    too_slow=-0.06088,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.9197, -3.11),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.6943, -3.124),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 2.159, 1.945),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.675, -0.9398),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.1349, -0.3787),
        Points("half_gain", -1.0, 2.0, 0.09396, -0.8372, 0.7659),
        Points("quarters_gain", -1.0, 2.0, 0.2155, -0.4797, 0.828),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4231, 0.9855),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.1203, 0.9571),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.47, 0.2198),
        Points("slope_per_level", -0.6202, 6.0, 0.1262, 0.01611, -0.7021),
        Points("late_skew", -1.0, 2.0, 0.005749, 1.228, -0.3554),
        Points("best", 3.779e-05, 10.0, 0.6543, 0.3122, -0.0007556),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.02351, 3.195),
        Points("val_reversals", 0.0, 0.7117, 0.0, 4.269, -5.772),
        Points("val_highest", -1.0, 1.0, -0.01319, 3.226, 1.949),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.4693, -1.083),
    ),
)

STEPS_GRAD = Scorecard(
    too_high=1.747,
    too_slow=2.522,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, -0.01423, -3.744),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, -0.1543, -3.714),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 2.607, 1.71),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.722, -1.064),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.5466, -0.3511),
        Points("half_gain", -1.0, 2.0, 0.09396, -0.9659, 0.9719),
        Points("quarters_gain", -1.0, 2.0, 0.2155, -0.5994, 0.9195),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.5696, 1.078),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.152, 0.9274),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.5307, 0.3345),
        Points("slope_per_level", -0.6202, 6.0, 0.1262, 0.1358, -0.5754),
        Points("late_skew", -1.0, 2.0, 0.005749, 1.462, -0.8993),
        Points("best", 3.779e-05, 10.0, 0.6543, 0.2366, -0.05046),
        Points("grad_jump", 0.004529, 9.247, 0.3212, 1.084, -0.8914),
        Points("grad_per_loss", -4.045, 2.835, 0.1131, -1.27, -1.172),
    ),
)

STEPS_VAL_GRAD = Scorecard(
    too_high=1.222,
    too_slow=0.284,
    rows=(
        Points("overshoot", 8.559e-05, 1.0, 0.0473, 0.3474, -2.988),
        Points("early_overshoot", 8.559e-05, 1.0, 0.04596, 0.2964, -3.001),
        Points("late_overshoot", -1.85, 1.0, -0.01657, 1.844, 1.78),
        Points("first_gain", -1.0, 1.5, 0.02954, -1.585, -1.048),
        Points("tenth_gain", -1.0, 1.5, 0.2236, -0.5603, -0.5505),
        Points("half_gain", -1.0, 2.0, 0.09396, -0.9542, 0.8573),
        Points("quarters_gain", -1.0, 2.0, 0.2155, -0.3633, 0.903),
        Points("time_to_20", -2.311, 3.0, -0.4373, 0.4561, 1.043),
        Points("time_to_35", -2.186, 3.0, 0.02, 0.06851, 0.8961),
        Points("slope_per_noise", -2.675, 14.83, 1.073, -0.412, 0.2139),
        Points("slope_per_level", -0.6202, 6.0, 0.1262, 0.04486, -0.5124),
        Points("late_skew", -1.0, 2.0, 0.005749, 1.167, -0.5084),
        Points("best", 3.779e-05, 10.0, 0.6543, 0.149, -0.007993),
        Points("val_best_place", 0.04, 1.0, 1.0, -0.2884, 3.05),
        Points("val_reversals", 0.0, 0.7117, 0.0, 3.851, -5.358),
        Points("val_highest", -1.0, 1.0, -0.01319, 2.899, 1.685),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.5324, -0.9825),
        Points("grad_jump", 0.004529, 9.247, 0.3212, 0.7208, -0.4203),
        Points("grad_per_loss", -4.045, 2.835, 0.1131, -1.016, -0.7549),
    ),
)

MEANS = Scorecard(
    too_high=2.659,
    too_slow=1.495,
    rows=(
        Points("overshoot", 6.799e-05, 1.0, 0.06484, 3.343, -7.783),
        Points("early_overshoot", 0.0, 1.0, 0.06281, 0.3575, -6.397),
        Points("late_overshoot", -3.0, 1.0, -0.0293, -0.15, 1.695),
        Points("first_gain", -1.0, 1.5, 0.1078, -2.134, -2.209),
        Points("tenth_gain", -1.0, 1.5, 0.3033, 0.8783, 0.7211),
        Points("half_gain", -1.0, 2.0, 0.09659, -0.4327, 0.8786),
        Points("quarters_gain", -1.0, 2.0, 0.2428, -0.5737, 0.6321),
        Points("time_to_20", -1.687, 3.0, -0.5622, 1.164, 0.5134),
        Points("time_to_35", -1.687, 3.0, -0.1874, 0.0693, 0.8349),
        Points("slope_per_noise", -3.0, 20.0, 2.472, -0.4356, 0.1306),
        Points("slope_per_level", -0.642, 6.0, 0.1343, -0.09378, -0.5617),
        Points("late_skew", -1.0, 2.0, 0.001803, 0.08941, -0.5884),
        Points("best", 1.971e-07, 10.0, 0.6123, 1.131, -0.458),
        Points("time_to_50", -1.687, 3.0, 0.06667, 0.4587, 1.128),
        Points("late_reversals", 0.0, 0.6107, 0.4706, -3.371, 0.9166),
    ),
)

MEANS_VAL = Scorecard(
    too_high=1.529,
    too_slow=0.4676,
    rows=(
        Points("overshoot", 6.799e-05, 1.0, 0.06484, 3.074, -5.313),
        Points("early_overshoot", 0.0, 1.0, 0.06281, 1.581, -5.056),
        Points("late_overshoot", -3.0, 1.0, -0.0293, -0.6704, 1.334),
        Points("first_gain", -1.0, 1.5, 0.1078, -2.542, -1.447),
        Points("tenth_gain", -1.0, 1.5, 0.3033, 1.992, 1.594),
        Points("half_gain", -1.0, 2.0, 0.09659, -0.8011, -1.015),
        Points("quarters_gain", -1.0, 2.0, 0.2428, -0.6815, -0.3538),
        Points("time_to_20", -1.687, 3.0, -0.5622, 0.8976, 0.2996),
        Points("time_to_35", -1.687, 3.0, -0.1874, 0.2013, 0.6691),
        Points("slope_per_noise", -3.0, 20.0, 2.472, -0.312, 0.0271),
        Points("slope_per_level", -0.642, 6.0, 0.1343, -0.08071, -0.4588),
        Points("late_skew", -1.0, 2.0, 0.001803, 0.4583, 0.2452),
        Points("best", 1.971e-07, 10.0, 0.6123, 0.9106, -0.2146),
        Points("time_to_50", -1.687, 3.0, 0.06667, 0.4676, 0.8456),
        Points("late_reversals", 0.0, 0.6107, 0.4706, -3.42, 0.5013),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.2903, 4.391),
        Points("val_reversals", 0.0, 0.7117, 0.0001485, 3.16, -8.423),
        Points("val_highest", -1.0, 1.0, -0.0339, 0.3125, 0.9283),
        Points("val_early_gain", 0.0, 1.0, 0.6577, -1.614, -4.555),
        Points("val_last_gain", 0.0, 0.5376, 0.009964, 8.156, 10.6),
        Points("val_noise", 0.0, 2.0, 0.005542, 1.136, -2.997),
    ),
)

UP_STEPS = FactorLine(
    start=1.718,
    rows=(
        Weight("time_to_5", -2.436, 2.699, -1.062, -0.4233),
        Weight("time_to_20", -2.311, 3.0, -0.4373, 0.9007),
        Weight("time_to_35", -2.186, 3.0, 0.02, 0.3462),
        Weight("time_to_50", -2.061, 3.0, 0.08421, -0.4271),
        Weight("half_gain", -1.0, 2.0, 0.09396, 0.3738),
        Weight("slope_per_level", -0.6202, 6.0, 0.1262, -0.03161),
        Weight("best", 3.779e-05, 10.0, 0.6543, 0.5793),
    ),
)

UP_MEANS = FactorLine(
    start=1.636,
    rows=(
        Weight("time_to_5", -1.687, 2.699, -0.937, -0.8448),
        Weight("time_to_20", -1.687, 3.0, -0.5622, 1.295),
        Weight("time_to_35", -1.687, 3.0, -0.1874, -0.01857),
        Weight("time_to_50", -1.687, 3.0, 0.06667, 0.003342),
        Weight("half_gain", -1.0, 2.0, 0.09659, 0.4546),
        Weight("slope_per_level", -0.642, 6.0, 0.1343, -0.03668),
        Weight("best", 1.971e-07, 10.0, 0.6123, 0.1971),
    ),
)

DOWN_STEPS = FactorLine(
    start=-0.9715,
    rows=(
        Weight("overshoot", 8.559e-05, 1.0, 0.0473, 0.04831),
        Weight("early_overshoot", 8.559e-05, 1.0, 0.04596, -0.2789),
        Weight("late_overshoot", -1.85, 1.0, -0.01657, -0.1742),
        Weight("jump", 8.559e-05, 9.0, 0.05422, -0.07145),
        Weight("late_noise", 0.0, 3.0, 0.09251, -0.07209),
        Weight("reversals", 0.0, 0.7898, 0.0451, -0.5253),
        Weight("rise", 0.0, 254.6, 0.0, 0.003484),
        Weight("best", 3.779e-05, 10.0, 0.6543, -0.02434),
        Weight("end", 3.779e-05, 10.0, 0.6807, 0.03151),
        Weight("first_gain", -1.0, 1.5, 0.02954, 0.1595),
        Weight("tenth_gain", -1.0, 1.5, 0.2236, 0.1915),
    ),
)

DOWN_MEANS = FactorLine(
    start=-1.049,
    rows=(
        Weight("overshoot", 6.799e-05, 1.0, 0.06484, -0.4257),
        Weight("early_overshoot", 0.0, 1.0, 0.06281, -0.1558),
        Weight("late_overshoot", -3.0, 1.0, -0.0293, 0.1861),
        Weight("jump", 7.058e-05, 9.0, 0.06484, -0.08059),
        Weight("late_noise", 0.0, 3.0, 0.02194, -0.218),
        Weight("reversals", 0.0, 0.825, 0.009405, -0.2725),
        Weight("rise", 0.0, 66.36, 0.0, 0.006948),
        Weight("best", 1.971e-07, 10.0, 0.6123, -0.05504),
        Weight("end", 1.971e-07, 10.0, 0.6283, 0.09642),
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
