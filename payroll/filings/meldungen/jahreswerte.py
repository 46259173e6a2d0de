"""Was eine Beschäftigung in einem Jahr bekommen hat und was einbehalten ist, für die Lohnsteuerbescheinigung."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select

from payroll.filings.meldungen import werte
from payroll.law.calculate import gross_to_net
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Versicherung
from payroll.runs.beside.equalise import AKTIVRENTE, FREI, LOHNERSATZ
from payroll.runs.beside.models import ERSTATTUNGEN, Verrechnung
from payroll.runs.beside.targets import LINES
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf, Wertebogen
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.sheets import TABLE, Sheet, columns_of
from tenants.db.session import TenantSession
from tenants.security import keys_of, open_sealed

NAMES = ("steuerbrutto", "lohnsteuer", "soli", "kirchensteuer", "rv_ag", "rv_an", "av_an")
BY_KIND = ("kv_an", "kv_ag", "zb_an", "zb_ag", "pv_an", "pv_ag", "zuschuss_kv", "zuschuss_pv")
TAXES = dict(zip(ERSTATTUNGEN, ("lohnsteuer", "soli", "kirchensteuer"), strict=True))
FLAT = ("nl_arbeitsweg_pauschal_sach", "nl_arbeitsweg_pauschal_geld")
# Wage types of the lines 15, 17, 18 and of the free line.
WAGE_TYPES = {
    **dict.fromkeys(LOHNERSATZ, "15"), **dict.fromkeys(AKTIVRENTE, "aktivrente"),
    **{wage_type: "17" for value, wage_type, *_ in LINES if value == "nl_jobticket_steuerfrei"},
    **{wage_type: "18" for value, wage_type, *_ in LINES if value in FLAT}}
SINCE = 2026  # of § 3 Nr. 21 EStG
Filter = tuple[Any, ...]
Jahreswerte = dict[int, Counter[str]]


def totals(session: TenantSession, year: int) -> Jahreswerte:
    """Je Beschäftigung, was in den Läufen des Jahres gezahlt ist, auch für frühere Monate, nach Abzug der Erstattungen
    (Cent): die Werte der Steuer und der Rente mit Namen, die anderen unter der Zeile der Bescheinigung.
    """
    found: Jahreswerte = defaultdict(Counter)
    of_year = (Lauf.zustand == "abgeschlossen", Lauf.monat >= date(year, 1, 1), Lauf.monat <= date(year, 12, 1))
    spans = _insured(session)
    for job, month, values in _booked(session, of_year):
        found[job].update({name: values[name] for name in NAMES})
        found[job].update(insurance_lines(values, *_kind(spans.get(job, ()), month)))
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Verrechnung.art, func.sum(Verrechnung.betrag).label("betrag"))
            .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(*of_year, Verrechnung.art.in_(ERSTATTUNGEN))
            .group_by(Ergebnis.beschaeftigung_id, Verrechnung.art)):
        found[row.beschaeftigung_id][TAXES[row.art]] += int(row.betrag)
    for number, wage_type, cents in _lines(session, of_year):
        found[number][WAGE_TYPES[wage_type]] += cents
    return found


def insurance_lines(values: Counter[str], art: str, group: str) -> Counter[str]:
    """Zeilen 24 bis 26 eines Monats. Zahlt der Arbeitgeber die Beiträge freiwillig Versicherter (Beitragsgruppe 9),
    stehen in 25 und 26 die ganzen Beiträge und sein Teil als Zuschuss in 24; die Unterlagen schweigen dazu, so die
    Lesart nach § 257 SGB V, § 61 SGB XI, § 3 Nr. 62 EStG.
    """
    whole = group[:1] == "9"
    paid = {name: values[f"{name}_ag"] if whole else 0 for name in ("kv", "zb", "pv")}
    found = Counter({"25": values["kv_an"] + values["zb_an"] + paid["kv"] + paid["zb"],
                     "26": values["pv_an"] + paid["pv"], "24c": values["zuschuss_pv"] + paid["pv"],
                     "24a": paid["kv"] + paid["zb"]})
    found["24a" if art == "freiwillig" else "24b"] += values["zuschuss_kv"]
    return found


def _booked(session: TenantSession, of_year: Filter) -> Iterator[tuple[int, date, Counter[str]]]:
    """Werte je Beschäftigung und Monat, dem sie gehören: die eigenen und die nachgebuchten."""
    names = (*NAMES, *BY_KIND)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, *(getattr(Ergebnis, name) for name in names))
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).where(*of_year)):
        yield row.beschaeftigung_id, row.monat, Counter({name: getattr(row, name) for name in names})
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(*of_year, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "wert",
                   RueckrechnungZeile.name.in_(names))
            .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, RueckrechnungZeile.name)):
        yield row.beschaeftigung_id, row.monat, Counter({row.name: int(row.betrag)})


def _lines(session: TenantSession, of_year: Filter) -> Iterator[tuple[int, str, int]]:
    """Bezüge, die eine eigene Zeile haben: Lohnersatz unter Progressionsvorbehalt (§ 41b Abs. 1 Satz 2 Nr. 5 EStG),
    steuerfreie und mit 15 % versteuerte Leistungen für den Arbeitsweg (Nr. 6, 7), samt Nachgebuchtem.
    """
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart, func.sum(Ergebniszeile.betrag).label("betrag"))
            .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
            .where(*of_year, Ergebniszeile.bereich == "bezug", Ergebniszeile.lohnart.in_(WAGE_TYPES))
            .group_by(Ergebnis.beschaeftigung_id, Ergebniszeile.lohnart)):
        yield row.beschaeftigung_id, row.lohnart, int(row.betrag)
    for row in session.execute(
            select(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name,
                   func.sum(RueckrechnungZeile.betrag).label("betrag"))
            .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
            .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
            .where(*of_year, Rueckrechnung.art != "offen", RueckrechnungZeile.bereich == "bezug",
                   RueckrechnungZeile.name.in_(WAGE_TYPES))
            .group_by(Rueckrechnung.beschaeftigung_id, RueckrechnungZeile.name)):
        yield row.beschaeftigung_id, row.name, int(row.betrag)


def tax_free_after_retirement_age(session: TenantSession, year: int, jobs: Sequence[int]) -> tuple[dict[int, int],
                                                                                                   set[int]]:
    """Aktivrente (§ 3 Nr. 21 EStG) je Beschäftigung, aus den Eingaben der Wertebögen gerechnet, und für wen
    Monate nachgerechnet sind: ihr neuer Betrag steht in keinem Wertebogen.
    """
    if year < SINCE:
        return {}, set()
    of_year = (Lauf.zustand == "abgeschlossen", Lauf.monat >= date(year, 1, 1), Lauf.monat <= date(year, 12, 1))
    keys, found = keys_of(session), Counter[int]()
    months: dict[date, list[tuple[int, dict[str, int]]]] = defaultdict(list)
    for row in session.execute(
            select(Ergebnis.beschaeftigung_id, Ergebnis.monat, Ergebnis.public_id, Wertebogen.inhalt)
            .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
            .where(*of_year, Ergebnis.beschaeftigung_id.in_(jobs))):
        content = open_sealed(keys, row.inhalt, table=TABLE, row=str(row.public_id), column="inhalt")
        months[row.monat].append((row.beschaeftigung_id, Sheet(*orjson.loads(zlib.decompress(content))).eingaben))
    for month, own in months.items():
        again = gross_to_net(month, columns_of(month, [inputs for _, inputs in own]), FREI)
        for name in FREI:
            found.update(dict(zip((job for job, _ in own), again.cents(name).tolist(), strict=True)))
    later = session.scalars(
        select(Rueckrechnung.beschaeftigung_id).join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(*of_year, Rueckrechnung.art != "offen", Rueckrechnung.beschaeftigung_id.in_(jobs)).distinct())
    return dict(found), set(later)


def _insured(session: TenantSession) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
            select(Versicherung.beschaeftigung_id, Versicherung.valid_from, Versicherung.valid_to, Versicherung.kv_art,
                   Versicherung.beitragsgruppe).where(known(Versicherung, None)).order_by(Versicherung.valid_from)):
        found[row.beschaeftigung_id].append(row)
    return found


def _kind(spans: Sequence[Any], month: date) -> tuple[str, str]:
    """Art der Krankenversicherung und Beitragsgruppe eines Monats; danach die letzte, davor keine."""
    last = werte.last_day(month)
    begun = [one for one in spans if one.valid_from <= last]
    return (begun[-1].kv_art, begun[-1].beitragsgruppe or "") if begun else ("", "")
