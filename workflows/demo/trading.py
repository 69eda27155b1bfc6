"""Walking the demo market: what its people do is done at its own moment through the actions, and timers and jobs run at theirs."""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import OPEN_TASKS, Case, Incident, InterestKind, Provider, PurchasingList, UserTask, clock
from models.session import new_session, transaction
from workflows.actions import interests, tasks
from workflows.demo import arriving, deeds
from workflows.demo.arriving import Scene
from workflows.demo.filling import fill
from workflows.demo.market import Market, Step, Trader, later
from workflows.demo.people import find_person
from workflows.demo.walking import StoryBroken
from workflows.enqueue import Tools
from workflows.jobs import planning, standing_watch, visits_due
from workflows.jobs.runner import next_moment, run_once
from workflows.library import task_forms
from workflows.rules import calendar

Deed = Callable[[Scene], str]
OPENS = time(9, 10)


@dataclass
class Walk:
    """What is planned and who is who, while a market is walked."""

    engine: Engine
    tools: Tools
    market: Market
    planned: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    traders: dict[uuid.UUID, Trader] = field(default_factory=dict)
    seen: set[uuid.UUID] = field(default_factory=set)
    order: Iterator[int] = field(default_factory=itertools.count)

    def plan(self, at: datetime, deed: Deed) -> None:
        """Do something at an aware moment."""
        heapq.heappush(self.planned, (at, next(self.order), deed))

    def scene(self, session: Session) -> Scene:
        """Where a deed is done in this session."""
        return Scene(session, self.market, self.tools)


def walk(engine: Engine, tools: Tools, market: Market, *, until: datetime) -> Iterator[str]:
    """Make the market's history up to an aware moment and say what was done, line by line. StoryBroken when a step is not described."""
    walked = Walk(engine, tools, market)
    first = _opening(market, min(trader.joins for trader in market.traders) - 1)
    with clock.held(first):
        with transaction(engine) as session:
            on = deeds.open_list(walked.scene(session)).id
        planning.plan_one(engine, standing_watch.NAME)
        planning.plan_one(engine, visits_due.NAME)
    for trader in market.traders:
        _enter(walked, trader, on)
    while (moment := _next(walked)) is not None and moment <= until:
        yield from _do_next(walked, moment)
        _look(walked)
    _refuse_incidents(engine)


def _refuse_incidents(engine: Engine) -> None:
    """A history in which something cannot continue is no demonstration."""
    with new_session(engine, writes=False) as session:
        found = session.scalars(select(Incident).where(Incident.closed_at.is_(None)).limit(1)).first()
    if found is not None:
        raise StoryBroken(f"{found.element_name}: {found.message}")


def _opening(market: Market, days: int) -> datetime:
    return calendar.london_instant(market.day + timedelta(days=days), at=OPENS)


def _enter(walked: Walk, trader: Trader, on: uuid.UUID) -> None:
    """Plan what is known of a trader from the start: its arrival, and its deeds."""
    arrives = later(_opening(walked.market, trader.joins), trader.chance("arrives").random() * 5)

    def arrive(scene: Scene) -> str:
        provider = arriving.arrive(scene, trader, scene.session.get_one(PurchasingList, on))
        walked.traders[provider.id] = trader
        return f"{trader.name} begins an application"

    walked.plan(arrives, arrive)
    for days, name in trader.fate.deeds:
        walked.plan(later(_opening(walked.market, days), trader.chance(name).random() * 5), _deed(name, trader))


def _deed(name: str, trader: Trader) -> Deed:
    def do(scene: Scene) -> str:
        provider = scene.session.scalars(select(Provider).where(Provider.name == trader.name)).one()
        return deeds.DEEDS[name](scene, provider, trader)

    return do


def _next(walked: Walk) -> datetime | None:
    """When the next thing happens: something planned, a timer or a job."""
    moments = [walked.planned[0][0]] if walked.planned else []
    due = next_moment(walked.engine)
    return min([*moments, *([due] if due else [])], default=None)


def _do_next(walked: Walk, moment: datetime) -> Iterator[str]:
    """Let timers and jobs run that are due, else do what is planned for this moment."""
    with clock.held(moment):
        if run_once(walked.engine, walked.tools, moment):
            return
        if not walked.planned or walked.planned[0][0] > moment:
            raise StoryBroken(f"Something that is due at {moment.isoformat()} cannot be done")
        _, _, deed = heapq.heappop(walked.planned)
        with transaction(walked.engine) as session:
            words = deed(walked.scene(session))
    if words:
        yield f"{moment.astimezone(clock.LONDON):%d %B %Y %H:%M}: {words}"


def _look(walked: Walk) -> None:
    """Plan the tasks that have appeared in the market's cases, unless the fate of their provider is that they wait."""
    query = (
        select(UserTask, Case.provider_id)
        .join(Case, Case.id == UserTask.case_id)
        .where(Case.provider_id.is_not(None), UserTask.status.in_(OPEN_TASKS))
        .order_by(UserTask.created_at, UserTask.bpmn_id)
    )
    with new_session(walked.engine, writes=False) as session:
        for task, provider_id in session.execute(query).all():
            trader = walked.traders.get(provider_id) if provider_id else None
            if trader is None or task.id in walked.seen:
                continue
            walked.seen.add(task.id)
            waits_from = trader.fate.stops.get(task.bpmn_id)
            if waits_from is None or task.created_at < _opening(walked.market, waits_from):
                _plan_task(walked, session, task, trader)


def _plan_task(walked: Walk, session: Session, task: UserTask, trader: Trader) -> None:
    step = walked.market.steps.get(task.bpmn_id)
    if step is None:
        raise StoryBroken(f"Nobody says how {task.bpmn_id} is done")
    own_moment = deeds.WHEN[task.bpmn_id](session, task) if task.bpmn_id in deeds.WHEN else None
    pace = trader.chance(task.bpmn_id).uniform(0.6, 1.4)
    task_id = task.id
    walked.plan(own_moment or later(task.created_at, step.hours * pace), lambda scene: _complete(scene, task_id, step, trader))


def _complete(scene: Scene, task_id: uuid.UUID, step: Step, trader: Trader) -> str:
    """Do a task as the person whose it is; staff have declared their interests first."""
    session = scene.session
    task = session.get_one(UserTask, task_id)
    if task.status not in OPEN_TASKS:
        return ""
    by = find_person(session, step.by[trader.number % len(step.by)]) if step.by else arriving.person_of(scene, trader)
    if step.by:
        interests.declare(session, task.case, kind=InterestKind.NONE, by=by)
    known = deeds.BEFORE[task.bpmn_id](scene, task, trader, by) if task.bpmn_id in deeds.BEFORE else {}
    told = {**step.answers, **known, **trader.fate.answers_to(task.bpmn_id, _times_done(session, task))}
    form = task_forms.form_of(session, task)
    answers = fill(form, told, chance=trader.chance(task.bpmn_id), known=task_forms.known_of(task))
    tasks.complete(session, task, answers=answers, by=by)
    return f"{task.case.reference}: {task.name} by {by.name}"


def _times_done(session: Session, task: UserTask) -> int:
    """How often this step was done before for the provider of the case."""
    done = select(func.count()).select_from(UserTask).join(Case, Case.id == UserTask.case_id)
    same = done.where(Case.provider_id == task.case.provider_id, UserTask.bpmn_id == task.bpmn_id, UserTask.completed_at.is_not(None))
    return session.scalar(same) or 0
