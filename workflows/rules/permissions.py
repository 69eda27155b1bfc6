"""Who may do what. `check_x` raises Refused with a sentence and `can_x` only asks, so that buttons and actions cannot disagree.

When a thing may be done is in `policies`; who must be different people is in `duties`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models import CandidateGroup, Case, ConsultationRequest, GroupKind, GroupMembership, User, UserTask, clock
from workflows.errors import Refused

COUNCILLORS = frozenset({"scrutiny_member", "scrutiny_chair", "council_chair", "council_vice_chair"})
PROVIDERS = frozenset({"provider"})
READERS_ONLY = frozenset({"auditor"})
ADMINISTRATORS = frozenset({"system_admin"})
PUBLISHERS = frozenset({"democratic_services", "monitoring_officer"})
# Groups of these roles, and groups without one, do not make anybody fit to act for a colleague.
NEVER_STAND_IN = COUNCILLORS | PROVIDERS | READERS_ONLY | {""}
EXECUTIVE = frozenset({"cabinet_member"})
STARTERS = {
    "key-decision": frozenset({"commissioning_officer", "lead_director"}),
    "inspection": frozenset({"qa_inspector", "qa_manager", "commissioning_officer"}),
    "suspension": frozenset({"commissioning_officer", "qa_manager", "lead_director", "procurement_officer"}),
}


def groups_of(user: User) -> frozenset[str]:
    """Keys of the candidate groups a person is in today, by their own right."""
    return frozenset(membership.group_key for membership in current_memberships(user))


def roles_of(user: User) -> frozenset[str]:
    """The roles that those groups give."""
    return frozenset(membership.group.role for membership in current_memberships(user) if membership.group.role)


def current_memberships(user: User) -> list[GroupMembership]:
    """A person's places in candidate groups today, in London; both ends of a membership count."""
    today = clock.today()
    return [m for m in user.memberships if m.starts_on <= today and (m.ends_on is None or today <= m.ends_on)]


def has_role(user: User, *roles: str) -> bool:
    """Whether a person has at least one of these roles today."""
    return bool(roles_of(user) & set(roles))


def is_staff(user: User) -> bool:
    """Whether a person works for the council; councillors who only scrutinise and the people of providers do not."""
    roles = roles_of(user)
    return bool(roles - COUNCILLORS) and not roles & PROVIDERS


def is_provider(user: User) -> bool:
    """Whether a person belongs to a provider. Such a person is never staff, whatever other group they are in by mistake."""
    return has_role(user, *PROVIDERS)


def provider_groups(user: User) -> frozenset[str]:
    """Keys of the groups of the providers a person belongs to today."""
    return frozenset(m.group_key for m in current_memberships(user) if m.group.role in PROVIDERS)


def is_reader_only(user: User) -> bool:
    """Whether everything a person has is a right to look, as auditors have."""
    roles = roles_of(user)
    return bool(roles) and roles <= READERS_ONLY


def can_see(user: User, case: Case, *, working_on_it: bool) -> bool:
    """Whether a case exists for this reader: staff see open cases; a restricted one only its team, its owner and who works on it.

    `working_on_it` says that a task of the case is or was theirs or their groups' (see `queries.cases`).
    """
    if case.team_key in groups_of(user) or case.owner_id == user.id:
        return True
    if working_on_it:
        return not is_provider(user)  # a provider works on its own case and sees of it what its own pages show, no more
    return not case.is_restricted and is_staff(user)


def check_start(user: User, key: str) -> None:
    """Raise Refused unless this person may start a process with this key."""
    allowed = STARTERS.get(key)
    if not is_staff(user) or is_reader_only(user) or (allowed is not None and not has_role(user, *allowed)):
        raise Refused("You cannot start this process. Ask a colleague in the team that runs it")


def check_claim(user: User, task: UserTask, *, acting_for: User | None = None) -> None:
    """Raise Refused unless the task's candidate group is this person's, or that of the person they act for."""
    if task.candidate_group in groups_of(user):
        return
    if acting_for is None or task.candidate_group not in groups_of(acting_for):
        raise Refused("This task is for another team")
    check_delegable(task, acting_for)


def check_delegable(task: UserTask, acting_for: User) -> None:
    """Raise Refused when a task stays with the named officer: a significant one of a post (SI 2012/2089 names the decision maker)."""
    if is_significant(task) and any(m.group_key == task.candidate_group and m.group.kind is GroupKind.POST for m in acting_for.memberships):
        raise Refused("Only the named officer can sign a key decision. It cannot be delegated here")


def is_significant(task: UserTask) -> bool:
    """Whether the process owner marked the task as one to check and sign."""
    return str(task.properties.get("significant", "")).lower() == "yes"


