"""What has to be read before it is signed or published cannot be sent past its own page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.stage import web_standing_at
from workflows.queries import decisions as decision_queries

DECIDES = {
    "decision": "approve", "decision_text": "The extension is used.", "reasons": "More homes.", "alternatives_rejected": "Letting it end.",
    "representations_considered": "yes", "has_interest": "no", "_checked": "yes",
}  # fmt: skip
SIGNS = {"sign_off": "approve", "_checked": "yes"}


@pytest.mark.parametrize(("step", "who", "typed"), [("decide", "helen.ashdown", DECIDES), ("sign-off", "sunita.rao", SIGNS)])
def test_a_signature_is_not_taken_by_the_plain_task_page(tmp_path: Path, step: str, who: str, typed: dict[str, str]) -> None:
    with web_standing_at(step, tmp_path) as web:
        task_id = web.task_id(step)

        answer = web.browser(who).post(f"/tasks/{task_id}", data=typed)

        stage = web.look()
        assert answer.status_code == 303
        assert answer.location.endswith(f"/approvals/{task_id}")
        assert stage.task(step).id == task_id
        assert decision_queries.newest_record(stage.session, stage.decision) is None
