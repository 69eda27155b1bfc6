"""The pages of whoever hands out work: figures for each person, and giving several tasks to somebody else with a line for each."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from models import CandidateGroup, OutboxMail, User, UserTask, clock
from models.session import new_session, transaction
from tests.support import factories
from tests.support.clients import Browser, client_for
from tests.web.work import factories as tasks
from workflows.actions import delegations


class Team:
    """A head, three people, and their tasks."""

    def __init__(self, app: Flask) -> None:
        self.app, self.engine = app, app.extensions["dps_engine"]
        with transaction(self.engine) as session:
            factories.group(session, "head", role="lead_director")
            factories.group(session, "team", manager_key="head").name = "Contracts"
            self.head = factories.officer(session, "Helen Cole", "head", role="lead_director")
            self.rowan, self.sam, self.una = (factories.officer(session, name, "team") for name in ("Rowan Ashdown", "Sam Reed", "Una Watts"))
            session.get_one(CandidateGroup, "team").manager_key = "head"

    def task(self, number: int, holder: User | None, due: str = "2026-03-05 17:00", *, is_restricted: bool = False, **more: object) -> UserTask:
        """An open task of the team."""
        with transaction(self.engine) as session:
            owner = session.get_one(User, self.rowan.id)
            case = factories.case(session, owner, reference=f"KD-2026-{number:04}", title=f"Matter {number}", is_restricted=is_restricted)
            assignee = session.get_one(User, holder.id) if holder else None
            return tasks.task(session, case, name=f"Step {number}", group="team", assignee=assignee, due=clock.read_instant(due), **more)  # type: ignore[arg-type]

    def browser(self, user: User) -> Browser:
        """Somebody's browser."""
        return client_for(self.app, user)

    def holders(self) -> dict[str, object]:
        """Who has each task."""
        with new_session(self.engine, writes=False) as session:
            return {task.name: task.assignee_id for task in session.scalars(select(UserTask))}


@pytest.fixture
def team(app: Flask) -> Team:
    clock.hold(clock.read_instant("2026-03-02 09:30"))
    return Team(app)


def line_of(page: str, name: str) -> list[str]:
    """The cells of a person's line in the table."""
    row = re.search(rf'<tr><th scope="row"[^>]*>(?:(?!</tr>).)*{name}(?:(?!</tr>).)*</tr>', page, re.S)
    assert row, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[0], re.S)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def test_the_head_sees_what_each_person_has_and_who_is_away(team: Team) -> None:
    for number, (holder, due) in enumerate(
        [(team.rowan, "2026-02-27 17:00"), (team.rowan, "2026-03-08 17:00"), (team.rowan, "2026-03-09 09:00"), (team.sam, "2026-03-20 17:00"), (None, "2026-03-02 08:00")]
    ):
        team.task(number, holder, due)
    with transaction(team.engine) as session:
        sam, rowan = session.get_one(User, team.sam.id), session.get_one(User, team.rowan.id)
        delegations.add(session, sam, to=rowan, starts_on=clock.today(), ends_on=clock.today(), by=sam)

    page = team.browser(team.head).get("/teams/team").text

    assert line_of(page, "Rowan Ashdown") == ["3", "1", "1", "No"]
    assert line_of(page, "Sam Reed") == ["1", "0", "0", "Until 2 March 2026. Rowan Ashdown acts"]
    assert line_of(page, "Una Watts") == ["0", "0", "0", "No"]
    assert line_of(page, "Not assigned") == ["1", "1", "0", "Nobody has these"]


def test_the_list_of_teams_holds_those_one_leads_and_no_other(team: Team) -> None:
    assert "Contracts" in team.browser(team.head).get("/teams").text
    assert "You do not hand out the work of a team." in team.browser(team.rowan).get("/teams").text


