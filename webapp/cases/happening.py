"""What a case waits for, for whom and since when, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from models import CaseStatus, ConsultationRequest, ConsultationStatus, Incident, Timer, UserTask
from webapp.cases.stages import ADVICE
from webapp.shared import filters
from workflows.queries.case_pages import Whole
from workflows.rules import words


def sentences(whole: Whole) -> list[str]:
    """The present state of a case, the most important first; never empty."""
    if whole.incidents:
        return [_stuck(incident) for incident in whole.incidents] + _tasks(whole)
    if whole.case.status is CaseStatus.CLOSED:
        return [f"This case was closed on {filters.short_day(whole.case.closed_at)}: {whole.case.outcome or 'finished'}."]
    return _tasks(whole) or _timers(whole.timers) or ["Nothing is waiting. The next step is taken by the system."]


def _stuck(incident: Incident) -> str:
    at = f" at “{incident.element_name}”" if incident.element_name else ""
    return f"This case cannot continue{at} since {filters.moment(incident.opened_at)}. The system administrators can see why and try again."


def _tasks(whole: Whole) -> list[str]:
    advice = [task for task in whole.open_tasks if task.bpmn_id in ADVICE]
    others = [task for task in whole.open_tasks if task.bpmn_id not in ADVICE]
    return ([_advice(whole, advice)] if advice else []) + [_task(task, whole.group_of(task)) for task in others]


def _task(task: UserTask, group: str) -> str:
    who = f"{task.assignee.name} ({group})" if task.assignee else group
    label = f", {task.label}" if task.label and task.label != group else ""
    return f"Waiting for {who} since {filters.short_day(task.created_at)}: {task.name[:1].lower()}{task.name[1:]}{label}."


def _advice(whole: Whole, tasks: Sequence[UserTask]) -> str:
    asked = [whole.group_of(task) for task in tasks]
    since = filters.short_day(min(task.created_at for task in tasks))
    waiting = f"Waiting for advice from {words.listed(asked)} since {since}."
    answered = _answered(whole)
    return f"{waiting} {words.names(answered)} {'has' if len(answered) == 1 else 'have'} answered." if answered else waiting


def _answered(whole: Whole) -> list[ConsultationRequest]:
    if whole.standing is None:
        return []
    return [request for request in whole.standing.current_requests() if request.status is ConsultationStatus.ANSWERED]


def _timers(timers: Sequence[Timer]) -> list[str]:
    if not timers:
        return []
    first = timers[0]
    return [f"Nothing is to be done until {filters.moment(first.due_at)}: {first.name[:1].lower()}{first.name[1:]}."]
