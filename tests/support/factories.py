"""Plain functions that plant what a test starts from: groups, people, cases, and the shipped library with the demo people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import CandidateGroup, Case, GroupKind, GroupMembership, KeyDecision, User, UserTask, clock
from models.session import new_session, transaction
from workflows.actions import catalogue, definitions
from workflows.demo import people, stories, walking
from workflows.library import definitions as library
from workflows.queries import tasks as task_queries

LIBRARY = Path(__file__).parent.parent.parent / "bpmn"

__all__ = ["catalogue"]


def group(session: Session, key: str, *, role: str = "commissioning_officer", manager_key: str | None = None, email: str = "") -> CandidateGroup:
    """A team with a role; the one that is there already when there is one."""
    found = session.get(CandidateGroup, key)
    if found is None:
        found = CandidateGroup(key=key, name=key.replace("-", " ").title(), kind=GroupKind.TEAM, role=role, manager_key=manager_key, email=email)
        session.add(found)
        session.flush()
    return found


def officer(session: Session, name: str = "Rowan Ashdown", *groups: str, role: str = "commissioning_officer") -> User:
    """Somebody in these groups (or in a team of their own) since 2020."""
    user = User(email=f"{name.lower().replace(' ', '.')}@example.gov.uk", name=name, password_hash=None, created_at=clock.now(), last_signed_in_at=None)
    for key in groups or ("commissioners",):
        user.memberships.append(GroupMembership(group=group(session, key, role=role), starts_on=date(2020, 1, 1), ends_on=None))
    session.add(user)
    session.flush()
    return user


def case(session: Session, owner: User, *, reference: str = "KD-2026-0001", title: str = "A matter", is_restricted: bool = False) -> Case:
    """An open case without a process, of its owner's team."""
    made = Case(
        reference=reference, kind="key-decision", title=title, is_restricted=is_restricted, owner_id=owner.id,
        team_key=owner.memberships[0].group_key, opened_at=clock.now(), closed_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def council(engine: Engine) -> None:
    """The shipped process library and the demo people, and no case."""
    library.forget()
    with transaction(engine) as session:
        definitions.deploy_library(session, LIBRARY)
        people.load_people(session)


def decision_at(engine: Engine, step: str, *, story: str = "extension") -> tuple[Case, datetime]:
    """A case of a demo story (fresh each time) that waits for `step`, and the moment at which the story would complete it.

    The clock is not held afterwards; hold it at that moment to go on.
    """
    told = stories.read_story(story)
    at = next(each.at for each in told.steps if each.completes == step or (step == "represents" and each.represents))
    before = tuple(each for each in told.steps if each.at < at)
    with new_session(engine, writes=False) as session:
        known = set(session.scalars(select(Case.id)))
    for _ in walking.walk(engine, stories.Story(told.name, "", told.started_by, told.starts, before), until=at):
        pass
    with new_session(engine, writes=False) as session:
        return session.scalars(select(Case).where(Case.id.not_in(known))).one(), at


def open_task(session: Session, case_row: Case, step: str, group_key: str = "") -> UserTask:
    """The open task of a step of a case (of one group, when several have it)."""
    found = task_queries.open_tasks_of(session, case_row.id)
    return next(task for task in found if task.bpmn_id == step and group_key in ("", task.candidate_group))


def decision_of(session: Session, case_row: Case) -> KeyDecision:
    """The key decision of a case."""
    return session.scalars(select(KeyDecision).where(KeyDecision.case_id == case_row.id)).one()


def person(session: Session, name: str) -> User:
    """The demo person `first.last`."""
    return people.find_person(session, name)


@contextmanager
def held(text: str) -> Iterator[None]:
    """The clock held at a London time such as `2026-03-02 09:30`."""
    with clock.held(clock.read_instant(text)):
        yield
