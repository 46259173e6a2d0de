"""Aus einer Zeile werden Tatsachen; leere Zellen lassen stehen, was je Tatsache einzeln weiter gilt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from payroll.masterdata.imports.columns import BEZUEGE
from payroll.masterdata.imports.context import Context
from payroll.masterdata.imports.zeilen import Zeile
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import (
    Bankverbindung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Kind,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    Vortragswerte,
    WeitereBeschaeftigung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.models.beside import VORTRAGSBETRAEGE
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.sealing import content_columns
from payroll.masterdata.service import default_of

FLAGS = ("sachsen", "pkv_ohne_krankengeld", "anderweitig_rentenversichert", "individuell_besteuert",
         "dienst_nach_beschaeftigung")  # fmt: skip
MARGINAL = ("befreiung_eingang", "befreiung_gemeldet", "befreiung_widerruf", "kurzfristig_arbeitstage",
            "kurzfristig_stunden", "kurzfristig_pauschal", "berufsmaessig", "pauschal_20")  # fmt: skip
# Stated together or not at all; an empty cell keeps these fields and resets the others of the same fact.
KEPT: dict[type[Fact], frozenset[str]] = {
    PersonAngaben: frozenset(content_columns(PersonAngaben)) | frozenset(PersonAngaben.sealed),
    BeschaeftigungAngaben: frozenset(content_columns(BeschaeftigungAngaben)) | frozenset(BeschaeftigungAngaben.sealed),
    Steuermerkmale: frozenset({"konfession", "ausgleich_verzicht", "auslandslohn", "aktivrente_erklaerung"}),
    Versicherung: frozenset({"elterneigenschaft", *FLAGS, *MARGINAL}),
    WeitereBeschaeftigung: frozenset({"arbeitgeber", "arbeitstage"}),
    Vortragswerte: frozenset(),
    Bezuegezuordnung: frozenset({"stufe_seit", "arbeitstage_woche"}),
    Zusatzversorgung: frozenset({"mitgliedsnummer"}),
    Kind: frozenset({"vorname", "nachweis_am", "nachweis_elektronisch"}),
    Bankverbindung: frozenset(),
    WiederkehrenderBezug: frozenset(),
}
PERSON = ["nachname", "vorname", "geburtsdatum", "strasse", "plz", "ort", "steuer_id", "sv_nummer",
          "geschlecht", "schwerbehinderung", "staatsangehoerigkeit"]
JOB = ["art", "eintritt", "austritt", "kostenstelle", "email", "verstorbene", "verhaeltnis", "taetigkeitsschluessel",
       "gefahrtarifstelle"]
TAX = ["steuerklasse", "faktor", "kinderfreibetraege", "konfession"]
TAX_CENTS = ["freibetrag_monat", "hinzurechnung_monat", "freibetrag_jahr", "hinzurechnung_jahr", "pkv_basis_monat"]
INSURANCE = ["kv_art", "beitragsgruppe", "personengruppe", "elterneigenschaft", *FLAGS, *MARGINAL]
INSURANCE_CENTS = ["pkv_beitrag_monat", "ppv_beitrag_monat", "regelmaessiges_entgelt"]
GRADE = ["tarifwerk", "entgeltgruppe", "stufe", "stufe_seit", "wochenstunden", "vollzeitstunden", "erfahrung_monate",
         "arbeitstage_woche"]
DAY = timedelta(days=1)


def since(zeile: Zeile) -> date:
    """Tag, ab dem die Angaben der Zeile gelten."""
    day: date = zeile.werte.get("gueltig_ab") or zeile.werte["eintritt"]
    return day


def person_facts(zeile: Zeile) -> Iterator[Tatsache]:
    """Tatsachen über die Person."""
    w, day = zeile.werte, since(zeile)
    yield Tatsache(PersonAngaben, day, _given(w, PERSON))
    if "iban" in w:
        account = {"iban": w["iban"], "iban_ende": w["iban"][-4:], "kontoinhaber": w.get("kontoinhaber")}
        yield Tatsache(Bankverbindung, day, account)
    if "weiteres_entgelt" in w:
        values = {"nummer": 1, "art": "versichert", "entgelt_monat_cent": w["weiteres_entgelt"]}
        yield Tatsache(WeitereBeschaeftigung, day, values)
    for number, born in enumerate(w.get("kinder", ()), start=1):
        yield Tatsache(Kind, max(day, born), {"nummer": number, "geburtsdatum": born})


def job_facts(zeile: Zeile, context: Context) -> Iterator[Tatsache]:
    """Tatsachen über die Beschäftigung."""
    w, day = zeile.werte, since(zeile)
    yield Tatsache(BeschaeftigungAngaben, day, _given(w, JOB))
    if "steuerklasse" in w:
        yield Tatsache(Steuermerkmale, day, _given(w, TAX) | _cents(w, TAX_CENTS))
    if "kv_art" in w:
        fund = context.krankenkasse(w["krankenkasse"]) if "krankenkasse" in w else None
        values = _given(w, INSURANCE) | _cents(w, INSURANCE_CENTS)
        yield Tatsache(Versicherung, day, values | {"krankenkasse_id": fund})
    if "tarifwerk" in w:
        yield Tatsache(Bezuegezuordnung, day, {"stufe": "0"} | _given(w, GRADE))
    if w.get("zusatzversorgung", "keine") != "keine":
        yield Tatsache(Zusatzversorgung, day, {"zv_kasse_id": context.ids.zv_kassen[w["zusatzversorgung"]]})
    if "vortrag_jahr" in w:
        begin = max(w["eintritt"], date(w["vortrag_jahr"], 1, 1))
        values = {"jahr": w["vortrag_jahr"], "herkunft": "vorsystem", "sv_tage": w.get("vortrag_sv_tage", 0)}
        yield Tatsache(Vortragswerte, begin, values | {f"{n}_cent": w.get(f"vortrag_{n}", 0) for n in VORTRAGSBETRAEGE})
    yield from _payments(w, day, context)


def _payments(w: dict[str, Any], day: date, context: Context) -> Iterator[Tatsache]:
    seen: dict[int, int] = {}
    for n in range(1, BEZUEGE + 1):
        if f"lohnart_{n}" in w and f"betrag_{n}" in w:
            kind = context.ids.lohnarten[w[f"lohnart_{n}"]]
            seen[kind] = seen.get(kind, 0) + 1
            values = {"lohnart_id": kind, "laufnummer": seen[kind], "betrag_cent": w[f"betrag_{n}"]}
            yield Tatsache(WiederkehrenderBezug, day, values)


def complete(fact: Tatsache, stored: dict[str, Any] | None) -> dict[str, Any]:
    """Alle Werte der Tatsache ohne ihren Anker: angegeben, sonst behalten, sonst üblich."""
    model = fact.model
    names = [name for name in (*content_columns(model), *model.sealed) if name != model.keys[0]]
    values = {}
    for name in names:
        if name in fact.values:
            values[name] = fact.values[name]
        elif stored is not None and name in KEPT[model]:
            values[name] = stored[name]
        else:
            values[name] = "keine" if name == "konfession" else default_of(model, name)
    return values


def chained(facts: Sequence[Tatsache]) -> list[Tatsache]:
    """Aufeinander folgende Angaben derselben Sache: gleiche fallen weg, jede endet vor der nächsten."""
    chains: dict[tuple[Any, ...], list[Tatsache]] = {}
    for fact in sorted(facts, key=lambda one: one.valid_from):
        chain = chains.setdefault((fact.model, *(fact.values.get(name) for name in fact.model.keys[1:])), [])
        values = complete(fact, chain[-1].values if chain else None)
        if chain and chain[-1].values == values:
            continue
        if chain and chain[-1].valid_from == fact.valid_from:
            chain.pop()
        elif chain:
            chain[-1] = replace(chain[-1], valid_to=fact.valid_from - DAY)
        chain.append(replace(fact, values=values))
    return [fact for chain in chains.values() for fact in chain]


def _given(w: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: w[name] for name in names if name in w}


def _cents(w: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {f"{name}_cent": w[name] for name in names if name in w}
