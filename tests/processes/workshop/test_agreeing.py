"""Agreement: another person, for exactly these files, and only what was agreed goes live."""

from __future__ import annotations

import pytest

from models import DraftStatus, GroupMembership, ProcessDefinition
from tests.processes.workshop.change_room import FILES, KEY, Room
from workflows.actions import agreeing, definitions, process_drafts
from workflows.engine import DefinitionRefused, Problem
from workflows.errors import Conflict, Invalid, Refused
from workflows.library import definitions as library

ERROR = Problem("dead", "no case ever comes here", "write", "Write it", "Draw a way to it")
WARNING = Problem("not-proven", "the search was cut short", severity="warning")


def send(room: Room, name: str = "owner", why: str = "Leaflets were too long") -> str:
    """Somebody sends the draft for agreement; the digest of what was sent."""
    with room.session() as session:
        agreeing.send(session, room.draft(session), why=why, found=[WARNING], by=room.who(session, name))
        return process_drafts.digest_of(session, room.draft(session))


def agree(room: Room, name: str, digest: str) -> None:
    with room.session() as session:
        agreeing.agree(session, room.draft(session), digest=digest, found=[], by=room.who(session, name))


def deploy(room: Room, digest: str, name: str = "owner") -> ProcessDefinition:
    with room.session() as session:
        return agreeing.deploy(session, room.draft(session), digest=digest, found=[], by=room.who(session, name))


