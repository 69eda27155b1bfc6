"""What the walk over every route finds under <task_id>: a task of the restricted case, held by somebody of its own department."""

from __future__ import annotations

from sqlalchemy import select

from models import Case, User
from models.session import transaction
from tests.support.walk import Planted, World, planter
from tests.web.work import factories


@planter("task_id")
def a_task_of_the_restricted_case(world: World) -> Planted:
    """The canary is its name, its label, its help and the draft that somebody typed into it."""
    reference, canary = world.plant("reference").value, world.canary("task")
    with transaction(world.app.extensions["dps_engine"]) as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        owner = session.get_one(User, case.owner_id)
        task = factories.task(session, case, name=canary, label=canary, group="walk-hidden", assignee=owner, properties={"helpText": canary})
        factories.draft(session, task, owner, {"notes": [canary]})
    return Planted(task.id, canary, frozenset())
