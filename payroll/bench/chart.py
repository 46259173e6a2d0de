"""Charts as SVG for the documents: text and lines only, a title and a description for readers that do not see them.

The same points always give the same bytes, so that a test can hold that a stored chart is the one of its figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]
INK, GREY, BAR = "#171a2b", "#6b7084", "#24389a"
COLOURS = (BAR, "#b4530a", "#1d6b3a", "#7a2e8e")
MARKS = ("circle", "square", "diamond", "triangle")
FONT = 'font-family="Fira Sans, Arial, sans-serif"'


@dataclass(frozen=True)
class Series:
    """A named line."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Axis:
    """One axis: its words; log: by powers of ten; values: where it is labelled."""

    name: str
    values: Sequence[float]
    log: bool = False

    def share(self, value: float) -> float:
        """Place of a value between the first and the last label, 0 to 1."""
        low, high, at = (self._scaled(one) for one in (self.values[0], self.values[-1], value))
        return 0.5 if high == low else (at - low) / (high - low)

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value


@dataclass(frozen=True)
class Frame:
    """Where the lines are drawn (pixels): left, top, width, height."""

    x: float
    y: float
    width: float
    height: float

    def at(self, across: Axis, up: Axis, point: Point) -> Point:
        """Pixels of a point."""
        return self.x + across.share(point[0]) * self.width, self.y + (1 - up.share(point[1])) * self.height


def curve(title: str, across: Axis, up: Axis, lines: Sequence[Series]) -> str:
    """One chart with axes and a legend; each line has its colour, its mark and its name at the end."""
    frame = Frame(70, 60, 560, 220)
    body = [_text(20, 28, title, size=16, weight="600"), _text(20, 46, up.name, fill=GREY)]
    for value in up.values:
        y = frame.at(across, up, (across.values[0], value))[1]
        body += [_line((frame.x, y), (frame.x + frame.width, y)), _text(frame.x - 8, y + 4, number(value), "end")]
    for value in across.values:
        x = frame.at(across, up, (value, up.values[0]))[0]
        body += [_text(x, frame.y + frame.height + 20, number(value), "middle")]
    body.append(_text(frame.x + frame.width / 2, frame.y + frame.height + 42, across.name, "middle", fill=GREY))
    for at, line in enumerate(lines):
        body += _drawn(frame, across, up, line.points, at)
        body += [_mark(at, (84 + 280 * (at % 2), 340 + 20 * (at // 2))),
                 _text(96 + 280 * (at % 2), 344 + 20 * (at // 2), line.name)]
    told = "; ".join(f"{one.name}: " + ", ".join(f"{number(x)}: {number(y)}" for x, y in one.points) for one in lines)
    return _svg(680, 350 + 20 * (len(lines) // 2), title, f"{up.name} / {across.name}. {told}", body)


def panels(title: str, lines: Sequence[tuple[str, str, Sequence[Point]]], columns: int = 3) -> str:
    """Small charts side by side, each with its own scale from zero: name, unit, points (place across, value)."""
    wide, high, body = 230.0, 120.0, [_text(20, 28, title, size=16, weight="600")]
    for at, (name, unit, points) in enumerate(lines):
        left, top = 20 + (at % columns) * wide, 50 + (at // columns) * high
        across = Axis("", (min(x for x, _ in points), max(x for x, _ in points)))
        up = Axis("", (0.0, max(y for _, y in points)))
        frame = Frame(left + 6, top + 34, wide - 42, high - 64)
        body += [_text(left, top + 12, name, weight="600"),
                 _text(left, top + 27, f"{number(points[-1][1])} {unit}", fill=GREY),
                 _line((left, frame.y + frame.height), (left + wide - 30, frame.y + frame.height)),
                 *_drawn(frame, across, up, points, 0)]
    told = "; ".join(f"{name} ({unit}): " + ", ".join(number(y) for _, y in points) for name, unit, points in lines)
    rows = -(-len(lines) // columns)
    return _svg(20 + wide * columns, 50 + rows * high, title, told, body)


def number(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value and abs(value) < 100:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
    return f"{value:,.0f}"


def _drawn(frame: Frame, across: Axis, up: Axis, points: Sequence[Point], at: int) -> list[str]:
    places = [frame.at(across, up, point) for point in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    line = [f'<polyline points="{path}" fill="none" stroke="{COLOURS[at]}" stroke-width="2"/>'] if path else []
    return line + [_mark(at, place) for place in places]


def _mark(at: int, place: Point) -> str:
    x, y = place
    shapes = {"circle": f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" ',
              "square": f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" ',
              "diamond": f'<path d="M{x:.1f} {y - 5:.1f}l5 5l-5 5l-5 -5z" ',
              "triangle": f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" '}
    return f'{shapes[MARKS[at]]}fill="{COLOURS[at]}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start", *, size: int = 12, weight: str = "400",
          fill: str = INK) -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" '
            f'fill="{fill}">{escape(words)}</text>')


def _line(start: Point, end: Point) -> str:
    return (f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
            'stroke="#d5d8e4" stroke-width="1"/>')


def _svg(width: float, height: float, title: str, told: str, body: Sequence[str]) -> str:
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-labelledby="titel text" {FONT}>',
        f'<title id="titel">{escape(title)}</title>', f'<desc id="text">{escape(told)}</desc>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>', *body, "</svg>", ""])
