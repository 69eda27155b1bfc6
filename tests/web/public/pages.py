"""Reading a page as a person does: its words without the markup, its sections, its list of details."""

from __future__ import annotations

import html
import re

from werkzeug.test import TestResponse

TAG = re.compile(r"<[^>]+>")


def words(text: str) -> str:
    """The visible words of some HTML, with single spaces."""
    shown = re.sub(r"(?s)<(script|style|title)\b.*?</\1>", " ", text)
    return re.sub(r"\s+", " ", html.unescape(TAG.sub(" ", shown))).replace(" .", ".").strip()


def main(answer: TestResponse) -> str:
    """The main part of a page."""
    return answer.text.partition("<main")[2].partition(">")[2].partition("</main>")[0]


def section(answer: TestResponse, anchor: str) -> str:
    """The words below the heading with this anchor, up to the next heading of its level."""
    found = re.search(rf'(?s)<h2[^>]* id="{anchor}"[^>]*>.*?</h2>(.*?)(?=<h2|</main>|<aside)', answer.text)
    assert found, f"no section {anchor}"
    return words(found[1])


def details(answer: TestResponse) -> dict[str, str]:
    """The list of details: each label with its words, in the order of the page."""
    list_ = answer.text.partition('id="details"')[2].partition("<dl")[2].partition('<h2 class="govuk-heading-m" id="call-in"')[0]
    rows = re.findall(r'(?s)<dt class="govuk-summary-list__key">(.*?)</dt>\s*<dd class="govuk-summary-list__value">(.*?)</dd>\s*</div>', list_)
    return {words(key): words(value) for key, value in rows}


def status_sentence(answer: TestResponse) -> str:
    """The first sentence in the status box."""
    found = re.search(r'(?s)<div class="dps-status">\s*<p class="govuk-body">(.*?)</p>', answer.text)
    assert found, "no status"
    return words(found[1])


def headings(answer: TestResponse) -> list[str]:
    """All headings of the main part."""
    return [words(heading) for heading in re.findall(r"(?s)<h[1-3][^>]*>(.*?)</h[1-3]>", main(answer))]


def problems(answer: TestResponse) -> list[str]:
    """The messages of the error summary."""
    list_ = answer.text.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    return [words(item) for item in re.findall(r"(?s)<li>(.*?)</li>", list_)]