def test_from_a_change_to_a_live_version(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    agree(room, "second", digest)
    made = deploy(room, digest)

    assert (made.version, made.note, made.files["README.md"]) == (2, "Leaflets were too long", "# Print a better leaflet\n")
    assert (made.deployed_by_id, made.agreed_by_id) == (room.ids["owner"], room.ids["second"])
    assert made.agreed_at is not None and made.draft_id is not None and not made.is_shipped
    assert room.kinds() == ["process:deployed", "draft:opened", "draft:sent", "draft:agreed", "process:deployed"]
    assert room.mails("draft_sent") == ["legal@example.gov.uk", "other_legal@example.gov.uk", "second@example.gov.uk"]
    assert room.mails("draft_agreed") == ["owner@example.gov.uk"]
    with room.session() as session:
        assert process_drafts.find_going(session, KEY) is None


def test_sending_needs_a_reason_a_change_and_no_errors(room: Room) -> None:
    with room.session() as session:
        process_drafts.open_draft(session, KEY, by=room.who(session, "owner"))
    with pytest.raises(Refused, match="Nothing has been changed"):
        send(room)
    room.change("owner")
    with pytest.raises(Invalid, match="Enter why"):
        send(room, why="  ")
    with room.session() as session, pytest.raises(DefinitionRefused, match="Write it"):
        agreeing.send(session, room.draft(session), why="x", found=[ERROR], by=room.who(session, "owner"))


def test_nobody_agrees_to_their_own_change_whoever_sent_it(room: Room) -> None:
    room.change("owner")
    room.change("legal", "forms/write.json", "{}")
    digest = send(room, "second")

    for author in ("owner", "legal"):
        with pytest.raises(Refused, match="You changed something"):
            agree(room, author, digest)
    agree(room, "second", digest)


def test_who_changed_something_and_changed_it_back_is_still_an_author(room: Room) -> None:
    room.change("second")
    room.change("second", text=FILES["README.md"])
    room.change("owner", "forms/write.json", "{}")
    digest = send(room)

    with pytest.raises(Refused, match="You changed something"):
        agree(room, "second", digest)


@pytest.mark.parametrize("name", ["officer", "monitoring"])
def test_a_change_without_rules_is_agreed_by_process_owners_and_legal(room: Room, name: str) -> None:
    room.change("owner")
    digest = send(room)

    with pytest.raises(Refused, match="Only process owners and Legal"):
        agree(room, name, digest)


def test_changed_rules_need_a_second_of_legal_or_the_monitoring_officer(room: Room) -> None:
    room.change("legal", "rules.yml", "rules: [x]\n")
    digest = send(room, "legal")

    with pytest.raises(Refused, match="Monitoring Officer"):
        agree(room, "second", digest)
    with pytest.raises(Refused, match="You changed something"):
        agree(room, "legal", digest)
    agree(room, "monitoring", digest)
    assert room.mails("draft_sent") == ["monitoring@example.gov.uk", "other_legal@example.gov.uk"]


def test_rules_put_back_as_they_were_need_nobody_of_legal(room: Room) -> None:
    room.change("legal", "rules.yml", "rules: [x]\n")
    room.change("legal", "rules.yml", FILES["rules.yml"])
    room.change("legal")
    agree(room, "second", send(room, "legal"))


def test_agreement_is_for_these_very_files(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    room.change("owner", text="# Another\n")
    with pytest.raises(Conflict, match="changed after you opened"):
        agree(room, "second", digest)

    with room.session() as session:
        assert room.draft(session).status is DraftStatus.OPEN


def test_saving_takes_the_agreement_back(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    agree(room, "second", digest)
    room.change("owner", text="# Sly\n")

    with room.session() as session:
        draft = room.draft(session)
        assert (draft.status, draft.agreed_by_id, draft.agreed_digest) == (DraftStatus.OPEN, None, "")
        changed = process_drafts.digest_of(session, draft)
    for each in (digest, changed):
        with pytest.raises((Conflict, Refused)):
            deploy(room, each)
    assert room.kinds()[-1] == "draft:changed"


def test_nothing_goes_live_before_somebody_agreed(room: Room) -> None:
    room.change("owner")
    digest = send(room)

    with pytest.raises(Refused, match="Another person must agree"):
        deploy(room, digest)


def test_the_officer_who_agreed_must_still_be_one_who_may(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    agree(room, "second", digest)
    with room.session() as session:
        for membership in room.who(session, "second").memberships:
            session.delete(session.get_one(GroupMembership, membership.id))

    with pytest.raises(Refused, match="Only process owners and Legal can agree"):
        deploy(room, digest)


def test_the_second_of_two_deployments_is_told(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    agree(room, "second", digest)
    with room.session() as session:
        definitions.deploy(session, KEY, {**FILES, "README.md": "# Meanwhile\n"})

    with pytest.raises(Conflict, match="Someone deployed meanwhile"):
        deploy(room, digest)
    with room.session() as session:
        assert library.latest(session, KEY).version == 2


def test_a_draft_that_follows_the_live_version_is_agreed_anew(room: Room) -> None:
    room.change("owner")
    agree(room, "second", send(room))
    with room.session() as session:
        definitions.deploy(session, KEY, {**FILES, "forms/write.json": FILES["forms/write.json"].replace("say?", "tell?")})
        process_drafts.follow_live(session, room.draft(session), by=room.who(session, "owner"))
        assert room.draft(session).status is DraftStatus.OPEN
    digest = send(room)
    agree(room, "second", digest)

    assert deploy(room, digest).version == 3


def test_errors_found_since_stop_agreeing_and_deploying(room: Room) -> None:
    room.change("owner")
    digest = send(room)
    with room.session() as session, pytest.raises(DefinitionRefused):
        agreeing.agree(session, room.draft(session), digest=digest, found=[ERROR], by=room.who(session, "second"))
    agree(room, "second", digest)
    with room.session() as session, pytest.raises(DefinitionRefused):
        agreeing.deploy(session, room.draft(session), digest=digest, found=[ERROR], by=room.who(session, "owner"))


def test_handing_back_says_why_and_tells_who_sent_it(room: Room) -> None:
    room.change("owner")
    send(room)
    with room.session() as session, pytest.raises(Refused):
        agreeing.hand_back(session, room.draft(session), because="No", by=room.who(session, "officer"))
    with room.session() as session:
        agreeing.hand_back(session, room.draft(session), because="Say who reads it", by=room.who(session, "second"))
        draft = room.draft(session)

        assert (draft.status, draft.handed_back_because, draft.sent_by_id) == (DraftStatus.OPEN, "Say who reads it", None)
    assert room.mails("draft_handed_back") == ["owner@example.gov.uk"]


def test_who_sent_a_draft_can_take_it_back(room: Room) -> None:
    room.change("owner")
    send(room)
    with room.session() as session:
        agreeing.hand_back(session, room.draft(session), because="Forgot a step", by=room.who(session, "owner"))

    assert room.mails("draft_handed_back") == []
