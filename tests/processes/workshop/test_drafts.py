"""Drafts: one of a process, saved file by file, nothing lost when two people edit, and rules only by Legal."""

from __future__ import annotations

import pytest

from models import DraftStatus, ProcessDefinition
from tests.processes.workshop.change_room import FILES, KEY, Room
from workflows.actions import definitions, process_drafts
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.library import definitions as library


def test_a_draft_begins_as_the_live_version_and_there_is_one(room: Room) -> None:
    with room.session() as session:
        first = process_drafts.open_draft(session, KEY, by=room.who(session, "owner"))
        again = process_drafts.open_draft(session, KEY, by=room.who(session, "legal"))

        assert first.id == again.id
        assert process_drafts.files_of(session, first) == FILES
        assert first.base_id == library.latest(session, KEY).id
    assert room.kinds() == ["process:deployed", "draft:opened"]


@pytest.mark.parametrize("name", ["officer", "monitoring"])
def test_only_process_owners_and_legal_change_a_process(room: Room, name: str) -> None:
    with pytest.raises(Refused, match="Only process owners and Legal"):
        room.change(name)


def test_a_process_that_nobody_deployed_has_no_draft(room: Room) -> None:
    with room.session() as session, pytest.raises(NotFound):
        process_drafts.open_draft(session, "nothing", by=room.who(session, "owner"))


def test_a_saved_file_has_a_revision_and_the_live_version_stays(room: Room) -> None:
    assert room.change("owner") == 1
    assert room.change("owner", text="# Third\n") == 2

    with room.session() as session:
        assert process_drafts.files_of(session, room.draft(session))["README.md"] == "# Third\n"
        assert process_drafts.revisions_of(session, room.draft(session)) == {**dict.fromkeys(FILES, 0), "README.md": 2}
        assert library.latest(session, KEY).files == FILES


def test_saving_the_same_text_again_changes_nothing(room: Room) -> None:
    room.change("owner")

    assert room.change("second") == 1

    with room.session() as session:
        assert process_drafts.authors_of(session, room.draft(session)) == {room.ids["owner"]}


def test_two_people_in_one_file_are_told_and_nothing_is_lost(room: Room) -> None:
    room.change("owner")
    with room.session() as session, pytest.raises(process_drafts.FileChanged) as told:
        process_drafts.save_file(session, room.draft(session), "README.md", "mine", based_on=0, by=room.who(session, "second"))

    assert (told.value.theirs, told.value.by, told.value.revision) == ("# Print a better leaflet\n", "Owner", 1)
    with room.session() as session:
        assert process_drafts.files_of(session, room.draft(session))["README.md"] == "# Print a better leaflet\n"


def test_two_people_in_two_files_never_meet(room: Room) -> None:
    room.change("owner")

    assert room.change("second", "forms/write.json", "{}") == 1


def test_only_legal_changes_the_rules(room: Room) -> None:
    with pytest.raises(Refused, match="Only Legal"):
        room.change("owner", "rules.yml", "rules: [x]\n")

    assert room.change("legal", "rules.yml", "rules: [x]\n") == 1


@pytest.mark.parametrize("path", ["../x.md", "/etc/x.md", "a/../b.md", "a\\b.md", "x.exe", "", ".hidden.md", "a/b/c/d/e/f.md", "forms//x.json", "x" * 160 + ".md"])
def test_a_file_stays_inside_its_folder(room: Room, path: str) -> None:
    with pytest.raises(Invalid):
        room.change("owner", path, "x")


def test_a_file_of_any_size_is_not_taken(room: Room) -> None:
    with pytest.raises(Invalid):
        room.change("owner", text="x" * (process_drafts.LONGEST_TEXT + 1))


def test_a_deleted_file_is_gone_from_the_draft_only(room: Room) -> None:
    with room.session() as session:
        by = room.who(session, "owner")
        draft = process_drafts.open_draft(session, KEY, by=by)
        assert process_drafts.delete_file(session, draft, "README.md", based_on=0, by=by) == 1

        assert "README.md" not in process_drafts.files_of(session, draft)
        with pytest.raises(Refused, match="diagram"):
            process_drafts.delete_file(session, draft, "process.bpmn", based_on=0, by=by)
        with pytest.raises(NotFound):
            process_drafts.delete_file(session, draft, "README.md", based_on=1, by=by)


def test_an_upload_makes_the_draft_exactly_these_files(room: Room) -> None:
    with room.session() as session:
        by = room.who(session, "owner")
        draft = process_drafts.open_draft(session, KEY, by=by)
        wanted = {"process.bpmn": FILES["process.bpmn"], "rules.yml": FILES["rules.yml"], "forms/new.json": "{}"}
        assert process_drafts.replace_files(session, draft, wanted, by=by) == ["README.md", "forms/new.json", "forms/write.json"]
        assert process_drafts.files_of(session, draft) == wanted


