"""Matching reads thousands of premises at once; for each it finds what the guard of placements finds one by one."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Certificate, Hold, Membership, MembershipCondition, Placement, Premises, RegistrationStatus, clock
from tests.support import factories, planting_lists
from tests.support.factories import held
from workflows.queries import lists, matching, memberships, placements

OF_AGE = {"not_registered", "premises_closed"}  # matching asks these by the age and the day that are wanted


def a_random_market(session: Session, chance: random.Random) -> None:
    by = factories.person(session, "amara.osei")
    first = planting_lists.open_list(session, by)
    for number in range(12):
        status = chance.choice([None, None, RegistrationStatus.APPLIED, RegistrationStatus.SUSPENDED])
        provider = planting_lists.provider(session, by, f"Provider {number}", registered=chance.sample([1, 2, 3, 4], 2), status=status)
        member = planting_lists.member(session, provider, first, by)
        homes = [
            planting_lists.home_of(session, provider, by, name=f"Home {place}", grade=chance.choice(["green", "amber", "red", ""]), spaces=3)
            for place in range(3)
        ]  # fmt: skip
        if chance.random() < 0.4:
            session.add(_hold(member, chance.choice([None, *homes])))
        if chance.random() < 0.3:
            session.add(MembershipCondition(membership_id=member.id, words="A policy", due_on=clock.today() - timedelta(days=1), met_at=None))
        for certificate in session.scalars(select(Certificate).where(Certificate.provider_id == provider.id)):
            if chance.random() < 0.15:
                certificate.ends_on = clock.today() - timedelta(days=chance.choice([1, 3, 40]))
            if chance.random() < 0.1:
                certificate.limit = Decimal(100)
        for place in range(chance.randint(0, 4)):
            began = clock.today() - timedelta(days=chance.randint(-5, 90))
            session.add(Placement(reference=f"YP-{number:03d}{place:03d}", premises_id=homes[0].id, starts_on=began, ends_on=None, social_worker_post="x",
                                  recorded_by_id=by.id, recorded_at=clock.now()))  # fmt: skip
    session.flush()
    session.expire_all()


def _hold(member: Membership, home: Premises | None) -> Hold:
    return Hold(membership_id=member.id, premises_id=home.id if home else None, event="by_hand", because="A concern", starts_at=clock.now())


def test_the_bulk_and_the_guard_of_placements_find_the_same(session: Session) -> None:
    with held("2026-03-02 10:00"):
        a_random_market(session, random.Random(7))
        purchasing_list, today = lists.lists(session)[0], clock.today()
        found = {each.reference: each for each in matching.candidates(session, purchasing_list, on=today)}
        by_provider = {each.provider_id: each for each in session.scalars(select(Membership))}
        homes = session.scalars(select(Premises)).all()
        free = placements.free_spaces(session, [home.id for home in homes], on=today)

        for home in homes:
            guarded = memberships.blockers_of(session, by_provider[home.provider_id], home)
            one = found[home.reference]
            assert {(each.code, each.words) for each in guarded if each.code not in OF_AGE} == set(one.blockers), home.reference
            assert one.free == free[home.id]

        assert len(found) == 36 and any(each.blockers for each in found.values()) and any(not each.blockers for each in found.values())


def test_only_the_premises_that_are_asked_for_are_given(session: Session) -> None:
    with held("2026-03-02 10:00"):
        a_random_market(session, random.Random(3))

        some = matching.candidates(session, lists.lists(session)[0], on=clock.today(), references=["PREM-0001", "PREM-0005", "PREM-9999"])

    assert sorted(each.reference for each in some) == ["PREM-0001", "PREM-0005"]
