"""The reliability plot as SVG, written by hand: no plotting library is needed for eight points."""

from collections.abc import Sequence
from typing import Final

from benchmarks.tamper.calibration import Bin, expected_error

_SIZE: Final = 420
_MARGIN: Final = 56
_INK, _GREY, _BLUE = "#1b1f24", "#8b949e", "#0b62c4"


def reliability_svg(bins: Sequence[Bin]) -> str:
    """Printed confidence across, share of right findings up, with 95 % intervals and counts."""
    side = _SIZE - 2 * _MARGIN

    def x(value: float) -> float:
        return round(_MARGIN + value * side, 1)

    def y(value: float) -> float:
        return round(_SIZE - _MARGIN - value * side, 1)

    error = expected_error(bins)
    total = sum(b.right.total for b in bins)
    parts = [
        _svg_tag(),
        "<title>Reliability of the printed confidence</title>",
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="#ffffff"/>',
        f'<rect x="{_MARGIN}" y="{_MARGIN}" width="{side}" height="{side}" fill="none" stroke="{_GREY}"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="{_GREY}" stroke-dasharray="4 4"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{x(tick)}" y="{y(0) + 18}" text-anchor="middle">{tick:.2f}</text>')
        parts.append(f'<text x="{x(0) - 8}" y="{y(tick) + 4}" text-anchor="end">{tick:.2f}</text>')
    for one in bins:
        low, high = one.right.interval()
        at, value = x(one.mean), one.right.value or 0.0
        parts.append(f'<line x1="{at}" y1="{y(low)}" x2="{at}" y2="{y(high)}" stroke="{_BLUE}" stroke-width="1.5"/>')
        parts.append(f'<circle cx="{at}" cy="{y(value)}" r="4" fill="{_BLUE}"/>')
        parts.append(f'<text x="{at}" y="{y(high) - 6}" text-anchor="middle" font-size="10">{one.right.total}</text>')
    middle = _SIZE / 2
    words = "no findings" if error is None else f"{total} findings, expected calibration error {error:.3f}"
    parts += [
        f'<text x="{middle}" y="{_MARGIN - 22}" text-anchor="middle" font-size="14">Reliability</text>',
        f'<text x="{middle}" y="{_MARGIN - 6}" text-anchor="middle">{words}</text>',
        f'<text x="{middle}" y="{_SIZE - 14}" text-anchor="middle">printed confidence</text>',
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">share that was right</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _svg_tag() -> str:
    box = f'viewBox="0 0 {_SIZE} {_SIZE}" width="{_SIZE}" height="{_SIZE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="12" fill="{_INK}">'
