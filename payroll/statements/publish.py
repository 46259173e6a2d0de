"""Aus einem Lauf werden Abrechnungen: alle Ergebnisse, ihre Wertebögen und Tatsachen, je Person ein Dokument."""

from __future__ import annotations

import calendar
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import orjson
from sqlalchemy import func, select

from payroll.law.engine.overlay import Overlay
from payroll.masterdata.models import Bankverbindung, PersonAngaben, Steuermerkmale
from payroll.masterdata.slices.tarif import overlays
from payroll.runs import retro, sheets, steps, taxyear, termine
from payroll.runs.models import Ergebnis, Lauf, Wertebogen
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.runs.values import VALUES
from payroll.statements import absences, rates, retro_lines, slip_facts, splits, time_balances
from payroll.statements.assemble import Case, assemble
from payroll.statements.payslip import Employee, Grade, Insurance, Konto, Line, NetLine, Payslip, Period, Tax
from payroll.statements.service import Stored, store_payslips
from payroll.statements.slip_facts import SlipFacts
from tenants.db.bulk import whole_tables
from tenants.db.session import TenantSession
from tenants.documents import DocumentKeyError
from tenants.operation import tracing
from tenants.security import open_sealed

BLOCK = 500
PERCENT = Decimal(10_000)  # rates of the law are millionths
PAUSCHAL = {"pauschal_20": "keine, pauschal 20 % (§ 40a Abs. 2a EStG)",
            "kurzfristig_pauschal": "keine, pauschal 25 % (§ 40a Abs. 1 EStG)"}
KIRCHEN = {"keine": "", "ev": "evangelisch", "rk": "römisch-katholisch"}
YEAR = (
    "gesamtbrutto",
    "steuerbrutto",
    "lohnsteuer",
    "soli",
    "kirchensteuer",
    "sv_brutto_kv",
    "sv_brutto_rv",
    "kv_an",
    "zb_an",
    "pv_an",
    "rv_an",
    "av_an",
    "zv_an",
    "netto",
    "auszahlung",
)


def close_and_publish(session: TenantSession, month: date, *, ergebnis_hash: str) -> tuple[Lauf, Stored]:
    """Schließt den Monat ab und stellt in derselben Transaktion alle Abrechnungen aus."""
    lauf = steps.close(session, month, ergebnis_hash=ergebnis_hash)
    return lauf, publish(session, lauf)


@tracing.traced("abrechnungen ausstellen")
def publish(session: TenantSession, lauf: Lauf) -> Stored:
    """Stellt die Abrechnungen eines abgeschlossenen Laufs aus; ein zweiter Aufruf stellt nichts noch einmal aus."""
    if lauf.zustand != "abgeschlossen":
        raise steps.RunRefused("Abrechnungen gibt es erst nach dem Abschluss des Monats.")
    shown: list[int] = []
    try:
        with whole_tables(session):
            stored = store_payslips(session, _noted(payslips(session, lauf), shown), auftrag=order_of(lauf))
    except DocumentKeyError as missing:
        raise steps.RunRefused(str(missing)) from missing
    _demand_paid(session, lauf, shown)
    return stored


def _noted(slips: Iterator[tuple[int, Payslip]], shown: list[int]) -> Iterator[tuple[int, Payslip]]:
    for number, slip in slips:
        shown.append(max(slip.auszahlung, 0))
        yield number, slip


def _demand_paid(session: TenantSession, lauf: Lauf, shown: Sequence[int]) -> None:
    """Was alle Abrechnungen zusammen zahlen, ist, was der Lauf zahlt; sonst wird keine ausgestellt."""
    paid = RueckrechnungAuszahlung
    due = session.scalar(
        select(func.sum(func.coalesce(paid.zahlbetrag, func.greatest(Ergebnis.auszahlung, 0))))
        .select_from(Ergebnis)
        .outerjoin(paid, (paid.lauf_id == Ergebnis.lauf_id) & (paid.beschaeftigung_id == Ergebnis.beschaeftigung_id))
        .where(Ergebnis.lauf_id == lauf.id)) or 0
    if sum(shown) != int(due):
        raise steps.RunRefused(f"{lauf.monat:%m/%Y}: die Abrechnungen zahlen zusammen {sum(shown)} Cent, der Lauf "
                               f"{int(due)} Cent. Nichts ausgestellt; die Verwaltung der Anwendung verständigen.")


