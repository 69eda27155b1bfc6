"""Everything that happened in a case, in words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from models import AuditEvent, clock
from models.session import transaction
from tests.support.casebook import FAILING, Casebook
from workflows.actions import audit
from workflows.queries import cases, event_words, timeline

ROOT = Path(__file__).parent.parent.parent.parent
KIND = re.compile(r"[a-z_]+:[a-z_]+")


def recorded_kinds() -> set[str]:
    """The kinds of events that the code writes: the texts given to `audit.record` and its helpers."""
    found: set[str] = set()
    for path in [*(ROOT / "workflows").rglob("*.py"), *(ROOT / "webapp").rglob("*.py")]:
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("record", "_record"):
                texts = [node.value for part in call.args for node in ast.walk(part) if isinstance(node, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and KIND.fullmatch(text)}
    return found


def test_every_kind_that_is_recorded_has_words() -> None:
    kinds = recorded_kinds()

    assert len(kinds) > 20
    assert kinds - set(event_words.KINDS) == set()
    assert {kind.group for kind in event_words.KINDS.values()} <= set(event_words.GROUP_NAMES)


def test_a_kind_without_words_is_an_error() -> None:
    event = AuditEvent(chain="administration", sequence=1, kind="parrot:sighted", at=clock.now(), detail={})

    with pytest.raises(event_words.UnknownKind, match="parrot:sighted"):
        event_words.tell(event, event_words.Names())


def test_the_newest_event_comes_first_with_title_time_author_and_permalink(book: Casebook) -> None:
    with clock.held(clock.read_instant("2020-11-04 09:30")):
        reference = book.errand()
    with clock.held(clock.read_instant("2020-11-05 14:00")):
        book.complete(reference, "propose", by="children-commissioning", note="minutes")

    page = book.browser("legal").get(f"/cases/{reference}/timeline").text

    places = [int(place) for place in re.findall(r'id="event-(\d+)"', page)]
    assert places == sorted(places, reverse=True)
    assert [f'href="#event-{place}"' in page for place in places] == [True] * len(places)
    completed = page.index("Completed: Propose the errand")
    assert completed < page.index("Case opened")
    assert "by Pat Children&#39;s commissioning" in page[completed:]
    assert "5 November 2020, 2pm" in page[completed:]


def test_one_kind_of_event_can_be_shown_alone(book: Casebook) -> None:
    reference = book.errand()
    book.complete(reference, "propose", by="children-commissioning", note=FAILING)

    tasks = book.browser("legal").get(f"/cases/{reference}/timeline?kind=tasks").text
    unknown = book.browser("legal").get(f"/cases/{reference}/timeline?kind=nonsense").text

    assert "Completed: Propose the errand" in tasks
    assert "Case opened" not in tasks
    assert "Case opened" in unknown


def test_removed_words_are_said_to_be_removed(book: Casebook) -> None:
    reference = book.errand()
    browser = book.browser("children-commissioning")
    browser.post(f"/cases/{reference}/comments", data={"body": "A name that must go"})
    with transaction(book.engine) as session:
        reader = book.people["administrators"]
        case = cases.case_for(session, book.people["children-commissioning"], reference=reference)
        newest = timeline.events_of(session, case)[0]
        audit.remove_text(session, chain=case.id.hex, sequence=newest.id, because="Asked for", by=session.merge(reader))

    page = browser.get(f"/cases/{reference}/timeline").text

    assert "A name that must go" not in page
    assert "The words of this event were removed" in page
