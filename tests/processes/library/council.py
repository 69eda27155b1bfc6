"""A council with its shipped processes and invented people, on a database of its own, acting through the real actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, Incident, KeyDecision, ProcessInstance, Timer, User, clock
from tests.processes.library import shipped
from workflows.actions import cases, tasks, timers
from workflows.demo import people
from workflows.library import forms
from workflows.queries import decisions as decision_queries
from workflows.queries import tasks as task_queries

REPORT = {
    "recommendations": "That the extension is used.", "background": "It opened in 2017.", "if_we_do_not": "It closes.", "options_rejected": "Buying anew.",
    "finance_implications": "In the budget.", "legal_implications": "Provided for.", "procurement_implications": "No change.", "risk": "Low.",
    "equality_duty": "More choice.",
}  # fmt: skip
COMPLETE = {**REPORT, "consultation_summary": "All three support it.", "material_change": "no"}
PROPOSAL = {
    "title": "Extending the purchasing system", "summary": "Why now.", "proposal": "Use the extension.", "maker_type": "officer",
    "maker": "executive-director-children", "lead_director": "executive-director-children", "contact": "children-commissioning",
    "value_total": "2400000.00", "scope": "all_divisions", "two_or_more_divisions": "yes", "executive": "yes", "treasury": "no",
    "plan_priority": "Best start in life", "due_month": "4", "due_year": 2026, "restriction": "open", "extends_after_expiry": "no",
}  # fmt: skip
NOTICE = {
    "documents_list": "The report", "documents_address": "County Hall", "other_documents": True, "request_procedure": "Write to us.", "no_exempt_text": True,
}  # fmt: skip
DECISION = {
    "decision": "approve", "decision_text": "The extension is used.", "reasons": "More choice.", "alternatives_rejected": "Letting it end.",
    "representations_considered": True, "has_interest": "no",
}  # fmt: skip
DOERS = {
    "children-commissioning": "amara.osei", "democratic-services": "ines.marlow", "procurement": "raj.patel", "legal": "leah.stone",
    "finance": "owen.fairley", "public-health": "bea.lindqvist", "communities": "kofi.mensah", "executive-director-children": "helen.ashdown",
    "monitoring-officer": "martin.quayle", "section-151-officer": "sunita.rao", "chief-executive": "david.orme",
}  # fmt: skip


@dataclass
class Council:
    """One case, moved on by the people whose tasks they are; every answer goes through the form first."""

    session: Session
    case: Case
    done: list[str] = field(default_factory=list)

    def at(self, when: str) -> None:
        """Let the clock come to a London moment; every timer due by then fires at its own time."""
        moment = clock.read_instant(when)
        while True:
            due = self.session.scalar(select(Timer.due_at).where(Timer.instance_id == self.instance.id).order_by(Timer.due_at).limit(1))
            if due is None or due > moment:
                break
            clock.hold(due)
            timers.fire(self.session, self.instance.id, due)
        clock.hold(moment)

    @property
    def instance(self) -> ProcessInstance:
        """The process of the case."""
        return self.session.scalars(select(ProcessInstance).where(ProcessInstance.case_id == self.case.id)).one()

    @property
    def decision(self) -> KeyDecision:
        """The decision of the case."""
        return decision_queries.of_case(self.session, self.case.id)

    @property
    def waiting(self) -> list[str]:
        """The open tasks, with the group where several are alike."""
        return sorted(
            f"{task.bpmn_id} {task.candidate_group}" if task.bpmn_id in ("give-advice", "give-view", "sign-off") else task.bpmn_id
            for task in task_queries.open_tasks_of(self.session, self.case.id)
        )

    @property
    def incidents(self) -> list[str]:
        """What cannot go on."""
        return [incident.message for incident in self.session.scalars(select(Incident).where(Incident.case_id == self.case.id, Incident.closed_at.is_(None)))]

    def person(self, name: str) -> User:
        """Someone by `first.last`."""
        return people.find_person(self.session, name)

    def do(self, step: str, answers: Mapping[str, Any] | None = None, *, of: str = "", by: str = "") -> None:
        """Complete a waiting task with answers that its form takes, by the one whose task it is."""
        task = next(
            task for task in task_queries.open_tasks_of(self.session, self.case.id) if task.bpmn_id == step and of in ("", task.candidate_group)
        )
        schema = shipped.forms_of("key-decision")[step]
        checked = forms.validate(schema, shipped.Sent(answers or {}, schema))
        assert checked.errors == {}, f"{step}: {checked.errors}"
        with self.session.begin_nested():
            tasks.complete(self.session, task, answers=checked.answers, by=self.person(by or DOERS[task.candidate_group]))
        self.session.flush()
        self.done.append(step)

    def propose(self, **changes: Any) -> None:
        """Propose the decision."""
        self.do("propose", {**PROPOSAL, **changes})

    def publish_notice(self, on: str, step: str = "publish-notice", **more: Any) -> None:
        """Publish the notice on a day, on the website and at the offices."""
        self.do(step, {**NOTICE, "website_on": on, "offices_on": on, **more})

    def advise(self, *consultees: str, **answers: Any) -> None:
        """Let consultees support the report."""
        for consultee in consultees or ("procurement", "legal", "finance"):
            self.do("give-advice", {"response": "support", "implications": "None.", **answers}, of=consultee)

    def come_to_decide(self, **changes: Any) -> None:
        """Take the case to the day on which it can be decided, Thursday 2 April 2026."""
        self.at("2026-02-23 09:00")
        self.propose(**changes)
        self.do("choose-route", {"can_wait_28": "yes"})
        self.publish_notice("2026-02-23")
        self.at("2026-02-24 09:00")
        self.do("draft-report", REPORT)
        self.advise()
        self.do("complete-report", COMPLETE)
        self.do("sign-off", {"sign_off": "approve"}, of="section-151-officer")
        self.at("2026-04-02 09:00")

    def come_to_call_in(self) -> None:
        """Take the case to an open call-in period that ends on Wednesday 15 April 2026 at 5pm."""
        self.come_to_decide()
        self.do("decide", DECISION)
        self.do("publish-record", {"published_on": "2026-04-02", "offices_too": True, "urgent_exemption": "no"})


@contextmanager
def sitting(session: Session) -> Iterator[Council]:
    """A new key decision opened by its author on Monday 23 February 2026."""
    with clock.held(clock.read_instant("2026-02-23 08:30")):
        case = cases.start_key_decision(session, title="A new proposal", by=people.find_person(session, "amara.osei"))
        yield Council(session, case)


