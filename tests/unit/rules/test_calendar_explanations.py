"""What the page prints under "How we worked this out"."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.support.calendar_rules import a_rule, on
from workflows.rules import calendar

NOTICE = a_rule(28, "clear_calendar", "EW")
EXCEPTION = a_rule(5, "clear_working", "EW")


def reasons(deadline: calendar.Deadline) -> dict[date, str]:
    return {day.on: day.reason for day in deadline.explanation.left_out}


def test_28_clear_days_are_named_one_by_one_without_the_ends() -> None:
    published = on("Mon 28 Sep 2020")

    told = calendar.clear_calendar_days(published, rule=NOTICE).explanation

    assert told.counted == tuple(on("Tue 29 Sep 2020") + timedelta(days=n) for n in range(28))
    assert told.counted[-1] == on("Mon 26 Oct 2020")
    assert [(day.on, day.reason) for day in told.left_out] == [
        (published, "day of publication"),
        (on("Tue 27 Oct 2020"), "day of decision"),
    ]


def test_days_off_are_left_out_with_their_names() -> None:
    published = on("Thu 02 Apr 2026")

    deadline = calendar.clear_working_days(published, rule=EXCEPTION)

    assert reasons(deadline) == {
        published: "day of publication",
        on("Fri 03 Apr 2026"): "bank holiday: Good Friday",
        on("Sat 04 Apr 2026"): "weekend",
        on("Sun 05 Apr 2026"): "weekend",
        on("Mon 06 Apr 2026"): "bank holiday: Easter Monday",
        on("Sat 11 Apr 2026"): "weekend",
        on("Sun 12 Apr 2026"): "weekend",
        on("Tue 14 Apr 2026"): "day of decision",
    }


def test_a_holiday_kept_elsewhere_says_where() -> None:
    rule = a_rule(8, "working", "UK_ANY", counts_start_day=True)

    deadline = calendar.pa23_working_days(on("Wed 11 Mar 2026"), rule=rule)

    assert reasons(deadline)[on("Tue 17 Mar 2026")] == "bank holiday: Saint Patrick's Day (Northern Ireland)"


def test_a_substitute_holiday_is_called_one() -> None:
    deadline = calendar.clear_working_days(on("Tue 22 Dec 2026"), rule=EXCEPTION)

    found = reasons(deadline)

    assert found[on("Mon 28 Dec 2026")] == "bank holiday: Boxing Day (substitute day)"
    assert found[on("Sat 26 Dec 2026")] == "weekend"


def test_the_rule_its_law_and_its_calendar_are_told() -> None:
    rule = replace(NOTICE, confirmed=False, version="2020-04-01", owner="Democratic Services")

    told = calendar.clear_calendar_days(on("Mon 28 Sep 2020"), rule=rule).explanation

    assert told.sentence == "28 days must pass."
    assert (told.legal_basis, told.legal_url) == ("An Act, section 1", "https://example.org/act/1")
    assert (told.rule_id, told.rule_version, told.owner) == (rule.id, "2020-04-01", "Democratic Services")
    assert (told.calendar, told.calendar_version) == ("EW", calendar.EW.version)
    assert told.confirmed is False


def test_a_lawful_day_that_is_a_holiday_names_the_next_working_day() -> None:
    deadline = calendar.clear_calendar_days(on("Thu 05 Mar 2026"), rule=NOTICE)

    (note,) = deadline.explanation.notes

    assert note == (
        "Friday 3 April 2026 is not a working day (bank holiday: Good Friday). "
        "The next working day is Tuesday 7 April 2026."
    )


def test_a_period_that_rolls_forward_says_from_where_to_where() -> None:
    deadline = calendar.pcr_calendar_days(on("Wed 25 Nov 2026"), rule=a_rule(30, "calendar", "PCR"))

    told = deadline.explanation

    assert len(told.counted) == 30 and told.counted[-1] == on("Fri 25 Dec 2026")
    assert told.notes == (
        "Friday 25 December 2026 is not a working day (bank holiday: Christmas Day), "
        "so the period runs until the end of Tuesday 29 December 2026.",
    )
    assert [day.on.day for day in told.left_out if day.on.month == 12] == [26, 27, 28]


def test_a_short_period_over_a_weekend_gets_two_working_days() -> None:
    deadline = calendar.pcr_calendar_days(on("Fri 06 Mar 2026"), rule=a_rule(1, "calendar", "PCR"))

    notes = deadline.explanation.notes

    assert deadline.on == on("Tue 10 Mar 2026")
    assert notes[-1].endswith(
        "2 working days in it, so this one runs until the end of Tuesday 10 March 2026."
    )


def test_counting_back_says_why_the_notice_must_be_out_earlier() -> None:
    deadline = calendar.latest_publication_day(on("Mon 02 Nov 2026"), rule=NOTICE)

    told = deadline.explanation

    assert told.notes == (
        "Sunday 4 October 2026 is not a working day (weekend), so publish by Friday 2 October 2026.",
    )
    assert (told.counted[0], told.counted[-1]) == (on("Mon 05 Oct 2026"), on("Sun 01 Nov 2026"))
    assert reasons(deadline)[on("Fri 02 Oct 2026")] == "day of publication"


def test_an_effective_day_tells_the_last_day_to_call_in() -> None:
    deadline = calendar.call_in_effective_day(on("Mon 30 Mar 2026"), rule=a_rule(7, "working", "EW"))

    (note,) = deadline.explanation.notes

    assert note.startswith("The last day to call the decision in is Friday 10 April 2026.")
    assert reasons(deadline)[on("Mon 30 Mar 2026")] == "day of publication"


def test_an_explanation_survives_being_stored_as_json() -> None:
    deadline = calendar.call_in_last_day(
        on("Mon 30 Mar 2026"), rule=a_rule(7, "working", "EW"), cut_off=time(16, 30)
    )
    deadline = calendar.moved(deadline, to=on("Mon 13 Apr 2026"), by="Monitoring Officer", reason="Flooding")

    stored = json.dumps(deadline.explanation.to_json())

    assert calendar.Explanation.from_json(json.loads(stored)) == deadline.explanation


@pytest.mark.parametrize(
    "wrong",
    [{"format": 2}, {"format": None}, {"counted": 3}, {"gives": "soon"}, {"at": 7}, {"left_out": [{}]}],
)
def test_json_that_is_no_explanation_is_refused(wrong: dict[str, object]) -> None:
    whole = calendar.clear_calendar_days(on("Mon 28 Sep 2020"), rule=NOTICE).explanation.to_json()

    with pytest.raises(ValueError, match="This explanation"):
        calendar.Explanation.from_json(whole | wrong)
    with pytest.raises(ValueError, match="This explanation"):
        calendar.Explanation.from_json({"format": 1})


def test_a_date_set_by_a_person_keeps_what_the_rule_gave() -> None:
    closes = calendar.representations_close(on("Sun 01 Nov 2020"), rule=a_rule(0, "previous_month_end"))

    later = calendar.moved(
        closes, to=on("Mon 02 Nov 2020"), by="Democratic Services", reason="The month began on a Sunday"
    )

    assert later.on == on("Mon 02 Nov 2020")
    assert later.explanation.gives == closes.on
    assert later.explanation.changes == (
        calendar.Change(closes.on, later.on, "Democratic Services", "The month began on a Sunday"),
    )


def test_a_date_cannot_be_changed_without_a_reason() -> None:
    closes = calendar.representations_close(on("Sun 01 Nov 2020"), rule=a_rule(0, "previous_month_end"))

    with pytest.raises(ValueError, match="reason"):
        calendar.moved(closes, to=on("Mon 02 Nov 2020"), by="Democratic Services", reason=" ")
