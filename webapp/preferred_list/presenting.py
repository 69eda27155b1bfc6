"""Premises as the pages of the provider list show them: plain words for every fact, never an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, url_for

from models import clock
from webapp.db import db
from workflows.actions import premises
from workflows.library import task_forms
from workflows.queries import lists, matching
from workflows.rules import words
from workflows.rules.matching import Candidate, Excluded, Match, Ranking


@dataclass(frozen=True)
class Shown:
    """Premises ready for a page: facts by label, and what was found about them for a search, if there was one."""

    reference: str
    name: str
    provider: str
    href: str
    facts: dict[str, str]
    score: int | None = None
    parts: tuple[Any, ...] = ()
    barriers: tuple[str, ...] = ()
    rank: int = 0


def match(rank: int, found: Match) -> Shown:
    """A match with its rank, its score and the parts of the score."""
    return _shown(found.candidate, score=found.score, parts=found.parts, rank=rank)


def excluded(found: Excluded) -> Shown:
    """Premises that do not match, with each reason once."""
    return _shown(found.candidate, barriers=tuple(dict.fromkeys(barrier.words for barrier in found.barriers)))


def ranked(ranking: Ranking) -> list[Shown]:
    """Matches in their order, then the others."""
    return [*(match(place, each) for place, each in enumerate(ranking.matches, 1)), *(excluded(each) for each in ranking.excluded)]


def candidates(references: Sequence[str]) -> list[Shown]:
    """Premises of the list by their references as they are today, in the order asked for, with what stops a placement."""
    today = clock.today()
    purchasing_list = lists.newest_list(db.session, today)
    if purchasing_list is None:
        return []
    found = {each.reference: each for each in matching.candidates(db.session, purchasing_list, on=today, references=references)}
    shown = [found[reference] for reference in references if reference in found]
    return [_shown(each, barriers=tuple(barrier.words for barrier in each.blockers)) for each in shown]


def _shown(found: Candidate, **told: Any) -> Shown:
    href = url_for("providers.show_provider", provider_reference=found.provider_reference)
    return Shown(found.reference, found.name, found.provider, href, _facts(found), **told)


def _facts(found: Candidate) -> dict[str, str]:
    return {
        "District": found.district,
        "Kind": f"{found.category}. {premises.CATEGORIES[found.category]}",
        "Free": f"{max(0, found.free)} of {found.spaces}",
        "Ages": f"{found.age_from} to {found.age_to}",
        "Who for": premises.GENDERS.get(found.gender, found.gender),
        "At night": premises.NIGHT_COVER.get(found.night_cover, found.night_cover),
        "Step-free": "Yes" if found.is_step_free else "No",
        "Support": f"{found.support_hours} hours a week",
        "Price": f"{words.money(found.weekly_price)} a week" if found.weekly_price is not None else "Not known",
        "Grade": found.grade.capitalize() if found.grade else "Not graded yet",
        "Needs met": _needs(found),
    }


def _needs(found: Candidate) -> str:
    if "support_needs" not in g:
        g.support_needs = dict(task_forms.choices(db.session).get("support_needs", ()))
    named: dict[str, str] = g.support_needs
    return ", ".join(named.get(key, key) for key in sorted(found.supports)) or "None named"


def without(ranking: Ranking) -> str:
    """What would help when nothing matches: `3 match without step-free access.`"""
    return " ".join(f"{count} {'matches' if count == 1 else 'match'} without {what}." for what, count in ranking.without)


def compared(columns: Sequence[Shown]) -> list[dict[str, Any]]:
    """One row for each fact, the value of each column, and whether they differ."""
    labels = list(columns[0].facts) if columns else []
    rows = [_row(label, [column.facts[label] for column in columns]) for label in labels]
    if any(column.score is not None for column in columns):
        rows += _score_rows(columns)
    return [*rows, _row("Stands in the way", ["; ".join(column.barriers) or "Nothing" for column in columns])]


def _score_rows(columns: Sequence[Shown]) -> list[dict[str, Any]]:
    named = [{part.name: part for part in column.parts} for column in columns]
    names = next(list(parts) for parts in named if parts)
    rows = [_row("Score", [f"{column.score} of 100" if column.score is not None else "Does not match" for column in columns])]
    return rows + [_row(name, [_points(parts.get(name)) for parts in named]) for name in names]


def _points(part: Any) -> str:
    return f"{part.points} of {part.most}: {part.words}" if part is not None else "Does not match"


def _row(label: str, values: Sequence[str]) -> dict[str, Any]:
    return {"label": label, "cells": list(values), "differs": len(set(values)) > 1}
