"""Every page of the service, as the people it is for: its frame, two widths, and axe (S21); each form sent empty, each list empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from models.session import make_engine, transaction
from tests.support import factories
from tests.support.crawl import NOBODY, Found, crawl
from tests.support.page_walk import chosen, problems_of, problems_when_sent_empty
from tests.support.server import Site, make_town
from webapp.settings import Settings

# One person for each part of the site, so that every page is met by somebody it is for.
PROVIDERS = ("amy.lowe@harbourside-homes.example.org", "finn.mole@cobblers-yard.example.org", "vera.blunt@copperfield-house.example.org")
PEOPLE = (
    NOBODY, "amara.osei", "raj.patel", "leah.stone", "ines.marlow", "helen.ashdown", "martin.quayle", "peter.hollis", "jo.castell", "priya.nair",
    "carys.pryce", "moira.kendrick", "yusuf.adeyemi", "bridget.nolan", "alan.frost", *PROVIDERS,
)  # fmt: skip
STARTS = (
    "/", "/work", "/decisions", "/cases", "/approvals", "/publishing", "/consultations", "/processes", "/admin", "/settings", "/signed-out", "/search",
    "/apply", "/apply/eligibility/1", "/apply/account", "/provider", "/providers", "/preferred-list", "/preferred-list/lists", "/preferred-list/history",
    "/preferred-list/placements", "/inspections", "/providers-list", "/interests", "/teams",
)  # fmt: skip
# How many pages of one kind are looked at: the ones that differ most in what they show get more.
MOST = {"work.show_task": 8, "public.show_decision": 4, "approvals.show_approval": 3, "cases.show_case": 3}
# How many pages of one kind each person is led through: more of those that lead to something else according to where their case stands.
OF_ONE_KIND = 3
MORE_OF = {"cases.show_case": 14, "cases.consultations": 14, "admin.put_back": 14, "inspections.show_inspection": 8, "preferred_list.show_list": 8, "work.show_task": 8, "publishing.desk": 8}
NOT_PAGES = {
    "static": "a file", "council_css": "a style sheet", "council_logo": "a picture", "health.live": "for machines", "health.ready": "for machines", "health.figures": "for machines",
    "account.session_left": "for scripts", "work.task_state": "for scripts", "processes.diagram_xml": "a file", "cases.document": "a download",
    "public.document": "a download", "public.document_file": "a download", "account.confirm_sign_out": "has a journey of its own",
    "provider.task_state": "for scripts", "provider.document": "a download", "provider.letter_file": "a download", "providers.document": "a download",
    "providers.letter_file": "a download", "public.provider_list_csv": "a file", "inspections.my_calendar": "a file",
    "account.feed": "a file", "admin.show_mail_as_html": "a mail as it goes out", "admin.show_mail_kind_as_html": "a mail as it goes out",
    "processes.version_files": "a download", "processes.version_diagram": "a file",
    "processes.branches_csv": "a file", "processes.heatmap_csv": "a file", "processes.version_figures_csv": "a file",
}  # fmt: skip
# The workshop has a walk of its own, over drafts and jobs that the demo does not have (test_every_workshop_page).
ELSEWHERE = ("workshop.", "undertakings.", "processes.compare", "cases.settle")
SENDING = 'main form[method="post"] button[data-main], main form[method="post"]:has(.govuk-form-group) button.govuk-button'
REDIRECTS = frozenset({"cases.short", "consultations.for_task", "approvals.for_case", "apply.section", "apply.hub_of_task", "inspections.for_task"})
AFTER_AN_ACTION = {
    "approvals.check_again", "approvals.sign_again", "approvals.signed", "public.representation_sent", "public.call_in_sent", "work.task_done",
    "work.discard_draft", "work.reassign", "cases.remove_document", "cases.override", "publishing.preview", "publishing.check_again",
    "publishing.preview_again", "publishing.published", "apply.asked_to_join", "apply.check", "apply.check_email", "apply.declaration", "apply.follow_link",
    "apply.join", "apply.organisation", "apply.remove_person", "inspections.choose_line", "inspections.report", "preferred_list.compare",
    "preferred_list.shortlist", "preferred_list.write_contract", "provider.discard_draft", "provider.task_done", "work.show_interest",
}  # fmt: skip


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo council with its cases and the small market of providers, a day off that was added, and a job and a case that cannot go on."""
    settings = make_town(tmp_path_factory.mktemp("market-town"), market=True)
    engine = make_engine(settings.database_url)
    factories.case_stuck(engine)
    with transaction(engine) as session:
        factories.day_off(session)
        factories.job_given_up(session)
    return settings


@pytest.fixture(scope="module")
def everything(unchanged_site: Site) -> list[Found]:
    """Every page that any of the people reaches; the copies of the town have the same ones."""
    return list(reached(unchanged_site, PEOPLE))


def reached(site: Site, people: tuple[str, ...]) -> Iterator[Found]:
    """The pages that people reach by links, person by person. One process looks like another, so each is led through one of them."""
    once = {rule.endpoint: 1 for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("processes.")}
    for person in people:
        yield from crawl(site, person, STARTS, most_of_one_kind=OF_ONE_KIND, more_of=MORE_OF | once, wanted=is_wanted)


def is_wanted(endpoint: str) -> bool:
    """Whether the walk looks at these pages at all."""
    return endpoint not in NOT_PAGES and not endpoint.startswith(ELSEWHERE)


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_page_is_right_at_two_widths_for_everyone(unchanged_site: Site, everything: list[Found], open_page: Callable[..., Page]) -> None:
    wrong = problems_of(open_page(unchanged_site), unchanged_site, chosen(everything, MOST))

    assert not wrong, "\n".join(wrong)


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_page_with_nothing_on_it_is_right(empty_site: Site, open_page: Callable[..., Page]) -> None:
    staff = tuple(person for person in PEOPLE if person not in PROVIDERS)
    wrong = problems_of(open_page(empty_site), empty_site, chosen(reached(empty_site, staff), MOST))

    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_every_form_sent_empty_says_what_is_missing(site: Site, everything: list[Found], open_page: Callable[..., Page]) -> None:
    forms = [one for one in chosen(everything, MOST) if one.has_post_form and one.endpoint != "account.sign_in"]
    wrong = problems_when_sent_empty(open_page(site), site, forms, SENDING)

    assert not wrong, "\n".join(wrong)


@pytest.mark.figure("S21 walks_over_all_pages_with_faults")
def test_no_page_stays_outside_the_walk(unchanged_site: Site, everything: list[Found]) -> None:
    met = {found.endpoint for found in everything}
    readable = {rule.endpoint for rule in unchanged_site.app.url_map.iter_rules() if "GET" in (rule.methods or set())}

    outside = {each for each in readable if is_wanted(each)} - met - REDIRECTS - AFTER_AN_ACTION
    assert not outside, sorted(outside)
