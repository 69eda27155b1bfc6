"""The way of a line over a drawing: level and upright pieces around every shape and word, with few bends and little of other lines."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.library.diagrams_reading import Box

Point = tuple[float, float]
STUB = 14.0  # how far a line goes straight on before it may turn
NEAR = 5.0  # how near a line may come to a shape that is not its own
BEND = 40.0
CROSSING = 12.0
ALONG = 4.0  # what each unit costs that runs on top of another line
SIDES = ((-1, 0), (0, -1), (1, 0), (0, 1))  # left, up, right, down


@dataclass(frozen=True)
class Port:
    """A place at the border of a shape where a line may end: the side it lies on, and what ending there costs."""

    at: Point
    side: int
    cost: float

    @property
    def out(self) -> Point:
        """The point just outside."""
        dx, dy = SIDES[self.side]
        return self.at[0] + dx * STUB, self.at[1] + dy * STUB


@dataclass(frozen=True)
class Ground:
    """What a line may not enter, the rectangle it has to stay in, and the pieces of other lines."""

    obstacles: tuple[Box, ...]
    region: Box
    others: tuple[tuple[Point, Point], ...]

    def is_free(self, point: Point) -> bool:
        """Whether a line may pass a point."""
        x, y = point
        inside = self.region.x <= x <= self.region.right and self.region.y <= y <= self.region.bottom
        return inside and not any(box.x - NEAR < x < box.right + NEAR and box.y - NEAR < y < box.bottom + NEAR for box in self.obstacles)


def route(sources: Sequence[Port], targets: Sequence[Port], ground: Ground) -> list[Point] | None:
    """The cheapest way from any of the first ports to any of the second, or None when there is none."""
    starts = [port for port in sources if ground.is_free(port.out)]
    ends = [port for port in targets if ground.is_free(port.out)]
    if not starts or not ends:
        return None
    return _Search(_Grid(ground, [port.out for port in (*starts, *ends)]), starts, ends).run()


class _Grid:
    """The places where a line may turn, and what each piece between two neighbours costs."""

    def __init__(self, ground: Ground, points: Sequence[Point]) -> None:
        self.xs = _values(0, ground, points)
        self.ys = _values(1, ground, points)
        self.level = self._costs(ground, 0)
        self.upright = self._costs(ground, 1)

    def _costs(self, ground: Ground, axis: int) -> list[list[float]]:
        """For each row across the axis, the cost of each piece along it; endless where a shape stands."""
        along, across = (self.xs, self.ys) if axis == 0 else (self.ys, self.xs)
        costs = [[along[i + 1] - along[i] for i in range(len(along) - 1)] for _ in across]
        for box in ground.obstacles:
            (low, high), (first, last) = _ranges(box, axis)
            _each(costs, along, across, (low - NEAR, high + NEAR), (first - NEAR, last + NEAR), float("inf"))
        for (x1, y1), (x2, y2) in ground.others:
            (low, high), (first, last) = _ranges(Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)), axis)
            if high > low and first == last:
                _each(costs, along, across, (low, high), (first - 7, last + 7), 0, times=ALONG)
            elif last > first:
                _each(costs, along, across, (low - 0.1, high + 0.1), (first, last), CROSSING, is_single=True)
        return costs


def _ranges(box: Box, axis: int) -> tuple[tuple[float, float], tuple[float, float]]:
    level, upright = (box.x, box.right), (box.y, box.bottom)
    return (level, upright) if axis == 0 else (upright, level)


def _each(
    costs: list[list[float]], along: Sequence[float], across: Sequence[float], span: tuple[float, float], rows: tuple[float, float],
    more: float, *, times: float = 0, is_single: bool = False,
) -> None:  # fmt: skip
    """Make the pieces dearer that overlap a span, in the rows strictly between two values."""
    first = max(bisect_right(along, span[0]) - 1, 0)
    last = min(bisect_left(along, span[1]), len(along) - 1)
    if is_single:
        last = min(last, first + 1)
    for row in range(bisect_right(across, rows[0]), bisect_left(across, rows[1])):
        line = costs[row]
        for place in range(first, last):
            line[place] += more + times * (along[place + 1] - along[place])


def _values(axis: int, ground: Ground, points: Iterable[Point]) -> list[float]:
    low, high = (ground.region.x, ground.region.right) if axis == 0 else (ground.region.y, ground.region.bottom)
    found = {point[axis] for point in points}
    for box in ground.obstacles:
        start, end = _ranges(box, axis)[0]
        found |= {start - STUB, end + STUB}
    for one, other in ground.others:
        if one[axis] == other[axis]:
            found |= {one[axis] - STUB, one[axis] + STUB}
    kept: list[float] = []
    exact = {point[axis] for point in points}
    for value in sorted(each for each in found if low <= each <= high):
        if value in exact or not kept or value - kept[-1] >= 4:
            kept.append(value)
    return kept


State = tuple[int, int, int]  # the column, the row, and the side towards which the line goes


class _Search:
    """The search for the cheapest way: what is reached, what it costs, and from where."""

    def __init__(self, grid: _Grid, starts: Sequence[Port], ends: Sequence[Port]) -> None:
        self.grid = grid
        self.columns = {value: place for place, value in enumerate(grid.xs)}
        self.rows = {value: place for place, value in enumerate(grid.ys)}
        self.goals = {self._at(port, (port.side + 2) % 4): port for port in sorted(ends, key=lambda each: -each.cost)}
        xs, ys = [port.out[0] for port in ends], [port.out[1] for port in ends]
        self.around = min(xs), max(xs), min(ys), max(ys)
        self.best: dict[State, float] = {}
        self.before: dict[State, State | Port] = {}
        self.queue: list[tuple[float, float, State]] = []
        self.done: tuple[float, State, Port] | None = None
        for port in starts:
            self._reach(self._at(port, port.side), port.cost, port)

    def _at(self, port: Port, side: int) -> State:
        return self.columns[port.out[0]], self.rows[port.out[1]], side

    def _reach(self, state: State, cost: float, before: State | Port) -> None:
        if cost < self.best.get(state, float("inf")):
            self.best[state], self.before[state] = cost, before
            heapq.heappush(self.queue, (cost + self._rest(state), cost, state))

    def _rest(self, state: State) -> float:
        """What the rest of the way costs at least."""
        left, right, top, bottom = self.around
        x, y = self.grid.xs[state[0]], self.grid.ys[state[1]]
        return max(left - x, 0, x - right) + max(top - y, 0, y - bottom)

    def run(self) -> list[Point] | None:
        """The points of the way, or None."""
        while self.queue:
            guess, cost, state = heapq.heappop(self.queue)
            if self.done is not None and guess >= self.done[0]:
                break
            if cost <= self.best[state]:
                self._go_on(state, cost)
        return _walked(self.grid, self.before, self.done[1], self.done[2]) if self.done else None

    def _go_on(self, state: State, cost: float) -> None:
        i, j, side = state
        for turn in (side, (side + 1) % 4, (side + 3) % 4):
            turned = cost + (BEND if turn != side else 0)
            goal = self.goals.get((i, j, turn))
            if goal is not None and (self.done is None or turned + goal.cost < self.done[0]):
                self.done = (turned + goal.cost, state, goal)
            step = _step(self.grid, i, j, turn)
            if step is not None:
                self._reach((*step[0], turn), turned + step[1], state)


def _step(grid: _Grid, i: int, j: int, side: int) -> tuple[tuple[int, int], float] | None:
    dx, dy = SIDES[side]
    k, m = i + dx, j + dy
    if not (0 <= k < len(grid.xs) and 0 <= m < len(grid.ys)):
        return None
    price = grid.level[j][min(i, k)] if dx else grid.upright[i][min(j, m)]
    return None if price == float("inf") else ((k, m), price)


def _walked(grid: _Grid, before: dict[State, State | Port], last: State, end: Port) -> list[Point]:
    points = [end.at, end.out]
    current: State | Port = last
    while not isinstance(current, Port):
        points.append((grid.xs[current[0]], grid.ys[current[1]]))
        current = before[current]
    points += [current.out, current.at]
    return straightened(points[::-1])


def straightened(points: Sequence[Point]) -> list[Point]:
    """The same way without points in the middle of a straight piece."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
        else:
            kept.append(point)
    return kept
