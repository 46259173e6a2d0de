"""Lohnsteuer-Anmeldung eines Monats (§ 41a EStG): Kennzahlen aus dem, was der Lauf gebucht hat, auch nachträglich."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
from sqlalchemy import select
from stdnum.de import stnr
from stdnum.exceptions import ValidationError

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import werte
from payroll.filings.meldungen.entwurf import Entwurf
from payroll.filings.pflichten.termine import wage_tax_due
from payroll.law.calculate import law_of, rule_book
from payroll.law.engine import evaluate
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Zusatzversorgung
from payroll.masterdata.models.funds import ZvKasseSatz
from payroll.masterdata.settings import settings_on
from payroll.postings.zuwendungen import of_month
from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from payroll.runs.sheets import TABLE
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant
from tenants.security import keys_of, open_sealed

BENEFITS = "pauschalsteuern_nebenleistungen"
FORTY_A = ("pauschsteuer_20", "pauschsteuer_25")
NAMES = ("lohnsteuer", "soli", "kirchensteuer", *FORTY_A, "pauschsteuer_40a_soli", "pauschsteuer_40a_kist",
         "zv_pauschalsteuer", "zv_pauschal_soli", "zv_pauschal_kist", BENEFITS)
CHURCH = {"ev": "61", "rk": "62"}
PARTS = ("nl_pauschal_soli", "nl_pauschal_kist", "nl_steuer_37b")


def draft(session: TenantSession, month: Any) -> Entwurf:
    """Die Anmeldung eines abgeschlossenen Monats; fehlt die Steuernummer oder das Finanzamt, ist es ein Befund."""
    lauf = werte.closed_run(session, month)
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    values, years = figures(session, lauf), by_year(session, lauf)
    office = tenant.finanzamt or ""
    return Entwurf("lsta", lauf.monat, lauf.monat, office or "Finanzamt", f"Finanzamt {office}".strip(),
                   wage_tax_due(lauf.monat), max(values["83"], 0), werte=values, befunde=tuple(problems(tenant)),
                   angaben={"steuernummer": tenant.steuernummer or "", "betriebsstaette": tenant.name,
                            "zeitraum": f"{lauf.monat:%Y-%m}", "guthaben": max(-values["83"], 0),
                            **{f"lohnsteuer_{year}": euros(cents) for year, cents in years.items()},
                            "hinweise": hints(lauf.monat.year, years)})


def by_year(session: TenantSession, lauf: Lauf) -> dict[str, int]:
    """Lohnsteuer der Kennzahl 42 nach dem Kalenderjahr, dem sie gehört (§ 41a Abs. 1 EStG); Cent, Null bleibt weg."""
    found: Counter[str] = Counter()
    for one in werte.booked(session, lauf, ("lohnsteuer",)):
        found[str(one.monat.year)] += one.werte["lohnsteuer"]
    found[str(lauf.monat.year)] -= sum(werte.refunds(session, lauf)["jahresausgleich_lohnsteuer"].values())
    return {year: found[year] for year in sorted(found) if found[year]}


def hints(year: int, years: Mapping[str, int]) -> list[str]:
    """Je früherem Jahr ein Satz: die Anmeldung verlangt die Lohnsteuer nach Kalenderjahren getrennt."""
    return [f"In Kennzahl 42 gehören {euros(cents)} EUR zum Kalenderjahr {earlier}; getrennt nach Jahren eintragen "
            "(§ 41a Abs. 1 EStG)." for earlier, cents in years.items() if earlier != str(year)]


def euros(cents: int) -> str:
    """Cent als Euro mit Komma."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def problems(tenant: Tenant) -> list[str]:
    """Was der Anmeldung am Arbeitgeber fehlt."""
    found = []
    if not tenant.finanzamt:
        found.append(f"Arbeitgeber {tenant.name}: Finanzamt fehlt (§ 41a Abs. 1 EStG); bei den Angaben des "
                     "Arbeitgebers "
                     "erfassen.")
    if not tenant.steuernummer:
        found.append(f"Arbeitgeber {tenant.name}: Steuernummer fehlt (§ 41a Abs. 1 EStG); bei den Angaben des "
                     "Arbeitgebers "
                     "erfassen.")
        return found
    try:
        stnr.validate(tenant.steuernummer)
    except ValidationError:
        found.append(f"Arbeitgeber {tenant.name}: Steuernummer „{tenant.steuernummer}“ hat kein gültiges Format; mit "
                     "dem "
                     "Bescheid des Finanzamts vergleichen.")
    return found


def figures(session: TenantSession, lauf: Lauf) -> dict[str, int]:
    """Kennzahl und Betrag in Cent; 86 ist die Zahl der Beschäftigten. Null bleibt weg, 42 und 83 stehen immer da."""
    rows, people = werte.booked(session, lauf, NAMES), werte.people(session)
    back = werte.refunds(session, lauf)
    churched = {one.beschaeftigung for one in rows if one.werte["kirchensteuer"] or any(
        one.werte[name] for name in ("pauschsteuer_40a_kist", "zv_pauschal_kist", BENEFITS))}
    churched |= set(back["jahresausgleich_kirchensteuer"])
    words = werte.denominations(session, lauf.stand, churched)
    simple = _simple(session, lauf)
    sums: Counter[str] = Counter()
    for one in rows:
        _add(sums, one, words.get(one.beschaeftigung, ()), simple)
    _benefits(session, lauf, rows, sums, words, simple)
    for gift in of_month(session, lauf.monat):
        sums["44"] += gift.steuer
        sums["49"] += gift.soli
        sums["47"] += gift.kirchensteuer
    sums["42"] -= sum(back["jahresausgleich_lohnsteuer"].values())
    sums["49"] -= sum(back["jahresausgleich_soli"].values())
    for job, amount in back["jahresausgleich_kirchensteuer"].items():
        sums[_church(words.get(job, ()), lauf.monat)] -= amount
    sums["48"] = sums["42"] + sums["41"] + sums["44"]
    total = sum(sums[key] for key in ("48", "49", "47", "61", "62"))
    own = {people[one.beschaeftigung].person for one in rows if one.ergebnis is not None}
    found = {key: sums[key] for key in ("42", "41", "44", "48", "49", "47", "61", "62") if sums[key] or key == "42"}
    return {"86": len(own), **found, "83": total}


