"""A suspension case from what happened to its end: held, confirmed, heard, advised on, decided, and looked at again by a second person."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import AuditEvent, GroupMembership, MembershipStatus, RegistrationStatus, WelfareCheck, clock
from tests.processes.membership.harbour import Harbour
from workflows.actions import happenings, holds, memberships, suspension_steps, suspensions
from workflows.errors import Conflict, Invalid, Refused
from workflows.library import invariants
from workflows.queries import memberships as queries
from workflows.queries import providers as provider_queries

REASONS = "Two critical findings stand and nothing was done about them."


def report(harbour: Harbour, event: str = "critical_finding", *, place: str = "", by: str = "lena.hartwell") -> None:
    """Start a case by hand because of something that people learned."""
    with harbour.writing() as session:
        premises = harbour.premises(session, place) if place else None
        suspensions.open_by_hand(session, harbour.membership(session), event=event, because="Somebody rang.", premises=premises,
                                 by=harbour.person(session, by))  # fmt: skip


def to_decision(harbour: Harbour, event: str = "critical_finding") -> None:
    """Go on to where the director decides, past the provider's representations."""
    report(harbour, event)
    for step in ("confirm-status", "tell-provider", "make-representations", "advise-status"):
        harbour.complete(step)


def test_a_critical_finding_holds_everything_at_once_and_is_confirmed_the_same_day(harbour: Harbour) -> None:
    report(harbour)

    assert harbour.status() is MembershipStatus.EMBARGOED
    with harbour.reading() as session:
        due = harbour.task(session, "confirm-status").due_at.astimezone(clock.LONDON)
    assert (due.date(), due.hour) == (date(2026, 3, 2), 23)


def test_a_finding_at_one_place_holds_that_place(harbour: Harbour) -> None:
    report(harbour, place="Quay House")

    assert harbour.status() is MembershipStatus.ACTIVE
    with harbour.reading() as session:
        member = harbour.membership(session)
        assert [each.code for each in queries.blockers_of(session, member, harbour.premises(session, "Quay House"))] == ["premises_held"]
        assert queries.blockers_of(session, member, harbour.premises(session, "Mill Lane")) == []


def test_each_placed_young_person_gets_one_welfare_check_by_social_work(harbour: Harbour) -> None:
    harbour.place_young_person("YP-204417")
    harbour.place_young_person("YP-204418", name="Mill Lane")

    report(harbour)

    with harbour.reading() as session:
        found = session.scalars(select(WelfareCheck)).all()
        task = harbour.task(session, "check-welfare")
        assert len(found) == 2
        assert task.candidate_group == "social-work" and task.label in ("1 of 2", "2 of 2")
        assert task.due_at.astimezone(clock.LONDON).date() == date(2026, 3, 2)
    assert harbour.waits_for() == ["check-welfare", "check-welfare", "confirm-status"]


def test_only_those_at_the_place_are_looked_after_when_one_place_is_held(harbour: Harbour) -> None:
    harbour.place_young_person("YP-204417")
    harbour.place_young_person("YP-204418", name="Mill Lane")

    report(harbour, place="Mill Lane")

    assert harbour.waits_for() == ["check-welfare", "confirm-status"]


def test_overdue_welfare_checks_are_told_to_the_director_and_stay_open(harbour: Harbour) -> None:
    harbour.place_young_person()
    report(harbour, "insolvency")

    harbour.pass_until("2026-03-04 17:01")

    assert "Helen Ashdown" in harbour.told("welfare:late")
    assert "check-welfare" in harbour.waits_for()


def test_a_case_does_not_end_while_somebody_was_not_seen(harbour: Harbour) -> None:
    harbour.place_young_person()
    to_decision(harbour)
    harbour.complete("decide-status")
    harbour.complete("reinstate", by="lena.hartwell")
    before = [case.outcome for case in harbour.cases()]

    harbour.complete("check-welfare")

    assert before == [""] and [case.outcome for case in harbour.cases()] == ["reinstated"]


