"""Every module that offers operations or jobs, imported in one place so that their names are known before anything runs."""

from __future__ import annotations

from workflows.actions import (
    call_ins,
    consultations,
    decisions,
    documents,
    mail,
    notices,
    proposals,
    records,
    reports,
    signoffs,
)

__all__ = ["call_ins", "consultations", "decisions", "documents", "mail", "notices", "proposals", "records", "reports", "signoffs"]
