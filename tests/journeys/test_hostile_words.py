"""Whatever is typed into any text field is shown as the words it is, on every page that shows it (S12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.steps import ADVICE, AUTHOR, CONSULTEES, DECISION, HOLDERS, NOTICE, PROPOSAL, REPORT, SIGNED_OFF, Walk
from tests.support import browser as browsers
from tests.support.crawl import crawl
from tests.support.server import Site

SUMS = "{{7*7}} ${7*7} <%=7*7%> #{7*7} {%print(7*7)%}"
SCRIPTS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "'-alert(1)-'", "</textarea><script>alert(1)</script>",
    "<a href=javascript:alert(1)>press</a>", "</title><script>alert(1)</script>", "<details open ontoggle=alert(1)>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</script><script>alert(1)</script>", "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>", "<math><mtext><script>alert(1)</script>",
)  # fmt: skip
HOSTILE = f"{SUMS} {' '.join(SCRIPTS)}"
DAY, DECIDED = "2026-03-02", "2026-04-06"
CHOICES = frozenset({
    "maker_type", "maker", "lead_director", "contact", "executive", "treasury", "value_total", "two_or_more_divisions", "scope", "plan_priority",
    "restriction", "extends_after_expiry", "other_documents", "no_exempt_text", "response", "decision", "representations_considered", "has_interest",
    "sign_off", "can_wait_28", "material_change",
})  # fmt: skip
SEEN_BY = ("", "amara.osei", "leah.stone", "ines.marlow", "helen.ashdown", "priya.nair")
STARTS = ("/", "/work", "/work?list=done", "/decisions", "/cases", "/consultations", "/approvals", "/publishing", "/admin/mail")


def hostile(answers: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The same answers with hostile words wherever anything may be typed."""
    return {key: value if key in CHOICES else HOSTILE[:140] if key == "title" else HOSTILE for key, value in answers.items()} | more


def spoiled(site: Site, page: Page) -> Walk:
    """A decision with hostile words in every field from the proposal to the published record, and in a comment, a representation and a search."""
    site.move_to(f"{DAY} 09:30")
    walk = Walk(site, page)
    walk.start(title=HOSTILE[:140])
    walk.do("propose", hostile(PROPOSAL, due_month="4", due_year="2026"))
    walk.do("choose-route", {"can_wait_28": "yes"})
    walk.do("publish-notice", hostile(NOTICE, website_on=DAY, offices_on=DAY))
    represent(walk)
    comment(walk)
    walk.do("draft-report", hostile(REPORT, social_value=HOSTILE, background_papers=[HOSTILE]))
    for team in CONSULTEES:
        walk.do("give-advice", hostile(ADVICE, response="support_with_conditions", comments=HOSTILE, conditions=[HOSTILE]), of=team)
    walk.do("complete-report", {"consultation_summary": HOSTILE, "material_change": "no"})
    walk.do("sign-off", SIGNED_OFF | {"comments": HOSTILE}, of="section-151-officer")
    site.move_to(f"{DECIDED} 09:30")
    walk.do("decide", hostile(DECISION, members_consulted=HOSTILE, has_interest="yes", interests=HOSTILE, dispensation=HOSTILE))
    walk.do("publish-record", {"published_on": DECIDED, "offices_too": True, "urgent_exemption": "no"})
    return walk


def represent(walk: Walk) -> None:
    """A comment of the public in which every field is hostile."""
    page = walk.page
    browsers.sign_out(page)
    page.goto(f"/decisions/{walk.slug()}/representations/new")
    for name in ("text", "name", "contact", "capacity"):
        page.locator(f"[name={name}]").fill(HOSTILE if name == "text" else HOSTILE[:100])
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send comment").click()


def comment(walk: Walk) -> None:
    """A hostile comment on the case."""
    browsers.sign_in(walk.page, walk.site, AUTHOR)
    walk.page.goto(f"/cases/{walk.reference}/comments")
    walk.page.locator("main textarea").first.fill(HOSTILE)
    walk.page.locator("main form:has(textarea) button.govuk-button").first.click()


@pytest.mark.figure("S12 walks_with_hostile_words_that_were_carried_out")
def test_no_words_are_ever_carried_out(empty_site: Site, open_page: Callable[..., Page]) -> None:
    """Dialogs, refused scripts and script errors on any page fail this test when the browser is closed."""
    page = open_page(empty_site)
    spoiled(empty_site, page)
    worked_out: list[str] = []
    seen: set[str] = set()

    for person in SEEN_BY:
        browsers.become(page, empty_site, person)
        for found in crawl(empty_site, person, STARTS, most=120):
            if found.url not in seen:
                seen.add(found.url)
                page.goto(found.url)
                if "{{7*7}}" in page.content() and "49 " in page.locator("main").inner_text().replace("249 ", ""):
                    worked_out.append(found.url)

    assert not worked_out, worked_out
    assert len(seen) > 25


def test_the_trap_itself_catches(empty_site: Site, open_page: Callable[..., Page], unseen: Any) -> None:
    page = open_page(empty_site)
    page.goto("/decisions")

    page.evaluate("alert(1)")
    page.evaluate("() => { const s = document.createElement('script'); s.textContent = 'alert(2)'; document.body.append(s); }")
    page.wait_for_timeout(200)

    assert "dialog: 1" in unseen.found
    assert any("Content Security Policy" in words for words in unseen.found)
    unseen.found.clear()


def test_every_person_of_the_walk_is_a_demo_person(empty_site: Site) -> None:
    assert {name for name in HOLDERS.values() if empty_site.person(name) is None} == set()
