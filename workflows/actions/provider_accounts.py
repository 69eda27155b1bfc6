"""Accounts of providers' people: an address proven by a mailed link, an organisation registered by it, colleagues invited and let go."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import EmailLink, GroupMembership, LegalForm, LoginSession, Provider, ProviderIdentifier, User, clock
from workflows.actions import audit, mail, providers
from workflows.errors import Closed, Conflict, Invalid, NotFound, Refused
from workflows.library.forms.answering import EMAIL
from workflows.queries import people
from workflows.rules import applying, permissions, provider_records

MINUTES = 20
INVITED_FOR = timedelta(days=7)
REGISTERS_WITHIN = timedelta(hours=2)
MOST_LINKS, WINDOW = 5, timedelta(hours=1)
LONGEST_EMAIL, LONGEST_NAME = 254, 120
SIGN_IN, INVITE = "sign_in", "invite"
WRONG_EMAIL = "Enter an email address in the right form, like name@example.org"
USED, OLD, UNKNOWN = "This link has been used", "This link is too old", "This link is not one of ours, or it was not copied whole"
MAIL_KIND = "sign_in_link"


class AlreadyKnown(Conflict):
    """An organisation with one of these numbers is here already."""

    def __init__(self, provider_id: uuid.UUID) -> None:
        super().__init__("An organisation with one of these numbers is here already")
        self.provider_id = provider_id


def send_link(session: Session, *, email: str, purpose: str = SIGN_IN) -> None:
    """Mail a link to an address, whoever's it is: what this does and how it ends tell nothing of whether the address is known.

    Staff get words instead of a link, because they sign in with a password. After five links in an hour no more is sent, and nobody is
    told. Invalid for what is no address.
    """
    address = _address(email)
    if _is_too_often(session, address):
        return
    user = _user_of(session, address)
    if user is not None and not permissions.is_provider(user) and permissions.roles_of(user):
        body = "Somebody asked for a link to sign in with this address. You work for the council, so sign in with your password."
        mail.to_address(session, address, kind=MAIL_KIND, subject="How you sign in", link="/sign-in", body=body)
        return
    token = _new_link(session, email=address, purpose=purpose, expires_in=timedelta(minutes=MINUTES))
    body = f"Open this address to sign in. It works once, for {MINUTES} minutes. If you did not ask for it, do nothing."
    mail.to_address(session, address, kind=MAIL_KIND, subject="Your link to sign in", link=f"/apply/link/{token}", body=body)


def find_link(session: Session, token: str) -> EmailLink:
    """The link that this token opens, untouched. Closed when there is none, when it was used, or when it is too old."""
    link = session.scalar(select(EmailLink).where(EmailLink.token_digest == _digest(token)))
    return _usable(link)


def use_link(session: Session, token: str) -> tuple[EmailLink, User | None]:
    """Use a link up and give it with its person: who is known by the address, or who was invited with it; None for a new address.

    Closed as in `find_link`, and for an address that may not sign in like this (staff, or a person whose access was ended).
    """
    query = select(EmailLink).where(EmailLink.token_digest == _digest(token)).with_for_update().execution_options(populate_existing=True)
    link = _usable(session.scalar(query))
    link.used_at = clock.now()
    session.flush()
    user = _user_of(session, link.email)
    if link.purpose == INVITE and link.provider_id is not None:
        user = _join(session, session.get_one(Provider, link.provider_id), email=link.email, name=link.name)
    if user is not None and not user.is_active:
        raise Closed("This address cannot be used to sign in here")
    if user is not None and not permissions.is_provider(user):
        if permissions.roles_of(user):
            raise Closed("This address cannot be used to sign in here")
        user = None  # whose access was ended begins anew, as somebody whom nobody knows yet
    audit.record(session, "link:used", case=None, by=user, detail={"purpose": link.purpose})
    return link, user


def may_register(link: EmailLink, *, at: datetime) -> bool:
    """Whether an organisation may be registered by this link: it was used a short time ago, and for nothing else yet."""
    return link.used_at is not None and link.provider_id is None and at - link.used_at <= REGISTERS_WITHIN


def register(session: Session, link: EmailLink, *, answers: Mapping[str, Any]) -> tuple[Provider, User]:
    """Make the organisation with its numbers, and the account of whoever proved the address.

    `answers` are those of the form organisation-start. Refused for a link that proves nothing any more; Invalid with a message for each
    number that cannot be one; AlreadyKnown when one of them belongs to an organisation that is here.
    """
    session.refresh(link, with_for_update={"of": EmailLink})
    if not may_register(link, at=clock.now()):
        raise Refused("This link was used for an organisation already, or a long time ago. Get a new link")
    known = _user_of(session, link.email)
    if known is not None and permissions.roles_of(known):
        raise Refused("There is an account with this address already. Sign in with it")
    problems = applying.organisation_problems(answers)
    if problems:
        raise Invalid(problems)
    numbers = applying.identifiers_in(answers)
    for scheme, value in numbers.items():
        same = select(ProviderIdentifier.provider_id).where(ProviderIdentifier.scheme == scheme, ProviderIdentifier.value == value)
        holder = session.scalar(same)
        if holder is not None:
            raise AlreadyKnown(holder)
    name, form = str(answers["legal_name"]), LegalForm(answers["legal_form"])
    provider = providers.create(session, name=name, legal_form=form, by=None, contact_name=str(answers["your_name"]), contact_email=link.email)
    user = _join(session, provider, email=link.email, name=str(answers["your_name"]))
    for scheme, value in numbers.items():
        providers.add_identifier(session, provider, scheme=scheme, value=value, by=user)
    link.provider_id = provider.id
    session.flush()
    providers.record(session, "provider_account:registered", provider, by=user, detail={"reference": provider.reference})
    return provider, user


def ask_to_join(session: Session, link: EmailLink, provider_id: uuid.UUID) -> None:
    """Tell the people of an organisation that whoever proved this address would like to join; once for each link.

    Refused for a link that proves nothing any more; NotFound for an organisation that is not here.
    """
    session.refresh(link, with_for_update={"of": EmailLink})
    if not may_register(link, at=clock.now()):
        raise Refused("This link was used already, or a long time ago. Get a new link")
    provider = session.get(Provider, provider_id)
    if provider is None:
        raise NotFound("There is no such organisation")
    link.provider_id = provider.id
    body = f"{link.email} asked to join the people of your organisation here. If you know them, invite them. If not, do nothing."
    subject = "Somebody asks to join your organisation"
    for person in people.members(session, provider.group_key):
        mail.to_person(session, person, kind="join_asked", case=None, subject=subject, link="/provider/people", body=body)
    session.flush()
    providers.record(session, "provider_account:asked_to_join", provider, by=None, detail={"reference": provider.reference})


def invite(session: Session, provider: Provider, *, email: str, name: str, by: User) -> None:
    """Mail a colleague a link with which they join the organisation; it works once, for seven days.

    Refused for anyone but the organisation's own people and the staff who keep records; Invalid without a name, for a wrong address,
    and for one that is there or invited already.
    """
    provider_records.check_keep(by, provider)
    name = " ".join(name.split())
    errors = {} if name else {"name": "Enter their name"}
    if len(name) > LONGEST_NAME:
        errors["name"] = f"Their name must be {LONGEST_NAME} characters or fewer"
    try:
        address = _address(email)
    except Invalid as wrong:
        raise Invalid(errors | wrong.errors) from wrong
    if not errors and _is_with(session, provider, address):
        errors["email"] = "This person has been invited already, or is one of your people"
    if errors:
        raise Invalid(errors)
    providers.record(session, "provider_person:invited", provider, by=by, detail={"reference": provider.reference})
    if not _may_be_invited(session, provider, address):
        body = f"{by.name} invited you to an organisation, but this address belongs to another account. Ask to be invited with another address."
        mail.to_address(session, address, kind=MAIL_KIND, subject="You cannot be invited with this address", link="", body=body)
        return
    token = _new_link(session, email=address, purpose=INVITE, expires_in=INVITED_FOR, name=name, provider=provider, by=by)
    body = f"{by.name} invited you to the people of {provider.name}. The address works once, for seven days."
    subject = f"{by.name} invited you to help with an application"
    mail.to_address(session, address, kind=MAIL_KIND, subject=subject, link=f"/apply/link/{token}", body=body)


def end_access(session: Session, provider: Provider, user: User, *, by: User) -> None:
    """Take a person out of an organisation's people from now on; their sign-ins end. Refused for strangers and for oneself."""
    provider_records.check_keep(by, provider)
    if user.id == by.id:
        raise Refused("You cannot take yourself out. Ask a colleague to do it")
    session.refresh(user, ["memberships"])
    ended = [each for each in permissions.current_memberships(user) if each.group_key == provider.group_key]
    if not ended:
        raise NotFound("There is no such person")
    for membership in ended:
        session.delete(membership)
    for sign_in in session.scalars(select(LoginSession).where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))):
        sign_in.ended_at = clock.now()
    session.flush()
    session.refresh(user, ["memberships"])
    detail = {"reference": provider.reference, "person": str(user.id)}
    providers.record(session, "provider_person:removed", provider, by=by, detail=detail)


