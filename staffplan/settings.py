"""Einstellungen des Stellenplans je Mandant: Nachkommastellen, Raster, Stichtage, Gliederung der Übersichten."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date

from sqlalchemy import Select, func, or_, select

from staffplan.rules import Refused
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "stellenplan"
GLIEDERUNGEN = ("produktbereich", "produkt", "einheit")
BESETZT_NACH = ("stelle", "person")


@dataclass(frozen=True)
class Einstellung:
    """`stellen`: angezeigte Nachkommastellen; `raster`: nur Vielfache von 1/raster (None: jeder Anteil, 2: ganze und
    halbe); `nachwuchs_stichtag`: Monat und Tag des Vorjahres für die Übersicht der Nachwuchskräfte; `gliederung`:
    Zeilen der Übersichten; `kleinste_gruppe`: kleinere Gruppen bleiben in den Kennzahlen verborgen; `endet_bald`: so
    viele Tage voraus gilt eine Befristung als bald endend; `besetzt_nach`: in welcher Zeile eines Plans eine besetzte
    Stelle zählt, in der ihrer Gruppe oder der ihrer Person (§ 8 Abs. 2 KomHVO lässt beides zu)."""

    stellen: int = 2
    raster: int | None = None
    nachwuchs_stichtag: str = "10-01"
    gliederung: str = "produktbereich"
    kleinste_gruppe: int = 5
    endet_bald: int = 180
    besetzt_nach: str = "stelle"

    def check(self) -> None:
        """Prüft die Werte; wirft Refused."""
        if not 0 <= self.stellen <= 4:
            raise Refused("Einstellung Nachkommastellen: erlaubt sind 0 bis 4; Zahl berichtigen.")
        if self.raster is not None and not 1 <= self.raster <= 100:
            raise Refused("Einstellung Raster: erlaubt sind 1 bis 100 Teile; Zahl berichtigen oder leer lassen.")
        if self.gliederung not in GLIEDERUNGEN:
            raise Refused(f"Einstellung Gliederung: erlaubt sind {', '.join(GLIEDERUNGEN)}.")
        if self.besetzt_nach not in BESETZT_NACH:
            raise Refused(f"Einstellung Besetzung: erlaubt sind {', '.join(BESETZT_NACH)}.")
        if not 3 <= self.kleinste_gruppe <= 50:
            raise Refused("Einstellung kleinste Gruppe: erlaubt sind 3 bis 50 Personen; kleinere verraten Einzelne.")
        if not 1 <= self.endet_bald <= 1000:
            raise Refused("Einstellung endet bald: erlaubt sind 1 bis 1000 Tage.")
        try:
            date.fromisoformat(f"2025-{self.nachwuchs_stichtag}")
        except ValueError:
            raise Refused("Einstellung Stichtag: als Monat-Tag angeben, zum Beispiel 10-01.") from None


def of(session: TenantSession, tag: date) -> Einstellung:
    """Die Einstellungen, die an diesem Tag gelten."""
    row = session.scalars(_current(tag)).first()
    if row is None:
        return Einstellung()
    names = {one.name for one in fields(Einstellung)}
    return Einstellung(**{name: value for name, value in row.content.items() if name in names})


def store(session: TenantSession, ab: date, new: Einstellung, *, reason: str) -> None:
    """Setzt die Einstellungen ab einem Tag bis auf weiteres; spätere Fassungen entfallen."""
    new.check()
    if not reason.strip():
        raise Refused("Einstellungen des Stellenplans: Grund fehlt; angeben, warum sie sich ändern.")
    who, before = str(session.info["actor"]), asdict(of(session, ab))
    later = select(TenantSetting).where(
        TenantSetting.area == AREA, TenantSetting.superseded_at.is_(None),
        or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= ab))
    for row in session.scalars(later).all():
        row.superseded_at = func.now()
        if row.valid_from < ab:
            session.add(TenantSetting(area=AREA, content=row.content, valid_from=row.valid_from, recorded_by=who,
                                      valid_to=date.fromordinal(ab.toordinal() - 1), reason=row.reason))
    session.add(TenantSetting(area=AREA, content=asdict(new), valid_from=ab, recorded_by=who, reason=reason))
    audit.record(session, "stellenplan.einstellung", AREA,
                 asdict(new) | {"valid_from": ab.isoformat(), "vorher": before}, reason)


def _current(tag: date) -> Select[tuple[TenantSetting]]:
    return select(TenantSetting).where(
        TenantSetting.area == AREA, TenantSetting.superseded_at.is_(None), TenantSetting.valid_from <= tag,
        or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= tag))