def _add(sums: Counter[str], one: werte.Gebucht, words: Any, simple: dict[str, Any]) -> None:
    values = one.werte
    sums["42"] += values["lohnsteuer"]
    sums["41"] += values["zv_pauschalsteuer"] + sum(values[name] for name in FORTY_A)
    sums["49"] += values["soli"] + values["zv_pauschal_soli"] + values["pauschsteuer_40a_soli"]
    if values["kirchensteuer"]:
        sums[_church(words, one.monat)] += values["kirchensteuer"]
    for name, flat in (("zv_pauschal_kist", one.beschaeftigung not in simple["nachweis_zv"]),
                       ("pauschsteuer_40a_kist", simple["pauschal"])):
        if values[name]:
            sums["47" if flat else _church(words, one.monat)] += values[name]


def _church(words: Any, month: Any) -> str:
    word = werte.church_of(words, month)
    if not word:
        raise FilingRefused("Kirchensteuer ohne Konfession: Lohnsteuermerkmale der Person mit den ELStAM vergleichen "
                            "und "
                            "berichtigen.")
    return CHURCH[word]


def _simple(session: TenantSession, lauf: Lauf) -> dict[str, Any]:
    """Ob pauschale Kirchensteuer vereinfacht erhoben ist: nach der Einstellung, bei der Umlage nach der Kasse."""
    last = werte.last_day(lauf.monat)
    proof = set(session.scalars(select(ZvKasseSatz.zv_kasse_id).where(
        known(ZvKasseSatz, lauf.stand), within(ZvKasseSatz, last, last), ZvKasseSatz.kist_verfahren == "nachweis")))
    jobs = set() if not proof else set(session.scalars(select(Zusatzversorgung.beschaeftigung_id).where(
        known(Zusatzversorgung, lauf.stand), within(Zusatzversorgung, lauf.monat, last),
        Zusatzversorgung.zv_kasse_id.in_(sorted(proof)))))
    setting = settings_on(session, last, lauf.stand).pauschal_kirchensteuer
    return {"pauschal": setting == "vereinfacht", "nachweis_zv": jobs}


def _benefits(session: TenantSession, lauf: Lauf, rows: list[werte.Gebucht], sums: Counter[str],
              words: dict[int, Any], simple: dict[str, Any]) -> None:
    """Pauschale Steuern auf Nebenleistungen, geteilt in Steuer, § 37b, Zuschlag und Kirchensteuer.

    Der eigene Monat wird aus den Angaben des Wertebogens geteilt, wie er gerechnet ist; nachgebuchte Unterschiede im
    Verhältnis der Sätze (der Rest ist Steuer), im Nachweisverfahren ohne Konfession ohne Kirchensteuer.
    """
    parts = benefit_parts(session, lauf, [one.ergebnis for one in rows if one.ergebnis and one.werte[BENEFITS]])
    for one in rows:
        total = one.werte[BENEFITS]
        if not total:
            continue
        free = not simple["pauschal"] and not werte.church_of(words.get(one.beschaeftigung, ()), one.monat)
        soli, church, gifts = parts.get(one.ergebnis) or estimated_parts(total, church=not free)
        sums["44"] += gifts
        sums["49"] += soli
        if church:
            sums["47" if simple["pauschal"] else _church(words.get(one.beschaeftigung, ()), one.monat)] += church
        sums["41"] += total - gifts - soli - church


def estimated_parts(total: int, *, church: bool) -> tuple[int, int, int]:
    """Zuschlag (5,5) und Kirchensteuer (7 oder keine) zu 100 Steuer, aus ihrer Summe; § 37b bleibt ungeteilt."""
    whole, sign = 1055 + 70 * church, 1 if total >= 0 else -1
    return sign * (abs(total) * 55 // whole), sign * (abs(total) * 70 * church // whole), 0


def benefit_parts(session: TenantSession, lauf: Lauf, results: list[Any]) -> dict[Any, tuple[int, int, int]]:
    """Je Ergebnis Zuschlag, Kirchensteuer und § 37b seiner Nebenleistungen (Cent)."""
    if not results:
        return {}
    keys, grouped = keys_of(session), defaultdict(list)
    for row in session.execute(select(Ergebnis.public_id, Wertebogen.inhalt).join(
            Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id).where(Ergebnis.public_id.in_(results))):
        content = orjson.loads(zlib.decompress(open_sealed(keys, row.inhalt, table=TABLE, row=str(row.public_id),
                                                           column="inhalt")))
        own = next((line[-1][2][0] for line in content[4] if line[-1][0] == "*"), None)
        if own is not None:
            grouped[tuple(sorted(own))].append((row.public_id, own))
    found = {}
    law = law_of(lauf.monat, rule_book())
    for names, members in grouped.items():
        made = evaluate(law, {name: np.array([own[name] for _, own in members]) for name in names}, PARTS)
        columns = [made.cents(name).tolist() for name in PARTS]
        found.update({result: tuple(column[at] for column in columns) for at, (result, _) in enumerate(members)})
    return found
