"""What a process can do, worked out on its diagram: whether it can always end, and whether it keeps the rules that the law sets it."""

from __future__ import annotations

from workflows.library.exploring.laws import LawRefused, Rule, read_rules
from workflows.library.exploring.net import Net, read_net
from workflows.library.exploring.proving import Proof, Verdict, prove_rules, prove_sound

__all__ = ["LawRefused", "Net", "Proof", "Rule", "Verdict", "prove_rules", "prove_sound", "read_net", "read_rules"]
