"""What every page must be, asked of the page as the browser shows it: its frame, its words, its width, and axe."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, TimeoutError

from tests.support.browser import DESK, PHONE

AXE = Path(__file__).parent.parent.parent / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCRIPT_RUNS_WITHIN = 3_000  # milliseconds
# The editors and viewers draw with a library that a screen reader cannot use; the same page must offer the list.
DRAWN_BY_A_LIBRARY = ".djs-container"
# Wider than the window, and not inside a region of its own that can be focused and scrolled.
SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const inside = (e) => e.closest('[tabindex="0"]') && getComputedStyle(e.closest('[tabindex="0"]')).overflowX !== 'visible';
  return [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > width + 1 && !inside(e))
    .slice(0, 3).map((e) => e.outerHTML.slice(0, 120));
}"""
AXE_RUN = """async ([exclude, options]) => {
  const found = await axe.run({exclude: [[exclude]]}, options);
  return found.violations.map((fault) => ({id: fault.id, help: fault.help, html: fault.nodes[0].html}));
}"""
DUPLICATES = """() => {
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))];
}"""


@cache
def _axe() -> str:
    return AXE.read_text()


def axe(page: Page, *, contrast: bool = True) -> list[str]:
    """What axe finds against WCAG 2.2 AA, one line for each kind of fault with the first place; its slowest rule can be left out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}
    }  # fmt: skip
    found = page.evaluate(AXE_RUN, [DRAWN_BY_A_LIBRARY, options])
    return [f"axe {fault['id']}: {fault['help']}: {fault['html'][:160]}" for fault in found]


def wait_until_there(page: Page) -> None:
    """Wait until the page that a click leads to has come whole; a page without a heading is let through, for the checks to find."""
    with suppress(TimeoutError):
        page.locator("h1").first.wait_for(state="attached", timeout=SCRIPT_RUNS_WITHIN)
    page.wait_for_load_state()


def frame(page: Page) -> list[str]:
    """What is wrong with the page's frame: one heading, a title, the language, a way past the menu, no id twice."""
    wait_until_there(page)
    wanted = {
        "one main heading": page.locator("h1").count() == 1,
        "a title with the service's name": len(page.title().split(" – ")) >= 2,
        "the language": page.locator("html").get_attribute("lang") == "en-GB",
        "a skip link to the main part": page.locator('a.govuk-skip-link[href="#main-content"]').count() == 1
        and page.locator("main#main-content").count() == 1,
        "an answer instead of a failure": page.get_by_role("heading", name="There is a problem with the service").count() == 0,
        "no empty heading": all(text.strip() for text in page.locator("h1, h2, h3").all_text_contents()),
    }
    twice = page.evaluate(DUPLICATES)
    return [f"lacks {what}" for what, is_so in wanted.items() if not is_so] + [f"the id {name} stands twice" for name in twice]


def problems(page: Page, *, with_axe: bool = True) -> list[str]:
    """Everything that is wrong with the page as it stands, at the width of a desk and of a phone; the desk's is left set."""
    found = frame(page)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"at {size['width']} pixels wider than the window: {place}" for place in page.evaluate(SIDEWAYS)]
        if with_axe:
            # Colours are the same at every width, and drawings make this rule take most of the time.
            found += [f"at {size['width']} pixels {line}" for line in axe(page, contrast=size is DESK)]
    return [f"{page.url}: {line}" for line in found]


def check(page: Page) -> None:
    """Fail with everything that is wrong with the page."""
    found = problems(page)
    assert not found, "\n".join(found)


def _gets_focus(page: Page) -> bool:
    """Whether the summary has the focus once the page's script has run, which may be a moment after the page is there."""
    try:
        page.wait_for_function("document.activeElement.classList.contains('govuk-error-summary')", timeout=SCRIPT_RUNS_WITHIN)
    except TimeoutError:
        return False
    return True


def error_problems(page: Page) -> list[str]:
    """What is wrong with how a page tells errors: in the title, in a focused summary, at each field in the same words, each a link to it."""
    summary = page.locator(".govuk-error-summary")
    if not page.title().startswith("Error: ") or summary.count() != 1:
        return [f"{page.url}: errors are not in the title or in a summary"]
    found = [] if _gets_focus(page) else ["the summary has no focus"]
    at_fields = " ".join(page.locator(".govuk-error-message").all_inner_texts())
    for link in summary.locator("a").all():
        words, target = link.inner_text().strip(), (link.get_attribute("href") or "").removeprefix("#")
        if page.locator(f'[id="{target}"]').count() != 1:
            found.append(f"“{words}” leads nowhere")
            continue
        link.click()
        if page.evaluate("document.activeElement.id") != target:
            found.append(f"“{words}” does not lead to its field")
        if words not in at_fields:
            found.append(f"“{words}” does not stand at its field")
    return [f"{page.url}: {line}" for line in found]


def check_errors(page: Page) -> None:
    """Fail with everything that is wrong with how the page tells its errors."""
    wait_until_there(page)
    assert page.title().startswith("Error: "), page.title()
    found = error_problems(page)
    assert not found, "\n".join(found)