def test_only_whoever_manages_a_team_sees_who_does_what(team: Team) -> None:
    task = team.task(1, team.rowan)

    for who in (team.rowan, team.sam):
        assert team.browser(who).get("/teams/team").status_code == 403
        assert team.browser(who).post("/teams/team/reassign/done", data={"task": str(task.id), "to": str(team.sam.id)}).status_code == 403
    assert team.browser(team.head).get("/teams/no-such-team").status_code == 404
    assert team.holders() == {"Step 1": team.rowan.id}


def test_in_a_team_that_nobody_manages_its_members_do(team: Team) -> None:
    with transaction(team.engine) as session:
        session.get_one(CandidateGroup, "team").manager_key = None

    assert team.browser(team.rowan).get("/teams/team").status_code == 200


def test_several_tasks_go_to_somebody_else_after_a_check_page_with_a_line_for_each(team: Team) -> None:
    held, free, done = team.task(1, team.rowan), team.task(2, None), team.task(3, team.rowan)
    apart = team.task(4, team.rowan, properties={"differentFrom": "before"}, bpmn_id="after")
    with transaction(team.engine) as session:
        row = session.get_one(UserTask, done.id)
        row.status, row.completed_at, row.completed_by_id = row.status.COMPLETED, clock.now(), team.rowan.id
        before = tasks.task(session, session.get_one(UserTask, apart.id).case, name="Earlier", group="team", bpmn_id="before")
        before.status, before.completed_at, before.completed_by_id = before.status.COMPLETED, clock.now(), team.sam.id
    browser, ids = team.browser(team.head), [str(task.id) for task in (held, free, done, apart)]

    check = browser.post("/teams/team/reassign", data={"task": ids})
    result = browser.post("/teams/team/reassign/done", data={"task": ids, "to": str(team.sam.id)})

    assert "Give away 4 tasks" in check.text
    assert "2 assigned. 2 not assigned" in result.text
    assert result.text.count("Assigned to Sam Reed") == 2
    assert "Rowan Ashdown completed this task" in result.text
    assert "You cannot do this: you completed “Earlier”" in result.text or "completed “Earlier”" in result.text
    assert (team.holders()["Step 1"], team.holders()["Step 2"]) == (team.sam.id, team.sam.id)


def test_whoever_is_given_tasks_gets_a_mail_about_them(team: Team) -> None:
    task = team.task(1, team.rowan)

    team.browser(team.head).post("/teams/team/reassign/done", data={"task": str(task.id), "to": str(team.sam.id)})

    with new_session(team.engine, writes=False) as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.kind == "task:given")).one()
    assert (mail.to_user_id, mail.subject) == (team.sam.id, "Helen Cole gave you a task. Step 1: Matter 1, due 5 March 2026")


@pytest.mark.parametrize(("data", "words"), [({}, "Select a task"), ({"task": "nonsense"}, "Select a task")])
def test_without_a_task_the_page_says_so(team: Team, data: dict[str, str], words: str) -> None:
    for rest in ("", "/done"):
        answer = team.browser(team.head).post(f"/teams/team/reassign{rest}", data=data)
        assert (answer.status_code, words in answer.text) == (422, True)


def test_without_a_person_or_for_a_stranger_the_field_says_so(team: Team) -> None:
    task = team.task(1, team.rowan)

    for to in ("", str(team.head.id)):
        answer = team.browser(team.head).post("/teams/team/reassign/done", data={"task": str(task.id), "to": to})
        assert (answer.status_code, "Select who to give them to" in answer.text) == (422, True)
    assert team.holders() == {"Step 1": team.rowan.id}


def test_a_restricted_case_is_counted_and_not_named(team: Team) -> None:
    task = team.task(1, team.rowan, is_restricted=True)

    page = team.browser(team.head).get("/teams/team").text
    browser = team.browser(team.head)
    browser.post("/teams/team/reassign/done", data={"task": str(task.id), "to": str(team.sam.id)})

    assert "A task in a restricted case" in page
    assert not [word for word in ("Matter 1", "Step 1", "KD-2026-0001") if word in page]
    assert team.holders() == {"Step 1": team.rowan.id}
