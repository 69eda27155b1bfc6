"""The form that a new user task begins with: one question, to be changed in the form editor."""

from __future__ import annotations

import json

VERSION = 19


def write(step: str, name: str) -> str:
    """The text of a form with one question, whose key is made of the step's id so that no other form has it."""
    question = {
        "type": "textarea",
        "key": f"{step.replace('-', '_')}_notes",
        "label": "What was done?",
        "validate": {"required": True, "maxLength": 3000},
        "properties": {"errorRequired": "Enter what was done"},
    }
    form = {"type": "default", "schemaVersion": VERSION, "id": step, "components": [question]}
    return json.dumps(form, indent=2, ensure_ascii=False) + "\n"
