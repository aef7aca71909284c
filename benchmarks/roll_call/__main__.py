"""``python -m benchmarks.roll_call``: synthesise beginnings of lessons and print what is said of them.

The voices are synthetic (eSpeak NG, an external program); no recording of a real roll call was at hand.
"""

import argparse
import sys

from benchmarks.roll_call.scenes import KINDS, TEST_SEEDS_FROM, scene
from benchmarks.roll_call.scoring import Score, scored, table
from benchmarks.roll_call.voices import PROGRAM, is_installed
from lessonproof.models.speech_detector_registry import open_speech_detector


def main() -> int:
    """Run the benchmark; exit code 2 where the synthesiser is not installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roll_call", description=__doc__)
    parser.add_argument("--count", type=int, default=8, help="scenes of each kind")
    parser.add_argument(
        "--seed",
        type=int,
        default=1,
        help=f"the first one; from {TEST_SEEDS_FROM} on: held-out voices, to look at once",
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS), help="which beginnings")
    options = parser.parse_args()
    if not is_installed():
        print(f"{PROGRAM} is not installed: apt-get install {PROGRAM}", file=sys.stderr)
        return 2
    detector = open_speech_detector()
    scores: list[Score] = []
    for kind in options.kinds:
        for seed in range(options.seed, options.seed + options.count):
            score = scored(scene(kind, seed), seed, detector)
            scores.append(score)
            said = score.said
            why = "" if said.reason is None else f" ({said.reason})"
            print(f"{kind} {seed}: {said.state}{why}, {said.pairs} of {score.pairs} pairs", file=sys.stderr, flush=True)
    print(table(scores))
    return 0


if __name__ == "__main__":
    sys.exit(main())
