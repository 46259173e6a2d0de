"""Rollen und was sie dürfen: eine Tabelle, die Vorgabe ist nein."""

from __future__ import annotations

from collections.abc import Iterable

PERMISSIONS = frozenset(
    {
        "person.read",
        "person.write",
        "person.write_own",
        "claim.read",
        "claim.write",
        "run.read",
        "run.calculate",
        "run.check",
        "run.release",
        "run.release_municipality",
        "run.close",
        "import.write",
        "slip.read_all",
        "slip.read_own",
        "certificate.issue",
        "file.read",
        "file.write",
        "letter.write",
        "archive.use",
        "audit.read",
        "privacy.read",
        "retention.read",
        "retention.order",
        "retention.approve",
        "posting.read",
        "posting.release",
        "filing.read",
        "filing.send",
        "filing.release",
        "time.read",
        "time.write",
        "time.approve",
        "time.read_own",
        "time.write_own",
        "staffplan.read",
        "staffplan.write",
        "staffplan.decide",
        "recruiting.read",
        "recruiting.write",
        "recruiting.take_part",
        "recruiting.decide",
        "recruiting.read_own",
        "tariff.write",
        "tariff.release",
        "whatif.write",
        "tenant.admin",
        "user.admin",
        "interface.manage",
        "billing.read",
        "billing.write",
        "billing.release",
    }
)

TAKES_PART_IN_RECRUITING = frozenset({"recruiting.take_part"})

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "platform_admin": frozenset({"tenant.admin", "user.admin"}),
    "clerk": frozenset(
        {
            "person.read",
            "person.write",
            "claim.read",
            "claim.write",
            "run.read",
            "run.calculate",
            "run.check",
            "run.close",
            "import.write",
            "slip.read_all",
            "certificate.issue",
            "file.read",
            "file.write",
            "letter.write",
            "posting.read",
            "filing.read",
            "filing.send",
            "time.read",
            "time.write",
            "staffplan.read",
            "tariff.write",
            "whatif.write",
            "interface.manage",
            "billing.read",
            "billing.write",
        }
    ),
    "head": frozenset(
        {
            "person.read",
            "claim.read",
            "run.read",
            "run.check",
            "run.release",
            "run.close",
            "slip.read_all",
            "archive.use",
            "interface.manage",
            "audit.read",
            "retention.read",
            "retention.approve",
            "posting.read",
            "filing.read",
            "filing.release",
            "time.read",
            "time.approve",
            "staffplan.read",
            "staffplan.decide",
            "tariff.write",
            "tariff.release",
            "whatif.write",
            "billing.read",
            "billing.release",
        }
    ),
    "municipality": frozenset(
        {
            "person.read",
            "person.write",
            "file.read",
            "file.write",
            "letter.write",
            "run.read",
            "run.release_municipality",
            "retention.read",
            "retention.order",
            "time.read",
            "staffplan.read",
            "staffplan.write",
            "staffplan.decide",
            "recruiting.read",
            "recruiting.write",
            "whatif.write",
            "recruiting.take_part",
            "billing.read",
        }
    ),
    "treasury": frozenset({"posting.read", "posting.release", "billing.read"}),
    "organisation": frozenset({"staffplan.read", "staffplan.write", "interface.manage"}),
    "staff_council": TAKES_PART_IN_RECRUITING,
    "equality": TAKES_PART_IN_RECRUITING,
    "disability": TAKES_PART_IN_RECRUITING,
    "department_head": frozenset(
        {
            "staffplan.read",
            "time.read",
            "time.approve",
            "recruiting.read",
            "recruiting.take_part",
            "recruiting.decide",
        }
    ),
    "auditor": frozenset(
        {
            "person.read",
            "claim.read",
            "run.read",
            "slip.read_all",
            "audit.read",
            "retention.read",
            "posting.read",
            "filing.read",
            "time.read",
            "staffplan.read",
            "billing.read",
        }
    ),
    "data_protection": frozenset({"audit.read", "privacy.read", "retention.read"}),
    "employee": frozenset({"slip.read_own", "person.write_own", "time.read_own", "time.write_own"}),
    "applicant": frozenset({"recruiting.read_own"}),
}

ROLE_TITLES = {
    "platform_admin": "Verwaltung der Plattform",
    "clerk": "Sachbearbeitung",
    "head": "Leitung, zweite Person",
    "municipality": "Personalamt der Gemeinde",
    "treasury": "Kasse",
    "organisation": "Organisation, Stellenplan",
    "staff_council": "Personalrat",
    "equality": "Gleichstellungsbeauftragte",
    "disability": "Schwerbehindertenvertretung",
    "department_head": "Leitung eines Fachamts",
    "auditor": "Rechnungsprüfung",
    "data_protection": "Datenschutzbeauftragte",
    "employee": "Beschäftigte",
    "applicant": "Bewerbung",
}
ROLES = tuple(ROLE_PERMISSIONS)
UNIT_ROLES = frozenset({"department_head"})  # their mandate covers one organisational unit, never the whole employer
MANDATE_ROLES = tuple(role for role in ROLES if role not in ("platform_admin", "employee"))


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Alles, was die Rollen zusammen dürfen; eine unbekannte Rolle ist ein Fehler."""
    return frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
