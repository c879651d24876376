import csv
import io

from app.csvexport import CHUNK, curves_to_csv
from lrdiag.charts import measure_curves
from lrdiag.diagnosis import diagnose
from lrdiag.readers import Source, read_runs


def export(log: str) -> list[dict[str, str]]:
    diagnosis = diagnose(read_runs(Source("a.csv", log.encode()))[0])
    return list(csv.DictReader(io.StringIO("".join(curves_to_csv(measure_curves(diagnosis))))))


def test_each_step_is_a_row_and_what_was_not_logged_is_empty() -> None:
    rows = [f"{i},{3.0 - i / 50},{2.5 - i / 60 if i % 10 == 9 else ''}" for i in range(60)]
    rows[30] = "30,nan,"
    table = export("\n".join(["step,loss,val_loss", *rows]))
    assert len(table) == 60
    assert table[0] == {"step": "0", "train_loss": "3", "val_loss": ""}
    assert table[30]["train_loss"] == "nan"
    assert float(table[9]["val_loss"]) == 2.5 - 9 / 60


def test_a_long_log_loses_no_row_between_chunks() -> None:
    n = 2 * CHUNK + 1
    table = export("step,loss\n" + "".join(f"{i},{1.0 + 1.0 / (i + 1):.6f}\n" for i in range(n)))
    assert [int(row["step"]) for row in table] == list(range(n))


def test_no_cell_can_be_a_formula() -> None:
    rows = "".join(f"{i},{2.0 - i / 100:.3f},{-i / 100}\n" for i in range(60))
    table = export(f"step,loss,=cmd()\n{rows}")
    assert set(table[0]) == {"step", "train_loss"}
