"""Preise eines Arbeitgebers: aus Feldern gelesen, geprüft, als schlichte Werte behalten.

Gezählt wird je Person oder je Beschäftigung mit Abrechnung; der Preis eines Falls richtet sich nach seiner Stufe (der
101. Fall eines Monats kostet, was ab 101 gilt). Beträge in Cent, Steuersätze in Hundertstel Prozent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from payroll.filings.sepa.accounts import plain, problem_of
from payroll.verbund.errors import BillingRefused, Mangel, at
from payroll.verbund.felder import amount, tiers
from payroll.verbund.steuer import Steuer, problems_of

ZAEHLUNG = {"person": "je Person mit Abrechnung", "beschaeftigung": "je Beschäftigung mit Abrechnung"}
ABRECHNUNG = {"preise": "nach Preisen", "istkosten": "nach tatsächlichen Kosten"}
TURNUS = {"monat": 1, "quartal": 3, "jahr": 12}
WEITERE = {"rueckrechnung": "Rückrechnung (Beschäftigung und Lauf)", "eintritt": "Eintritt",
           "bescheinigung": "Bescheinigung auf Wunsch", "stelle": "Stelle im Stellenplan je Monat",
           "ausschreibung": "veröffentlichte Ausschreibung", "portal": "Zugang zum Portal je Monat"}
LEITWEG = re.compile(r"\d{2,12}(-[0-9A-Z]{1,30})?-\d{2}")
VAT_ID = re.compile(r"DE[0-9]{9}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Seite:
    """Wer abrechnet oder zahlt; beim Kreis mit Kontakt, Steuernummer und Konto, beim Arbeitgeber mit Leitweg-ID."""

    name: str
    strasse: str
    plz: str
    ort: str
    email: str
    kontakt: str = ""
    telefon: str = ""
    steuernummer: str = ""
    iban: str = ""
    kennung: str = ""
    leitweg: str = ""


@dataclass(frozen=True)
class Preise:
    """Alles, was ein Bescheid braucht."""

    zaehlung: str
    staffel: tuple[tuple[int, int], ...]
    mindestens: int
    weitere: dict[str, int]
    stunde: int
    abrechnung: str
    turnus: str
    ziel_tage: int
    steuer: Steuer
    kreis: Seite
    arbeitgeber: Seite

    def plain(self) -> dict[str, Any]:
        """Als JSON; wiederherstellen mit from_plain."""
        return asdict(self) | {"staffel": [list(one) for one in self.staffel]}

    def raised(self, basis_points: int) -> Preise:
        """Alle Preise um Hundertstel Prozent angehoben (Tarifsteigerung), kaufmännisch auf Cent gerundet."""

        def up(cents: int) -> int:
            return (cents * (10_000 + basis_points) * 2 + 10_000) // 20_000

        return replace(self, staffel=tuple((start, up(cents)) for start, cents in self.staffel),
                       mindestens=up(self.mindestens), stunde=up(self.stunde),
                       weitere={kind: up(cents) for kind, cents in self.weitere.items()})


def from_plain(held: Mapping[str, Any]) -> Preise:
    """Aus dem behaltenen JSON."""
    return Preise(**{**held, "staffel": tuple((int(a), int(b)) for a, b in held["staffel"]),
                     "steuer": Steuer(**held["steuer"]), "kreis": Seite(**held["kreis"]),
                     "arbeitgeber": Seite(**held["arbeitgeber"])})


@dataclass(frozen=True)
class _Given:
    """Felder eines Formulars oder einer Datei; wrong sammelt, was an ihnen nicht stimmt."""

    fields: Mapping[str, str]
    wrong: list[str]

    def text(self, name: str, word: str, *, needed: bool = True, most: int = 100) -> str:
        value = self.fields.get(name, "").strip()
        if needed and not value:
            self.wrong.append(at(name, f"{word}: fehlt."))
        if len(value) > most:
            self.wrong.append(at(name, f"{word}: höchstens {most} Zeichen."))
        return value

    def choice(self, name: str, word: str, among: Mapping[str, Any]) -> str:
        value = self.text(name, word)
        if value and value not in among:
            self.wrong.append(at(name, f"{word}: „{value[:20]}“ gibt es nicht; erlaubt: {', '.join(among)}."))
        return value

    def money(self, name: str, word: str) -> int:
        return amount(self.fields.get(name, ""), word, self.wrong, name)

    def district(self) -> Seite:
        text = self.text
        return Seite(
            *self._address("kreis", "Kreis"), text("kreis_kontakt", "Kreis, Ansprechstelle"),
            text("kreis_telefon", "Kreis, Telefon"),
            _tax_number(text("kreis_steuernummer", "Kreis, Steuernummer", needed=False)),
            plain(text("kreis_iban", "Kreis, IBAN")),
            text("kreis_kennung", "Kreis, Kennung beim Arbeitgeber (etwa Kreditorennummer)"))

    def employer(self) -> Seite:
        return Seite(*self._address("ag", "Arbeitgeber"),
                     leitweg=self.text("leitweg", "Leitweg-ID", needed=False).upper())

    def _address(self, prefix: str, who: str) -> list[str]:
        return [self.text(f"{prefix}_{name}", f"{who}, {word}") for name, word in ADDRESS]


def from_fields(given: Mapping[str, str], ab: date) -> Preise:
    """Aus Feldern eines Formulars oder einer Datei; nennt alle Mängel auf einmal."""
    wrong: list[str] = []
    read = _Given(given, wrong)
    found = Preise(
        read.choice("zaehlung", "Zählung", ZAEHLUNG), tiers(given.get("staffel", ""), wrong),
        read.money("mindestens", "Mindestbetrag je Monat"),
        {kind: cents for kind, word in WEITERE.items() if (cents := read.money(f"preis_{kind}", word))},
        read.money("stunde", "Stundensatz"), read.choice("abrechnung", "Jahresabrechnung", ABRECHNUNG),
        read.choice("turnus", "Vorauszahlung je", TURNUS), _days(given.get("ziel_tage", ""), wrong),
        Steuer(read.text("steuer", "Umsatzsteuer"), read.money("satz", "Steuersatz"),
               read.text("steuergrund", "Grund der Behandlung"),
               read.text("steuerworte", "Begründung", most=500)),
        read.district(), read.employer())
    wrong += [*problems_of(found.steuer, ab), *_sides(found)]
    if wrong:
        raise BillingRefused("Das Preisblatt entsteht nicht:", wrong)
    return found


ADDRESS = (("name", "Name"), ("strasse", "Straße"), ("plz", "PLZ"), ("ort", "Ort"), ("email", "E-Mail"))


def _days(text: str, wrong: list[str]) -> int:
    if re.fullmatch(r"\d{1,2}", text.strip()) is None:
        wrong.append(at("ziel_tage", "Zahlungsziel: 0 bis 99 Tage angeben."))
        return 0
    return int(text)


def _sides(found: Preise) -> list[Mangel]:
    wrong = [at(f"{prefix}_email", f"{word}, E-Mail: „{one.email[:60]}“ ist keine Adresse.") for prefix, word, one in (
        ("kreis", "Kreis", found.kreis), ("ag", "Arbeitgeber", found.arbeitgeber))
        if one.email and not MAIL.fullmatch(one.email)]
    if found.kreis.iban and (problem := problem_of(found.kreis.iban)):
        wrong.append(at("kreis_iban", f"Kreis, {problem}; aus dem Kontoauszug übernehmen."))
    if found.arbeitgeber.leitweg and not leitweg_valid(found.arbeitgeber.leitweg):
        wrong.append(at("leitweg", "Leitweg-ID: Aufbau oder Prüfziffern stimmen nicht (ISO 7064 MOD 97-10); aus dem "
                                   "Bescheid der Kommune übernehmen."))
    number = found.kreis.steuernummer
    if found.steuer.behandlung != "nicht_steuerbar" and not number:
        wrong.append(at("kreis_steuernummer", "Kreis, Steuernummer: gehört zu einer Rechnung über eine steuerbare "
                                              "Leistung, auch wenn sie steuerfrei ist (§ 14 Abs. 4 Nr. 2 UStG, "
                                              "BR-E-02)."))
    if number.upper().startswith("DE") and not is_vat_id(number):
        wrong.append(at("kreis_steuernummer", "Kreis, USt-IdNr.: DE und neun Ziffern angeben (§ 27a UStG)."))
    return wrong


def is_vat_id(number: str) -> bool:
    """Ob es eine deutsche USt-IdNr. ist und keine Steuernummer: DE und neun Ziffern."""
    return VAT_ID.fullmatch(_compact(number)) is not None


def _tax_number(text: str) -> str:
    return _compact(text) if is_vat_id(text) else text


def _compact(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def leitweg_valid(number: str) -> bool:
    """Aufbau und Prüfziffern einer Leitweg-ID (Formatspezifikation 2.0.2: ISO 7064 MOD 97-10 über alle Zeichen)."""
    if LEITWEG.fullmatch(number) is None or len(number) > 46:
        return False
    digits = "".join(str(int(letter, 36)) for letter in number.replace("-", ""))
    return int(digits) % 97 == 1
