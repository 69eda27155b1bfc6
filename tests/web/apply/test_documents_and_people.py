"""Documents that are uploaded once and used in every section, and the colleagues who may help."""

from __future__ import annotations

import io
import re
import uuid

import pytest
from sqlalchemy import select

from models import EmailLink, OutboxMail, ProviderDocument, User
from tests.support import planting_apply as plant
from tests.support.clients import public_client
from tests.web.apply.conftest import Applicant

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TYPES = "The selected file must be a PDF, DOCX, XLSX, JPG or PNG"
ITS_NAME = "The selected file is not a PDF, whatever its name says"


def upload(applicant: Applicant, *files: tuple[str, bytes], **more: object) -> object:
    """Send files as the page does without a script."""
    data = {"file": [(io.BytesIO(content), name) for name, content in files], **more}
    return applicant.browser.post(applicant.path("documents"), data=data, content_type="multipart/form-data")


def documents(applicant: Applicant) -> list[ProviderDocument]:
    with applicant.reading() as session:
        return list(session.scalars(select(ProviderDocument).where(ProviderDocument.removed_at.is_(None))))


def test_several_files_are_taken_at_once(applicant: Applicant) -> None:
    answer = upload(applicant, ("policy.pdf", PDF), ("accounts.pdf", PDF + b"2"))

    assert answer.status_code == 303
    page = applicant.get("documents").text
    assert "policy.pdf" in page
    assert "accounts.pdf" in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("notes.txt", b"words", TYPES), ("run.exe", b"MZ", TYPES), ("photo.pdf", b"\x89PNG\r\n\x1a\n", ITS_NAME), ("empty.pdf", b"", "The selected file is empty")],
)
def test_each_file_that_is_refused_has_its_own_message_and_the_others_are_kept(applicant: Applicant, name: str, content: bytes, words: str) -> None:
    answer = upload(applicant, ("policy.pdf", PDF), (name, content))

    assert answer.status_code == 422
    assert f"{name}: {words}" in answer.text
    assert [each.filename for each in documents(applicant)] == ["policy.pdf"]


def test_no_file_chosen_is_said(applicant: Applicant) -> None:
    answer = upload(applicant)

    assert answer.status_code == 422
    assert answer.text.count("Select a file") == 2


def test_a_pages_script_gets_a_message_for_each_file(applicant: Applicant) -> None:
    data = {"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(b"x"), "b.txt")]}

    answer = applicant.browser.post(applicant.path("documents"), data=data, content_type="multipart/form-data", headers={"Accept": "application/json"})

    assert answer.status_code == 422
    assert [(one["name"], one["error"]) for one in answer.json["files"]] == [("a.pdf", ""), ("b.txt", TYPES)]


def test_a_document_knows_the_day_it_runs_out(applicant: Applicant) -> None:
    upload(applicant, ("gas.pdf", PDF), expires_on="2099-03-01")

    assert "1 March 2099" in applicant.get("documents").text


def test_a_day_in_the_past_is_refused_and_no_file_is_kept(applicant: Applicant) -> None:
    answer = upload(applicant, ("gas.pdf", PDF), expires_on="2020-03-01")

    assert answer.status_code == 422
    assert "The day they run out must be in the future" in answer.text
    assert documents(applicant) == []


def test_an_uploaded_document_can_be_chosen_in_the_sections(applicant: Applicant) -> None:
    upload(applicant, ("policy.pdf", PDF))
    made = documents(applicant)[0]

    assert f'<option value="{made.id}">policy.pdf</option>' in applicant.get("safeguarding", 1).text


def test_a_document_of_another_organisation_is_no_choice(applicant: Applicant, stranger: Applicant) -> None:
    stranger.browser.post("/apply/new", data={"list": "DPS-2026-0001", "categories": ["shared"]})
    upload(applicant, ("policy.pdf", PDF))
    made = documents(applicant)[0]
    answer = applicant.post("safeguarding", 1, policy_missing=str(uuid.uuid4()), policy_safeguarding=str(made.id))

    assert answer.status_code == 422
    assert stranger.get("documents", made.id, "remove").status_code == 404
    assert stranger.post("documents", made.id, "remove").status_code == 404
    assert len(documents(applicant)) == 1


def test_a_document_is_removed_when_that_is_confirmed(applicant: Applicant) -> None:
    upload(applicant, ("policy.pdf", PDF))
    made = documents(applicant)[0]

    asked = applicant.get("documents", made.id, "remove")
    applicant.post("documents", made.id, "remove")

    assert "policy.pdf" in asked.text
    assert documents(applicant) == []
    assert "No documents yet." in applicant.get("documents").text


def test_a_colleague_is_invited_and_comes(applicant: Applicant) -> None:
    alone = applicant.get("people").text
    applicant.post("people", name="Ben Ford", email="Ben.Ford@example.org")
    waiting = applicant.get("people").text
    with applicant.reading() as session:
        token = plant.newest_token(session, "ben.ford@example.org")
    browser = public_client(applicant.app)

    came = browser.post(f"/apply/link/{token}")

    assert "Only you can see this application." in alone
    assert "Only you can see this application." not in waiting
    assert "has not come yet" in waiting
    assert came.status_code == 303
    assert browser.get(applicant.path()).status_code == 200
    assert "Ben Ford" in applicant.get("people").text


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [("", "ben@example.org", "Enter their name"), ("Ben", "", "Enter an email address"), ("Ben", "ben", "Enter an email address in the right form, like name@example.org")],
)
def test_an_invitation_needs_a_name_and_an_address(applicant: Applicant, name: str, email: str, words: str) -> None:
    answer = applicant.post("people", name=name, email=email)

    assert answer.status_code == 422
    assert answer.text.count(words) == 2


def test_nobody_is_invited_twice(applicant: Applicant) -> None:
    applicant.post("people", name="Ben Ford", email="ben@example.org")

    answer = applicant.post("people", name="Ben Ford", email="ben@example.org")

    assert answer.status_code == 422
    assert "This person has been invited already" in answer.text
    with applicant.reading() as session:
        assert len(session.scalars(select(EmailLink).where(EmailLink.email == "ben@example.org")).all()) == 1


def test_an_invitation_tells_nothing_of_other_organisations(applicant: Applicant, stranger: Applicant) -> None:
    answer = applicant.post("people", name="Cy Marsh", email=stranger.user.email)

    assert answer.status_code == 303
    with applicant.reading() as session:
        mail = session.scalars(select(OutboxMail).where(OutboxMail.to_address == stranger.user.email)).one()
        assert not re.search(r"/apply/link/", mail.link)
        assert "another account" in mail.body


def test_a_colleague_who_is_removed_is_out_at_once(applicant: Applicant, colleague: Applicant) -> None:
    before = colleague.get().status_code
    asked = applicant.get("people", colleague.user.id, "remove")
    applicant.post("people", colleague.user.id, "remove")

    assert before == 200
    assert "Ben Ford" in asked.text
    assert colleague.get().status_code != 200
    with applicant.reading() as session:
        assert session.get_one(User, colleague.user.id).memberships == []


def test_nobody_removes_themselves_or_a_stranger(applicant: Applicant, stranger: Applicant) -> None:
    for user in (applicant.user, stranger.user):
        assert applicant.post("people", user.id, "remove").status_code == 404
