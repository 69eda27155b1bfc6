"""`dps audit`: prove that the audit trail is whole, and seal a day."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from models.session import make_engine, new_session, transaction
from webapp.settings import Settings
from workflows.actions import audit


def add_commands(commands: Any) -> None:
    """Add `dps audit verify` and `dps audit seal`."""
    parser = commands.add_parser("audit", help="verify or seal the audit trail")
    verbs = parser.add_subparsers(metavar="verify|seal", required=True)
    verbs.add_parser("verify", help="check every chain, and name the first bad row").set_defaults(
        carry_out=verify
    )
    verbs.add_parser("seal", help="keep the heads of all chains for today").set_defaults(carry_out=seal)


def verify(settings: Settings, _wanted: Namespace) -> int:
    """Check every chain. Exit code 1 when a row was changed, moved, added or removed."""
    with new_session(make_engine(settings.database_url), writes=False) as session:
        verdict = audit.verify(session)
    print(verdict)
    return 0 if verdict.ok else 1


def seal(settings: Settings, _wanted: Namespace) -> None:
    """Store and print today's heads, so that a tail cut off later is noticed."""
    with transaction(make_engine(settings.database_url)) as session:
        sealed = audit.seal_day(session)
        print(f"Sealed {sealed.sealed_on.isoformat()}: {sealed.digest}")
