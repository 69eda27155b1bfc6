"""A place on the list: admitted, begun, changed as periods, ended; conditions; who was a member on a day; the end of the list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Application,
    ApplicationStatus,
    Certificate,
    CertificateKind,
    Job,
    JobStatus,
    LegalForm,
    Membership,
    MembershipCondition,
    MembershipPeriod,
    MembershipStatus,
    Message,
    Provider,
    PurchasingList,
    Regime,
    Registration,
    clock,
)
from tests.processes.membership.harbour import Harbour
from workflows.actions import cases, memberships, providers, standing
from workflows.errors import Closed, Conflict, Invalid, Refused
from workflows.queries import memberships as queries


def apply(harbour: Harbour, session: Session, *categories: str) -> Application:
    """An application of Harbour Homes to its list that was decided on."""
    provider, by = harbour.provider(session), harbour.person(session, "amara.osei")
    case = cases.open_case(session, kind="provider-application", prefix="APP", title="Another one", team_key="procurement", by=by, provider=provider)
    application = Application(
        case_id=case.id, provider_id=provider.id, list_id=session.scalars(select(PurchasingList)).one().id, categories=list(categories),
        status=ApplicationStatus.SENT, started_by_id=harbour.person(session, "amy").id, started_at=clock.now(), last_changed_at=clock.now(),
        sent_at=clock.now(), sent_by_id=None, evaluation_due_on=None, extended_at=None, decided_at=None, ended_at=None,
    )  # fmt: skip
    session.add(application)
    session.flush()
    return application


def leave(harbour: Harbour) -> None:
    with harbour.writing() as session:
        memberships.withdraw(session, harbour.membership(session), because="We pause.", by=harbour.person(session, "amy"))


def test_signing_begins_the_membership_until_the_end_of_the_list(harbour: Harbour) -> None:
    with harbour.reading() as session:
        member = harbour.membership(session)

        assert (member.starts_on, member.ends_on, member.review_due_on) == (date(2026, 3, 2), date(2027, 3, 31), date(2027, 3, 2))
        assert member.agreement_signed_by == "Amy Lowe"
        assert [period.status for period in queries.periods_of(session, member)] == [MembershipStatus.ADMITTED, MembershipStatus.ACTIVE]
        assert queries.blockers_of(session, member, harbour.premises(session)) == []


def test_a_provider_that_left_is_admitted_anew_with_conditions(harbour: Harbour) -> None:
    leave(harbour)
    harbour.pass_until("2026-04-01 10:00")
    with harbour.writing() as session:
        by = harbour.person(session, "helen.ashdown")
        member = memberships.admit(session, apply(harbour, session, "shared"), categories=["shared"],
                                   conditions=[("A fire risk assessment", date(2026, 4, 30))], by=by)  # fmt: skip
        admitted = member.status
        memberships.activate(session, member, signed_by_name="Amy Lowe", by=harbour.person(session, "amy"))
        signed = member.status
        memberships.meet_condition(session, member.conditions[0], by=harbour.person(session, "amara.osei"))

        assert (admitted, signed, member.status) == (MembershipStatus.ADMITTED, MembershipStatus.CONDITIONAL, MembershipStatus.ACTIVE)
        with pytest.raises(Conflict):
            memberships.meet_condition(session, member.conditions[0], by=harbour.person(session, "amara.osei"))


def test_a_condition_that_is_not_met_in_time_holds_new_placements_until_it_is(harbour: Harbour) -> None:
    with harbour.writing() as session:
        session.add(MembershipCondition(membership_id=harbour.membership(session).id, words="A fire door", due_on=date(2026, 3, 31), met_at=None,
                                        met_by_id=None))  # fmt: skip
    harbour.pass_until("2026-03-31 23:59")
    before = harbour.status()
    harbour.pass_until("2026-04-01 00:00")
    held = harbour.status()
    with harbour.writing() as session:
        memberships.meet_condition(session, session.scalars(select(MembershipCondition)).one(), by=harbour.person(session, "carys.pryce"))
    harbour.complete("confirm-status")
    harbour.complete("tell-provider")
    harbour.look_now()

    assert (before, held) == (MembershipStatus.ACTIVE, MembershipStatus.EMBARGOED)
    assert harbour.waits_for() == ["reinstate"]


@pytest.mark.parametrize("status", [MembershipStatus.EXPIRED, MembershipStatus.WITHDRAWN])
def test_a_membership_that_has_ended_never_changes_again(harbour: Harbour, status: MembershipStatus) -> None:
    with harbour.writing() as session:
        member, by = harbour.membership(session), harbour.person(session, "helen.ashdown")
        memberships.set_status(session, member, status, because="It ends.", event="list_ended", by=by)

        with pytest.raises(Conflict, match="has ended"):
            memberships.set_status(session, member, MembershipStatus.ACTIVE, because="Again.", event="by_hand", by=by)


def test_somebody_answers_for_every_change_that_is_not_automatic(harbour: Harbour) -> None:
    with harbour.writing() as session, pytest.raises(Refused, match="answer for"):
        memberships.set_status(session, harbour.membership(session), MembershipStatus.SUSPENDED, because="x", event="by_hand", by=None)


def test_nobody_is_admitted_to_a_category_that_the_register_does_not_allow(harbour: Harbour) -> None:
    leave(harbour)
    with harbour.writing() as session:
        session.scalars(select(Registration)).one().categories = [1, 3]
        application = apply(harbour, session, "shared")

        with pytest.raises(Refused, match="not registered with Ofsted"):
            memberships.admit(session, application, categories=["shared"], by=harbour.person(session, "helen.ashdown"))


@pytest.mark.parametrize("categories", [[], ["lodgings"]])
def test_nobody_is_admitted_to_what_was_not_applied_for(harbour: Harbour, categories: list[str]) -> None:
    with harbour.writing() as session, pytest.raises(Invalid):
        memberships.admit(session, apply(harbour, session, "shared"), categories=categories, by=harbour.person(session, "helen.ashdown"))


def test_nobody_is_admitted_to_a_list_that_has_ended(harbour: Harbour) -> None:
    clock.hold(clock.read_instant("2027-04-01 00:00"))

    with harbour.writing() as session, pytest.raises(Closed):
        memberships.admit(session, apply(harbour, session, "shared"), categories=["shared"], by=harbour.person(session, "helen.ashdown"))


def test_who_was_on_the_list_is_told_for_every_day(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour.pass_until("2026-04-10 09:00")
    leave(harbour)
    harbour.pass_until("2026-04-20 09:00")

    def on(session: Session, *day: int) -> list[MembershipStatus]:
        purchasing_list = session.scalars(select(PurchasingList)).one()
        return [period.status for _, period in queries.members_on(session, purchasing_list, date(*day))]

    with harbour.reading() as session:
        told = [on(session, *day) for day in ((2026, 3, 1), (2026, 3, 2), (2026, 3, 31), (2026, 4, 1), (2026, 4, 9), (2026, 4, 10), (2026, 4, 20))]
    active, held = [MembershipStatus.ACTIVE], [MembershipStatus.EMBARGOED]
    assert told == [[], active, active, held, held, [], []]


def test_periods_meet_without_gap_or_overlap(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour.pass_until("2026-04-10 09:00")
    leave(harbour)

    found = harbour.periods()

    assert [before.ends_at for before in found[:-1]] == [after.starts_at for after in found[1:]]
    assert [period.ends_at for period in found if period.ends_at is None] == [None]


def test_the_end_of_the_list_ends_the_place_on_it_and_no_placement(harbour: Harbour) -> None:
    placement = harbour.place_young_person()
    with harbour.writing() as session:
        session.scalars(select(PurchasingList)).one().valid_to = date(2026, 3, 31)

    harbour.pass_until("2026-03-31 23:59")
    before = harbour.status()
    harbour.pass_until("2026-04-01 00:00")

    assert (before, harbour.status()) == (MembershipStatus.ACTIVE, MembershipStatus.EXPIRED)
    assert harbour.periods()[-1].starts_at == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert harbour.placement_ends(placement) is None
    assert len(harbour.mails("list:ends")) == 2


def test_a_look_that_fails_for_one_member_keeps_nobody_else_from_being_held(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    _member_of_a_list_without_minimums(harbour)

    harbour.skip_to("2026-03-31 20:00")
    harbour.pass_until("2026-04-01 00:00")

    with harbour.reading() as session:
        found = {member.provider.name: member.status for member in session.scalars(select(Membership))}
        anvil = {"provider": str(session.scalars(select(Provider.id).where(Provider.name == "Anvil Ltd")).one())}
        asked = [job.status for job in session.scalars(select(Job).where(Job.name == standing.LOOK)) if job.args == anvil]
    assert found == {"Harbour Homes Ltd": MembershipStatus.EMBARGOED, "Anvil Ltd": MembershipStatus.ACTIVE}
    assert asked and JobStatus.DONE not in asked


def _member_of_a_list_without_minimums(harbour: Harbour) -> None:
    """A member before the others in the watch, on a market that began before any minimum was set: nobody can tell whether it is insured."""
    with harbour.writing() as session:
        by = harbour.person(session, "amara.osei")
        provider = providers.create(session, name="Anvil Ltd", legal_form=LegalForm.PRIVATE_COMPANY, by=by)
        market = PurchasingList(
            reference="LIST-0", title="An old market", regime=Regime.PA23_DYNAMIC_MARKET, valid_from=date(2005, 1, 1), valid_to=date(2030, 1, 1),
            request_deadline=None, first_tender_on=None, created_at=datetime(2005, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        session.add(market)
        session.flush()
        case = cases.open_case(session, kind="provider-application", prefix="APP", title="Anvil", team_key="procurement", by=by, provider=provider)
        member = Membership(
            provider_id=provider.id, list_id=market.id, case_id=case.id, categories=[], status=MembershipStatus.ACTIVE, starts_on=None, ends_on=None,
            admitted_at=datetime(2005, 1, 1, tzinfo=UTC), agreement_signed_at=datetime(2005, 1, 1, tzinfo=UTC), review_due_on=None, ended_at=None,
        )  # fmt: skip
        session.add(member)
        session.flush()
        session.add_all([
            MembershipPeriod(membership_id=member.id, status=MembershipStatus.ACTIVE, by_id=by.id, case_id=None, ends_at=None,
                             starts_at=datetime(2005, 1, 1, tzinfo=UTC)),
            *[Certificate(provider_id=provider.id, kind=CertificateKind.EMPLOYERS_LIABILITY, limit=Decimal(limit), starts_on=date(year, 1, 1),
                          ends_on=date(year, 12, 31), added_by_id=by.id, added_at=clock.now(), verified_by_id=by.id, verified_at=clock.now(),
                          premises_id=None, document_id=None) for year, limit in ((2025, 5), (2026, 10))],
        ])  # fmt: skip


def test_the_watch_says_nothing_twice(harbour: Harbour) -> None:
    harbour.cover_ends(CertificateKind.EMPLOYERS_LIABILITY, date(2026, 3, 31))
    harbour.pass_until("2026-04-01 00:00")

    with harbour.writing() as session:
        again = standing.look_at_all(session)
        sent = session.scalars(select(Message.message_id)).all()

    assert again == 0 and len(sent) == len(set(sent))
