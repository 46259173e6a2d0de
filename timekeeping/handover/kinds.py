"""Lohnarten, deren Stunden oder Tage der Tarif bepreist, und was eine Menge ohne Uhrzeit für § 3b EStG gilt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from timekeeping.rules.premiums import STEUER_NACHT, STEUER_TAG, relief_of_day

MINUTEN, TAGE, BETRAG = "minuten", "tage", "betrag"
EINHEITEN = (MINUTEN, TAGE, BETRAG)
KLASSE_BETRAG = 9
HINTERLEGT = "hinterlegt"  # the rate of an hour is the one the employer entered
NOON = 12


@dataclass(frozen=True)
class Art:
    """Preis einer Lohnart: satz nennt den Stundensatz, faktor sein Vielfaches (Tagespauschale), zuschlag die Art des
    Zeitzuschlags (leer: keiner, nie steuerfrei)."""

    text: str
    satz: str
    recht: str
    zuschlag: str = ""
    faktor: int = 1
    einheit: str = MINUTEN


ARTEN: dict[int, Art] = {
    1009: Art("Stundenentgelt", "eigen", "§ 24 Abs. 3 TVöD"),
    1105: Art("Wechselschichtzulage je Stunde", "wechselschicht", "§ 8 Abs. 5 Satz 2 TVöD"),
    1106: Art("Schichtzulage je Stunde", "schicht", "§ 8 Abs. 6 Satz 2 TVöD"),
    1200: Art("Nachtarbeit", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. b TVöD", "nacht"),
    1201: Art("Sonntagsarbeit", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. c TVöD", "sonntag"),
    1202: Art("Feiertagsarbeit ohne Freizeitausgleich", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. d TVöD",
              "feiertag_ohne"),
    1203: Art("Feiertagsarbeit mit Freizeitausgleich", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. d TVöD", "feiertag_mit"),
    1204: Art("Arbeit am 24. Dezember ab 6 Uhr", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. e TVöD", "vorfest"),
    1205: Art("Arbeit am 31. Dezember ab 6 Uhr", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. e TVöD", "vorfest"),
    1206: Art("Samstagsarbeit 13 bis 21 Uhr", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. f TVöD", "samstag"),
    1207: Art("Zuschlag für Überstunden", "zuschlag", "§ 8 Abs. 1 Satz 2 Buchst. a TVöD", "ueberstunden"),
    1300: Art("Überstunden", "ueberstunde", "§ 8 Abs. 1 Satz 1, § 7 Abs. 7 TVöD"),
    1301: Art("Mehrarbeit", "eigen", "§ 8 Abs. 2 TVöD"),
    1302: Art("Auszahlung Arbeitszeitkonto", "eigen", "§ 10 TVöD"),
    1303: Art("Rufbereitschaft Montag bis Freitag", "eigen", "§ 8 Abs. 3 Satz 2 bis 4 TVöD", faktor=2, einheit=TAGE),
    1304: Art("Rufbereitschaft Samstag, Sonntag, Feiertag", "eigen", "§ 8 Abs. 3 Satz 2 bis 4 TVöD", faktor=4,
              einheit=TAGE),
    1305: Art("Rufbereitschaft unter zwölf Stunden", "rufbereitschaft", "§ 8 Abs. 3 Satz 8 bis 10 TVöD"),
    1306: Art("Inanspruchnahme in Rufbereitschaft", "ueberstunde", "§ 8 Abs. 3 Satz 5 und 6 TVöD"),
    1307: Art("Überstundenzuschlag der Inanspruchnahme", "zuschlag", "§ 8 Abs. 3 Satz 5 und 6 TVöD", "ueberstunden"),
    1308: Art("Bereitschaftsdienst", HINTERLEGT, "§ 9 TVöD, § 8.1 TVöD-BT-K"),
    1309: Art("Nachtzuschlag im Bereitschaftsdienst", HINTERLEGT, "§ 8.1 TVöD-BT-K", "nacht"),
    1311: Art("Einsatz außerhalb der Arbeitszeit", HINTERLEGT, "§ 8 TVöD, Dienstvereinbarung"),
    1400: Art("Erschwerniszuschlag", HINTERLEGT, "§ 19 TVöD, landesbezirklicher Tarifvertrag"),
    1401: Art("Schmutz- und Gefahrenzuschlag", HINTERLEGT, "§ 19 TVöD, landesbezirklicher Tarifvertrag"),
    1402: Art("Taucher-, Höhen- und Atemschutzzuschlag", HINTERLEGT, "§ 19 TVöD, landesbezirklicher Tarifvertrag"),
}
BEGUENSTIGT = ("nacht", "sonntag", "feiertag_ohne", "feiertag_mit", "vorfest")
PFLICHTIGER_TEIL = 1209


def lohnart_of(kind: str, day: date) -> int:
    """Lohnart eines Zeitzuschlags, der aus Uhrzeiten entsteht."""
    if kind == "vorfest":
        return 1204 if day.day == 24 else 1205
    return {"nacht": 1200, "sonntag": 1201, "feiertag_ohne": 1202, "feiertag_mit": 1203, "samstag": 1206}[kind]


def klasse_of(art: Art, day: date | None) -> int:
    """Begünstigung von Stunden ohne Uhrzeit: 25 % für Nacht, nach dem Tag für Sonn- und Feiertage; sonst keine.

    Arbeit am 24. und 31. Dezember ist erst ab 14 Uhr begünstigt; ohne Uhrzeit ist das nicht nachgewiesen
    (§ 3b Abs. 1 EStG, R 3b Abs. 6 LStR). day leer: die Angabe gilt für einen Monat, es zählt die Art.
    """
    if art.zuschlag == "nacht":
        return STEUER_NACHT.index("nacht")
    if art.zuschlag == "sonntag" and day is None:
        return STEUER_TAG.index("sonntag")
    if art.zuschlag in ("feiertag_ohne", "feiertag_mit") and day is None:
        return STEUER_TAG.index("feiertag")
    if art.zuschlag in ("sonntag", "feiertag_ohne", "feiertag_mit") and day is not None:
        return STEUER_TAG.index(relief_of_day(day, NOON))
    return 0
