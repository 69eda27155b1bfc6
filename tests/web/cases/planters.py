"""What the walk over every route finds under <reference> and <request_id>: a restricted case of a department that nobody who walks is in."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import (
    Breach,
    CandidateGroup,
    Case,
    Comment,
    ConsultationRequest,
    ConsultationStatus,
    GroupKind,
    Incident,
    InstanceStatus,
    KeyDecision,
    MakerType,
    OutboxMail,
    ProcessDefinition,
    ProcessInstance,
    clock,
)
from models.session import transaction
from tests.support.walk import Planted, World, planter
from tests.web.public import factories
from workflows.actions import audit


@planter("reference")
def a_restricted_case(world: World) -> Planted:
    """The canary is its title, its proposal, its comment, its trail, and the mail and the incident about it."""
    canary = world.canary("reference")
    with transaction(world.app.extensions["dps_engine"]) as session:
        session.add(CandidateGroup(key="walk-hidden", name="Walk hidden", kind=GroupKind.TEAM, role="commissioning_officer", manager_key=None))
        owner = factories.someone(session, "Hidden Owner", group="walk-hidden")
        case = Case(
            reference="KD-2020-0777", kind="key-decision", title=canary, is_restricted=True, owner_id=owner.id, team_key="walk-hidden",
            opened_at=clock.now(), closed_at=None,
        )  # fmt: skip
        session.add(case)
        session.flush()
        session.add(Comment(case_id=case.id, author_id=owner.id, body=canary, written_at=clock.now()))
        audit.record(session, "comment:added", case=case, by=owner, detail={}, text={"body": canary})
        session.add(
            KeyDecision(
                case_id=case.id, public_reference="OKD777 (20/21)", slug="okd777-20-21", title=canary, summary=canary, is_key=None,
                maker_type=MakerType.OFFICER, maker_key="walk-hidden", lead_director_key="walk-hidden", contact_key="walk-hidden", value_total=1,
                due_from=clock.today(), due_to=clock.today(), route=None, earliest_decision_on=None, representations_close_at=None, author_id=owner.id,
                implemented_on=None, withdrawn_at=None,
            )
        )  # fmt: skip
        session.add(
            OutboxMail(
                to_address="hidden@example.gov.uk", to_user_id=None, case_id=case.id, kind="test", subject=canary, body=canary, created_at=clock.now(),
                sending_at=None, sent_at=None,
            )
        )  # fmt: skip
        session.add(
            Incident(
                case_id=case.id, instance_id=None, job_id=None, element_id="step", element_name="A step", message=canary, trace=canary,
                opened_at=clock.now(), last_tried_at=clock.now(), closed_at=None, closed_by_id=None,
            )
        )  # fmt: skip
    return Planted(case.reference, canary, frozenset())


@planter("request_id")
def a_request_for_advice_on_it(world: World) -> Planted:
    """A request for advice on the restricted case; the canary is what was said."""
    reference, canary = world.plant("reference").value, world.canary("request")
    with transaction(world.app.extensions["dps_engine"]) as session:
        decision = session.scalars(select(KeyDecision).join(Case).where(Case.reference == reference)).one()
        asked = ConsultationRequest(
            decision_id=decision.id, report_id=None, task_id=None, round=1, consultee_key="walk-hidden", is_mandatory=True,
            status=ConsultationStatus.ASKED, asked_at=clock.now(), due_at=clock.now() - timedelta(days=1), due_explanation=None, response=None,
            comments=canary, implications=canary, answered_at=None, answered_by_id=None, overridden_by_id=None, overridden_at=None, resolved_by_id=None,
        )  # fmt: skip
        session.add(asked)
    return Planted(asked.id, canary, frozenset())


@planter("breach_id")
def a_broken_rule_of_it(world: World) -> Planted:
    """A rule that the restricted case broke; the canary is what happened."""
    reference, key, canary = world.plant("reference").value, world.plant("key", area="processes").value, world.canary("breach")
    with transaction(world.app.extensions["dps_engine"]) as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        definition = session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == key)).one()
        instance = ProcessInstance(
            case_id=case.id, definition_id=definition.id, status=InstanceStatus.COMPLETED, state=b"", started_at=clock.now(), ended_as="end",
            ended_at=clock.now(),
        )  # fmt: skip
        session.add(instance)
        session.flush()
        breach = Breach(
            case_id=case.id, instance_id=instance.id, process=key, version=1, rule_id="first", words="The first comes before the second",
            legal="The Errands Act, section 1", happened=canary, breached_at=clock.now(), found_at=clock.now(), closed_at=None, closed_by_id=None,
        )  # fmt: skip
        session.add(breach)
    return Planted(breach.id, canary, frozenset())
