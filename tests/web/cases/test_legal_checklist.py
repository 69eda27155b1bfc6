"""The legal checklist on the pages of a case: counts, lines, what was broken and what becomes of it, and who sees it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, select

from models import AuditEvent, Breach, Case, KeyDecision, ProcessDefinition
from models.session import new_session, transaction
from tests.support.breaking import break_rules
from tests.support.casebook import Casebook
from tests.web.cases.conftest import Council
from workflows.actions import definitions

REASON = "Another officer looked at the proposal again and agrees with it."


def plain(page: str) -> str:
    """The text of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]).replace("&#39;", "'").split())


def counts(page: str) -> str:
    """The sentence with the counts."""
    found = re.search(r"\d+ met[^.]*\.", plain(page))
    assert found
    return found[0]


def test_the_demo_decisions_are_lawful(council: Council) -> None:
    browser = council.browser("amara.osei")

    told = [counts(browser.get(f"/cases/{each}/law").text) for each in (council.carried_out, council.in_consultation, council.to_decide)]

    assert told == ["19 met, none breached.", "4 met, 3 waiting, none breached.", "8 met, 3 waiting, none breached."]


def test_the_summary_says_the_same_and_leads_there(council: Council) -> None:
    page = council.browser("amara.osei").get(f"/cases/{council.in_consultation}").text

    assert counts(page) == "4 met, 3 waiting, none breached."
    assert f"/cases/{council.in_consultation}/law" in page


def test_a_line_says_the_rule_its_basis_and_by_whom_it_was_met(council: Council) -> None:
    page = plain(council.browser("amara.osei").get(f"/cases/{council.carried_out}/law").text)

    assert "“Make the decision” comes only after “Publish the notice”. Except on the way “Urgent”." in page
    assert "SI 2012/2089 reg 9. Met “Publish the notice” was done. 28 September 2020, 9:30am by Ines Marlow" in page


def test_what_waits_for_a_time_gives_its_date(council: Council) -> None:
    with new_session(council.engine, writes=False) as session:
        decision = session.scalars(select(KeyDecision).join(Case).where(Case.reference == council.in_consultation)).one()
        first = decision.earliest_decision_on
    assert first is not None

    page = plain(council.browser("amara.osei").get(f"/cases/{council.in_consultation}/law").text)

    assert f"Waiting for the time to be over. {first:%a} {first.day} {first:%b}" in page


def test_a_case_whose_process_has_no_rules_says_so(book: Casebook) -> None:
    with transaction(book.engine) as session:
        files = {**session.scalars(select(ProcessDefinition).where(ProcessDefinition.key == "errand")).one().files}
        files.pop("rules.yml", None)
        definitions.make_version(session, "errand", {**files, "README.md": "# Run an errand"}, by=None)
    reference = book.errand()
    browser = book.browser("audit")

    page, summary = (plain(browser.get(f"/cases/{reference}{place}").text) for place in ("/law", ""))

    assert "No legal rules are written down for the process of this case." in page
    assert "See the legal checklist" not in summary


def test_a_broken_rule_is_told_with_who_and_when(council: Council) -> None:
    break_rules(council.engine, council.to_decide)
    browser = council.browser("amara.osei")

    page, summary = (plain(browser.get(f"/cases/{council.to_decide}{place}").text) for place in ("/law", ""))

    assert counts(f"<main {page}") == counts(f"<main {summary}") == "8 met, 3 waiting, 2 breached."
    for shown in (page, summary):
        assert "Breached Different people do “Propose the decision” and “Draft the report”." in shown
        assert re.search(r"“Draft the report” was done on \d+ \w+ \d{4} at [\d:]+[ap]m by Tom Birch, who also did “Propose the decision”\.", shown)
    assert "Legal or the Monitoring Officer say what is done about it." in page
    assert "Say what was done about it" not in page


