"""``make demo``: render a class of two lessons, one edited and one honest, verify it, hold the outcome to the truth.

``python -m benchmarks.demo --out DIR`` renders and verifies; ``--check DIR`` looks once more at what was written.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import Edit, EditKind, Encoding, HonestEvent, HonestKind, LessonSpec
from benchmarks.scoring import SAME_EVENT, Score, edits_of_findings, edits_of_truth, score

LESSON_START: Final = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
"""08:30 in Shanghai, a Monday."""
TRAINEES: Final = 8
CLASS_FILE: Final = """\
# 演示班级：虚构。T1 的录像经过剪辑,T2 的录像是诚实的。
# A fictional class: the recording of T1 was edited, that of T2 is honest.
rule_pack: NK
institution:
  name: 示例职业技能培训学校
  kind: private
  licensed_venues: [示例校区 301 教室]
class:
  number: NK-2026-DEMO
  type: skill_upgrading
  occupation: 电工
  level: 四级（中级工）
  opened_on: 2026-03-02
  attendant: 周示例
  filed_teachers: [林示例]
  enterprise_staff: true
roster:
{roster}
units:
{units}
"""
UNIT: Final = """\
  - id: {unit_id}
    kind: theory
    date: 2026-03-02
    start: "{start}"
    end: "{end}"
    teacher: 林示例
    venue: 示例校区 301 教室
    topic: 安全用电
    class_hours: 1
    safety_education: true
    sheets:
      - signed: all
        teacher_signed: true
        signed_at: "{signed}"
    recordings:
      - file: recordings/{unit_id}.mp4
        camera: 教室后方
        started_at: "{started}"
