"""How people do their part in a browser: open the task they have, fill in its form, and press on until it is done."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from models import Case, KeyDecision, TaskStatus, UserTask
from tests.support import browser as browsers
from tests.support.server import Site
from webapp.shared import task_links

MOST_PAGES = 4
REPORT = {
    "recommendations": "That the list is opened.", "background": "The list is full.", "if_we_do_not": "Nobody can join.",
    "options_rejected": "Waiting a year.", "finance_implications": "Met from the budget.", "legal_implications": "The council has the power.",
    "procurement_implications": "A notice comes first.", "risk": "Few may apply.", "equality_duty": "Nobody is worse off.",
}  # fmt: skip
PROPOSAL = {
    "title": "Opening the list of supported homes", "summary": "More young people need a home near their school.", "proposal": "Open the list to new providers.",
    "maker_type": "officer", "maker": "executive-director-children", "lead_director": "executive-director-children", "contact": "children-commissioning",
    "executive": "yes", "treasury": "no", "value_total": "600000", "two_or_more_divisions": "yes", "scope": "all_divisions",
    "plan_priority": "Best start in life", "restriction": "open", "extends_after_expiry": "no",
}  # fmt: skip
NOTICE = {
    "documents_list": "Report on the list of supported homes", "documents_address": "Democratic Services, County Hall", "other_documents": True,
    "request_procedure": "Write to Democratic Services.", "no_exempt_text": True,
}  # fmt: skip
ADVICE = {"response": "support", "implications": "None that stand against it."}
DECISION = {
    "decision": "approve", "decision_text": "The list is opened.", "reasons": "More homes are needed.", "alternatives_rejected": "Waiting.",
    "representations_considered": True, "has_interest": "no",
}  # fmt: skip
SIGNED_OFF = {"sign_off": "approve"}
HOLDERS = {
    "children-commissioning": "amara.osei", "democratic-services": "ines.marlow", "procurement": "raj.patel", "legal": "leah.stone",
    "finance": "owen.fairley", "public-health": "bea.lindqvist", "communities": "kofi.mensah", "executive-director-children": "helen.ashdown",
    "monitoring-officer": "martin.quayle", "section-151-officer": "sunita.rao", "chief-executive": "david.orme", "scrutiny-chair": "peter.hollis",
}  # fmt: skip
AUTHOR, CLERK, DIRECTOR, LAWYER, TREASURER = "amara.osei", "ines.marlow", "helen.ashdown", "martin.quayle", "sunita.rao"
CONSULTEES = ("procurement", "legal", "finance")
DECIDABLE, HALF_WAY, FIRST = "Reserving 24 places", "Replacing the list", "Extending the purchasing system"


def fill(page: Page, answers: Mapping[str, Any]) -> None:
    """Fill in a task's form by the keys of its questions; one that only another answer reveals is filled in after that."""
    waiting = dict(answers)
    while waiting:
        shown = [key for key in waiting if _is_shown(_question(page, key))]
        assert shown, f"These questions are not shown: {', '.join(waiting)}"
        for key in shown:
            _fill_one(_question(page, key), key, waiting.pop(key))


def _question(page: Page, key: str) -> Locator:
    return page.locator(f'main [name="{key}"]:not([type="hidden"])')


def _is_shown(found: Locator) -> bool:
    return found.count() > 0 and found.first.is_visible()


def _fill_one(found: Locator, key: str, value: Any) -> None:
    assert found.count(), f"There is no question {key}"
    kind = found.first.get_attribute("type") or found.first.evaluate("element => element.tagName.toLowerCase()")
    if kind in ("radio", "checkbox"):
        wanted = [str(each) for each in value] if isinstance(value, list | tuple) else ["yes" if value is True else str(value)]
        for each in wanted:
            found.and_(found.page.locator(f'[value="{each}"]')).check()
    elif kind == "select":
        found.select_option(str(value))
    elif found.count() == 3 and re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)):
        for part, text in zip(found.all(), reversed(str(value).split("-")), strict=True):
            part.fill(text)
    else:
        found.fill("\n".join(value) if isinstance(value, list | tuple) else str(value))


