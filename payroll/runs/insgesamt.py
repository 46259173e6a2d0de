"""Befunde, die nicht einen Menschen betreffen, sondern zählen: gezählt wird je Teil, gesagt wird es einmal je Lauf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from payroll.law.rules.besoldung.zahlung import ABSCHLAG_VORBEHALT

GENANNT = 20


class Zelle(NamedTuple):
    """Ein Tabellenwert, der Entwurf oder unbestätigt ist."""

    tarifwerk: str
    gruppe: str
    stufe: str
    name: str
    status: str
    law: str
    quelle: str


class Gesagtes(NamedTuple):
    """Stufe, Ursache, Datensatz, Feld, Regel, Abhilfe: ein Befund ohne Menschen."""

    stufe: str
    ursache: str
    datensatz: str
    feld: str
    regel: str
    abhilfe: str


@dataclass
class Ausgleich:
    """Wie viele am Lohnsteuer-Jahresausgleich teilnehmen, erstattet bekommen, warum andere nicht (die ersten genannt).
    """

    teilnahme: int = 0
    erstattet: int = 0
    anzahl: Counter[str] = field(default_factory=Counter)
    genannt: dict[str, list[str]] = field(default_factory=dict)

    def exclude(self, grund: str, personalnummern: list[str]) -> None:
        """Zählt Ausgeschlossene; von ihnen bleiben die ersten Nummern."""
        self.anzahl[grund] += len(personalnummern)
        self.genannt[grund] = sorted([*self.genannt.get(grund, ()), *personalnummern])[:GENANNT]

    def add(self, other: Ausgleich) -> None:
        """Zählt einen anderen Teil dazu."""
        self.teilnahme, self.erstattet = self.teilnahme + other.teilnahme, self.erstattet + other.erstattet
        self.anzahl.update(other.anzahl)
        for grund, found in other.genannt.items():
            self.genannt[grund] = sorted([*self.genannt.get(grund, ()), *found])[:GENANNT]

    def findings(self, year: int) -> Iterator[Gesagtes]:
        """Die Befunde dazu."""
        head = ("hinweis", "jahresausgleich", f"Lohnsteuer-Jahresausgleich {year}", "jahresausgleich")
        yield Gesagtes(
            *head, regel=f"{self.teilnahme} Beschäftigungen nehmen teil, {self.erstattet} bekommen eine Erstattung "
            "(§ 42b EStG)",
            abhilfe="nichts zu tun; die Erstattung steht auf der Abrechnung und mindert die Lohnsteuer-Anmeldung")
        for text, count in sorted(self.anzahl.items()):
            yield Gesagtes(*head, regel=f"ausgeschlossen: {text}, {count} {'Fall' if count == 1 else 'Fälle'}: "
                           f"{_named(self.genannt[text], count)}",
                           abhilfe="nichts zu tun; wer will, beantragt die Veranlagung")


@dataclass
class Insgesamt:
    """Was ein Lauf oder ein Teil von ihm zählt; Teile zusammengezählt ergeben dasselbe wie der ganze Lauf.

    gerechnet: ob jemand abgerechnet wird; ohne_u2, unbestaetigt: Fälle je Krankenkasse; skalen: Zeitabschnitte je
    Besoldungsordnung ohne bekannten Abschlag; vorbehalt: Menschen und Cent unter Vorbehalt; urlaub: Zeiträume.
    """

    gerechnet: bool = False
    ohne_u2: Counter[str] = field(default_factory=Counter)
    unbestaetigt: Counter[str] = field(default_factory=Counter)
    zellen: Counter[Zelle] = field(default_factory=Counter)
    skalen: Counter[str] = field(default_factory=Counter)
    vorbehalt: Counter[str] = field(default_factory=Counter)
    urlaub: int = 0
    urlaub_ab: date | None = None
    ausgleich: Ausgleich | None = None

    def add(self, other: Insgesamt) -> None:
        """Zählt einen anderen Teil desselben Laufs dazu."""
        self.gerechnet |= other.gerechnet
        for name in ("ohne_u2", "unbestaetigt", "zellen", "skalen", "vorbehalt"):
            getattr(self, name).update(getattr(other, name))
        self.urlaub += other.urlaub
        self.urlaub_ab = min((day for day in (self.urlaub_ab, other.urlaub_ab) if day is not None), default=None)
        if other.ausgleich is not None:
            self.ausgleich = self.ausgleich or Ausgleich()
            self.ausgleich.add(other.ausgleich)

    def findings(self, month: date) -> Iterator[Gesagtes]:
        """Die Befunde daraus, in fester Reihenfolge."""
        yield from without_u2(month, self.ohne_u2)
        yield from self._cells()
        if self.vorbehalt["menschen"]:
            yield Gesagtes("hinweis", "recht", f"Besoldung {month:%m/%Y}", "abschlag_auf_entwurf",
                           f"{ABSCHLAG_VORBEHALT}: {self.vorbehalt['menschen']} Personen, zusammen "
                           f"{_euro(self.vorbehalt['cent'])}",
                           "Nach der Verkündung die Einstellung zurücknehmen; die Rückrechnung gleicht aus")
        yield from self._scales(month)
        for name, count in sorted(self.unbestaetigt.items()):
            yield Gesagtes("hinweis", "recht", f"Krankenkasse {name}", "zusatzbeitrag",
                           f"Der Satz für {month:%m/%Y} ist nicht bestätigt (§ 242 SGB V), {count} Fälle",
                           "Satz mit der Satzung der Kasse vergleichen und mit Quelle erfassen")
        if self.ausgleich is not None:
            yield from self.ausgleich.findings(month.year)
        if self.urlaub and self.urlaub_ab is not None:
            yield Gesagtes("warnung", "auffaellig", "Zeitdateien", "fehlzeit",
                           f"Über Urlaub aus Zeitdateien ist noch nicht entschieden: {self.urlaub} Zeiträume, der "
                           f"früheste ab {self.urlaub_ab:%d.%m.%Y}; ohne Entscheidung hat er keinen "
                           "Tagesdurchschnitt (§ 21 TVöD)", "als Fehlzeit übernehmen oder verwerfen, dann neu rechnen")

    def _cells(self) -> Iterator[Gesagtes]:
        """Tabellenwerte; einer je Wert, nicht je Person."""
        for cell, count in sorted(self.zellen.items()):
            yield Gesagtes("hinweis", "recht", f"Tabellenwert {cell.name}", "entgelttabelle",
                           f"Stand „{cell.status}“ ({cell.law}; Quelle: {cell.quelle}), {count} Zeitabschnitte",
                           "Wert vor der Freigabe mit der verkündeten Tabelle vergleichen")

    def _scales(self, month: date) -> Iterator[Gesagtes]:
        """Besoldungsordnungen, deren Abschlag auf den Entwurf hier niemand kennt, während andere ihn erhalten."""
        for scale, count in sorted(self.skalen.items()):
            yield Gesagtes("warnung", "recht", f"Besoldung {scale} {month:%m/%Y}", "abschlag_auf_entwurf",
                           f"Für {scale} ist kein Betrag nach dem Gesetzentwurf bekannt; {count} Zeitabschnitte sind "
                           "ohne Abschlag nach der geltenden Tabelle gerechnet",
                           "Beträge aus dem Runderlass als Tabelle erfassen oder ohne Abschlag freigeben")


def without_u2(month: date, funds: Counter[str]) -> Iterator[Gesagtes]:
    """Kassen ohne Satz der Umlage U2; einer je Kasse."""
    for name, count in sorted(funds.items()):
        yield Gesagtes("warnung", "stammdaten", f"Krankenkasse {name or 'ohne Angabe'}", "u2_satz",
                       f"Umlagesatz U2 für {month:%m/%Y} fehlt, {count} Fälle werden ohne Umlage gerechnet (§ 7 AAG)",
                       "Satz der Kasse mit Quelle erfassen und neu rechnen")


def _named(who: list[str], count: int) -> str:
    """Personalnummern, die ersten."""
    return ", ".join(who) + (f" und {count - len(who)} weitere" if count > len(who) else "")


def _euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02d} €"
