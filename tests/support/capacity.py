"""A small simulation of queues: work arrives at random, passes stations one after the other, and waits where all servers are busy."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of work: how many arrive in a second, and the mean seconds it takes at each station, in the order it passes them."""

    name: str
    a_second: float
    path: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Result:
    """What came of it: how busy each station was (0 to 1), and for each kind the mean and the 95th of a hundred of its times, in seconds."""

    busy: Mapping[str, float]
    mean: Mapping[str, float]
    p95: Mapping[str, float]


@dataclass
class _Piece:
    kind: Kind
    arrived: float
    place: int = 0


def simulate(kinds: Sequence[Kind], servers: Mapping[str, int], *, pieces: int = 20_000, seed: int = 1) -> Result:
    """Let so many pieces of work arrive (the first tenth is not counted) and pass. Times between arrivals and at servers are exponential.

    `servers` says how many work side by side at each station; whoever came first is served first.
    """
    return _Run(kinds, servers, pieces, seed).go()


class _Run:
    def __init__(self, kinds: Sequence[Kind], servers: Mapping[str, int], pieces: int, seed: int) -> None:
        self.kinds, self.servers, self.pieces = kinds, servers, pieces
        self.dice = random.Random(seed)
        self.events: list[tuple[float, int, _Piece, bool]] = []
        self.number = 0
        self.working = dict.fromkeys(servers, 0)
        self.queues: dict[str, deque[_Piece]] = {name: deque() for name in servers}
        self.worked = dict.fromkeys(servers, 0.0)
        self.times: dict[str, list[float]] = {kind.name: [] for kind in kinds}

    def go(self) -> Result:
        """All events in the order of their time."""
        rate = sum(kind.a_second for kind in self.kinds)
        now, left = 0.0, self.pieces
        self._add(self.dice.expovariate(rate), _Piece(self._which(), 0.0), arrives=True)
        while self.events:
            now, _, piece, arrives = heapq.heappop(self.events)
            if arrives:
                piece.arrived = now
                left -= 1
                if left:
                    self._add(now + self.dice.expovariate(rate), _Piece(self._which(), 0.0), arrives=True)
                self._enter(piece, now)
            else:
                self._leave(piece, now)
        return self._result(now)

    def _which(self) -> Kind:
        return self.dice.choices(self.kinds, weights=[kind.a_second for kind in self.kinds])[0]

    def _add(self, at: float, piece: _Piece, *, arrives: bool) -> None:
        self.number += 1
        heapq.heappush(self.events, (at, self.number, piece, arrives))

    def _enter(self, piece: _Piece, now: float) -> None:
        if piece.place == len(piece.kind.path):
            self.times[piece.kind.name].append(now - piece.arrived)
            return
        station, _ = piece.kind.path[piece.place]
        if self.working[station] < self.servers[station]:
            self._serve(piece, now)
        else:
            self.queues[station].append(piece)

    def _serve(self, piece: _Piece, now: float) -> None:
        station, mean = piece.kind.path[piece.place]
        takes = self.dice.expovariate(1.0 / mean) if mean else 0.0
        self.working[station] += 1
        self.worked[station] += takes
        self._add(now + takes, piece, arrives=False)

    def _leave(self, piece: _Piece, now: float) -> None:
        station, _ = piece.kind.path[piece.place]
        self.working[station] -= 1
        if self.queues[station]:
            self._serve(self.queues[station].popleft(), now)
        piece.place += 1
        self._enter(piece, now)

    def _result(self, now: float) -> Result:
        counted = {name: sorted(times[len(times) // 10 :]) for name, times in self.times.items()}
        return Result(
            busy={name: self.worked[name] / (self.servers[name] * now) for name in self.servers},
            mean={name: sum(times) / len(times) if times else 0.0 for name, times in counted.items()},
            p95={name: times[int(len(times) * 0.95)] if times else 0.0 for name, times in counted.items()},
        )
