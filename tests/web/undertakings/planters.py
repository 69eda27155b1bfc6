"""What the walk over every route finds under <undertaking_id>: a job that the process owner asked for."""

from __future__ import annotations

from models.session import transaction
from tests.support.walk import Planted, World, planter
from workflows.actions import undertakings


@planter("undertaking_id")
def a_job(world: World) -> Planted:
    """A job at its second case; only who asked for it and administrators may read what became of each case. That it was asked for stands in
    the audit trail under its title, which auditors read, so the title is no secret."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        by = session.merge(world.people["process_owner"], load=False)
        row = undertakings.ask(session, "tests.nothing", "Move ten cases", {}, 10, by=by)
        undertakings.step(session, row.id, 1, {"what": "The first", "ok": False, "words": world.canary("undertaking")})
    return Planted(row.id, canary=world.canary("undertaking"), readers=frozenset({"process_owner", "system_admin", "everything"}))
