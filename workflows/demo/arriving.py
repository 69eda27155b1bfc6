"""How a provider of the demo market arrives: an account by a mailed link, documents, and an application filled in section by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Application, ApplicationSection, EmailLink, OutboxMail, Provider, ProviderDocument, PurchasingList, User, clock
from workflows.actions import application_drafts, applications, provider_accounts, provider_documents, users
from workflows.demo import told
from workflows.demo.filling import fill
from workflows.demo.market import Market, Trader
from workflows.demo.people import PASSWORD
from workflows.demo.walking import StoryBroken
from workflows.enqueue import Tools
from workflows.library import definitions
from workflows.library.forms import read_form
from workflows.rules import applying

# How much of an application is filled in on the first day; the rest follows before it is sent.
AT_ONCE = ("organisation", "people", "exclusion", "ofsted")
PAPERS = {
    "policies": "Policies and procedures",
    "workforce": "Workforce plan",
    "accounts": "Accounts of the last two years",
    "insurance": "Insurance schedule",
    "safety": "Safety certificates",
}


@dataclass(frozen=True)
class Scene:
    """Where a deed is done: in which session, in which market, with which files."""

    session: Session
    market: Market
    tools: Tools


def arrive(scene: Scene, trader: Trader, on: PurchasingList) -> Provider:
    """Prove the address, register the organisation, invite the others, and begin an application to the list."""
    session = scene.session
    provider, user = provider_accounts.register(session, _proven(session, trader.email(trader.people[0])), answers=_start(scene, trader))
    if trader.signs_in:
        # Offered on the sign-in page of a demonstration like the council's own people.
        user.is_demo, user.job_title = True, f"Registered manager, {trader.name}"
        users.set_password(session, user, password=PASSWORD, by=None, cheap_hash=True)
    for name in trader.people[1:]:
        provider_accounts.invite(session, provider, email=trader.email(name), name=name, by=user)
        provider_accounts.use_link(session, _token(session, trader.email(name)))
    for kind, title in PAPERS.items():
        _add_paper(scene, provider, user, kind, title)
    application = applications.start(session, provider=provider, purchasing_list=on, categories=categories(trader, on), by=user)
    for key in AT_ONCE:
        fill_section(scene, application, trader, key, by=user)
    return provider


def person_of(scene: Scene, trader: Trader) -> User:
    """The person who speaks for a trader."""
    return scene.session.scalars(select(User).where(User.email == trader.email(trader.people[0]))).one()


def categories(trader: Trader, on: PurchasingList) -> list[str]:
    """The categories of the list in which a trader has homes."""
    offered = {home.category for home in trader.homes}
    return [category.key for category in on.categories if category.ofsted_category in offered]


def fill_rest(scene: Scene, application: Application, trader: Trader, *, by: User) -> None:
    """Complete every section that is not completed."""
    for section in application_drafts.unready(scene.session, application):
        fill_section(scene, application, trader, section.key, by=by)


def fill_section(scene: Scene, application: Application, trader: Trader, key: str, *, by: User) -> None:
    """Fill in one section as its form and the rules of applying want it. StoryBroken when they refuse an answer."""
    session, section = scene.session, applying.BY_KEY[key]
    papers = session.scalars(select(ProviderDocument).where(ProviderDocument.provider_id == application.provider_id)).all()
    form = application_drafts.form_of(session, application, key)
    by_kind = {paper.kind: str(paper.id) for paper in papers}
    entries = [fill(form, answers, chance=trader.chance(key)) for answers in told.section(key, trader, scene.market, by_kind)]
    wrong = [problem for answers in entries for problem in application_drafts.check(session, application, key, answers).values()]
    if wrong:
        raise StoryBroken(f"{trader.name}, {key}: {wrong}")
    values = {"items": [{"id": f"{number:08x}", **answers} for number, answers in enumerate(entries, 1)]} if section.is_list else entries[0]
    of_section = (ApplicationSection.application_id == application.id, ApplicationSection.key == key)
    stored = session.scalar(select(ApplicationSection.revision).where(*of_section))
    application_drafts.save_section(session, application, key, values, problems={}, is_completed=True, by=by, revision=stored or 0)


def _proven(session: Session, email: str) -> EmailLink:
    provider_accounts.send_link(session, email=email)
    link, _ = provider_accounts.use_link(session, _token(session, email))
    return link


def _token(session: Session, email: str) -> str:
    """What the newest mail to an address holds in its link."""
    mail = session.scalars(select(OutboxMail).where(OutboxMail.to_address == email).order_by(OutboxMail.created_at.desc())).first()
    if mail is None:
        raise StoryBroken(f"No mail went to {email}")
    return mail.link.rpartition("/")[2]


def _start(scene: Scene, trader: Trader) -> Mapping[str, Any]:
    source = definitions.form_source(definitions.latest(scene.session, application_drafts.PROCESS), "organisation-start")
    answers = {"your_name": trader.people[0], "legal_name": trader.name, "legal_form": trader.form.value, **told.numbers(trader)}
    return fill(read_form(str(source)), answers, chance=trader.chance("start"))


def _add_paper(scene: Scene, provider: Provider, user: User, kind: str, title: str) -> None:
    content = f"%PDF-1.4\n% {title} of {provider.name}\n".encode() + PAGE
    provider_documents.add(
        scene.session, provider, filename=f"{title}.pdf", content=content, kind=kind, title=title,
        expires_on=clock.today() + timedelta(days=365), by=user, folder=scene.tools.uploads,
    )  # fmt: skip


# One empty sheet.
PAGE = (
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
