"""Head counts to JSON and back without loss, and as people read them."""

from collections.abc import Mapping
from typing import Any

from lessonproof.evidence.finding_codec import JsonObject
from lessonproof.evidence.headcount import (
    FrameCount,
    HeadcountSeries,
    MinuteCount,
    Passage,
    PassageKind,
    StillFigure,
    per_minute,
)
from lessonproof.evidence.intervals import Interval, ns_to_s


def headcount_to_json(series: HeadcountSeries) -> JsonObject:
    """A series as JSON values."""
    return {
        "samples": [[s.time_ns, s.count, s.low, s.high] for s in series.samples],
        "model_id": series.model_id,
        "sample_period_ns": series.sample_period_ns,
        "still_figures": [
            {"box_xyxy": list(f.box_xyxy), "start_ns": f.seen.start_ns, "end_ns": f.seen.end_ns, "samples": f.samples}
            for f in series.still_figures
        ],
        "passages": [
            {
                "kind": p.kind.value,
                "start_ns": p.between.start_ns,
                "end_ns": p.between.end_ns,
                "box_xyxy": list(p.box_xyxy),
            }
            for p in series.passages
        ],
        "refound_share": series.refound_share,
    }


def headcount_from_json(value: Mapping[str, Any]) -> HeadcountSeries:
    """Read back what :func:`headcount_to_json` wrote; older series lack figures, passages and share.

    Raises:
        KeyError: a field is missing.
        ValueError: values out of their bounds.
    """
    return HeadcountSeries(
        samples=tuple(FrameCount(*sample) for sample in value["samples"]),
        model_id=value["model_id"],
        sample_period_ns=value["sample_period_ns"],
        still_figures=tuple(
            StillFigure(_box(f["box_xyxy"]), Interval(f["start_ns"], f["end_ns"]), f["samples"])
            for f in value.get("still_figures", ())
        ),
        passages=tuple(
            Passage(PassageKind(p["kind"]), Interval(p["start_ns"], p["end_ns"]), _box(p["box_xyxy"]))
            for p in value.get("passages", ())
        ),
        refound_share=value.get("refound_share"),
    )


def _box(values: list[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = values
    return left, top, right, bottom


def headcount_for_people(series: HeadcountSeries) -> JsonObject:
    """A series in seconds: each sample, each minute, and what was not counted and why."""
    return {
        "t_s": [ns_to_s(s.time_ns) for s in series.samples],
        "count": [s.count for s in series.samples],
        "low": [s.low for s in series.samples],
        "high": [s.high for s in series.samples],
        "minutes": [_minute(minute) for minute in per_minute(series)],
        "still_figures": [
            {"box": [round(side, 4) for side in f.box_xyxy], "start_s": f.seen.start_s, "end_s": f.seen.end_s}
            for f in series.still_figures
        ],
        "passages": [
            {"kind": p.kind.value, "start_s": p.between.start_s, "end_s": p.between.end_s} for p in series.passages
        ],
        "refound_share": None if series.refound_share is None else round(series.refound_share, 3),
        "model": series.model_id,
    }


def _minute(minute: MinuteCount) -> JsonObject:
    return {
        "start_s": ns_to_s(minute.start_ns),
        "count": minute.count,
        "low": minute.low,
        "high": minute.high,
        "samples": minute.samples,
    }
