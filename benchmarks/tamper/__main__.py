"""Command line of the suite: ``python -m benchmarks.tamper render --split dev --out DIR``."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.tamper.masters import SPLITS
from benchmarks.tamper.render import kinds_of, render_suite, suite_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 where all went well."""
    options = _parser().parse_args(arguments)
    if options.command in {"list", "render"}:
        return {"list": _list, "render": _render}[options.command](options)
    # Rendering must not need the product, nor the peers.
    judging = importlib.import_module("benchmarks.tamper.judging")
    code: int = judging.COMMANDS[options.command](options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tamper", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listed = commands.add_parser("list", help="how many cases of each kind there are")
    render = commands.add_parser("render", help="render what is not there yet")
    for command in (listed, render):
        command.add_argument("--split", choices=SPLITS, required=True)
    render.add_argument("--out", type=Path, required=True, help="folder for the files; kept between runs")
    render.add_argument("--jobs", type=int, default=1, help="processes")
    render.add_argument("--only", action="append", default=[], metavar="KIND", help="render this kind; repeat for more")
    render.add_argument("--no-hours", action="store_true", help="leave out the long honest lessons")
    scored = commands.add_parser("score", help="run our analysis, and the peers, on a rendered suite")
    scored.add_argument("--in", dest="folder", type=Path, required=True, help="folder that render wrote")
    scored.add_argument("--json", type=Path, required=True, help="results to write; tables go beside it as .md")
    scored.add_argument("--peers", action="store_true", help="run the peers too")
    scored.add_argument("--peer-hours", type=float, default=2.0, help="honest hours that the peers see")
    scored.add_argument("--only", action="append", default=[], metavar="KIND", help="score this kind; repeat for more")
    scored.add_argument("--jobs", type=int, default=1, help="processes")
    tables = commands.add_parser("tables", help="print the tables of earlier results")
    tables.add_argument("--results", type=Path, required=True, help="what score wrote")
    calibrate = commands.add_parser("calibrate", help="fit the confidence table of the product on dev results")
    calibrate.add_argument("--results", type=Path, required=True, help="what score wrote for dev")
    calibrate.add_argument("--table", type=Path, help="module to write (default: the product's)")
    plot = commands.add_parser("reliability", help="draw how often findings are right at each confidence")
    plot.add_argument("--results", type=Path, required=True, help="what score wrote for test")
    plot.add_argument("--out", type=Path, required=True, help="SVG to write")
    return parser


def _list(options: argparse.Namespace) -> int:
    suite = suite_of(options.split)
    for kind, count in kinds_of(suite.cases).items():
        print(f"{kind:20} {count}")
    hours = sum(m.spec.duration_s for m in suite.hours) / 3600
    print(f"{len(suite.masters)} honest twins, {len(suite.clips)} honest clips, {hours:.1f} honest hours")
    return 0


def _render(options: argparse.Namespace) -> int:
    suite, only = suite_of(options.split), frozenset(options.only)
    unknown = only - set(kinds_of(suite.cases))
    if unknown:
        print(f"no case of kind {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    render_suite(suite, options.out, jobs=options.jobs, only=only, hours=not options.no_hours and not only, say=_say)
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
