"""Was die Seiten der Hochrechnung zeigen: Bild, Summen je Monat, Konto und Produkt, Annahmen in Worten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from payroll.budget import kept, provisions
from payroll.budget.assumptions import Annahmen
from payroll.budget.lines import ERWARTET, GEBUNDEN
from payroll.budget.models import Hochrechnung
from payroll.web.desk.costs import WIDTH, Bar
from payroll.web.desk.whatif_reading import HEAD, HEIGHT, SHARE, WIDEST, Chart, words
from tenants.web import formats

FOOT = 20


@dataclass(frozen=True)
class Reihe:
    """Eine Zeile: gebunden, erwartet, zusammen (Cent)."""

    name: tuple[str, ...]
    gebunden: int
    erwartet: int

    @property
    def summe(self) -> int:
        """Beides zusammen."""
        return self.gebunden + self.erwartet


def by_month(row: Hochrechnung) -> list[tuple[date, int, int, int]]:
    """Je Monat Personen, gebunden, erwartet."""
    sums: dict[tuple[date, str], int] = defaultdict(int)
    for key, cents in kept.lines_of(row).items():
        sums[key[0], key[4]] += cents
    return [(month, int(count), sums[month, GEBUNDEN], sums[month, ERWARTET])
            for month, (_month, count) in zip(kept.months_of(row), row.personen, strict=True)]


def grouped(row: Hochrechnung, *places: int) -> list[Reihe]:
    """Summen nach Teilen des Schlüssels: 1 Kostenstelle, 2 Produkt, 3 Konto."""
    sums: dict[tuple[str, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for key, cents in kept.lines_of(row).items():
        sums[tuple(str(key[at]) for at in places)][key[4]] += cents
    return [Reihe(name, own[GEBUNDEN], own[ERWARTET]) for name, own in sorted(sums.items())]


def refunds(row: Hochrechnung) -> dict[str, int]:
    """Je Quelle, was sie erstattet (Cent)."""
    found: dict[str, int] = defaultdict(int)
    for _month, source, cents in row.erstattungen:
        found[source] += int(cents)
    return dict(found)


def provision_kinds(row: Hochrechnung) -> list[tuple[str, str]]:
    """Arten der Rückstellungen, die es hier gibt, mit ihrem Namen."""
    names = ((provisions.URLAUB, _("Urlaub")), (provisions.ZEIT, _("Zeitguthaben")),
             (provisions.ALTERSTEILZEIT, _("Altersteilzeit")), (provisions.SABBATICAL, _("Sabbatical")))
    held = {art for _month, art in kept.provisions_of(row)}
    return [(art, name) for art, name in names if art in held]


def total(row: Hochrechnung) -> int:
    """Alle Kosten (Cent)."""
    return sum(kept.by_month(row).values())


def chart(row: Hochrechnung, months: Sequence[date], scale: int) -> Chart | None:
    """Säulen der Kosten je Monat; scale: der höchste Monat aller nebeneinander gezeigten (Cent)."""
    if scale <= 0 or not months:
        return None
    costs = kept.by_month(row)
    slot, width = WIDTH / len(months), min(WIDTH / len(months) * SHARE, WIDEST)
    space, zero = HEIGHT - HEAD - FOOT, HEIGHT - FOOT
    bars = []
    for at, month in enumerate(months):
        cents = max(costs.get(month, 0), 0)
        height = space * cents / scale
        bars.append(Bar(month, cents, round(at * slot + (slot - width) / 2, 1), round(zero - height, 1),
                        round(width, 1), round(height, 1)))
    return Chart(bars, zero)


def highest(rows: Sequence[Hochrechnung]) -> int:
    """Der höchste Monat (Cent)."""
    return max((cents for row in rows for cents in kept.by_month(row).values()), default=0)


def assumed(held: Annahmen) -> list[str]:
    """Die Annahmen in Sätzen."""
    filling, found = held.besetzung, [words(one) for one in held.massnahmen]
    found.append(_("Wer die Regelaltersgrenze erreicht, scheidet am Ende des Monats aus") if held.ruhestand
                 else _("Niemand scheidet wegen der Regelaltersgrenze aus"))
    if filling.ab is None:
        found.append(_("Freie Stellen bleiben frei"))
    else:
        found.append(_("Freie Stellen sind ab %(day)s besetzt, neu freie nach %(months)s Monaten; Stufe %(step)s, "
                       "bei Besoldung %(official)s", day=formats.day(filling.ab), months=filling.warten,
                       step=filling.stufe, official=filling.stufe_beamte))
    if filling.stopp_ab is not None:
        found.append(_("Einstellungsstopp ab %(first)s bis %(last)s", first=formats.day(filling.stopp_ab),
                       last=formats.day(filling.stopp_bis) if filling.stopp_bis else _("auf weiteres")))
    if filling.vertretung:
        found.append(_("Beurlaubte werden vertreten"))
    for one in held.ausnahmen:
        found.append(_("Stelle %(number)s: besetzt ab %(day)s", number=one.stelle, day=formats.day(one.ab))
                     if one.ab else _("Stelle %(number)s: bleibt frei", number=one.stelle))
    return found
