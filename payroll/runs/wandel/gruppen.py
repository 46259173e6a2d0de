"""Die Eingaben nach Arten und wie ein Unterschied in Worten heißt."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from payroll.law import encode, tongue
from payroll.law.engine.figures import value_text
from payroll.law.tongue import say

BEITRAEGE = ("beitragsgruppe_kv", "beitragsgruppe_rv", "beitragsgruppe_av", "beitragsgruppe_pv")
GRUPPEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kasse", ("zusatzbeitrag", "vorjahr_zusatzbeitrag", "u2_satz")),
    ("versicherung", ("kv_art", *BEITRAEGE, "personengruppe", "pkv_beitrag_monat", "ppv_beitrag_monat", "sachsen",
                      "sv_ost", "pkv_ohne_krankengeld", "anderweitig_rentenversichert", "dienst_nach_beschaeftigung",
                      "individuell_besteuert", "pauschal_20", "kurzfristig_pauschal", "weiteres_entgelt")),
    ("kinder", ("kinderlos", "kinder_unter_25")),
    ("steuer", ("steuerklasse", "faktor", "kinderfreibetraege", "konfession", "bundesland_kirche", "freibetrag_monat",
                "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "pkv_basis_monat", "aktivrente")),
    ("zusatzversorgung", ("zusatzversorgung", "zv_umlage_satz", "zv_an_satz", "zv_sanierungsgeld_satz",
                          "zv_pauschal_grenze", "zv_verfahren", "zv_kist_verfahren")),
    ("person", ("geburtsdatum",)),
)
SPANNE = ("status", "von_tag", "bis_tag")
NEBEN = ("entgeltumwandlung", "umwandlung_zuschuss", "sachbezuege", "geldleistungen",
         "nebenleistungen_steuerpflichtig", "nebenleistungen_sv_pflichtig", "pauschalsteuern_nebenleistungen",
         "pauschalsteuern_an", "umwandlung_verfahren")
ZIELE = ("brutto", "zv_frei", "zulagen", "vwl_ag", "steuerfreie_bezuege", "einmalzahlung", "sonstige_abzuege",
         "vwl_sparbetrag")


def euro(cents: int) -> str:
    """1.234,56 €."""
    whole, rest = divmod(abs(cents), 100)
    return tongue.money(f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{rest:02d}", " ")


def percent(millionths: int) -> str:
    """2,9 % aus 29000 Millionsteln."""
    whole, rest = divmod(millionths, 10_000)
    return tongue.share(f"{whole}" + (f",{rest:04d}".rstrip("0") if rest else ""), " ")


def hours(hundredths: int) -> str:
    """39 oder 19,5."""
    whole, rest = divmod(hundredths, 100)
    return tongue.figure(f"{whole}" + (f",{rest:02d}".rstrip("0") if rest else ""))


def _tenths(value: int) -> str:
    return tongue.figure(f"{value // 10},{value % 10}")


def _factor(value: int) -> str:
    return tongue.figure(f"0,{value:03d}") if value else say("keiner")


def _yes(value: int) -> str:
    return say("ja") if value else say("nein")


def _one_of(names: tuple[str, ...]) -> Callable[[int], str]:
    return lambda code: say(names[code])


def _of_hours(value: int) -> str:
    return say("%(hours)s Stunden", hours=hours(value))


def _day(value: int) -> str:
    return value_text(Fraction(value), "Count", "datum") if value else say("nicht angegeben")


class Wort(NamedTuple):
    """Name einer Eingabe, ihr Geschlecht für „Ihr/Ihre“ und wie ihr Wert geschrieben wird."""

    titel: str
    ihr: str
    wert: Callable[[int], str]


OPEN = "offen"
ROSE = "%(whose)s %(what)s stieg von %(before)s auf %(after)s."
FELL = "%(whose)s %(what)s sank von %(before)s auf %(after)s."
NOW = "%(whose)s %(what)s ist jetzt %(after)s (vorher %(before)s)."
CHURCH = {"keine": "keine", "ev": "evangelisch", "rk": "römisch-katholisch"}
WORTE: dict[str, Wort] = {
    "zusatzbeitrag": Wort("Zusatzbeitrag der Krankenkasse", "Ihr", percent),
    "vorjahr_zusatzbeitrag": Wort("Zusatzbeitrag im Dezember des Vorjahres", "Ihr", percent),
    "u2_satz": Wort("Umlage U2 der Krankenkasse", "Die", percent),
    "kv_art": Wort("Krankenversicherung", "Ihre", _one_of(encode.KV_ARTEN)),
    **{name: Wort(f"Beitragsgruppe {name[-2:].upper()}", "Ihre", str) for name in BEITRAEGE},
    "personengruppe": Wort("Personengruppe", "Ihre", str),
    "pkv_beitrag_monat": Wort("Beitrag zur privaten Krankenversicherung", "Ihr", euro),
    "ppv_beitrag_monat": Wort("Beitrag zur privaten Pflegeversicherung", "Ihr", euro),
    "sachsen": Wort("Beschäftigungsort in Sachsen", "Ihr", _yes),
    "weiteres_entgelt": Wort("Entgelt aus anderen Beschäftigungen", "Ihr", euro),
    "kinderlos": Wort("Zuschlag für Kinderlose in der Pflegeversicherung", "Ihr", _yes),
    "kinder_unter_25": Wort("Zahl der Kinder unter 25 in der Pflegeversicherung", "Die", str),
    "pauschal_20": Wort("pauschale Lohnsteuer von 20 %", "Die", _yes),
    "kurzfristig_pauschal": Wort("pauschale Lohnsteuer von 25 %", "Die", _yes),
    "steuerklasse": Wort("Steuerklasse", "Ihre", str),
    "faktor": Wort("Faktor", "Ihr", _factor),
    "kinderfreibetraege": Wort("Zähler der Kinderfreibeträge", "Ihr", _tenths),
    "konfession": Wort("Kirchensteuermerkmal", "Ihr", lambda code: say(CHURCH[encode.KONFESSIONEN[code]])),
    "bundesland_kirche": Wort("Land der Kirchensteuer", "Das", _one_of(encode.LAENDER)),
    "freibetrag_monat": Wort("Freibetrag im Monat", "Ihr", euro),
    "hinzurechnung_monat": Wort("Hinzurechnungsbetrag im Monat", "Ihr", euro),
    "freibetrag_jahr": Wort("Freibetrag im Jahr", "Ihr", euro),
    "hinzurechnung_jahr": Wort("Hinzurechnungsbetrag im Jahr", "Ihr", euro),
    "pkv_basis_monat": Wort("Basisbeitrag zur privaten Kranken- und Pflegeversicherung", "Ihr", euro),
    "aktivrente": Wort("steuerfreie Lohn nach der Regelaltersgrenze", "Der", _yes),
    "zusatzversorgung": Wort("Zusatzversorgungskasse", "Ihre", _one_of(encode.ZUSATZVERSORGUNGEN)),
    "zv_umlage_satz": Wort("Umlagesatz der Zusatzversorgung", "Der", percent),
    "zv_an_satz": Wort("Eigenanteil zur Zusatzversorgung", "Ihr", percent),
    "zv_sanierungsgeld_satz": Wort("Sanierungsgeld", "Das", percent),
    "geburtsdatum": Wort("Geburtsdatum", "Ihr", _day),
    "status": Wort("Art der Beschäftigung", "Die", _one_of(encode.STATUS)),
    "von_tag": Wort("Beginn im Monat", "Ihr", lambda day: f"{day}."),
    "bis_tag": Wort("Ende im Monat", "Ihr", lambda day: f"{day}."),
    "sv_fehltage": Wort("Zahl der Fehltage in der Sozialversicherung", "Die", str),
    "entgeltgruppe": Wort("Entgeltgruppe", "Ihre", lambda code: encode.GRUPPEN[code]),
    "stufe": Wort("Stufe", "Ihre", str),
    "wochenstunden": Wort("Wochenarbeitszeit", "Ihre", _of_hours),
    "vollzeitstunden": Wort("Wochenarbeitszeit bei Vollzeit", "Die", _of_hours),
    "tage": Wort("Zahl der bezahlten Tage", "Die", str),
    "kirchensteuer_kappung": Wort("Kappung der Kirchensteuer", "Die", _yes),
    "entgeltumwandlung": Wort("Entgeltumwandlung", "Ihre", euro),
    "jahresarbeitslohn_erwartet": Wort("voraussichtliche Jahresarbeitslohn", "Der", euro),
    "regelmaessiges_entgelt": Wort("regelmäßige Entgelt", "Ihr",
                                   lambda value: euro(value) if value >= 0 else say(OPEN)),
}
NUMBERS = frozenset(("zusatzbeitrag", "vorjahr_zusatzbeitrag", "u2_satz", "pkv_beitrag_monat", "ppv_beitrag_monat",
                     "weiteres_entgelt", "kinder_unter_25", "kinderfreibetraege", "freibetrag_monat",
                     "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "pkv_basis_monat",
                     "zv_umlage_satz", "zv_an_satz", "zv_sanierungsgeld_satz", "stufe", "wochenstunden", "tage",
                     "sv_fehltage", "entgeltumwandlung", "jahresarbeitslohn_erwartet"))


class Worte(NamedTuple):
    """Ein Unterschied in Worten: Titel, vorher, nachher, ein Satz für die Beschäftigten."""

    titel: str
    vorher: str
    nachher: str
    satz: str


def words(pairs: list[tuple[str, int, int]]) -> Worte:
    """Worte für geänderte Eingaben (Name, vorher, nachher); die erste bekannte nennt den Titel."""
    known = [(WORTE[name], name, a, b) for name, a, b in pairs if name in WORTE]
    if not known:
        return Worte("", "", "", "")
    titles = ", ".join(say(word.titel) for word, *_ in known)
    before = ", ".join(word.wert(a) for word, _, a, _ in known)
    after = ", ".join(word.wert(b) for word, _, _, b in known)
    return Worte(titles, before, after, " ".join(_sentence(*one) for one in known[:3]))


def _sentence(word: Wort, name: str, a: int, b: int) -> str:
    text = NOW
    if name in NUMBERS and a >= 0 and b >= 0:
        text = ROSE if b > a else FELL
    return say(text, whose=say(word.ihr), what=tongue.inside(say(word.titel)), before=word.wert(a), after=word.wert(b))
