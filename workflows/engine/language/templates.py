"""Words with values in them: `{{ expression }}` and nothing else, never a template engine that could run code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workflows.engine.language.evaluating import evaluate
from workflows.engine.language.functions import Function
from workflows.engine.language.reading import compile_expression
from workflows.engine.language.values import words

SLOT = re.compile(r"\{\{([^{}]{1,500})\}\}")


def render_template(text: str, data: Mapping[str, Any], functions: Mapping[str, Function] | None = None) -> str:
    """The text with each slot worked out; the caller escapes the result for where it goes. Errors as for an expression."""
    return SLOT.sub(lambda match: words(evaluate(match[1], data, functions)), text)


def template_names(text: str) -> frozenset[str]:
    """The values a template needs. LanguageError when a slot cannot be read."""
    return frozenset().union(*(compile_expression(match[1]).used for match in SLOT.finditer(text)))
