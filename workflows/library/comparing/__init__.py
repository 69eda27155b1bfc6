"""What is different between two versions of a process folder, in words that people agree to, and what of it to mark on a drawing."""

from __future__ import annotations

from workflows.library.comparing.changes import ABOUTS, Change, Comparison, Kind, Names
from workflows.library.comparing.folders import compare

__all__ = ["ABOUTS", "Change", "Comparison", "Kind", "Names", "compare"]
