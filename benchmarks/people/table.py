"""The table of the counting benchmark: the product beside a plain ``ultralytics predict`` with the same weights.

    python -m benchmarks.people score --models DIR [--labelled DIR] [--footage DIR] [--rooms FIRST LAST --work DIR]

``--labelled`` (layout: ``labelled.py``) is used in its part ``test`` alone; ``--footage`` holds clips and
``MANIFEST.csv`` (``footage.py``); ``--rooms`` names seeds of synthesised rooms, first and last, which are rendered into
``--work`` once (``rooms.py`` says what is true of them). Nothing is fitted here.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

from benchmarks.people.decisions import Decision, decision_line
from benchmarks.people.measuring import RoomScore, Tools, score_clips, score_pictures, score_room
from benchmarks.people.rooms import SIZES_OF_CLASSES, render_rooms
from benchmarks.people.scores import Errors, PassageScore, Reading, StillScore, errors_of
from lessonproof.service.counting import find_weights

HEADING = (
    f"{'':34} {'n':>5} {'people':>7} {'MAE':>6} {'plain':>6} {'covered':>8} {'width':>6}"
    f" | {'minutes':>7} {'MAE':>6} {'plain':>6} {'covered':>8} {'width':>6}"
)


def line(label: str, frames: Sequence[Reading], minutes: Sequence[Reading]) -> str:
    """One row: frames, then minutes where there are any."""
    own, by_minute = errors_of(frames), errors_of(minutes)
    left = f"{label:34} " + (f"{0:5d}" if own is None else f"{own.readings:5d} {own.people:7.2f} {_errors(own)}")
    return left if by_minute is None else f"{left} | {by_minute.readings:7d} {_errors(by_minute)}"


def _errors(errors: Errors) -> str:
    return (
        f"{_number(errors.error, 6)} {_number(errors.plain_error, 6)} {errors.covered:8.3f} {_number(errors.width, 6)}"
    )


def _number(value: float | None, width: int) -> str:
    return f"{'-':>{width}}" if value is None else f"{value:{width}.2f}"


def room_lines(scores: Sequence[RoomScore]) -> list[str]:
    """All that is told of rooms."""
    groups: dict[str, list[RoomScore]] = {"rooms, all": list(scores)}
    for least, most in SIZES_OF_CLASSES:
        groups[f"rooms with {least} to {most}"] = [s for s in scores if least <= s.roster <= most]
    for scene in sorted({s.scene for s in scores}):
        groups[f"rooms, {scene}"] = [s for s in scores if s.scene == scene]
    lines = [
        line(name, [f for s in group for f in s.frames], [m for s in group for m in s.minutes])
        for name, group in groups.items()
        if group
    ]
    lines.append(line("the same, each picture alone", [f for s in scores for f in s.alone], []))
    decisions = [decision for score in scores for decision in score.decisions]
    stills = sum((s.stills for s in scores), StillScore())
    passages = sum((s.passages for s in scores), PassageScore())
    return [*lines, *decision_lines(decisions), still_line(stills), passage_line(passages), refound_line(scores)]


def decision_lines(decisions: Sequence[Decision]) -> list[str]:
    """Classes in which signatures equal the truth, and the others."""
    honest = [d for d in decisions if d.is_honest]
    invented = [d for d in decisions if not d.is_honest]
    lines = [f"honest classes:      {decision_line(honest)}"] if honest else []
    if invented:
        lines.append(f"invented signatures: {decision_line(invented)}; told of {sum(d.is_caught for d in invented)}")
    return lines


def still_line(stills: StillScore) -> str:
    """Posters that were excluded, and people that were."""
    return (
        f"posters of a person: {stills.posters}, of which the detector takes {stills.found} for people; excluded"
        f" {stills.excluded}; living people wrongly excluded: {stills.living}; other things excluded: {stills.things}"
    )


def passage_line(passages: PassageScore) -> str:
    """Who left and who was hidden."""
    return (
        f"left or hidden: {passages.told} told, {passages.right} right, {passages.nobody} of places where nobody was;"
        f" trainees left {passages.left_truly} times"
    )


def refound_line(scores: Sequence[RoomScore]) -> str:
    """How often the detector finds again who stayed, over rooms."""
    shares = sorted(s.refound_share for s in scores if s.refound_share is not None)
    if not shares:
        return "found again: no room tells"
    return f"found again: {shares[0]:.2f} to {shares[-1]:.2f} of the time, median room {shares[len(shares) // 2]:.2f}"


@cache
def _tools(models: Path, name: str | None) -> Tools:
    return Tools.opened(find_weights(name, models))


def _score_room(seed: int, folder: Path, models: Path, name: str | None) -> RoomScore:
    return score_room(seed, folder, _tools(models, name))


def score_rooms(seeds: Sequence[int], folder: Path, models: Path, name: str | None, jobs: int) -> list[RoomScore]:
    """Render what is missing, then analyse; ``jobs`` processes."""
    render_rooms(list(seeds), folder, jobs)
    score: Callable[[int], RoomScore] = partial(_score_room, folder=folder, models=models, name=name)
    if jobs <= 1:
        return [score(seed) for seed in seeds]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(score, seeds))


def _grouped(readings: Iterable[tuple[str, Reading]]) -> Mapping[str, list[Reading]]:
    groups: dict[str, list[Reading]] = defaultdict(list)
    for name, reading in readings:
        groups[name].append(reading)
    return groups


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.people score",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--models", type=Path, required=True, help="folder of models")
    parser.add_argument("--name", help="weights to use (default: the first that are there)")
    parser.add_argument("--labelled", type=Path, help="folder of labelled pictures")
    parser.add_argument("--footage", type=Path, help="folder of labelled clips")
    parser.add_argument("--rooms", type=int, nargs=2, metavar=("FIRST", "LAST"), help="seeds of synthesised rooms")
    parser.add_argument("--work", type=Path, help="folder for rendered rooms")
    parser.add_argument("--jobs", type=int, default=1, help="processes for rooms")
    options = parser.parse_args(arguments)
    if options.rooms is not None and options.work is None:
        parser.error("--rooms needs --work")
    weights = find_weights(options.name, options.models)
    print(f"# {weights.model_id}")
    print(HEADING)
    if options.rooms is not None:
        first, last = options.rooms
        seeds = range(first, last + 1)
        scores = score_rooms(seeds, options.work, options.models, options.name, options.jobs)
        print("\n".join(room_lines(scores)), flush=True)
    if options.labelled is not None:
        for name, readings in _grouped(score_pictures(options.labelled, _tools(options.models, options.name))).items():
            print(line(f"pictures, {name}", readings, []), flush=True)
    if options.footage is not None:
        clips = list(score_clips(options.footage, _tools(options.models, options.name)))
        for name, frames, minutes in clips:
            print(line(f"clip {name}"[:34], frames, minutes))
        print(line("clips, all", [f for _, own, _ in clips for f in own], [m for *_, own in clips for m in own]))


if __name__ == "__main__":
    main()