def _join(session: Session, provider: Provider, *, email: str, name: str) -> User:
    """The account with this address as one of the provider's people. Closed when the address belongs to somebody else's account."""
    user = _user_of(session, email)
    if user is None:
        user = User(email=email, name=" ".join(name.split()) or email, job_title=provider.name, password_hash=None, created_at=clock.now())
        session.add(user)
    elif provider.group_key in permissions.provider_groups(user):
        return user
    elif permissions.roles_of(user):
        raise Closed("This address belongs to another account")
    user.memberships.append(GroupMembership(group_key=provider.group_key, starts_on=clock.today(), ends_on=None))
    session.flush()
    session.refresh(user, ["memberships"])
    providers.record(session, "provider_person:joined", provider, by=user, detail={"reference": provider.reference})
    return user


def _new_link(
    session: Session, *, email: str, purpose: str, expires_in: timedelta, name: str = "", provider: Provider | None = None, by: User | None = None
) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    link = EmailLink(
        token_digest=_digest(token), email=email, name=name, purpose=purpose, provider_id=provider.id if provider else None,
        invited_by_id=by.id if by else None, sent_at=now, expires_at=now + expires_in, used_at=None,
    )  # fmt: skip
    session.add(link)
    session.flush()
    audit.record(session, "link:sent", case=None, by=by, detail={"purpose": purpose})
    return token


