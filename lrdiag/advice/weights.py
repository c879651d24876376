"""The weights of the advice, as fitted on runs whose best rate is known.

Written by ``python benchmarks/calibrate.py DATA --write``; not edited by hand. A row of a card:
measurement, clip range, usual value, points for too high, points for too slow. A row of a
factor line: measurement, clip range, usual value, decades.
"""

from lrdiag.scorecard import Calibration, FactorLine, Points, Scorecard, Weight

STEPS = Scorecard(
    too_high=1.591,
    too_slow=1.646,
    rows=(
        Points("overshoot", 3.05e-05, 1.0, 0.04393, -0.6324, -6.083),
        Points("early_overshoot", 0.0, 1.0, 0.0407, 2.559, -2.899),
        Points("late_overshoot", -1.817, 1.0, -0.04314, 3.317, 1.53),
        Points("first_gain", -1.0, 1.5, 0.03566, -2.108, -1.032),
        Points("tenth_gain", -1.0, 1.5, 0.3143, -0.3928, -0.7079),
        Points("half_gain", -1.0, 2.0, 0.07394, -0.8593, 1.05),
        Points("quarters_gain", -1.0, 2.0, 0.175, -1.127, 0.7085),
        Points("time_to_20", -2.99, 3.0, -0.6872, 0.4487, 0.8945),
        Points("time_to_35", -2.561, 3.0, -0.3123, 0.3256, 1.265),
        Points("slope_per_noise", -2.643, 14.68, 1.394, -0.7517, 0.3164),
        Points("slope_per_level", -0.6584, 6.0, 0.1256, 0.1927, -0.7407),
        Points("late_skew", -1.0, 2.0, 0.004089, 0.8691, -1.475),
        Points("best", 4.921e-05, 10.0, 0.545, 0.5003, 0.06446),
    ),
)

STEPS_VAL = Scorecard(
    too_high=1.328,
    too_slow=-0.04731,
    rows=(
        Points("overshoot", 3.05e-05, 1.0, 0.04393, -0.04709, -5.179),
        Points("early_overshoot", 0.0, 1.0, 0.0407, 1.921, -3.017),
        Points("late_overshoot", -1.817, 1.0, -0.04314, 2.06, 1.268),
        Points("first_gain", -1.0, 1.5, 0.03566, -1.925, -1.1),
        Points("tenth_gain", -1.0, 1.5, 0.3143, -0.3779, -1.132),
        Points("half_gain", -1.0, 2.0, 0.07394, -0.6545, 0.7032),
        Points("quarters_gain", -1.0, 2.0, 0.175, -0.7216, 0.5226),
        Points("time_to_20", -2.99, 3.0, -0.6872, 0.4864, 0.983),
        Points("time_to_35", -2.561, 3.0, -0.3123, 0.2402, 1.235),
        Points("slope_per_noise", -2.643, 14.68, 1.394, -0.5451, 0.1838),
        Points("slope_per_level", -0.6584, 6.0, 0.1256, 0.03488, -0.4707),
        Points("late_skew", -1.0, 2.0, 0.004089, 0.755, -1.247),
        Points("best", 4.921e-05, 10.0, 0.545, 0.3655, 0.04583),
        Points("val_best_place", 0.04, 1.0, 1.0, -0.8824, 3.132),
        Points("val_reversals", 0.0, 0.7115, 0.0, 4.809, -5.698),
        Points("val_highest", -1.0, 1.0, -0.01705, 3.172, 2.824),
        Points("val_swing", 0.0, 3.0, 0.05861, -0.483, -0.9953),
    ),
)

STEPS_GRAD = Scorecard(
    too_high=1.681,
    too_slow=2.397,
    rows=(
        Points("overshoot", 3.05e-05, 1.0, 0.04393, -0.8728, -5.874),
        Points("early_overshoot", 0.0, 1.0, 0.0407, 1.282, -3.059),
        Points("late_overshoot", -1.817, 1.0, -0.04314, 2.404, 1.312),
        Points("first_gain", -1.0, 1.5, 0.03566, -1.734, -1.057),
        Points("tenth_gain", -1.0, 1.5, 0.3143, -1.029, -1.051),
        Points("half_gain", -1.0, 2.0, 0.07394, -1.029, 0.9281),
        Points("quarters_gain", -1.0, 2.0, 0.175, -1.029, 0.6446),
        Points("time_to_20", -2.99, 3.0, -0.6872, 0.6099, 1.07),
        Points("time_to_35", -2.561, 3.0, -0.3123, 0.2312, 1.171),
        Points("slope_per_noise", -2.643, 14.68, 1.394, -0.6531, 0.2797),
        Points("slope_per_level", -0.6584, 6.0, 0.1256, 0.1552, -0.333),
        Points("late_skew", -1.0, 2.0, 0.004089, 0.8943, -1.313),
        Points("best", 4.921e-05, 10.0, 0.545, 0.175, 0.034),
        Points("grad_jump", 0.004711, 9.198, 0.3182, 1.351, -0.9957),
        Points("grad_per_loss", -3.969, 2.832, 0.128, -1.322, -1.235),
    ),
)

