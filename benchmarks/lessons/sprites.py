"""From a cut-out to a person of the lesson: own clothes and proportions, posed, as YUV sprites.

A sprite is premultiplied: ``picture = picture * (1 - alpha) + sprite``. Poses are small warps of the
cut-out: the body sways, the head nods and turns, a hand moves, legs step. No two persons look the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.cutouts import CutOut, cut_out

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

PAD_SHARE = 0.12
"""Empty border on each side, as a share of the sprite's width, so that a pose can move."""

# ITU-R BT.601, studio range, from BGR of 0..255.
_TO_YUV = np.array([[0.0979, 0.5041, 0.2568], [0.4392, -0.2910, -0.1482], [-0.0714, -0.3678, 0.4392]], np.float32)
_YUV_OFFSET = np.array([16.0, 128.0, 128.0], np.float32)


@dataclass(frozen=True, slots=True)
class Look:
    """What makes a person different from the others cut out of the same photograph.

    Attributes:
        cutout: key of ``cutouts.OUTLINES``.
        mirror: left and right swapped.
        width_factor: stouter or slimmer.
        stature: taller or smaller, 1.0 is as in the photograph.
        gain: brightness.
        clothes_lab: shift of the clothes' colour, CIE L*a*b* steps of OpenCV (0..255).
        tone: factors on blue, green and red of everything.
    """

    cutout: str
    mirror: bool
    width_factor: float
    stature: float
    gain: float
    clothes_lab: tuple[float, float, float]
    tone: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """Displacements of the sprite, pixels of the picture, already rounded so that equal poses compare equal."""

    sway: float = 0.0
    nod: float = 0.0
    turn: float = 0.0
    hand: float = 0.0
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Body:
    """A person at one scale, ready to be posed.

    Attributes:
        yuva: shape ``(H, W, 4)``, uint8, premultiplied, with its border.
        head: head box as shares of the bordered sprite: u0, v0, u1, v1.
        hand: hand as shares of the bordered sprite.
        top, bottom: where the opaque part begins and ends, shares of the height.
        centre: middle of the head, share of the width.
    """

    yuva: Image
    head: tuple[float, float, float, float]
    hand: tuple[float, float]
    top: float
    bottom: float
    centre: float


def random_look(rng: np.random.Generator, cutout: str) -> Look:
    """Draw a look for one person."""
    return Look(
        cutout=cutout,
        mirror=bool(rng.random() < 0.5),
        width_factor=float(rng.uniform(0.92, 1.08)),
        stature=float(rng.uniform(0.95, 1.05)),
        gain=float(rng.uniform(0.82, 1.12)),
        clothes_lab=(float(rng.uniform(-15, 70)), float(rng.normal(0, 10)), float(rng.normal(0, 13))),
        tone=(float(rng.uniform(0.94, 1.06)), 1.0, float(rng.uniform(0.94, 1.06))),
    )


def make_body(
    look: Look, px_per_m: float, *, crop_m: float | None = None, shadow: bool = False, blur_m: float = 0.0
) -> Body:
    """Scale and dress a cut-out.

    Args:
        look: the person.
        px_per_m: pixels a metre takes.
        crop_m: keep only this much from the top of the head, metres; ``None`` keeps all.
        shadow: add a soft shadow under the feet.
        blur_m: standard deviation of a defocus, metres.

    Returns:
        The body, bordered.
    """
    source = cut_out(look.cutout)
    height_m = source.height_m if crop_m is None else min(crop_m, source.height_m)
    keep = max(2, round(source.alpha.shape[0] * height_m / source.height_m))
    width_m = source.height_m * source.alpha.shape[1] / source.alpha.shape[0] * look.width_factor
    size = (max(2, round(width_m * px_per_m)), max(2, round(height_m * px_per_m)))
    alpha: Floats = np.asarray(cv2.resize(source.alpha[:keep], size, interpolation=cv2.INTER_AREA), np.float32)
    weighted = cv2.resize(source.bgr[:keep] * source.alpha[:keep, :, None], size, interpolation=cv2.INTER_AREA)
    plain = np.clip(weighted / np.maximum(alpha, 1e-3)[..., None], 0, 255).astype(np.float32)
    bgr = _dress(plain, look, source, keep)
    pad = max(4, round(PAD_SHARE * size[0]), round(0.05 * px_per_m))
    yuva = np.pad(_premultiplied(bgr, alpha), ((pad, pad), (pad, pad), (0, 0)))
    share = keep / source.alpha.shape[0]
    width, height = yuva.shape[1], yuva.shape[0]
    boxed = [
        (pad + source.head_xyxy[0] * size[0]) / width, (pad + source.head_xyxy[1] / share * size[1]) / height,
        (pad + source.head_xyxy[2] * size[0]) / width, (pad + source.head_xyxy[3] / share * size[1]) / height,
    ]  # fmt: skip
    hand_u = (pad + source.hand_xy[0] * size[0]) / width
    if look.mirror:
        yuva = np.ascontiguousarray(yuva[:, ::-1])
        boxed[0], boxed[2] = 1 - boxed[2], 1 - boxed[0]
        hand_u = 1 - hand_u
    if shadow:
        yuva = _with_shadow(yuva, pad, px_per_m)
    if blur_m > 0:
        yuva = np.asarray(cv2.GaussianBlur(yuva, (0, 0), blur_m * px_per_m), dtype=np.uint8)
    return Body(
        yuva=yuva,
        head=(boxed[0], boxed[1], boxed[2], boxed[3]),
        hand=(hand_u, (pad + source.hand_xy[1] / share * size[1]) / height),
        top=pad / height,
        bottom=1 - pad / height,
        centre=(boxed[0] + boxed[2]) / 2,
    )


