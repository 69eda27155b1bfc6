"""People, the candidate groups they belong to, who stands in for whom, and their sign-ins."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Keyed, Model


class GroupKind(enum.Enum):
    """A team has many people, a post one holder at a time."""

    TEAM = "team"
    POST = "post"


class User(Keyed, Model):
    """Someone who signs in. A person who leaves is made inactive, never deleted."""

    __tablename__ = "user"
    is_authenticated: ClassVar[bool] = True  # what tells a stored person from an anonymous visitor
    is_anonymous: ClassVar[bool] = False

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]

    memberships: Mapped[list[GroupMembership]] = relationship(back_populates="user", lazy="selectin")


class CandidateGroup(Model):
    """The people who may claim a user task: a team, or the holder of a post. A lane bears its name, or one it had.

    Once a person has set its words (`set_by_id`), the file it was shipped in no longer does.
    """

    __tablename__ = "candidate_group"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[GroupKind]
    role: Mapped[str] = mapped_column(default="")
    manager_key: Mapped[str | None] = mapped_column(ForeignKey("candidate_group.key"))
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    former_names: Mapped[list[str]] = mapped_column(default=list)
    ends_on: Mapped[date | None]
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))


class GroupMembership(Keyed, Model):
    """A person's place in a candidate group, from a day and perhaps to a day (both inclusive)."""

    __tablename__ = "group_membership"
    __table_args__ = (
        UniqueConstraint("user_id", "group_key", "starts_on"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    group_key: Mapped[str] = mapped_column(ForeignKey("candidate_group.key"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="memberships")
    group: Mapped[CandidateGroup] = relationship(lazy="joined")


class Delegation(Keyed, Model):
    """One person acting for another between two days; what the absent person may not do, the delegate may not do either."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("from_user_id != to_user_id", name="two_people"),
    )

    from_user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    to_user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    authorised_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    from_user: Mapped[User] = relationship(foreign_keys=from_user_id, lazy="joined")
    to_user: Mapped[User] = relationship(foreign_keys=to_user_id, lazy="joined")


class CalendarFeed(Keyed, Model):
    """A person's own calendar address. Of its token only the digest is here; `salt` and the service's key make it again for its page."""

    __tablename__ = "calendar_feed"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), unique=True)
    salt: Mapped[str]
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class LoginSession(Model):
    """A signed-in browser. The cookie holds only a random token; here is its digest, so that signing out ends it everywhere."""

    __tablename__ = "login_session"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"), index=True)
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class LoginAttempt(Keyed, Model):
    """A try to sign in, kept to slow down guessing: by account and by address, both as digests."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "account_digest", "at"), Index(None, "address_digest", "at"))

    account_digest: Mapped[str]
    address_digest: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]


class FormKey(Model):
    """A one-time key of a posted form: the same post again finds what the first one did."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    purpose: Mapped[str]
    location: Mapped[str]
    notice: Mapped[str] = mapped_column(default="")
    used_at: Mapped[datetime] = mapped_column(index=True)
