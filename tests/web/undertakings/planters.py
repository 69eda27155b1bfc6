"""What the walk over every route finds under <undertaking_id>: a job that the process owner asked for."""

from __future__ import annotations

from models.session import transaction
from tests.support.walk import Planted, World, planter
from workflows.actions import undertakings


@planter("undertaking_id")
def a_job(world: World) -> Planted:
    """A job that waits; only who asked for it and administrators may read it."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        by = session.merge(world.people["process_owner"], load=False)
        row = undertakings.ask(session, "tests.nothing", world.canary("undertaking"), {}, 10, by=by)
    return Planted(row.id, canary=row.title, readers=frozenset({"process_owner", "system_admin", "everything"}))