STEPS_VAL_GRAD = Scorecard(
    too_high=1.617,
    too_slow=0.4521,
    rows=(
        Points("overshoot", 3.05e-05, 1.0, 0.04393, -0.3036, -5.07),
        Points("early_overshoot", 0.0, 1.0, 0.0407, 1.095, -2.928),
        Points("late_overshoot", -1.817, 1.0, -0.04314, 1.751, 1.131),
        Points("first_gain", -1.0, 1.5, 0.03566, -1.762, -1.157),
        Points("tenth_gain", -1.0, 1.5, 0.3143, -0.9128, -1.269),
        Points("half_gain", -1.0, 2.0, 0.07394, -0.9274, 0.7462),
        Points("quarters_gain", -1.0, 2.0, 0.175, -0.6434, 0.5448),
        Points("time_to_20", -2.99, 3.0, -0.6872, 0.5362, 1.05),
        Points("time_to_35", -2.561, 3.0, -0.3123, 0.1865, 1.182),
        Points("slope_per_noise", -2.643, 14.68, 1.394, -0.4854, 0.1758),
        Points("slope_per_level", -0.6584, 6.0, 0.1256, 0.033, -0.274),
        Points("late_skew", -1.0, 2.0, 0.004089, 0.7791, -1.291),
        Points("best", 4.921e-05, 10.0, 0.545, 0.1086, 0.0402),
        Points("val_best_place", 0.04, 1.0, 1.0, -0.9579, 2.874),
        Points("val_reversals", 0.0, 0.7115, 0.0, 4.486, -5.117),
        Points("val_highest", -1.0, 1.0, -0.01705, 2.801, 2.671),
        Points("val_swing", 0.0, 3.0, 0.05861, -0.5128, -0.9236),
        Points("grad_jump", 0.004711, 9.198, 0.3182, 0.852, -0.5733),
        Points("grad_per_loss", -3.969, 2.832, 0.128, -1.036, -0.6979),
    ),
)

MEANS = Scorecard(
    too_high=2.667,
    too_slow=1.436,
    rows=(
        Points("overshoot", 7.231e-05, 1.0, 0.07512, 3.7, -8.75),
        Points("early_overshoot", 1.692e-07, 1.0, 0.07282, 0.3433, -7.181),
        Points("late_overshoot", -3.0, 1.0, -0.04298, -0.1001, 2.052),
        Points("first_gain", -1.0, 1.5, 0.1408, -2.134, -2.309),
        Points("tenth_gain", -1.0, 1.5, 0.3346, 0.3411, -0.02616),
        Points("half_gain", -1.0, 2.0, 0.09588, -0.3237, 1.134),
        Points("quarters_gain", -1.0, 2.0, 0.2331, -0.5525, 0.7824),
        Points("time_to_20", -1.687, 3.0, -0.6872, 1.124, 0.7967),
        Points("time_to_35", -1.687, 3.0, -0.1874, -0.08501, 0.5773),
        Points("slope_per_noise", -3.0, 20.0, 2.897, -0.4972, 0.08779),
        Points("slope_per_level", -0.6505, 6.0, 0.1303, -0.1241, -0.4873),
        Points("late_skew", -1.0, 2.0, 0.001663, 0.02373, -0.7314),
        Points("best", 2.913e-07, 10.0, 0.5943, 1.19, -0.7709),
        Points("time_to_50", -1.687, 3.0, 0.06242, 0.3992, 0.8713),
        Points("late_reversals", 0.0, 0.6102, 0.4659, -3.45, 1.801),
    ),
)

