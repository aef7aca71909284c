"""The commands that judge: score, tables, calibrate, reliability."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.tamper.calibration import expected_error, fit, reliability, told_findings, write_table
from benchmarks.tamper.peers import TELLS
from benchmarks.tamper.plot import reliability_svg
from benchmarks.tamper.render import HONEST, suite_of, write_list
from benchmarks.tamper.running import File, files_of, run
from benchmarks.tamper.tables import report
from lessonproof.analysis import confidence_table

_TOLD_BY_PEERS: Final = frozenset().union(*TELLS.values())
BIN_EDGES: Final = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


def _calibrate(options: argparse.Namespace) -> int:
    told = told_findings(json.loads(options.results.read_text(encoding="utf-8")))
    maps = fit(told)
    write_table(maps, options.table or Path(confidence_table.__file__))
    print(f"{len(told)} findings, maps for {', '.join(sorted(maps))}")
    return 0


def _reliability(options: argparse.Namespace) -> int:
    told = told_findings(json.loads(options.results.read_text(encoding="utf-8")))
    bins = reliability(told, BIN_EDGES)
    options.out.write_text(reliability_svg(bins), encoding="utf-8")
    for one in bins:
        low, high = one.right.interval()
        print(f"{one.low:.2f} to {one.high:.2f}: {one.right.hits} of {one.right.total} right ({low:.2f} to {high:.2f})")
    error = expected_error(bins)
    print("no findings" if error is None else f"expected calibration error {error:.3f}")
    return 0


def _score(options: argparse.Namespace) -> int:
    split = json.loads((options.folder / "suite.json").read_text(encoding="utf-8"))["split"]
    write_list(suite_of(split), options.folder)
    files = [f for f in files_of(options.folder) if not options.only or f.kind in options.only]
    budget = _Budget(options.peer_hours * 3600)
    results = run(
        files,
        options.folder,
        jobs=options.jobs,
        peers=budget.allows if options.peers else lambda _file: False,
        say=_say,
    )
    options.json.write_text(json.dumps(results, ensure_ascii=False), encoding="utf-8")
    text = report(results)
    options.json.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return 0


class _Budget:
    """What the peers see: files of a kind that one of them can tell, honest ones, and so much of the honest hours."""

    def __init__(self, seconds: float) -> None:
        self._left_s = seconds

    def allows(self, file: File) -> bool:
        if file.stratum["role"] != "hours":
            return file.stratum["role"] != "case" or file.kind == HONEST or file.kind in _TOLD_BY_PEERS
        self._left_s -= file.truth.duration_ns / 1e9
        return self._left_s >= 0


def _tables(options: argparse.Namespace) -> int:
    print(report(json.loads(options.results.read_text(encoding="utf-8"))))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "score": _score,
    "tables": _tables,
    "calibrate": _calibrate,
    "reliability": _reliability,
}