def pose_body(
    body: Body, size: tuple[int, int], shift: tuple[float, float], pose: Pose, window: tuple[int, int, int, int]
) -> Image:
    """Warp a body into its pose.

    Args:
        body: the person.
        size: width and height of the whole posed sprite, pixels.
        shift: part of a pixel by which it lies to the right and down.
        pose: displacements.
        window: x0, y0, x1, y1 of the sprite's part that is wanted, pixels, half-open.

    Returns:
        Shape ``(y1 - y0, x1 - x0, 4)``, uint8, premultiplied YUVA.
    """
    x0, y0, x1, y1 = window
    height, width = body.yuva.shape[:2]
    u = ((np.arange(x0, x1, dtype=np.float32) + 0.5 - shift[0]) / size[0]).astype(np.float32)
    v = ((np.arange(y0, y1, dtype=np.float32) + 0.5 - shift[1]) / size[1]).astype(np.float32)
    du = np.zeros((len(v), len(u)), np.float32) + u
    dv = np.zeros_like(du) + v[:, None]
    if pose.sway:
        lever = np.clip((body.bottom - v) / (body.bottom - body.top), 0, 1) ** 1.3
        du -= (pose.sway / size[0] * lever)[:, None]
    if pose.nod or pose.turn:
        head = _plateau(v, body.head[1] - 0.2, body.head[3], 0.06)[:, None] * _plateau(
            u, body.head[0], body.head[2], 0.15
        )
        dv -= (pose.nod / size[1]) * head
        du += (u - np.float32(body.centre)) * (pose.turn * head)
    if pose.hand:
        hand = np.exp(-(((v - body.hand[1]) / 0.12) ** 2))[:, None] * np.exp(-(((u - body.hand[0]) / 0.2) ** 2))
        dv -= (pose.hand / size[1]) * hand
    if pose.step:
        legs = np.clip((v - 0.55) / 0.35, 0, 1) * (v < body.bottom + 0.02)
        du += (u - np.float32(body.centre)) * (pose.step * legs)[:, None]
    return np.asarray(
        cv2.remap(body.yuva, du * width - 0.5, dv * height - 0.5, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT),
        dtype=np.uint8,
    )


def _plateau(x: Floats, start: float, end: float, soft: float) -> Floats:
    """1 between start and end, 0 outside, with soft flanks."""
    rise = np.clip((x - start) / soft + 0.5, 0, 1)
    fall = np.clip((end - x) / soft + 0.5, 0, 1)
    flat = np.minimum(rise, fall)
    return np.asarray(flat * flat * (3 - 2 * flat), dtype=np.float32)


def _dress(bgr: Floats, look: Look, source: CutOut, keep: int) -> Floats:
    """Give the clothes another colour and everything another brightness; skin and hair keep theirs."""
    height, width = bgr.shape[:2]
    lab = cv2.cvtColor(bgr.astype(np.uint8), cv2.COLOR_BGR2LAB).astype(np.float32)
    hx0, _hy0, hx1, hy1 = source.head_xyxy
    share = source.alpha.shape[0] / keep
    u = (np.arange(width, dtype=np.float32) + 0.5) / width
    v = (np.arange(height, dtype=np.float32) + 0.5) / height
    soft = 0.04 * (hx1 - hx0)
    clothes = 1 - _plateau(u, hx0, hx1, soft) * _plateau(v, -1.0, hy1 * share, soft)[:, None]
    skin = (lab[..., 1] > 137) & (lab[..., 2] > 136) & (lab[..., 0] > 70) & (lab[..., 1] < 165)
    weight = clothes * (1 - cv2.GaussianBlur(skin.astype(np.float32), (0, 0), 1.0))
    lift, red, yellow = look.clothes_lab
    bright = lab[..., 0] / 255
    lab[..., 0] += weight * lift * np.where(lift > 0, 1 - bright, bright)
    lab[..., 1] += weight * red
    lab[..., 2] += weight * yellow
    dressed = cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR).astype(np.float32)
    return np.asarray(np.clip(dressed * look.gain * np.asarray(look.tone, np.float32), 0, 255), dtype=np.float32)


def _premultiplied(bgr: Floats, alpha: Floats) -> Image:
    yuv = (bgr @ _TO_YUV.T + _YUV_OFFSET) * alpha[..., None]
    return np.clip(np.round(np.dstack([yuv, alpha * 255])), 0, 255).astype(np.uint8)


def _with_shadow(yuva: Image, pad: int, px_per_m: float) -> Image:
    height, width = yuva.shape[:2]
    shade: Floats = np.zeros((height, width), np.float32)
    axes = (max(1, int(0.28 * px_per_m)), max(1, int(0.05 * px_per_m)))
    cv2.ellipse(shade, (width // 2, height - pad - axes[1] // 2), axes, 0, 0, 360, 0.45, -1)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), max(0.8, 0.02 * px_per_m)), dtype=np.float32)
    under = 1 - yuva[..., 3:4].astype(np.float32) / 255
    dark = np.array([16.0, 128.0, 128.0, 255.0], np.float32) * shade[..., None] * under
    return np.clip(yuva + dark, 0, 255).astype(np.uint8)