MEANS_VAL = Scorecard(
    too_high=1.62,
    too_slow=1.269,
    rows=(
        Points("overshoot", 7.231e-05, 1.0, 0.07512, 3.274, -5.485),
        Points("early_overshoot", 1.692e-07, 1.0, 0.07282, 1.64, -5.227),
        Points("late_overshoot", -3.0, 1.0, -0.04298, -0.6694, 1.497),
        Points("first_gain", -1.0, 1.5, 0.1408, -2.611, -1.479),
        Points("tenth_gain", -1.0, 1.5, 0.3346, 1.896, 1.326),
        Points("half_gain", -1.0, 2.0, 0.09588, -0.8475, -1.169),
        Points("quarters_gain", -1.0, 2.0, 0.2331, -0.7068, -0.3545),
        Points("time_to_20", -1.687, 3.0, -0.6872, 0.8972, 0.3275),
        Points("time_to_35", -1.687, 3.0, -0.1874, 0.1597, 0.6326),
        Points("slope_per_noise", -3.0, 20.0, 2.897, -0.3369, 0.02099),
        Points("slope_per_level", -0.6505, 6.0, 0.1303, -0.08201, -0.4398),
        Points("late_skew", -1.0, 2.0, 0.001663, 0.4511, 0.2836),
        Points("best", 2.913e-07, 10.0, 0.5943, 0.9036, -0.3018),
        Points("time_to_50", -1.687, 3.0, 0.06242, 0.4503, 0.8294),
        Points("late_reversals", 0.0, 0.6102, 0.4659, -3.421, 0.8479),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.1633, 3.704),
        Points("val_reversals", 0.0, 0.7117, 0.0, 3.659, -8.428),
        Points("val_highest", -1.0, 1.0, -0.03927, 0.1828, -1.182),
        Points("val_early_gain", 0.0, 1.0, 0.7147, -1.966, -6.055),
        Points("val_last_gain", 0.0, 0.5375, 0.008899, 10.47, 13.9),
        Points("val_noise", 0.0, 2.0, 0.005314, 1.173, -3.566),
    ),
)

UP_STEPS = FactorLine(
    start=1.709,
    rows=(
        Weight("time_to_5", -3.186, 2.699, -1.187, -0.4225),
        Weight("time_to_20", -2.99, 3.0, -0.6872, 0.905),
        Weight("time_to_35", -2.561, 3.0, -0.3123, 0.3383),
        Weight("time_to_50", -2.186, 3.0, 0.02, -0.43),
        Weight("half_gain", -1.0, 2.0, 0.07394, 0.3635),
        Weight("slope_per_level", -0.6584, 6.0, 0.1256, -0.02913),
        Weight("best", 4.921e-05, 10.0, 0.545, 0.6023),
    ),
)

UP_MEANS = FactorLine(
    start=1.633,
    rows=(
        Weight("time_to_5", -1.687, 2.699, -0.937, -0.8466),
        Weight("time_to_20", -1.687, 3.0, -0.6872, 1.301),
        Weight("time_to_35", -1.687, 3.0, -0.1874, -0.02263),
        Weight("time_to_50", -1.687, 3.0, 0.06242, 0.00106),
        Weight("half_gain", -1.0, 2.0, 0.09588, 0.4502),
        Weight("slope_per_level", -0.6505, 6.0, 0.1303, -0.03585),
        Weight("best", 2.913e-07, 10.0, 0.5943, 0.2048),
    ),
)

DOWN_STEPS = FactorLine(
    start=-0.9712,
    rows=(
        Weight("overshoot", 3.05e-05, 1.0, 0.04393, 0.06744),
        Weight("early_overshoot", 0.0, 1.0, 0.0407, -0.2985),
        Weight("late_overshoot", -1.817, 1.0, -0.04314, -0.1747),
        Weight("jump", 0.0001265, 9.0, 0.05156, -0.07152),
        Weight("late_noise", 0.0, 3.0, 0.06273, -0.07197),
        Weight("reversals", 0.0, 0.7838, 0.01581, -0.5267),
        Weight("rise", 0.0, 226.9, 0.0, 0.003506),
        Weight("best", 4.921e-05, 10.0, 0.545, -0.033),
        Weight("end", 4.921e-05, 10.0, 0.5661, 0.04017),
        Weight("first_gain", -1.0, 1.5, 0.03566, 0.1596),
        Weight("tenth_gain", -1.0, 1.5, 0.3143, 0.1913),
    ),
)

DOWN_MEANS = FactorLine(
    start=-1.049,
    rows=(
        Weight("overshoot", 7.231e-05, 1.0, 0.07512, -0.4268),
        Weight("early_overshoot", 1.692e-07, 1.0, 0.07282, -0.1543),
        Weight("late_overshoot", -3.0, 1.0, -0.04298, 0.1862),
        Weight("jump", 7.231e-05, 9.0, 0.07494, -0.0806),
        Weight("late_noise", 0.0, 3.0, 0.01863, -0.218),
        Weight("reversals", 0.0, 0.8071, 0.00234, -0.2747),
        Weight("rise", 0.0, 62.43, 0.0, 0.006969),
        Weight("best", 2.913e-07, 10.0, 0.5943, -0.05862),
        Weight("end", 2.914e-07, 10.0, 0.6149, 0.09999),
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
