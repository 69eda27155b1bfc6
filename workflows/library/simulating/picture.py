"""Pictures of a simulation's result, drawn on the server: they say nothing that the tables beside them do not."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, ROW, LEFT, RIGHT = 640, 28, 220, 60
COLUMNS, HEIGHT, BASE = 20, 180, 30


def bars(rows: Sequence[tuple[str, float]], *, title: str, unit: str) -> str:
    """One bar for each row, the number at its end."""
    most = max((value for _, value in rows), default=0.0) or 1.0
    room = WIDTH - LEFT - RIGHT
    lines = []
    for place, (name, value) in enumerate(rows):
        top, long = place * ROW, max(1.0, room * value / most)
        lines.append(
            f'<text x="{LEFT - 8}" y="{top + 18}" text-anchor="end">{escape(_short(name))}</text>'
            f'<rect x="{LEFT}" y="{top + 5}" width="{long:.1f}" height="18" fill="currentColor" fill-opacity="0.55"/>'
            f'<text x="{LEFT + long + 6:.1f}" y="{top + 18}">{value:,.1f}</text>'
        )
    return _whole("".join(lines), height=max(ROW, len(rows) * ROW), title=f"{title}, in {unit}")


def histogram(values: Sequence[float], *, title: str, unit: str) -> str:
    """How many of the values lie in each of equal stretches from nothing to the largest."""
    most = max(values, default=0.0) or 1.0
    counts = [0] * COLUMNS
    for value in values:
        counts[min(COLUMNS - 1, int(value / most * COLUMNS))] += 1
    highest, wide = max(counts) or 1, WIDTH / COLUMNS
    lines = [
        f'<rect x="{place * wide + 1:.1f}" y="{HEIGHT - HEIGHT * count / highest:.1f}" width="{wide - 2:.1f}" '
        f'height="{HEIGHT * count / highest:.1f}" fill="currentColor" fill-opacity="0.55"/>'
        for place, count in enumerate(counts)
    ]
    ends = f'<text x="0" y="{HEIGHT + 20}">0</text><text x="{WIDTH}" y="{HEIGHT + 20}" text-anchor="end">{most:,.0f} {escape(unit)}</text>'
    return _whole("".join(lines) + ends, height=HEIGHT + BASE, title=title)


def _whole(inside: str, *, height: int, title: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" font-size="14" fill="currentColor"><title>{escape(title)}</title>{inside}</svg>'
    )


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31]}…"
