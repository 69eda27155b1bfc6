"""What a backup says of itself: when and of what it was made, how much is in it, and the digests that prove it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models import Model, clock
from workflows.actions import chaining, documents
from workflows.errors import Refused

NAME = "manifest.json"
FORMAT = 1
DOCUMENTS = "documents"
AT_A_TIME = 1024 * 1024


class BackupRefused(Refused):
    """A backup cannot be made or brought back, for a reason that the sentence gives; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is in a backup. `made_at` is the moment of the database's copy: nothing younger is in it.

    `rows` counts the rows of each table; `audit` is one digest over the heads of all chains; `documents` gives the SHA-256 of each file by name.
    """

    format: int
    made_at: datetime
    product: str
    revision: str
    kind: str
    database: str
    database_digest: str
    rows: Mapping[str, int]
    audit: str
    documents: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write it into a backup's folder."""
        values = {**asdict(self), "made_at": self.made_at.isoformat()}
        (folder / NAME).write_text(json.dumps(values, indent=1, sort_keys=True) + "\n")

    def age(self) -> timedelta:
        """How long ago the database was copied."""
        return clock.wall() - self.made_at

    def told(self) -> str:
        """What is in it, in one sentence."""
        cases, tasks, events = (self.rows.get(name, 0) for name in ("case", "user_task", "audit_event"))
        return f"{cases:,} cases, {tasks:,} tasks, {events:,} events of the audit trail, {len(self.documents):,} documents"


def read(folder: Path) -> Manifest:
    """The manifest of a backup. BackupRefused when it is none of ours, or of a later kind than this version knows."""
    try:
        values = json.loads((folder / NAME).read_text())
        if values["format"] != FORMAT:
            raise BackupRefused(f"This backup has format {values['format']}; this version reads format {FORMAT}")
        return Manifest(**{**values, "made_at": datetime.fromisoformat(values["made_at"])})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BackupRefused(f"{folder.name} is not a whole backup: its {NAME} cannot be read") from error


@dataclass(frozen=True)
class Snapshot:
    """What the copied database holds, as its manifest says it."""

    revision: str
    rows: Mapping[str, int]
    audit: str
    documents: frozenset[str]


def look(session: Session) -> Snapshot:
    """Count everything in the database of a session, at one moment."""
    rows = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Model.metadata.sorted_tables}
    revision = session.scalar(text("SELECT version_num FROM alembic_version")) or ""
    return Snapshot(str(revision), rows, audit_head(session), frozenset(documents.needed(session)))


def audit_head(session: Session) -> str:
    """One digest over the heads of all chains of the audit trail."""
    return chaining.digest_of(chaining.heads(session))


def product() -> str:
    """The version of this product."""
    try:
        return metadata.version("dps-casework")
    except metadata.PackageNotFoundError:
        return "not installed"


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(AT_A_TIME):
            digest.update(part)
    return digest.hexdigest()
