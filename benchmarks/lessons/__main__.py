"""Command line of the synthesiser: ``python -m benchmarks.lessons render --seed 7 --minutes 10 --out lesson.mp4``."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.lessons.edit_text import parse_edit, parse_honest
from benchmarks.lessons.random_spec import random_spec
from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import (
    CLOCK_PATTERNS,
    FPS_ALLOWED,
    MOST_PEOPLE,
    MOST_POSTERS,
    EditKind,
    HonestKind,
    LessonSpec,
    SceneKind,
    SpecError,
)

_EPILOG = f"""edits (repeat --edit; seconds of the undisturbed take):
  cut@120:30                      30 s removed          cut@120:0.8                a jump cut
  cut@120:30,keep_audio=yes       the sound stays, so it lags from there on
  splice@60:20,foreign_seed=9     20 s of another lesson; same_room=yes, insert=yes, source_start_s=5
  loop@90:20                      the 20 s before are shown again; source_start_s=10, insert=yes
  freeze@200:5                    insert=yes makes room for it, clock_runs=yes keeps the clock going
  black@30:4  covered@30:20  reversed@50:10  gap@70:3
  speed@60:30,factor=1.5          dropped_frames@10:20,every_n=3
  audio_gap@40:10                 muted; missing=yes: no packets at all
  no_audio  reencoded             whole file            concatenated@300           joined by packet copy
  clock_jump@100,shift_s=-600     clock_frozen@100:20   clock_drift@100,factor=0.02
kinds: {", ".join(EditKind)}
honest events (repeat --honest): {", ".join(f"{k}@start:length" for k in HonestKind)}"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: as typed; ``None`` takes them from the process.

    Returns:
        0 done, 2 wrong usage.
    """
    options = _parser().parse_args(arguments)
    try:
        spec = _spec(options)
        started = time.perf_counter(), time.process_time()
        truth = render_lesson(spec, options.out, progress=None if options.quiet else _show)
    except (SpecError, OSError) as error:
        print(f"benchmarks.lessons: {error}", file=sys.stderr)
        return 2
    target = options.truth or options.out.with_suffix(".truth.json")
    target.write_text(truth.to_json(), encoding="utf-8")
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    print(
        f"\r{options.out}: {truth.duration_s:.2f} s, {len(truth.pts)} frames, in {wall:.1f} s ({cpu:.1f} CPU s)",
        file=sys.stderr,
    )
    print(target)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lessons", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser(
        "render",
        help="render one lesson and its truth",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    render.add_argument("--seed", type=int, required=True, help="decides everything that is not given")
    render.add_argument("--out", type=Path, required=True, help="file to write; .mp4, .mkv or .ts choose the container")
    render.add_argument("--truth", type=Path, help="JSON to write (default: beside the file, .truth.json)")
    render.add_argument("--minutes", type=float, help="length of the undisturbed take")
    render.add_argument("--seconds", type=float, help="the same in seconds")
    render.add_argument("--size", help="e.g. 1280x720")
    render.add_argument("--scene", choices=[k.value for k in SceneKind])
    render.add_argument("--people", type=int, help=f"trainees, 1 to {MOST_PEOPLE}")
    render.add_argument("--posters", type=int, help=f"posters that show a person, 0 to {MOST_POSTERS}")
    render.add_argument("--fps", type=int, choices=FPS_ALLOWED)
    render.add_argument("--vfr", action=argparse.BooleanOptionalAction, help="variable frame rate as on a phone")
    render.add_argument("--codec", choices=["h264", "h265"])
    render.add_argument("--gop", type=int, help="frames from keyframe to keyframe")
    render.add_argument("--crf", type=int)
    render.add_argument("--clock", choices=["none", *(str(k) for k in range(len(CLOCK_PATTERNS)))], help="clock format")
    render.add_argument("--edit", action="append", default=[], metavar="EDIT", help="see below")
    render.add_argument("--honest", action="append", default=[], metavar="EVENT", help="see below")
    render.add_argument("--random-edits", type=int, default=0, help="let the seed choose this many edits")
    render.add_argument("--random-honest", type=int, default=0, help="let the seed choose this many honest events")
    render.add_argument("--truth-step", type=float, help="seconds between the people samples of the truth (default 1)")
    render.add_argument("--quiet", action="store_true", help="no progress on stderr")
    return parser


def _spec(options: argparse.Namespace) -> LessonSpec:
    seconds = options.seconds or 60 * (options.minutes or 1.0)
    size = _size(options.size or "1280x720")
    spec = random_spec(
        options.seed, duration_s=seconds, n_edits=options.random_edits, n_honest=options.random_honest, size=size
    )
    named = {"mp4": "mp4", "mkv": "mkv", "ts": "ts"}.get(options.out.suffix.lstrip("."))
    if named is None:
        raise SpecError(f"--out must end in .mp4, .mkv or .ts, got {options.out.name}")
    given = {k: v for k in ("codec", "gop", "crf") if (v := getattr(options, k)) is not None}
    if options.codec == "h265":
        given["preset"] = "ultrafast"
    encoding = replace(spec.encoding, container=named, **given)
    chosen = {k: v for k in ("people", "posters", "vfr") if (v := getattr(options, k)) is not None}
    spec = replace(spec, encoding=encoding, **chosen)
    if options.fps is not None or options.vfr is False:
        spec = replace(spec, fps=options.fps or spec.fps)
    if options.truth_step is not None:
        spec = replace(spec, truth_step_s=options.truth_step)
    if options.scene is not None:
        spec = replace(spec, scene=SceneKind(options.scene))
    if options.clock is not None:
        style = None
        if options.clock != "none":
            base = spec.clock or LessonSpec(seed=0).clock
            style = None if base is None else replace(base, pattern=CLOCK_PATTERNS[int(options.clock)])
        spec = replace(spec, clock=style)
    edits = (*spec.edits, *(parse_edit(e) for e in options.edit))
    return replace(spec, edits=edits, honest=(*spec.honest, *(parse_honest(e) for e in options.honest)))


def _size(text: str) -> tuple[int, int]:
    width, cross, height = text.partition("x")
    if not cross or not (width.isdigit() and height.isdigit()):
        raise SpecError(f"--size must look like 1280x720, got {text!r}")
    return int(width), int(height)


def _show(done: int, total: int) -> None:
    if done % 50 == 0 or done == total:
        print(f"\r{done}/{total} frames", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
