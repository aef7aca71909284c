from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.confidence_table import TABLE, calibrated
from lessonproof.evidence.findings import FindingKind

KINDS = st.sampled_from([kind.value for kind in FindingKind])


@given(KINDS, st.floats(0, 1), st.floats(0, 1))
def test_confidence_never_falls_where_the_measurement_is_stronger(kind: str, raw: float, other: float) -> None:
    low, high = sorted((raw, other))
    assert 0 <= calibrated(kind, low) <= calibrated(kind, high) <= 1


def test_every_map_rises() -> None:
    for knots in TABLE.values():
        assert list(knots) == sorted(knots)
        assert [y for _, y in knots] == sorted(y for _, y in knots)
