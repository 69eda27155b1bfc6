"""Backups: everything that is stored, as one file or folder that proves what is in it, and the way back."""

from webapp.backups.making import make
from webapp.backups.manifest import BackupRefused, Manifest
from webapp.backups.restoring import Restored, restore

__all__ = ["BackupRefused", "Manifest", "Restored", "make", "restore"]
