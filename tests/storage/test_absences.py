"""Work of the absent on both databases: with the delegate for them, with the team or its manager when the delegate cannot, with limits that hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Case, Delegation, GroupKind, TaskStatus, User, UserTask, clock
from models.session import new_session
from tests.support import factories
from tests.support.databases import Database
from tests.web.work import factories as tasks
from workflows.actions import delegations
from workflows.actions import tasks as task_actions
from workflows.errors import Refused, TaskGone
from workflows.queries import absences, handing_over, inbox
from workflows.queries import tasks as task_queries
from workflows.queries.inbox import Desk

TODAY = date(2026, 3, 2)


@dataclass
class Town:
    """A team of three, its head, and somebody of another team."""

    session: Session
    rowan: User
    sam: User
    una: User
    head: User
    raj: User
    case: Case

    def away(self, person: User, to: User) -> Delegation:
        """Away today."""
        absence = delegations.add(self.session, person, to=to, starts_on=TODAY, ends_on=TODAY, by=person)
        self.session.commit()
        return absence

    def task(self, holder: User | None = None, **more: object) -> UserTask:
        """An open task of the team."""
        made = tasks.task(self.session, self.case, group="team", assignee=holder, **more)  # type: ignore[arg-type]
        self.session.commit()
        return made

    def on_desk(self, user: User, name: inbox.ListName = "mine") -> list[tuple[str, str]]:
        """For whom each task on a desk is, and why there."""
        desk = Desk.of(self.session, user)
        return [(desk.acting_name(item), desk.why_here(item)) for item in inbox.page(self.session, desk, name).items]


@contextmanager
def in_town(database: Database) -> Iterator[Town]:
    """The town on a Monday morning."""
    with clock.held(clock.read_instant("2026-03-02 09:30")), new_session(database.engine) as session:
        factories.group(session, "head", role="lead_director")
        factories.group(session, "team", manager_key="head")
        rowan, sam, una = (factories.officer(session, name, "team") for name in ("Rowan Ashdown", "Sam Reed", "Una Watts"))
        head = factories.officer(session, "Helen Ashdown", "head", role="lead_director")
        raj = factories.officer(session, "Raj Patel", "others", role="procurement_officer")
        yield Town(session, rowan, sam, una, head, raj, factories.case(session, rowan))


def test_existing_and_new_tasks_are_on_the_delegates_desk_and_keep_their_assignee(database: Database) -> None:
    with in_town(database) as town:
        held = town.task(town.rowan)
        town.away(town.rowan, town.raj)
        town.task()

        assert town.on_desk(town.raj) == [("Rowan Ashdown", "")]
        assert town.on_desk(town.raj, "unassigned") == [("Rowan Ashdown", "")]
        assert (held.assignee_id, task_queries.acting_for(town.session, held, town.raj)) == (town.rowan.id, town.rowan)


def test_nobody_else_takes_a_task_while_the_delegate_can(database: Database) -> None:
    with in_town(database) as town:
        held = town.task(town.rowan)
        town.away(town.rowan, town.raj)

        assert town.on_desk(town.sam) == []
        with pytest.raises(TaskGone):
            task_actions.save_draft(town.session, held, values={}, by=town.sam)


def test_a_draft_and_the_trail_say_for_whom(database: Database) -> None:
    with in_town(database) as town:
        free = town.task()
        town.away(town.rowan, town.raj)

        task_actions.claim(town.session, free, by=town.raj)

        event = town.session.scalars(select(AuditEvent).where(AuditEvent.kind == "task:claimed")).one()
        assert (event.by_id, event.acting_for_id) == (town.raj.id, town.rowan.id)


@pytest.mark.parametrize("reason", ["away", "disabled", "no team"])
def test_when_the_delegate_cannot_the_team_does_it_with_a_note(database: Database, reason: str) -> None:
    with in_town(database) as town:
        held = town.task(town.rowan)
        town.away(town.rowan, town.raj)
        because = make_unable(town, reason)

        assert town.on_desk(town.raj) == []
        for colleague in (town.sam, town.una):
            assert town.on_desk(colleague) == [("Rowan Ashdown", f"Raj Patel, who acts for them, {because}")]
        assert town.on_desk(town.head) == []
        task_actions.save_draft(town.session, held, values={"note": ["x"]}, by=town.sam)
        assert held.assignee_id == town.rowan.id


def make_unable(town: Town, reason: str) -> str:
    """Take from the delegate what they need; how the note then ends."""
    if reason == "away":
        town.away(town.raj, town.head)
        return "is away too"
    if reason == "disabled":
        town.raj.is_active = False
    else:
        town.raj.memberships[0].ends_on = date(2026, 3, 1)
    town.session.commit()
    return "cannot sign in any more" if reason == "disabled" else "is in none of the council's teams any more"


def test_where_nobody_is_left_in_the_team_it_is_its_managers(database: Database) -> None:
    with in_town(database) as town:
        town.task(town.rowan)
        town.task()
        town.away(town.rowan, town.raj)
        for colleague in (town.sam, town.una, town.raj):
            colleague.is_active = False
        town.session.commit()

        assert town.on_desk(town.head) == [("Rowan Ashdown", "Raj Patel, who acts for them, cannot sign in any more")]
        assert town.on_desk(town.head, "unassigned") == [("Rowan Ashdown", "Raj Patel, who acts for them, cannot sign in any more")]


def test_a_ring_that_got_into_the_database_leaves_the_work_with_the_teams(database: Database) -> None:
    with in_town(database) as town:
        town.task(town.rowan)
        for person, to in ((town.rowan, town.sam), (town.sam, town.rowan)):
            town.session.add(
                Delegation(from_user_id=person.id, to_user_id=to.id, starts_on=TODAY, ends_on=TODAY, authorised_by_id=person.id,
                           created_at=clock.now(), ended_at=None)
            )  # fmt: skip
        town.session.commit()

        assert town.on_desk(town.una) == [("Rowan Ashdown", "Sam Reed, who acts for them, is away too")]
        assert absences.stand_ins(town.session, town.sam) == []


def test_a_delegate_of_a_delegate_does_not_act(database: Database) -> None:
    with in_town(database) as town:
        held = town.task(town.rowan)
        town.away(town.rowan, town.raj)
        town.away(town.raj, town.head)

        assert task_queries.acting_for(town.session, held, town.head) is None


def test_a_key_decision_stays_with_the_named_officer_whoever_acts(database: Database) -> None:
    with in_town(database) as town:
        post = factories.group(town.session, "director", role="lead_director")
        post.kind = GroupKind.POST
        director = factories.officer(town.session, "Dana Cole", "director", role="lead_director")
        task = tasks.task(town.session, town.case, group="director", properties={"significant": "yes"})
        absence = town.away(director, town.raj)

        with pytest.raises(Refused, match="Only the named officer can sign a key decision"):
            task_actions.claim(town.session, task, by=town.raj)
        assert [(each.task.id, each.why) for each in handing_over.of(town.session, absence).kept] == [
            (task.id, "Only the named officer can sign a key decision. It cannot be delegated here.")
        ]


@pytest.mark.parametrize("first", ["absent", "delegate"])
def test_whoever_acts_counts_as_both_for_separation_of_duties(database: Database, first: str) -> None:
    with in_town(database) as town:
        doer = town.rowan if first == "absent" else town.raj
        done = town.task(bpmn_id="check")
        done.status, done.completed_at, done.completed_by_id = TaskStatus.COMPLETED, clock.now(), doer.id
        sign = town.task(town.rowan, bpmn_id="sign", properties={"differentFrom": "check"})
        absence = town.away(town.rowan, town.raj)

        with pytest.raises(Refused, match="You cannot do this"):
            task_actions.save_draft(town.session, sign, values={}, by=town.raj)
        (kept,) = handing_over.of(town.session, absence).kept
        assert kept.why == ("You completed" if first == "absent" else "Raj Patel completed") + " “Check the insurance” in this case."


@pytest.mark.parametrize("first", ["absent", "stand-in"])
def test_so_does_whoever_stands_in_when_the_delegate_cannot(database: Database, first: str) -> None:
    with in_town(database) as town:
        doer = town.rowan if first == "absent" else town.sam
        done = town.task(bpmn_id="check")
        done.status, done.completed_at, done.completed_by_id = TaskStatus.COMPLETED, clock.now(), doer.id
        sign = town.task(town.rowan, bpmn_id="sign", properties={"differentFrom": "check"})
        town.away(town.rowan, town.raj)
        make_unable(town, "disabled")

        with pytest.raises(Refused, match="You cannot do this"):
            task_actions.save_draft(town.session, sign, values={}, by=town.sam)


def test_after_the_last_day_everything_is_as_before(database: Database) -> None:
    with in_town(database) as town:
        held = town.task(town.rowan)
        town.away(town.rowan, town.raj)

        with clock.held(clock.read_instant("2026-03-03 00:00")):
            assert town.on_desk(town.raj) == []
            with pytest.raises(Refused):
                task_actions.save_draft(town.session, held, values={}, by=town.raj)
            assert town.on_desk(town.rowan) == [("", "")]