def _usable(link: EmailLink | None) -> EmailLink:
    if link is None:
        raise Closed(UNKNOWN)
    if link.used_at is not None:
        raise Closed(USED)
    if link.expires_at <= clock.now():
        raise Closed(OLD)
    return link


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _address(email: str) -> str:
    address = email.strip().lower()
    if not address:
        raise Invalid({"email": "Enter an email address"})
    if len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address):
        raise Invalid({"email": WRONG_EMAIL})
    return address


def _user_of(session: Session, address: str) -> User | None:
    return session.scalar(select(User).where(User.email == address))


def _is_too_often(session: Session, address: str) -> bool:
    recent = select(func.count()).select_from(EmailLink).where(EmailLink.email == address, EmailLink.sent_at > clock.now() - WINDOW)
    return (session.scalar(recent) or 0) >= MOST_LINKS


def _is_with(session: Session, provider: Provider, address: str) -> bool:
    """Whether the address is one of the provider's people, or has an invitation that still works."""
    waiting = select(EmailLink.id).where(
        EmailLink.email == address, EmailLink.provider_id == provider.id, EmailLink.purpose == INVITE, EmailLink.used_at.is_(None),
        EmailLink.expires_at > clock.now(),
    )  # fmt: skip
    return any(each.email == address for each in people.members(session, provider.group_key)) or session.scalar(waiting.limit(1)) is not None


def _may_be_invited(session: Session, provider: Provider, address: str) -> bool:
    user = _user_of(session, address)
    return user is None or (user.is_active and not permissions.roles_of(user))
