"""Finding accommodation: a search that is kept nowhere, its ranked result, up to three side by side, and a shortlist to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import PurchasingList, clock
from webapp.db import db, only_asks
from webapp.preferred_list import bp, needs_form, presenting
from webapp.shared import record_forms
from workflows.errors import Invalid
from workflows.library.forms import FormSchema, Validated
from workflows.queries import lists, matching
from workflows.rules import matching as rules
from workflows.rules import needs as need_rules
from workflows.rules.matching import Ranking
from workflows.rules.needs import Needs

MOST_COMPARED, MOST_SHOWN, MOST_CHOSEN = 3, 100, 20


@dataclass(frozen=True)
class Search:
    """What was asked: the form, what was typed, and the needs when nothing is wrong with them."""

    form: FormSchema
    checked: Validated
    needs: Needs | None
    errors: dict[str, str]


@bp.get("/preferred-list")
def find() -> ResponseReturnValue:
    """The form of a search."""
    return _form_page(needs_form.schema(), {}, {})


@bp.post("/preferred-list", endpoint="find_post")
@only_asks
def find_post() -> ResponseReturnValue:
    """The premises that match what was typed, the best first, and why each other one does not. Nothing is kept."""
    search = _search()
    if search.needs is None:
        return _form_page(search.form, search.checked.typed, search.errors), 422
    return _result_page(search, search.needs, {})


def _search() -> Search:
    form = needs_form.schema()
    checked = record_forms.sent(form)
    if not checked.is_valid:
        return Search(form, checked, None, checked.errors)
    needs = needs_form.read(checked.answers)
    try:
        need_rules.check(needs, today=clock.today())
    except Invalid as error:
        return Search(form, checked, None, error.errors)
    return Search(form, checked, needs, {})


def _form_page(form: FormSchema, values: dict[str, Any], errors: dict[str, str]) -> str:
    shown = record_forms.shown(form, values, errors)
    about = [part for part in shown.parts if not part["key"].startswith(needs_form.NEED)]
    single = [part for part in shown.parts if part["key"].startswith(needs_form.NEED)]
    return render_template(
        "preferred_list/find.html", about=about, single=single, problems=shown.problems, purchasing_list=_list(None),
        named=any(part["value"] for part in needs_form.hidden(values) if part["name"].startswith(needs_form.NEED)),
    )  # fmt: skip


def _list(needs: Needs | None) -> PurchasingList | None:
    return lists.newest_list(db.session, needs.starts_on if needs else clock.today())


def _ranking(needs: Needs, references: Sequence[str] | None = None) -> Ranking:
    purchasing_list = _list(needs)
    if purchasing_list is None:
        return Ranking([], [])
    found = matching.candidates(db.session, purchasing_list, on=needs.starts_on, references=references)
    return rules.rank(needs, found, weights=matching.weights(db.session))


def _result_page(search: Search, needs: Needs, errors: dict[str, str], chosen: Sequence[str] = ()) -> str:
    ranking = _ranking(needs)
    return render_template(
        "preferred_list/results.html",
        matches=[presenting.match(place, each) for place, each in enumerate(ranking.matches[:MOST_SHOWN], 1)],
        matched=len(ranking.matches), excluded=[presenting.excluded(each) for each in ranking.excluded[:MOST_SHOWN]], left_out=len(ranking.excluded),
        without=presenting.without(ranking), looked_for=needs_form.summary(needs, search.form, search.checked.answers),
        hidden=needs_form.hidden(search.checked.typed), chosen=set(chosen), errors=errors, most_shown=MOST_SHOWN, most_compared=MOST_COMPARED,
        problems=[{"text": text, "href": f"#{name}"} for name, text in errors.items()], purchasing_list=_list(needs),
    )  # fmt: skip


@bp.get("/preferred-list/compare")
def compare() -> ResponseReturnValue:
    """Premises side by side as they are today, whatever is needed."""
    chosen = _chosen(request.args.getlist("premises"))
    if not 2 <= len(chosen) <= MOST_COMPARED:
        return redirect(url_for("preferred_list.find"))
    return _compare_page(presenting.candidates(chosen), None, [])


@bp.post("/preferred-list/compare", endpoint="compare_post")
@only_asks
def compare_post() -> ResponseReturnValue:
    """Premises side by side, with how each meets what was typed."""
    search, chosen = _search(), _chosen(request.form.getlist("premises"))
    if search.needs is None:
        return _form_page(search.form, search.checked.typed, search.errors), 422
    if not 2 <= len(chosen) <= MOST_COMPARED:
        wrong = {"premises-1": f"Select two or three premises to compare, not {len(chosen)}"}
        return _result_page(search, search.needs, wrong, chosen), 422
    ranking = _ranking(search.needs, chosen)
    return _compare_page(presenting.ranked(ranking), search, needs_form.summary(search.needs, search.form, search.checked.answers))


def _compare_page(found: Sequence[presenting.Shown], search: Search | None, looked_for: list[dict[str, str]]) -> str:
    return render_template(
        "preferred_list/compare.html", columns=found, rows=presenting.compared(found), looked_for=looked_for,
        hidden=needs_form.hidden(search.checked.typed) if search else [],
    )  # fmt: skip


def _chosen(typed: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each.strip().upper() for each in typed if each.strip()))[:MOST_CHOSEN]


@bp.get("/preferred-list/shortlist")
def shortlist() -> ResponseReturnValue:
    """The chosen premises as they are today, to print."""
    chosen = _chosen(request.args.getlist("premises"))
    if not chosen:
        return redirect(url_for("preferred_list.find"))
    return render_template("preferred_list/shortlist.html", found=presenting.candidates(chosen), looked_for=[], hidden=[])


@bp.post("/preferred-list/shortlist", endpoint="shortlist_post")
@only_asks
def shortlist_post() -> ResponseReturnValue:
    """The chosen premises with how each meets what was typed, to print. Nothing is kept."""
    search, chosen = _search(), _chosen(request.form.getlist("premises"))
    if search.needs is None:
        return _form_page(search.form, search.checked.typed, search.errors), 422
    if not chosen:
        return _result_page(search, search.needs, {"premises-1": "Select the premises for the shortlist"}), 422
    return render_template(
        "preferred_list/shortlist.html", found=presenting.ranked(_ranking(search.needs, chosen)),
        looked_for=needs_form.summary(search.needs, search.form, search.checked.answers), hidden=needs_form.hidden(search.checked.typed),
    )  # fmt: skip