def test_legal_says_what_was_done_and_it_stays_on_the_case(council: Council) -> None:
    first, _ = break_rules(council.engine, council.to_decide)
    place, browser = f"/cases/{council.to_decide}/law", council.browser("martin.quayle")

    offered = browser.get(place).text
    short = browser.post(f"{place}/{first}", data={"because": "all well"})
    done = browser.post(f"{place}/{first}", data={"because": REASON})
    after = plain(browser.get(place).text)
    again = browser.get(f"{place}/{first}")

    assert f"{place}/{first}" in offered
    assert (short.status_code, done.status_code, again.status_code) == (422, 303, 303)
    assert short.text.count("Enter what was done about it, in 20 characters or more") == 2
    assert "all well" in short.text
    assert f"{REASON}, Martin Quayle" in after
    assert "Dealt with" in after
    summary = plain(browser.get(f"/cases/{council.to_decide}").text)
    assert "who also did" not in summary
    assert "2 breached" in summary
    timeline = browser.get(f"/cases/{council.to_decide}/timeline").text
    assert "Broken rule dealt with: Different people do" in plain(timeline)
    assert REASON in timeline


@pytest.mark.parametrize("who", ["amara.osei", "helen.ashdown"])
def test_nobody_else_may_close_it(council: Council, who: str) -> None:
    first, _ = break_rules(council.engine, council.to_decide)
    place = f"/cases/{council.to_decide}/law/{first}"
    browser = council.browser(who)

    answers = [browser.get(place).status_code, browser.post(place, data={"because": REASON}).status_code]

    assert answers == [403, 403]
    with new_session(council.engine, writes=False) as session:
        assert list(session.scalars(select(Breach.closed_at))) == [None, None]


def test_a_broken_rule_of_another_case_is_not_found(council: Council) -> None:
    first, _ = break_rules(council.engine, council.to_decide)

    answer = council.browser("martin.quayle").get(f"/cases/{council.in_consultation}/law/{first}")

    assert answer.status_code == 404


def test_administrators_find_it_beside_what_cannot_continue(council: Council) -> None:
    break_rules(council.engine, council.to_decide)
    browser = council.browser("priya.nair")

    page, home = (plain(browser.get(place).text) for place in ("/admin/incidents", "/admin"))

    assert "Rules that were broken" in page
    assert "by Tom Birch, who also did “Propose the decision”." in page
    assert "2 rules were broken" in home


def test_the_public_and_providers_see_nothing_of_it(council: Council) -> None:
    first, _ = break_rules(council.engine, council.to_decide)
    with new_session(council.engine, writes=False) as session:
        slug = session.scalars(select(KeyDecision.slug).join(Case).where(Case.reference == council.to_decide)).one()
    stranger = council.app.test_client()

    public = stranger.get(f"/decisions/{slug}")
    answers = [stranger.get(f"/cases/{council.to_decide}/law{place}").status_code for place in ("", f"/{first}")]

    assert public.status_code == 200
    assert [word for word in ("Legal checklist", "who also did", "broken", "reached yet") if word in plain(public.text)] == []
    assert answers == [302, 302]


def test_looking_at_it_writes_nothing_and_asks_little_more(council: Council) -> None:
    break_rules(council.engine, council.to_decide)
    browser = council.browser("amara.osei")
    place = f"/cases/{council.to_decide}"
    browser.get(place)
    seen: list[str] = []

    def note(*executed: object) -> None:
        seen.append(str(executed[2]))

    with new_session(council.engine, writes=False) as session:
        before = list(session.scalars(select(AuditEvent.digest)))
    event.listen(council.engine, "before_cursor_execute", note)
    browser.get(place)
    event.remove(council.engine, "before_cursor_execute", note)

    with new_session(council.engine, writes=False) as session:
        assert list(session.scalars(select(AuditEvent.digest))) == before
    history = [each for each in seen if "FROM audit_event" in each and "audit_event.kind IN" in each and "ORDER BY audit_event.chain" in each]
    assert (len(history), sum("FROM breach" in each for each in seen)) == (1, 1)
