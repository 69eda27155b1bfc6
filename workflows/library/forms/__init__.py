"""The forms of user tasks: form-js JSON read, checked, and answered."""

from __future__ import annotations

from workflows.library.forms import conditions
from workflows.library.forms.again import as_texts, check_again
from workflows.library.forms.answering import File, Validated, validate
from workflows.library.forms.reading import Block, Field, FormRefused, FormSchema, check_form, read_form
from workflows.library.forms.telling import answer_words, value_words

__all__ = [
    "Block",
    "Field",
    "File",
    "FormRefused",
    "FormSchema",
    "Validated",
    "answer_words",
    "as_texts",
    "check_again",
    "check_form",
    "conditions",
    "read_form",
    "validate",
    "value_words",
]
