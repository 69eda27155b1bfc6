"""What the walk over every route finds under <slug> and <document_id>: a published decision with secrets around it."""

from __future__ import annotations

from sqlalchemy import select

from models import Comment, KeyDecision, Representation, clock
from models.session import transaction
from tests.support.walk import ROLES, Planted, World, planter
from tests.web.public import factories

# Staff see cases, with their comments and documents; councillors who only scrutinise see what the public sees.
STAFF = frozenset({*ROLES, "everything"} - {"scrutiny_member"})


@planter("slug")
def a_published_decision(world: World) -> Planted:
    """A decision whose call-in is open; the canary is in a comment of the case, in what somebody said, and in how to reach them."""
    canary = world.canary("slug")
    with transaction(world.app.extensions["dps_engine"]) as session:
        decision = factories.approved(session)
        factories.parameters(session)
        session.add(Comment(case_id=decision.case_id, author_id=decision.author_id, body=canary, written_at=clock.now()))
        session.add(
            Representation(decision_id=decision.id, reference="AB12CD34EF", name=canary, contact=canary, text=canary, received_at=clock.now())
        )
        return Planted(decision.slug, canary, STAFF)


@planter("document_id")
def an_internal_document(world: World) -> Planted:
    """A document on the case of that decision which is not for the public: its title, its name and its words are the canary."""
    slug, canary = world.plant("slug").value, world.canary("document")
    content = canary.encode()
    with transaction(world.app.extensions["dps_engine"]) as session:
        decision = session.scalars(select(KeyDecision).where(KeyDecision.slug == slug)).one()
        document = factories.document(
            session, decision, title=canary, kind="evidence", content=content, filename=f"{canary}.pdf", exempt_paragraphs="3"
        )
        place = world.app.extensions["dps_settings"].uploads / document.stored_as
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return Planted(document.id, canary, STAFF)
