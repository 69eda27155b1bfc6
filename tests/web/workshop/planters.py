"""What the walk over every route finds under <step_id> and <way_id>: a task of a draft, and the way out of it."""

from __future__ import annotations

from models.session import transaction
from tests.support.walk import Planted, World, planter
from workflows.actions import process_drafts
from workflows.library import outline

READERS = frozenset({"process_owner", "legal_officer", "monitoring_officer", "system_admin"})


@planter("step_id")
def a_task_of_a_draft(world: World) -> Planted:
    """The first task for a person in the draft of the process that `key` names."""
    return Planted(_task(world).id, readers=READERS)


@planter("way_id")
def the_way_out_of_it(world: World) -> Planted:
    """The way out of that task."""
    return Planted(_task(world).next[0].id, readers=READERS)


def _task(world: World) -> outline.OutlineStep:
    key = str(world.plant("key", area="processes").value)
    with transaction(world.app.extensions["dps_engine"]) as session:
        by = session.merge(world.people["process_owner"], load=False)
        draft = process_drafts.open_draft(session, key, by=by)
        read = outline.read_outline(process_drafts.files_of(session, draft)["process.bpmn"])
    return next(step for step in read.steps if step.kind == "userTask" and step.next)
