"""What the walk over every route finds under <form_name> and <table_name>: files of a draft."""

from __future__ import annotations

from models.session import transaction
from tests.support.walk import Planted, World, planter
from workflows.actions import process_drafts

READERS = frozenset({"process_owner", "legal_officer", "monitoring_officer", "system_admin"})


@planter("form_name")
def a_form_of_a_draft(world: World) -> Planted:
    """The name of a form in the draft of the process that `key` names."""
    return Planted(_name(world, "forms/", ".json"), readers=READERS)


@planter("table_name")
def a_table_of_a_draft(world: World) -> Planted:
    """The name of a table in that draft."""
    return Planted(_name(world, "", ".dmn"), readers=READERS)


def _name(world: World, begins: str, ends: str) -> str:
    key = str(world.plant("key", area="processes").value)
    with transaction(world.app.extensions["dps_engine"]) as session:
        by = session.merge(world.people["process_owner"], load=False)
        draft = process_drafts.open_draft(session, key, by=by)
        paths = sorted(process_drafts.files_of(session, draft))
    return next(path.removeprefix(begins).removesuffix(ends) for path in paths if path.startswith(begins) and path.endswith(ends))
