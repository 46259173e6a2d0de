"""Rollen und was sie dürfen: eine Tabelle, die Vorgabe ist nein."""

from __future__ import annotations

from collections.abc import Iterable

PERMISSIONS = frozenset(
    {
        "person.read",
        "person.write",
        "run.read",
        "run.calculate",
        "run.check",
        "run.release",
        "run.release_municipality",
        "run.close",
        "import.write",
        "slip.read_all",
        "slip.read_own",
        "audit.read",
        "tenant.admin",
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "platform_admin": frozenset({"tenant.admin"}),
    "clerk": frozenset(
        {
            "person.read",
            "person.write",
            "run.read",
            "run.calculate",
            "run.check",
            "run.close",
            "import.write",
            "slip.read_all",
        }
    ),
    "head": frozenset(
        {
            "person.read",
            "run.read",
            "run.check",
            "run.release",
            "run.close",
            "slip.read_all",
            "audit.read",
        }
    ),
    "municipality": frozenset({"person.read", "person.write", "run.read", "run.release_municipality"}),
    "auditor": frozenset({"person.read", "run.read", "slip.read_all", "audit.read"}),
    "employee": frozenset({"slip.read_own"}),
}

ROLE_TITLES = {
    "platform_admin": "Verwaltung der Plattform",
    "clerk": "Sachbearbeitung",
    "head": "Leitung, zweite Person",
    "municipality": "Personalamt der Gemeinde",
    "auditor": "Rechnungsprüfung",
    "employee": "Beschäftigte",
}


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Alles, was die Rollen zusammen dürfen; eine unbekannte Rolle ist ein Fehler."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
