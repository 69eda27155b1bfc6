"""What every app of a test run compiles alike, compiled once: each test has an app of its own, and its templates and addresses are the same."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class TemplatesOnce(BytecodeCache):
    """The code of each template by its very text."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from this text."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


class RuleOnce(Rule):
    """An address whose builder is made once: with two hundred routes an app spends more time on them than most tests need."""

    builders: ClassVar[dict[tuple[str, bool, str], Builder]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        key = (self.rule, append_unknown, repr(self.defaults))
        if key not in self.builders:
            self.builders[key] = super()._compile_builder(append_unknown)
        return self.builders[key]


def install() -> None:
    """Let every app that is made from now on share what is compiled."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": TemplatesOnce()}
    Flask.url_rule_class = RuleOnce
