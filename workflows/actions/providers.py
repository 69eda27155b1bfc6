"""Providers' records: made with their group, changed by their own people or by staff, never over somebody else's change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupKind, IdentifierScheme, LegalForm, Provider, ProviderIdentifier, User, clock
from workflows.actions import audit, references
from workflows.errors import Conflict, Invalid
from workflows.rules import provider_records

ROLE = "provider"
ALL_YEARS = "all"
LONGEST = {"name": 160, "trading_name": 160, "address": 500, "postcode": 8, "website": 200, "contact_name": 120, "contact_email": 200,
           "contact_phone": 40}  # fmt: skip
LABELS = {
    "name": "Legal name", "trading_name": "Trading name", "address": "Registered address", "postcode": "Postcode", "website": "Website",
    "contact_name": "Contact name", "contact_email": "Contact e-mail", "contact_phone": "Contact telephone", "is_small": "Small business",
    "is_voluntary": "Voluntary organisation",
}  # fmt: skip
NEEDED = {"name": "Enter the legal name", "contact_name": "Enter a contact name", "contact_email": "Enter a contact e-mail address"}
# What the register says of a provider is changed by staff, who have seen the register.
FOR_STAFF = frozenset({"name"})
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
POSTCODE = re.compile(r"(GIR 0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9](?:[0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPSTUW]) [0-9][ABD-HJLNP-UW-Z]{2})")


class RecordChanged(Conflict):
    """Somebody else changed the same record first: what they made of each field that both touched, and the present number."""

    def __init__(self, theirs: Mapping[str, Any], *, revision: int) -> None:
        super().__init__("This record changed while you were editing")
        self.theirs = dict(theirs)
        self.revision = revision


def create(session: Session, *, name: str, legal_form: LegalForm, by: User | None, **values: Any) -> Provider:
    """A new provider with its reference and its candidate group, in which nobody is yet.

    `values` are further columns of the table. Invalid without a name or with a wrong value. Whoever calls has checked that this may be
    done and that the provider is not known already.
    """
    wanted = _checked({"name": name, **values}, needed=("name",))
    number = references.next_number(session, "P", ALL_YEARS)
    group = CandidateGroup(key=f"provider-{number:04d}", name=f"{wanted['name']} (P-{number:04d})", kind=GroupKind.TEAM, role=ROLE)
    session.add(group)
    session.flush()
    provider = Provider(reference=f"P-{number:04d}", legal_form=legal_form, group_key=group.key, created_at=clock.now(), **wanted)
    session.add(provider)
    session.flush()
    record(session, "provider:created", provider, by=by, detail={"reference": provider.reference})
    return provider


def add_identifier(session: Session, provider: Provider, *, scheme: IdentifierScheme, value: str, by: User | None) -> ProviderIdentifier:
    """Write down a provider's number in a public register, checked and in its normal form by whoever calls.

    The same number again changes nothing; another of the same scheme takes its place. Conflict when another provider has it.
    """
    holder = session.scalar(select(ProviderIdentifier).where(ProviderIdentifier.scheme == scheme, ProviderIdentifier.value == value))
    if holder is not None and holder.provider_id != provider.id:
        raise Conflict("Another provider on record has this number")
    if holder is not None:
        return holder
    found = session.scalar(select(ProviderIdentifier).where(ProviderIdentifier.provider_id == provider.id, ProviderIdentifier.scheme == scheme))
    if found is None:
        found = ProviderIdentifier(provider_id=provider.id, scheme=scheme, value=value)
        session.add(found)
    found.value = value
    session.flush()
    record(session, "provider:identified", provider, by=by, detail={"reference": provider.reference, "scheme": scheme.value}, text={"value": value})
    return found


def update(session: Session, provider: Provider, *, values: Mapping[str, Any], by: User, revision: int | None = None) -> list[str]:
    """Change some fields of a record; gives the names of those that changed.

    `revision` is the number the form was opened with. Refused for a stranger; Invalid with a message for each wrong field;
    RecordChanged when somebody else changed a field meanwhile to something that this would overwrite.
    """
    provider_records.check_keep(by, provider)
    if provider_records.belongs(by, provider):
        values = {name: value for name, value in values.items() if name not in FOR_STAFF}
    wanted = _checked(values, needed=[name for name in NEEDED if name in values])
    changed = change(session, provider, wanted, revision=revision)
    if changed:
        group = session.get_one(CandidateGroup, provider.group_key)
        group.name = f"{provider.name} ({provider.reference})"
        told = {name: said(LABELS[name], before, getattr(provider, name)) for name, before in changed.items()}
        record(session, "provider:changed", provider, by=by, detail={"reference": provider.reference, "fields": sorted(changed)}, text=told)
    return sorted(changed)


def change(session: Session, row: Any, wanted: Mapping[str, Any], *, revision: int | None) -> dict[str, str]:
    """Set fields of a row that carries a revision, with nobody else at it; gives what each changed field was before, as text.

    RecordChanged when the row has moved on since `revision` and differs from what is wanted.
    """
    lock(session, row)
    different = {name: getattr(row, name) for name, value in wanted.items() if getattr(row, name) != value}
    if revision is not None and revision != row.revision and different:
        raise RecordChanged({name: getattr(row, name) for name in wanted}, revision=row.revision)
    for name in different:
        setattr(row, name, wanted[name])
    if different:
        row.revision += 1
    session.flush()
    return {name: str(before) for name, before in different.items()}


def lock(session: Session, row: Any) -> None:
    """Read a row anew, with nobody else at it until this transaction ends. What was loaded along with it is not locked: PostgreSQL
    refuses to lock the nullable side of a join.
    """
    table = type(row)
    session.scalars(select(table).where(table.id == row.id).with_for_update().execution_options(populate_existing=True)).one()


def said(label: str, before: str, now: Any) -> str:
    """What became of a field, as a sentence of the trail's removable words."""
    return f"{label}: {now if now not in ('', None) else 'nothing'}, before {before if before not in ('', 'None') else 'nothing'}"


