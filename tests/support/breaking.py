"""A rule that a demo case has broken: added to the case's process after the case began, as when data is brought in."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from models import Breach, Case, ProcessInstance
from models.session import transaction
from workflows.actions import breaches, definitions

RULE = """
  - id: maker-writes-nothing
    rule: "different people: propose, draft-report"
    legal: Constitution, separation of duties
    because: Whoever proposes it does not write the report.
  - id: report-after-advice
    rule: consult before draft-report
    legal: Constitution, procedure for key decisions
    because: The report takes in what the advisers said.
"""


def break_rules(engine: Engine, reference: str) -> list[object]:
    """Let a key decision run on a version with two rules that it did not keep, and look; the ids of what was found."""
    with transaction(engine) as session:
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        instance = session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == case.id)).one()
        files = dict(instance.definition.files)
        made = definitions.make_version(session, instance.definition.key, {**files, "rules.yml": files["rules.yml"].rstrip("\n") + RULE}, by=None)
        assert made is not None
        session.execute(update(ProcessInstance).where(ProcessInstance.id == instance.id).values(definition_id=made.id))
        session.refresh(instance)
        breaches.look(session, case)
        return list(session.scalars(select(Breach.id).where(Breach.case_id == case.id).order_by(Breach.rule_id)))
