"""Fehler rund um Zugänge; Meldungen zur Anmeldung verraten nicht, was falsch war."""

from __future__ import annotations

from datetime import datetime


class UserError(ValueError):
    """Eine Angabe zum Zugang stimmt nicht; die Meldung nennt sie und die Abhilfe."""


class SigninRefused(RuntimeError):
    """Anmeldung abgewiesen, ohne zu sagen, woran es lag."""

    def __init__(self, message: str = "Anmeldung nicht möglich: Name, Kennwort und Code prüfen.") -> None:
        super().__init__(message)


class Throttled(SigninRefused):
    """Zu viele Versuche; gilt für bekannte und unbekannte Namen gleich."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Zu viele Versuche: bitte einige Minuten warten und dann noch einmal anmelden.")
        self.until = until