def order_of(lauf: Lauf) -> str:
    """Der Auftrag, unter dem die Abrechnungen genau dieser Ergebnisse ausgestellt sind."""
    return f"lauf:{lauf.public_id}:{lauf.ergebnis_hash}"


def payslips(session: TenantSession, lauf: Lauf, *, only: int | None = None) -> Iterator[tuple[int, Payslip]]:
    """Abrechnungen eines Laufs (auch eines Probelaufs, zur Vorschau) mit der Nummer ihrer Beschäftigung.

    only beschränkt auf eine Beschäftigung.

    Gelesen wird alles vorab: wer die Abrechnungen abholt, schreibt sie meist gerade und hält die Verbindung besetzt.
    """
    known = slip_facts.read(session, lauf.monat, lauf.stand)
    year = _year_sums(session, lauf)
    later = Later({one.beschaeftigung_id: one for one in retro.of_run(session, lauf)}, retro.payouts(session, lauf),
                  overlays(session, lauf.monat, lauf.stand), time_balances.read(session, lauf.monat))
    rows = session.execute(
        select(Ergebnis, Wertebogen.inhalt.label("inhalt"))
        .join(Wertebogen, Wertebogen.ergebnis_id == Ergebnis.id)
        .where(Ergebnis.lauf_id == lauf.id, *(() if only is None else (Ergebnis.beschaeftigung_id == only,)))
        .order_by(Ergebnis.id)
    ).all()
    return _built(lauf, [(row[0], row.inhalt) for row in rows], known, year, later)


class Later(NamedTuple):
    """Was zur Rechnung hinzukommt: Rückrechnung, was dadurch gezahlt wird, Stände der Zeit- und Urlaubskonten."""

    changes: dict[int, retro.Nachberechnung]
    balances: dict[int, retro.Ausgleich]
    overlays: tuple[Overlay, ...] = ()
    konten: dict[int, tuple[Konto, ...]] = {}

    def added(self, case: Case, number: int) -> Case:
        """Die Abrechnung samt Nachberechnung und Vortrag."""
        balance = self.balances.get(number)
        own = case.result["auszahlung"] or 0
        return replace(
            case,
            retro=retro_lines.changes_of(self.changes.get(number)),
            hints=(*case.hints, *self._days(case, number)),
            konten=self.konten.get(number, ()),
            net_lines=[*case.net_lines, *retro_lines.net_lines(balance)],
            result={**case.result, "auszahlung": retro_lines.payout(own, balance)},
        )

    def _days(self, case: Case, number: int) -> list[str]:
        """Zahltag und die Fristen der berichtigten Monate."""
        hints = [termine.pay_day_hint(case.status, case.period.monat, self.overlays)]
        found = self.changes.get(number)
        months = [] if found is None or found.offen else [booking.monat for booking in found.monate]
        return hints + termine.deadlines(case.status, months, case.period.erstellt, self.overlays)


def _built(
    lauf: Lauf,
    rows: Sequence[tuple[Ergebnis, bytes]],
    known: SlipFacts,
    year: dict[int, dict[str, int]],
    later: Later,
) -> Iterator[tuple[int, Payslip]]:
    """Baut die Abrechnungen blockweise; die Anteile der Einmalzahlungen werden je Block in einem Zug gerechnet."""
    for start in range(0, len(rows), BLOCK):
        results = [result for result, _ in rows[start : start + BLOCK]]
        opened = [_sheet(known, result, content) for result, content in rows[start : start + BLOCK]]
        figures = [_figures(result, sheet) for result, sheet in zip(results, opened, strict=True)]
        once = splits.one_off_parts(lauf.monat, [sheet.eingaben for sheet in opened], figures)
        for result, sheet, own, parts in zip(results, opened, figures, once, strict=True):
            number = result.beschaeftigung_id
            case = _case(lauf, result, sheet, known, year[number], {**own, **parts})
            yield number, assemble(later.added(case, number))


def _sheet(known: SlipFacts, result: Ergebnis, content: bytes) -> sheets.Sheet:
    packed = open_sealed(known.keys, content, table=sheets.TABLE, row=str(result.public_id), column="inhalt")
    return sheets.Sheet(*orjson.loads(zlib.decompress(packed)))


