"""Policy values, people, teams and posts as pages: dated, confirmed by another person, and warned about where the law wants somebody."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, CandidateGroup, Case, Draft, GroupKind, GroupMembership, Parameter, TaskStatus, User, UserTask, clock
from models.session import new_session, transaction
from tests.support.casebook import Casebook
from workflows.actions import leavers, tasks

WHY = "Agreed by the council in October"


def posted(day: date, name: str) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def values(book: Casebook, key: str = "task_days") -> list[tuple[date, object, bool]]:
    with new_session(book.engine, writes=False) as session:
        rows = session.scalars(select(Parameter).where(Parameter.key == key).order_by(Parameter.valid_from))
        return [(row.valid_from, row.value, row.confirmed_at is not None) for row in rows]


def value_id(book: Casebook, day: date) -> uuid.UUID:
    with new_session(book.engine, writes=False) as session:
        return session.scalars(select(Parameter.id).where(Parameter.key == "task_days", Parameter.valid_from == day)).one()


def test_a_value_is_set_from_a_day_on_and_what_was_before_stays(book: Casebook) -> None:
    before, day = values(book), clock.today() + timedelta(days=30)

    answer = book.browser("administrators").post("/admin/parameters/task_days", data={"value": "7", "because": WHY, **posted(day, "valid_from")})

    assert answer.status_code == 303 and values(book) == [*before, (day, 7, False)]
    page = book.browser("audit").get("/admin/parameters/task_days").text
    assert "To come" in page and "In force" in page and "Set another value" not in page


def test_another_person_confirms_it(book: Casebook) -> None:
    day = clock.today() + timedelta(days=30)
    book.browser("administrators").post("/admin/parameters/task_days", data={"value": "7", "because": WHY, **posted(day, "valid_from")})
    address = f"/admin/parameters/values/{value_id(book, day)}/confirm"

    assert book.browser("administrators").post(address).status_code == 403
    assert book.browser("audit").post(address).status_code == 403
    assert book.browser("service-improvement").post(address).status_code == 303
    assert values(book)[-1] == (day, 7, True)
    assert book.browser("service-improvement").post(address).status_code == 409


def test_only_what_is_not_in_force_yet_is_taken_back(book: Casebook) -> None:
    day = clock.today() + timedelta(days=30)
    browser = book.browser("administrators")
    browser.post("/admin/parameters/task_days", data={"value": "7", "because": WHY, **posted(day, "valid_from")})
    [(first, _, _), _] = values(book)

    assert browser.post(f"/admin/parameters/values/{value_id(book, first)}/take-back").status_code == 403
    assert browser.post(f"/admin/parameters/values/{value_id(book, day)}/take-back").status_code == 303
    assert len(values(book)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"value": "many"}, "must be a whole number"), ({"value": ""}, "Enter a value"), ({"value": "9999"}, "3,660 or less"),
     ({"because": "no"}, "Say why"), ({"valid_from-year": "2019"}, "what was in force stays"), ({"valid_from-day": "40"}, "must be a real date")],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(book: Casebook, typed: dict[str, str], words: str) -> None:
    day = clock.today() + timedelta(days=30)
    data = {"value": "7", "because": WHY, **posted(day, "valid_from"), **typed}

    answer = book.browser("administrators").post("/admin/parameters/task_days", data=data)

    assert answer.status_code == 422 and words in answer.text and f'value="{data["value"]}"' in answer.text or not data["value"]
    assert len(values(book)) == 1


def user_id(book: Casebook, group: str) -> uuid.UUID:
    with new_session(book.engine, writes=False) as session:
        query = select(User.id).join(GroupMembership, GroupMembership.user_id == User.id).where(GroupMembership.group_key == group)
        return session.scalars(query.limit(1)).one()


def officer(book: Casebook) -> tuple[uuid.UUID, uuid.UUID]:
    """The only Monitoring Officer, and their place in the post."""
    with transaction(book.engine) as session:
        if session.get(CandidateGroup, "proper-post") is None:
            session.add(CandidateGroup(key="proper-post", name="The Monitoring Officer", kind=GroupKind.POST, role="monitoring_officer"))
            session.flush()
        for row in session.scalars(select(GroupMembership).join(CandidateGroup).where(CandidateGroup.role == "monitoring_officer")):
            session.delete(row)
        user = User(email="mo@example.gov.uk", name="Mona Officer", password_hash=None, created_at=clock.now(), last_signed_in_at=None)
        user.memberships.append(GroupMembership(group_key="proper-post", starts_on=date(2020, 1, 1), ends_on=None))
        session.add(user)
        session.flush()
        return user.id, user.memberships[0].id


def test_a_duty_of_the_law_is_not_left_without_anybody_unwarned(book: Casebook) -> None:
    person_id, membership_id = officer(book)
    browser, last = book.browser("administrators"), posted(clock.today(), "last")

    warned = browser.post(f"/admin/memberships/{membership_id}/end", data=last)
    kept_out = browser.post(f"/admin/people/{person_id}", data={"_do": "disable"})

    assert warned.status_code == kept_out.status_code == 409
    assert "Nobody would hold The Monitoring Officer" in warned.text and "Local Government and Housing Act 1989 s.5" in kept_out.text
    with new_session(book.engine, writes=False) as session:
        assert session.get_one(GroupMembership, membership_id).ends_on is None and session.get_one(User, person_id).is_active
    assert browser.post(f"/admin/memberships/{membership_id}/end", data={**last, "knowing": "yes"}).status_code == 303
    with new_session(book.engine, writes=False) as session:
        assert session.get_one(GroupMembership, membership_id).ends_on == clock.today()
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "group:left")).one()
        assert event.text is not None and "Nobody would hold" in event.text.words["warned"]


def test_with_somebody_who_follows_there_is_no_warning(book: Casebook) -> None:
    _, membership_id = officer(book)
    browser, tomorrow = book.browser("administrators"), clock.today() + timedelta(days=1)
    follows = user_id(book, "legal")
    joined = browser.post(f"/admin/people/{follows}", data={"_do": "join", "group": "proper-post", **posted(tomorrow, "starts_on")})

    assert joined.status_code == 303
    assert browser.post(f"/admin/memberships/{membership_id}/end", data=posted(clock.today(), "last")).status_code == 303


def test_the_last_administrator_stays(book: Casebook) -> None:
    answer = book.browser("administrators").post(f"/admin/people/{user_id(book, 'administrators')}", data={"_do": "disable", "knowing": "yes"})

    assert answer.status_code == 403 and "last system administrator" in answer.text


def test_a_person_is_added_and_can_be_kept_out_and_let_in(book: Casebook) -> None:
    browser = book.browser("administrators")
    wrong = browser.post("/admin/people/add", data={"name": "", "email": "nobody", "group": "legal"})
    made = browser.post("/admin/people/add", data={"name": "New Person", "email": "new@example.gov.uk", "job_title": "Lawyer", "group": "legal"})

    assert wrong.status_code == 422 and "Enter the person" in wrong.text and 'value="nobody"' in wrong.text
    assert made.status_code == 303
    for wanted, active in (("disable", False), ("enable", True)):
        assert browser.post(made.headers["Location"], data={"_do": wanted}).status_code == 303
        with new_session(book.engine, writes=False) as session:
            assert session.scalars(select(User.is_active).where(User.email == "new@example.gov.uk")).one() is active


def test_a_person_is_given_a_password_that_is_good_enough(book: Casebook) -> None:
    browser, address = book.browser("administrators"), f"/admin/people/{user_id(book, 'legal')}"

    weak = browser.post(address, data={"_do": "password", "password": "password"})
    given = browser.post(address, data={"_do": "password", "password": "walnut tractor umbrella"})

    assert weak.status_code == 422 and 'href="#password"' in weak.text
    assert given.status_code == 303
    with new_session(book.engine, writes=False) as session:
        assert session.get_one(User, user_id(book, "legal")).password_hash is not None


def test_the_tasks_of_whoever_leaves_go_back_to_their_team(book: Casebook) -> None:
    held = held_task(book)
    address = f"/admin/people/{user_id(book, 'children-commissioning')}"
    browser = book.browser("administrators")

    told = browser.get(address).text
    browser.post(address, data={"_do": "disable"})

    assert "1 open task goes back to its team" in told
    assert "1 open task went back to its team" in browser.get(address).text
    with new_session(book.engine, writes=False) as session:
        task = session.get_one(UserTask, held)
        assert (task.status, task.assignee_id) == (TaskStatus.READY, None)
        assert session.scalars(select(Draft.is_shared).where(Draft.task_id == held)).one() is True
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "task:released")).one()
        assert event.text is not None and "can no longer sign in" in event.text.words["because"]


def held_task(book: Casebook) -> uuid.UUID:
    """A task that the only person of a team has begun."""
    reference = book.errand("Fetching the minutes")
    with transaction(book.engine) as session:
        task = session.scalars(select(UserTask).join(Case, Case.id == UserTask.case_id).where(Case.reference == reference)).one()
        tasks.save_draft(session, task, values={"note": ["minutes"]}, by=session.get_one(User, book.people["children-commissioning"].id))
        return task.id


def test_what_was_begun_goes_back_when_the_time_in_the_team_is_over_and_not_before(book: Casebook) -> None:
    held, tomorrow = held_task(book), clock.today() + timedelta(days=1)
    with transaction(book.engine) as session:
        query = select(GroupMembership).where(GroupMembership.group_key == "children-commissioning")
        session.scalars(query).one().ends_on = clock.today()

    with transaction(book.engine) as session:
        assert leavers.put_back_ended(session) == 0
    with clock.held(clock.read_instant(f"{tomorrow} 00:10")), transaction(book.engine) as session:
        assert leavers.put_back_ended(session) == 1
        assert leavers.put_back_ended(session) == 0
        assert session.get_one(UserTask, held).status is TaskStatus.READY


def test_a_team_is_renamed_and_diagrams_that_bear_its_old_name_still_find_it(book: Casebook) -> None:
    with new_session(book.engine, writes=False) as session:
        before = session.get_one(CandidateGroup, "legal").name
    words = {"name": "Law and Governance", "manager": "", "email": "law@example.gov.uk", "phone": ""}

    answer = book.browser("administrators").post("/admin/groups/legal", data=words)
    reference = book.errand("Fetching the minutes")
    book.complete(reference, "propose", by="children-commissioning")

    assert answer.status_code == 303
    with new_session(book.engine, writes=False) as session:
        found = session.get_one(CandidateGroup, "legal")
        assert (found.name, found.former_names) == ("Law and Governance", [before])


def test_a_team_with_open_tasks_or_a_post_of_the_law_does_not_end(book: Casebook) -> None:
    officer(book)
    book.errand("Fetching the minutes")
    browser = book.browser("administrators")
    last = posted(clock.today() + timedelta(days=9), "ends_on")
    words = {"manager": "", "email": "", "phone": ""}

    team = browser.post("/admin/groups/children-commissioning", data={"name": "Children’s commissioning team", **words, **last})
    with transaction(book.engine) as session:
        for row in session.scalars(select(CandidateGroup).where(CandidateGroup.role == "monitoring_officer", CandidateGroup.key != "proper-post")):
            row.ends_on = clock.today()
    post = browser.post("/admin/groups/proper-post", data={"name": "The Monitoring Officer", **words, **last})

    assert team.status_code == 422 and "It has open tasks" in team.text
    assert post.status_code == 422 and "The law wants this post" in post.text


def test_others_look_and_change_nothing(book: Casebook) -> None:
    person_id = user_id(book, "legal")
    for name in ("audit", "service-improvement"):
        browser = book.browser(name)
        assert browser.get(f"/admin/people/{person_id}").status_code == 200
        assert browser.get("/admin/groups/legal").status_code == 200
        assert browser.post(f"/admin/people/{person_id}", data={"_do": "disable"}).status_code == 403
        assert browser.post("/admin/groups/legal", data={"name": "X"}).status_code == 403
        assert browser.get("/admin/people/add").status_code == 403
    assert book.browser("audit").post("/admin/parameters/task_days", data={"value": "7"}).status_code == 403
