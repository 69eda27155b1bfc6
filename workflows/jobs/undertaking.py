"""The job behind every long piece of work: it calls what is registered for its kind and keeps how it ended."""

from __future__ import annotations

import logging
import uuid

from sqlalchemy import Engine

from models.session import new_session, transaction
from workflows.actions import undertakings
from workflows.enqueue import Tools, job
from workflows.errors import Conflict, Invalid, NotFound, Refused

log = logging.getLogger("dps.undertaking")
TROUBLE = "This stopped because of a problem with the service. What was done so far stays. An administrator has been told"


# What failed half-way is not begun again by itself: a person looks at the results and asks again.
@job(undertakings.JOB, most_tries=1, outside=True, lane="long")
def undertake(engine: Engine, tools: Tools, *, undertaking: str) -> None:
    """Do one undertaking to its end. Whatever its work raises is kept on its page; what nobody foresaw opens an incident too."""
    row_id = uuid.UUID(undertaking)
    with transaction(engine) as session:
        if not undertakings.begin(session, row_id):
            return
    try:
        with new_session(engine, writes=False) as session:
            kind = undertakings.find(session, row_id).kind
        undertakings.work_of(kind)(engine, tools, row_id)
    except undertakings.Stopped:
        with transaction(engine) as session:
            undertakings.finish_stopped(session, row_id)
    except (Refused, Conflict, NotFound, Invalid) as error:
        with transaction(engine) as session:
            undertakings.fail(session, row_id, str(error))
    except Exception:
        log.exception("undertaking %s", undertaking)
        with transaction(engine) as session:
            undertakings.fail(session, row_id, TROUBLE)
        raise
    else:
        with transaction(engine) as session:
            undertakings.finish(session, row_id)
