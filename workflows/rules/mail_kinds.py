"""Every kind of mail the service writes: what it is about, and what its reader may choose for it.

A kind belongs to a topic; people choose by topic: at once, with the day's digest, or never. What the law, a contract or the safety of an
account asks for has no choice, and the topic says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Choice = Literal["at_once", "digest", "never"]
Readers = Literal["staff", "provider", "both"]

AT_ONCE: Choice = "at_once"
DIGEST: Choice = "digest"
NEVER: Choice = "never"
CHOICE_WORDS: dict[Choice, str] = {AT_ONCE: "At once", DIGEST: "In one mail each working day", NEVER: "No mail"}
PREFERENCE = "mail"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What people choose for at once. `fixed` is why there is no choice, empty where there is one."""

    key: str
    name: str
    hint: str = ""
    readers: Readers = "staff"
    choices: tuple[Choice, ...] = (AT_ONCE, DIGEST, NEVER)
    default: Choice = AT_ONCE
    fixed: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of mail. `asks` for something that may be done or over before the mail goes; `stays` with the reader when they are away."""

    key: str
    name: str
    topic: str
    provider_topic: str = ""
    asks: bool = False
    stays: bool = False


_LAW = "These dates come from the law, from a contract or from a young person's safety, so the mails cannot be switched off."
_ACCOUNT = "You would lose your way into the service, or not learn of a change to your account, without them."
_PROVIDER = "The council has to tell you these things. They always come at once."

TOPICS: dict[str, Topic] = {
    topic.key: topic
    for topic in (
        Topic(key="tasks", name="New tasks for you or your teams", hint="The daily mail also lists what is due or overdue", default=DIGEST),
        Topic(key="given", name="A task that somebody gives to you"),
        Topic(key="advice", name="Advice that is wanted from your team"),
        Topic(key="sign", name="A decision or a change of a process that waits for you"),
        Topic(key="answers", name="An answer to something you wrote or asked for"),
        Topic(key="news", name="What happened in your cases and teams", hint="Messages from providers, withdrawn applications, new certificates"),
        Topic(key="dates", name="Reminders and overdue dates", fixed=_LAW),
        Topic(key="cover", name="Who acts for whom", fixed="Work would be left lying if you did not know that it comes to you."),
        Topic(key="service", name="Cases that cannot continue", fixed="Nobody else is told that a case has stopped."),
        Topic(key="account", name="Your account and your way in", readers="both", fixed=_ACCOUNT),
        Topic(key="provider_messages", name="Messages from the council", readers="provider", choices=(AT_ONCE, DIGEST)),
        Topic(key="provider_notices", name="Notices, letters and dates", readers="provider", fixed=_PROVIDER),
        Topic(key="digest", name="The daily mail", readers="both", fixed="It holds what you chose to get once a day."),
    )
}

# A kind that nobody described is sent at once and cannot be switched off: rather one mail too many than one that nobody got.
OTHER = Kind(key="other", name="Something else", topic="dates")

_NOTICE = "provider_notices"
KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(key="task:new", name="A task waits for you or your team", topic="tasks", asks=True),
        Kind(key="task:given", name="Somebody gave you a task", topic="given", asks=True),
        Kind(key="digest", name="The daily mail", topic="digest", stays=True),
        Kind(key="consultation:asked", name="Advice is wanted", topic="advice", asks=True),
        Kind(key="admission:advice", name="Advice on an admission is wanted", topic="advice", asks=True),
        Kind(key="decision:waiting", name="A decision waits to be signed", topic="sign", asks=True, stays=True),
        Kind(key="draft_sent", name="A change of a process waits for agreement", topic="sign", asks=True, stays=True),
        Kind(key="draft_agreed", name="Your change of a process was agreed", topic="answers"),
        Kind(key="draft_handed_back", name="Your change of a process was sent back", topic="answers"),
        Kind(key="consultation:more_time", name="A consultee asks for more time", topic="answers"),
        Kind(key="consultation:more_time_given", name="Your team has more time to advise", topic="advice"),
        Kind(key="interest:cleared", name="Your interest was cleared", topic="answers", stays=True),
        Kind(key="thread:message", name="A new message", topic="news", provider_topic="provider_messages"),
        Kind(key="application:withdrawn", name="An application was withdrawn", topic="news"),
        Kind(key="suspension:represented", name="A provider made representations", topic="news"),
        Kind(key="certificate:added", name="A certificate waits to be verified", topic="news"),
        Kind(key="inspection:nothing_to_inspect", name="There is nothing left to inspect", topic="news"),
        Kind(key="task:reminder", name="A task of yours or your team is soon due", topic="dates", asks=True),
        Kind(key="task:overdue", name="A task is overdue", topic="dates", asks=True),
        Kind(key="incident:opened", name="A case or a job cannot continue", topic="service"),
        Kind(key="task:reminder", name="A task is due soon", topic="dates", asks=True),
        Kind(key="task:overdue", name="A task of your team is overdue", topic="dates", asks=True),
        Kind(key="incident:opened", name="A case cannot continue", topic="service"),
        Kind(key="consultation:reminder", name="Advice is still wanted", topic="dates", asks=True),
        Kind(key="consultation:overdue", name="Advice is overdue", topic="dates", asks=True),
        Kind(key="admission:advice_reminder", name="Advice on an admission is still wanted", topic="dates", asks=True),
        Kind(key="admission:advice_overdue", name="Advice on an admission is overdue", topic="dates", asks=True),
        Kind(key="application:due_soon", name="An application is soon to be answered", topic="dates", asks=True),
        Kind(key="application:breached", name="An application was not answered in time", topic="dates"),
        Kind(key="clarification:unanswered", name="A provider did not answer", topic="dates"),
        Kind(key="contract_reminder", name="The end of a contract comes near", topic="dates"),
        Kind(key="diligence:chase", name="Referees have not answered", topic="dates", asks=True),
        Kind(key="diligence:late", name="Checks are still open", topic="dates", asks=True),
        Kind(key="inspection:action_overdue", name="An action of a provider is overdue", topic="dates"),
        Kind(key="inspection:plan_late", name="An action plan is late", topic="dates"),
        Kind(key="inspection:risk_raised", name="A new incident during an inspection", topic="dates"),
        Kind(key="inspection:visit_overdue", name="A visit is overdue", topic="dates"),
        Kind(key="interest:declared", name="An interest was declared", topic="dates"),
        Kind(key="suspension:late", name="A hold was not confirmed in time", topic="dates"),
        Kind(key="suspension:opened", name="Something about a provider has to be acted on", topic="dates"),
        Kind(key="welfare:asked", name="Welfare checks are wanted", topic="dates", asks=True),
        Kind(key="welfare:at_risk", name="A welfare check found somebody at risk", topic="dates"),
        Kind(key="welfare:late", name="Welfare checks are overdue", topic="dates"),
        Kind(key="delegation:added", name="You act for a colleague", topic="cover", stays=True),
        Kind(key="delegation:ended", name="You no longer act for a colleague", topic="cover", stays=True),
        Kind(key="delegation:uncovered", name="Whoever acts for you cannot do it", topic="cover", stays=True),
        Kind(key="sign_in_link", name="A link to sign in", topic="account", stays=True),
        Kind(key="join_asked", name="Somebody asks to join your organisation", topic="account", provider_topic="account", stays=True),
        Kind(key="admission:sign", name="The agreement waits to be signed", topic=_NOTICE, asks=True),
        Kind(key="application:reminder", name="Your application is not sent yet", topic=_NOTICE, asks=True),
        Kind(key="application:lapsed", name="Your application has lapsed", topic=_NOTICE),
        Kind(key="application:list_closed", name="The list you applied to has closed", topic=_NOTICE),
        Kind(key="certificate:ends", name="A certificate ends", topic=_NOTICE),
        Kind(key="certificate:refused", name="A certificate was not accepted", topic=_NOTICE),
        Kind(key="clarification:over", name="The time to answer is over", topic=_NOTICE),
        Kind(key="clarification:reminder", name="An answer is wanted today", topic=_NOTICE, asks=True),
        Kind(key="declaration:reminder", name="Your renewed declaration is wanted", topic=_NOTICE, asks=True),
        Kind(key="inspection:plan_reminder", name="Your action plan is due", topic=_NOTICE, asks=True),
        Kind(key="inspection:plan_to_amend", name="Your action plan has to be amended", topic=_NOTICE, asks=True),
        Kind(key="inspection:action_reminder", name="Something you agreed to put right is due", topic=_NOTICE, asks=True),
        Kind(key="inspection:action_not_verified", name="Something is still to be put right", topic=_NOTICE),
        Kind(key="inspection:visit_cancelled", name="A visit is cancelled", topic=_NOTICE),
        Kind(key="letter:waits", name="A letter waits for you", topic=_NOTICE),
        Kind(key="list:ends", name="A list ends", topic=_NOTICE),
        Kind(key="suspension:told", name="New placements are on hold", topic=_NOTICE),
    )
}


def kind_of(key: str) -> Kind:
    """The kind with this key; one that nobody described counts as `OTHER`."""
    return KINDS.get(key, OTHER)


def topic_of(key: str, *, for_provider: bool) -> Topic:
    """The topic of a kind for its reader."""
    kind = kind_of(key)
    if for_provider:
        return TOPICS[kind.provider_topic or _NOTICE]
    return TOPICS[kind.topic]


def topics_for(*, provider: bool) -> list[Topic]:
    """The topics that a reader sees on their page, those with a choice first."""
    own: Readers = "provider" if provider else "staff"
    found = [topic for topic in TOPICS.values() if topic.readers in (own, "both")]
    return sorted(found, key=lambda topic: bool(topic.fixed))


def choice(topic: Topic, preferences: Mapping[str, Any]) -> Choice:
    """What a reader chose for a topic; its default where they chose nothing that is possible."""
    if topic.fixed:
        return AT_ONCE
    chosen = (preferences.get(PREFERENCE) or {}).get(topic.key)
    return next((each for each in topic.choices if each == chosen), topic.default)