def check_complete(user: User, task: UserTask, *, acting_for: User | None = None) -> None:
    """Raise Refused unless this person may complete the task: who may claim it may do it. Whose it is now is for `policies`."""
    check_claim(user, task, acting_for=acting_for)


def check_release(user: User, task: UserTask, *, manager_key: str | None) -> None:
    """Raise Refused unless this person has the task or manages the team whose task it is."""
    if task.assignee_id != user.id and not _manages(user, manager_key):
        raise Refused("Only the person who has this task, or their manager, can put it back")


def check_reassign(user: User, task: UserTask, *, manager_key: str | None) -> None:
    """Raise Refused unless this person has the task, manages its team, or, in a team nobody manages, is a member of it."""
    is_member = manager_key is None and task.candidate_group in groups_of(user)
    if task.assignee_id != user.id and not _manages(user, manager_key) and not is_member:
        raise Refused("Only the person who has this task, or their manager, can give it to someone else")


def check_lead(user: User, group: CandidateGroup) -> None:
    """Raise Refused unless this person hands out a group's work: they manage it, or, where nobody does, they are in it."""
    is_member = group.manager_key is None and group.key in groups_of(user)
    if not is_staff(user) or is_reader_only(user) or not (_manages(user, group.manager_key) or is_member):
        raise Refused("Only the people who manage this team can see who does what in it")


def can_lead(user: User, group: CandidateGroup) -> bool:
    """Whether `check_lead` would pass."""
    return _asks(lambda: check_lead(user, group))


def _manages(user: User, manager_key: str | None) -> bool:
    return manager_key is not None and manager_key in groups_of(user)


def check_stand_in(away: User, to: User) -> None:
    """Raise Refused unless one person may act for the other: only the council's staff do, and only for one another."""
    if not is_staff(away):
        raise Refused("Only people who work for the council can say who acts for them")
    if not can_stand_in(to):
        raise Refused(f"{to.name} does not work on cases for the council and cannot act for you")


def can_stand_in(user: User) -> bool:
    """Whether a person may act for a colleague at all: staff who may do more than look."""
    return is_staff(user) and bool(roles_of(user) - NEVER_STAND_IN)


def check_place(user: User) -> None:
    """Raise Refused unless this person places young people: the placements and social work teams."""
    if not has_role(user, "placement_officer", "social_worker"):
        raise Refused("Only the placements and social work teams can record placements")


def can_see_placements(user: User) -> bool:
    """Whether a person may know of single placements: those who place, look after or inspect, and the director; no provider."""
    may = has_role(user, "placement_officer", "social_worker", "safeguarding_officer", "qa_inspector", "qa_manager", "lead_director")
    return may and not is_provider(user)


def check_contribute(user: User) -> None:
    """Raise Refused unless this person may add comments and documents to the cases they see."""
    if not is_staff(user) or is_reader_only(user):
        raise Refused("You can look at this case but not add to it")


def check_comment(user: User, case: Case) -> None:
    """Raise Refused unless this person, who sees the case, may comment on it."""
    check_contribute(user)


def check_upload(user: User, case: Case) -> None:
    """Raise Refused unless this person, who sees the case, may add a document to it."""
    check_contribute(user)


def check_manage(user: User, case: Case) -> None:
    """Raise Refused unless this person may withdraw or move the matter: its owner, its team, or the Monitoring Officer."""
    if case.owner_id == user.id or case.team_key in groups_of(user) or has_role(user, "monitoring_officer"):
        return
    raise Refused("Only the team that owns this case, or the Monitoring Officer, can do this")


def check_publish(user: User, case: Case) -> None:
    """Raise Refused unless this person may change what the public sees of a case."""
    if not has_role(user, *PUBLISHERS):
        raise Refused("Only Democratic Services and the Monitoring Officer can publish")


def check_advise(user: User, request: ConsultationRequest) -> None:
    """Raise Refused unless this person belongs to the consultee that was asked."""
    if request.consultee_key not in groups_of(user):
        raise Refused("Another team was asked for this advice")


def check_override(user: User, case: Case) -> None:
    """Raise Refused for anyone but the Monitoring Officer, who alone may go on without a silent mandatory consultee."""
    if not has_role(user, "monitoring_officer"):
        raise Refused("Only the Monitoring Officer can go on without this advice")


def check_settle_breach(user: User) -> None:
    """Raise Refused for anyone but Legal and the Monitoring Officer, who answer for what becomes of a broken rule."""
    if not has_role(user, "legal_officer", "monitoring_officer"):
        raise Refused("Only Legal and the Monitoring Officer can say that a broken rule is dealt with")


def check_settle(user: User) -> None:
    """Raise Refused for anyone but the head of paid service, who alone may lift an objection on legality or funding."""
    if not has_role(user, "head_of_paid_service"):
        raise Refused("Only the Chief Executive can decide about an objection on legality or funding")


