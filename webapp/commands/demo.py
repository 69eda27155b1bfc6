"""`dps demo`: fill a database with invented people and decisions, walked through the real engine."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event, select

from models import Case, Provider, PurchasingList, User, clock
from models.session import make_engine, new_session, transaction
from webapp.commands import database, processes
from webapp.settings import Settings
from workflows.demo import market, people, stories, term, trading, walking
from workflows.enqueue import Tools
from workflows.errors import Refused

SEED = "extension"
STORIES = (SEED, "half_way", "waiting_for_decision")


def add_commands(commands: Any) -> None:
    """Add `dps demo key-decision`, `dps demo term`, `dps demo market` and `dps demo load`."""
    parser = commands.add_parser("demo", help="walk demo decisions and providers through the engine")
    verbs = parser.add_subparsers(metavar="key-decision|term|market|load", required=True)
    seed = verbs.add_parser("key-decision", help="walk the extension of the 16+ purchasing system from proposal to carried out")
    seed.add_argument("--until", help="stop at this date or time, such as 2020-10-20")
    seed.set_defaults(carry_out=walk_seed)
    ended = verbs.add_parser("term", help="walk the same decision from the list whose term ran out, with the providers that wait to join")
    ended.add_argument("--until", help="stop at this date or time, such as 2020-09-14")
    ended.set_defaults(carry_out=walk_term)
    verbs.add_parser("market", help="walk forty providers through half a year").set_defaults(carry_out=walk_market)
    verbs.add_parser("load", help="load the demo people, a small market and all demo decisions").set_defaults(carry_out=load)


def walk_seed(settings: Settings, wanted: Namespace) -> None:
    """Walk the first story and print each step. Refused when it has been walked here, and in production."""
    engine = _prepared(settings)
    story = stories.read_story(SEED)
    with new_session(engine, writes=False) as session:
        if walking.decision_of(session, story) is not None:
            raise Refused(f"{story.reference} is in this database already")
    until = clock.read_instant(wanted.until) if wanted.until else None
    for line in walking.walk(engine, story, until=until):
        print(line)
    print("The decision is at /decisions/okd99-20-21")


def walk_term(settings: Settings, wanted: Namespace) -> None:
    """Walk the first story from its list on and print each step. Refused where there are lists already, and in production."""
    engine = _prepared(settings)
    with new_session(engine, writes=False) as session:
        if session.scalar(select(PurchasingList.id).limit(1)) is not None:
            raise Refused("There are lists in this database already: this story needs one without any")
    for line in term.walk(engine, until=clock.read_instant(wanted.until) if wanted.until else None):
        print(line)
    print("The list and its term are at /preferred-list/lists")


def walk_market(settings: Settings, _wanted: Namespace) -> None:
    """Walk the whole market up to now and print each step. Refused where there are providers already, and in production."""
    engine = _prepared(settings)
    with new_session(engine, writes=False) as session:
        if session.scalar(select(Provider.id).limit(1)) is not None:
            raise Refused("There are providers in this database already: the market needs one without any")
    for line in trading.walk(engine, _tools(settings), market.read_market(clock.today()), until=clock.now()):
        print(line)
    print("The providers are at /providers")


def load(settings: Settings, _wanted: Namespace) -> None:
    """Load everything into an empty database and print the sign-ins."""
    for email, job in load_when_empty(settings):
        print(f"{email}  {job}")


def load_when_empty(settings: Settings, *, with_market: bool = True) -> list[tuple[str, str]]:
    """Load the demo into a database that has no case yet; gives the address and post of each demo person.

    A clock held in the past shows each story as far as it had come by then, and no market before its list begins.
    """
    engine = _prepared(settings)
    with new_session(engine, writes=False) as session:
        is_empty = session.scalar(select(Case.id).limit(1)) is None
    if is_empty:
        for _ in _walk_all(settings, engine, until=clock.now(), with_market=with_market):
            pass
    with new_session(engine, writes=False) as session:
        found = session.scalars(select(User).where(User.is_demo, User.is_active).order_by(User.created_at, User.name))
        return [(user.email, user.job_title) for user in found]


def _walk_all(settings: Settings, engine: Engine, *, until: datetime, with_market: bool) -> Iterator[str]:
    small = market.read_market(clock.today(), small=True)
    if with_market and small.is_open:
        yield from trading.walk(engine, _tools(settings), small, until=until)
    for name in STORIES:
        yield from walking.walk(engine, stories.read_story(name), until=until)


def _tools(settings: Settings) -> Tools:
    # Without a mail server: what was written half a year ago is not sent today.
    return Tools(uploads=settings.documents, public_url=settings.public_url, council_name=settings.council_name)


def _prepared(settings: Settings) -> Engine:
    if settings.production:
        raise Refused("Demo people have a known password: they cannot be loaded in production")
    database.make_ready(settings)
    processes.deploy_all(settings)
    engine = make_engine(settings.database_url)
    if engine.dialect.name == "sqlite":
        # What is made here can be made again, so nobody waits three thousand times for the disk.
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF"))
    with transaction(engine) as session:
        people.load_people(session)
    return engine


def password() -> str:
    """The password of every demo person."""
    return people.PASSWORD
