"""The figures of a process, counted by hand, on both databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import event, select, true
from sqlalchemy.orm import Session

from models import Case, Interest, InterestKind, ProcessDefinition, ProcessInstance, User, clock
from models.session import new_session, transaction
from tests.support import factories, past_cases, rounds
from tests.support.databases import Database
from tests.support.past_cases import Past, Work
from workflows.actions import tasks
from workflows.library.figures import drawn, versions, waiting, ways
from workflows.library.figures.drawn import Drawn
from workflows.library.figures.waiting import Row, Waiting
from workflows.queries import process_figures
from workflows.queries.process_figures import Scope, Taken

NOW, SINCE = "2026-03-20 12:00", "2026-01-01"
MONDAY = "2026-03-02 09:00"
# From Monday at nine until five o'clock: 1, 2, 3, 4 and, over a weekend, 6 working days.
DONE = ("2026-03-02 17:00", "2026-03-03 17:00", "2026-03-04 17:00", "2026-03-05 17:00", "2026-03-09 17:00")
DUE = "2026-03-03 17:00"


@dataclass
class Council:
    """Two versions of the process of rounds, a third process that calls the first version, an officer of the team, and one of another."""

    session: Session
    first: ProcessDefinition
    second: ProcessDefinition
    caller: ProcessDefinition
    officer: User
    stranger: User

    def scope(self, number: int | None = None) -> Scope:
        """What is asked."""
        return process_figures.scope(self.session, rounds.KEY, number=number, since=clock.read_instant(SINCE), until=clock.now())

    def drawings(self, scope: Scope) -> dict[uuid.UUID, Drawn]:
        """The diagrams that are asked about."""
        return {version: drawn.read(xml, rounds.KEY) for version, xml in process_figures.diagrams(self.session, scope).items()}

    def waiting(self, number: int | None = None, *, reader: User | None = None) -> Waiting:
        """Where cases wait."""
        scope = self.scope(number)
        return waiting.find(self.session, reader or self.officer, scope, self.drawings(scope))

    def row(self, step: str, number: int | None = None) -> Row:
        """The figures of one step."""
        return next(row for row in self.waiting(number).rows if row.id == step)

    def past(self, past: Past, *, on: ProcessDefinition | None = None, called: ProcessDefinition | None = None) -> Case:
        """Write a case."""
        return past_cases.write(self.session, on or self.first, self.officer, past, called=called)

    def finish_five(self, *, on: ProcessDefinition | None = None) -> None:
        """Five cases with one task each, three of them late."""
        for done in DONE:
            self.past(Past(MONDAY, ended=done, ended_as="end", work=[Work("ask", MONDAY, done, DUE)], passed={"start": 1, "ask": 1, "go-on": 1}), on=on)


@pytest.fixture
def council(database: Database) -> Iterator[Council]:
    with clock.held(clock.read_instant(NOW)), transaction(database.engine) as session:
        officer = factories.officer(session, "Ann Field", "clerks")
        stranger = factories.officer(session, "Ben Marsh", "others")
        first, second = (_version(rounds.KEY, number) for number in (1, 2))
        session.add_all([first, second])
        session.flush()
        caller = _version("caller", 1)
        caller.calls = {rounds.KEY: str(first.id)}
        session.add(caller)
        session.flush()
        yield Council(session, first, second, caller, officer, stranger)


def _version(key: str, number: int) -> ProcessDefinition:
    files = {"process.bpmn": rounds.diagram()}
    return ProcessDefinition(
        key=key, version=number, name=key.title(), digest=f"{key}-{number}", files=files, is_shipped=True, deployed_at=clock.now(), deployed_by_id=None
    )


def test_days_are_working_days_and_their_middle_and_ninetieth_percentile(council: Council) -> None:
    council.finish_five()

    row = council.row("ask")

    assert (row.done, row.cases, row.late, row.waiting) == (5, 5, 3, 0)
    assert row.days is not None
    assert row.days.median == pytest.approx(3)
    assert row.days.slowest == pytest.approx(5.2)  # 4 and six tenths of the way to 6


def test_bank_holidays_and_weekends_are_left_out(council: Council) -> None:
    with clock.held(clock.read_instant("2026-05-01 12:00")):
        for _ in range(5):  # Thursday before Easter to Tuesday after it
            council.past(Past("2026-04-02 09:00", work=[Work("ask", "2026-04-02 09:00", "2026-04-07 17:00")]))

        days = council.row("ask").days

    assert days is not None
    assert days.median == pytest.approx(2)


def test_fewer_than_five_cases_say_no_days(council: Council) -> None:
    for done in DONE[:4]:
        council.past(Past(MONDAY, work=[Work("ask", MONDAY, done)]))
    # The same case a second time makes no fifth case.
    council.past(Past("2025-01-01 09:00", work=[Work("ask", "2025-12-01 09:00", "2025-12-02 09:00")]))
    council.session.flush()

    row = council.row("ask")

    assert (row.cases, row.days) == (4, None)
    assert not council.waiting().has_days


def test_only_what_was_done_in_the_time_counts(council: Council) -> None:
    council.past(Past("2025-12-01 09:00", work=[Work("ask", "2025-12-01 09:00", "2025-12-31 17:00")]))
    council.past(Past("2025-12-01 09:00", work=[Work("ask", "2025-12-01 09:00", "2026-01-02 10:00"), Work("ask", "2026-01-02 10:00", "2026-01-05 10:00")]))

    row = council.row("ask")

    assert (row.done, row.cases) == (2, 1)
    assert council.waiting().cases == 1


def test_cases_that_wait_are_counted_where_they_stand_on_every_version(council: Council) -> None:
    council.past(Past(MONDAY, live=["ask"]))
    council.past(Past(MONDAY, live=["ask"]))
    council.past(Past(MONDAY, live=["ask"]), on=council.second)
    council.past(Past(MONDAY, ended=DONE[0], ended_as="end", live=[]))

    assert council.row("ask").waiting == 3
    assert council.row("ask", 1).waiting == 2
    assert council.row("ask", 2).waiting == 1


def test_cases_inside_another_process_count_for_the_one_that_is_called(council: Council) -> None:
    work = [Work("ask", MONDAY, done) for done in DONE]
    council.past(Past(MONDAY, live=["ask", "call-rounds"], work=work), on=council.caller, called=council.first)

    rows = {row.id: row for row in council.waiting().rows}

    assert rows["ask"].waiting == 1
    assert (rows["ask"].done, rows["ask"].cases) == (5, 1)
    assert "call-rounds" not in rows
    assert council.row("ask", 2).waiting == 0


def test_versions_side_by_side(council: Council) -> None:
    council.finish_five()
    council.past(Past("2026-03-10 09:00", live=["ask"], work=[Work("ask", "2026-03-10 09:00", "2026-03-10 10:00"), Work("ask", "2026-03-11 09:00", due=DUE)]))
    council.past(Past("2025-12-01 09:00", ended=DONE[0], ended_as="end"))  # began before
    twice = [Work("ask", MONDAY, DONE[0]), Work("ask", DONE[0], DONE[1])]
    of_two = [Work("ask", MONDAY, DONE[0], label="Legal"), Work("ask", MONDAY, DONE[0], label="Finance")]
    council.past(Past(MONDAY, ended=DONE[1], ended_as="given-up", work=twice), on=council.second)
    council.past(Past(MONDAY, ended=DONE[1], ended_as="end", work=of_two), on=council.second)
    scope = council.scope()

    found = versions.find(council.session, council.officer, scope, council.drawings(scope))
    newest, oldest = found.versions

    assert (oldest.number, oldest.begun, oldest.not_ended, oldest.ends) == (1, 6, 1, {"end": 5})
    assert (oldest.worked_on, oldest.late, oldest.done_again) == (6, 4, 0)  # three late, and one still waits past its day
    assert oldest.days is not None
    assert (oldest.days.median, oldest.days.slowest) == (pytest.approx(3), pytest.approx(5.2))
    assert (newest.begun, newest.not_ended, newest.ends, newest.days) == (2, 0, {"given-up": 1, "end": 1}, None)
    assert (newest.worked_on, newest.late, newest.done_again) == (2, 0, 1)  # two people with the same step are no second round
    assert found.ends == {"end": "End", "given-up": "Given up"}


def test_runs_inside_another_process_are_begun_and_ended(council: Council) -> None:
    council.past(Past(MONDAY, passed={"start": 2, "end": 1, "given-up": 1}), on=council.caller, called=council.first)
    scope = council.scope(1)

    found = versions.find(council.session, council.officer, scope, council.drawings(scope)).versions[0]

    assert (found.begun, found.ends, found.days) == (2, {"end": 1, "given-up": 1}, None)


def test_ways_out_of_a_gateway_and_steps_that_nobody_reached(council: Council) -> None:
    council.past(Past(MONDAY, passed={"start": 1, "begin": 3, "ask": 3, "go-on": 3, "go-on>begin": 2, "go-on>end": 1, "end": 1}))
    council.past(Past(MONDAY, passed={"start": 1, "begin": 1, "ask": 1, "go-on": 1, "go-on>end": 1, "end": 1}))
    council.past(Past("2025-12-01 09:00", passed={"start": 1, "go-on>end": 1, "late": 1}))  # began before
    council.past(Past(MONDAY))  # nobody noted its ways
    scope = council.scope()

    found = ways.find(council.session, council.officer, scope, council.drawings(scope))

    assert [(each.number, each.cases) for each in found.versions] == [(2, 0), (1, 2)]
    [gateway] = found.versions[1].gateways
    assert {way.leads_to: way.taken for way in gateway.ways} == {"End": Taken(2, 2), "Begin a round": Taken(2, 1)}
    assert [step.id for step in found.versions[1].unreached] == ["late", "stopped", "given-up"]
    assert found.unknown == 1


def test_where_a_case_stands_was_reached(council: Council) -> None:
    council.past(Past(MONDAY, passed={"start": 1, "begin": 1}, live=["ask"]))
    scope = council.scope(1)

    found = ways.find(council.session, council.officer, scope, council.drawings(scope)).versions[0]

    assert "ask" not in [step.id for step in found.unreached]


def test_what_cases_pass_is_noted_with_the_ways_they_took(database: Database) -> None:
    ring = rounds.build(database)
    for more in ("yes", "yes", "no"):
        with transaction(database.engine) as session:
            task = session.merge(ring.task())
            tasks.complete(session, task, answers={"note": "seen", "more": more}, by=ring.user(0, session))

    with new_session(database.engine, writes=False) as session:
        instance = session.scalars(select(ProcessInstance)).one()

    assert instance.passed == {
        instance.definition_id.hex: {"start": 1, "begin": 3, "ask": 3, "go-on": 3, "go-on>begin": 2, "go-on>end": 1, "end": 1}
    }


def test_only_who_sees_every_case_sees_small_counts(council: Council) -> None:
    council.past(Past(MONDAY, live=["ask"]))
    assert council.waiting(reader=council.stranger).shown.is_exact

    council.past(Past(MONDAY, live=["ask"], is_restricted=True))

    assert council.waiting(reader=council.officer).shown.is_exact
    assert not council.waiting(reader=council.stranger).shown.is_exact
    assert council.waiting(2, reader=council.stranger).shown.is_exact  # no case of that version is hidden


def test_a_restricted_case_of_a_calling_process_hides_small_counts_too(council: Council) -> None:
    council.past(Past(MONDAY, is_restricted=True), on=council.caller, called=council.first)

    assert not council.waiting(1, reader=council.stranger).shown.is_exact


def test_an_interest_that_hides_a_case_hides_small_counts(council: Council) -> None:
    case = council.past(Past(MONDAY, live=["ask"]))
    interest = Interest(
        case_id=case.id, provider_id=case.provider_id, user_id=council.stranger.id, kind=InterestKind.ACTUAL, nature="A brother works there",
        mitigation="", declared_at=clock.now(), cleared_at=None, cleared_by_id=None,
    )  # fmt: skip
    council.session.add(interest)
    council.session.flush()

    assert not council.waiting(reader=council.stranger).shown.is_exact
    assert council.waiting(reader=council.officer).shown.is_exact


def test_the_order_of_the_table_tells_no_hidden_count(council: Council) -> None:
    rows = [Row("a", "A", None, 1), Row("b", "B", None, 4), Row("c", "C", None, 0), Row("d", "D", None, 6), Row("e", "E", None, 7)]
    hidden = replace(council.waiting(), rows=rows, shown=replace(council.waiting().shown, is_exact=False))

    assert [row.id for row in waiting.in_order(hidden, "waiting")] == ["d", "e", "a", "b", "c"]
    assert [row.id for row in waiting.in_order(hidden, "waiting", smallest_first=True)] == ["c", "a", "b", "d", "e"]


def test_few_statements_whatever_the_number_of_cases(council: Council) -> None:
    council.finish_five()
    scope = council.scope()
    drawings = council.drawings(scope)
    counts = []
    for find in (waiting.find, versions.find, ways.find):
        with _counted(council.session) as seen:
            find(council.session, council.officer, scope, drawings)
        counts.append(len(seen))
    council.finish_five()
    with _counted(council.session) as seen:
        waiting.find(council.session, council.officer, scope, drawings)

    assert counts == [6, 7, 4]
    assert len(seen) == counts[0]


def test_a_count_that_forgets_the_time_would_be_found(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_figures, "_begun", lambda scope: true())

    with pytest.raises(AssertionError):
        test_ways_out_of_a_gateway_and_steps_that_nobody_reached(council)


def test_a_count_of_calendar_days_would_be_found(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.library.working_hours.WorkingHours.between_seconds", lambda self, start, end: (end - start) / 86_400 * 480)

    with pytest.raises(AssertionError):
        test_days_are_working_days_and_their_middle_and_ninetieth_percentile(council)


@contextmanager
def _counted(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
        seen.append(text)

    session.flush()
    event.listen(session.connection(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(session.connection(), "before_cursor_execute", note)
