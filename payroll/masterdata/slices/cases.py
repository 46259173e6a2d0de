"""Eingangswerte eines Falls, verschlüsselt wie das Recht sie nimmt (Abrechnungsvertrag, Teil Eingaben)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from payroll.law import encode
from payroll.law.rules.sozialversicherung.kindernachweis import kind_wirkt_ab
from payroll.masterdata.models import Steuermerkmale, Versicherung
from payroll.masterdata.models.funds import KAPITALGEDECKT
from payroll.masterdata.sealing import open_value
from payroll.masterdata.slices.beside import KURZFRISTIG, elsewhere, flat_taxed, without_tax
from payroll.masterdata.slices.findings import Finding
from payroll.masterdata.slices.minijob import pension_digit
from payroll.masterdata.slices.reading import Facts
from payroll.masterdata.slices.span import BEAMTE, HINTERBLIEBENE, Case, overlapping, valid_on
from tenants.security import TenantKeys

MILLION = 1_000_000
Values = dict[str, Any]
OHNE_BEITRAEGE = (BEAMTE, HINTERBLIEBENE)
SAXONY = "SN"
# Nobody knows how survivors are insured: no part for health insurance but what ELStAM says (§ 39b Abs. 2 EStG).
NO_INSURANCE = Versicherung(kv_art="privat", pkv_beitrag_monat_cent=0, ppv_beitrag_monat_cent=0, sachsen=False,
                            elterneigenschaft=True, pkv_ohne_krankengeld=False, anderweitig_rentenversichert=False,
                            dienst_nach_beschaeftigung=False, individuell_besteuert=False, kurzfristig_pauschal=False,
                            berufsmaessig=False, pauschal_20=False)


def case_values(case: Case, facts: Facts, keys: TenantKeys, problems: list[Finding]) -> Values | None:
    """Alle Eingangswerte des Falls; fehlt etwas Nötiges, kommen Hinweise hinzu und der Fall entfällt."""
    if facts.accounts.get(case.job.person_id) is None:
        problems.append(
            case.finding(
                "iban",
                "keine Bankverbindung, der Betrag kann nicht überwiesen werden",
                "Konto erfassen",
                left_out=False,
            )
        )
    tax = _tax(case, facts, keys, problems)
    insurance = _insurance(case, facts, problems)
    pension = _pension(case, facts, problems)
    if tax is None or insurance is None or pension is None:
        return None
    values = {**_identity(case, facts), **tax, **insurance, **pension, **elsewhere(case, facts)}
    values["sv_ost"] = int(bool(values["sachsen"]) or facts.land in encode.LAENDER_OST)
    return values


def _identity(case: Case, facts: Facts) -> Values:
    job = case.job
    return {
        "beschaeftigung_id": job.anchor,
        "person_id": job.person_id,
        "personalnummer": job.personalnummer,
        "name": case.name,
        "beschaeftigung_public_id": job.public_id,
        "person_public_id": job.person_public_id,
        "kostenstelle": job.kostenstelle or "",
        "verstorbene": job.verstorbene or "",
        "verhaeltnis": job.verhaeltnis or "",
        "status": encode.STATUS.index(job.art),
        "von_tag": case.first.day,
        "bis_tag": case.last.day,
        "eintritt_tag": encode.day_number(job.eintritt),
        "geburtsdatum": encode.day_number(case.person.geburtsdatum),
        "bundesland_kirche": encode.land_code(facts.land),
    }


def _tax(case: Case, facts: Facts, keys: TenantKeys, problems: list[Finding]) -> Values | None:
    row = _only(case, facts.tax, "steuermerkmale", problems)
    if row is None:
        if flat_taxed(case, facts):
            return NO_TAX
        if case.job.art == "minijob":
            problems.append(without_tax(case, facts))
            return None
        problems.append(
            case.finding(
                "steuerklasse",
                f"Steuermerkmale fehlen für {case.last:%m/%Y} (§ 39e EStG)",
                "ELStAM abrufen oder Ersatzbescheinigung erfassen, sonst Steuerklasse 6",
            )
        )
        return None
    return {
        "steuerklasse": row.steuerklasse,
        "faktor": 0 if row.faktor is None else int(row.faktor * 1000),
        "kinderfreibetraege": int(row.kinderfreibetraege * 10),
        "konfession": encode.konfession_code(_denomination(facts, keys, row)),
        "freibetrag_monat": row.freibetrag_monat_cent,
        "hinzurechnung_monat": row.hinzurechnung_monat_cent,
        "freibetrag_jahr": row.freibetrag_jahr_cent,
        "hinzurechnung_jahr": row.hinzurechnung_jahr_cent,
        "pkv_basis_monat": row.pkv_basis_monat_cent,
        "aktivrente_erklaerung": int(row.aktivrente_erklaerung),
    }


def _denomination(facts: Facts, keys: TenantKeys, row: Any) -> str:
    """Konfession der Steuermerkmale; ein Siegel wird nur einmal geöffnet."""
    known = facts.opened.get(row.public_id)
    if known is None:
        sealed = row.konfession_siegel
        known = open_value(keys, Steuermerkmale, row.public_id, "konfession", sealed) or "keine"
        facts.opened[row.public_id] = known
    return known


NO_TAX: Values = {
    "steuerklasse": 0,
    "faktor": 0,
    "kinderfreibetraege": 0,
    "konfession": 0,
    "freibetrag_monat": 0,
    "hinzurechnung_monat": 0,
    "freibetrag_jahr": 0,
    "hinzurechnung_jahr": 0,
    "pkv_basis_monat": 0,
    "aktivrente_erklaerung": 0,
}


def _insurance(case: Case, facts: Facts, problems: list[Finding]) -> Values | None:
    row = _only(case, facts.insurance, "versicherung", problems)
    if row is None and case.job.art == HINTERBLIEBENE:
        row = NO_INSURANCE
    if row is None:
        problems.append(
            case.finding(
                "kv_art",
                f"Angaben zur Sozialversicherung fehlen für {case.last:%m/%Y}",
                "Art der Krankenversicherung, Kasse, Beitrags- und Personengruppe erfassen",
            )
        )
        return None
    fund = facts.funds.get(row.krankenkasse_id, ())
    problems += _fund_in_mid_month(case, facts.insurance.get(case.job.anchor, ()), row, fund)
    official = case.job.art in OHNE_BEITRAEGE
    if row.beitragsgruppe is None and not official:
        problems.append(
            case.finding("beitragsgruppe", "Beitrags- und Personengruppe fehlen", "beide erfassen (§ 28a SGB IV)")
        )
        return None
    rates = _fund_rates(case, row, fund, problems)
    return None if rates is None else rates | _insured(case, facts, row, problems)


def _insured(case: Case, facts: Facts, row: Any, problems: list[Finding]) -> Values:
    """Die Angaben selbst, ohne die Sätze der Kasse."""
    children = [child for child in facts.children.get(case.job.person_id, ()) if is_proved(child, case.insured_on)]
    digits = pension_digit(case, row, row.beitragsgruppe or "0000", problems)
    problems += _saxon_share(case, row, facts.land)
    flat, minor = flat_taxed(case, facts), case.job.art == "minijob"
    return {
        "kv_art": encode.KV_ARTEN.index(row.kv_art),
        "beitragsgruppe_kv": int(digits[0]),
        "beitragsgruppe_rv": int(digits[1]),
        "beitragsgruppe_av": int(digits[2]),
        "beitragsgruppe_pv": int(digits[3]),
        "beitragsgruppe": digits,
        "personengruppe": row.personengruppe or 0,
        "pkv_beitrag_monat": row.pkv_beitrag_monat_cent,
        "ppv_beitrag_monat": row.ppv_beitrag_monat_cent,
        "kinderlos": int(not children and not row.elterneigenschaft),
        "kinder_unter_25": sum([counts_as_child(child.geburtsdatum, case.insured_on) for child in children]),
        "sachsen": int(row.sachsen),
        "pkv_ohne_krankengeld": int(row.pkv_ohne_krankengeld),
        "anderweitig_rentenversichert": int(row.anderweitig_rentenversichert),
        "dienst_nach_beschaeftigung": int(row.dienst_nach_beschaeftigung),
        "individuell_besteuert": int(minor and not flat),
        "pauschal_besteuert": int(flat),
        "pauschal_20": int(row.pauschal_20),
        "kurzfristig_pauschal": int(flat and row.personengruppe == KURZFRISTIG),
        "kurzfristig_arbeitstage": row.kurzfristig_arbeitstage or 0,
        "kurzfristig_stunden": int((row.kurzfristig_stunden or 0) * 100),
        "berufsmaessig": int(row.berufsmaessig),
        "regelmaessiges_entgelt": -1 if row.regelmaessiges_entgelt_cent is None else row.regelmaessiges_entgelt_cent,
    }


def _saxon_share(case: Case, row: Any, land: str) -> list[Finding]:
    """In Sachsen trägt der Arbeitgeber weniger vom Pflegebeitrag; Land und Angabe der Person widersprechen sich."""
    insured = (row.beitragsgruppe or "0000")[3] != "0" or row.kv_art == "privat"
    if row.sachsen == (land == SAXONY) or not insured or case.job.art in (*OHNE_BEITRAEGE, "minijob"):
        return []
    place = ("Der Arbeitgeber hat seinen Sitz in Sachsen, „Beschäftigungsort in Sachsen“ ist aber nicht gesetzt"
             if land == SAXONY else "„Beschäftigungsort in Sachsen“ ist gesetzt, der Arbeitgeber hat seinen Sitz aber "
             "nicht dort")
    return [case.finding("sachsen", f"{place}; der Arbeitgeberanteil zur Pflegeversicherung richtet sich nach dem "
                         "Beschäftigungsort (§ 58 Abs. 3 SGB XI)", "Beschäftigungsort prüfen; „Sozialversicherung“ der "
                         "Person berichtigen oder begründen, dass er in einem anderen Land liegt", left_out=False)]


def _fund_in_mid_month(case: Case, rows: Sequence[Any], now: Any, fund: Sequence[Any]) -> list[Finding]:
    """Wechselt die Kasse mitten im Monat, bekommt die spätere seine ganzen Beiträge: das sieht ein Mensch."""
    before = [one for one in rows if one.valid_to is not None and case.first <= one.valid_to < case.last]
    if not before or not now.krankenkasse_id or before[-1].krankenkasse_id in (None, now.krankenkasse_id):
        return []
    day = before[-1].valid_to + timedelta(days=1)
    return [case.finding(
        "krankenkasse", f"Die Krankenkasse wechselt am {day:%d.%m.%Y} mitten im Monat; der "
        f"Beitragsnachweis nennt die Beiträge des ganzen Monats bei {fund[0].name if fund else 'der neuen Kasse'}",
        "Tag prüfen: gewechselt wird zum Ende eines Monats (§ 175 Abs. 4 SGB V); stimmt er, den Nachweis der früheren "
        "Kasse von Hand um ihre Tage ergänzen", left_out=False)]


def _fund_rates(case: Case, row: Any, fund: Sequence[Any], problems: list[Finding]) -> Values | None:
    """Sätze der Krankenkasse; für die Märzklausel auch der Zusatzbeitrag derselben Kasse im Dezember des Vorjahres."""
    art = case.job.art
    now, before = valid_on(fund, case.insured_on), valid_on(fund, date(case.last.year - 1, 12, 31))
    extra = None if now is None else now.zusatzbeitrag
    pays_extra = row.kv_art in ("gesetzlich", "freiwillig") and art != "minijob"
    if pays_extra and extra is None:
        problems.append(_no_rate(case, fund))
        return None
    u2 = None if now is None or art in OHNE_BEITRAEGE else now.u2_satz
    return {
        "krankenkasse_id": row.krankenkasse_id or 0,
        "krankenkasse": fund[0].name if fund else "",
        "zusatzbeitrag": _millionths(extra) if pays_extra else 0,
        "vorjahr_zusatzbeitrag": _millionths(None if before is None else before.zusatzbeitrag),
        "u2_satz": _millionths(u2),
        "satz_unbestaetigt": int(now is not None and now.status == "unbestaetigt" and art not in OHNE_BEITRAEGE),
        "u2_fehlt": u2 is None and art not in OHNE_BEITRAEGE,
    }


def is_proved(child: Any, last: date) -> bool:
    """Wirkt der Nachweis dieses Kindes im Monat von `last` schon (§ 55 Abs. 3 SGB XI)?"""
    if child.nachweis_am is None:
        return True
    return kind_wirkt_ab(child.geburtsdatum, child.nachweis_am, child.nachweis_elektronisch) <= last


def counts_as_child(born: date, last: date) -> bool:
    """Zählt ein Kind im Monat von `last` für den Abschlag (§ 55 Abs. 3 S. 4 SGB XI)?

    Es zählt bis zum Ende des Monats, in dem es das 25. Lebensjahr vollendet; das geschieht am Tag vor dem Geburtstag
    (§ 187 Abs. 2 BGB).
    """
    try:
        birthday = born.replace(year=born.year + 25)
    except ValueError:
        birthday = date(born.year + 25, 3, 1)
    return born <= last and birthday - timedelta(days=1) >= last.replace(day=1)


def _pension(case: Case, facts: Facts, problems: list[Finding]) -> Values | None:
    row = _only(case, facts.pension, "zusatzversorgung", problems)
    if row is None or case.danach:  # nothing paid after the end is pensionable (Anlage 3 zum ATV-K)
        return NO_PENSION
    fund = facts.pension_funds[row.zv_kasse_id]
    problems += _pension_fund_in_mid_month(case, facts, row)
    rates = valid_on(fund, case.last)
    if rates is None or (rates.kuerzel in KAPITALGEDECKT and not rates.beitrag_satz):
        problems.append(
            case.finding(
                "zv_umlage_satz",
                f"Sätze der Zusatzversorgungskasse {fund[0].name} für {case.last:%m/%Y} fehlen",
                "Umlage, Sanierungsgeld oder Beitrag und Verfahren der Kasse mit Quelle erfassen",
            )
        )
        return None
    return {
        "zusatzversorgung": encode.ZUSATZVERSORGUNGEN.index(rates.kuerzel),
        "zv_umlage_satz": _millionths(rates.umlage_satz),
        "zv_an_satz": _millionths(rates.an_satz),
        "zv_sanierungsgeld_satz": _millionths(rates.sanierungsgeld_satz),
        "zv2_beitrag_satz": _millionths(rates.beitrag_satz),
        "zv_pauschal_grenze": rates.pauschal_grenze_cent,
        "zv_verfahren": encode.ZV_VERFAHREN.index(rates.verfahren),
        "zv_kist_verfahren": encode.ZV_KIST_VERFAHREN.index(rates.kist_verfahren),
    }


def _pension_fund_in_mid_month(case: Case, facts: Facts, now: Any) -> list[Finding]:
    """Wechselt die Kasse mitten im Monat, rechnet und meldet der Monat ganz bei der späteren.

    Wie ein geteilter Monat auf zwei Kassen zu verteilen ist, sagen die Unterlagen nicht: das sieht ein Mensch.
    """
    before = [one for one in facts.pension.get(case.job.anchor, ())
              if one.valid_to is not None and case.first <= one.valid_to < case.last]
    if not before or before[-1].zv_kasse_id == now.zv_kasse_id:
        return []
    day = before[-1].valid_to + timedelta(days=1)
    old, new = (facts.pension_funds[one][0].name for one in (before[-1].zv_kasse_id, now.zv_kasse_id))
    return [case.finding(
        "zusatzversorgung", f"Die Zusatzversorgungskasse wechselt am {day:%d.%m.%Y} mitten im Monat; Entgelt und "
        f"Umlage des ganzen Monats rechnen und melden bei {new}, nichts bei {old}",
        f"Tag prüfen; stimmt er, mit beiden Kassen klären, welche Tage zu {old} gehören, und die Meldungen des Monats "
        "und des Jahres von Hand aufteilen", left_out=False)]


NO_PENSION: Values = {
    "zusatzversorgung": encode.ZUSATZVERSORGUNGEN.index("keine"),
    "zv_umlage_satz": 0,
    "zv_an_satz": 0,
    "zv_sanierungsgeld_satz": 0,
    "zv2_beitrag_satz": 0,
    "zv_pauschal_grenze": 0,
    "zv_verfahren": 0,
    "zv_kist_verfahren": 0,
}


def _only(case: Case, table: dict[int, list[Any]], name: str, problems: list[Finding]) -> Any | None:
    """Die Tatsache am letzten Tag des Falls; überschneiden sich zwei, entfällt der Fall mit Hinweis."""
    rows = table.get(case.job.anchor)
    if overlapping(rows):
        problems.append(case.finding(name, "Tatsachen überschneiden sich", "Zeiträume berichtigen"))
    return valid_on(rows, case.last)


def _no_rate(case: Case, fund: Any) -> Finding:
    name = fund[0].name if fund else "ohne Angabe"
    return case.finding(
        "zusatzbeitrag",
        f"Zusatzbeitrag der Krankenkasse {name} für {case.last:%m/%Y} ist nicht bekannt (§ 242 SGB V)",
        "Satz der Kasse mit Quelle erfassen",
    )


@lru_cache(1024)
def _millionths(percent: Decimal | None) -> int:
    return 0 if percent is None else int(percent * MILLION / 100)
