"""Why somebody does what others must be able to understand later: the reason that administration asks for."""

from __future__ import annotations

from workflows.errors import Invalid

SHORTEST, LONGEST = 20, 1_000


def problem_with(because: str) -> str:
    """What is wrong with a reason, as a sentence for its field; empty when nothing is. White space around it does not count."""
    length = len(because.strip())
    if length < SHORTEST:
        return f"Say why in at least {SHORTEST} characters"
    return f"The reason must be {LONGEST:,} characters or fewer" if length > LONGEST else ""


def checked(because: str) -> str:
    """The reason without white space around it. Invalid at `because` when it is too short or too long."""
    if problem := problem_with(because):
        raise Invalid({"because": problem})
    return because.strip()
