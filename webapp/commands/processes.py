"""`dps deploy`: make new process versions from the process library's folders."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from models.session import make_engine, transaction
from webapp.commands import database
from webapp.settings import Settings
from workflows.actions import catalogue, definitions
from workflows.engine import DefinitionRefused

__all__ = ["add_commands", "catalogue", "deploy", "deploy_all"]


def add_commands(commands: Any) -> None:
    """Add `dps deploy`."""
    parser = commands.add_parser(
        "deploy", help="deploy the process library; folders that have not changed are left alone"
    )
    parser.set_defaults(carry_out=deploy)


def deploy(settings: Settings, _wanted: Namespace) -> None:
    """Deploy every folder of the library, with the organisation and the parameters it names."""
    for line in deploy_all(settings):
        print(line)


def deploy_all(settings: Settings) -> list[str]:
    """Deploy the whole library in one transaction; a line for each thing done. NotReady lists what is wrong with a folder."""
    try:
        with transaction(make_engine(settings.database_url)) as session:
            return definitions.deploy_library(session, settings.library)
    except DefinitionRefused as error:
        raise database.NotReady("The process library cannot be deployed:\n  " + "\n  ".join(map(str, error.problems))) from error
