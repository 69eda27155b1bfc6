"""The lists and the contracts behind them: all of them, and one with its categories, its members and who waits to join."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from models import Membership, PurchasingList, clock
from webapp.db import db, writes
from webapp.preferred_list import bp
from webapp.shared import provider_words
from webapp.signed_in import person
from workflows.actions import lists as actions
from workflows.errors import Invalid
from workflows.queries import lists as queries
from workflows.queries import memberships
from workflows.rules import list_terms
from workflows.rules.list_terms import REGIME_WORDS

STATES = {
    "planned": ("Planned", "blue"), "live": ("Live", "green"), "extension_window": ("May be extended", "yellow"), "extended": ("Extended", "green"),
    "expiring": ("Ends within a year", "orange"), "expired": ("Ended", "grey"), "expired_with_activity": ("Ended, and still in use", "red"),
    "terminated": ("Ended early", "grey"),
}  # fmt: skip


@bp.get("/preferred-list/lists")
def lists() -> ResponseReturnValue:
    """Every list with its law, its days, its members and how the term of its contract stands."""
    rows = [_row(each) for each in queries.overview(db.session)]
    return render_template("preferred_list/lists.html", rows=rows, can_keep=list_terms.can_keep(person()))


def _row(found: queries.ListRow) -> dict[str, Any]:
    return {
        "list": found.purchasing_list, "regime": REGIME_WORDS[found.purchasing_list.regime], "members": found.members, "waiting": found.waiting,
        "ends_on": found.contract.ends_on if found.contract else None, "bucket": found.bucket, "state": state_tag(found.state),
        "owner": queries.owner_of(db.session, found.contract).name if found.contract else "",
    }  # fmt: skip


def state_tag(state: str) -> dict[str, str] | None:
    """Where a contract is in its life, as a tag; nothing for a list without one."""
    if not state:
        return None
    text, colour = STATES[state]
    return {"text": text, "colour": colour}


@bp.get("/preferred-list/lists/<list_reference>")
def show_list(list_reference: str) -> ResponseReturnValue:
    """One list: what it is, what the law says of it, its categories, its members now, and who waits to join."""
    return _page(queries.by_reference(db.session, list_reference), "", {})


def _page(found: PurchasingList, because: str, errors: dict[str, str]) -> str:
    today = clock.today()
    contract = queries.contract_of(db.session, found)
    return render_template(
        "preferred_list/list.html", list=found, regime=REGIME_WORDS[found.regime], notices=notices(found), contract=contract,
        state=state_tag(queries.state(db.session, contract, today)) if contract else None, members=_members(found), waiting=_waiting(found),
        stranded=queries.stranded_count(db.session, found, today=today),
        is_valid=found.valid_from <= today <= found.valid_to, can_keep=list_terms.can_keep(person()), because=because, errors=errors,
        has_fixed_criteria=found.regime not in list_terms.PCR and today <= found.valid_to,
        problems=[{"text": text, "href": f"#{name}"} for name, text in errors.items()],
    )  # fmt: skip


def notices(found: PurchasingList) -> list[str]:
    """What the law says of a list today, as sentences above its pages."""
    return list_terms.standing_notices(found.regime, today=clock.today(), law=queries.law_days(db.session))


def _members(found: PurchasingList) -> list[dict[str, Any]]:
    names = {category.key: category.name for category in found.categories}
    return [_member(member, names) for member, _ in memberships.members_on(db.session, found, clock.today())]


def _member(member: Membership, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": member.provider.name, "reference": member.provider.reference, "categories": [names.get(key, key) for key in member.categories],
        "href": url_for("providers.show_provider", provider_reference=member.provider.reference),
        "status": provider_words.MEMBERSHIP[member.status], "until": member.ends_on,
    }  # fmt: skip


def _waiting(found: PurchasingList) -> list[dict[str, Any]]:
    return [
        {"name": each.provider.name, "reference": each.case.reference, "sent": each.sent_at, "due": each.evaluation_due_on}
        for each in queries.waiting(db.session, person(), found)
    ]  # fmt: skip


@bp.post("/preferred-list/lists/<list_reference>/pause")
@writes
def pause_list(list_reference: str) -> ResponseReturnValue:
    """Take no applications for now, for a reason that providers read, or take them again."""
    found, because = queries.by_reference(db.session, list_reference), request.form.get("because", "")
    try:
        actions.pause(db.session, found, because=because, by=person())
    except Invalid as error:
        db.session.rollback()
        return _page(queries.by_reference(db.session, list_reference), because, error.errors), 422
    flash("Providers cannot apply for now, and read why" if because.strip() else "Providers can apply again")
    return redirect(url_for("preferred_list.show_list", list_reference=found.reference), 303)
