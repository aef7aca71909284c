"""The training run: from random weights to a checkpoint, within a given time, and resumable at every epoch.

An epoch is as many drawn pictures as there are to train on. Plain Ultralytics training is not used, because its loss
cannot be told per region what is not labelled, and because its schedule counts epochs where only the time is known.
"""

import json
import math
import os
import pickle
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.augment import Recipe
from lessonproof.models.training.batches import draw_batch, draw_shares, to_tensors
from lessonproof.models.training.loss import MaskedDetectionLoss
from lessonproof.models.training.network import DEPTH, WIDTH, build_network
from lessonproof.models.training.schedule import Schedule, ema_decay
from lessonproof.models.training.store import Sample

SCHEMA = "lessonproof.training-checkpoint/1"
CHECKPOINT_NAME = "last.pt"
LOG_NAME = "epochs.jsonl"
WEIGHT_DECAY = 5e-4
GRADIENT_LIMIT = 10.0
"""Both as Ultralytics trains."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a run is asked to do; stored in every checkpoint.

    Attributes:
        minutes: wall time for all of the run, resumptions included; the schedule ends with it.
        batch_size: pictures a step.
        seed: start of all chance.
        width, depth: shape of the network; see ``build_network``.
        recipe: how pictures are altered, and the size of the network's input.
        schedule: learning rate over time.
    """

    minutes: float
    batch_size: int = 8
    seed: int = 7
    width: float = WIDTH
    depth: float = DEPTH
    recipe: Recipe = field(default_factory=lambda: Recipe(size_px=320))
    schedule: Schedule = field(default_factory=Schedule)


@dataclass(slots=True)
class TrainingState:
    """Where a run is; the only thing in it that changes.

    Attributes:
        network: being trained.
        average: moving average of its weights, which is what is exported.
        optimizer: with its moments.
        step: steps made.
        spent_s: seconds of the plan used up.
    """

    network: Any
    average: Any
    optimizer: Any
    step: int = 0
    spent_s: float = 0.0


def new_state(plan: TrainingPlan) -> TrainingState:
    """Random weights from the plan's seed."""
    torch.manual_seed(plan.seed)
    network = build_network(width=plan.width, depth=plan.depth)
    average = build_network(width=plan.width, depth=plan.depth).eval()
    average.load_state_dict(network.state_dict())
    for parameter in average.parameters():
        parameter.requires_grad_(False)
    decayed = [p for p in network.parameters() if p.ndim > 1]
    kept = [p for p in network.parameters() if p.ndim <= 1]  # biases and normalisation are not drawn to 0
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": kept, "weight_decay": 0.0}]
    return TrainingState(network, average, torch.optim.AdamW(groups, lr=plan.schedule.peak_rate))


