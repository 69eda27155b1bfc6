"""Where documents lie: a folder and a bucket keep the same promises, and the bucket's requests are signed as the scheme's own examples say."""

from __future__ import annotations

import errno
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import Case, clock
from tests.support import drills, fake_bucket
from tests.support.databases import Database, database, fresh
from tests.support.fake_bucket import Fake
from webapp import backups, create_app
from webapp.settings import SettingsRefused
from workflows import storage
from workflows.actions import documents, verifying
from workflows.storage import Bucket, Place, StorageDown
from workflows.storage.bucket import signed

__all__ = ["database"]


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A bucket on this machine."""
    with fake_bucket.serving() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, fake: Fake) -> Place:
    """A folder or a bucket."""
    return tmp_path / "documents" if request.param == "folder" else fake.bucket


def test_what_is_put_is_read_and_listed_until_it_is_erased(place: Place) -> None:
    names = [storage.put(place, f"plan {number}".encode()) for number in range(5)]

    assert [storage.read(place, name) for name in names] == [f"plan {number}".encode() for number in range(5)]
    listed = list(storage.kept(place))
    assert [each.name for each in listed] == sorted(names)
    assert all(abs(clock.wall() - each.at) < timedelta(minutes=1) for each in listed)
    storage.erase(place, names[0])
    storage.erase(place, names[0])
    with pytest.raises(FileNotFoundError):
        storage.read(place, names[0])
    assert len(list(storage.kept(place))) == 4


def test_nothing_at_all_is_kept_empty_and_large(place: Place) -> None:
    assert list(storage.kept(place)) == []
    for content in (b"", b"x" * 3_000_000):
        assert storage.read(place, storage.put(place, content)) == content


# The examples of "Signature Calculations: Authorization Header" in the reference of Amazon S3.
EXAMPLE = Bucket(
    address="https://examplebucket.s3.amazonaws.com", name="examplebucket", key="AKIAIOSFODNN7EXAMPLE",
    secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", region="us-east-1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "signature"),
    [
        ("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_requests_are_signed_as_the_examples_are(query: str, signature: str) -> None:
    assert signed(EXAMPLE, "GET", "/", query, b"", datetime(2013, 5, 24, tzinfo=UTC))["Authorization"].endswith(f"Signature={signature}")


def test_a_busy_service_is_asked_again_and_a_refusal_is_not(fake: Fake) -> None:
    fake.answers_first = [503, 500]
    name = storage.put(fake.bucket, b"plan")
    assert storage.read(fake.bucket, name) == b"plan"

    fake.answers_first = [503, 503, 503]
    with pytest.raises(StorageDown, match="answered 503"):
        storage.put(fake.bucket, b"plan")
    asked = len(fake.asked)
    with pytest.raises(StorageDown, match="answered 403"):
        storage.put(replace(fake.bucket, secret="guessed"), b"plan")
    assert len(fake.asked) == asked + 1
    with pytest.raises(StorageDown):
        storage.read(replace(fake.bucket, address="http://127.0.0.1:1"), name)


@pytest.mark.figure("R8 uploads_to_a_full_disk_kept_by_half_or_without_a_page")
def test_a_full_disk_leaves_no_half_file_and_is_told_on_a_page(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = drills.rounds.build(database)
    settings = drills.settings_of(database.url, tmp_path)
    app = create_app(settings)
    (browser,) = drills.rounds.rivals(app, ring, 1)
    with drills.transaction(database.engine) as session:
        reference = session.get_one(Case, ring.case_id).reference

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    def upload() -> int:
        form = {"title": "Plan", "kind": "other", "file": (io.BytesIO(b"a plan"), "plan.txt")}
        return browser.post(f"/cases/{reference}/documents", data=form, content_type="multipart/form-data").status_code

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        assert upload() == 503
        assert browser.get(f"/cases/{reference}/documents").status_code == 200
    assert [path for path in settings.uploads.rglob("*") if path.is_file()] == []
    assert upload() == 303
    assert len([path for path in settings.uploads.rglob("*") if path.is_file()]) == 1
    app.extensions["dps_engine"].dispose()


def test_a_name_of_somebody_else_in_the_bucket_is_not_ours(fake: Fake) -> None:
    fake.held["reports/annual.pdf"] = (b"", datetime(2020, 1, 1, tzinfo=UTC))

    assert list(storage.kept(fake.bucket)) == []


def test_keys_do_not_show() -> None:
    for words in (repr(EXAMPLE), storage.where(EXAMPLE)):
        assert EXAMPLE.secret not in words
        assert EXAMPLE.key not in words


def test_a_bucket_needs_all_its_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        drills.settings_of("sqlite:///x", tmp_path, DPS_S3_URL="https://s3.example.gov.uk", DPS_S3_BUCKET="council")

    assert refused.value.problems == [f"DPS_S3_{name} must be set because DPS_S3_URL is" for name in ("KEY", "SECRET")]


@dataclass
class Kept:
    """A database whose documents lie in a bucket."""

    database: Database
    fake: Fake
    ring: drills.rounds.Ring


@pytest.fixture
def kept(fake: Fake) -> Iterator[Kept]:
    """Eleven cases, one with a document."""
    with fresh("sqlite") as database:
        yield Kept(database, fake, drills.fill(database, fake.bucket, 11))


def test_documents_lie_in_a_bucket_and_orphans_are_erased(kept: Kept) -> None:
    bucket = kept.fake.bucket
    assert len(kept.fake.held) == 1
    orphan = storage.put(bucket, b"nobody's")
    content, _ = kept.fake.held[orphan]
    kept.fake.held[orphan] = (content, clock.wall() - timedelta(days=3))

    broken = [each for each in verifying.verify(kept.database.engine, uploads=bucket, is_worked=False) if not each.ok]
    assert [(each.number, each.first) for each in broken] == [(8, [f"the file {orphan} belongs to no document"])]
    with drills.transaction(kept.database.engine) as session:
        assert documents.sweep(session, bucket) == [orphan]
    assert all(each.ok for each in verifying.verify(kept.database.engine, uploads=bucket, is_worked=False))


def test_a_backup_goes_from_a_bucket_to_a_folder_and_back(kept: Kept, tmp_path: Path) -> None:
    bucket = kept.fake.bucket
    more = {"DPS_S3_URL": bucket.address, "DPS_S3_BUCKET": bucket.name, "DPS_S3_KEY": bucket.key, "DPS_S3_SECRET": bucket.secret}
    here = drills.settings_of(kept.database.url, tmp_path, **more)
    backups.make(here, tmp_path / "copy")
    before = dict(kept.fake.held)

    assert backups.restore(drills.settings_of(f"sqlite:///{tmp_path}/a.sqlite3", tmp_path / "a"), tmp_path / "copy").ok
    with pytest.raises(backups.BackupRefused, match="the bucket council"):
        backups.restore(drills.settings_of(f"sqlite:///{tmp_path}/b.sqlite3", tmp_path / "b", **more), tmp_path / "copy")
    kept.fake.held.clear()
    assert backups.restore(drills.settings_of(f"sqlite:///{tmp_path}/c.sqlite3", tmp_path / "c", **more), tmp_path / "copy").ok

    assert {name: content for name, (content, _) in kept.fake.held.items()} == {name: content for name, (content, _) in before.items()}
