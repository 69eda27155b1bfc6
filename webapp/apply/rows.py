"""The answers of a section as rows to look at: the question, the answer in words, what is wrong with it, and the way to change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from webapp.apply import frame, places, saving
from webapp.apply.places import FROM_CHECK
from workflows.actions.application_drafts import SectionView
from workflows.library.forms import Field, FormSchema, conditions

Row = dict[str, Any]


def of_section(reference: str, section: SectionView, schema: FormSchema, *, may_change: bool) -> list[Row]:
    """The rows of a section without entries."""
    pages = frame.pages_of(schema, section.title)

    def change(question: Field) -> str:
        page = frame.page_with(pages, question.key)
        address = url_for("apply.question", reference=reference, section=section.key, page=page)
        return f"{address}?{FROM_CHECK}#{question.key}"

    return [_row(each, section.values, section.problems, change(each) if may_change else "") for each in _asked(schema, section.values)]


def of_entries(reference: str, section: SectionView, schema: FormSchema, *, may_change: bool) -> list[dict[str, Any]]:
    """The cards of a section that is a list: a title, its rows, and the way to remove it."""
    return [_card(reference, section, schema, item, at, may_change) for at, item in enumerate(saving.items_of(section.values), 1)]


def _card(reference: str, section: SectionView, schema: FormSchema, item: Mapping[str, Any], at: int, may_change: bool) -> dict[str, Any]:
    entry, pages = str(item["id"]), frame.pages_of(schema, section.title)
    stored = places.entry_of(section, entry)

    def change(question: Field) -> str:
        page = frame.page_with(pages, question.key)
        address = url_for("apply.entry", reference=reference, section=section.key, item=entry, page=page)
        return f"{address}?{FROM_CHECK}#{question.key}"

    return {
        "id": entry,
        "title": f"{section.item_name} {at}",
        "name": str(stored.values.get("name", "")),
        "rows": [_row(each, stored.values, stored.problems, change(each) if may_change else "") for each in _asked(schema, stored.values)],
        "remove_href": url_for("apply.remove_entry", reference=reference, section=section.key, item=entry) if may_change else "",
    }


def _asked(schema: FormSchema, values: Mapping[str, Any]) -> list[Field]:
    """The questions that these answers do not hide."""
    plain = {key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in values.items()}
    return [each for each in schema.fields if not (each.hide and conditions.is_true(each.hide, plain))]


def _row(question: Field, values: Mapping[str, Any], problems: Mapping[str, str], href: str) -> Row:
    words = saving.stored_words(question, values.get(question.key))
    return {"key": question.label, "value": words, "problem": problems.get(question.key, ""), "href": href, "is_empty": question.key not in values}