class Walk:
    """One decision walked in one browser, by whoever's turn it is."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.reference = ""

    def take_up(self, title: str) -> Walk:
        """Go on with the demo decision whose title has these words."""
        with self.site.reading() as session:
            self.reference = session.scalars(select(Case.reference).where(Case.title.contains(title))).one()
        return self

    def start(self, by: str = AUTHOR, title: str = "A new proposal") -> str:
        """Start a key decision as its author does, and give the case's reference."""
        browsers.sign_in(self.page, self.site, by)
        self.page.goto("/cases/new")
        self.page.get_by_label("What is to be decided?").fill(title)
        self.page.get_by_role("button", name="Start", exact=True).click()
        with self.site.reading() as session:
            self.reference = session.scalars(select(Case.reference).order_by(Case.opened_at.desc(), Case.reference.desc())).first() or ""
        return self.reference

    def waiting(self) -> set[tuple[str, str]]:
        """The tasks that wait now, as (id in the diagram, group)."""
        return {(task.bpmn_id, task.candidate_group) for task in self._open()}

    def task(self, name: str, of: str = "") -> UserTask:
        """The waiting task with this id in the diagram."""
        found = [task for task in self._open() if task.bpmn_id == name and of in ("", task.candidate_group)]
        assert found, f"{name} does not wait; waiting: {sorted(self.waiting())}"
        return found[0]

    def open(self, name: str, *, by: str, of: str = "") -> UserTask:
        """Open a task's page as a person."""
        browsers.sign_in(self.page, self.site, by)
        task = self.task(name, of)
        with self.site.app.test_request_context():
            self.page.goto(task_links.href(task))
        return task

    def do(self, name: str, answers: Mapping[str, Any], *, by: str = "", of: str = "") -> None:
        """Do a task, as whoever holds its post or is first in its team: open it, answer, and press on over the check page until it is done."""
        task = self.open(name, by=by or HOLDERS[self.task(name, of).candidate_group], of=of)
        fill(self.page, answers)
        self.press_on(task.id, next(iter(answers)))

    def press_on(self, task_id: uuid.UUID, question: str) -> None:
        """Press the main button of each page until the task is done."""
        for _ in range(MOST_PAGES):
            before = self.page.url
            self.page.locator(f'form:has([name="{question}"]) button.govuk-button').first.click()
            self.page.wait_for_load_state()
            if self.is_done(task_id):
                return
            assert not self.page.title().startswith("Error: "), self.page.locator(".govuk-error-summary").inner_text()
        raise AssertionError(f"The task is not done after {MOST_PAGES} pages; now at {before}: {self.page.locator('main').inner_text()[:500]}")

    def is_done(self, task_id: uuid.UUID) -> bool:
        """Whether a task was completed."""
        with self.site.reading() as session:
            return session.get_one(UserTask, task_id).status is TaskStatus.COMPLETED

    def slug(self) -> str:
        """The decision's place in the public addresses."""
        return self.decision().slug

    def decision(self) -> KeyDecision:
        """The decision as it is stored."""
        with self.site.reading() as session:
            return session.scalars(select(KeyDecision).join(Case, Case.id == KeyDecision.case_id).where(Case.reference == self.reference)).one()

    @staticmethod
    def all_tasks(site: Site) -> dict[str, Any]:
        """Every task of the service with its state, for comparing before and after."""
        with site.reading() as session:
            return {str(task.id): (task.status, task.assignee_id, task.revision) for task in session.scalars(select(UserTask))}

    def _open(self) -> list[UserTask]:
        waiting = (TaskStatus.READY, TaskStatus.CLAIMED)
        query = select(UserTask).join(Case, Case.id == UserTask.case_id).where(Case.reference == self.reference, UserTask.status.in_(waiting))
        with self.site.reading() as session:
            return list(session.scalars(query))
