"""The one-page file: may this be decided today, what is proposed and why, what everyone said, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from models import Document, Representation, SignOff, UserTask, clock
from webapp.approvals import choices
from webapp.db import db
from webapp.shared import advice, filters, reports
from webapp.signed_in import person
from workflows.queries import approvals, consultations
from workflows.queries.approvals import File
from workflows.rules import decidable
from workflows.rules.decidable import Check

SHOWN_APART = frozenset({"recommendations", "background", "if_we_do_not", "options_rejected", "background_papers"})


def present(task: UserTask, file: File) -> dict[str, Any]:
    """Everything the page shows above the form."""
    content = file.report.content if file.report else {}
    return {
        "decision": file.decision,
        "kind": choices.kind_of(task),
        "version": file.report.version if file.report else None,
        "report_digest": file.report.digest if file.report else "",
        "author": file.decision.author.name,
        "cost": cost(file),
        "case_href": url_for("cases.show_case", reference=file.decision.case.reference),
        **checks_box(task, file),
        "changed": changed_since(file),
        "what_changed": file.report.what_changed if file.report and file.before else "",
        "recommendation": reports.part(content, "recommendations"),
        "why": reports.part(content, "background"),
        "if_not": reports.part(content, "if_we_do_not"),
        "rejected": reports.part(content, "options_rejected"),
        "papers": reports.part(content, "background_papers"),
        "rest": [part for part in reports.parts(content) if part.key not in SHOWN_APART],
        "advice": [_advice(request) for request in file.standing.current_requests()],
        "representations": [_representation(each) for each in file.representations],
        "documents": [_document(file, document) for document in file.documents],
        "sign_offs": [_sign_off(file, each) for each in file.standing.sign_offs],
        "concerns": file.call_in.concerns if choices.kind_of(task) == "reconsider" and file.call_in else "",
        "record": file.standing.record if choices.kind_of(task) == "reconsider" else None,
    }


def checks_box(task: UserTask, file: File) -> dict[str, Any]:
    """The box at the top: each lawful condition, whether all are met, and from when they could be."""
    if choices.kind_of(task) != "decide":
        return {"checks": [], "is_met": True, "checks_title": "", "what_to_do": []}
    found = decidable.checks_to_decide(file.standing, by=person().id, at=clock.now())
    unmet = decidable.unmet(found)
    return {
        "checks": [_check(check) for check in found],
        "is_met": not unmet,
        "checks_title": _verdict(found, unmet),
        "what_to_do": [_advice_on(check) for check in unmet],
    }


def _verdict(found: Sequence[Check], unmet: Sequence[Check]) -> str:
    if not unmet:
        return f"Can this be decided today? Yes. All {len(found)} checks are met"
    first = decidable.first_possible_day(found)
    if first is not None:
        return f"Can this be decided today? No. This cannot be decided until {filters.day(first)}"
    return f"Can this be decided today? No. {len(unmet)} of {len(found)} checks {'is' if len(unmet) == 1 else 'are'} not met"


def _check(check: Check) -> dict[str, Any]:
    return {"words": check.words, "is_met": check.is_met, "explanation": advice.explained(check.explanation)}


def _advice_on(check: Check) -> str:
    """What can be done about a check that is not met."""
    if check.possible_on is not None and check.possible_on > clock.today():
        return f"{check.words}. Come back on {filters.day(check.possible_on)}."
    return f"{check.words}. {NEXT_STEP.get(check.id, '')}".strip()


NEXT_STEP = {
    "notice": "Democratic Services can tell you what is missing.",
    "period": "Move the decision to a later month, which tells the public why.",
    "comments": "Democratic Services can tell you when the comment period ends.",
    "maker": "You can read the file.",
    "separation": "Tell the Monitoring Officer, so that somebody else decides.",
    "advice": "The Monitoring Officer can go on without an answer that is overdue.",
    "objections": "Send it back, so that the author resolves the objection.",
    "sign-off": "Send it back, so that it is signed off again.",
    "report": "Send it back, so that those it concerns are asked again.",
}


def changed_since(file: File) -> list[reports.Changed]:
    """What the newest version of the report changed in the one before it."""
    return reports.changes(file.before.content, file.report.content) if file.before and file.report else []


def _advice(request: Any) -> dict[str, Any]:
    may_read = consultations.may_read(person(), request)
    said = advice.told(request) if may_read else advice.told(request) | {"comments": "", "implications": "", "conditions": []}
    return said | {
        "may_read": may_read,
        "is_mandatory": request.is_mandatory,
        "override": request.override_reason,
        "resolution": request.resolution,
        "due": filters.short_day(request.due_at),
        "href": url_for("consultations.show_consultation", request_id=request.id),
    }


def _representation(said: Representation) -> dict[str, Any]:
    return {"name": said.name, "capacity": said.capacity, "text": said.text, "at": said.received_at, "may_publish": said.may_publish}


def _document(file: File, document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "href": url_for("cases.document", reference=file.decision.case.reference, document_id=document.id),
        "about": f"{document.filename.rpartition('.')[2].upper()}, {filters.size(document.size)}, {filters.short_day(document.added_at)}",
        "exempt": f"Exempt, paragraph {document.exempt_paragraphs}" if document.exempt_paragraphs else "",
    }


def _sign_off(file: File, signed: SignOff) -> dict[str, Any]:
    is_current = file.report is not None and signed.report_id == file.report.id
    return {
        "post": signed.group.name,
        "by": signed.signed_by.name,
        "at": signed.signed_at,
        "tag": "Signed off" if signed.is_approved else "Sent back",
        "colour": "green" if signed.is_approved else "orange",
        "comments": signed.comments,
        "note": "" if is_current else "on an earlier version",
    }


def cost(file: File) -> str:
    """What it costs or saves, and that this makes it key."""
    decision = file.decision
    saving = f", saves {filters.ALL['money'](decision.savings)}" if decision.savings else ""
    key = " (key)" if decision.is_key else ""
    return f"{filters.ALL['money'](decision.value_total)}{saving}{key}"


def still_with(task: UserTask) -> str:
    """Who holds an open task, when it is somebody else."""
    holder = task.assignee
    return holder.name if holder is not None and holder.id != person().id else ""


def refusal(task: UserTask, file: File) -> str:
    """Why this reader may not sign, as a sentence; nothing when they may."""
    return approvals.refusal(db.session, task, file.decision, person())
