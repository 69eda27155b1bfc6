"""Sending mail from the outbox: at most once, whatever happens to the server, the network or this process."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models import OutboxMail, clock
from models.session import transaction
from workflows.actions import mail
from workflows.enqueue import MailServer, Tools, job
from workflows.jobs import together
from workflows.letters import mails
from workflows.queries import administration, mail_about

KEPT = "Kept in the outbox: no mail server is set"
UNKNOWN = "The mail server may have taken this mail, so it was not sent a second time"
MOST_TRIES = administration.MAIL_TRIES
LONGEST_ERROR = 500
# The link in such a mail signs its reader in: once the mail is on its way nobody else may read it here.
ONE_TIME = frozenset({"sign_in_link"})


class NotSent(Exception):
    """The mail server did not take the mail this time; it is certain that it was not sent."""


@job(mail.JOB, most_tries=MOST_TRIES, outside=True)
def send(engine: Engine, tools: Tools, *, mail: str) -> None:
    """Send one mail, at most once whatever happens; raises NotSent when it is worth another try.

    The mail server hears of the mail's text only after the database knows that it may have it. Whoever is killed in
    between leaves a mail that may have gone, and such a mail waits for an administrator instead of being sent again.
    """
    mail_id = uuid.UUID(mail)
    with transaction(engine) as session:
        row = together.hold(session, mail_id)
        message = _message(session, row, tools) if _is_to_go(session, row, tools) else None
    if message is None:
        return
    try:
        _deliver(engine, tools.mail, mail_id, message)
    except NotSent as error:
        _note_failure(engine, mail_id, str(error))
        raise


def _is_to_go(session: Session, row: OutboxMail, tools: Tools) -> bool:
    """Whether a mail goes now; where it does not, it says why. What goes with it is bound to it."""
    if row.sent_at is not None or row.not_sent_because or row.with_id is not None:
        return False
    if row.sending_at is not None:
        together.settle(session, row.id, not_sent_because=UNKNOWN)
        return False
    row.not_sent_because = mail_about.why_not(session, row) or together.gather(session, row)
    if not row.not_sent_because and not tools.mail.host:
        together.settle(session, row.id, not_sent_because=KEPT)
    return not row.not_sent_because


def _message(session: Session, row: OutboxMail, tools: Tools) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((tools.council_name, tools.mail.sender)) if tools.council_name else tools.mail.sender
    message["To"] = row.to_address
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = f"<{row.id}@{tools.mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    rendered = mails.render(mails.said(session, row), public_url=tools.public_url, council=tools.council_name)
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    return message


def _deliver(engine: Engine, server: MailServer, mail_id: uuid.UUID, message: EmailMessage) -> None:
    try:
        with smtplib.SMTP(server.host, server.port, timeout=server.seconds) as smtp:
            _introduce(smtp, server, message)
            _mark(engine, mail_id, sending_at=clock.now())
            _hand_over(engine, smtp, mail_id, message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{type(error).__name__}: {error}") from error


def _introduce(smtp: smtplib.SMTP, server: MailServer, message: EmailMessage) -> None:
    """Everything up to the text: whatever fails here, nothing was sent."""
    smtp.ehlo_or_helo_if_needed()
    if server.starttls:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if server.user:
        smtp.login(server.user, server.password)
    for answer in (smtp.mail(server.sender), smtp.rcpt(str(message["To"]))):
        if answer[0] >= 300:
            raise NotSent(f"The mail server answered {answer[0]} {answer[1].decode('utf-8', 'replace')}")


def _hand_over(engine: Engine, smtp: smtplib.SMTP, mail_id: uuid.UUID, message: EmailMessage) -> None:
    try:
        code, words = smtp.data(message.as_bytes())
    except smtplib.SMTPDataError as error:
        code, words = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
    except (OSError, smtplib.SMTPException):
        _mark(engine, mail_id, not_sent_because=UNKNOWN)
        return
    if code >= 300:
        _mark(engine, mail_id, sending_at=None)
        raise NotSent(f"The mail server answered {code} {words.decode('utf-8', 'replace')}")
    _mark(engine, mail_id, sent_at=clock.now())


def _mark(engine: Engine, mail_id: uuid.UUID, **values: datetime | str | None) -> None:
    with transaction(engine) as session:
        together.settle(session, mail_id, **values)
        row = session.get_one(OutboxMail, mail_id)
        if row.kind in ONE_TIME and row.sent_at is not None:
            row.link = ""


def _note_failure(engine: Engine, mail_id: uuid.UUID, error: str) -> None:
    """Keep with the mail how often it was tried and what the server said, for whoever looks at the outbox."""
    with transaction(engine) as session:
        row = session.get_one(OutboxMail, mail_id)
        row.tries, row.last_error = row.tries + 1, error[:LONGEST_ERROR]
