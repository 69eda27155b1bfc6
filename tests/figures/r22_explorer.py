"""Figure R22: the explorer against the engine. Random processes are explored whole and then walked at random on the real engine: every
state that the engine reaches must be one that the explorer knows. Conditions are free, lists have none, one or two, timers fire at any time.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from models import clock
from tests.support.random_models import Block, Maker, draw
from tests.unit.engine.walking import Walk
from workflows import engine
from workflows.library.exploring import Net, read_net
from workflows.library.exploring.moving import Mover, State
from workflows.library.exploring.net import SCOPES
from workflows.library.exploring.proving import explored_whole

CLASS = "long"
MODELS, WALKS, MOST_STEPS = 1_000, 3, 40
MOST_STATES, MOST_SECONDS = 8_000, 4.0
BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
# Two stands for any number, in the explorer and so here.
LISTS = {f"list_{count}": list(range(min(count, 2))) for count in range(4)}
Seen = frozenset[tuple[str, int]]


@dataclass
class Figures:
    """What was walked, and every state that the explorer did not know."""

    models: int = 0
    too_large: int = 0
    states: int = 0
    unknown: list[str] | None = None


def main(models: int = MODELS, walks: int = WALKS) -> int:
    """Print the figure's line; 1 when the engine reached a state that the explorer does not know."""
    began = time.process_time()
    found = compare(models, walks)
    seconds = time.process_time() - began
    unknown = found.unknown or []
    told = f"of_{found.states}_states_of_{found.models}_models_{found.too_large}_too_large_to_explore_{seconds:.0f}s"
    print(f"R22 states_unknown_to_the_explorer {len(unknown)} {told} 0 {'short' if unknown else 'ok'}")
    for line in unknown[:5]:
        print(f"  {line}", file=sys.stderr)
    return 1 if unknown else 0


def compare(models: int, walks: int, first_seed: int = 0) -> Figures:
    """Explore and walk so many models; those that have too many states to explore are counted and others taken."""
    found = Figures(unknown=[])
    seed = first_seed
    while found.models < models:
        block = Maker(seed).process()
        known = known_states(block)
        if known is None:
            found.too_large += 1
        else:
            found.models += 1
            spec = spec_of(block)
            for number in range(walks):
                for said, seen in walk(spec, random.Random(seed * 1_000 + number)):
                    found.states += 1
                    if seen not in known and found.unknown is not None:
                        found.unknown.append(f"model {seed}, walk {number}, after {said}: {sorted(seen)}")
                        break
        seed += 1
    return found


def spec_of(block: Block) -> engine.Spec:
    """The engine's spec of a random block."""
    main_file, called = draw(block)
    return engine.read("p", {"process.bpmn": main_file}, {key: {"process.bpmn": text} for key, text in called.items()})


def known_states(block: Block) -> set[Seen] | None:
    """What can be seen in each state that the explorer knows; None when there are too many."""
    main_file, called = draw(block)
    net = read_net("p", {"process.bpmn": main_file}, {key: {"process.bpmn": text} for key, text in called.items()})
    states = explored_whole(Mover(net, watched=frozenset(net.nodes)), most=MOST_STATES, seconds=MOST_SECONDS)
    return None if states is None else {seen_in(net, state) for state in states}


def seen_in(net: Net, state: State) -> Seen:
    """The open tasks and the events that wait, each with how many there are, in a state of the explorer."""
    found: Counter[str] = Counter()
    for token in state:
        if token[0] == ">":
            continue
        node = net.nodes[token.lstrip("?")]
        found.update([node.id] if token[0] == "?" or _is_open_task(net, node.key) else [])
        found.update(guard.id for guard in (net.nodes[key] for key in node.guards) if token[0] != "?" and guard.interrupts)
    return frozenset(found.items())


def _is_open_task(net: Net, key: str) -> bool:
    node = net.nodes[key]
    return not node.copies and node.kind not in SCOPES


def walk(spec: engine.Spec, chance: random.Random) -> Iterator[tuple[str, Seen]]:
    """One walk on the engine: what was done, and what can be seen then."""
    now = BEGIN
    with clock.held(now):
        case = Walk(spec, **LISTS)
    yield "the start", seen_by(case)
    for number in range(MOST_STEPS):
        run = case.run
        if run.finished:
            return
        now += timedelta(minutes=chance.randint(1, 240))
        with clock.held(now):
            said, now = _step(case, chance, now, leave=number > MOST_STEPS // 2)
        yield said, seen_by(case)


def seen_by(case: Walk) -> Seen:
    """The open tasks and the events that wait in a state of the engine."""
    run = case.run
    found = Counter(task.bpmn_id for task in run.waiting_tasks())
    found.update(timer.bpmn_id for timer in run.timers())
    found.update(message.name for message in run.messages())
    return frozenset(found.items())


def _step(case: Walk, chance: random.Random, now: datetime, *, leave: bool) -> tuple[str, datetime]:
    run = case.run
    timers, messages, tasks = run.timers(), run.messages(), run.waiting_tasks()
    if timers and (timers[0].due_at <= now or chance.random() < 0.2):
        now = max(now, timers[0].due_at)
        clock.hold(now)
        return f"the times {case.fire(now)}", now
    free = [each for each in messages if not any(task.bpmn_id == f"{each.name}-step" for task in tasks)]
    if free and not leave and chance.random() < 0.25:
        name = chance.choice(free).name
        case.deliver(name)
        return f"the message {name}", now
    task = chance.choice(tasks)
    run.complete(task.id, {f"answer_{task.bpmn_id.removesuffix('-ask').replace('-', '_')}": _answer(task.bpmn_id, chance, leave)})
    case._keep(run)
    return f"the task {task.bpmn_id}", now


def _answer(step: str, chance: random.Random, leave: bool) -> object:
    if step.startswith("loop"):
        return 0 if leave else chance.choice((0, 1))
    if step.startswith("some"):
        return [place for place in range(3) if chance.random() < 0.5]
    return chance.randrange(3)


if __name__ == "__main__":
    sys.exit(main(*(int(text) for text in sys.argv[1:3])))
