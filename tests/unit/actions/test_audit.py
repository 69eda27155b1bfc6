"""The audit trail: what is written, what may be removed, and that a seal tells of a cut tail."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import AuditEvent, AuditText, clock
from tests.support import tampering, verify_alone
from tests.support.databases import fresh
from tests.support.office import Office
from workflows.actions import audit, chaining
from workflows.errors import Invalid, NotFound, Refused

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.uuids() | st.decimals(allow_nan=False) | st.dates(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_an_event_follows_the_one_before_it_in_its_chain(office: Office) -> None:
    audit.record(office.session, "case:opened", case=office.case, by=office.officer)
    chain, sequence = audit.record(office.session, "comment:added", case=office.case, by=office.officer, text={"body": "Words"})

    first, second = office.session.scalars(select(AuditEvent).where(AuditEvent.chain == chain).order_by(AuditEvent.sequence)).all()
    assert (chain, sequence) == (office.case.id.hex, 2)
    assert second.previous_digest == first.digest
    assert second.detail == {}
    assert office.session.get_one(AuditText, (chain, 2)).words == {"body": "Words"}


def test_each_case_and_the_administration_have_chains_of_their_own(office: Office) -> None:
    for case in (office.case, None, office.case, None):
        audit.record(office.session, "case:opened", case=case, by=None)

    assert {chain: head["sequence"] for chain, head in chaining.heads(office.session).items()} == {office.case.id.hex: 2, audit.ADMINISTRATION: 2}


def test_an_event_that_was_rolled_back_leaves_its_place_to_the_next(office: Office) -> None:
    audit.record(office.session, "case:opened", case=office.case, by=None)
    nested = office.session.begin_nested()
    audit.record(office.session, "comment:added", case=office.case, by=None)
    nested.rollback()

    assert audit.record(office.session, "comment:added", case=office.case, by=None)[1] == 2
    assert audit.verify(office.session).ok


def test_words_removed_with_a_record_leave_the_trail_whole(office: Office) -> None:
    chain, sequence = audit.record(office.session, "comment:added", case=office.case, by=office.officer, text={"body": "Personal"})

    audit.remove_text(office.session, chain=chain, sequence=sequence, because="Asked for", by=office.administrator)

    assert office.session.get(AuditText, (chain, sequence)) is None
    assert audit.verify(office.session).ok


def test_words_are_removed_only_with_a_reason_by_those_who_may_and_only_once(office: Office) -> None:
    chain, sequence = audit.record(office.session, "comment:added", case=office.case, by=office.officer, text={"body": "Personal"})

    with pytest.raises(Refused):
        audit.remove_text(office.session, chain=chain, sequence=sequence, because="Asked for", by=office.officer)
    with pytest.raises(Invalid):
        audit.remove_text(office.session, chain=chain, sequence=sequence, because=" ", by=office.administrator)
    with pytest.raises(NotFound):
        audit.remove_text(office.session, chain=chain, sequence=9, because="Asked for", by=office.administrator)


def test_a_day_is_sealed_once_and_the_next_seal_follows_it(office: Office) -> None:
    audit.record(office.session, "case:opened", case=office.case, by=None)
    first = audit.seal_day(office.session)
    assert audit.seal_day(office.session) is first

    with clock.held(clock.now() + timedelta(days=1)):
        second = audit.seal_day(office.session)

    assert second.previous_digest == first.digest
    assert audit.verify(office.session).seals == 2


def test_the_verdict_says_in_words_how_much_was_verified(office: Office) -> None:
    audit.record(office.session, "case:opened", case=office.case, by=None)

    assert str(audit.verify(office.session)) == "The audit trail is whole: 1 events in 1 chains, 0 daily seals"


@given(PLAIN)
def test_plain_values_stay_as_they_are_when_made_plain_again(value: Any) -> None:
    once = chaining.plain(value)

    assert chaining.plain(once) == once
    assert chaining.digest_of(once) == chaining.digest_of(chaining.plain(once))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (2.0, 2),
        (2.5, "2.5"),
        (Decimal("9.50"), "9.50"),
        ("a\x00b", "a\ufffdb"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (clock.read_instant("2026-07-01 09:00"), "2026-07-01T08:00:00.000000+00:00"),
        ({1: (None, True)}, {"1": [None, True]}),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_values_are_kept_in_a_form_that_every_database_gives_back(value: Any, plain: Any) -> None:
    assert chaining.plain(value) == plain


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError):
        chaining.plain(object())


def test_a_script_with_nothing_of_ours_agrees_on_a_whole_and_on_a_damaged_trail(tmp_path: Path) -> None:
    with fresh("sqlite") as database:
        tampering.plant(database.engine, cases=2, events=6)
        file = database.url.removeprefix("sqlite:///")
        assert verify_alone.first_bad_row(file) is None

        chain, sequence = tampering.places(database.engine)[3]
        with database.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
            connection.exec_driver_sql(f"UPDATE audit_event SET kind = 'x' WHERE chain = '{chain}' AND sequence = {sequence}")

        assert verify_alone.first_bad_row(file) == (chain, sequence)
