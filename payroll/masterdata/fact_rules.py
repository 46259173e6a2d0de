"""Prüfungen einer Tatsache, die ein einzelnes Feld nicht leisten kann oder die Prüfziffern brauchen.

Dieselben am Schreibtisch und beim Einlesen: wer eine Angabe erfasst, bekommt denselben Grund und dieselbe Abhilfe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

from payroll.law import encode
from payroll.law.rules.besoldung.erfahrungsstufen import festsetzung
from payroll.masterdata import arbeitstage, numbers
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.person import GESCHLECHTER, SCHWERBEHINDERUNG
from payroll.masterdata.tarif_rules import allowance, occasion


class Given(Protocol):
    """Gelesene Werte einer Tatsache mit ihrem ersten Tag; refuse merkt einen Fehler an einem Feld vor."""

    values: dict[str, Any]
    valid_from: date | None

    def refuse(self, name: str, text: str) -> None:
        """Merkt einen Fehler an einem Feld vor."""


Check = Callable[[Given], None]


def check(model: type[Fact], given: Given) -> None:
    """Prüft die gelesenen Werte einer Tatsache; Fehler stehen danach am Feld, Werte in ihrer festen Schreibweise."""
    for one in CHECKS.get(model.__tablename__, ()):
        one(given)


def _number(name: str, read: Callable[[str], str]) -> Check:
    """Kennnummer mit Prüfziffer, in ihrer festen Schreibweise; dieselbe Prüfung wie beim Einlesen."""

    def check_number(given: Given) -> None:
        if not given.values.get(name):
            return
        try:
            given.values[name] = read(given.values[name])
        except numbers.Unlesbar as wrong:
            given.refuse(name, f"{_sentence(wrong.grund)}. {wrong.abhilfe[0].upper()}{wrong.abhilfe[1:]}.")

    return check_number


def _one_of(name: str, allowed: Sequence[str]) -> Check:
    """Eines der bekannten Worte; versiegelte Felder prüft die Datenbank nicht."""

    def check_word(given: Given) -> None:
        if (given.values.get(name) or allowed[0]) not in allowed:
            given.refuse(name, f"Bitte eines davon angeben: {', '.join(allowed)}.")

    return check_word


def _sentence(text: str) -> str:
    """Grund als ganzer Satz: „ist keine …“ braucht einen Anfang."""
    return f"Das {text}" if text.startswith("ist ") else text


def _postcode(given: Given) -> None:
    plz = given.values.get("plz")
    if plz and given.values.get("land") == "DE" and not re.fullmatch(r"[0-9]{5}", plz):
        given.refuse("plz", "Eine deutsche Postleitzahl hat fünf Ziffern.")


def _tax_features(given: Given) -> None:
    group, factor = given.values["steuerklasse"], given.values.get("faktor")
    if not 1 <= group <= 6:
        given.refuse("steuerklasse", "Es gibt die Steuerklassen 1 bis 6.")
    if factor is not None and group != 4:
        given.refuse("faktor", "Einen Faktor gibt es nur bei Steuerklasse 4.")
    elif factor is not None and not 0 < factor < 1:
        given.refuse("faktor", "Der Faktor liegt zwischen 0 und 1, zum Beispiel 0,875.")
    children = given.values["kinderfreibetraege"]
    if children < 0 or (children * 2) % 1:
        given.refuse("kinderfreibetraege", "Kinderfreibeträge gibt es in Schritten von 0,5.")
    for name in (
        "freibetrag_monat_cent",
        "hinzurechnung_monat_cent",
        "freibetrag_jahr_cent",
        "hinzurechnung_jahr_cent",
    ):
        if given.values[name] < 0:
            given.refuse(name, "Der Betrag darf nicht negativ sein.")


def _insurance(given: Given) -> None:
    values = given.values
    if values["kv_art"] in ("gesetzlich", "freiwillig") and values.get("krankenkasse_id") is None:
        given.refuse("krankenkasse_id", "Bei gesetzlicher Krankenversicherung bitte die Kasse wählen.")
    if values.get("beitragsgruppe") and not re.fullmatch(r"[0-9]{4}", values["beitragsgruppe"]):
        given.refuse("beitragsgruppe", "Die Beitragsgruppe hat vier Ziffern, zum Beispiel 1111.")
    if (values.get("beitragsgruppe") is None) != (values.get("personengruppe") is None):
        given.refuse("personengruppe", "Beitragsgruppe und Personengruppe gehören zusammen.")
    received, reported = values.get("befreiung_eingang"), values.get("befreiung_gemeldet")
    if received is None and (reported or values.get("befreiung_widerruf")):
        given.refuse("befreiung_eingang", "Meldung und Widerruf gibt es nur zu einem Antrag; bitte den Eingang nennen.")
    elif received and reported and reported < received:
        given.refuse("befreiung_gemeldet", "Gemeldet wird erst, wenn der Antrag eingegangen ist.")
    if not 1 <= (values.get("kurzfristig_arbeitstage") or 1) <= 366 or (values.get("kurzfristig_stunden") or 1) <= 0:
        given.refuse("kurzfristig_arbeitstage", "Bitte 1 bis 366 Arbeitstage und mehr als 0 Stunden angeben.")
    if values.get("pauschal_20") and (values.get("individuell_besteuert") or values.get("kurzfristig_pauschal")):
        given.refuse("pauschal_20", "Bitte nur eine Art der Versteuerung wählen.")


def _hours(given: Given) -> None:
    for name in ("wochenstunden", "vollzeitstunden"):
        if not 0 < given.values[name] <= 60:
            given.refuse(name, "Bitte Stunden über 0 bis höchstens 60 angeben.")


def _week(given: Given) -> None:
    """Arbeitstage der Woche in ihrer festen Schreibweise."""
    if value := given.values.get("arbeitstage_woche"):
        try:
            given.values["arbeitstage_woche"] = arbeitstage.lesen(value)
        except numbers.Unlesbar as wrong:
            given.refuse("arbeitstage_woche", f"Das {wrong.grund}; {wrong.abhilfe}.")


def _grade(given: Given) -> None:
    """Gruppe und Stufe müssen in der Tabelle stehen, die am ersten Tag gilt; davor zählt die früheste bekannte."""
    values = given.values
    try:
        encode.gruppe_code(values["tarifwerk"], values["entgeltgruppe"])
        if values.get("erfahrung_monate") is not None:
            _experience(given)
        if not values.get("stufe"):
            given.refuse("stufe", "Bitte die Stufe angeben; bei der ersten Ernennung in A genügen die anerkannten "
                                  "Monate (§ 30 LBesG NRW).")
            return
        if given.valid_from is not None:
            day = max(given.valid_from, encode.first_table(values["tarifwerk"], values["entgeltgruppe"]))
            encode.stufe_code(values["tarifwerk"], values["entgeltgruppe"], values["stufe"], day)
    except encode.UnknownName as unknown:
        rule = f"{unknown.rule[0].upper()}{unknown.rule[1:]}"
        given.refuse(unknown.field, f"{rule}: {unknown.remedy}.")


def _experience(given: Given) -> None:
    """Erste Ernennung: aus den anerkannten Monaten folgen Stufe und ihr Beginn (§§ 29, 30 LBesG NRW)."""
    values, months = given.values, given.values["erfahrung_monate"]
    if values["tarifwerk"] != "NRW-A" or not 0 <= months <= 600:
        given.refuse("erfahrung_monate", "Anerkannte Zeiten (0 bis 600 Monate) gibt es nur in der Besoldungsordnung A.")
    elif given.valid_from is not None and not values.get("stufe"):
        found = festsetzung(values["entgeltgruppe"], given.valid_from, months)
        values["stufe"], values["stufe_seit"] = str(found.stufe), found.seit


def _family(given: Given) -> None:
    children = given.values["kinder"]
    if not 0 <= children <= 20:
        given.refuse("kinder", "Bitte eine Zahl von 0 bis 20 angeben.")
    elif not children and not given.values["stufe1"]:
        given.refuse("stufe1", "Bitte Stufe 1 oder mindestens ein Kind angeben; ohne Anspruch die Angaben beenden.")
    elif children and given.values.get("mietenstufe") is None:
        given.refuse("mietenstufe", "Mit Kindern bitte die Mietenstufe des Hauptwohnsitzes wählen.")
    if given.values.get("geteilt") and not given.values["stufe1"]:
        given.refuse("geteilt", "Geteilt wird nur ein Anspruch auf Stufe 1 (§ 42 Abs. 4 LBesG NRW).")
    if given.values.get("gemeinsam_vollzeit") and not given.values.get("geteilt"):
        given.refuse("gemeinsam_vollzeit", "Zählt nur, wenn die Stufe 1 geteilt wird.")


def _above_zero(*names: str) -> Check:
    """Beträge, die über null liegen müssen."""

    def check_amounts(given: Given) -> None:
        for name in names:
            if (given.values.get(name) or 0) <= 0:
                given.refuse(name, "Bitte einen Betrag über 0 angeben.")

    return check_amounts


def _range(low: int, high: int, *names: str) -> Check:
    """Ganze Zahlen in einem Bereich; leer bleibt erlaubt."""

    def check_numbers(given: Given) -> None:
        for name in names:
            value = given.values.get(name)
            if value is not None and not low <= value <= high:
                given.refuse(name, f"Bitte eine Zahl von {low} bis {high} angeben.")

    return check_numbers


def _not_negative(given: Given) -> None:
    if (given.values.get("selbst_gezahlt_cent") or 0) < 0:
        given.refuse("selbst_gezahlt_cent", "Der Betrag darf nicht negativ sein.")


def _car(given: Given) -> None:
    if given.values.get("ansatz") == "viertel" and given.values.get("anschaffung") is None:
        given.refuse("anschaffung", "Beim Viertelansatz bitte den Tag der Anschaffung angeben.")


def _loan(given: Given) -> None:
    paid, first = given.values["ausgezahlt_am"], given.values["erste_rate"]
    if first < paid:
        given.refuse("erste_rate", "Die erste Rate liegt vor der Auszahlung.")


def _employment(given: Given) -> None:
    entry, exit_ = given.values["eintritt"], given.values.get("austritt")
    survivor = given.values["art"] == "hinterbliebene"
    for name in ("verstorbene", "verhaeltnis"):
        if survivor != (given.values.get(name) is not None):
            given.refuse(name, "Nur bei Hinterbliebenen, und dort immer: Personalnummer und Verhältnis angeben.")
    if exit_ is not None and exit_ < entry:
        given.refuse("austritt", "Der Austritt liegt vor dem Eintritt.")
    if given.valid_from is not None and given.valid_from < entry:
        given.refuse("gueltig_ab", "Die Angaben können frühestens ab dem Eintritt gelten.")


def _carried(given: Given) -> None:
    values = given.values
    year, days = values["jahr"], values["sv_tage"]
    if not 2000 <= year <= 2099:
        given.refuse("jahr", "Bitte das Jahr mit vier Ziffern angeben, zum Beispiel 2026.")
    elif given.valid_from is not None and given.valid_from.year != year:
        given.refuse("gueltig_ab", f"Vortragswerte gelten ab dem 01.01.{year} oder dem Eintritt in diesem Jahr.")
    if not 0 <= days <= 360:
        given.refuse("sv_tage", "Ein Jahr hat höchstens 360 SV-Tage.")
    amounts = ("sv_brutto_kv_cent", "sv_brutto_rv_cent", "zv_steuerfrei_cent")
    for name in amounts:
        if values[name] < 0:
            given.refuse(name, "Der Betrag darf nicht negativ sein.")
    if values["herkunft"] == "arbeitgeber" and any(values[name] for name in ("sv_tage", *amounts)):
        given.refuse("herkunft", "Von früheren Arbeitgebern zählt nur der Arbeitslohn; die anderen Felder leer lassen.")


def _elsewhere(given: Given) -> None:
    if given.values["nummer"] < 1:
        given.refuse("nummer", "Bitte ab 1 zählen.")
    if given.values["entgelt_monat_cent"] < 0:
        given.refuse("entgelt_monat_cent", "Der Betrag darf nicht negativ sein.")
    days = given.values.get("arbeitstage")
    if days is not None and (given.values["art"] != "kurzfristig" or not 1 <= days <= 366):
        given.refuse("arbeitstage", "Arbeitstage (1 bis 366) gibt es nur bei kurzfristigen Beschäftigungen.")


def _absence(given: Given) -> None:
    values = given.values
    if values["art"] in ("elternzeit", "elternzeit_teilzeit") and values.get("kind_geboren_am") is None:
        given.refuse("kind_geboren_am", "Bei Elternzeit bitte den Geburtstag des Kindes angeben.")
    if values.get("kette") is not None and (values["art"] != "krankheit" or not 1 <= values["kette"] <= 99):
        given.refuse("kette", "Eine Nummer von 1 bis 99, nur bei Krankheit.")
    if not 0 <= values["vorerkrankungstage"] <= 42:
        given.refuse("vorerkrankungstage", "Bitte 0 bis 42 Tage angeben; länger zahlt der Arbeitgeber nicht fort.")
    gross, net = values.get("krankengeld_tag_cent"), values.get("krankengeld_netto_tag_cent")
    if net is not None and (gross is None or net > gross):
        given.refuse("krankengeld_netto_tag_cent", "Das Netto gehört zu einem Brutto und ist nicht höher.")


def _sabbatical(given: Given) -> None:
    values = given.values
    if not 1 <= values["anteil_zaehler"] < values["anteil_nenner"] <= 24:
        given.refuse("anteil_zaehler", "Bitte einen Anteil unter 1 angeben, zum Beispiel 3 von 4; Nenner bis 24.")
    if given.valid_from is not None and values["freistellung_ab"] < given.valid_from:
        given.refuse("freistellung_ab", "Die Freistellung beginnt nicht vor dem Sabbatical.")
    if values.get("freistellung_bis") is not None and values["freistellung_bis"] < values["freistellung_ab"]:
        given.refuse("freistellung_bis", "Das Ende der Freistellung liegt vor ihrem Beginn.")


def _step_rule(given: Given) -> None:
    values = given.values
    if not -120 <= values["verkuerzt_monate"] <= 120:
        given.refuse("verkuerzt_monate", "Bitte -120 bis 120 Monate angeben.")
    before, step = values.get("gruppe_bisher"), values.get("stufe_bisher")
    if (before is None) != (step is None):
        given.refuse("stufe_bisher", "Gruppe und Stufe vor der Höhergruppierung gehören zusammen.")
    elif before is not None and (("TVoeD-SuE", before) not in encode.known_groups() or not str(step).isdigit()):
        given.refuse("gruppe_bisher", "Garantiebeträge gibt es nur in der Tabelle S, zum Beispiel S8a Stufe 3.")


def _higher_group(given: Given) -> None:
    group = given.values["entgeltgruppe"]
    if not any(name == group and scale.startswith("TVoeD") for scale, name in encode.known_groups()):
        given.refuse("entgeltgruppe", f"{group} gibt es in den Tabellen des TVöD nicht; zum Beispiel E9b oder S11b.")


def _child(given: Given) -> None:
    """Der Nachweis eines Kindes: nicht vor der Geburt, und zum elektronischen Verfahren gehört sein Tag."""
    values = given.values
    proved, born = values.get("nachweis_am"), values.get("geburtsdatum")
    if values.get("nachweis_elektronisch") and proved is None:
        given.refuse("nachweis_am", "Zum elektronischen Verfahren bitte den Tag angeben, an dem die Meldung kam.")
    elif proved is not None and born is not None and proved < born:
        given.refuse("nachweis_am", "Der Nachweis kann nicht vor der Geburt eingegangen sein.")


def _claim(given: Given) -> None:
    """Was eine Forderung braucht, damit sie sich verteilen lässt."""
    values = given.values
    if values.get("zugestellt_um") and not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", values["zugestellt_um"]):
        given.refuse("zugestellt_um", "Die Uhrzeit bitte so schreiben: 09:30.")
    if not values.get("zugestellt_am") and not values.get("vorgepfaendet_am"):
        given.refuse("zugestellt_am", "Ohne Tag der Zustellung hat die Forderung keinen Rang (§ 804 ZPO).")
    if values["art"] == "unterhalt" and values["gericht_freibetrag_cent"] is None and (
            values["gericht_betrag_cent"] is None):
        given.refuse("gericht_freibetrag_cent", "Bei Unterhalt den belassenen Betrag aus dem Beschluss "
                                               "angeben (§ 850d ZPO).")
    if values["ausgeschlossen"] and values["art"] != "abtretung":
        given.refuse("ausgeschlossen", "Nur eine Abtretung kann ausgeschlossen sein (§ 399 BGB).")
    if values["nach_eroeffnung"] and values["art"] != "unterhalt":
        given.refuse("nach_eroeffnung", "Nach der Eröffnung kann nur Unterhalt vollstreckt werden (§ 89 InsO).")
    if (values.get("zinssatz") is None) != (values.get("zinsen_ab") is None):
        given.refuse("zinsen_ab", "Zinssatz und Beginn der Zinsen gehören zusammen.")


def _not_below_zero(*names: str) -> Check:
    """Beträge und Zahlen, die nicht unter null liegen."""

    def check_sign(given: Given) -> None:
        for name in names:
            if (given.values.get(name) or 0) < 0:
                given.refuse(name, "Die Angabe darf nicht negativ sein.")

    return check_sign


CHECKS: dict[str, tuple[Check, ...]] = {
    "pfaendung": (
        _number("iban", numbers.iban),
        _claim,
        _not_below_zero("hauptforderung_cent", "zinsen_cent", "kosten_cent", "monatsbetrag_cent", "gezahlt_vorher_cent",
                  "gericht_freibetrag_cent", "gericht_betrag_cent", "gericht_zusatz_cent", "weiteres_einkommen_cent",
                  "unterhaltsberechtigte", "anteil"),
    ),
    "unterhaltspflicht": (_not_below_zero("eigenes_einkommen_cent"),),
    "bankverbindung": (_number("iban", numbers.iban),),
    "person_angaben": (
        _number("steuer_id", numbers.steuer_id),
        _number("sv_nummer", numbers.sv_nummer),
        _number("staatsangehoerigkeit", numbers.staatsangehoerigkeit),
        _one_of("geschlecht", GESCHLECHTER),
        _one_of("schwerbehinderung", SCHWERBEHINDERUNG),
        _postcode,
    ),
    "steuermerkmale": (_tax_features,),
    "kind": (_child,),
    "versicherung": (_insurance,),
    "vortragswerte": (_carried,),
    "weitere_beschaeftigung": (_elsewhere,),
    "bezuegezuordnung": (_hours, _week, _grade),
    "familienzuschlag": (_family,),
    "fehlzeit": (_absence,),
    "stufenregelung": (_step_rule,),
    "hoehere_taetigkeit": (_higher_group,),
    "anlasszahlung": (occasion,),
    "sabbatical": (_sabbatical,),
    "zulagenanspruch": (allowance,),
    "beschaeftigung_angaben": (_employment, _number("taetigkeitsschluessel", numbers.taetigkeitsschluessel),
                               _number("gefahrtarifstelle", numbers.gefahrtarifstelle)),
    "dienstwagen": (_above_zero("listenpreis_cent"), _not_negative, _car),
    "arbeitsweg": (_range(0, 999, "entfernung_km"), _range(1, 23, "arbeitstage")),
    "sachbezug": (_range(0, 31, "fruehstuecke", "mittagessen", "abendessen"), _range(1, 9, "belegung"), _not_negative),
    "sparvertrag": (_number("iban", numbers.iban), _above_zero("betrag_cent"), _range(1, 99, "laufnummer")),
    "darlehen": (_above_zero("betrag_cent", "rate_cent"), _range(1, 99, "laufnummer"), _loan),
}
