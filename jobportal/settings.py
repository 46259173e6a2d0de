"""Einstellungen des Stellenmarkts je Mandant, datiert: Textbausteine, Aussehen, Fristen, Löschung, Einbettung."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from jobportal.errors import Refused
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models import TenantSetting

AREA = "stellenmarkt"
FARBEN = ("blau", "gruen", "rot", "violett", "grau")
ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{2,5})?")
# § 15 Abs. 4 AGG: two months from receipt of the refusal; § 61b Abs. 1 ArbGG: three more to sue; one for the delivery.
AGG, ARBGG, ZUSTELLUNG = 2, 3, 1
BAUSTEINE = {
    "arbeitgeber": "Wir sind eine Verwaltung für die Menschen vor Ort und arbeiten an Aufgaben, die man sieht.",
    "vielfalt": "Wir freuen uns über Bewerbungen aller Menschen, unabhängig von Geschlecht, Herkunft, Alter, "
                "Religion, Weltanschauung, Behinderung und sexueller Identität.",
    "frauen": "Bewerbungen von Frauen sind ausdrücklich erwünscht. Sie werden nach Maßgabe des "
              "Landesgleichstellungsgesetzes bei gleicher Eignung, Befähigung und fachlicher Leistung bevorzugt "
              "berücksichtigt, sofern nicht in der Person eines Mitbewerbers liegende Gründe überwiegen.",
    "schwerbehinderung": "Schwerbehinderte und ihnen gleichgestellte Menschen werden bei gleicher Eignung bevorzugt "
                         "berücksichtigt und zu einem Gespräch eingeladen, wenn ihnen die fachliche Eignung nicht "
                         "offensichtlich fehlt.",
    "teilzeit": "Die Stelle kann auch in Teilzeit besetzt werden.",
    "datenschutz": "Verantwortlich für Ihre Angaben ist der Arbeitgeber dieser Anzeige; der Kreis verarbeitet sie in "
                   "seinem Auftrag. Wir brauchen sie, um über Ihre Bewerbung zu entscheiden (Art. 88 DSGVO, § 18 DSG "
                   "NRW). Nach einer Absage löschen wir sie sechs Monate später, auf Ihren Wunsch sofort. Sie können "
                   "Auskunft, Berichtigung, Löschung verlangen und sich bei der Landesbeauftragten für Datenschutz "
                   "und Informationsfreiheit NRW beschweren.",
}  # fmt: skip


@dataclass(frozen=True)
class Regeln:
    """`zusage_tage`: bis dahin bekommt jede Bewerbung eine Antwort; `warten_tage`: Abstand zwischen Mitteilung und
    Ernennung oder Absage (Konkurrentenschutz); `loeschen_monate` nach der Absage; `laengstens_monate` nach dem Eingang,
    was auch geschieht; `fristen`: Tage der mitwirkenden Stellen; `einbetten`: fremde Seiten, die die Liste zeigen
    dürfen."""

    bausteine: dict[str, str] = field(default_factory=lambda: dict(BAUSTEINE))
    fassung: str = "1"
    farbe: str = "blau"
    zusage_tage: int = 28
    warten_tage: int = 14
    loeschen_monate: int = AGG + ARBGG + ZUSTELLUNG
    laengstens_monate: int = 18
    entwurf_tage: int = 14
    pool_monate: int = 12
    kleinste_gruppe: int = 5
    fristen: dict[str, int] = field(default_factory=lambda: {
        "personal": 3, "gleichstellung": 7, "personalrat": 14, "schwerbehinderung": 7})
    einbetten: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Prüft die Werte; wirft Refused."""
        ranges = {"zusage_tage": (1, 180), "warten_tage": (0, 60), "loeschen_monate": (AGG + ARBGG, 12),
                  "laengstens_monate": (6, 36), "entwurf_tage": (1, 60), "pool_monate": (1, 24),
                  "kleinste_gruppe": (3, 50)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise Refused(f"Einstellung {name}: erlaubt ist {low} bis {high}; Zahl berichtigen.")
        if self.farbe not in FARBEN:
            raise Refused(f"Einstellung Farbe: eine von {', '.join(FARBEN)} wählen.")
        for one in self.einbetten:
            if not ORIGIN.fullmatch(one):
                raise Refused(f"Einbetten: „{one}“ als https://www.stadt.example angeben, ohne Pfad.")
        if any(not 1 <= days <= 60 for days in self.fristen.values()):
            raise Refused("Fristen der Mitwirkung: 1 bis 60 Tage angeben.")


def of(session: TenantSession, tag: date) -> Regeln:
    """Die Einstellungen, die an diesem Tag gelten; fehlende Textbausteine haben ihre Vorgabe."""
    row = session.scalars(select(TenantSetting).where(
        TenantSetting.area == AREA, TenantSetting.superseded_at.is_(None), TenantSetting.valid_from <= tag,
        or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= tag))).first()
    if row is None:
        return Regeln()
    known = {one.name for one in fields(Regeln)}
    values: dict[str, Any] = {name: value for name, value in row.content.items() if name in known}
    values["bausteine"] = BAUSTEINE | values.get("bausteine", {})
    return Regeln(**values)


def store(session: TenantSession, ab: date, new: Regeln, *, reason: str) -> None:
    """Setzt die Einstellungen ab einem Tag bis auf weiteres; spätere Fassungen entfallen."""
    new.check()
    if not reason.strip():
        raise Refused("Einstellungen des Stellenmarkts: Grund fehlt; angeben, warum sie sich ändern.")
    who = str(session.info["actor"])
    later = select(TenantSetting).where(
        TenantSetting.area == AREA, TenantSetting.superseded_at.is_(None),
        or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= ab))
    for row in session.scalars(later).all():
        row.superseded_at = func.now()
        if row.valid_from < ab:
            session.add(TenantSetting(area=AREA, content=row.content, valid_from=row.valid_from, recorded_by=who,
                                      valid_to=ab - timedelta(days=1), reason=row.reason))
    session.add(TenantSetting(area=AREA, content=asdict(new), valid_from=ab, recorded_by=who, reason=reason))
    audit.record(session, "stellenmarkt.einstellung", AREA, {"valid_from": ab.isoformat(), "fassung": new.fassung},
                 reason)
