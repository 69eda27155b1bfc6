"""What kind of approval a task is, and which of its choices are open now."""

from __future__ import annotations

from dataclasses import replace

from models import UserTask
from workflows.library.forms import Block, Field, FormSchema
from workflows.library.forms.conditions import is_true

KINDS = {"decisions.decide": "decide", "decisions.reconsider": "reconsider", "signoffs.sign": "sign-off"}
MAKES_A_DECISION = frozenset({"approve", "approve_amended", "refuse"})
ALWAYS_OPEN = ("send_back", "defer")
CHOICE = "decision"


def kind_of(task: UserTask) -> str:
    """`decide`, `reconsider`, `sign-off`, or `other` for a step that a process owner gave this page."""
    return KINDS.get(str(task.properties.get("operation", "")), "other")


def makes_a_decision(task: UserTask, choice: object) -> bool:
    """Whether this answer writes a record, and so needs every check and the check page's exact words."""
    return kind_of(task) == "reconsider" or (kind_of(task) == "decide" and choice in MAKES_A_DECISION)


def only_back_or_later(schema: FormSchema) -> FormSchema:
    """The form of a decision that cannot be made today: send it back or move it, with the questions that go with these."""
    return replace(schema, parts=tuple(_narrowed(part) for part in schema.parts if _is_asked(part)))


def _narrowed(part: Field | Block) -> Field | Block:
    if isinstance(part, Block) or part.key != CHOICE:
        return part
    return replace(part, options=tuple(option for option in part.options if option[0] in ALWAYS_OPEN))


def _is_asked(part: Field | Block) -> bool:
    return not part.hide or not all(is_true(part.hide, {CHOICE: choice}) for choice in ALWAYS_OPEN)
