"""The gate a process passes before it can be deployed: readable, supported, and complete with its forms and people."""

from __future__ import annotations

from collections.abc import Mapping

from workflows import engine
from workflows.engine import DefinitionRefused, Problem
from workflows.engine.problems import errors_in
from workflows.library import forms, layout, proofs

Files = Mapping[str, str]


def problems(key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str]) -> list[Problem]:
    """Everything found in a folder. `groups` are the known candidate groups, name by key; `called` the folders it calls, whole."""
    found = engine.check(
        key, files, called, known_operations=engine.known_operations(), known_groups=groups, known_forms=forms_of(files, called)
    )
    return [*found, *_form_problems(files)]


def refuse_unless_ready(key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str]) -> None:
    """Raise DefinitionRefused with every error; warnings do not stop a deployment."""
    errors = errors_in(problems(key, files, called, groups=groups))
    if errors:
        raise DefinitionRefused(errors)


def everything(key: str, files: Files, called: Mapping[str, Files], *, groups: Mapping[str, str], is_called: bool = False) -> list[Problem]:
    """All that the gate says of a folder: whether it is complete, drawn so that people can read it, and proven; warnings too."""
    found = problems(key, files, called, groups=groups)
    if errors_in(found):
        # What is proven about a process that cannot run would only confuse.
        return found
    return [*found, *_drawn(files), *proofs.problems(key, files, called, groups=groups, is_called=is_called)]


def refuse_unless_drawn(files: Files) -> None:
    """Raise DefinitionRefused when a diagram of a folder cannot be read by people: shapes or lines missing, or over one another."""
    errors = errors_in(_drawn(files))
    if errors:
        raise DefinitionRefused(errors)


def _drawn(files: Files) -> list[Problem]:
    return [problem for name, text in sorted(files.items()) if name.endswith(".bpmn") for problem in layout.problems(text)]


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