def check_call_in(user: User) -> None:
    """Raise Refused unless this person is a scrutiny councillor, who alone may ask for a decision to be called in.

    Members of the executive cannot, whatever else they are (LGA 2000 s.9FA).
    """
    if has_role(user, *EXECUTIVE):
        raise Refused("Members of the cabinet cannot ask for a decision to be called in")
    if not has_role(user, "scrutiny_member", "scrutiny_chair"):
        raise Refused("Only scrutiny councillors can ask for a decision to be called in")


def check_administer(user: User) -> None:
    """Raise Refused unless this person looks after the system: people, incidents, jobs."""
    if not has_role(user, *ADMINISTRATORS):
        raise Refused("Only system administrators can do this")


def check_confirm_settings(user: User) -> None:
    """Raise Refused unless this person may confirm what somebody else set for the council: administrators and the statutory officers."""
    if not has_role(user, *ADMINISTRATORS, "monitoring_officer", "s151_officer", "process_owner"):
        raise Refused("Only system administrators, process owners and the statutory officers can confirm this")


def check_set_values(user: User) -> None:
    """Raise Refused unless this person may set the council's policy values."""
    if not has_role(user, *ADMINISTRATORS, "process_owner"):
        raise Refused("Only system administrators and process owners can set policy values")


def check_retry(user: User) -> None:
    """Raise Refused unless this person may tell a case that cannot continue to try again."""
    if not has_role(user, *ADMINISTRATORS, "process_owner"):
        raise Refused("Only system administrators and process owners can do this")


def check_remove_text(user: User) -> None:
    """Raise Refused unless this person may have personal words removed from the audit trail."""
    if not has_role(user, "dpo", *ADMINISTRATORS):
        raise Refused("Only the data protection officer and system administrators can do this")


def _asks(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refused:
        return False
    return True


def can_start(user: User, key: str) -> bool:
    """Whether `check_start` would pass."""
    return _asks(lambda: check_start(user, key))


def can_claim(user: User, task: UserTask, *, acting_for: User | None = None) -> bool:
    """Whether `check_claim` would pass."""
    return _asks(lambda: check_claim(user, task, acting_for=acting_for))


def can_complete(user: User, task: UserTask, *, acting_for: User | None = None) -> bool:
    """Whether `check_complete` would pass."""
    return _asks(lambda: check_complete(user, task, acting_for=acting_for))


def can_release(user: User, task: UserTask, *, manager_key: str | None) -> bool:
    """Whether `check_release` would pass."""
    return _asks(lambda: check_release(user, task, manager_key=manager_key))


def can_reassign(user: User, task: UserTask, *, manager_key: str | None) -> bool:
    """Whether `check_reassign` would pass."""
    return _asks(lambda: check_reassign(user, task, manager_key=manager_key))


def can_comment(user: User, case: Case) -> bool:
    """Whether `check_comment` would pass."""
    return _asks(lambda: check_comment(user, case))


def can_upload(user: User, case: Case) -> bool:
    """Whether `check_upload` would pass."""
    return _asks(lambda: check_upload(user, case))


def can_manage(user: User, case: Case) -> bool:
    """Whether `check_manage` would pass."""
    return _asks(lambda: check_manage(user, case))


def can_publish(user: User, case: Case) -> bool:
    """Whether `check_publish` would pass."""
    return _asks(lambda: check_publish(user, case))


def can_advise(user: User, request: ConsultationRequest) -> bool:
    """Whether `check_advise` would pass."""
    return _asks(lambda: check_advise(user, request))


def can_override(user: User, case: Case) -> bool:
    """Whether `check_override` would pass."""
    return _asks(lambda: check_override(user, case))


def can_settle_breach(user: User) -> bool:
    """Whether a person may close what was written down about a broken rule."""
    return _asks(lambda: check_settle_breach(user))


def can_place(user: User) -> bool:
    """Whether `check_place` would pass."""
    return _asks(lambda: check_place(user))


def can_call_in(user: User) -> bool:
    """Whether `check_call_in` would pass."""
    return _asks(lambda: check_call_in(user))


def can_administer(user: User) -> bool:
    """Whether `check_administer` would pass."""
    return _asks(lambda: check_administer(user))


def can_confirm_settings(user: User) -> bool:
    """Whether `check_confirm_settings` would pass."""
    return _asks(lambda: check_confirm_settings(user))


def can_set_values(user: User) -> bool:
    """Whether `check_set_values` would pass."""
    return _asks(lambda: check_set_values(user))


def can_retry(user: User) -> bool:
    """Whether `check_retry` would pass."""
    return _asks(lambda: check_retry(user))


def acting_for_any(task: UserTask, absent: Iterable[User]) -> User | None:
    """The first absent colleague on whose behalf this task could be done; None when nobody's absence opens it."""
    return next((person for person in absent if task.candidate_group in groups_of(person) or task.assignee_id == person.id), None)

