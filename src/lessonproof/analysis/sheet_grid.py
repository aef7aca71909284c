"""Where the printed lines of the table really are: paper bends, is folded, and lenses curve straight lines.

The homography of four corners leaves up to some 2 mm. Each printed line is looked for, piece by piece, near its place;
what the pieces tell is smoothed and gives the offset of every point of the table.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_errors import SheetGridMissingError
from lessonproof.evidence.sheet_layout import Box, SheetLayout

_REACH_MM: Final = 2.2
_PIECE_MM: Final = 7.5
_LEAST_PEAK: Final = 0.07
"""Darkness of a printed line above what is beside it, share of the paper's brightness."""
_LEAST_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Grid:
    """The table as it is seen.

    Attributes:
        offset_mm: shape ``(H, W, 2)``: how far right and down of its place each point of the page is seen.
        row_lines_seen: per row of the layout the share 0..1 of its signature cell's upper and lower line that is seen.
    """

    offset_mm: NDArray[np.float32]
    row_lines_seen: NDArray[np.float64]


def find_grid(darkness: NDArray[np.float32], layout: SheetLayout, px_per_mm: float) -> Grid:
    """Find the printed lines.

    Args:
        darkness: the whole page from above, 0 paper to 1 black, shape ``(H, W)``.
        layout: where the lines should be.
        px_per_mm: scale of the page.

    Raises:
        SheetGridMissingError: fewer than 60 % of their pieces are near their place.
    """
    offset = np.zeros((*darkness.shape, 2), np.float32)
    seen = np.zeros(len(layout.rows))
    shares = []
    for table in layout.table_boxes:
        rows = [row for row in layout.rows if row.number_cell.x_mm == table.x_mm]
        ys = np.array([*(row.number_cell.y_mm for row in rows), table.bottom_mm])
        down, is_seen = _row_lines(darkness, table, ys, px_per_mm)
        cells = rows[0]
        xs = np.array([table.x_mm, cells.name_cell.x_mm, cells.signature_cell.x_mm, table.right_mm])
        aside, is_seen_aside = _column_lines(darkness, table, ys, xs, px_per_mm)
        shares += [is_seen.mean(), is_seen_aside.mean()]
        _spread(offset[..., 1], down, table, px_per_mm)
        _spread_columns(offset[..., 0], aside, table, xs, px_per_mm)
        in_signature = _pieces(table) > cells.signature_cell.x_mm
        both = (is_seen[:-1, in_signature] + is_seen[1:, in_signature].astype(float)) / 2
        for row, share in zip(rows, both.mean(axis=1), strict=True):
            seen[row.number - 1] = share
    if min(shares) < _LEAST_SHARE:
        raise SheetGridMissingError(
            f"the table's printed lines are not found ({min(shares):.0%} of them): the sheet is covered, curled or "
            f"glaring",
            f"表格线无法辨认（仅找到 {min(shares):.0%}）：签到表被遮挡、卷曲或反光",
        )
    return Grid(offset, seen)


def _pieces(table: Box) -> NDArray[np.float64]:
    """Middles of the pieces of a row line."""
    count = int(table.width_mm / _PIECE_MM)
    return np.asarray(table.x_mm + (np.arange(count) + 0.5) * table.width_mm / count)


