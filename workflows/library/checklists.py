"""The checklist of an inspection: the standards of the version that its case runs on, as far as the visit looks at them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Inspection, ProcessInstance
from workflows.errors import NotFound
from workflows.library import definitions
from workflows.rules import standards

KEY, FILE = "inspection", "standards.yml"


def of_inspection(session: Session, inspection: Inspection) -> tuple[standards.Standard, ...]:
    """The standards that this visit looks at, in the words of the version its case runs on. NotFound when that has none."""
    query = select(ProcessInstance).where(ProcessInstance.case_id == inspection.case_id).order_by(ProcessInstance.started_at).limit(1)
    instance = session.scalar(query)
    definition = instance.definition if instance is not None else definitions.latest(session, KEY)
    text = definition.files.get(FILE)
    if text is None:
        raise NotFound("This version of the process has no standards")
    return standards.in_scope(standards.read(str(text)), inspection.scope)


def line_words(session: Session, inspection: Inspection) -> dict[str, str]:
    """What each line of the checklist asks, by its key, with the one line that a refused visit stands for."""
    asked = {line.key: line.question for line in standards.lines_of(of_inspection(session, inspection))}
    return asked | {standards.ACCESS: standards.ACCESS_WORDS}
