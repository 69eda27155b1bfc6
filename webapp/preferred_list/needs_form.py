"""The form for what a young person needs: its questions, what was typed as needs, and the same again as hidden fields. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from webapp.db import db
from workflows.actions import premises
from workflows.library import task_forms
from workflows.library.forms import Field, FormSchema
from workflows.rules.needs import NIGHT_COVER, Needs

NEED = "need_"
LEVELS = (("1", "1, a little"), ("2", "2"), ("3", "3"), ("4", "4, very much"))
GENDERS = (("female", "Young woman"), ("male", "Young man"), ("other", "Another answer, or not said"))


def schema() -> FormSchema:
    """The questions, those about single needs last."""
    choices = task_forms.choices(db.session)
    districts = tuple(choices.get("divisions", ()))
    return FormSchema("needs", (*_who(), *_where(districts), *_what(), *_needs(choices.get("support_needs", ()))))


def _who() -> tuple[Field, ...]:
    hint = "Nothing that you type here is kept"
    return (
        Field("age", "number", "Age on the first day", hint=hint, is_required=True, words={"errorRequired": "Enter the age"}),
        Field("starts_on", "datetime", "First day", hint="For example 27 3 2027", is_required=True, words={"errorRequired": "Enter the first day"}),
        Field("gender", "radio", "Gender", options=GENDERS, is_required=True, words={"errorRequired": "Select the gender"}),
        Field("is_emergency", "checkbox", "This is an emergency", hint="The weekly ceiling then excludes nobody"),
    )


def _where(districts: tuple[tuple[str, str], ...]) -> tuple[Field, ...]:
    return (
        Field("districts", "checklist", "Districts wanted", options=districts, hint="Leave empty for anywhere in the county"),
        Field("excluded", "checklist", "Districts ruled out", options=districts, hint="Where it would not be safe"),
        Field("learning_district", "select", "District of school, college or work", options=districts),
    )


def _what() -> tuple[Field, ...]:
    kinds = tuple((str(key), f"{key}. {text}") for key, text in premises.CATEGORIES.items())
    nights = tuple((key, premises.NIGHT_COVER[key]) for key in NIGHT_COVER)
    return (
        Field("category", "select", "Kind of accommodation", options=kinds),
        Field("night_cover", "select", "Least cover at night", options=nights),
        Field("is_step_free", "checkbox", "Step-free, with a room on the ground floor"),
        Field("hours", "number", "Hours of support a week", least="0", most="168"),
        Field("ceiling", "textfield", "Weekly ceiling", format="money", longest=12),
    )


def _needs(found: Any) -> tuple[Field, ...]:
    return tuple(Field(f"{NEED}{key}", "select", label, options=LEVELS) for key, label in found)


def read(answers: Mapping[str, Any]) -> Needs:
    """The answers of the form as needs."""
    ceiling = answers.get("ceiling")
    return Needs(
        age=int(answers["age"]), starts_on=date.fromisoformat(answers["starts_on"]), districts=frozenset(answers.get("districts", ())),
        excluded=frozenset(answers.get("excluded", ())), learning_district=answers.get("learning_district", ""),
        category=int(answers["category"]) if answers.get("category") else None, gender=answers.get("gender", ""),
        night_cover=answers.get("night_cover", ""), is_step_free=bool(answers.get("is_step_free")), hours=int(answers.get("hours") or 0),
        supports={key.removeprefix(NEED): int(level) for key, level in answers.items() if key.startswith(NEED)},
        ceiling=Decimal(ceiling) if ceiling else None, is_emergency=bool(answers.get("is_emergency")),
    )  # fmt: skip


def hidden(typed: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """What was typed as hidden fields, so that the next page knows it without an address or a store."""
    return [{"name": name, "value": value} for name, values in typed.items() for value in values]


def summary(needs: Needs, form: FormSchema, answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """What was looked for, as rows of a list; questions left empty are not among them."""
    rows = []
    for question in form.fields:
        value = answers.get(question.key)
        if value not in (None, "", [], False):
            rows.append({"key": question.label, "value": _told(question, value, needs)})
    return rows


def _told(question: Field, value: Any, needs: Needs) -> str:
    if question.key == "starts_on":
        return f"{needs.starts_on.day} {needs.starts_on:%B %Y}"
    if value is True:
        return "Yes"
    named = dict(question.options)
    if isinstance(value, list):
        return ", ".join(named.get(each, str(each)) for each in value)
    return f"£{value}" if question.format == "money" else named.get(str(value), str(value))