def _row_lines(
    darkness: NDArray[np.float32], table: Box, ys_mm: NDArray[np.float64], px_per_mm: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Offsets down in mm, shape ``(lines, pieces)``, and which were seen."""
    xs = _pieces(table)
    mean = cv2.blur(darkness, (round(_PIECE_MM * px_per_mm), 1))
    reach = round(_REACH_MM * px_per_mm)
    steps = np.arange(-reach, reach + 1)
    y = np.clip(np.round(ys_mm * px_per_mm).astype(int)[:, None, None] + steps, 0, darkness.shape[0] - 1)
    x = np.round(xs * px_per_mm).astype(int)[None, :, None]
    return _peaks(mean[y, x], ys_mm[:, None] * px_per_mm, px_per_mm)


def _column_lines(
    darkness: NDArray[np.float32],
    table: Box,
    ys_mm: NDArray[np.float64],
    xs_mm: NDArray[np.float64],
    px_per_mm: float,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Offsets right in mm, shape ``(rows, lines)``, and which were seen."""
    middles = (ys_mm[:-1] + ys_mm[1:]) / 2
    height = table.height_mm / len(middles)
    mean = cv2.blur(darkness, (1, round(0.75 * height * px_per_mm)))
    reach = round(_REACH_MM * px_per_mm)
    steps = np.arange(-reach, reach + 1)
    x = np.clip(np.round(xs_mm * px_per_mm).astype(int)[None, :, None] + steps, 0, darkness.shape[1] - 1)
    y = np.round(middles * px_per_mm).astype(int)[:, None, None]
    return _peaks(mean[y, x], xs_mm[None, :] * px_per_mm, px_per_mm)


def _peaks(
    profiles: NDArray[np.float32], places_px: NDArray[np.float64], px_per_mm: float
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Where each profile is darkest, in mm from its line's place; unseen ones get what their neighbours say."""
    reach = profiles.shape[-1] // 2
    best = np.clip(profiles.argmax(axis=-1), 1, 2 * reach - 1)
    before, at, after = (np.take_along_axis(profiles, (best + d)[..., None], -1)[..., 0] for d in (-1, 0, 1))
    bend = before - 2 * at + after
    part = np.where(bend < 0, (before - after) / np.minimum(2 * bend, -1e-6), 0.0)
    # The middle of pixel n is at n + 0.5; the profile was taken around the rounded place.
    shift = best - reach + np.clip(part, -0.5, 0.5) + np.round(places_px) + 0.5 - places_px
    stands_out = at - np.median(profiles, axis=-1) > _LEAST_PEAK
    is_seen: NDArray[np.bool_] = np.logical_and(stands_out, np.abs(best - reach) < reach - 1)
    return _calm(np.where(is_seen, shift, np.nan) / px_per_mm), is_seen


def _calm(offsets: NDArray[np.float64]) -> NDArray[np.float32]:
    """Medians of 3 by 5 neighbours, what is unseen left out; where nothing near is seen, the median of all."""
    padded = np.pad(offsets, ((1, 1), (2, 2)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 5)).reshape(*offsets.shape, -1)
    known = np.isfinite(windows)
    everything = offsets[np.isfinite(offsets)]
    overall = float(np.median(everything)) if everything.size else 0.0
    filled = np.where(known.any(axis=-1, keepdims=True), windows, overall)
    middle = np.nanmedian(filled, axis=-1)
    return np.asarray(cv2.blur(middle.astype(np.float32), (3, 1), borderType=cv2.BORDER_REPLICATE), np.float32)


def _spread(target: NDArray[np.float32], nodes: NDArray[np.float32], table: Box, px_per_mm: float) -> None:
    """Offsets of row lines to every point of the table; the nodes lie on the table's first to last line."""
    x0, x1 = round(table.x_mm * px_per_mm) - 6, round(table.right_mm * px_per_mm) + 6
    y0, y1 = round(table.y_mm * px_per_mm), round(table.bottom_mm * px_per_mm)
    rows = np.linspace(0, nodes.shape[0] - 1, y1 - y0, dtype=np.float32)
    columns = np.linspace(-0.5, nodes.shape[1] - 0.5, x1 - x0, dtype=np.float32)
    at_x, at_y = np.meshgrid(columns, rows)
    target[y0:y1, x0:x1] = cv2.remap(nodes, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _spread_columns(
    target: NDArray[np.float32], nodes: NDArray[np.float32], table: Box, xs_mm: NDArray[np.float64], px_per_mm: float
) -> None:
    """The same for column lines, which lie at unequal distances."""
    x0, x1 = round(table.x_mm * px_per_mm) - 6, round(table.right_mm * px_per_mm) + 6
    y0, y1 = round(table.y_mm * px_per_mm), round(table.bottom_mm * px_per_mm)
    rows = np.linspace(-0.5, nodes.shape[0] - 0.5, y1 - y0, dtype=np.float32)
    columns = np.interp(np.arange(x0, x1) / px_per_mm, xs_mm, np.arange(len(xs_mm))).astype(np.float32)
    at_x, at_y = np.meshgrid(columns, rows)
    target[y0:y1, x0:x1] = cv2.remap(nodes, at_x, at_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