def test_the_director_reinstates_and_a_second_person_lifts(harbour: Harbour) -> None:
    to_decision(harbour)
    harbour.complete("decide-status")
    still_held = harbour.status()
    with pytest.raises(Refused):
        harbour.complete("reinstate", by="amara.osei")
    harbour.complete("reinstate", by="lena.hartwell")

    assert still_held is MembershipStatus.EMBARGOED
    assert harbour.status() is MembershipStatus.ACTIVE
    assert [letter.kind for letter in harbour.letters()] == ["suspension", "reinstatement"]
    with harbour.reading() as session:
        assert invariants.broken(session) == []


def test_the_letter_has_clause_reasons_effect_and_the_day_for_representations(harbour: Harbour) -> None:
    report(harbour)
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")

    letter = harbour.letters()[0]

    for words in ("clause 14.2", "Your cover ended.", "16 March 2026", "The young people who live there stay", "A new certificate, verified by us."):
        assert words in letter.body
    with harbour.reading() as session:
        assert letter.author_id == letter.approver_id == harbour.person(session, "amara.osei").id


def test_a_hold_cannot_be_confirmed_without_the_clause(harbour: Harbour) -> None:
    report(harbour)

    with harbour.writing() as session, pytest.raises(Invalid, match="clause"):
        work = _work(harbour, session, "confirm-status", confirm="confirm", clause=" ", confirm_reasons="So.")
        suspension_steps.confirm(work)


