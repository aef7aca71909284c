"""Command line of the training: ``python -m lessonproof.models.training prepare|train|evaluate|export|card``."""

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from lessonproof.evidence.errors import LessonProofError
from lessonproof.models.registry import open_detector
from lessonproof.models.training.augment import Recipe
from lessonproof.models.training.card import model_card
from lessonproof.models.training.evaluate import by_set, score_pictures, table
from lessonproof.models.training.pictures import Part, read_pictures
from lessonproof.models.training.store import read_store, write_store
from lessonproof.models.ultralytics_runtime import load_ultralytics
from lessonproof.models.weights import WeightsPlaces, measure_files, resolve_weights

CHECKPOINT_NAME = "last.pt"
INPUT_SIDE_PX = 320
STORED_SIDE_PX = 512
"""Stored pictures are somewhat larger than the network's input, so that a zoom shows something new."""


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare(args: argparse.Namespace) -> None:
    """Decode the labelled pictures into a store."""
    pictures = read_pictures(args.data)
    stored = write_store(pictures, args.store, args.side)
    counts = Counter((picture.part.value, picture.set_name) for picture in pictures)
    for (part, name), count in sorted(counts.items()):
        tell(f"{part:6} {name:16} {count:5}")
    tell(f"{stored} pictures stored in {args.store}; the part 'test' is not")


def train(args: argparse.Namespace) -> None:
    """Train, or go on training."""
    load_ultralytics()
    training = importlib.import_module("lessonproof.models.training.train")
    plan = training.TrainingPlan(
        minutes=args.minutes, batch_size=args.batch, seed=args.seed, recipe=Recipe(size_px=args.size)
    )
    training.train(read_store(args.store, Part.TRAIN), plan, args.run, tell=tell)


def evaluate(args: argparse.Namespace) -> None:
    """Print the figures of each detector on the same pictures."""
    pictures = [picture for picture in read_pictures(args.data) if picture.part == args.part]
    for path in args.weights:
        weights = resolve_weights(None, WeightsPlaces(explicit=path), allow_unknown=True)
        detector = open_detector(weights.detector_spec())
        tell(f"{weights.entry.name}, part {args.part}")
        for line in table(by_set(score_pictures(pictures, detector, weights.entry.calibration))):
            tell(line)


def export(args: argparse.Namespace) -> None:
    """Write the files that the product loads, and print what ``weights.yaml`` says of them."""
    load_ultralytics()
    module = importlib.import_module("lessonproof.models.training.export")
    folder = args.out / f"{args.name}_openvino_model"
    module.export_openvino(args.run / CHECKPOINT_NAME, folder, args.size, args.name)
    files = [{"name": f.name, "size_bytes": f.size_bytes, "sha256": f.sha256} for f in measure_files(folder)]
    tell(yaml.safe_dump({"files": files}, sort_keys=False).rstrip())


def card(args: argparse.Namespace) -> None:
    """Write the model card."""
    load_ultralytics()
    training = importlib.import_module("lessonproof.models.training.train")
    checkpoint = training.read_checkpoint(args.run / CHECKPOINT_NAME)
    figures = args.figures.read_text("utf-8")
    text = model_card(args.name, checkpoint, read_pictures(args.data), args.data / "SOURCES.csv", figures)
    args.out.write_text(text, "utf-8")


def parser() -> argparse.ArgumentParser:
    """The options of every command."""
    root = argparse.ArgumentParser(prog="python -m lessonproof.models.training", description=__doc__)
    commands = root.add_subparsers(required=True)
    command = _command(commands, prepare, "decode labelled pictures into a store", data=True)
    command.add_argument("--store", type=Path, required=True, help="folder to be written")
    command.add_argument("--side", type=int, default=STORED_SIDE_PX, help="longest side kept, pixels")
    command = _command(commands, train, "train from scratch, or resume the run in --run", run=True)
    command.add_argument("--store", type=Path, required=True, help="folder written by prepare")
    command.add_argument("--minutes", type=float, required=True, help="wall time of the whole run")
    command.add_argument("--batch", type=int, default=8, help="pictures a step")
    command.add_argument("--seed", type=int, default=7, help="start of all chance")
    command.add_argument("--size", type=int, default=INPUT_SIDE_PX, help="side of the network's input, pixels")
    command = _command(commands, evaluate, "compare detectors on pictures that were not learned", data=True)
    command.add_argument("--weights", type=Path, nargs="+", required=True, help="weights, files or folders")
    command.add_argument("--part", type=Part, choices=[Part.TEST, Part.HELD], default=Part.TEST, help="pictures")
    command = _command(commands, export, "write the OpenVINO folder", run=True)
    command.add_argument("--name", required=True, help="name of the weights")
    command.add_argument("--out", type=Path, required=True, help="folder that gets NAME_openvino_model")
    command.add_argument("--size", type=int, default=INPUT_SIDE_PX, help="side of the network's input, pixels")
    command = _command(commands, card, "write the model card", data=True, run=True)
    command.add_argument("--name", required=True, help="name of the weights")
    command.add_argument("--figures", type=Path, required=True, help="what evaluate printed")
    command.add_argument("--out", type=Path, required=True, help="file to be written")
    return root


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    run_command: Callable[[argparse.Namespace], None],
    help_text: str,
    *,
    data: bool = False,
    run: bool = False,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(run_command.__name__, help=help_text)
    command.set_defaults(run_command=run_command)
    if data:
        command.add_argument("--data", type=Path, required=True, help="folder of labelled pictures")
    if run:
        command.add_argument("--run", type=Path, required=True, help="folder of the run: checkpoint and log")
    return command


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an error of the input ends it with words, not with a trace."""
    args = parser().parse_args(argv)
    try:
        args.run_command(args)
    except LessonProofError as error:
        sys.stderr.write(f"{error.en}\n{error.zh}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
