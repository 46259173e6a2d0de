"""Regeln innerhalb einer Zeile: was zusammengehört, was sich widerspricht, was für die Abrechnung noch fehlt."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from payroll.law import encode
from payroll.law.rules.besoldung.erfahrungsstufen import festsetzung
from payroll.masterdata import numbers
from payroll.masterdata.imports.columns import BEZUEGE
from payroll.masterdata.imports.context import Context
from payroll.masterdata.imports.statements import MARGINAL
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.numbers import Unlesbar
from payroll.masterdata.sv_tage import insured_days
from payroll.masterdata.wage_effects import refusal

TAX = ("faktor", "kinderfreibetraege", "konfession", "freibetrag_monat", "freibetrag_jahr")
GRADE = ("tarifwerk", "entgeltgruppe", "wochenstunden", "vollzeitstunden")
FIRST_TABLES = date(2025, 1, 1)
YOUNGEST = 13
HINTERBLIEBENE = "hinterbliebene"


def check(zeile: Zeile, context: Context) -> None:
    """Prüft eine gelesene Zeile; Beanstandungen kommen zur Zeile."""
    for rule in (_tenant, _dates, _survivor, _numbers, _tax, _insurance, _marginal, _pension, _carried, _grade,
                 _payments):
        rule(zeile, context)
    if zeile.gut:
        _still_missing(zeile)


def _tenant(zeile: Zeile, context: Context) -> None:
    number = zeile.werte.get("mandant")
    if number is not None and number != context.mandant:
        zeile.ruege(
            "mandant",
            f"gehört zu einem anderen Mandanten; eingelesen wird bei Mandant {context.mandant}",
            "Zeile beim richtigen Mandanten einlesen",
        )


def _dates(zeile: Zeile, _: Context) -> None:
    w = zeile.werte
    start, end, since, born = (w.get(name) for name in ("eintritt", "austritt", "gueltig_ab", "geburtsdatum"))
    if start and end and end < start:
        zeile.ruege("austritt", f"liegt vor dem Eintritt am {start:%d.%m.%Y}", "Eintritt oder Austritt berichtigen")
    if start and since and since < start:
        zeile.ruege("gueltig_ab", f"liegt vor dem Eintritt am {start:%d.%m.%Y}", "frühestens den Eintritt angeben")
    if since and end and since > end:
        zeile.ruege("gueltig_ab", f"liegt nach dem Austritt am {end:%d.%m.%Y}", "Zeile löschen oder Tag berichtigen")
    if born and start and born + relativedelta(years=YOUNGEST) > start:
        zeile.ruege("geburtsdatum", f"beim Eintritt jünger als {YOUNGEST} Jahre", "Geburtsdatum und Eintritt prüfen")
    if born and any(child <= born for child in w.get("kinder", ())):
        zeile.ruege("kinder", "ein Kind ist älter als die Person", "Geburtsdaten prüfen")


def _survivor(zeile: Zeile, _: Context) -> None:
    given = next((name for name in ("verstorbene", "verhaeltnis") if name in zeile.werte), None)
    if given and zeile.werte.get("art", HINTERBLIEBENE) != HINTERBLIEBENE:
        zeile.ruege(given, f"gibt es nur bei art {HINTERBLIEBENE} (§ 23 Abs. 3 TVöD)",
                    "Spalte leeren oder Art berichtigen")


def _numbers(zeile: Zeile, _: Context) -> None:
    sv, born = zeile.werte.get("sv_nummer"), zeile.werte.get("geburtsdatum")
    if sv and born and not numbers.born_in(sv, born):
        zeile.ruege(
            "sv_nummer", f"passt nicht zum Geburtsdatum {born:%d.%m.%Y}", "beide mit dem Ausweis prüfen", schwer=False
        )


def _tax(zeile: Zeile, _: Context) -> None:
    w = zeile.werte
    if "faktor" in w and w.get("steuerklasse", 4) != 4:
        zeile.ruege("faktor", "gibt es nur zur Steuerklasse 4 (§ 39f EStG)", "Faktor löschen oder Klasse berichtigen")
    if "steuerklasse" not in w and not zeile.texte.get("steuerklasse") and any(name in w for name in TAX):
        zeile.ruege("steuerklasse", "fehlt, obwohl andere Steuermerkmale gefüllt sind", "Steuerklasse eintragen")


def _insurance(zeile: Zeile, context: Context) -> None:
    w = zeile.werte
    fund = w.get("krankenkasse")
    if fund is not None and len(fund) == 8 and fund.isdigit():
        try:
            numbers.betriebsnummer(fund)
        except Unlesbar as error:
            zeile.ruege("krankenkasse", error.grund, error.abhilfe)
            return
    if fund is not None and context.krankenkasse(fund) is None:
        near = context.aehnliche_kasse(fund)
        hint = f"Meinten Sie „{near}“" if near else "Kasse zuerst anlegen oder Kürzel der Liste verwenden"
        zeile.ruege("krankenkasse", "ist bei diesem Mandanten nicht angelegt", hint)
    if w.get("kv_art") in ("gesetzlich", "freiwillig") and fund is None and not zeile.texte.get("krankenkasse"):
        zeile.ruege("krankenkasse", f"fehlt bei kv_art {w['kv_art']}", "Kürzel der Kasse eintragen")
    given = [name for name in ("krankenkasse", "beitragsgruppe", "personengruppe") if name in w]
    if given and "kv_art" not in w and not zeile.texte.get("kv_art"):
        zeile.ruege("kv_art", f"fehlt, obwohl {given[0]} gefüllt ist", "Art der Krankenversicherung eintragen")
    if ("beitragsgruppe" in w) != ("personengruppe" in w):
        missing = "personengruppe" if "beitragsgruppe" in w else "beitragsgruppe"
        if not zeile.texte.get(missing):
            zeile.ruege(missing, "fehlt; Beitrags- und Personengruppe gehören zusammen", "beide eintragen")
    elif "kv_art" in w and "beitragsgruppe" not in w and w.get("art") != "beamte":
        zeile.ruege("beitragsgruppe", "fehlt (nur bei Beamten leer)", "Beitrags- und Personengruppe eintragen")


def _marginal(zeile: Zeile, _: Context) -> None:
    w = zeile.werte
    received, reported = w.get("befreiung_eingang"), w.get("befreiung_gemeldet")
    if received is None and not zeile.texte.get("befreiung_eingang"):
        for name in ("befreiung_gemeldet", "befreiung_widerruf"):
            if name in w:
                zeile.ruege("befreiung_eingang", f"fehlt, obwohl {name} gefüllt ist (§ 6 Abs. 3, 4 SGB VI)",
                            "Tag des Eingangs eintragen oder die Spalte leeren")
    elif received and reported and reported < received:
        zeile.ruege("befreiung_gemeldet", f"liegt vor dem Eingang am {received:%d.%m.%Y}", "beide Tage prüfen")
    if w.get("pauschal_20") and (w.get("individuell_besteuert") or w.get("kurzfristig_pauschal")):
        zeile.ruege("pauschal_20", "schließt die anderen Arten der Versteuerung aus (§ 40a EStG)", "nur eine wählen")
    given = next((name for name in MARGINAL if name in w and w[name] is not False), None)
    if given and "kv_art" not in w and not zeile.texte.get("kv_art"):
        zeile.ruege("kv_art", f"fehlt, obwohl {given} gefüllt ist", "Art der Krankenversicherung eintragen")


def _pension(zeile: Zeile, context: Context) -> None:
    fund = zeile.werte.get("zusatzversorgung", "keine")
    if fund != "keine" and fund not in context.ids.zv_kassen:
        zeile.ruege("zusatzversorgung", "ist bei diesem Mandanten nicht angelegt",
                    "Grundausstattung ergänzen oder eine angelegte Kasse nennen")


def _carried(zeile: Zeile, _: Context) -> None:
    given = [name for name in zeile.werte if name.startswith("vortrag_") and name != "vortrag_jahr"]
    year, entry = zeile.werte.get("vortrag_jahr"), zeile.werte.get("eintritt")
    if given and year is None and not zeile.texte.get("vortrag_jahr"):
        zeile.ruege("vortrag_jahr", f"fehlt, obwohl {given[0]} gefüllt ist", "Kalenderjahr der Vortragswerte eintragen")
    if year is not None and entry is not None and entry.year > year:
        zeile.ruege("vortrag_jahr", f"liegt vor dem Eintritt am {entry:%d.%m.%Y}", "Jahr oder Eintritt berichtigen")
    left = zeile.werte.get("austritt")
    if year is not None and left is not None and left.year < year:
        zeile.ruege("vortrag_jahr", f"liegt nach dem Austritt am {left:%d.%m.%Y}",
                    "Spalten vortrag_… leeren oder Austritt berichtigen")
    elif year is not None and entry is not None and entry.year <= year:
        _carried_ties(zeile, max(entry, date(year, 1, 1)), min(left or date(year, 12, 31), date(year, 12, 31)))


def _carried_ties(zeile: Zeile, first: date, last: date) -> None:
    """SV-Tage und Summen eines Vortrags gegeneinander."""
    w = zeile.werte
    days, most = w.get("vortrag_sv_tage", 0), insured_days(first, last)
    health, pension = w.get("vortrag_sv_brutto_kv", 0), w.get("vortrag_sv_brutto_rv", 0)
    if days > most:
        zeile.ruege("vortrag_sv_tage", f"mehr als die {most} SV-Tage vom {first:%d.%m.%Y} bis {last:%d.%m.%Y}",
                    "SV-Tage, Eintritt und Austritt prüfen")
    unread = "vortrag_sv_tage" not in w and zeile.texte.get("vortrag_sv_tage")  # its cell is refused already
    if (health or pension) and not days and not unread:
        zeile.ruege("vortrag_sv_tage", "fehlen zu den beitragspflichtigen Summen; ohne sie ist die Grenze zu niedrig",
                    "SV-Tage des Altverfahrens eintragen", schwer=False)
    if 0 < pension < health:
        zeile.ruege("vortrag_sv_brutto_kv", "höher als in RV und AV, obwohl deren Grenze höher ist (§ 223 Abs. 3 "
                    "SGB V, § 159 SGB VI)", "beide Summen mit dem Altverfahren vergleichen", schwer=False)


def _grade(zeile: Zeile, _: Context) -> None:
    w = zeile.werte
    if not any(zeile.texte.get(name) for name in (*GRADE, "stufe")):
        return
    for name in GRADE:
        if not zeile.texte.get(name):
            zeile.ruege(
                name, "fehlt, obwohl die Eingruppierung begonnen ist", "alle Angaben zur Eingruppierung eintragen"
            )
    _experience(zeile)
    if "tarifwerk" in w and "entgeltgruppe" in w and ("gueltig_ab" in w or "eintritt" in w):
        day = max(w.get("gueltig_ab") or w["eintritt"], FIRST_TABLES)
        if any(problem.spalte == "stufe" for problem in zeile.beanstandungen):
            return
        try:
            encode.assignment(w["tarifwerk"], w["entgeltgruppe"], w.get("stufe", ""), day)
        except encode.UnknownName as error:
            zeile.ruege(error.field, error.rule, error.remedy)


def _experience(zeile: Zeile) -> None:
    """Erste Ernennung in A: ohne Stufe folgen sie und ihr Beginn aus den anerkannten Monaten."""
    w = zeile.werte
    if "erfahrung_monate" not in w or "tarifwerk" not in w:
        return
    if w["tarifwerk"] != "NRW-A":
        zeile.ruege("erfahrung_monate", "anerkannte Zeiten gibt es nur in der Besoldungsordnung A (§ 30 LBesG NRW)",
                    "Spalte leeren")
    elif not zeile.texte.get("stufe") and "entgeltgruppe" in w and "eintritt" in w:
        try:
            found = festsetzung(w["entgeltgruppe"], w["eintritt"], w["erfahrung_monate"])
        except ValueError:
            return  # an unknown group: the cell itself is refused right after
        w["stufe"], w["stufe_seit"] = str(found.stufe), found.seit


def _payments(zeile: Zeile, context: Context) -> None:
    since = zeile.werte.get("gueltig_ab") or zeile.werte.get("eintritt")
    for n in range(1, BEZUEGE + 1):
        kind, amount = f"lohnart_{n}", f"betrag_{n}"
        if bool(zeile.texte.get(kind)) != bool(zeile.texte.get(amount)):
            missing = amount if zeile.texte.get(kind) else kind
            zeile.ruege(missing, "fehlt; Lohnart und Betrag gehören zusammen", "beide eintragen oder beide leeren")
        number = zeile.werte.get(kind)
        if number is not None and number not in context.ids.lohnarten:
            zeile.ruege(kind, "ist bei diesem Mandanten nicht angelegt", "Lohnart zuerst anlegen")
        elif number is not None and since is not None:
            refused = refusal(context.lohnarten, number, since, zeile.werte.get("austritt"))
            if refused is not None:
                zeile.ruege(kind, *refused)


def _still_missing(zeile: Zeile) -> None:
    """Was die Übernahme nicht hindert, aber die Abrechnung."""
    w, later = zeile.werte, "nachtragen; bis dahin wird nicht abgerechnet"
    if "steuerklasse" not in w and w.get("art") != "minijob":
        zeile.ruege("steuerklasse", "Steuermerkmale fehlen", later, schwer=False)
    if "kv_art" not in w:
        zeile.ruege("kv_art", "Angaben zur Sozialversicherung fehlen", later, schwer=False)
    if "tarifwerk" not in w and "betrag_1" not in w:
        zeile.ruege("tarifwerk", "weder Eingruppierung noch fester Betrag", later, schwer=False)
    if "iban" not in w:
        zeile.ruege("iban", "Bankverbindung fehlt", "nachtragen; bis dahin wird nicht überwiesen", schwer=False)
