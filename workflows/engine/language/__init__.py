"""The language of conditions, scripts and templates: small, total, and without a way to reach Python."""

from __future__ import annotations

from workflows.engine.language.cleaning import clean_data
from workflows.engine.language.errors import EvaluationError, LanguageError
from workflows.engine.language.evaluating import evaluate, execute
from workflows.engine.language.functions import FUNCTIONS, Function
from workflows.engine.language.reading import Compiled, compile_expression, compile_script, names_used
from workflows.engine.language.templates import render_template, template_names

__all__ = [
    "FUNCTIONS",
    "Compiled",
    "EvaluationError",
    "Function",
    "LanguageError",
    "clean_data",
    "compile_expression",
    "compile_script",
    "evaluate",
    "execute",
    "names_used",
    "render_template",
    "template_names",
]
