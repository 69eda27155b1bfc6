"""The gate a process passes before it can be deployed: readable, supported, and complete with its forms and people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache

from workflows import engine
from workflows.engine import DefinitionRefused, Problem, reading
from workflows.engine.problems import errors_in
from workflows.errors import Invalid
from workflows.letters import texts
from workflows.library import forms, layout, proofs

Files = Mapping[str, str]
Frozen = tuple[tuple[str, str], ...]
REMEMBERED = 64


def problems(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], caller_steps: Collection[str] = ()
) -> list[Problem]:  # fmt: skip
    """Everything found in a folder. `groups` are the known candidate groups, name by key; `called` the folders it calls, whole;
    `caller_steps` the ids of the user tasks of those that call it, where they are known.

    The same content is looked at once: what is found of it never changes.
    """
    below = tuple((name, frozen(folder)) for name, folder in called.items())
    return list(_found(key, frozen(files), below, frozen(groups), engine.known_operations(), frozenset(caller_steps)))


def frozen(content: Mapping[str, str]) -> Frozen:
    """Content that can be remembered by."""
    return tuple(sorted(content.items()))


@lru_cache(maxsize=REMEMBERED)
def _found(
    key: str, content: Frozen, below: tuple[tuple[str, Frozen], ...], named: Frozen, operations: frozenset[str], steps: frozenset[str]
) -> tuple[Problem, ...]:
    files, called = dict(content), {name: dict(folder) for name, folder in below}
    found = engine.check(
        key, files, called, known_operations=operations, known_groups=dict(named), known_forms=forms_of(files, called), caller_steps=steps
    )
    return (*found, *_form_problems(files), *_letter_problems(files), *_clashes(files, called))


def _clashes(files: Files, called: Mapping[str, Files]) -> list[Problem]:
    """Steps of this process that bear the id of a step it calls: what a case went through is told by ids alone."""
    theirs = {step.id: step for folder in called.values() for root in reading.diagrams(folder).values() for step in engine.steps_of(root)}
    own = [step for root in reading.diagrams(files).values() for step in engine.steps_of(root)]
    return [
        Problem("clash", f"a process it calls has a step with the same id, “{theirs[step.id].name}”", step.id, step.name, "Give one another id")
        for step in own
        if step.id in theirs
    ]


def refuse_unless_ready(key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str]) -> None:
    """Raise DefinitionRefused with every error; warnings do not stop a deployment."""
    errors = errors_in(problems(key, files, called, groups=groups))
    if errors:
        raise DefinitionRefused(errors)


def everything(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], is_called: bool = False,
    caller_steps: Collection[str] = (), seconds: float = proofs.MOST_SECONDS, tell: proofs.Tell | None = None,
) -> list[Problem]:  # fmt: skip
    """All that the gate says of a folder: whether it is complete, drawn so that people can read it, and proven; warnings too.

    The proofs take at most `seconds`, and say so when that was not enough; `tell` hears how far they are.
    """
    found = problems(key, files, called, groups=groups, caller_steps=caller_steps)
    if errors_in(found):
        # What is proven about a process that cannot run would only confuse.
        return found
    return [*found, *_drawn(files), *proofs.problems(key, files, called, groups=groups, is_called=is_called, seconds=seconds, tell=tell)]


def quick(
    key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], caller_steps: Collection[str] = ()
) -> list[Problem]:  # fmt: skip
    """What can be said at once, while somebody draws: all but the proofs; faults of the drawing are warnings here, since it is being drawn."""
    found = [*problems(key, files, called, groups=groups, caller_steps=caller_steps), *proofs.unreadable(files)]
    if any(each.code == "size" for each in found):
        return found
    try:
        return [*found, *(replace(each, severity="warning") for each in _drawn(files))]
    except DefinitionRefused:
        # What keeps the file from being read has been said already.
        return found


def refuse_unless_drawn(files: Files) -> None:
    """Raise DefinitionRefused when a diagram of a folder cannot be read by people: shapes or lines missing, or over one another."""
    errors = errors_in(_drawn(files))
    if errors:
        raise DefinitionRefused(errors)


def _drawn(files: Files) -> list[Problem]:
    return [problem for name, text in sorted(files.items()) if name.endswith(".bpmn") for problem in _drawing_problems(text)]


@lru_cache(maxsize=REMEMBERED)
def _drawing_problems(text: str) -> tuple[Problem, ...]:
    return tuple(layout.problems(text))


def forms_of(files: Files, called: Mapping[str, Files]) -> dict[str, frozenset[str]]:
    """The keys of the questions of each form by the form's name, in a folder and in those it calls."""
    found: dict[str, frozenset[str]] = {}
    for folder in (*called.values(), files):
        for name, text in folder.items():
            if name.startswith("forms/") and name.endswith(".json"):
                found[name.removeprefix("forms/").removesuffix(".json")] = _questions(text)
    return found


def _questions(text: str) -> frozenset[str]:
    try:
        return frozenset(question.key for question in forms.read_form(text).fields)
    except (forms.FormRefused, TypeError, KeyError, ValueError):
        return frozenset()


def _form_problems(files: Files) -> list[Problem]:
    found: list[Problem] = []
    for name, text in sorted(files.items()):
        if name.startswith("forms/"):
            found += [Problem(each.code, f"{name}: {each.message}", severity=each.severity) for each in forms.check_form(text)]
    return found


def _letter_problems(files: Files) -> list[Problem]:
    """The texts of letters that could not be sent: without a subject or a body, or with a slot that cannot be read."""
    found: list[Problem] = []
    for name, text in sorted(files.items()):
        if name.startswith("documents/"):
            try:
                texts.read(text)
            except Invalid as refusal:
                found.append(Problem("letter", f"{name}: {'; '.join(refusal.errors.values())}"))
    return found
