"""What the walk over every route finds under <key> and <number>: a process that every member of staff may read."""

from __future__ import annotations

from models.session import transaction
from tests.support import casebook
from tests.support.walk import Planted, World, planter


@planter("key")
def a_deployed_process(world: World) -> Planted:
    """The errand of the small council."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        definition = casebook.errand_definition()
        session.add(definition)
    return Planted(definition.key)


@planter("number", area="processes")
def its_only_version(world: World) -> Planted:
    """The number of the version that `key` has."""
    world.plant("key", area="processes")
    return Planted(1)
