"""Where a case is: the list of steps and the drawing say the same."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models import Case, ProcessInstance, clock
from models.session import new_session
from tests.support.casebook import FAILING, Casebook
from tests.web.cases.conftest import Council
from workflows.library import definitions


def listed_now(page: str) -> set[str]:
    """The steps that the list marks as current."""
    return set(re.findall(r'<li id="step-([^"]+)" class="is-now" aria-current="step"', page))


def drawn(page: str, state: str) -> set[str]:
    """The names of what the drawing marks with a word."""
    return {name.strip() for name in re.findall(rf"<title>([^<(]+) \([^<]*\. {state}</title>", page)}


def test_the_list_says_who_did_what_and_what_is_now(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
        book.complete(reference, "propose", by="children-commissioning", note="minutes")

        page = book.browser("legal").get(f"/cases/{reference}/process").text

    assert "Done by Pat Children&#39;s commissioning, 4 November 2020" in page
    assert "Done by the system" in page
    assert "Now: waiting until 18 November 2020, 9:30am" in page
    assert listed_now(page) == {"wait"}
    assert drawn(page, "Now") == {"Two weeks have passed"}
    assert drawn(page, "Done") == {"Propose the errand", "Fetch it"}


def test_running_timers_stand_with_the_moment_they_are_due(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
        before = book.browser("legal").get(f"/cases/{reference}/process").text
        book.complete(reference, "propose", by="children-commissioning", note="minutes")
        after = book.browser("legal").get(f"/cases/{reference}/process").text

    assert "No timer runs." in before
    assert "Wed 18 Nov, 9:30am" in after
    assert "10 working days left" in after


def test_a_step_that_cannot_be_done_is_named(book: Casebook) -> None:
    reference = book.errand()
    book.complete(reference, "propose", by="children-commissioning", note=FAILING)

    page = book.browser("legal").get(f"/cases/{reference}/process").text

    assert listed_now(page) == {"fetch"}
    assert "Now: cannot continue here" in page
    assert "The shop did not open its door" in page


@pytest.mark.parametrize("which", ["carried_out", "in_consultation", "to_decide"])
def test_list_and_drawing_and_engine_agree_in_the_real_process(council: Council, which: str) -> None:
    reference = getattr(council, which)

    page = council.browser("amara.osei").get(f"/cases/{reference}/process").text

    with new_session(council.engine, writes=False) as session:
        instance = session.scalars(select(ProcessInstance).join(Case).where(Case.reference == reference)).one()
        spec = definitions.spec_of(session, instance.definition)
        frames = {step.id for step in spec.steps if step.kind == "sub-process"}
        live = set(instance.live) - frames
        names = {step.name for step in spec.steps if step.id in live}
    assert listed_now(page) == live
    assert drawn(page, "Now") == names
