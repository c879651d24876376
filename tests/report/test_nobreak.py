import pytest

from lrdiag.report.nobreak import hold_units


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("it took 65 % of the run", "it took 65_% of the run"),
        ("back within 160 to 168 steps.", "back within 160 to 168_steps."),
        ("31.2 noises (limit 8)", "31.2_noises (limit 8)"),
        ("NaN from step 561 on", "NaN from step_561 on"),
        ("steps 197–241, ÷ 2 to 3", "steps_197–241, ÷_2 to 3"),
        ("confidence 0.86 of 1, 5 runs", "confidence 0.86_of 1, 5_runs"),
        ("3 timesteps, 4 of 12", "3 timesteps, 4 of 12"),
    ],
)
def test_a_number_stays_with_its_unit(text: str, held: str) -> None:
    assert hold_units(f"<p>{text}</p>") == f"<p>{held}</p>".replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    "machine",
    [
        '<input value="5 steps">',
        "<code>loss 5 %</code>",
        '<textarea name="text">step 1\nloss 5 %</textarea>',
        "<title>3 runs</title>",
    ],
)
def test_what_machines_read_is_left_alone(machine: str) -> None:
    assert hold_units(f"<p>a</p>{machine}<p>b</p>") == f"<p>a</p>{machine}<p>b</p>"
