"""Several people at the same moment: one draft, one deployment, and agreement never for what nobody looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from models import DraftStatus, ProcessDefinition, ProcessDraft
from tests.processes.workshop.change_room import KEY, Room
from workflows.actions import agreeing, process_drafts
from workflows.errors import Conflict, Refused

AT_ONCE = 6


def at_once(*deeds: Callable[[], object]) -> list[BaseException]:
    """Let all of them begin together; what they raised."""
    barrier, raised = threading.Barrier(len(deeds)), list[BaseException]()

    def run(deed: Callable[[], object]) -> None:
        barrier.wait()
        try:
            deed()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_many_who_begin_a_draft_have_the_same_one(room: Room) -> None:
    def begin() -> None:
        with room.session() as session:
            process_drafts.open_draft(session, KEY, by=room.who(session, "owner"))

    assert at_once(*[begin] * AT_ONCE) == []
    with room.session() as session:
        assert session.scalar(select(func.count(ProcessDraft.id))) == 1


def test_many_who_save_one_file_lose_nothing(room: Room) -> None:
    room.change("owner")

    def save(number: int) -> Callable[[], object]:
        def deed() -> None:
            with room.session() as session:
                draft = room.draft(session)
                process_drafts.save_file(session, draft, "README.md", f"# {number}\n", based_on=1, by=room.who(session, "owner"))

        return deed

    raised = at_once(*[save(number) for number in range(AT_ONCE)])

    assert len(raised) == AT_ONCE - 1
    assert all(isinstance(error, process_drafts.FileChanged) for error in raised)
    with room.session() as session:
        assert process_drafts.revision_of(session, room.draft(session), "README.md") == 2


def test_many_new_files_at_once_are_all_there(room: Room) -> None:
    room.change("owner")

    def save(number: int) -> Callable[[], object]:
        return lambda: room.change("owner", f"forms/form-{number}.json", "{}")

    assert at_once(*[save(number) for number in range(AT_ONCE)]) == []
    with room.session() as session:
        assert room.draft(session).revision == AT_ONCE + 1


def test_of_many_deployments_one_is_made(room: Room) -> None:
    room.change("owner")
    digest = _sent_and_agreed(room)

    def deploy() -> None:
        with room.session() as session:
            # Whoever comes late looks for a draft that has ended meanwhile.
            draft = session.scalars(select(ProcessDraft)).one()
            agreeing.deploy(session, draft, digest=digest, found=[], by=room.who(session, "owner"))

    raised = at_once(*[deploy] * AT_ONCE)

    assert len(raised) == AT_ONCE - 1
    assert all(isinstance(error, (Refused, Conflict, IntegrityError)) for error in raised)
    with room.session() as session:
        assert list(session.scalars(select(ProcessDefinition.version).order_by(ProcessDefinition.version))) == [1, 2]


def test_a_save_that_races_with_agreement_is_never_agreed_to(room: Room) -> None:
    for number in range(AT_ONCE):
        room.change("owner", text=f"# Before {number}\n")
        with room.session() as session:
            agreeing.send(session, room.draft(session), why="Shorter", found=[], by=room.who(session, "owner"))
            digest = process_drafts.digest_of(session, room.draft(session))

        def agree(digest: str = digest) -> None:
            with room.session() as session:
                agreeing.agree(session, room.draft(session), digest=digest, found=[], by=room.who(session, "second"))

        def save(number: int = number) -> None:
            room.change("owner", text=f"# After {number}\n")

        at_once(agree, save)
        with room.session() as session:
            draft = room.draft(session)
            assert draft.status is DraftStatus.OPEN
            assert process_drafts.files_of(session, draft)["README.md"] == f"# After {number}\n"


def _sent_and_agreed(room: Room) -> str:
    with room.session() as session:
        draft = room.draft(session)
        agreeing.send(session, draft, why="Shorter", found=[], by=room.who(session, "owner"))
        digest = process_drafts.digest_of(session, draft)
        agreeing.agree(session, draft, digest=digest, found=[], by=room.who(session, "second"))
        return digest
