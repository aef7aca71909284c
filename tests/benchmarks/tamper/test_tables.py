from typing import Any

from benchmarks.tamper.tables import kind_figures, listing, outcomes, overall_precision, report

NOTHING = {name: {"cpu_s": 1.0, "findings": []} for name in ("scenedetect-adaptive", "keyframe-hash")}


def finding(kind: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"kind": kind, "start_s": start_s, "end_s": end_s, "confidence": 0.9, "measured_from": "packets"}


def edit(kind: str, start_s: float, end_s: float) -> dict[str, Any]:
    return {"kind": kind, "start_s": start_s, "end_s": end_s, "whole": False}


def record(
    case: str, line: str, edits: list[dict[str, Any]], told: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    cut = {"kind": "cut", "start_s": 30.1, "end_s": 30.1}
    peers = {
        "ffmpeg": {"cpu_s": 2.0, "findings": []},
        "scenedetect-content": {"cpu_s": 6.0, "findings": [cut]},
        **NOTHING,
    }
    return {
        "id": case, "kind": line, "stratum": {"role": "case", "line": line, "length_s": "10"}, "file": f"{case}.mp4",
        "duration_s": 1800.0, "frame_s": 0.04, "edits": edits, "facts": ["reencoded"],
        "ours": {"cpu_s": 9.0, "error": None, "findings": told, "checked": [], "unchecked": {"speed": "no_rhythm"}},
        "peers": peers,
    } | more  # fmt: skip


RESULTS = {
    "schema": "lessonproof.tamper-results/1",
    "code_version": "x",
    "files": [
        record(
            "t-cut-0", "cut", [edit("cut", 30.0, 30.04)], [finding("cut", 30.08, 30.12), finding("reencoded", 0, 9)]
        ),
        record("t-cut-1", "cut", [edit("cut", 50.0, 50.04)], []),
        record("t-loop-0", "loop", [edit("loop", 30.0, 40.0)], [finding("cut", 29.96, 30.0)]),
        record("t-twin", "honest", [], [finding("cut", 7.0, 7.04)], stratum={"role": "twin"}),
        record("t-pair", "honest", [], [finding("cut", 7.0, 7.04)], stratum={"role": "case", "line": "honest-pair"}),
    ],
}


def test_figures_of_a_kind() -> None:
    scored = outcomes(RESULTS)
    cut = kind_figures(scored, "cut")
    assert (cut.recall.hits, cut.recall.total) == (1, 2)
    assert (cut.precision.hits, cut.precision.total) == (1, 2)
    assert cut.error_frames is not None
    assert round(cut.error_frames, 6) == 2
    loop = kind_figures(scored, "loop")
    assert (loop.recall.hits, loop.noticed.hits) == (0, 1)
    assert overall_precision(scored).total == 2


def test_a_master_under_another_declaration_is_not_scored_twice() -> None:
    pair = next(o for o in outcomes(RESULTS) if o.record["id"] == "t-pair")
    assert not pair.score.false_alarms


def test_peers_are_scored_on_what_they_can_tell() -> None:
    content = kind_figures(outcomes(RESULTS, "scenedetect-content"), "cut")
    assert (content.recall.hits, content.recall.total) == (1, 2)


def test_the_report_names_each_miss_and_each_false_alarm() -> None:
    lines = listing(RESULTS)
    assert "missed: t-cut-1 (t-cut-1.mp4) cut 50.00-50.04" in lines
    assert "noticed otherwise: t-loop-0" in lines
    assert lines.count("false alarm") == 1
    text = report(RESULTS)
    assert "| `cut` | 2 | 0.50 |" in text
    assert "| LessonProof | honest twins | 1 | 0.50 | 1 | 2.00 |" in text
    assert "speed: no_rhythm | 5 |" in text
    assert "| scenedetect-content | 2.50 | 12 |" in text
