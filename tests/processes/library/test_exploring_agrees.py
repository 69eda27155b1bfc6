"""The explorer against the engine: every rest that a random walk of the real engine comes to, the explorer knows; and making a diagram
smaller first never changes what is said of it."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest

from tests.figures.r13_random_models import RandomWalk, nodes_of, spec_of
from tests.support.random_models import Block, Maker, draw
from workflows.library.exploring import Net, Verdict, prove_sound, read_net
from workflows.library.exploring.moving import Mover
from workflows.library.exploring.net import COPIES
from workflows.library.exploring.proving import explored, prove_unreduced

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


def twisted(block: Block, seed: int) -> Net:
    """A model in which one gateway waits or chooses where it should not, which most often is a fault."""
    main_file, called = draw(block)
    chosen = random.Random(seed)
    places = [found for found in re.finditer(r'<(exclusive|parallel)Gateway id="([^"]+)"', main_file)]
    if places:
        found = chosen.choice(places)
        other = "parallel" if found[1] == "exclusive" else "exclusive"
        main_file = main_file.replace(found[0], f'<{other}Gateway id="{found[2]}"').replace(f' default="{found[2]}-default"', "")
        main_file = re.sub(rf'(<{other}Gateway id="{found[2]}"[^>]*>)(.*?)</{found[1]}Gateway>', rf"\1\2</{other}Gateway>", main_file, count=1)
    return read_net("p", {"process.bpmn": main_file}, {key: {"process.bpmn": text} for key, text in called.items()})


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


def test_a_smaller_diagram_is_sound_exactly_when_the_whole_one_is() -> None:
    verdicts = Counter()
    for seed in range(80):
        net = twisted(Maker(seed).process(), seed)
        whole = prove_unreduced(net, most=300)
        if whole is not Verdict.NOT_PROVEN:
            verdicts[whole] += 1
            assert prove_sound(net).verdict is whole, seed

    assert min(verdicts[Verdict.HOLDS], verdicts[Verdict.BROKEN]) > 12, verdicts
