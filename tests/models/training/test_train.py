"""Real steps on tiny pictures: the loss falls, a stopped run goes on as if it had not stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.store import Sample
from lessonproof.models.ultralytics_runtime import load_ultralytics

load_ultralytics()

import torch  # noqa: E402

from lessonproof.models.training.augment import Recipe, letterboxed  # noqa: E402
from lessonproof.models.training.batches import draw_batch, draw_shares, to_tensors  # noqa: E402
from lessonproof.models.training.schedule import Schedule  # noqa: E402
from lessonproof.models.training.train import (  # noqa: E402
    TrainingPlan,
    TrainingState,
    load_checkpoint,
    read_checkpoint,
    train,
)

STEPS = 4
PLAN = TrainingPlan(minutes=STEPS, batch_size=2, width=0.03, depth=0.1, recipe=Recipe(size_px=64))
"""By the clock below every step takes a minute."""


def _samples(number: int = 4) -> list[Sample]:
    pixels = np.random.default_rng(0).integers(0, 60, (48, 64, 3), dtype=np.uint8)
    pixels[12:36, 16:32] = 250
    box = np.array([[0, 16, 12, 32, 36]], np.float32)
    return [Sample("rooms", str(n), pixels, box, np.array([[1, 0, 0, 64, 48]], np.float32)) for n in range(number)]


class _Clock:
    """A minute passes whenever it is looked at."""

    def __init__(self) -> None:
        self._minutes = iter(range(10_000))

    def __call__(self) -> float:
        return 60.0 * next(self._minutes)


def _weights(state: TrainingState) -> Iterator[tuple[str, list[float]]]:
    for name, value in sorted(state.average.state_dict().items()):
        yield name, value.flatten().tolist()


def test_a_resumed_run_ends_where_an_unbroken_one_does(tmp_path: Path) -> None:
    lines: list[str] = []
    whole = train(_samples(), PLAN, tmp_path / "whole", clock=_Clock(), tell=lines.append)
    assert whole.step == STEPS
    assert len(lines) == STEPS // 2  # four pictures in steps of two: two steps an epoch
    with pytest.raises(_StoppedError):
        train(_samples(), PLAN, tmp_path / "broken", clock=_StoppingClock(after_steps=3))
    stopped = read_checkpoint(tmp_path / "broken" / "last.pt")
    assert stopped["step"] == 2
    resumed = train(_samples(), PLAN, tmp_path / "broken", clock=_Clock())
    assert resumed.step == STEPS
    assert list(_weights(resumed)) == list(_weights(whole))


class _StoppedError(Exception):
    pass


class _StoppingClock(_Clock):
    """The machine goes down after some steps."""

    def __init__(self, *, after_steps: int) -> None:
        super().__init__()
        self._left = after_steps + 1

    def __call__(self) -> float:
        self._left -= 1
        if self._left < 0:
            raise _StoppedError
        return super().__call__()


def test_training_raises_the_score_of_the_person_above_that_of_the_floor(tmp_path: Path) -> None:
    plan = replace(PLAN, minutes=20, schedule=Schedule(warm_up_share=0, small_until=0))
    picture = to_tensors([letterboxed(sample, 64) for sample in _samples(2)])["img"]
    margins = []
    for minutes in (1e-9, plan.minutes):
        state = train(_samples(), replace(plan, minutes=minutes), tmp_path / str(minutes), clock=_Clock())
        scores = state.network(picture)["scores"][0, 0, :64].reshape(8, 8).detach()  # persons, cells of 8 pixels
        margins.append((scores[3:5, 2:4].mean() - scores[:, 5:].mean()).item())
    assert margins[1] > margins[0] + 0.1, margins


def test_a_checkpoint_of_another_plan_is_not_continued(tmp_path: Path) -> None:
    train(_samples(), PLAN, tmp_path, clock=_Clock())
    with pytest.raises(TrainingDataError, match="belongs to another plan"):
        train(_samples(), replace(PLAN, seed=8), tmp_path, clock=_Clock())
    longer = load_checkpoint(tmp_path / "last.pt", replace(PLAN, minutes=9))
    assert longer.step == STEPS


@pytest.mark.parametrize("content", [b"", b"no checkpoint"])
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "last.pt").write_bytes(content)
    with pytest.raises(TrainingDataError, match="is no checkpoint"):
        read_checkpoint(tmp_path / "last.pt")


def test_a_checkpoint_of_another_program_is_refused(tmp_path: Path) -> None:
    torch.save({"schema": "other"}, tmp_path / "last.pt")
    with pytest.raises(TrainingDataError, match="of this program"):
        read_checkpoint(tmp_path / "last.pt")


def test_without_pictures_nothing_is_trained(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match="no pictures"):
        train([], PLAN, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_batch_depends_on_seed_and_step_alone() -> None:
    samples, shares = _samples(), draw_shares(["rooms"] * 4)
    drawn = [
        draw_batch(samples, shares, PLAN.recipe, batch_size=3, seed=1, step=step, with_mosaic=True)
        for step in (5, 5, 6)
    ]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(drawn[0], drawn[1], strict=True))
    assert not all(np.array_equal(a.pixels, b.pixels) for a, b in zip(drawn[0], drawn[2], strict=True))


def test_tensors_carry_every_box_with_its_picture() -> None:
    samples, shares = _samples(), draw_shares(["rooms"] * 4)
    squares = draw_batch(samples, shares, PLAN.recipe, batch_size=3, seed=1, step=0, with_mosaic=True)
    batch = to_tensors(squares)
    assert batch["img"].shape == (3, 3, 64, 64)
    assert 0 <= batch["img"].min() <= batch["img"].max() <= 1
    assert [int((batch["batch_idx"] == index).sum()) for index in range(3)] == [len(s.boxes) for s in squares]
    centres = torch.tensor(squares[0].boxes[:, 1:3] + squares[0].boxes[:, 3:5]) / 2 / 64
    assert torch.allclose(batch["bboxes"][: len(centres), :2], centres, atol=1e-6)
    assert batch["unlabelled"].shape == (sum(len(s.unlabelled) for s in squares), 6)


def test_full_rooms_are_drawn_more_often_than_empty_corridors() -> None:
    names = ["clinic-cctv"] * 2 + ["corridor"] * 20 + ["our-own-room"]
    shares = draw_shares(names)
    assert shares.sum() == pytest.approx(1)
    assert shares[0] > 10 * shares[2]
    assert shares[-1] > 0
