"""Lohnsteuerbescheinigungen (§ 41b EStG): je Beschäftigung und Jahr, was gezahlt und einbehalten ist."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.konto import difference
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Versicherung
from payroll.masterdata.numbers import Unlesbar, steuer_id
from payroll.runs.beside.equalise import LOHNERSATZ
from payroll.runs.beside.models import ERSTATTUNGEN, Verrechnung
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.session import TenantSession

NAMES = ("steuerbrutto", "lohnsteuer", "soli", "kirchensteuer", "rv_ag", "rv_an", "kv_an", "zb_an", "pv_an", "av_an",
         "zuschuss_kv", "zuschuss_pv")
RECIPIENT = ("elster", "Finanzverwaltung")
TAXES = dict(zip(ERSTATTUNGEN, ("lohnsteuer", "soli", "kirchensteuer"), strict=True))


def due(year: int) -> date:
    """Letzter Tag des Februars des folgenden Jahres (§ 93c Abs. 1 Nr. 1 AO)."""
    return werte.last_day(date(year + 1, 2, 1))


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Bescheinigungen, die fehlen oder sich geändert haben: im Dezember alle, sonst die Ausgeschiedenen."""
    werte.closed_run(session, month)
    last = werte.last_day(month)
    wanted, problems = expected(session, month.year, until=month)
    if month.month != 12:
        wanted = [one for one in wanted if one.bis <= last and one.inhalt["1_bis"] != f"{month.year}-12-31"]
        kept = {one.personalnummer for one in wanted}
        problems = [text for text in problems if text.split(":")[0] in kept]
    entries = difference(session, "lstb", wanted, cancel=False)
    if not entries:
        return []
    return [Entwurf("lstb", month, date(month.year, 12, 1), *RECIPIENT, due(month.year), saetze=tuple(entries),
                    angaben={"jahr": str(month.year), "hinweise": problems})]


def expected(session: TenantSession, year: int, *, until: date | None = None) -> tuple[list[Satz], list[str]]:
    """Je Beschäftigung mit Arbeitslohn ein Satz; dazu, was an Personen fehlt."""
    last = date(year, 12, 31)
    files, sums = stamm.files_of(session), totals(session, year)
    gaps, kinds = stamm.gaps_of(session, files, last), _kinds(session, last)
    made, problems = [], []
    for number, values in sums.items():
        file = files.get(number)
        if file is None or not (values["steuerbrutto"] or values["lohnsteuer"]):
            continue  # two per cent of a minijob: no certificate (§ 41b Abs. 6 EStG)
        first, end = max(file.eintritt, date(year, 1, 1)), min(file.austritt or last, last)
        if end < first:
            first = end = last  # paid after leaving: the year of receipt
        made.append(_entry(year, file, values, kinds.get(number, ""), first, end,
                           stamm.letters_u(gaps.get(number, []), first, end)))
        problems += _problems(file)
    return sorted(made, key=lambda one: one.personalnummer), sorted(problems)


def _entry(year: int, file: stamm.Akte, values: Counter[str], kind: str, first: date, end: date, letters: int) -> Satz:
    content: dict[str, Any] = {
        "steuer_id": file.steuer_id, "nachname": file.inhalt["nachname"], "vorname": file.inhalt["vorname"],
        "geburtsdatum": file.inhalt["geburtsdatum"], "personalnummer": file.personalnummer,
        "1_von": first.isoformat(), "1_bis": end.isoformat(), "2": letters}
    amounts = {"3": values["steuerbrutto"], "4": values["lohnsteuer"], "5": values["soli"],
               "6": values["kirchensteuer"], "15": values["lohnersatz"], "22a": values["rv_ag"], "23a": values["rv_an"],
               "24a" if kind == "freiwillig" else "24b": values["zuschuss_kv"], "24c": values["zuschuss_pv"],
               "25": values["kv_an"] + values["zb_an"], "26": values["pv_an"], "27": values["av_an"]}
    content |= {key: cents for key, cents in amounts.items() if cents or key in ("3", "4")}
    return Satz(f"{file.personalnummer}|{year}", "lstb", first, end, due(year), file.person, file.personalnummer,
                content)


def _problems(file: stamm.Akte) -> list[str]:
    try:
        steuer_id(file.steuer_id)
    except Unlesbar as error:
        return [f"{file.personalnummer}: Steuer-Identifikationsnummer {error}"]
    return []


def totals(session: TenantSession, year: int) -> dict[int, Counter[str]]:
    """Was in den Läufen des Jahres gezahlt ist, auch für frühere Monate, nach Abzug der Erstattungen (Cent)."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    of_year = (Lauf.zustand == "abgeschlossen", Lauf.monat >= date(year, 1, 1), Lauf.monat <= date(year, 12, 1))
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, *(func.sum(getattr(Ergebnis, name)).label(name) for name in NAMES))
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*of_year).group_by(Ergebnis.beschaeftigung_id)):
        found[row.beschaeftigung_id].update({name: int(getattr(row, name)) for name in NAMES})
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(*of_year, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
                   RueckrechnungZeile.name.in_(NAMES))
            .group_by(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name)):
        found[row.beschaeftigung_id][row.name] += int(row.betrag)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Verrechnung.art, func.sum(Verrechnung.betrag).label("betrag"))
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(*of_year, Verrechnung.art.in_(ERSTATTUNGEN))
            .group_by(Ergebnis.beschaeftigung_id, Verrechnung.art)):
        found[row.beschaeftigung_id][TAXES[row.art]] += int(row.betrag)
    for number, betrag in _replacements(session, of_year):
        found[number]["lohnersatz"] += betrag
    return found


def _replacements(session: TenantSession, of_year: tuple[Any, ...]) -> Iterator[tuple[int, int]]:
    """Lohnersatz unter Progressionsvorbehalt (Nr. 15): Zuschuss zum Mutterschaftsgeld, Entschädigung nach dem IfSG,
    Aufstockung der Altersteilzeit (§ 41b Abs. 1 Satz 2 Nr. 5 EStG), samt Nachgebuchtem."""
    yield from ((row.beschaeftigung_id, int(row.betrag)) for row in session.execute(
        select(Ergebnis.beschaeftigung_id, func.sum(Ergebniszeile.betrag).label("betrag"))
        .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(*of_year, Ergebniszeile.bereich == "bezug", Ergebniszeile.lohnart.in_(LOHNERSATZ))
        .group_by(Ergebnis.beschaeftigung_id)))
    yield from ((row.beschaeftigung_id, int(row.betrag)) for row in session.execute(
        select(Rueckrechnung.beschaeftigung_id, func.sum(RueckrechnungZeile.betrag).label("betrag"))
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*of_year, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "bezug",
               RueckrechnungZeile.name.in_(LOHNERSATZ))
        .group_by(Rueckrechnung.beschaeftigung_id)))


def _kinds(session: TenantSession, day: date) -> dict[int, str]:
    rows = session.execute(select(Versicherung.beschaeftigung_id, Versicherung.kv_art).where(
        known(Versicherung, None), Versicherung.valid_from <= day).order_by(Versicherung.valid_from))
    return {row.beschaeftigung_id: row.kv_art for row in rows}
