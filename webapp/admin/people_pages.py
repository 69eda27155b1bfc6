"""One person, one team or post: added, changed, ended with dates; what the law wants held is warned about before it is lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from models import GroupMembership, User, clock
from webapp.admin import bp, frame
from webapp.admin.settings_pages import posted_day
from webapp.db import db, writes
from webapp.settings import Settings
from webapp.signed_in import person
from workflows.actions import groups, sign_ins, users
from workflows.actions.groups import Unheld
from workflows.errors import Invalid, NotFound
from workflows.queries import administration, people
from workflows.rules import permissions

PLACE = "people"
GROUP_FIELDS = ("key", "name", "kind", "role", "manager", "email", "phone", "ends_on-day", "ends_on-month", "ends_on-year")


@bp.get("/admin/people/add")
def add_person() -> ResponseReturnValue:
    """Ask who comes."""
    permissions.check_administer(person())
    return _add_page({}, {})


@bp.post("/admin/people/add", endpoint="add_person_post")
@writes
def add_person_post() -> ResponseReturnValue:
    """Add a person, in their teams from today on."""
    permissions.check_administer(person())
    typed = {name: request.form.get(name, "").strip()[:200] for name in ("name", "email", "job_title")}
    password, keys = request.form.get("password", ""), request.form.getlist("group")
    try:
        for key in keys:
            groups.find(db.session, key)
        settings = current_app.extensions["dps_settings"]
        user = users.add(
            db.session, email=typed["email"], name=typed["name"], job_title=typed["job_title"], groups=tuple(keys), password=password or None,
            by=person(), cheap_hash=settings.cheap_passwords,
        )  # fmt: skip
    except Invalid as error:
        db.session.rollback()
        errors = {"password" if name == "new_password" else name: words for name, words in error.errors.items()}
        return _add_page({**typed, "groups": keys}, errors), 422
    flash(f"{user.name} is added")
    return redirect(url_for("admin.show_person", user_id=user.id), 303)


def _add_page(typed: Mapping[str, Any], errors: Mapping[str, str]) -> str:
    return frame.page(
        "admin/person_add.html", place=PLACE, typed={"name": "", "email": "", "job_title": "", "groups": [], **typed}, errors=errors,
        groups=_choices(), problems=[{"text": words, "href": f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip


@bp.get("/admin/people/<uuid:user_id>")
def show_person(user_id: uuid.UUID) -> ResponseReturnValue:
    """What is known of a person, the teams and posts they are, were and will be in, and how much is open for them."""
    return _person_page(_user(user_id), {})


@bp.post("/admin/people/<uuid:user_id>")
@writes
def change_person(user_id: uuid.UUID) -> ResponseReturnValue:
    """Change a name and a job, give a password, let a person in or keep them out, or let them join a team: as the button says."""
    permissions.check_administer(person())
    user, wanted = _user(user_id), request.form.get("_do", "")
    try:
        words = _changed(user, wanted)
    except Unheld as warning:
        db.session.rollback()
        return _person_page(_user(user_id), {}, warning=str(warning), wanted=wanted), 409
    except Invalid as error:
        db.session.rollback()
        return _person_page(_user(user_id), error.errors), 422
    flash(words)
    return redirect(url_for("admin.show_person", user_id=user_id), 303)


def _changed(user: User, wanted: str) -> str:
    if wanted == "disable":
        return _kept_out(user, users.leave(db.session, user, by=person(), knowing=_is_known()))
    if wanted == "enable":
        users.enable(db.session, user, by=person())
        return f"{user.name} can sign in again"
    if wanted == "password":
        return _password_given(user)
    if wanted == "join":
        has_end = any(request.form.get(f"ends_on-{part}", "").strip() for part in ("day", "month", "year"))
        starts_on, ends_on = posted_day(request.form, "starts_on"), posted_day(request.form, "ends_on")
        if has_end and ends_on is None:
            raise Invalid({"ends_on": "The last day must be a real date, or empty"})
        groups.join(db.session, user, request.form.get("group", ""), starts_on=starts_on, ends_on=ends_on, by=person())
        return f"{user.name} is in the team from that day on"
    users.change(db.session, user, name=request.form.get("name", ""), job_title=request.form.get("job_title", ""), by=person())
    return "The details are changed"


def _kept_out(user: User, went_back: int) -> str:
    words = {0: "", 1: ". 1 open task went back to its team"}.get(went_back, f". {went_back} open tasks went back to their teams")
    return f"{user.name} can no longer sign in{words}"


def _password_given(user: User) -> str:
    settings: Settings = current_app.extensions["dps_settings"]
    try:
        users.set_password(db.session, user, password=request.form.get("password", ""), by=person(), cheap_hash=settings.cheap_passwords)
    except Invalid as error:
        raise Invalid({"password": error.errors["new_password"]}) from error
    sign_ins.forget_tries(db.session, account=sign_ins.digest_of(settings.secret_key, user.email))
    return f"{user.name} has a new password, and is signed out everywhere"


def _is_known() -> bool:
    return request.form.get("knowing") == "yes"


@bp.post("/admin/memberships/<uuid:membership_id>/end")
@writes
def end_membership(membership_id: uuid.UUID) -> ResponseReturnValue:
    """Set the last day of a person in a team or post."""
    permissions.check_administer(person())
    found = groups.membership(db.session, membership_id)
    user_id = found.user_id
    try:
        groups.leave(db.session, found, ends_on=posted_day(request.form, "last"), by=person(), knowing=_is_known())
    except Unheld as warning:
        db.session.rollback()
        return _person_page(_user(user_id), {}, warning=str(warning), ending=membership_id), 409
    except Invalid as error:
        db.session.rollback()
        return _person_page(_user(user_id), {f"last-{membership_id}": words for words in error.errors.values()}), 422
    flash("The last day is set")
    return redirect(url_for("admin.show_person", user_id=user_id), 303)


def _user(user_id: uuid.UUID) -> User:
    user = db.session.get(User, user_id)
    if user is None or permissions.is_provider(user):
        raise NotFound("There is no such person")
    return user


def _person_page(user: User, errors: Mapping[str, str], *, warning: str = "", wanted: str = "", ending: uuid.UUID | None = None) -> str:
    return frame.page(
        "admin/person.html", place=PLACE, user=user, errors=errors, warning=warning, wanted=wanted, ending=ending,
        typed={**{name: "" for name in ("group",)}, **request.form.to_dict()}, today=clock.today(),
        memberships=[_membership(each) for each in sorted(user.memberships, key=lambda m: (m.ends_on is not None, m.group.name))],
        open_tasks=administration.open_tasks_of(db.session, user), groups=_choices(), may_change=permissions.can_administer(person()),
        is_self=user.id == person().id,
        problems=[{"text": words, "href": f"#{name}-day" if name in ("starts_on", "ends_on") or name.startswith("last-") else f"#{name}"}
                  for name, words in errors.items()],
    )  # fmt: skip


def _membership(found: GroupMembership) -> dict[str, Any]:
    is_over = found.ends_on is not None and found.ends_on < clock.today()
    return {
        "id": found.id, "group": found.group.name, "href": url_for("admin.show_group", group_key=found.group_key), "kind": found.group.kind.value,
        "starts_on": found.starts_on, "ends_on": found.ends_on, "can_end": not is_over,
    }  # fmt: skip


def _choices() -> list[tuple[str, str]]:
    found = (group for group in people.groups(db.session) if group.role not in permissions.PROVIDERS)
    return [(group.key, group.name) for group in found if group.ends_on is None or group.ends_on >= clock.today()]


@bp.get("/admin/groups/add")
def add_group() -> ResponseReturnValue:
    """Ask for the words of a new team or post."""
    permissions.check_administer(person())
    return _group_page("", {name: "" for name in GROUP_FIELDS}, {})


@bp.post("/admin/groups/add", endpoint="add_group_post")
@writes
def add_group_post() -> ResponseReturnValue:
    """Add a team or post."""
    return _save_group("")


@bp.get("/admin/groups/<group_key>")
def show_group(group_key: str) -> ResponseReturnValue:
    """A team or post: its words, who is in it and when, and what it was called before."""
    found = groups.find(db.session, group_key)
    ends = found.ends_on
    typed = {
        "key": found.key, "name": found.name, "kind": found.kind.value, "role": found.role, "manager": found.manager_key or "", "email": found.email,
        "phone": found.phone, "ends_on-day": str(ends.day) if ends else "", "ends_on-month": str(ends.month) if ends else "",
        "ends_on-year": str(ends.year) if ends else "",
    }  # fmt: skip
    return _group_page(group_key, typed, {})


@bp.post("/admin/groups/<group_key>", endpoint="show_group_post")
@writes
def show_group_post(group_key: str) -> ResponseReturnValue:
    """Change a team or post."""
    return _save_group(group_key)


def _save_group(key: str) -> ResponseReturnValue:
    permissions.check_administer(person())
    typed = {name: request.form.get(name, "").strip()[:200] for name in GROUP_FIELDS}
    has_end = any(typed[f"ends_on-{part}"] for part in ("day", "month", "year"))
    ends_on = posted_day(typed, "ends_on")
    try:
        if has_end and ends_on is None:
            raise Invalid({"ends_on": "The last day must be a real date, or empty"})
        saved = groups.save(db.session, key or typed["key"], words=typed, ends_on=ends_on, by=person(), is_new=not key)
    except Invalid as error:
        db.session.rollback()
        return _group_page(key, typed, error.errors), 422
    flash(f"{saved.name} is saved")
    return redirect(url_for("admin.show_group", group_key=saved.key), 303)


def _group_page(key: str, typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    found = groups.find(db.session, key) if key else None
    return frame.page(
        "admin/group.html", place=PLACE, group=found, typed=typed, errors=errors, roles=groups.known_roles(db.session), groups=_choices(),
        members=administration.memberships_of(db.session, key) if key else [], statutory=groups.STATUTORY.get(found.role, "") if found else "",
        may_change=permissions.can_administer(person()), today=clock.today(),
        problems=[{"text": words, "href": "#ends_on-day" if name == "ends_on" else f"#{name}"} for name, words in errors.items()],
    )  # fmt: skip
