"""Why a register gave no entry, in words that say what to do next."""

from __future__ import annotations


class NoEntry(Exception):
    """There is nothing to read now; the sentence says why and what to do."""


class ByHand(NoEntry):
    """Nobody has switched this register on: a person looks at it and writes down what it says."""


class NotInRegister(NoEntry):
    """The register has no entry under this number."""


class RegisterDown(NoEntry):
    """The register did not answer, or not in a way that can be used; another try later may help."""


class TooManyQuestions(RegisterDown):
    """The register wants to be asked less often."""

    def __init__(self, words: str, *, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


class KeyRefused(NoEntry):
    """The register does not know the council's key: an administrator has to look at the settings."""
