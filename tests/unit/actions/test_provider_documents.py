"""Documents of providers: kept, versioned and counted, held until a scanner has found them clean, and erased when it has not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models import AuditEvent, Job, JobStatus, Provider, ProviderDocument, User, clock
from models.session import new_session
from tests.support import planting_providers as planting
from tests.support.fake_scanner import scanner
from tests.support.hostile_files import TEST_VIRUS
from tests.support.office import Office
from workflows.actions import certificates, documents, provider_documents
from workflows.enqueue import Tools
from workflows.errors import Conflict, Invalid, NotFound, Refused
from workflows.jobs import clamav, scanning, working_off
from workflows.rules import provider_records

INFECTED = planting.PDF.replace(b"%%EOF", TEST_VIRUS + b"\n%%EOF")
Add = Callable[..., ProviderDocument]


def padded(size: int) -> bytes:
    """A PDF of about so many bytes."""
    return planting.PDF.replace(b"trailer", b" " * size + b"trailer")


@pytest.fixture
def owner(office: Office) -> tuple[Provider, User]:
    """A provider and its person."""
    provider, (amy,) = planting.provider(office.session, "Harbour Homes Ltd", "Amy Lowe")
    return provider, amy


@pytest.fixture
def add(office: Office, owner: tuple[Provider, User], tmp_path: Path) -> Add:
    """Add a document of the provider as its person."""

    def adding(**values: Any) -> ProviderDocument:
        return planting.document(office.session, owner[0], values.pop("by", owner[1]), tmp_path, **values)

    return adding


def test_a_document_is_kept_as_it_was_given_with_its_own_type(add: Add, tmp_path: Path) -> None:
    document = add(filename="../../C:\\insurance 2026.pdf", expires_on=date(2027, 3, 1))

    assert (document.filename, document.media_type, document.version) == ("insurance 2026.pdf", "application/pdf", 1)
    assert provider_documents.open_bytes(document, tmp_path) == planting.PDF


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"filename": "harm.exe", "content": b"MZ"}, "must be"),
        ({"filename": "page.pdf", "content": b"<html></html>"}, "not what its name says"),
        ({"content": b""}, "is empty"),
        ({"most_bytes": 20}, "smaller than"),
        ({"kind": "dbs"}, "Do not send copies of DBS certificates"),
    ],
)
def test_a_file_that_cannot_be_kept_leaves_nothing_behind(add: Add, tmp_path: Path, values: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(**values)

    assert words in refused.value.errors["file"]
    assert list(tmp_path.rglob("*")) == []


def test_a_stranger_adds_nothing_and_an_auditor_neither(add: Add, office: Office) -> None:
    _, (dana,) = planting.provider(office.session, "Keystone Ltd", "Dana Pike")

    for stranger in (dana, office.auditor):
        with pytest.raises(Refused):
            add(by=stranger)


def test_the_files_of_one_provider_together_stay_below_what_it_may_take(
    add: Add, office: Office, owner: tuple[Provider, User], tmp_path: Path
) -> None:
    planting.quota(office.session, megabytes=1)
    add(content=padded(900_000))

    with pytest.raises(Invalid) as refused:
        add(content=padded(200_000))

    assert "may take 1MB in all" in refused.value.errors["file"]
    other, (dana,) = planting.provider(office.session, "Keystone Ltd", "Dana Pike")
    assert planting.document(office.session, other, dana, tmp_path, content=padded(200_000)).size > 200_000


def test_a_newer_version_follows_the_one_before_and_only_one_does(add: Add) -> None:
    first = add()

    second = add(replaces=first)

    assert (second.version, second.replaces_id) == (2, first.id)
    with pytest.raises(Conflict):
        add(replaces=first)


def test_a_version_of_another_providers_document_is_not_taken(add: Add, office: Office, tmp_path: Path) -> None:
    other, (dana,) = planting.provider(office.session, "Keystone Ltd", "Dana Pike")
    theirs = planting.document(office.session, other, dana, tmp_path)

    with pytest.raises(NotFound):
        add(replaces=theirs)


def test_a_removed_document_is_gone_and_one_that_a_certificate_rests_on_stays(
    add: Add, office: Office, owner: tuple[Provider, User], tmp_path: Path
) -> None:
    provider, amy = owner
    loose, needed = add(), add(title="Cover")
    planting.certificate(office.session, provider, amy, document=needed)

    provider_documents.remove(office.session, loose, by=amy)

    with pytest.raises(NotFound):
        provider_documents.open_bytes(loose, tmp_path)
    with pytest.raises(Refused, match="rests on this document"):
        provider_documents.remove(office.session, needed, by=amy)


def test_the_sweep_leaves_the_files_of_providers_alone(add: Add, office: Office, tmp_path: Path) -> None:
    kept, removed = add(), add(title="Gone")
    removed.removed_at = clock.now()
    for document in (kept, removed):
        os.utime(tmp_path / document.stored_as, (time.time() - 100_000,) * 2)

    assert documents.sweep(office.session, tmp_path) == [removed.stored_as]
    assert provider_documents.open_bytes(kept, tmp_path) == planting.PDF


def _scan(office: Office, document: ProviderDocument, tmp_path: Path, address: str) -> ProviderDocument:
    office.session.commit()
    scanning.scan(office.engine, Tools(uploads=tmp_path, scanner=address), document=str(document.id))
    with new_session(office.engine, writes=False) as session:
        return session.get_one(ProviderDocument, document.id)


def test_a_file_is_held_until_the_scanner_has_found_it_clean(add: Add, office: Office, tmp_path: Path) -> None:
    document = add(scan=True)
    with pytest.raises(provider_documents.Held):
        provider_documents.open_bytes(document, tmp_path)

    with scanner() as told:
        after = _scan(office, document, tmp_path, told.address)

    assert told.files == 1
    assert provider_documents.open_bytes(after, tmp_path) == planting.PDF


@pytest.mark.figure("S7 infected_files_that_could_be_opened")
def test_an_infected_file_is_erased_and_its_row_says_why(add: Add, office: Office, tmp_path: Path) -> None:
    document = add(scan=True, content=INFECTED)

    with scanner() as told:
        after = _scan(office, document, tmp_path, told.address)
    working_off.work_off(office.engine, Tools(uploads=tmp_path), clock.now())

    assert after.removed_at is not None
    assert after.held_because == "The selected file contains a virus"
    assert not (tmp_path / document.stored_as).exists()
    with pytest.raises(NotFound):
        provider_documents.open_bytes(after, tmp_path)


@pytest.mark.figure("S7 files_passed_while_the_scanner_was_down")
@pytest.mark.parametrize("says", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but not quite\0"])
def test_a_file_stays_held_while_the_scanner_does_not_say_that_it_is_clean(add: Add, office: Office, tmp_path: Path, says: bytes) -> None:
    document = add(scan=True)
    office.session.commit()

    with scanner() as told:
        told.says = says
        address = told.address if says else "127.0.0.1:1"
        with pytest.raises(clamav.ScannerDown):
            scanning.scan(office.engine, Tools(uploads=tmp_path, scanner=address), document=str(document.id))

    with new_session(office.engine, writes=False) as session, pytest.raises(provider_documents.Held):
        provider_documents.open_bytes(session.get_one(ProviderDocument, document.id), tmp_path)


def test_the_job_tries_again_later_and_lets_the_file_go_once_the_scanner_is_back(add: Add, office: Office, tmp_path: Path) -> None:
    document = add(scan=True)
    office.session.commit()
    working_off.work_off(office.engine, Tools(uploads=tmp_path, scanner="127.0.0.1:1"), clock.now())
    with new_session(office.engine, writes=False) as session:
        waiting = session.scalars(select(Job).where(Job.name == "provider_documents.scan")).one()
        assert waiting.status is JobStatus.TODO
        assert "cannot be reached" in waiting.last_error

    with scanner() as told:
        working_off.work_off(office.engine, Tools(uploads=tmp_path, scanner=told.address), waiting.run_at)

    with new_session(office.engine, writes=False) as session:
        assert session.get_one(ProviderDocument, document.id).held_because == ""


def test_a_file_is_scanned_once_whatever_happens_to_the_job(add: Add, office: Office, tmp_path: Path) -> None:
    document = add(scan=True)

    with scanner() as told:
        _scan(office, document, tmp_path, told.address)
        _scan(office, document, tmp_path, told.address)

    assert told.files == 1
    with new_session(office.engine, writes=False) as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.kind == "provider_document:released")).all()
        assert len(events) == 1


def test_a_certificate_whose_file_is_held_is_not_verified(add: Add, office: Office, owner: tuple[Provider, User]) -> None:
    provider, amy = owner
    certificate = planting.certificate(office.session, provider, amy, document=add(scan=True))
    office.officer.memberships[0].group.role = "procurement_officer"

    assert provider_records.why_not_verify(office.officer, certificate) == ""
    with pytest.raises(Refused, match="not checked this file for viruses"):
        certificates.verify(office.session, certificate, by=office.officer)
