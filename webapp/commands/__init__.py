"""The `dps` command: set the service up, run it, and look after it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from models import clock
from webapp import logs
from webapp.commands import audit, backups, database, demo, people, processes, serving, working
from webapp.settings import SettingsRefused, from_environment
from workflows.errors import Conflict, Invalid, NotFound, Refused

GROUPS = (serving, database, processes, demo, working, audit, backups, people)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command line (that of the process by default) and give its exit code: 0 done, 1 refused,
    2 not understood."""
    wanted = _parser().parse_args(arguments)
    logs.init_logs()
    try:
        settings = from_environment()
        if settings.clock:
            clock.hold(settings.clock)
        return int(wanted.carry_out(settings, wanted) or 0)
    except SettingsRefused as error:
        return _say("The settings cannot be used:", *error.problems)
    except Invalid as error:
        return _say(*error.errors.values())
    except (Refused, Conflict, NotFound, database.NotReady) as error:
        return _say(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dps", description="DPS Casework: a council's key decisions, run on their diagrams."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        group.add_commands(commands)
    return parser


def _say(*lines: str) -> int:
    print("\n  ".join(lines), file=sys.stderr)
    return 1
