"""The words and colours of inspections on the pages of staff (ux 6.5)."""

from __future__ import annotations

from datetime import date

from models import Grade, Inspection, InspectionKind, InspectionStatus, Mark, clock
from workflows.queries import inspections as queries
from workflows.rules import grading, standards

STATUS: dict[InspectionStatus, tuple[str, str]] = {
    InspectionStatus.PLANNED: ("Planned", "blue"),
    InspectionStatus.UNDER_WAY: ("Under way", "teal"),
    InspectionStatus.DRAFTED: ("Under way", "teal"),
    InspectionStatus.WITH_PROVIDER: ("Provider replying", "yellow"),
    InspectionStatus.ACTIONS: ("Actions needed", "orange"),
    InspectionStatus.CLOSED: ("Standards met", "green"),
    InspectionStatus.CANCELLED: ("Cancelled", "grey"),
}
KINDS: dict[InspectionKind, str] = {
    InspectionKind.INITIAL: "Initial visit", InspectionKind.ROUTINE: "Routine visit", InspectionKind.FOLLOW_UP: "Follow-up visit",
    InspectionKind.UNANNOUNCED: "Unannounced visit", InspectionKind.INCIDENT: "Visit after an incident", InspectionKind.DESKTOP: "Desktop review",
}  # fmt: skip
GRADE_COLOURS: dict[Grade, str] = {Grade.GREEN: "green", Grade.AMBER: "orange", Grade.RED: "red", Grade.NOT_ASSESSED: "grey"}
MARK_COLOURS: dict[Mark, str] = {Mark.MET: "green", Mark.PARTLY: "orange", Mark.NOT_MET: "red", Mark.NOT_APPLICABLE: "grey"}


def status_tag(inspection: Inspection) -> dict[str, str]:
    """The tag of an inspection: a closed one says how it ended."""
    text, colour = STATUS[inspection.status]
    if inspection.status is InspectionStatus.PLANNED and inspection.planned_for is None:
        text = "To be planned"
    if inspection.status is InspectionStatus.CLOSED and inspection.consequence == "suspension":
        text, colour = "Serious concern", "red"
    return {"text": text, "colour": colour}


def grade_tag(inspection: Inspection) -> dict[str, str] | None:
    """The tag of the council's own grade; None before there is one."""
    if inspection.grade is None:
        return None
    return {"text": grading.WORDS[inspection.grade], "colour": GRADE_COLOURS[inspection.grade]}


def mark_tag(mark: Mark | None) -> dict[str, str]:
    """The tag of a line's mark."""
    return {"text": standards.WORDS[mark], "colour": MARK_COLOURS[mark]} if mark is not None else {"text": "Not marked", "colour": "blue"}


def place(inspection: Inspection) -> str:
    """Where an inspection is, for staff: the premises' name and reference."""
    return f"{inspection.premises.name}, {inspection.premises.reference}" if inspection.premises else "No premises"


def day_words(inspection: Inspection) -> str:
    """When the visit is, or by when it must be, or that it has been."""
    if inspection.visit_ended_at is not None:
        return "Visited"
    if queries.is_overdue(inspection, clock.today()):
        return "Overdue"
    return "Planned" if inspection.planned_for else "To be planned"


def shown_day(inspection: Inspection) -> date | None:
    """The day that the list is ordered by."""
    return inspection.planned_for or inspection.due_on
