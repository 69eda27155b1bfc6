"""The words of every kind of event that is recorded, in one table, and an event told with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import AuditEvent

THE_SYSTEM = "the system"
GROUP_NAMES = {
    "tasks": "Tasks",
    "decision": "Proposal and decision",
    "consultation": "Consultation",
    "public": "Notices and comments from the public",
    "documents": "Documents and comments",
    "process": "Process",
    "people": "People",
    "administration": "Administration",
}


class UnknownKind(LookupError):
    """An event of a kind that has no words yet."""


@dataclass(frozen=True)
class Kind:
    """The words of one kind of event: where it belongs, and its title with `{name}` for each value of its detail."""

    group: str
    title: str


KINDS: dict[str, Kind] = {
    "audit:text_removed": Kind("administration", "Personal words removed from the trail"),
    "call_in:requested": Kind("decision", "Call-in requested, {reference}"),
    "case:closed": Kind("process", "Case closed: {outcome}"),
    "case:opened": Kind("process", "Case opened"),
    "comment:added": Kind("documents", "Comment added"),
    "consultation:escalated": Kind("consultation", "{to} told that advice from {consultee} is overdue"),
    "consultation:more_time_asked": Kind("consultation", "{consultee} asked for more time"),
    "consultation:overridden": Kind("consultation", "Went on without advice from {consultee}"),
    "consultation:reminded": Kind("consultation", "{consultee} reminded to give advice"),
    "decision:deferral_asked": Kind("decision", "Moved to another month"),
    "decision:signing_refused": Kind("decision", "Signing refused"),
    "decision:withdrawal_asked": Kind("decision", "Proposal withdrawn"),
    "delegation:added": Kind("people", "{to} acts for {from} from {starts_on} to {ends_on}"),
    "delegation:ended": Kind("people", "{to} no longer acts for {from}"),
    "document:added": Kind("documents", "Document added"),
    "document:removed": Kind("documents", "Document removed"),
    "incident:closed": Kind("process", "Going on again after {step_words}"),
    "incident:opened": Kind("process", "Cannot continue: {what}"),
    "incident:retried": Kind("process", "Tried again"),
    "message:delivered": Kind("process", "The process took in: {message_words}"),
    "message:sent": Kind("process", "The process was told: {message_words}"),
    "notice:corrected": Kind("public", "Notice published again, version {version}"),
    "organisation:loaded": Kind("administration", "{count} groups of the organisation loaded"),
    "parameters:loaded": Kind("administration", "{count} policy values loaded"),
    "process:deployed": Kind("administration", "Process {key} deployed, version {version}"),
    "process:ended": Kind("process", "Process ended"),
    "process:started": Kind("process", "Process started, version {version}"),
    "representation:received": Kind("public", "Comment from the public received, {reference}"),
    "step:completed": Kind("process", "{how}: {what}"),
    "task:cancelled": Kind("tasks", "A task is no longer needed"),
    "task:claimed": Kind("tasks", "Started: {what}"),
    "task:completed": Kind("tasks", "Completed: {what}"),
    "task:reassigned": Kind("tasks", "Given to {to}: {what}"),
    "task:released": Kind("tasks", "Put back: {what}"),
    "timer:fired": Kind("process", "Time reached: {what}"),
    "user:added": Kind("people", "{user} added"),
    "user:disabled": Kind("people", "{user} can no longer sign in"),
    "user:password_set": Kind("people", "Password set for {user}"),
}
MESSAGES = {
    "CallInRequested": "call-in requested",
    "DecisionDeferred": "moved to another month",
    "ProposalWithdrawn": "proposal withdrawn",
}
HOW = {"business rule task": "Decided by its table", "end event": "Reached", "boundary event": "Happened", "catch event": "Happened"}
# What only the machinery did: on the timeline and in the trail, but not among the latest news of a case.
BEHIND_THE_SCENES = frozenset(
    {"message:delivered", "message:sent", "process:ended", "process:started", "step:completed", "task:cancelled", "task:claimed"}
)


@dataclass(frozen=True)
class Told:
    """One event as people read it. `id` is its place in the chain, which never changes, so it serves as a permalink."""

    id: int
    title: str
    by: str
    at: datetime
    text: str
    kind: str
    group: str


@dataclass(frozen=True)
class Names:
    """The names behind the keys and ids that events hold."""

    groups: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def kind_of(name: str) -> Kind:
    """The words of a kind. UnknownKind when it has none: every kind that is recorded must be added to the table."""
    try:
        return KINDS[name]
    except KeyError as error:
        raise UnknownKind(f"Events of the kind {name} have no words: add them to KINDS") from error


def tell(event: AuditEvent, names: Names) -> Told:
    """An event in words. UnknownKind for one that nobody described."""
    kind = kind_of(event.kind)
    return Told(
        id=event.sequence,
        title=_title(kind, event, names),
        by=_by(event),
        at=event.at,
        text=_words(event),
        kind=event.kind,
        group=GROUP_NAMES[kind.group],
    )


def _title(kind: Kind, event: AuditEvent, names: Names) -> str:
    words = " ".join(kind.title.format_map(_Detail(event.detail, names)).split()).rstrip(" :,")
    return words[:1].upper() + words[1:]


def kinds_of(group: str) -> list[str]:
    """The kinds that belong to a group of events."""
    return [name for name, kind in KINDS.items() if kind.group == group]


def as_stored(event: AuditEvent) -> Told:
    """An event whose kind nobody described, as it stands in its row."""
    return Told(event.sequence, event.kind, _by(event), event.at, _words(event), event.kind, "Unknown")


class _Detail(dict[str, str]):
    """The values of an event's detail as words; one that is missing, as in an older event, is left out."""

    def __init__(self, detail: Mapping[str, Any], names: Names) -> None:
        super().__init__({key: _value(value, names) for key, value in detail.items()})
        name, label, step = (str(detail.get(key) or "") for key in ("name", "label", "step"))
        self["step_words"] = step.replace("-", " ")
        self["how"] = HOW.get(str(detail.get("kind") or ""), "Done")
        self["count"] = str(len(detail.get("keys") or detail.get("groups") or []))
        self["message_words"] = MESSAGES.get(name, name)
        self["what"] = f"{name or self['step_words']} ({label})" if label else name or self["step_words"]

    def __missing__(self, key: str) -> str:
        return ""


def _value(value: Any, names: Names) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_value(item, names) for item in value)
    text = str(value) if value is not None else ""
    return names.groups.get(text) or names.people.get(text) or _day(text)


def _day(text: str) -> str:
    if len(text) != len("2020-09-28"):
        return text
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{on.day} {on:%B %Y}"


def _by(event: AuditEvent) -> str:
    if event.by is None:
        return THE_SYSTEM
    return f"{event.by.name} for {event.acting_for.name}" if event.acting_for else event.by.name


def _words(event: AuditEvent) -> str:
    if event.text is None:
        return "The words of this event were removed" if event.text_digest else ""
    said = [", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in event.text.words.values() if value]
    return "\n".join(said)
