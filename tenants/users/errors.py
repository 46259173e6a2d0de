"""Fehler rund um Zugänge; Meldungen zur Anmeldung verraten nicht, was falsch war."""

from __future__ import annotations

from datetime import datetime

# Said with every refusal, whatever was wrong: so it tells nothing about the account.
MANY_CODES = (
    "Nach vielen falschen Codes zählt einen Tag lang keiner der App, nur einer zur Wiederherstellung vom Papier "
    "oder ein Passkey."
)


class UserError(ValueError):
    """Eine Angabe zum Zugang stimmt nicht; die Meldung nennt sie und die Abhilfe."""


class SigninRefused(RuntimeError):
    """Anmeldung abgewiesen, ohne zu sagen, woran es lag."""

    def __init__(self, message: str = f"Anmeldung nicht möglich: Name, Kennwort und Code prüfen. {MANY_CODES}") -> None:
        super().__init__(message)


class Throttled(SigninRefused):
    """Zu viele Versuche; gilt für bekannte und unbekannte Namen gleich."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Zu viele Versuche: bitte einige Minuten warten und dann noch einmal anmelden.")
        self.until = until
