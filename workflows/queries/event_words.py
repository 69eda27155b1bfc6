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
    "providers": "Providers",
    "inspections": "Inspections",
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
    "admission:decided": Kind("decision", "Decided on the admission: {decision}"),
    "admission:lapsed": Kind("decision", "The admission lapsed: the agreement was not signed"),
    "admission:reminded": Kind("process", "The provider was reminded to sign"),
    "admission:sent_back": Kind("decision", "Not decided yet: {how}"),
    "application:section_completed": Kind("tasks", "Section {section} of the application completed"),
    "application:section_reopened": Kind("tasks", "Section {section} of the application opened again"),
    "application:breached": Kind("process", "Not answered by {due}, reported to the Head of Procurement"),
    "application:completeness_checked": Kind("process", "Checked that nothing is missing"),
    "application:due_soon": Kind("process", "Warned: {days_left} working days left to answer by {due}"),
    "application:extended": Kind("decision", "Evaluation prolonged to {due}"),
    "application:list_closed": Kind("process", "Ended with its list"),
    "application:not_evidenced": Kind("process", "What was asked for is not evidenced"),
    "application:not_extended": Kind("decision", "Evaluation not prolonged"),
    "application:rejected": Kind("decision", "Refused on the word of two people"),
    "application:reminded": Kind("process", "Provider reminded of its draft, {days} days without a change"),
    "application:sent": Kind("process", "Application sent, to be answered by {due}"),
    "application:superseded": Kind("process", "Replaced by {by_case}"),
    "application:withdrawal_asked": Kind("process", "Application withdrawn"),
    "audit:text_removed": Kind("administration", "Personal words removed from the trail"),
    "calendar:day_added": Kind("administration", "Day off added: {day}"),
    "calendar:day_confirmed": Kind("administration", "Day off confirmed: {day}"),
    "calendar:day_removed": Kind("administration", "Day off removed: {day}"),
    "call_in:requested": Kind("decision", "Call-in requested, {reference}"),
    "case:closed": Kind("process", "Case closed: {outcome}"),
    "case:opened": Kind("process", "Case opened"),
    "case:put_back": Kind("process", "Put back to: {what}"),
    "case:put_back_undone": Kind("process", "No longer put back to: {what}"),
    "certificate:added": Kind("providers", "Certificate added: {covers}"),
    "certificate:refused": Kind("providers", "Certificate not accepted: {covers}"),
    "certificate:verified": Kind("providers", "Certificate verified: {covers}"),
    "clarification:answered": Kind("process", "Provider answered the clarification"),
    "clarification:asked": Kind("process", "Clarification asked for, answer by {reply_by}"),
    "clarification:checked": Kind("process", "Answers to the clarification checked"),
    "clarification:reminded": Kind("process", "Provider reminded of the clarification"),
    "clarification:unanswered": Kind("process", "Clarification not answered in time"),
    "comment:added": Kind("documents", "Comment added"),
    "consultation:escalated": Kind("consultation", "{to} told that advice from {consultee} is overdue"),
    "consultation:more_time_asked": Kind("consultation", "{consultee} asked for more time"),
    "consultation:more_time_given": Kind("consultation", "{consultee} has until {to} to advise, not {from}"),
    "consultation:overridden": Kind("consultation", "Went on without advice from {consultee}"),
    "consultation:reminded": Kind("consultation", "{consultee} reminded to give advice"),
    "contract:created": Kind("providers", "Contract {reference} written down"),
    "contract:decision_opened": Kind("decision", "Opened from the contract that it is about"),
    "contract:extended": Kind("decision", "Contract extended to {ends}"),
    "contract:option_added": Kind("providers", "Option of {months} months written down for {reference}"),
    "contract:reminded": Kind("process", "Reminder given: {rung}"),
    "contract:reminder_put_off": Kind("process", "Reminder put off to {until}"),
    "contract:terminated": Kind("providers", "Contract {reference} ended early"),
    "dates:moved": Kind("process", "A date moved from {from} to {to}: {what}"),
    "decision:deferral_asked": Kind("decision", "Moved to another month"),
    "decision:signing_refused": Kind("decision", "Signing refused"),
    "decision:withdrawal_asked": Kind("decision", "Proposal withdrawn"),
    "declaration:late": Kind("decision", "Declaration not returned in time"),
    "declaration:reminded": Kind("process", "Provider reminded of its declaration"),
    "delegation:added": Kind("people", "{to} acts for {from} from {starts_on} to {ends_on}"),
    "delegation:ended": Kind("people", "{to} no longer acts for {from}"),
    "diligence:chased": Kind("process", "Referees chased"),
    "diligence:ran_out": Kind("process", "The checks were not finished in time"),
    "diligence:warned": Kind("process", "{to} told that checks are still open"),
    "document:added": Kind("documents", "Document added"),
    "document:removed": Kind("documents", "Document removed"),
    "evaluation:withdrawn": Kind("decision", "Scores withdrawn"),
    "group:added": Kind("people", "{group} added"),
    "group:changed": Kind("people", "{group} changed"),
    "group:joined": Kind("people", "{user} is in {group} from {starts_on}"),
    "group:left": Kind("people", "{user} is in {group} until {ends_on}"),
    "feed:closed": Kind("people", "Calendar address switched off"),
    "feed:opened": Kind("people", "Calendar address opened"),
    "feed:renewed": Kind("people", "Calendar address renewed"),
    "hold:confirmed": Kind("providers", "Hold on new placements confirmed"),
    "hold:lifted": Kind("providers", "Hold on new placements lifted"),
    "hold:placed": Kind("providers", "New placements on hold"),
    "incident:closed": Kind("process", "Going on again after {step_words}"),
    "incident:opened": Kind("process", "Cannot continue: {what}"),
    "incident:retried": Kind("process", "Tried again"),
    "incident:skipped": Kind("process", "Went on without doing: {what}"),
    "job:given_up": Kind("administration", "Given up: {what}"),
    "job:retried": Kind("administration", "Tried again: {what}"),
    "interest:cleared": Kind("people", "Interest cleared: {kind}"),
    "interest:declared": Kind("people", "Interests declared: {kind}"),
    "letter:sent": Kind("documents", "Letter {letter_kind} sent to the provider"),
    "membership:published": Kind("decision", "The public list was checked"),
    "link:sent": Kind("people", "Link to sign in sent"),
    "link:used": Kind("people", "Link to sign in used"),
    "inspection:action_answered": Kind("inspections", "The provider said what it has done"),
    "inspection:action_checked": Kind("inspections", "An action was checked; put right: {verified}"),
    "inspection:action_overdue": Kind("inspections", "An action is overdue ({severity})"),
    "inspection:action_planned": Kind("inspections", "An action was planned, by {by}"),
    "inspection:cancelled": Kind("inspections", "Inspection cancelled"),
    "inspection:closed": Kind("inspections", "Inspection closed; next visit by {next_due_on}"),
    "inspection:commented_on": Kind("inspections", "The provider looked at the draft report"),
    "inspection:consequence_told": Kind("inspections", "What follows was told: {consequence_words}"),
    "inspection:escalated": Kind("inspections", "Suspension recommended"),
    "inspection:finding_kept": Kind("inspections", "Finding written down ({severity})"),
    "inspection:finding_taken_back": Kind("inspections", "Finding taken back"),
    "inspection:grade_changed": Kind("inspections", "Grade changed from {from} to {to}"),
    "inspection:graded": Kind("inspections", "Grade from the findings: {grade}"),
    "inspection:inspected_again": Kind("inspections", "A new inspection takes its place, {reference}"),
    "inspection:later_day_decided": Kind("inspections", "A later day for the visit was looked at; approved: {approved}"),
    "inspection:line_marked": Kind("inspections", "Line {line} marked"),
    "inspection:ofsted_told": Kind("inspections", "Ofsted told on {on}"),
    "inspection:placements_stopped": Kind("inspections", "Asked to stop new placements"),
    "inspection:plan_accepted": Kind("inspections", "Action plan accepted"),
    "inspection:plan_given_up": Kind("inspections", "No action plan came in time"),
    "inspection:plan_sent_back": Kind("inspections", "Action plan sent back to be amended"),
    "inspection:planned": Kind("inspections", "Visit planned"),
    "inspection:referred": Kind("inspections", "Referral made on {on}"),
    "inspection:report_decided": Kind("inspections", "The report was decided on: {decision_words}"),
    "inspection:report_revised": Kind("inspections", "Draft report revised"),
    "inspection:risk_raised": Kind("inspections", "New incident; risk {from} before, {to} now"),
    "inspection:triaged": Kind("inspections", "Urgency decided: {risk} risk"),
    "inspection:visited": Kind("inspections", "Visit recorded: {result_words}"),
    "list:created": Kind("providers", "List {reference} set up"),
    "list:paused": Kind("providers", "List {reference} takes no applications for now"),
    "list:reopened": Kind("providers", "List {reference} takes applications again"),
    "membership:admitted": Kind("providers", "Admitted to the list"),
    "membership:changed": Kind("providers", "Place on the list is now: {status}"),
    "membership:condition_met": Kind("providers", "Condition of the place on the list met"),
    "message:delivered": Kind("process", "The process took in: {message_words}"),
    "message:sent": Kind("process", "The process was told: {message_words}"),
    "notice:corrected": Kind("public", "Notice published again, version {version}"),
    "organisation:loaded": Kind("administration", "{count} groups of the organisation loaded"),
    "parameter:confirmed": Kind("administration", "Policy value confirmed: {name}, from {valid_from}"),
    "parameter:set": Kind("administration", "Policy value set: {name}, {value} from {valid_from}"),
    "parameter:taken_back": Kind("administration", "Policy value taken back: {name}, from {valid_from}"),
    "parameters:loaded": Kind("administration", "{count} policy values loaded"),
    "placement:ended": Kind("providers", "Placement ended"),
    "placement:recorded": Kind("providers", "Placement recorded at {premises}"),
    "premises:added": Kind("providers", "Premises {premises} added"),
    "premises:changed": Kind("providers", "Premises {premises} changed"),
    "premises:closed": Kind("providers", "Premises {premises} closed"),
    "draft:agreed": Kind("administration", "A change of the process {key} agreed"),
    "draft:changed": Kind("administration", "The draft of {key} changed after it was {was}"),
    "draft:discarded": Kind("administration", "The draft of {key} discarded"),
    "draft:handed_back": Kind("administration", "The draft of {key} sent back to its authors"),
    "draft:opened": Kind("administration", "A draft of {key} opened on version {version}"),
    "draft:rebased": Kind("administration", "The draft of {key} put onto version {version}"),
    "draft:reopened": Kind("administration", "The draft of {key} taken up again"),
    "draft:sent": Kind("administration", "The draft of {key} sent for agreement"),
    "process:deployed": Kind("administration", "Process {key} deployed, version {version}"),
    "process:ended": Kind("process", "Process ended"),
    "process:moved": Kind("process", "Moved from version {from} to version {to} of its process"),
    "process:moved_back": Kind("process", "Moved back from version {from} to version {to} of its process"),
    "process:started": Kind("process", "Process started, version {version}"),
    "provider:changed": Kind("providers", "Record of {reference} changed"),
    "provider:created": Kind("providers", "Provider {reference} recorded"),
    "provider:identified": Kind("providers", "Number in a register written down for {reference}"),
    "provider_account:registered": Kind("providers", "Organisation {reference} registered by its own people"),
    "provider_account:asked_to_join": Kind("providers", "Somebody asked to join the people of {reference}"),
    "provider_document:added": Kind("providers", "Provider document added, version {version}"),
    "provider_document:infected": Kind("providers", "Virus found: provider document erased"),
    "provider_document:released": Kind("providers", "No virus found in a provider document"),
    "provider_document:removed": Kind("providers", "Provider document removed"),
    "provider_person:invited": Kind("providers", "Somebody invited to the people of {reference}"),
    "provider_person:joined": Kind("providers", "Somebody joined the people of {reference}"),
    "provider_person:removed": Kind("providers", "{person} taken out of the people of {reference}"),
    "register:seen": Kind("providers", "{register} looked at for {reference}: {status}"),
    "registration:changed": Kind("providers", "Registration with Ofsted written down for {reference}: {status}"),
    "reminder:given": Kind("providers", "Reminded: {about}"),
    "representation:received": Kind("public", "Comment from the public received, {reference}"),
    "rule:breached": Kind("process", "Rule broken: {words}"),
    "rule:kept": Kind("process", "Put right: {words}"),
    "rule:settled": Kind("process", "Broken rule dealt with: {words}"),
    "step:completed": Kind("process", "{how}: {what}"),
    "suspension:acted": Kind("decision", "New placements looked at by the table: {action}"),
    "suspension:decided": Kind("decision", "Decided about the place on the list: {decision}"),
    "suspension:late": Kind("process", "The director told that the hold is not confirmed"),
    "suspension:left": Kind("decision", "The provider left the list"),
    "suspension:reported": Kind("decision", "Reported by hand"),
    "task:cancelled": Kind("tasks", "A task is no longer needed"),
    "task:claimed": Kind("tasks", "Started: {what}"),
    "task:completed": Kind("tasks", "Completed: {what}"),
    "task:due_moved": Kind("tasks", "Due date moved from {from} to {to}: {what}"),
    "task:overdue_told": Kind("tasks", "{to} told that a task is overdue: {what}"),
    "task:reassigned": Kind("tasks", "Given to {to}: {what}"),
    "task:released": Kind("tasks", "Put back: {what}"),
    "task:reminded": Kind("tasks", "{to} reminded, {percent}% of the time is gone: {what}"),
    "thread:council_wrote": Kind("documents", "Message sent to the provider"),
    "thread:provider_wrote": Kind("documents", "Message from the provider"),
    "timer:fired": Kind("process", "Time reached: {what}"),
    "undertaking:asked": Kind("administration", "Asked for: {title}"),
    "webhook:tried_again": Kind("administration", "Asked for {system} to be told again: {event}"),
    "undertaking:stop_asked": Kind("administration", "Asked to stop: {title}"),
    "user:added": Kind("people", "{user} added"),
    "user:changed": Kind("people", "Details of {user} changed"),
    "user:disabled": Kind("people", "{user} can no longer sign in"),
    "user:enabled": Kind("people", "{user} can sign in again"),
    "user:password_set": Kind("people", "Password set for {user}"),
    "welfare:late": Kind("process", "The director told that welfare checks are overdue"),
    "welfare:made": Kind("process", "Welfare check made"),
    "welfare:opened": Kind("process", "Welfare checks opened: {checks}"),
}
MESSAGES = {
    "IncidentNotified": "an incident",
    "InspectionCancelled": "inspection cancelled",
    "ApplicationSuperseded": "a newer application was sent",
    "ApplicationWithdrawn": "application withdrawn",
    "CallInRequested": "call-in requested",
    "DecisionDeferred": "moved to another month",
    "ListClosed": "the list has closed",
    "ProposalWithdrawn": "proposal withdrawn",
    "ScoresWithdrawn": "scores withdrawn",
    "KeyDecisionRequired": "a key decision is needed",
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
        for code in ("consequence", "decision", "result"):
            self[f"{code}_words"] = str(detail.get(code) or "").replace("_", " ")
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
