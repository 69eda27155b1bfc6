"""What can be wrong with a condition, in words for the person who wrote it."""

from __future__ import annotations


class LanguageError(SyntaxError):
    """The text is not of our language. A SyntaxError, because the engine expects one from its evaluator."""

    def __init__(self, message: str, *, text: str = "", position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.source = text
        self.position = position


class EvaluationError(Exception):
    """The text is well formed and cannot be worked out with these values; `missing` names a value that is not there."""

    def __init__(self, message: str, *, missing: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.missing = missing
