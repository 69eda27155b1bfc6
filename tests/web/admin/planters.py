"""What the walk over every route finds under <mail_id> and <incident_id>."""

from __future__ import annotations

from sqlalchemy import select

from models import Case, Incident, OutboxMail, clock
from models.session import transaction
from tests.support.walk import Planted, World, planter


@planter("mail_id")
def a_mail_about_the_restricted_case(world: World) -> Planted:
    """The mail that was planted with the restricted case; nobody who walks may read it."""
    hidden = world.plant("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        mail = session.scalars(select(OutboxMail).join(Case, Case.id == OutboxMail.case_id).where(Case.reference == hidden.value)).one()
    return Planted(mail.id, hidden.canary, frozenset())


@planter("incident_id")
def an_incident_without_a_case(world: World) -> Planted:
    """Something that cannot continue and is no secret to administrators; there is no process to try again."""
    with transaction(world.app.extensions["dps_engine"]) as session:
        incident = Incident(
            case_id=None, instance_id=None, job_id=None, element_id="", element_name="", message="The mail server does not answer",
            opened_at=clock.now(), last_tried_at=clock.now(), closed_at=None, closed_by_id=None,
        )  # fmt: skip
        session.add(incident)
    return Planted(incident.id)