def _figures(result: Ergebnis, sheet: sheets.Sheet) -> dict[str, int | None]:
    """Werte der Abrechnung und ihre Grundlagen."""
    figures: dict[str, int | None] = {name: getattr(result, name) for name in VALUES}
    insured = result.zv_umlage or result.zv_an or result.zv2_beitrag
    figures["zv_brutto"] = sheet.werte.get("zv_entgelt") if insured else 0
    figures["pauschal_40a_2"] = result.gesamtbrutto if result.pauschsteuer_2 else 0
    figures["pauschal_sonstige"] = sheet.werte.get("pauschal_40a_lohn", 0)
    midijob = sheet.werte.get("ist_midijob")
    figures["u2_brutto"] = result.be_gesamt if midijob else sheet.werte.get("sv_entgelt_laufend")
    return figures


def _case(
    lauf: Lauf,
    result: Ergebnis,
    sheet: sheets.Sheet,
    known: SlipFacts,
    year: dict[str, int],
    figures: dict[str, int | None],
) -> Case:
    number = result.beschaeftigung_id
    job = known.job[number]
    account = known.account.get(job.person_id)
    person = known.person[job.person_id]
    return Case(
        status=job.art,
        employer=known.employer,
        employee=_employee(job, person, known),
        period=_period(lauf, result, sheet),
        tax=_tax(known, number, person, sheet.eingaben),
        insurance=_insurance(known, number, sheet),
        grade=_grade(known, number),
        result=figures,
        lines=[_line(z) for z in sheet.zeilen if z[0] == "bezug"],
        net_lines=[_net_line(z) for z in sheet.zeilen if z[0] != "bezug"],
        empfaenger=account.kontoinhaber or "" if account else "",
        iban=known.opened(Bankverbindung, account, "iban"),
        year=year,
        rates=rates.of_case(lauf.monat, sheet.eingaben, sheet.werte),
        hints=(*_away(known, number, lauf.monat), *taxyear.hints(sheet.werte),
               *termine.reserved_hint(z[1] for z in sheet.zeilen)),
    )


def _away(known: SlipFacts, number: int, month: date) -> list[str]:
    """Warum es für Tage des Monats kein Entgelt gab."""
    rows = known.absences.get(number)
    if not rows:
        return []
    job, insured = known.job[number], known.insurance.get(number)
    statutory = insured is None or insured.kv_art in ("gesetzlich", "freiwillig")
    return absences.hints(rows, job.art, known.service.get(number, job.eintritt), statutory=statutory, month=month)


def _employee(job: Any, person: Any, known: SlipFacts) -> Employee:
    return Employee(
        personalnummer=job.personalnummer,
        name=f"{person.vorname} {person.nachname}",
        strasse=person.strasse or "",
        plz=person.plz or "",
        ort=person.ort or "",
        geburtsdatum=person.geburtsdatum,
        sv_nummer=known.opened(PersonAngaben, person, "sv_nummer"),
        eintritt=job.eintritt,
        austritt=job.austritt,
        land="" if person.land == "DE" else person.land,
        kostenstelle=job.kostenstelle or "",
    )


def _period(lauf: Lauf, result: Ergebnis, sheet: sheets.Sheet) -> Period:
    last = calendar.monthrange(lauf.monat.year, lauf.monat.month)[1]
    first_day, last_day = sheet.eingaben["von_tag"] or 1, sheet.eingaben["bis_tag"] or last
    covered = last_day - first_day + 1
    moment = lauf.abgeschlossen_am or lauf.berechnet_am
    assert moment is not None  # a run with results has been calculated
    return Period(
        lauf.monat,
        lauf.monat.replace(day=first_day),
        lauf.monat.replace(day=last_day),
        30 if covered == last else covered,
        result.sv_tage,
        moment.date(),
    )


def _tax(known: SlipFacts, number: int, person: Any, inputs: dict[str, int]) -> Tax:
    row = known.tax.get(number)
    tax_id = known.opened(PersonAngaben, person, "steuer_id")
    flat = next((text for name, text in PAUSCHAL.items() if inputs.get(name)), "")
    if not flat and known.job[number].art == "minijob" and not inputs.get("individuell_besteuert"):
        flat = "keine, Pauschsteuer 2 % trägt der Arbeitgeber"
    if flat or row is None:
        return Tax(steuer_id=tax_id, steuerklasse=None, pauschal=flat)
    return Tax(
        steuer_id=tax_id,
        steuerklasse=row.steuerklasse,
        faktor=row.faktor,
        kinderfreibetraege=row.kinderfreibetraege,
        kirche=KIRCHEN[known.opened(Steuermerkmale, row, "konfession") or "keine"],
        freibetrag_jahr=row.freibetrag_jahr_cent,
        freibetrag_monat=row.freibetrag_monat_cent,
        hinzurechnung_jahr=row.hinzurechnung_jahr_cent,
        hinzurechnung_monat=row.hinzurechnung_monat_cent,
    )


