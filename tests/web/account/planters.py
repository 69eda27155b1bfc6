"""What the walk over every route finds under <token> of a calendar address, <team_key> and <mail_kind>."""

from __future__ import annotations

from models import CalendarFeed, User, UserTask, clock
from models.session import transaction
from tests.support.walk import Planted, World, planter
from workflows.actions import feeds

TOKEN = "a-calendar-address-of-somebody-else"


@planter("token", area="account")
def a_calendar_of_somebody_with_a_restricted_task(world: World) -> Planted:
    """Whoever has the address sees the dates, but the task of the restricted case is not named in it."""
    task_id = world.plant("task_id").value
    with transaction(world.app.extensions["dps_engine"]) as session:
        owner = session.get_one(User, session.get_one(UserTask, task_id).assignee_id)
        session.add(CalendarFeed(user_id=owner.id, salt="s", token_digest=feeds.digest_of(TOKEN), made_at=clock.now()))
    return Planted(TOKEN)


@planter("team_key")
def a_team_that_others_lead(world: World) -> Planted:
    """The team of the restricted case; none of those who walk hands out its work."""
    world.plant("task_id")
    return Planted("walk-hidden")


@planter("mail_kind")
def a_kind_of_mail(world: World) -> Planted:
    """A kind that there is."""
    return Planted("task:new")