def test_an_upload_with_other_rules_is_for_legal_and_nothing_of_it_is_kept(room: Room) -> None:
    with pytest.raises(Refused, match="Only Legal"), room.session() as session:
        by = room.who(session, "owner")
        draft = process_drafts.open_draft(session, KEY, by=by)
        process_drafts.replace_files(session, draft, {**FILES, "README.md": "x", "rules.yml": "x"}, by=by)


def test_a_discarded_draft_can_be_taken_up_again(room: Room) -> None:
    room.change("owner")
    with room.session() as session:
        draft = room.draft(session)
        process_drafts.discard(session, draft, by=room.who(session, "second"))
        assert process_drafts.find_going(session, KEY) is None
        with pytest.raises(Refused, match="finished"):
            process_drafts.save_file(session, draft, "README.md", "x", based_on=1, by=room.who(session, "owner"))
        process_drafts.reopen(session, draft, by=room.who(session, "owner"))

        assert draft.status is DraftStatus.OPEN
        assert process_drafts.files_of(session, draft)["README.md"] == "# Print a better leaflet\n"


def test_a_discarded_draft_waits_while_another_is_going(room: Room) -> None:
    room.change("owner")
    with room.session() as session:
        first = room.draft(session)
        process_drafts.discard(session, first, by=room.who(session, "owner"))
        process_drafts.open_draft(session, KEY, by=room.who(session, "owner"))
        with pytest.raises(Conflict, match="another draft"):
            process_drafts.reopen(session, first, by=room.who(session, "owner"))


def test_a_draft_put_onto_a_newer_version_keeps_its_changes_and_takes_the_others(room: Room) -> None:
    room.change("owner")
    room.change("owner", "forms/write.json", "{}")
    room.change("owner", "forms/write.json", FILES["forms/write.json"])  # changed and changed back: no change of the draft
    newer = {**FILES, "README.md": "# Theirs\n", "forms/write.json": FILES["forms/write.json"].replace("say?", "tell?")}
    with room.session() as session:
        made = definitions.deploy(session, KEY, newer, by=room.who(session, "second"))
        assert made is not None
        both = process_drafts.follow_live(session, room.draft(session), by=room.who(session, "owner"))

        assert both == ["README.md"]
        assert room.draft(session).base_id == made.id
        assert process_drafts.files_of(session, room.draft(session)) == {**newer, "README.md": "# Print a better leaflet\n"}


def test_old_files_come_back_as_a_newer_version(room: Room) -> None:
    with room.session() as session:
        by = room.who(session, "owner")
        definitions.deploy(session, KEY, {**FILES, "README.md": "# Second\n"}, by=by)
        made = definitions.make_version(session, KEY, FILES, by=by, note="Back to the first")

        assert isinstance(made, ProcessDefinition)
        assert (made.version, made.note) == (3, "Back to the first")
        assert definitions.make_version(session, KEY, FILES, by=by) is None


def test_an_older_version_comes_back_as_a_draft(room: Room) -> None:
    with room.session() as session:
        by = room.who(session, "owner")
        definitions.deploy(session, KEY, {**FILES, "README.md": "# Second\n", "forms/more.json": FILES["forms/write.json"]}, by=by)
        draft = process_drafts.bring_back(session, KEY, 1, by=by)

        assert process_drafts.files_of(session, draft) == FILES
        assert (draft.why, draft.base and draft.base.version) == ("Back to version 1", 2)
        with pytest.raises(Conflict, match="a draft of this process already"):
            process_drafts.bring_back(session, KEY, 1, by=by)


def test_the_live_version_and_one_that_never_was_do_not_come_back(room: Room) -> None:
    with room.session() as session, pytest.raises(Refused, match="is live"):
        process_drafts.bring_back(session, KEY, 1, by=room.who(session, "owner"))
    with room.session() as session, pytest.raises(NotFound):
        process_drafts.bring_back(session, KEY, 9, by=room.who(session, "owner"))


def test_older_rules_are_brought_back_by_legal_only(room: Room) -> None:
    with room.session() as session:
        definitions.deploy(session, KEY, {**FILES, "rules.yml": ""}, by=room.who(session, "legal"))
    with room.session() as session, pytest.raises(Refused, match="Only Legal"):
        process_drafts.bring_back(session, KEY, 1, by=room.who(session, "owner"))
    with room.session() as session:
        process_drafts.bring_back(session, KEY, 1, by=room.who(session, "legal"))
