"""Sicherung: die ganze Datenbank in einer verschlossenen Datei, beim Zurückspielen geprüft."""

from tenants.backup.container import BackupDamaged, BackupError

__all__ = ["BackupDamaged", "BackupError"]
