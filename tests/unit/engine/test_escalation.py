"""The words of an escalation: what they mean, what they say, and which are refused by name."""

from __future__ import annotations

import pytest

from workflows.engine import escalation
from workflows.engine.escalation import Stage, UnknownWords


def test_the_words_mean_stages_in_the_order_in_which_they_come() -> None:
    stages = escalation.read("monitoring-officer+3 80% manager+1 50%")

    assert stages == (Stage(percent=50), Stage(percent=80), Stage(who="manager", days=1), Stage(who="monitoring-officer", days=3))
    assert [stage.key for stage in stages] == ["50%", "80%", "manager+1", "monitoring-officer+3"]


def test_none_means_silence() -> None:
    assert escalation.read("none") == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [("50% tomorrow", "tomorrow"), ("5%", "5%"), ("100%", "100%"), ("manager+61", "manager+61"), ("manager", "manager"), ("50% none", "none"), ("", "")],
)
def test_a_word_that_means_nothing_is_named(text: str, word: str) -> None:
    with pytest.raises(UnknownWords) as refused:
        escalation.read(text)

    assert refused.value.words == word


def test_a_stage_named_twice_is_refused() -> None:
    with pytest.raises(UnknownWords, match="twice"):
        escalation.read("50% 50%")


def test_what_people_read() -> None:
    said = escalation.words_of(escalation.read("50% 80% manager+1 mo+3 quality+0"), {"mo": "Monitoring Officer", "quality": "Quality"})

    assert said == (
        "Reminders after 50% and 80% of the time; Quality at once, the team’s manager after 1 working day and "
        "Monitoring Officer after 3 working days told when overdue"
    )
    assert escalation.words_of((), {}) == "Nobody is reminded of this by itself"
