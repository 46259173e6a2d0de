"""Absences as stretches of days: pay or none, what takes its place, insured or not, and what they do elsewhere.

An absence is a fact (:class:`Fehlzeit`); :func:`abschnitte` cuts it where the law changes its effect: after six weeks
of sickness (§ 22 TVöD), at the end of the benefit, at the end of the month of § 7 Abs. 3 SGB IV.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from payroll.law.rules.entgelt.krankheit import FORTZAHLUNG, ZUSCHUSS, krankenbezuege
from payroll.law.rules.entgelt.laufzeit import Zeitraum, monatsfrist
from payroll.law.rules.entgelt.werte import zahl

DAY = timedelta(days=1)
MUTTERSCHUTZ, OHNE, ENTGELT = "mutterschutz", "ohne_entgelt", "entgelt"
ENTSCHAEDIGUNG, BEHOERDE = "entschaedigung", "entschaedigung_behoerde"


@dataclass(frozen=True)
class Art:
    """What a kind of absence does.

    ohne_entgelt: status without pay in it. versichert: "ja", "nein" (from the first day), "monat" (§ 7 Abs. 3 SGB IV).
    grund: reason for the annual bonus. stufe: kind of interruption for steps. recht: the law.
    """

    titel: str
    ohne_entgelt: tuple[str, ...]
    versichert: str
    grund: str
    stufe: str
    recht: str


ALLE = ("tarif", "beamte", "auszubildende", "minijob")
TARIF = ("tarif", "auszubildende", "minijob")
ARTEN: dict[str, Art] = {
    "krankheit": Art("Krankheit", TARIF, "nein", "krankheit_ohne_bezuege", "krankheit", "§ 22 TVöD"),
    "kind_krank": Art("Krankheit des Kindes", TARIF, "nein", "sonstige", "sonstige", "§ 45 SGB V"),
    "mutterschutz": Art("Mutterschutzfrist", TARIF, "nein", "mutterschutz", "mutterschutz", "§ 3 MuSchG"),
    "beschaeftigungsverbot": Art("Beschäftigungsverbot", (), "ja", "sonstige", "mutterschutz", "§ 18 MuSchG"),
    "elternzeit": Art("Elternzeit", ALLE, "nein", "elternzeit", "elternzeit", "§ 15 BEEG"),
    "elternzeit_teilzeit": Art("Elternzeit mit Teilzeitarbeit", (), "ja", "sonstige", "bezahlter_urlaub",
                               "§ 15 Abs. 4 BEEG"),
    "sonderurlaub": Art("Sonderurlaub ohne Entgelt", ALLE, "monat", "sonderurlaub", "sonderurlaub", "§ 28 TVöD"),
    "sonderurlaub_dienstlich": Art("Sonderurlaub im dienstlichen Interesse", ALLE, "monat", "sonderurlaub",
                                   "sonderurlaub_dienstlich", "§ 28, § 17 Abs. 3 TVöD"),
    "pflegezeit": Art("Pflegezeit", ALLE, "nein", "sonstige", "sonstige", "§ 3 PflegeZG"),
    "pflege_kurz": Art("Kurzzeitige Pflege", TARIF, "nein", "sonstige", "sonstige", "§ 2 PflegeZG"),
    "streik": Art("Streik", TARIF, "monat", "sonstige", "sonstige", "Art. 9 Abs. 3 GG"),
    "unentschuldigt": Art("Unentschuldigtes Fehlen", ALLE, "monat", "sonstige", "sonstige", "§ 326 BGB"),
    "rente_auf_zeit": Art("Rente auf Zeit, Arbeitsverhältnis ruht", TARIF, "monat", "sonstige", "sonstige",
                          "§ 33 Abs. 2 TVöD"),
    "freistellung": Art("Freistellung mit Entgelt", (), "ja", "sonstige", "bezahlter_urlaub", "§ 29 TVöD"),
    "altersteilzeit": Art("Freistellungsphase der Altersteilzeit", (), "ja", "sonstige", "bezahlter_urlaub",
                          "TV FlexAZ"),
    "absonderung": Art("Absonderung (Quarantäne)", TARIF, "ja", "sonstige", "sonstige", "§ 56 Abs. 1 Satz 2 IfSG"),
    "taetigkeitsverbot": Art("Tätigkeitsverbot nach dem Infektionsschutzgesetz", TARIF, "ja", "sonstige", "sonstige",
                             "§ 56 Abs. 1 Satz 1 IfSG"),
    "urlaub": Art("Erholungsurlaub (für den Tagesdurchschnitt)", (), "ja", "sonstige", "bezahlter_urlaub",
                  "§§ 21, 26 TVöD"),
}
INFEKTION = ("absonderung", "taetigkeitsverbot")
WITH_AVERAGE = ("krankheit", "freistellung", "urlaub")


@dataclass(frozen=True)
class Fehlzeit(Zeitraum):
    """An absence. kette: sicknesses with the same number have the same cause; vorerkrankungstage: days of it before.

    krankengeld_bis: last day of sickness benefit (None = not known). kind_geboren_am: the child of parental leave.
    """

    art: str = "krankheit"
    kette: int | None = None
    vorerkrankungstage: int = 0
    krankengeld_bis: date | None = None
    kind_geboren_am: date | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.art not in ARTEN:
            raise ValueError(f"art: {self.art!r} gibt es nicht; erlaubt: {', '.join(ARTEN)}")


@dataclass(frozen=True)
class Abschnitt(Zeitraum):
    """Days of one effect. leistung: "entgelt", "krankengeldzuschuss", "mutterschutz", "entschaedigung" (paid by the
    employer for the authority), "entschaedigung_behoerde" (paid by the authority itself) or "ohne_entgelt".

    seit: first day of the absence where this stretch continues an earlier one of the same event."""

    art: str = "krankheit"
    leistung: str = ENTGELT
    versichert: bool = True
    grund: str = "sonstige"
    text: str = ""
    seit: date | None = field(default=None, compare=False)

    @property
    def bezahlt(self) -> bool:
        """True for days with pay."""
        return self.leistung == ENTGELT


def abschnitte(fehlzeiten: Iterable[Fehlzeit], status: str, beschaeftigt_seit: date, *,
               krankengeld: bool = True) -> list[Abschnitt]:
    """All stretches in order. krankengeld: the sick person is insured with a claim to statutory sickness benefit."""
    spans = _joined(fehlzeiten)
    found: list[Abschnitt] = []
    for one in spans:
        if one.art == "krankheit" and status in TARIF:
            found += _sickness(one, spans, status, beschaeftigt_seit, krankengeld)
        else:
            found += _plain(one, status)
    return found


def _joined(fehlzeiten: Iterable[Fehlzeit]) -> list[Fehlzeit]:
    """Facts of the same absence in pieces are one absence."""
    found: list[Fehlzeit] = []
    for one in sorted(fehlzeiten, key=lambda span: span.von):
        last = found[-1] if found else None
        if last is not None and last.bis + DAY == one.von and (last.art, last.kette) == (one.art, one.kette):
            found[-1] = replace(last, bis=one.bis, krankengeld_bis=one.krankengeld_bis or last.krankengeld_bis)
        else:
            found.append(one)
    return found


def _plain(one: Fehlzeit, status: str) -> list[Abschnitt]:
    kind = ARTEN[one.art]
    if status not in kind.ohne_entgelt:
        return [Abschnitt(one.von, one.bis, one.art, text=f"{kind.titel} mit Entgelt ({kind.recht})")]
    if one.art in INFEKTION:
        return _compensated(one, status)
    leistung = MUTTERSCHUTZ if one.art == "mutterschutz" else OHNE
    text = f"{kind.titel} ohne Entgelt ({kind.recht})"
    base = Abschnitt(one.von, one.bis, one.art, leistung, kind.versichert == "ja", kind.grund, text)
    if one.art == "elternzeit" and one.kind_geboren_am is not None:
        return _birth_year(base, date(one.kind_geboren_am.year, 12, 31))
    return _one_month(base) if kind.versichert == "monat" else [base]


def _compensated(one: Fehlzeit, status: str) -> list[Abschnitt]:
    """Six weeks paid by the employer, then by the authority (§ 56 Abs. 5 IfSG); trainees keep their pay first."""
    kind = ARTEN[one.art]
    until = one.von + DAY * (zahl("ifsg_auszahlung_tage", one.von) - 1)
    if status == "auszubildende":
        first = Abschnitt(one.von, one.bis, one.art, ENTGELT, True, kind.grund,
                          f"{kind.titel}: Vergütung sechs Wochen fortgezahlt (§ 19 Abs. 1 Nr. 2 BBiG)")
    else:
        first = Abschnitt(one.von, one.bis, one.art, ENTSCHAEDIGUNG, True, kind.grund,
                          f"{kind.titel}: Entschädigung für die Behörde gezahlt ({kind.recht}, Abs. 5)")
    if one.bis <= until:
        return [first]
    later = replace(first, von=until + DAY, leistung=BEHOERDE, seit=one.von,
                    text=f"{kind.titel}: ab der siebten Woche zahlt die Behörde auf Antrag (§ 56 Abs. 2, 5 IfSG)")
    return [replace(first, bis=until), later]


def _birth_year(base: Abschnitt, end: date) -> list[Abschnitt]:
    """Parental leave until the end of the year of birth does not reduce the annual bonus (§ 20 Abs. 4 Satz 2)."""
    within = replace(base, grund="elternzeit_geburtsjahr")
    if base.bis <= end:
        return [within]
    return [base] if base.von > end else [replace(within, bis=end), replace(base, von=end + DAY)]


def _one_month(base: Abschnitt) -> list[Abschnitt]:
    """Insured for one month after the last day with pay or benefit (§ 7 Abs. 3 Satz 1 SGB IV, § 26 Abs. 1 SGB X)."""
    until = monatsfrist(base.von)
    note = f"; versichert bis {until:%d.%m.%Y} (§ 7 Abs. 3 SGB IV)"
    within = replace(base, versichert=True, text=base.text + note)
    if base.bis <= until:
        return [within]
    return [replace(within, bis=until), replace(base, von=until + DAY, versichert=False)]


def _sickness(one: Fehlzeit, spans: Sequence[Fehlzeit], status: str, since: date,
              benefit: bool) -> list[Abschnitt]:
    kind = ARTEN["krankheit"]
    found: list[Abschnitt] = []
    for claim in krankenbezuege(Zeitraum(one.von, one.bis), since, fruehere=_earlier(one, spans)):
        paid = claim.art == FORTZAHLUNG
        supplement = claim.art == ZUSCHUSS and status != "auszubildende"
        leistung = ENTGELT if paid else ZUSCHUSS if supplement else OHNE
        piece = Abschnitt(claim.von, claim.bis, "krankheit", leistung, paid,
                          "krankengeldzuschuss" if supplement else kind.grund, claim.grund)
        found += _after_benefit(piece, one.krankengeld_bis, benefit)
    return found


def _after_benefit(piece: Abschnitt, last: date | None, benefit: bool) -> list[Abschnitt]:
    """With the benefit its supplement ends, and the month of § 7 Abs. 3 SGB IV begins; without benefit at once."""
    if piece.bezahlt:
        return [piece]
    if not benefit:
        return _one_month(piece)
    if last is None or piece.bis <= last:
        return [piece]
    without = replace(piece, von=last + DAY, leistung=OHNE, grund=ARTEN["krankheit"].grund,
                      text=f"Krankengeld endete am {last:%d.%m.%Y}")
    before = [replace(piece, bis=last)] if piece.von <= last else []
    return before + [replace(one, von=max(one.von, piece.von)) for one in _one_month(without) if one.bis >= piece.von]


def _earlier(one: Fehlzeit, spans: Sequence[Fehlzeit]) -> list[Zeitraum]:
    """Earlier sicknesses of the same cause; days from before the takeover stand right before this one."""
    chain: list[Zeitraum] = []
    if one.kette is not None:
        chain = [Zeitraum(other.von, other.bis) for other in spans
                 if other.art == "krankheit" and other.kette == one.kette and other.bis < one.von]
    if one.vorerkrankungstage:
        chain.append(Zeitraum(one.von - DAY * (one.vorerkrankungstage + 1), one.von - DAY * 2))
    return chain