# Pay of other employers that counts here (§ 22 Abs. 2 SGB IV), or a job elsewhere that is counted together.
ELSEWHERE = ("weiteres_entgelt", "anderswo_versicherte", "anderswo_minijobs")


def _insurance(known: SlipFacts, number: int, sheet: sheets.Sheet) -> Insurance:
    row, pension = known.insurance.get(number), known.pension.get(number)
    extra = sheet.eingaben.get("zusatzbeitrag", 0)
    return Insurance(
        beitragsgruppe=(row.beitragsgruppe if row else None) or "0000",
        personengruppe=str(row.personengruppe or "") if row else "",
        einzugsstelle=(row.kasse if row else None) or "",
        kinderschluessel=_children(sheet),
        elterneigenschaft=not sheet.eingaben.get("kinderlos", 0),
        uebergangsbereich=bool(sheet.werte.get("ist_midijob", 0)),
        mehrfachbeschaeftigt=any(sheet.eingaben.get(name) for name in ELSEWHERE),
        krankenversicherung=row.kv_art if row else "",
        zusatzbeitrag=Decimal(extra) / PERCENT if extra else None,
        zusatzversorgung=pension.kasse if pension else "",
    )


def _children(sheet: sheets.Sheet) -> int | None:
    """Kinderschlüssel der Pflegeversicherung: 0 nur bei Zuschlag; wer unter 23 kinderlos ist, hat keinen."""
    if not sheet.eingaben.get("beitragsgruppe_pv"):
        return None
    if sheet.werte.get("kinderlos_zuschlag"):
        return 0
    if sheet.eingaben.get("kinderlos"):
        return None
    return max(1, min(sheet.eingaben.get("kinder_unter_25", 0), 5))


def _grade(known: SlipFacts, number: int) -> Grade:
    row = known.grade.get(number)
    if row is None:
        return Grade("", "", "")
    return Grade(
        row.tarifwerk.replace("TVoeD", "TVöD").replace("TVAoeD", "TVAöD").replace("NRW-A", "LBesO NRW"),
        row.entgeltgruppe,
        row.stufe,
        row.wochenstunden,
        row.vollzeitstunden,
        row.stufe_seit,
    )


def _line(line: list[Any]) -> Line:
    _, number, text, detail, marks, amount, _ = line
    words = f"{text} ({detail})" if detail else text
    return Line(
        number, words, amount, steuer=marks[0], sv=marks[1], zv=marks[2] == "J", gesamtbrutto=marks[3:] != "o"
    )


def _net_line(line: list[Any]) -> NetLine:
    """Bezug oder Abzug nach dem Netto; ein Einbehalt nennt sich, damit die Abrechnung ihn erklärt."""
    origin = line[6]
    garnished = bool(origin) and origin[0] == "pfaendung"
    words = f"{line[2]}, {line[3]}" if line[3] else line[2]
    return NetLine(line[1], words, line[5], GARNISHED[line[1]] if garnished else "")


GARNISHED = {"4403": "abtretung", "4505": "aufrechnung"} | dict.fromkeys(("4400", "4401", "4402", "4404", "4405"),
                                                                           "pfaendung")


def _year_sums(session: TenantSession, lauf: Lauf) -> dict[int, dict[str, int]]:
    """Summen seit Jahresbeginn je Beschäftigung, dieser Lauf eingeschlossen."""
    columns = [func.sum(getattr(Ergebnis, name)).label(name) for name in YEAR]
    rows = session.execute(
        select(Ergebnis.beschaeftigung_id, *columns)
        .join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(
            Ergebnis.monat >= date(lauf.monat.year, 1, 1),
            Ergebnis.monat <= lauf.monat,
            (Lauf.zustand == "abgeschlossen") | (Lauf.id == lauf.id),
        )
        .group_by(Ergebnis.beschaeftigung_id)
    )
    sums = {row.beschaeftigung_id: {name: int(getattr(row, name)) for name in YEAR} for row in rows}
    for number, changes in retro.year_changes(session, lauf, YEAR).items():
        for name, amount in changes.items():
            if number in sums:
                sums[number][name] += amount
    for own in sums.values():
        own["kv_gesamt_an"] = own["kv_an"] + own["zb_an"]
    return sums
