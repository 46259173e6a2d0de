"""Vom Lauf zur Abrechnung: erfundene Menschen aller Arten, gerechnet, abgeschlossen, ausgestellt."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select

from payroll.cli import kreislohn
from payroll.demo.names import ARBEITGEBER
from payroll.demo.people import people_of
from payroll.demo.write import write_people
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import BeschaeftigungAngaben, WiederkehrenderBezug
from payroll.masterdata.service import record_fact
from payroll.masterdata.settings import record_settings
from payroll.runs import reading
from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.statements import changes, emergency, publish, service, view
from payroll.statements.pdf import render
from tenants import service as tenants
from tenants.backup import pack
from tenants.backup.container import BackupDamaged, BackupError
from tenants.db import engine
from tenants.db.session import platform_session, tenant_session
from tenants.documents import DocumentKeyError
from tenants.models import Mandate, User
from tests.archive_papers import drawn
from timekeeping.own.account import balances, flexitime
from timekeeping.own.plan import set_rule

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def tenant(fresh_database):
    with fresh_database():
        with platform_session(actor="test") as session:
            number = tenants.create_tenant(session, "001", "Gemeinde Ahlen", "gemeinde", demonstration=True).id
            for login, role in (("karla", "clerk"), ("hans", "head"), ("gerda", "municipality")):
                user = User(login=login, display_name=login.title())
                session.add(user)
                session.flush()
                session.add(
                    Mandate(
                        tenant_id=number, user_id=user.id, role=role, valid_from=date(2020, 1, 1), created_by="test"
                    )
                )
        smallest = min(ARBEITGEBER, key=lambda employer: len(people_of(employer)))
        with tenant_session(number, actor="karla") as session:
            write_people(session, people_of(smallest))
            bonus(session)
        yield number


def bonus(session):
    """Alle Tarifbeschäftigten bekommen im November 3.000,00 als Jahressonderzahlung."""
    jobs = session.scalars(select(BeschaeftigungAngaben).where(BeschaeftigungAngaben.art == "tarif")).all()
    for number in sorted({job.beschaeftigung_id for job in jobs if job.austritt is None}):
        record_fact(
            session,
            WiederkehrenderBezug,
            valid_from=NOVEMBER,
            valid_to=date(2026, 11, 30),
            reason="§ 20 TVöD",
            beschaeftigung_id=number,
            lohnart_id=ids(session).lohnarten[1600],
            laufnummer=1,
            betrag_cent=300000,
        )


def run(tenant, month):
    with tenant_session(tenant, actor="karla") as session:
        return runs.calculate(session, month, key=f"{month}").ergebnis_hash


def settle(tenant, month, shown):
    with tenant_session(tenant, actor="karla") as session:
        for found, _, _ in reading.findings(session, month):
            runs.acknowledge(session, found.public_id, begruendung="geprüft")
        runs.check(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor="hans") as session:
        runs.release(session, month, ergebnis_hash=shown)
    with tenant_session(tenant, actor="gerda") as session:
        runs.release_municipality(session, month, ergebnis_hash=shown)


def slips(tenant, month):
    with tenant_session(tenant, actor="karla") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
        return dict(publish.payslips(session, lauf))


@pytest.fixture(scope="module")
def november(tenant):
    run(tenant, NOVEMBER)
    return slips(tenant, NOVEMBER)


def test_every_result_becomes_a_slip_with_its_figures(tenant, november):
    with tenant_session(tenant, actor="test") as session:
        results = session.scalars(select(Ergebnis).where(Ergebnis.monat == NOVEMBER)).all()
    assert len(results) == len(november) > 10
    for result in results:
        slip = november[result.beschaeftigung_id]
        assert (slip.gesamtbrutto, slip.netto, slip.auszahlung) == (
            result.gesamtbrutto,
            result.netto,
            result.auszahlung,
        )
        assert slip.ag_kosten == result.ag_kosten
        assert {item.art: item.betrag for item in slip.deductions}["lohnsteuer"] == result.lohnsteuer


def test_accounts_stand_on_the_slip_only_when_the_employer_wants_them(tenant, november):
    """Einen Monat Vollzeit ohne Stempel und ohne Urlaub: 21 Arbeitstage (Allerheiligen ist Sonntag) je 7:48 fehlen."""
    assert not any(slip.konten for slip in november.values())
    with tenant_session(tenant, actor="karla") as session:
        record_settings(session, valid_from=NOVEMBER, reason="Dienstvereinbarung", konten_auf_abrechnung="beide")
        job = next(number for number, slip in november.items()
                   if slip.status == "tarif" and slip.employee.austritt is None and slip.employee.eintritt.year < 2026)
        set_rule(session, job, ab=NOVEMBER, reason="Vertrag", art="gleitend", wochen=[[468] * 5 + [0, 0]],
                 rahmen_von=360, rahmen_bis=1200, pausen="gesetzlich", kappung="nie", saldo_anfang=90,
                 bereich="verwaltung", schichtarbeit="keine")
        lauf = session.scalars(select(Lauf).where(Lauf.monat == NOVEMBER)).one()
        found = dict(publish.payslips(session, lauf))
        one = found[job]
        rows = {konto.art: (konto.menge, konto.einheit) for konto in one.konten}
        assert rows["gleitzeit"] == (90 - 21 * 468, "Minuten")
        assert balances(session, {job: date(2026, 11, 30)})[job] == flexitime(session, job, date(2026, 11, 30)).saldo
        assert rows["urlaub_anspruch"] == (30, "Tage")
        assert rows["urlaub_genommen"] == (0, "Tage")
        assert sum(slip.konten != () for slip in found.values()) > len(found) // 2
        assert [konto.art for number, slip in found.items() if number != job for konto in slip.konten
                if konto.art == "gleitzeit"] == []
        session.rollback()


def test_all_kinds_can_be_drawn_and_shown(november):
    assert len({slip.status for slip in november.values()}) >= 3
    for slip in november.values():
        rendered = render(slip)
        assert (rendered.pages, rendered.findings) == (1, ())
        assert view.page(slip).figures[0].amount


def test_rates_shown_give_the_amounts(november):
    shown = 0
    for slip in november.values():
        for item in (*slip.deductions, *slip.costs):
            if item.satz is not None:
                assert abs(item.basis * item.satz / 100 - item.betrag) <= 2
                shown += 1
    assert shown > 5 * len(november)
    ordinary = [
        s for s in november.values() if s.insurance.beitragsgruppe == "1111" and not s.insurance.uebergangsbereich
    ]
    pension = {item.satz for slip in ordinary for item in slip.deductions if item.art == "rv_an" and item.betrag}
    assert pension == {Decimal("9.3")}


def test_one_off_pay_is_split(november):
    split = 0
    for slip in november.values():
        if not any(line.sv == "E" for line in slip.lines):
            continue
        for item in slip.deductions:
            if item.laufend is not None:
                assert item.laufend + item.einmalig == item.betrag
                split += item.einmalig > 0
    assert split > 5


def test_close_publish_list_and_compare(tenant):
    shown = run(tenant, OCTOBER)
    with tenant_session(tenant, actor="karla") as session:
        lauf = session.scalars(select(Lauf).where(Lauf.monat == OCTOBER)).one()
        with pytest.raises(RunRefused, match="erst nach dem Abschluss"):
            publish.publish(session, lauf)
    settle(tenant, OCTOBER, shown)
    seen = []
    event.listen(engine.current().app, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with tenant_session(tenant, actor="karla") as session:
        lauf, stored = publish.close_and_publish(session, OCTOBER, ergebnis_hash=shown)
    assert (stored.new, stored.already) == (lauf.anzahl, 0)
    # one query per table of facts (two for absences), whatever the number of people; one reads the numbers of law that
    # two persons put into force
    assert len(seen) <= 70
    with tenant_session(tenant, actor="karla") as session:
        again = publish.publish(session, session.scalars(select(Lauf).where(Lauf.monat == OCTOBER)).one())
    assert (again.new, again.already) == (0, stored.new)
    before, after = slips(tenant, OCTOBER), slips(tenant, NOVEMBER) if run(tenant, NOVEMBER) else {}
    for number in before.keys() & after.keys():
        compared = changes.compare(before[number], after[number])
        assert sum(change.effect for change in compared.changes) == compared.difference
    assert service.ART == "abrechnung"


def test_emergency_pack_opens_with_two_papers_and_nothing_else(tenant, tmp_path):
    with tenant_session(tenant, actor="betrieb") as session, pytest.raises(DocumentKeyError, match="keine Papiere"):
        emergency.build(session)
    papers = drawn(tenant, ["Anna Archiv", "Bernd Bote"])
    with tenant_session(tenant, actor="betrieb") as session:
        raw, about = emergency.build(session)
        lauf = session.scalars(select(Lauf).where(Lauf.monat == OCTOBER)).one()
        seal = runs.release_seal(session, OCTOBER)
    assert (about["monat"], about["abrechnungen"]) == ("2026-10", lauf.anzahl)
    assert [word for word in (b"%PDF", b"IBAN", b"DE", b"PK\x03\x04") if word in raw[len(raw) // 2 :][:64]] == []
    file, out = tmp_path / "a.notpaket", tmp_path / "offen"
    file.write_bytes(raw)
    words = ["emergency", "open", str(file), "--paper", "Bernd Bote", "--paper", "Anna Archiv", "--out", str(out)]
    refused = CliRunner().invoke(kreislohn, words, input=f"{papers[1].code}\n{papers[1].code}\n")
    assert (refused.exit_code, out.exists()) == (1, False)
    done = CliRunner().invoke(kreislohn, words, input=f"{papers[1].code}\n{papers[0].code.lower()}\n")
    assert done.exit_code == 0, done.output
    assert out.joinpath("zahlungen.csv").stat().st_mode & 0o777 == 0o600
    with out.joinpath("zahlungen.csv").open(encoding="utf-8-sig", newline="") as text:
        paid = list(csv.DictReader(text, delimiter=";"))
    assert sum(int(row["betrag_eur"].replace(".", "")) for row in paid) == lauf.auszahlung
    assert all(row["iban"].startswith("DE") for row in paid)
    sums = json.loads(out.joinpath("summen.json").read_text())
    assert sums["protokoll"] == {"eintrag": seal.seq, "kopf": seal.head}
    assert len(list(out.joinpath("abrechnungen").glob("*.pdf"))) == lauf.anzahl
    assert "kreislohn restore" in out.joinpath("ANLEITUNG.txt").read_text()
    assert "Gemeinde Ahlen" in out.joinpath("kontakte.csv").read_text(encoding="utf-8-sig")


def test_a_changed_or_cut_emergency_pack_is_refused(tenant):
    papers = drawn(tenant, ["Anna Archiv", "Bernd Bote"])
    with tenant_session(tenant, actor="betrieb") as session:
        raw, _ = emergency.build(session)
    assert "ANLEITUNG.txt" in pack.opened(raw, papers)
    month = raw.index(b'"2026-10"') + 3
    broken = [raw[:-1], raw[:200], b"x" + raw, raw[:-9] + b"x" + raw[-8:], raw[:month] + b"1" + raw[month + 1 :]]
    for one in broken:
        with pytest.raises(BackupDamaged):
            pack.opened(one, papers)
    with pytest.raises(BackupError, match="öffnen dieses Notpaket nicht"):
        pack.opened(raw, papers[:1])