def record(
    session: Session,
    kind: str,
    provider: Provider,
    *,
    by: User | None,
    detail: Mapping[str, Any],
    text: Mapping[str, Any] | None = None,
) -> None:
    """Write an event about a provider, not about one of its cases, into the trail; its history is found by its id."""
    audit.record(session, kind, case=None, by=by, detail=detail, text=text, subject=provider.id.hex)


def tidy_postcode(given: str) -> str:
    """A postcode in its normal form: capitals, one space before the last three. Invalid when it is none."""
    letters = "".join(given.split()).upper()
    tidy = f"{letters[:-3]} {letters[-3:]}"
    if not POSTCODE.fullmatch(tidy):
        raise Invalid({"postcode": "Enter a full UK postcode"})
    return tidy


def _checked(values: Mapping[str, Any], *, needed: Any) -> dict[str, Any]:
    """The values as they are stored. Invalid with a message for each that cannot be."""
    unknown = set(values) - set(LABELS)
    if unknown:
        raise ValueError(f"Not a field of a provider that can be set here: {', '.join(sorted(unknown))}")
    found: dict[str, Any] = {name: value if isinstance(value, bool) else _one_line(name, str(value or "")) for name, value in values.items()}
    errors = {name: NEEDED[name] for name in needed if not found.get(name)}
    errors |= {name: f"{LABELS[name]} must be {LONGEST[name]} characters or fewer" for name in found if _is_too_long(name, found[name])}
    if found.get("postcode"):
        try:
            found["postcode"] = tidy_postcode(found["postcode"])
        except Invalid as error:
            errors |= error.errors
    if found.get("contact_email") and not EMAIL.fullmatch(found["contact_email"]):
        errors["contact_email"] = "Enter an e-mail address in the right format, like name@example.org"
    if errors:
        raise Invalid(errors)
    return found


def _one_line(name: str, given: str) -> str:
    return given.replace("\r\n", "\n").strip() if name == "address" else " ".join(given.split())


def _is_too_long(name: str, value: Any) -> bool:
    return isinstance(value, str) and name != "postcode" and len(value) > LONGEST.get(name, 0)
