"""The explorer against the engine: every rest that a random walk of the real engine comes to, the explorer knows."""

from __future__ import annotations

import pytest

from tests.figures.r13_random_models import RandomWalk, nodes_of, spec_of
from tests.support.random_models import Block, Maker, draw
from workflows.library.exploring import Net, read_net
from workflows.library.exploring.moving import Mover
from workflows.library.exploring.net import COPIES
from workflows.library.exploring.proving import explored

MODELS, WALKS = 24, 4
Open = frozenset[str]


def comparable(block: Block) -> bool:
    """What the explorer counts: at most two instances, and an event beside a step at most once (a timer cannot come twice)."""
    return all(node.items <= COPIES and all(edge.is_timer or edge.interrupts for edge in node.edges) for node in nodes_of(block))


def models(count: int) -> list[tuple[int, Block]]:
    """So many random models of that kind, by their seeds."""
    made = ((seed, Maker(seed).process()) for seed in range(10_000))
    return [model for model in made if comparable(model[1])][:count]


def net_of(block: Block) -> Net:
    main_file, called = draw(block)
    return read_net("p", {"process.bpmn": main_file}, {key: {"process.bpmn": text} for key, text in called.items()})


def known_rests(net: Net) -> set[Open]:
    """The user tasks that may be open together, in every state of the net."""
    mover = Mover(net, watched=frozenset(net.nodes))
    return {
        frozenset(net.nodes[token].id for token in state if token[0] not in "?>" and net.nodes[token].kind == "userTask" and not net.nodes[token].copies)
        for state in explored(mover)
    }  # fmt: skip


class Watched(RandomWalk):
    """A walk that keeps the set of open tasks at each rest."""

    rests: set[Open]

    def _compare(self, when: str) -> None:
        super()._compare(when)
        self.rests = getattr(self, "rests", set()) | {frozenset(task.bpmn_id for task in self.cases[0].run.waiting_tasks())}


def unknown_rests(seed: int, block: Block, known: set[Open]) -> set[Open]:
    spec = spec_of(block)
    found: set[Open] = set()
    for walk in range(WALKS):
        watched = Watched(spec, block, seed=seed * WALKS + walk, stock=False)
        watched._compare("begin")
        watched.to_the_end()
        found |= watched.rests
    return found - known


@pytest.mark.parametrize("part", range(2))
def test_every_rest_of_the_engine_is_known_to_the_explorer(part: int) -> None:
    unknown = {seed: rests for seed, block in models(MODELS)[part::2] if (rests := unknown_rests(seed, block, known_rests(net_of(block))))}

    assert unknown == {}


def test_an_explorer_that_forgets_the_events_beside_steps_is_noticed() -> None:
    def blind(block: Block) -> Net:
        net = net_of(block)
        for node in net.nodes.values():
            node.guards.clear()
        return net

    assert any(unknown_rests(seed, block, known_rests(blind(block))) for seed, block in models(MODELS))