def train(
    samples: Sequence[Sample],
    plan: TrainingPlan,
    folder: Path,
    *,
    clock: Callable[[], float] = time.monotonic,
    tell: Callable[[str], None] = lambda _: None,
) -> TrainingState:
    """Train until the plan's time is over, going on from the checkpoint in ``folder`` where there is one.

    Args:
        samples: pictures to learn from.
        plan: what to do; on resumption it must be the stored one but for ``minutes``.
        folder: gets ``last.pt`` after every epoch, and a line a epoch in ``epochs.jsonl``.
        clock: seconds, rising.
        tell: gets a line an epoch.

    Raises:
        TrainingDataError: there are no pictures, or the checkpoint is of another plan.
    """
    if not samples:
        raise TrainingDataError("there are no pictures to train on", "没有可用于训练的图片")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT_NAME
    state = load_checkpoint(path, plan) if path.exists() else new_state(plan)
    shares = draw_shares([sample.set_name for sample in samples])
    steps_an_epoch = math.ceil(len(samples) / plan.batch_size)
    criterion = MaskedDetectionLoss(state.network)
    budget_s, started_s = plan.minutes * 60, clock() - state.spent_s
    sums: dict[str, float] = {}
    while state.spent_s < budget_s:
        progress = state.spent_s / budget_s
        squares = draw_batch(
            samples,
            shares,
            replace(plan.recipe, size_px=plan.schedule.size_px(progress, plan.recipe.size_px)),
            batch_size=plan.batch_size,
            seed=plan.seed,
            step=state.step,
            with_mosaic=progress < plan.schedule.mosaic_until,
        )
        shown = _step(state, criterion, to_tensors(squares), plan.schedule.rate(progress))
        sums = {name: sums.get(name, 0.0) + value for name, value in shown.items()}
        state.spent_s = clock() - started_s
        if state.step % steps_an_epoch == 0:
            means = {name: round(total / steps_an_epoch, 4) for name, total in sums.items()}
            save_checkpoint(state, plan, path)
            line = {"epoch": state.step // steps_an_epoch, "step": state.step, "spent_s": round(state.spent_s, 1)}
            _log(folder / LOG_NAME, json.dumps(line | means), tell)
            sums = {}
    save_checkpoint(state, plan, path)
    return state


def _step(state: TrainingState, criterion: MaskedDetectionLoss, batch: dict[str, Any], rate: float) -> dict[str, float]:
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    loss, shown = criterion(state.network(batch["img"]), batch)
    state.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(state.network.parameters(), GRADIENT_LIMIT)
    state.optimizer.step()
    state.step += 1
    _average(state)
    return shown


def _average(state: TrainingState) -> None:
    kept = ema_decay(state.step)
    current = state.network.state_dict()
    with torch.no_grad():
        for name, value in state.average.state_dict().items():
            if value.dtype.is_floating_point:
                value.mul_(kept).add_(current[name], alpha=1 - kept)
            else:
                value.copy_(current[name])


def _log(path: Path, line: str, tell: Callable[[str], None]) -> None:
    with path.open("a", encoding="utf-8") as log:
        log.write(line + "\n")
    tell(line)


def save_checkpoint(state: TrainingState, plan: TrainingPlan, path: Path) -> None:
    """Write a checkpoint beside the old one and put it into its place, so that a kill leaves one that is whole."""
    unfinished = path.with_suffix(".part")
    content = {
        "schema": SCHEMA,
        "plan": asdict(plan),
        "network": state.network.state_dict(),
        "average": state.average.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "step": state.step,
        "spent_s": state.spent_s,
    }
    with unfinished.open("wb") as stream:
        torch.save(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)


def load_checkpoint(path: Path, plan: TrainingPlan) -> TrainingState:
    """A run as it was at the end of its last epoch.

    Raises:
        TrainingDataError: the checkpoint is of another plan, or none.
    """
    content = read_checkpoint(path)
    if content["plan"] != asdict(replace(plan, minutes=content["plan"]["minutes"])):
        raise TrainingDataError(
            f"{path} belongs to another plan than the one asked for; choose another folder, or the same options",
            f"{path} 属于另一训练方案；请换一个文件夹或使用相同的选项",
        )
    state = new_state(plan)
    state.network.load_state_dict(content["network"])
    state.average.load_state_dict(content["average"])
    state.optimizer.load_state_dict(content["optimizer"])
    state.step, state.spent_s = content["step"], content["spent_s"]
    return state


def read_checkpoint(path: Path) -> dict[str, Any]:
    """What a checkpoint holds; only tensors and plain values are unpickled.

    Raises:
        TrainingDataError: it cannot be read.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise TrainingDataError(f"{path} is no checkpoint: {error}", f"{path} 不是检查点：{error}") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise TrainingDataError(f"{path} is no checkpoint of this program", f"{path} 不是本程序的检查点")
    return content


def averaged_network(path: Path) -> Any:
    """The averaged weights of a checkpoint as a network in evaluation mode: what is measured and exported."""
    content = read_checkpoint(path)
    network = build_network(width=content["plan"]["width"], depth=content["plan"]["depth"])
    network.load_state_dict(content["average"])
    return network.eval()
