"""Every page of the process owner's workshop: its frame, two widths, and axe (S21). Beside test_every_page, which leaves these to this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from models import Breach, Case, User, clock
from tests.journeys.test_every_page import ELSEWHERE
from tests.support.casebook import TABLE
from tests.support.clients import client_for
from tests.support.crawl import Found, crawl
from tests.support.page_walk import chosen, problems_of, problems_when_sent_empty
from tests.support.server import Site, copy_town, serve
from webapp.settings import Settings
from workflows.actions import agreeing, instances, process_drafts
from workflows.enqueue import Tools
from workflows.jobs.runner import run_once

OWNER, LEGAL = "jo.castell", "leah.stone"
KEY = "clarification"
BENCH = f"/processes/{KEY}/draft"
# What the crawl starts from; the rest is found by links, as a person finds it.
STARTS = (
    f"{BENCH}/deploy", f"{BENCH}/outline/is-it-enough", f"{BENCH}/outline/answer-clarification", f"{BENCH}/review", f"{BENCH}/try", f"/processes/{KEY}/compare",
    f"/processes/{KEY}/versions", "/processes/site-visit/draft/review", "/processes/site-visit/draft/try", BENCH, "/jobs", "/processes/consultation/draft",
    "/processes/new",
)  # fmt: skip
CASES = ("Q-2026-0001", "Q-2026-0002")
NOT_PAGES = {"workshop.draft_files": "a download"}
# Pages that differ most in what they show: an agreed change and one that nobody has made yet; a walk that goes on and one that is not begun.
MOST = {"workshop.review": 2, "workshop.trying": 2, "workshop.outline_step": 2, "undertakings.show_job": 2}

SENDING = 'main form[method="post"]:has(.govuk-form-group) button.govuk-button:not(.govuk-button--warning)'


@pytest.fixture(scope="module")
def workshop_site(empty_town: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The service of a council with two open cases of a small process on its first version, whose second is live and whose third is agreed; the
    third was simulated and is walked by hand. The draft of a second process has only just begun."""
    with serve(copy_town(empty_town, tmp_path_factory.mktemp("workshop"))) as site:
        for reference in CASES:
            begin_case(site, reference)
        agree(site, "Ask the provider", "Write to the provider")
        with site.writing() as session:
            draft = process_drafts.going(session, KEY)
            agreeing.deploy(session, draft, digest=process_drafts.digest_of(session, draft), found=[], by=session.merge(site.person(OWNER), load=False))
        agree(site, "Check the answers", "Read the answers")
        owner = client_for(site.app, site.person(OWNER))
        for path, answers in {
            f"{BENCH}/simulate": {"cases": "5", "compare": "yes"},
            f"{BENCH}/try/begin": {"at": "2026-03-02 09:30", "data": "provider_group: provider-0001"},
            "/processes/site-visit/draft/open": {},
        }.items():
            answer = owner.post(path, data=answers)
            assert answer.status_code == 303, answer.text
        run_once(site.engine, Tools(), clock.now())
        assert owner.post(f"{BENCH}/simulate", data={"cases": "5"}).status_code == 303
        yield site


def begin_case(site: Site, reference: str) -> None:
    """An open case of the small process, which has broken a rule of it."""
    with site.writing() as session:
        by = session.get_one(User, site.person("raj.patel").id)
        case = Case(reference=reference, kind=KEY, title="Which accounts?", team_key="procurement", opened_at=clock.now(), owner_id=by.id, closed_at=None)
        session.add(case)
        session.flush()
        instance = instances.start(session, case, KEY, data={"provider_group": "provider-0001"}, by=by)
        session.add(
            Breach(
                case_id=case.id, instance_id=instance.id, process=KEY, version=1, rule_id="first", words="The provider is asked before it answers",
                legal="The Procurement Act 2023", happened="It answered first", breached_at=clock.now(), found_at=clock.now(), closed_at=None,
                closed_by_id=None,
            )  # fmt: skip
        )


def agree(site: Site, name: str, other: str) -> None:
    """A draft in which a step has another name, with a table beside it, sent by the owner and agreed by Legal."""
    with site.writing() as session:
        by, lawyer = (session.get_one(User, site.person(each).id) for each in (OWNER, LEGAL))
        draft = process_drafts.open_draft(session, KEY, by=by)
        text = process_drafts.files_of(session, draft)["process.bpmn"].replace(f'name="{name}"', f'name="{other}"')
        for path, content in {"process.bpmn": text, "size.dmn": TABLE}.items():
            process_drafts.save_file(session, draft, path, content, based_on=process_drafts.revision_of(session, draft, path), by=by)
        agreeing.send(session, draft, why="Providers did not know what was asked of them.", found=[], by=by)
        agreeing.agree(session, draft, digest=process_drafts.digest_of(session, draft), found=[], by=lawyer)


@pytest.fixture(scope="module")
def everything(workshop_site: Site) -> list[Found]:
    """Every page of the workshop that the process owner reaches, and what Legal is asked about a broken rule."""
    several = {"undertakings.show_job": 4}
    found = [
        *crawl(workshop_site, OWNER, STARTS, most_of_one_kind=2, more_of=several, wanted=lambda name: name.startswith((*ELSEWHERE, "processes."))),
        *crawl(workshop_site, LEGAL, (f"/cases/{CASES[0]}/law",), wanted=lambda name: name in {"cases.law", "cases.settle"}),
    ]
    return [one for one in found if one.endpoint.startswith(ELSEWHERE)]


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_page_of_the_workshop_is_right_at_two_widths(workshop_site: Site, everything: list[Found], open_page: Callable[..., Page]) -> None:
    wrong = problems_of(open_page(workshop_site), workshop_site, chosen(everything, MOST))

    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_form_of_the_workshop_sent_empty_says_what_is_missing(
    workshop_site: Site, everything: list[Found], open_page: Callable[..., Page]
) -> None:
    forms = chosen([one for one in everything if one.has_post_form], MOST)
    wrong = problems_when_sent_empty(open_page(workshop_site), workshop_site, forms, SENDING)

    assert not wrong, "\n".join(wrong)


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_no_page_of_the_workshop_stays_outside_the_walk(workshop_site: Site, everything: list[Found]) -> None:
    rules = [rule for rule in workshop_site.app.url_map.iter_rules() if rule.endpoint.startswith(ELSEWHERE) and "GET" in (rule.methods or set())]

    outside = {rule.endpoint for rule in rules} - {found.endpoint for found in everything} - set(NOT_PAGES)
    assert not outside, sorted(outside)
