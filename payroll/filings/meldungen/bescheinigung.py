"""Lohnsteuerbescheinigungen (§ 41b EStG): je Beschäftigung und Jahr, was gezahlt und einbehalten ist."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import merkmale, stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.jahreswerte import tax_free_after_retirement_age, totals
from payroll.filings.meldungen.konto import difference
from payroll.masterdata.numbers import Unlesbar, steuer_id
from payroll.runs.models import Lauf
from tenants.db.session import TenantSession

RECIPIENT = ("elster", "Finanzverwaltung")
RETIREMENT_AGE = 65  # nobody reaches the standard age earlier (§ 235 SGB VI)


def due(year: int) -> date:
    """Letzter Tag des Februars des folgenden Jahres (§ 93c Abs. 1 Nr. 1 AO)."""
    return werte.last_day(date(year + 1, 2, 1))


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Bescheinigungen, die fehlen oder sich geändert haben: im Dezember alle, sonst die Ausgeschiedenen."""
    werte.closed_run(session, month)
    last = werte.last_day(month)
    wanted, problems = expected(session, month.year)
    if month.month != 12:
        wanted = [one for one in wanted if one.bis <= last and one.inhalt["1_bis"] != f"{month.year}-12-31"]
        kept = {one.personalnummer for one in wanted}
        problems = [text for text in problems if text.split(":")[0] in kept]
    entries = difference(session, "lstb", wanted, cancel=False)
    if not entries:
        return []
    first = first_here(session, month.year)
    late = [] if first.month == 1 else [
        f"{month.year}: abgerechnet ist hier ab {first:%m/%Y}, und ab dann wird bescheinigt; die Monate davor "
        "bescheinigt das frühere Verfahren (bei einem Wechsel im Jahr sind zwei Bescheinigungen erlaubt)."]
    return [Entwurf("lstb", month, date(month.year, 12, 1), *RECIPIENT, due(month.year), saetze=tuple(entries),
                    angaben={"jahr": str(month.year), "hinweise": [*late, *problems]})]


def first_here(session: TenantSession, year: int) -> date:
    """Erster Monat eines Jahres, der hier abgerechnet ist; davor liegende Beträge kennt nur das frühere Verfahren."""
    start = session.scalars(select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one()
    return max(start or date(year, 1, 1), date(year, 1, 1))


def expected(session: TenantSession, year: int) -> tuple[list[Satz], list[str]]:
    """Je Beschäftigung mit Arbeitslohn ein Satz; dazu, was an Personen fehlt.

    Wer im Lauf des Jahres hierher wechselt, bekommt zwei Bescheinigungen, jede für ihren Zeitraum: so erlaubt es die
    Finanzverwaltung beim Wechsel des Abrechnungssystems (Fragen und Antworten auf elster.de), und sonst stünde der Lohn
    einiger Monate beim ganzen Jahr.
    """
    last, begun = date(year, 12, 31), first_here(session, year)
    files, sums = stamm.files_of(session), totals(session, year)
    gaps, features = stamm.gaps_of(session, files, last), merkmale.of_year(session, year)
    elder = [number for number in sums if number in files and files[number].geboren.year + RETIREMENT_AGE <= year]
    exempt, again = tax_free_after_retirement_age(session, year, elder) if elder else ({}, set())
    made, problems = [], []
    for number, values in sums.items():
        file = files.get(number)
        values["aktivrente"] += exempt.get(number, 0)
        if file is None or not (values["steuerbrutto"] or values["lohnsteuer"] or values["aktivrente"]):
            continue  # two per cent of a minijob: no certificate (§ 41b Abs. 6 EStG)
        first, end = _period(file, year, begun)
        made.append(_entry(year, file, values, first, end, {
            "2": stamm.letters_u(gaps.get(number, []), first, end),
            "merkmale": merkmale.text_of(features.get(number, ()), first, end)}))
        problems += _problems(file)
        if number in again and exempt.get(number):
            problems.append(f"{file.personalnummer}: steuerfreier Arbeitslohn nach der Regelaltersgrenze (§ 3 Nr. 21 "
                            "EStG): Monate sind nachgerechnet, die Zeile nennt den zuerst abgerechneten Betrag; "
                            "prüfen")
    return sorted(made, key=lambda one: one.personalnummer), sorted(problems)


def _period(file: stamm.Akte, year: int, begun: date) -> tuple[date, date]:
    """Dauer des Dienstverhältnisses während des Kalenderjahres (§ 41b Abs. 1 Satz 2 Nr. 2 EStG).

    begun teilt sie nur bei denen, die dann noch da sind; wer im Jahr davor ausschied und hier nachgezahlt bekommt,
    war vom Jahresanfang (oder Eintritt) bis zum Austritt beschäftigt. In früheren Jahren Ausgeschiedene haben keine
    Dauer im Jahr: sein letzter Tag.
    """
    last, end = date(year, 12, 31), min(file.austritt or date(year, 12, 31), date(year, 12, 31))
    for first in (max(file.eintritt, begun), max(file.eintritt, date(year, 1, 1))):
        if first <= end:
            return first, end
    return last, last


def _entry(year: int, file: stamm.Akte, values: Counter[str], first: date, end: date, told: dict[str, Any]) -> Satz:
    content: dict[str, Any] = {
        "steuer_id": file.steuer_id, "nachname": file.inhalt["nachname"], "vorname": file.inhalt["vorname"],
        "geburtsdatum": file.inhalt["geburtsdatum"], "personalnummer": file.personalnummer,
        "1_von": first.isoformat(), "1_bis": end.isoformat(), **told}
    amounts = {"3": values["steuerbrutto"], "4": values["lohnsteuer"], "5": values["soli"],
               "6": values["kirchensteuer"], "22a": values["rv_ag"], "23a": values["rv_an"], "27": values["av_an"],
               **{key: values[key] for key in ("15", "17", "18", "24a", "24b", "24c", "25", "26", "aktivrente")}}
    content |= {key: cents for key, cents in amounts.items() if cents or key in ("3", "4")}
    return Satz(f"{file.personalnummer}|{year}", "lstb", first, end, due(year), file.person, file.personalnummer,
                content)


def _problems(file: stamm.Akte) -> list[str]:
    try:
        steuer_id(file.steuer_id)
    except Unlesbar as error:
        return [f"{file.personalnummer}: Steuer-Identifikationsnummer {error}"]
    return []
