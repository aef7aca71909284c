from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tamper.calibration import Told, expected_error, fit, reliability, rising, write_table
from benchmarks.tamper.plot import reliability_svg
from lessonproof.analysis import confidence_table
from lessonproof.analysis.confidence_table import POOLED

POINTS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(POINTS, st.floats(0.01, 0.99))
def test_the_map_rises_and_is_never_certain(points: list[tuple[float, bool]], prior: float) -> None:
    knots = rising(points, prior)
    assert [x for x, _ in knots] == sorted(x for x, _ in knots)
    assert [y for _, y in knots] == sorted(y for _, y in knots)
    assert all(0 < y < 1 for _, y in knots)


def test_five_of_five_is_not_one() -> None:
    ((_, share),) = rising([(0.9, True)] * 5, 0.8)
    assert share == pytest.approx((5 + 2 * 0.8) / 7, abs=1e-4)


def test_weak_findings_that_were_wrong_get_less() -> None:
    points = [(0.5, False)] * 8 + [(0.9, True)] * 8
    (_, low), (_, high) = rising(points, 0.5)
    assert low == pytest.approx(0.1)
    assert high == pytest.approx(0.9)


def test_seldom_kinds_have_no_map_of_their_own() -> None:
    told = [Told("cut", 0.9, 0.9, True)] * 12 + [Told("loop", 0.8, 0.8, False)] * 3
    assert set(fit(told)) == {POOLED, "cut"}
    assert fit([]) == {}


def test_the_table_is_written_into_the_module_and_read_from_it(tmp_path: Path) -> None:
    path = tmp_path / "table.py"
    path.write_bytes(Path(confidence_table.__file__).read_bytes())
    maps = {"cut": ((0.5, 0.1), (0.9, 0.8)), POOLED: ((0.7, 0.6),)}
    for _ in range(2):  # writing again replaces
        write_table(maps, path)
    space: dict[str, object] = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)  # noqa: S102
    calibrated = space["calibrated"]
    assert callable(calibrated)
    assert calibrated("cut", 0.7) == pytest.approx(0.45)
    assert calibrated("cut", 0.25) == pytest.approx(0.05)  # weaker than all that was told: less likely than those
    assert calibrated("cut", 1.0) == pytest.approx(0.8)
    assert calibrated("freeze", 0.8) == pytest.approx(0.6)


def test_reliability_counts_every_finding_once_and_names_its_error() -> None:
    told = [Told("cut", 0.95, 0.95, True)] * 9 + [Told("cut", 0.95, 0.95, False), Told("cut", 1.0, 1.0, True)]
    bins = reliability(told, (0.0, 0.5, 0.9, 1.0))
    assert [b.right.total for b in bins] == [11]
    assert expected_error(bins) == pytest.approx(abs((0.95 * 10 + 1) / 11 - 10 / 11))
    assert expected_error([]) is None


def test_the_plot_is_one_dot_a_bin() -> None:
    bins = reliability([Told("cut", 0.55, 0.5, True), Told("cut", 0.95, 0.9, False)], (0.0, 0.6, 1.0))
    root = ET.fromstring(reliability_svg(bins))  # noqa: S314
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 2
