"""Was die Datenbank abweist, in Worten: Feld, Regel, Abhilfe."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import DBAPIError

from payroll.masterdata.models.facts import Fact
from payroll.masterdata.models.person import GESCHLECHTER, SCHWERBEHINDERUNG
from payroll.masterdata.numbers import Unlesbar, staatsangehoerigkeit, taetigkeitsschluessel

RULES = {
    "zeitraum": "gültig bis liegt vor gültig ab; Zeitraum berichtigen",
    "wochenstunden": "Wochenstunden müssen größer als 0 und höchstens 60 sein; Stunden berichtigen",
    "vollzeitstunden": "Vollzeitstunden müssen größer als 0 und höchstens 60 sein; Stunden berichtigen",
    "eingruppierung": "Tarifwerk, Gruppe oder Stufe fehlt; alle drei angeben",
    "steuerklasse": "Steuerklasse muss 1 bis 6 sein; Steuerklasse berichtigen",
    "faktor": "Faktor liegt zwischen 0 und 1 und gehört zur Steuerklasse 4; Faktor oder Klasse berichtigen",
    "kinderfreibetraege": "Kinderfreibeträge zählen in halben Schritten ab 0; Zahl berichtigen",
    "betraege": "Freibeträge und Hinzurechnungen sind nicht negativ; Betrag berichtigen",
    "beitraege": "Beiträge sind nicht negativ; Betrag berichtigen",
    "kv_art": "Art der Krankenversicherung ist unbekannt; gesetzlich, freiwillig, privat oder keine wählen",
    "kasse": "Krankenkasse fehlt bei gesetzlich oder freiwillig Versicherten; Kasse angeben",
    "beitragsgruppe": "Beitragsgruppe hat vier Ziffern; Beitragsgruppe berichtigen",
    "gruppen": "Beitrags- und Personengruppe gehören zusammen; beide angeben",
    "kinder": "Zahl der Kinder liegt nicht zwischen 0 und 20; Zahl berichtigen",
    "anspruch": "weder Stufe 1 noch ein Kind; eines angeben oder die Tatsache beenden",
    "mietenstufe": "Mietenstufe ist unbekannt; I bis VII wählen",
    "wohnsitz": "Mietenstufe fehlt; mit Kindern die Stufe der Gemeinde des Hauptwohnsitzes angeben",
    "geteilt": "geteilt wird nur ein Anspruch auf Stufe 1; Angaben berichtigen",
    "gemeinsam_vollzeit": "gemeinsame Vollzeit zählt nur bei geteilter Stufe 1; Angaben berichtigen",
    "einstiegsamt": "Einstiegsamt ist A5-A6 oder A7-A8; eines wählen",
    "erfahrung_monate": "anerkannte Monate (0 bis 600) gibt es nur in der Besoldungsordnung A; Angaben berichtigen",
    "arbeitstage_woche": "Arbeitstage der Woche sind nicht zu lesen; so schreiben: Mo Di Mi",
    "zulagenart": "diesen Zulagenanspruch gibt es nicht; einen aus der Liste wählen",
    "anforderung": "verlangt ist rentenantrag (Grund 57) oder gkv_monatsmeldung (Grund 58); eines wählen",
    "monatsende": "der Zeitraum endet am letzten Tag eines Monats; gültig bis berichtigen",
    "eigener_betrag": "ein Betrag gehört genau zu Strukturausgleich und Ausgleichszulage; Betrag berichtigen",
    "dienstfaehigkeit": "der Anteil gehört genau zur begrenzten Dienstfähigkeit; Anteil berichtigen",
    "mitteilung": "der Tag der Mitteilung gehört genau zur vermögenswirksamen Leistung; Tag berichtigen",
    "austritt": "Austritt liegt vor dem Eintritt; Austritt berichtigen",
    "ab_eintritt": "gültig ab liegt vor dem Eintritt; frühestens den Eintritt angeben",
    "verstorben": "Todestag liegt vor dem Geburtstag; Tag berichtigen",
    "geburtsdatum": "Geburtsdatum liegt vor 1900; Datum berichtigen",
    "name": "Name fehlt; Nachname und Vorname angeben",
    "tarifwerk": "Tarifwerk fehlt; eines der bekannten angeben",
    "zellen": "die Entgelttabelle ist leer; Gruppen, Stufen und Beträge angeben",
    "datei_hash": "Prüfsumme der Datei ist keine SHA-256; die Tabelle neu hochladen",
    "monatserster": "eine Entgelttabelle beginnt am Ersten eines Monats; Tag berichtigen",
    "quelle": "Quelle fehlt; angeben, woher der Satz stammt",
    "zusatzbeitrag": "Zusatzbeitrag muss zwischen 0 und 20 Prozent liegen; Satz berichtigen",
    "glaeubiger": "Gläubiger fehlt; Namen aus dem Beschluss angeben",
    "zugestellt_um": "Uhrzeit der Zustellung ist keine Uhrzeit; so schreiben: 09:30",
    "stunde_mit_tag": "Uhrzeit ohne Tag der Zustellung; beide angeben (§ 804 ZPO)",
    "hauptforderung": "Hauptforderung ist nicht negativ; Betrag berichtigen",
    "forderungsbetraege": "Beträge einer Forderung sind nicht negativ; Betrag berichtigen",
    "gericht": "Beträge des Gerichts sind nicht negativ; aus dem Beschluss berichtigen",
    "rest": "der vom Rest belassene Teil ist kein Bruch zwischen 0 und 1; Zähler und Nenner berichtigen",
    "zinssatz": "Zinssatz liegt nicht zwischen 0 und 30 Prozent; Satz berichtigen",
    "zinsen": "Zinssatz und Beginn der Zinsen gehören zusammen; beide angeben oder beide leer lassen",
    "unterhaltsberechtigte": "Zahl der Unterhaltsberechtigten liegt nicht zwischen 0 und 20; Zahl berichtigen",
    "rangfolge": "Rang nach § 1609 BGB liegt nicht zwischen 0 und 9; aus dem Beschluss berichtigen",
    "verhaeltnis": "Verhältnis ist unbekannt; eines aus der Liste wählen",
    "gefahrtarifstelle": "Gefahrtarifstelle hat nicht ein bis acht Ziffern; im Veranlagungsbescheid nachsehen",
    "taetigkeitsschluessel": "Tätigkeitsschlüssel hat nicht neun Ziffern; im Verzeichnis der Bundesagentur nachsehen",
    "listenpreis": "Listenpreis muss über 0 liegen; Preis berichtigen",
    "ansatz": "Ansatz ist unbekannt; voll, halb oder viertel wählen",
    "anschaffung": "Tag der Anschaffung fehlt beim Viertelansatz; Tag angeben",
    "selbst_gezahlt": "selbst gezahlter Betrag ist nicht negativ; Betrag berichtigen",
    "entfernung": "Entfernung liegt nicht zwischen 0 und 999 km; Entfernung berichtigen",
    "arbeitstage": "Arbeitstage liegen nicht zwischen 1 und 23; Zahl berichtigen",
    "mahlzeiten": "Zahl der Mahlzeiten liegt nicht zwischen 0 und 31; Zahl berichtigen",
    "belegung": "Belegung liegt nicht zwischen 1 und 9; Zahl berichtigen",
    "betrag": "Betrag muss über 0 liegen; Betrag berichtigen",
    "rate": "Rate muss über 0 liegen; Rate berichtigen",
    "empfaenger": "Empfänger oder Vertragsnummer fehlt; beide angeben",
    "erste_rate": "die erste Rate liegt vor der Auszahlung; Tag berichtigen",
    "laufnummer": "laufende Nummer liegt nicht zwischen 1 und 99; Nummer berichtigen",
    "u2_satz": "Umlagesatz U2 muss zwischen 0 und 20 Prozent liegen; Satz berichtigen",
}

# What the database can no longer check, because it only holds seals.
SEALED = {"nachname_siegel": "name", "vorname_siegel": "name", "name_siegel": "name", "glaeubiger_siegel": "glaeubiger",
          "empfaenger_siegel": "empfaenger", "vertragsnummer_siegel": "empfaenger"}
WORDS = {"person_angaben": {"geschlecht": GESCHLECHTER, "schwerbehinderung": SCHWERBEHINDERUNG}}
KEYS = {"staatsangehoerigkeit": staatsangehoerigkeit, "taetigkeitsschluessel": taetigkeitsschluessel}
OLDEST = date(1900, 1, 1)


class FactError(ValueError):
    """Eine Tatsache lässt sich so nicht erfassen; der Text nennt Satz, Feld, Regel und Abhilfe."""


def demand_sealed(model: type[Fact], values: Mapping[str, Any]) -> None:
    """Prüft, was nach dem Versiegeln keine Regel der Datenbank mehr sieht. Raises FactError."""
    demand_words(model, values)
    _demand_keys(values)
    born, died = values.get("geburtsdatum"), values.get("verstorben_am")
    if "geburtsdatum" in model.sealed and born is not None and born < OLDEST:
        raise FactError(f"{model.__tablename__}: {RULES['geburtsdatum']}.")
    if born is not None and died is not None and died < born:
        raise FactError(f"{model.__tablename__}: {RULES['verstorben']}.")


def _demand_keys(values: Mapping[str, Any]) -> None:
    """Prüft Schlüssel, deren Aufbau keine Regel der Datenbank kennt. Raises FactError."""
    for name, read in KEYS.items():
        if values.get(name):
            try:
                read(values[name])
            except Unlesbar as error:
                raise FactError(f"{name}: {error}") from error


def demand_words(model: type[Fact], values: Mapping[str, Any]) -> None:
    """Prüft versiegelte Angaben, die nur bestimmte Worte kennen. Raises FactError."""
    for name, allowed in WORDS.get(model.__tablename__, {}).items():
        if (values.get(name) or allowed[0]) not in allowed:
            raise FactError(f"{model.__tablename__}: {name} ist eines von {', '.join(allowed)}; Wort berichtigen.")


def explain(model: type[Fact], error: DBAPIError) -> str:
    """Der Grund einer Abweisung als Satz für den Benutzer."""
    table = model.__tablename__
    detail = getattr(error.orig, "diag", None)
    constraint = getattr(detail, "constraint_name", None) or ""
    column = getattr(detail, "column_name", None) or ""
    if getattr(error.orig, "sqlstate", None) == "23001":
        return f"{table}: jemand anderes hat diese Tatsache inzwischen geändert; neu laden und noch einmal erfassen."
    if constraint.startswith("ex_"):
        return f"{table}: überschneidet sich mit einer anderen Tatsache; Seite neu laden und Zeitraum prüfen."
    if constraint.startswith("fk_"):
        return f"{table}: verweist auf einen Satz, den es bei diesem Mandanten nicht gibt; neu auswählen."
    if column in SEALED:
        return f"{table}: {RULES[SEALED[column]]}."
    if column:
        column = column.removesuffix("_siegel")
        return f"{table}: {column} fehlt; Wert angeben."
    rule = constraint.removeprefix(f"ck_{table}_")
    if constraint:
        return f"{table}: {RULES.get(rule, f'Regel „{rule}“ ist verletzt; Werte prüfen')}."
    return f"{table}: ein Wert passt nicht in sein Feld; Länge und Größe prüfen."