def _work(harbour: Harbour, session: object, step: str, **answers: object) -> suspension_steps.Work:
    task = harbour.task(session, step)  # type: ignore[arg-type]
    return suspension_steps.Work(
        session=session, case=task.case, instance=task.instance, element_id=step, now=clock.now(), data=task.variables, task=task,  # type: ignore[arg-type]
        answers=answers, by=harbour.person(session, "amara.osei"),  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_hold_that_nobody_confirms_in_time_is_told_to_the_director_and_stays(harbour: Harbour) -> None:
    report(harbour, "ofsted_outcome_3")

    harbour.pass_until("2026-03-04 09:00")

    assert "Helen Ashdown" in harbour.told("suspension:late")
    assert harbour.status() is MembershipStatus.EMBARGOED


def test_a_hold_placed_by_mistake_is_lifted_by_a_second_person(harbour: Harbour) -> None:
    report(harbour, "ofsted_outcome_3")
    harbour.complete("confirm-status", confirm="lift", confirm_reasons="It was another provider of the same name.")

    with pytest.raises(Refused, match="you completed"):
        harbour.complete("reinstate", by="amara.osei")
    harbour.complete("reinstate", by="lena.hartwell", reinstate_reasons="The report names another provider.")

    assert harbour.status() is MembershipStatus.ACTIVE
    assert [case.outcome for case in harbour.cases()] == ["reinstated"]


def test_a_second_person_who_is_not_convinced_sends_it_back_to_be_confirmed(harbour: Harbour) -> None:
    report(harbour, "ofsted_outcome_3")
    harbour.complete("confirm-status", confirm="lift", confirm_reasons="They say that it is settled.")

    harbour.complete("reinstate", by="lena.hartwell", reinstate="keep", reinstate_reasons="Nothing is settled.")

    assert harbour.waits_for() == ["confirm-status"]
    assert harbour.status() is MembershipStatus.EMBARGOED


def test_the_time_for_representations_runs_out(harbour: Harbour) -> None:
    report(harbour)
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")

    harbour.pass_until("2026-03-16 16:59")
    last_minute = harbour.waits_for()
    harbour.pass_until("2026-03-16 17:00")

    assert (last_minute, harbour.waits_for()) == (["make-representations"], ["advise-status"])


def test_only_the_provider_makes_representations(harbour: Harbour) -> None:
    report(harbour)
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")

    with pytest.raises(Refused):
        harbour.complete("make-representations", by="amara.osei")


def test_suspending_rests_on_the_clause_and_the_case_is_looked_at_after_twenty_working_days(harbour: Harbour) -> None:
    to_decision(harbour)
    harbour.complete("decide-status", decision="suspend", decision_reasons=REASONS, lifts_when="A follow-up visit without serious concerns.")
    suspended = harbour.status()

    harbour.pass_until("2026-03-30 16:59")
    before = harbour.waits_for()
    harbour.pass_until("2026-03-30 17:00")
    after = harbour.waits_for()
    harbour.complete("review-status", review="decide")

    assert suspended is MembershipStatus.SUSPENDED
    assert (before, after, harbour.waits_for()) == ([], ["review-status"], ["advise-status"])
    assert [letter.kind for letter in harbour.letters()] == ["suspension", "hold-continues"]


def test_a_provider_suspended_over_one_place_is_reinstated_as_a_whole(harbour: Harbour) -> None:
    report(harbour, place="Quay House")
    for step in ("confirm-status", "tell-provider", "make-representations", "advise-status"):
        harbour.complete(step)
    harbour.complete("decide-status", decision="suspend", decision_reasons=REASONS, lifts_when="A visit without serious concerns.")
    suspended = harbour.status()
    harbour.pass_until("2026-03-30 17:00")
    harbour.complete("review-status", review="decide")
    harbour.complete("advise-status")
    harbour.complete("decide-status")

    harbour.complete("reinstate", by="lena.hartwell", reinstate_reasons="The visit found that standards are met.")

    assert (suspended, harbour.status()) == (MembershipStatus.SUSPENDED, MembershipStatus.ACTIVE)
    assert all(hold.lifted_at is not None for hold in harbour.holds()) and len(harbour.holds()) == 2


def test_a_hold_that_goes_on_is_looked_at_again_and_again(harbour: Harbour) -> None:
    to_decision(harbour)
    harbour.complete("decide-status", decision="keep", decision_reasons=REASONS, lifts_when="A follow-up visit.")
    harbour.pass_until("2026-03-30 17:00")
    harbour.complete("review-status")

    harbour.pass_until("2026-04-29 17:00")

    assert harbour.waits_for() == ["review-status"]


def test_nobody_is_removed_before_being_told_and_heard(harbour: Harbour) -> None:
    to_decision(harbour)

    with pytest.raises(Refused, match="Tell the provider first"):
        harbour.complete("decide-status", decision="remove", decision_reasons=REASONS)
    harbour.complete("decide-status", decision="propose_removal", decision_reasons=REASONS)
    told = harbour.waits_for()
    harbour.complete("make-representations", representations="We have a new manager.")
    harbour.complete("advise-status")
    harbour.complete("decide-status", decision="remove", decision_reasons=REASONS)

    assert told == ["make-representations"]
    assert harbour.status() is MembershipStatus.REMOVED
    assert [letter.kind for letter in harbour.letters()] == ["suspension", "removal-proposed", "removal"]
    assert [case.outcome for case in harbour.cases()] == ["removed"]


def test_removing_ends_no_placement(harbour: Harbour) -> None:
    placement = harbour.place_young_person()
    to_decision(harbour, "debarment")

    harbour.complete("decide-status", decision="remove", decision_reasons=REASONS)

    assert harbour.placement_ends(placement) is None
    assert harbour.waits_for() == ["check-welfare"]


def test_debarment_proposes_removal_and_holds_nothing_before_a_person_says_so(harbour: Harbour) -> None:
    report(harbour, "debarment")
    at_once = harbour.status()
    harbour.complete("confirm-status", clause="22.1", confirm_reasons="It is on the debarment list since today.")
    harbour.complete("tell-provider", letter_reasons="You are on the debarment list.", lifts_when="Nothing lifts it.")

    assert at_once is MembershipStatus.ACTIVE and harbour.status() is MembershipStatus.EMBARGOED
    assert [letter.kind for letter in harbour.letters()] == ["removal-proposed"]


def test_the_system_never_removes_and_never_suspends_by_itself(harbour: Harbour) -> None:
    for status in (MembershipStatus.REMOVED, MembershipStatus.SUSPENDED):
        with harbour.writing() as session, pytest.raises(Refused, match="Only a person"):
            memberships.set_status(session, harbour.membership(session), status, because="x", event="debarment", by=None, automatic=True)

    assert harbour.status() is MembershipStatus.ACTIVE


def test_whoever_prepared_it_does_not_decide(harbour: Harbour) -> None:
    report(harbour)
    with harbour.writing() as session:
        director = harbour.person(session, "helen.ashdown")
        director.memberships.append(GroupMembership(group_key="children-commissioning", starts_on=date(2020, 1, 1), ends_on=None))
    harbour.complete("confirm-status", by="helen.ashdown")
    for step in ("tell-provider", "make-representations", "advise-status"):
        harbour.complete(step)

    with pytest.raises(Refused, match="you completed"):
        harbour.complete("decide-status")


def test_a_provider_that_leaves_the_list_ends_its_case_and_keeps_its_record(harbour: Harbour) -> None:
    to_decision(harbour)

    with harbour.writing() as session:
        memberships.withdraw(session, harbour.membership(session), because="We close in May.", by=harbour.person(session, "amy"))

    assert harbour.waits_for() == []
    assert [case.outcome for case in harbour.cases()] == ["left-list"]
    assert harbour.status() is MembershipStatus.WITHDRAWN and len(harbour.holds()) == 1
    with harbour.reading() as session:
        assert invariants.broken(session) == []


@pytest.mark.parametrize("step", ["confirm-status", "tell-provider", "make-representations", "advise-status", "decide-status", "reinstate"])
def test_a_provider_can_leave_the_list_at_every_step(harbour: Harbour, step: str) -> None:
    harbour.place_young_person()
    report(harbour)
    for earlier in ("confirm-status", "tell-provider", "make-representations", "advise-status", "decide-status"):
        if step in harbour.waits_for():
            break
        harbour.complete(earlier)

    with harbour.writing() as session:
        memberships.withdraw(session, harbour.membership(session), because="We close in May.", by=harbour.person(session, "amy"))

    assert harbour.waits_for() == [] and [case.outcome for case in harbour.cases()] == ["left-list"]


@pytest.mark.parametrize(
    ("name", "payload", "event"),
    [
        ("OfstedStatusChanged", {"status": "cancelled"}, "ofsted_enforcement"),
        ("OfstedStatusChanged", {"status": "registered", "outcome": 3}, "ofsted_outcome_3"),
        ("IncidentNotified", {"severity": "critical", "because": "inspection"}, "critical_finding"),
        ("StandingInDoubt", {"event": "insolvency"}, "insolvency"),
    ],
)
def test_what_happens_elsewhere_opens_a_case_once(harbour: Harbour, name: str, payload: dict[str, object], event: str) -> None:
    for number in (1, 2):
        with harbour.writing() as session:
            provider = harbour.provider(session)
            happenings.announce(session, name, {"provider": str(provider.id), **payload}, message_id=f"m-{number}", keys={})

    assert [hold.event for hold in harbour.holds()] == [event]
    assert len(harbour.cases()) == 1


@pytest.mark.parametrize(
    ("name", "payload"),
    [("OfstedStatusChanged", {"status": "registered"}), ("IncidentNotified", {"severity": "high"})],
)
def test_what_is_not_grave_opens_nothing(harbour: Harbour, name: str, payload: dict[str, object]) -> None:
    with harbour.writing() as session:
        provider = harbour.provider(session)
        happenings.announce(session, name, {"provider": str(provider.id), **payload}, message_id="m-1", keys={})

    assert harbour.cases() == [] and harbour.status() is MembershipStatus.ACTIVE


def test_the_same_thing_is_not_reported_twice_by_hand(harbour: Harbour) -> None:
    report(harbour)

    with pytest.raises(Conflict, match="runs already"):
        report(harbour)


def test_two_people_lift_a_hold(harbour: Harbour) -> None:
    report(harbour)

    with harbour.writing() as session, pytest.raises(Refused, match="Two people"):
        lena = harbour.person(session, "lena.hartwell")
        holds.lift(session, queries.holds_of(session, [harbour.membership(session).id])[0], because="Done.", by=lena, approved_by=lena)


def test_a_registration_that_was_cancelled_stops_placements_of_any_age(harbour: Harbour) -> None:
    with harbour.writing() as session:
        registration = provider_queries.registration_of(session, harbour.provider(session))
        assert registration is not None
        registration.status = RegistrationStatus.CANCELLED

    with harbour.reading() as session:
        codes = [each.code for each in queries.blockers_of(session, harbour.membership(session), harbour.premises(session))]
    assert "registration_stopped" in codes


def test_no_event_of_a_case_tells_who_lives_there(harbour: Harbour) -> None:
    harbour.place_young_person("YP-204417")
    to_decision(harbour)
    harbour.complete("check-welfare")

    with harbour.reading() as session:
        told = [str(each.detail) for each in session.scalars(select(AuditEvent))]
    assert not any("YP-" in each for each in told)
