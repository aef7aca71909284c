"""``python -m benchmarks.sheets``: render photographs of signed sheets, read them, print how many cells are right."""

import argparse
import json
import multiprocessing
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.sheets.scoring import Score, rendered_and_scored, table


def main() -> int:
    """Run the benchmark; exit code 1 where an unreadable photograph was read with cells wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheets", description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="photographs")
    parser.add_argument("--seed", type=int, default=1, help="which ones: 1 to 99 for work, others to be looked at once")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--scores", type=Path, help="file to write a JSON line to for each photograph, as it is read")
    parser.add_argument("--keep", type=Path, help="folder to write the photographs to")
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
    one = partial(rendered_and_scored, options.seed, options.keep)
    scores: list[Score] = []
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        for scored in pool.imap(one, range(options.count)):
            scores.append(scored)
            if options.scores is not None:
                with options.scores.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(scored), ensure_ascii=False) + "\n")
            for miss in scored.misses:
                print(f"{scored.name}: {miss}", file=sys.stderr, flush=True)
            if scored.refused is not None and scored.fault is None:
                print(f"{scored.name}: refused: {scored.refused}", file=sys.stderr, flush=True)
    print(table(scores))
    return int(any(s.fault is not None and s.wrong for s in scores))


if __name__ == "__main__":
    sys.exit(main())
