"""A real detector sees the cut-outs as persons: few and large ones are found."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.lessons import LessonSpec, SceneKind
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.timeline import Effect
from lessonproof.models.detector import DetectorSpec
from lessonproof.models.registry import open_detector

MODEL = "yolov8n_int8_openvino_model"


def weights() -> Path | None:
    named = os.environ.get("LESSONPROOF_MODELS")
    root = Path(__file__).parents[3]
    folders = [Path(named)] if named else [root.parent / "shared" / "models"]
    return next((f / MODEL for f in folders if (f / MODEL).is_dir()), None)


@pytest.mark.weights
def test_most_of_a_few_large_persons_are_found() -> None:
    path = weights()
    if path is None:
        pytest.skip(f"no {MODEL} in LESSONPROOF_MODELS or ../shared/models")
    detector = open_detector(
        DetectorSpec("ultralytics", f"{MODEL}@sha256:test", path, person_class=0, image_size_px=320)
    )
    visible = found = 0
    for scene in SceneKind:
        for seed in (100, 101, 102):
            lens = Lens(LessonSpec(seed=seed, scene=scene, people=4, duration_s=10.0))
            picture = cv2.cvtColor(lens.shoot(100, Effect.NONE, 0), cv2.COLOR_YUV2RGB_I420)
            (seen,) = detector.detect([np.asarray(picture, np.uint8)])
            boxes = seen.boxes_xyxy_px[seen.scores >= 0.25].astype(np.float64)
            people = [s for s in lens.seen() if s.head_share >= 0.5]
            visible += len(people)
            found += sum(any(overlap(np.array(p.box_xyxy_px), box) > 0.4 for box in boxes) for p in people)
    assert visible >= 24
    assert found >= 0.8 * visible


def overlap(
    a: np.ndarray[tuple[int, ...], np.dtype[np.float64]], b: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> float:
    """Intersection over union of two boxes."""
    wide = max(0.0, float(min(a[2], b[2]) - max(a[0], b[0])))
    high = max(0.0, float(min(a[3], b[3]) - max(a[1], b[1])))
    both = wide * high
    return both / float((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
