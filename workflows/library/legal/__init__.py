"""The legal checklist of a case: the rules of the version that it runs on, judged by what has happened in it."""

from __future__ import annotations

from workflows.library.legal.checklist import Checklist, Line, Rows, has_rules, of_case, of_cases
from workflows.library.legal.history import Doing, History
from workflows.library.legal.judging import Judgement, Reason, State, judge
from workflows.library.legal.words import says

__all__ = ["Checklist", "Doing", "History", "Judgement", "Line", "Reason", "Rows", "State", "has_rules", "judge", "of_case", "of_cases", "says"]
