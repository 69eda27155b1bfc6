"""`dps backup`, `dps restore` and `dps verify`: keep everything twice, bring it back, and prove that it is whole."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import timedelta
from pathlib import Path
from typing import Any

from models import clock
from models.session import make_engine
from webapp import backups
from webapp.settings import Settings
from workflows.actions import verifying
from workflows.jobs import alone


def add_commands(commands: Any) -> None:
    """Add the three commands."""
    backup = commands.add_parser("backup", help="copy the database and all documents into a file or folder, while the service runs")
    backup.add_argument("place", type=Path, help="a folder to make, or a file whose name ends with .tar, .tar.gz or .tgz")
    backup.set_defaults(carry_out=make)
    restore = commands.add_parser("restore", help="bring a backup back into an empty database and folder, and look at it")
    restore.add_argument("place", type=Path, help="the folder or file that dps backup made")
    restore.add_argument("--replace", default="", metavar="NAME", help="put aside what is there: type the name of the database")
    restore.set_defaults(carry_out=bring_back)
    verify = commands.add_parser("verify", help="look at the twelve things that must always hold, while the service runs")
    verify.add_argument("--json", action="store_true", help="say it as JSON")
    verify.set_defaults(carry_out=look)


def make(settings: Settings, wanted: Namespace) -> None:
    """Make a backup and say what is in it."""
    made = backups.make(settings, wanted.place)
    print(f"Backup made in {wanted.place}: {made.told()}, as they were at {_moment(made)}")


def bring_back(settings: Settings, wanted: Namespace) -> int:
    """Restore a backup, say what it holds and how old it is, and look at it. Exit code 1 when something is not as it was."""
    done = backups.restore(settings, wanted.place, replace=wanted.replace)
    for place in done.put_aside:
        print(f"Put aside: {place}")
    print(f"Restored: {done.manifest.told()}")
    print(f"The backup is {_age(done.manifest.age())} old: nothing done after {_moment(done.manifest)} is in it")
    for invariant in done.invariants:
        print(invariant)
    print("The audit trail ends where it did" if done.same_audit else "The audit trail does NOT end where it did when the backup was made")
    return 0 if done.ok else 1


def look(settings: Settings, wanted: Namespace) -> int:
    """Look at all twelve invariants, a line for each. Exit code 1 when one is broken."""
    engine = make_engine(settings.database_url)
    found = verifying.verify(engine, uploads=settings.documents, is_worked=alone.is_worked(engine, settings.lock_file))
    if wanted.json:
        print(json.dumps(verifying.plain(found), indent=1))
    else:
        for invariant in found:
            print(invariant)
    return 0 if all(each.ok for each in found) else 1


def _moment(made: backups.Manifest) -> str:
    return f"{made.made_at.astimezone(clock.LONDON):%-d %B %Y %H:%M:%S}"


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
