"""Zwei Stände nebeneinander: je Monat und Beschäftigung, was sich ändert, alt und neu."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from payroll.runs.retro import Buchung
from payroll.runs.retro.booking import TEXTS
from payroll.runs.values import TITLES
from payroll.runs.wirkung.stand import MonatStand, Stand

HAUPT = ("gesamtbrutto", "netto", "auszahlung", "ag_kosten")


@dataclass(frozen=True)
class Wert:
    """Ein Wert oder eine Zeile der Abrechnung, Cent vorher und nachher."""

    name: str
    text: str
    alt: int
    neu: int

    @property
    def differenz(self) -> int:
        """Nachher weniger vorher."""
        return self.neu - self.alt


@dataclass(frozen=True)
class Monatswirkung:
    """Ein Monat einer Beschäftigung.

    geschlossen: die Unterschiede bucht der nächste Lauf; ursachen nennt dann die Tatsachen. hinweis: warum nichts
    gebucht wird. haupt: Gesamtbrutto, Netto, Auszahlung, Kosten, auch unverändert; werte und zeilen: was sich ändert.
    """

    monat: date
    beschaeftigung_id: int
    geschlossen: bool
    haupt: tuple[Wert, ...]
    werte: tuple[Wert, ...]
    zeilen: tuple[Wert, ...]
    ursachen: tuple[str, ...] = ()
    hinweis: str = ""
    art: str = ""

    @property
    def leer(self) -> bool:
        """Ob sich in diesem Monat nichts ändert."""
        return not (self.werte or self.zeilen or self.hinweis)


def compare(before: Stand, after: Stand) -> list[Monatswirkung]:
    """Abgeschlossene Monate, in denen sich etwas ändert, und alle offenen; nach Beschäftigung und Monat."""
    found = [one for number in sorted({*before.zurueck, *after.zurueck})
             for one in _closed(number, before.zurueck.get(number, []), after.zurueck.get(number, []))]
    found += [_open(month, number, before.offen.get((month, number), MonatStand()),
                    after.offen.get((month, number), MonatStand()))
              for month, number in sorted({*before.offen, *after.offen})]
    return sorted(found, key=lambda one: (one.beschaeftigung_id, one.monat, not one.geschlossen))


def _closed(number: int, before: list[Buchung], after: list[Buchung]) -> list[Monatswirkung]:
    old, new = ({(one.monat, one.art): one for one in own} for own in (before, after))
    found = []
    for month, art in sorted({*old, *new}):
        one = _of_closed(number, month, art, old.get((month, art)), new.get((month, art)))
        if not one.leer:
            found.append(one)
    return found


def _of_closed(number: int, month: date, art: str, old: Buchung | None, new: Buchung | None) -> Monatswirkung:
    pairs: dict[tuple[str, str, str], list[Any]] = {}
    for place, booking in ((2, old), (3, new)):
        for item in booking.posten if booking else ():
            key = (item.bereich, item.name, item.merkmale)
            held = pairs.setdefault(key, [item.name, item.text, item.alt, item.alt])
            held[place] = item.neu
    items = {key: Wert(*held) for key, held in pairs.items()}
    changed = {key: one for key, one in items.items() if one.differenz}
    values = {key[1]: one for key, one in changed.items() if key[0] == "wert"}
    reason = (new.grund or "") if art == "offen" and new is not None else ""
    if old is not None and new is not None and old.grund == new.grund:
        reason = ""
    causes = tuple(dict.fromkeys(cause.titel for one in (new, old) if one for cause in one.ursachen))
    return Monatswirkung(
        month, number, geschlossen=True, haupt=tuple(values[name] for name in HAUPT if name in values),
        werte=tuple(values.values()), zeilen=tuple(one for key, one in changed.items() if key[0] != "wert"),
        ursachen=causes, hinweis=reason, art=art)


def _open(month: date, number: int, old: MonatStand, new: MonatStand) -> Monatswirkung:
    main = [Wert(name, TITLES[name], old.werte.get(name, 0), new.werte.get(name, 0)) for name in HAUPT]
    main.append(Wert("zahlbetrag", "Zahlbetrag", old.zahlbetrag, new.zahlbetrag))
    values = [Wert(name, TEXTS[name], old.werte.get(name, 0), new.werte.get(name, 0))
              for name in TITLES if old.werte.get(name, 0) != new.werte.get(name, 0)]
    if old.zahlbetrag != new.zahlbetrag:
        values.append(main[-1])
    if old.uebertrag != new.uebertrag:
        values.append(Wert("uebertrag", "Bleibt offen für den nächsten Monat", old.uebertrag, new.uebertrag))
    lines = []
    for key in dict.fromkeys((*old.zeilen, *new.zeilen)):
        text = (new.zeilen.get(key) or old.zeilen[key])[0]
        one = Wert(key[1], f"{text}, {key[2]}" if key[2] else text, old.zeilen.get(key, ("", 0))[1],
                   new.zeilen.get(key, ("", 0))[1])
        if one.differenz:
            lines.append(one)
    return Monatswirkung(month, number, geschlossen=False, haupt=tuple(main), werte=tuple(values), zeilen=tuple(lines))
