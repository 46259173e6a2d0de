"""Was sich geändert hat und warum, über mehrere Arbeitgeber: ausgewählt nach Ursache und Betrag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from payroll.runs.wandel.anteile import ARTEN, Anteil, Wandel
from payroll.runs.wandel.lesen import of_month
from tenants import audit
from tenants.db.session import TenantSession

HEADER = ("Arbeitgeber", "Personalnummer", "Name", "Art", "Ursache", "Vorher", "Nachher", "Wirkung", "Belege")


@dataclass(frozen=True)
class Auswahl:
    """Art der Ursache (leer: alle) und Mindestbetrag ihrer Wirkung in Cent."""

    art: str = ""
    mindestens: int = 0

    def takes(self, share: Anteil) -> bool:
        """Ob eine Ursache dazugehört."""
        return self.art in ("", share.art) and abs(share.wirkung) >= self.mindestens


@dataclass(frozen=True)
class Eintrag:
    """Eine Ursache bei einem Menschen eines Arbeitgebers."""

    arbeitgeber: str
    wandel: Wandel
    anteil: Anteil

    def plain(self) -> tuple[str, ...]:
        """Texte der Zeile nach HEADER, ohne die Wirkung (Cent stehen in anteil.wirkung)."""
        share = self.anteil
        return (self.arbeitgeber, self.wandel.personalnummer, self.wandel.name, ARTEN[share.art], share.titel,
                share.vorher, share.nachher)

    @property
    def belege(self) -> str:
        """Alle Belege in einem Text."""
        return "; ".join(" ".join(filter(None, (one.text, f"{one.ab:%d.%m.%Y}" if one.ab else "", one.wer, one.grund)))
                         for one in self.anteil.belege)


@dataclass(frozen=True)
class Summe:
    """Ein Arbeitgeber: verglichene Abrechnungen, Unterschied der Auszahlung, was keiner Ursache zugeordnet ist."""

    arbeitgeber: str
    abrechnungen: int
    unterschied: int
    rest: int


def of_employer(session: TenantSession, name: str, month: date, chosen: Auswahl) -> tuple[Summe, list[Eintrag]]:
    """Ein Arbeitgeber gegenüber dem Vormonat; ohne zwei gerechnete Monate nichts. Das Lesen steht im Protokoll."""
    found = of_month(session, month)
    audit.record_reading(session, "lauf.aenderungen_gelesen", f"lauf:{month:%Y-%m}", {"anzahl": len(found)})
    return (Summe(name, len(found), sum(one.unterschied for one in found), sum(abs(one.rest) for one in found)),
            list(_entries(found, name, chosen)))


def _entries(found: Iterable[Wandel], name: str, chosen: Auswahl) -> Iterator[Eintrag]:
    for one in found:
        for share in one.anteile:
            if chosen.takes(share):
                yield Eintrag(name, one, share)