"""


def specs(minutes: float, seed: int) -> dict[str, LessonSpec]:
    """The two lessons, by unit.

    Args:
        minutes: length of both recordings together, about; the edited one takes two thirds.
        seed: everything random comes from it.
    """
    edited_s = max(90.0, minutes * 40)
    honest_s = max(30.0, minutes * 20)
    edits = (
        # Off the keyframes on purpose: a cut exactly on one leaves no trace in the packets (docs/accuracy.md).
        Edit(EditKind.CUT, edited_s * 0.15 + 0.52, 12.0, flavour="jump_cut"),
        Edit(EditKind.FREEZE, edited_s * 0.42, 6.0),
        Edit(EditKind.BLACK, edited_s * 0.60, 4.0),
        Edit(EditKind.AUDIO_GAP, edited_s * 0.72, 5.0),
        Edit(EditKind.GAP, edited_s * 0.85, 5.0),
    )
    honest = (
        HonestEvent(HonestKind.LIGHTS_OFF, honest_s * 0.3, 4.0),
        HonestEvent(HonestKind.KNOCK, honest_s * 0.55),
        HonestEvent(HonestKind.WALKER_CLOSE, honest_s * 0.8),
    )
    encoding = Encoding(gop=50, crf=25)
    return {
        "T1": LessonSpec(
            seed=seed, duration_s=edited_s, people=TRAINEES, wall_start=LESSON_START, edits=edits, encoding=encoding
        ),
        "T2": LessonSpec(
            seed=seed + 1,
            room_seed=seed,
            duration_s=honest_s,
            people=TRAINEES,
            wall_start=LESSON_START + timedelta(hours=1),
            honest=honest,
            encoding=encoding,
        ),
    }


def render(out: Path, minutes: float, seed: int) -> Path:
    """Render both lessons and write the class file.

    Returns:
        Path of the class file.
    """
    folder = out / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    units: list[str] = []
    for unit_id, spec in specs(minutes, seed).items():
        say(f"rendering {unit_id}: {spec.duration_s:.0f} s of 1280x720, {len(spec.edits)} edits")
        truth = render_lesson(spec, folder / f"{unit_id}.mp4")
        (folder / f"{unit_id}.truth.json").write_text(truth.to_json(), encoding="utf-8")
        start = spec.wall_start + timedelta(hours=8)
        units.append(
            UNIT.format(
                unit_id=unit_id,
                start=start.strftime("%H:%M"),
                end=(start + timedelta(seconds=spec.duration_s) + timedelta(minutes=1)).strftime("%H:%M"),
                signed=(start - timedelta(minutes=5)).strftime("%H:%M"),
                started=start.strftime("%H:%M:%S"),
            )
        )
    roster = "\n".join(f"  - {{number: {i}, name: 学员{i}}}" for i in range(1, TRAINEES + 1))
    class_file = out / "class.yaml"
    class_file.write_text(CLASS_FILE.format(roster=roster, units="".join(units)), encoding="utf-8")
    return class_file


def verify(class_file: Path, out: Path) -> None:
    """Run the program as a user would; its words and exit code are shown as they are."""
    command = [str(Path(sys.executable).with_name("lessonproof")), "verify", str(class_file), "--out", str(out)]
    say("verifying: lessonproof verify " + " ".join(command[2:]))
    subprocess.run(command, check=True)


def check(out: Path) -> bool:
    """Hold what was written to the truth it was rendered with; print it line by line."""
    checks = [check_unit(out, unit_id) for unit_id in ("T1", "T2")]
    return all(checks)


def check_unit(out: Path, unit_id: str) -> bool:
    """One unit: its findings match its edits, its verdict and report are what the contract says."""
    truth = json.loads((out / "recordings" / f"{unit_id}.truth.json").read_text(encoding="utf-8"))
    findings = json.loads((out / unit_id / "findings.json").read_text(encoding="utf-8"))
    verdict = json.loads((out / unit_id / "verdict.json").read_text(encoding="utf-8"))
    report = (out / unit_id / "report.html").read_text(encoding="utf-8")
    (recording,) = findings["recordings"]
    result = score(edits_of_truth(truth, frozenset(SAME_EVENT)), edits_of_findings(recording))
    print_score(unit_id, result)
    problems = [
        *(["findings do not match what was rendered"] if result.missed or result.false_alarms else []),
        *contract_problems(verdict, report, out / unit_id, recording),
    ]
    for problem in problems:
        say(f"{unit_id}: NOT AS EXPECTED: {problem}")
    say(f"{unit_id}: outcome {verdict['outcome']}, report {out / unit_id / 'report.html'}")
    return not problems


def contract_problems(verdict: dict[str, Any], report: str, folder: Path, recording: dict[str, Any]) -> list[str]:
    """What in the written files breaks the contract of the architecture page."""
    problems: list[str] = []
    if verdict["schema"] != "lessonproof.verdict/1" or verdict["outcome"] not in {"pass", "fail", "review"}:
        problems.append("verdict.json is not a verdict")
    if recording["findings"] and verdict["outcome"] == "pass":
        problems.append("an edited recording passed")
    unquoted = [clause["id"] for clause in verdict["clauses"] if clause["id"] not in report]
    if unquoted:
        problems.append(f"clauses missing in the report: {unquoted}")
    if re.search(r"""(?:src|href)=["']?(?:https?:)?//""", report):
        problems.append("the report loads something from outside")
    missing = [name for f in recording["findings"] for name in f["evidence"] if not (folder / name).is_file()]
    if missing:
        problems.append(f"pictures are missing: {missing}")
    return problems


def print_score(unit_id: str, result: Score) -> None:
    """One line for each edit and each finding without one."""
    for edit, finding in result.found:
        off_s = max(abs(edit.start_s - finding.start_s), abs(edit.end_s - finding.end_s))
        say(f"{unit_id}: {edit.kind:<10} {edit.start_s:8.2f} to {edit.end_s:8.2f} s: found, off by {off_s:.2f} s")
    for edit in result.missed:
        say(f"{unit_id}: {edit.kind:<10} {edit.start_s:8.2f} to {edit.end_s:8.2f} s: MISSED")
    for finding in result.false_alarms:
        say(f"{unit_id}: {finding.kind:<10} {finding.start_s:8.2f} to {finding.end_s:8.2f} s: FALSE ALARM")
    if not result.found and not result.missed and not result.false_alarms:
        say(f"{unit_id}: nothing was done to this recording, and nothing was found")


def say(line: str) -> None:
    """Print at once, so that what the verified program prints stands in order."""
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; 0 where all is as it was rendered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="folder to render and verify in")
    parser.add_argument("--check", type=Path, metavar="DIR", help="only look at what an earlier run wrote")
    parser.add_argument("--minutes", type=float, default=4.0, help="video to render, minutes")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, another lesson")
    options = parser.parse_args(arguments)
    if options.check is not None:
        return 0 if check(options.check) else 1
    if options.out is None:
        parser.error("--out or --check is needed")
    verify(render(options.out, options.minutes, options.seed), options.out)
    return 0 if check(options.out) else 1


if __name__ == "__main__":
    sys.exit(main())
