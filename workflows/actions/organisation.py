"""The organisation and the policy values as the process library ships them: groups, lists to choose from, parameters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import CandidateGroup, GroupKind, Parameter, clock
from workflows.actions import audit
from workflows.errors import Invalid

FIRST_DAY = date(2012, 9, 10)  # the day SI 2012/2089 came into force: shipped values hold from then unless they say otherwise
CHOICES = "choices_"


def load(session: Session, path: Path) -> list[str]:
    """Add the groups of `organisation.yml` that are missing and mend those that changed; a group never disappears.

    Gives a line when anything changed. Invalid when the file names a kind or a manager that does not exist.
    """
    data = _read(path)
    changed = [entry["key"] for entry in data.get("groups", []) if _upsert_group(session, entry)]
    session.flush()
    for entry in data.get("groups", []):
        _set_manager(session, entry)
    for name, options in (data.get("choices") or {}).items():
        _keep_parameter(session, {"key": f"{CHOICES}{name}", "label": f"List: {name.replace('_', ' ')}", "value": _pairs(options)})
    session.flush()
    if changed:
        audit.record(session, "organisation:loaded", case=None, by=None, detail={"groups": changed})
    return [f"Loaded {len(changed)} groups of the organisation"] if changed else []


def load_parameters(session: Session, path: Path) -> list[str]:
    """Add the values of `parameters.yml` that are not there for their day; what the council set itself is never touched."""
    added = [entry["key"] for entry in _read(path).get("parameters", []) if _keep_parameter(session, entry)]
    session.flush()
    if added:
        audit.record(session, "parameters:loaded", case=None, by=None, detail={"keys": added})
    return [f"Loaded {len(added)} parameters"] if added else []


def names_in(path: Path) -> dict[str, str]:
    """The groups that an `organisation.yml` names, name by key. Invalid when it cannot be read as one."""
    return {str(entry["key"]): str(entry["name"]) for entry in _read(path).get("groups", [])}


def _read(path: Path) -> dict[str, Any]:
    data = _parsed(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        raise Invalid({path.name: f"{path.name} must be a list of named parts"})
    return data


@lru_cache(maxsize=16)
def _parsed(text: str) -> Any:
    return yaml.safe_load(text)


def _upsert_group(session: Session, entry: Mapping[str, Any]) -> bool:
    words = {
        "name": str(entry["name"]), "kind": GroupKind(entry.get("kind", "team")), "role": str(entry.get("role") or ""),
        "email": str(entry.get("email") or ""), "phone": str(entry.get("phone") or ""),
    }  # fmt: skip
    group = session.get(CandidateGroup, entry["key"])
    if group is None:
        session.add(CandidateGroup(key=entry["key"], **words))
        return True
    if group.set_by_id is not None:
        return False
    differs = any(getattr(group, name) != value for name, value in words.items())
    for name, value in words.items():
        setattr(group, name, value)
    return differs


def _set_manager(session: Session, entry: Mapping[str, Any]) -> None:
    manager = entry.get("manager")
    if manager is not None and session.get(CandidateGroup, manager) is None:
        raise Invalid({entry["key"]: f"The manager of {entry['key']} is {manager}, which is no group"})
    group = session.get_one(CandidateGroup, entry["key"])
    if group.set_by_id is None:
        group.manager_key = manager


def _pairs(options: Any) -> list[list[str]]:
    """Options as value and label: from a mapping, from pairs or records, or from plain words that are both."""
    if isinstance(options, Mapping):
        return [[str(value), str(label)] for value, label in options.items()]
    return [_pair(option) for option in options]


def _pair(option: Any) -> list[str]:
    if isinstance(option, Mapping):
        return [str(option["value"]), str(option.get("label", option["value"]))]
    if isinstance(option, list | tuple):
        return [str(option[0]), str(option[1])]
    return [str(option), str(option)]


def _keep_parameter(session: Session, entry: Mapping[str, Any]) -> bool:
    valid_from = entry.get("valid_from") or FIRST_DAY
    known = session.scalar(select(Parameter).where(Parameter.key == entry["key"], Parameter.valid_from == valid_from))
    if known is not None:
        if entry["key"].startswith(CHOICES):
            known.value = entry["value"]
        return False
    session.add(
        Parameter(
            key=entry["key"], label=str(entry.get("label") or entry["key"]), value=entry["value"], unit=str(entry.get("unit") or ""),
            calendar=str(entry.get("calendar") or ""), sentence=str(entry.get("sentence") or ""),
            legal_basis=str(entry.get("legal_basis") or ""), legal_url=str(entry.get("legal_url") or ""), valid_from=valid_from,
            confirmed_at=clock.now() if entry.get("confirmed") else None,
        )
    )  # fmt: skip
    return True
