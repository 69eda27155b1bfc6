"""Checks the import contracts of setup.cfg and prints only those that are broken: import-linter itself has no quiet mode."""

from __future__ import annotations

import contextlib
import io
import sys

from importlinter import cli

output = io.StringIO()
with contextlib.redirect_stdout(output):
    code = cli.lint_imports(no_cache=True)
if code:
    sys.stderr.write(output.getvalue())
sys.exit(code)
