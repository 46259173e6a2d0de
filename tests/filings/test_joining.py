"""Ein neuer Arbeitgeber: Ergebnisse des alten Verfahrens, jede Abweichung, zwei Personen geben den Start frei."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from payroll.cli import kreislohn
from payroll.filings.pflichten import kalender
from payroll.masterdata.catalogue import ids, seed
from payroll.masterdata.intake import store
from payroll.masterdata.models import Beschaeftigung, Vortragswerte
from payroll.masterdata.service import record_fact
from payroll.runs import service as runs
from payroll.runs.errors import RunRefused
from payroll.runs.parallel import comparing, gate, reading, ruecknahme, vortrag
from payroll.runs.parallel.models import Produktivstart, Vergleichsruecknahme, Vergleichswert
from payroll.runs.sonderzahlung import record_yearly_bonus
from payroll.statements.retention import service as retention
from payroll.statements.retention.classes import ZAHLUNG
from tenants import service
from tenants.audit.models import AuditEntry
from tenants.db import guard
from tenants.db.engine import Dsns
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.models.tenant import Tenant
from tenants.retention import orders as deletion
from tenants.users.service import create_user, give_mandate

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
ROLES = {"klara": "clerk", "hugo": "head", "mia": "municipality"}
Opened = Callable[[str], AbstractContextManager[TenantSession]]


@pytest.fixture
def joining(fresh_database: Callable[[], AbstractContextManager[Dsns]], a_person_of: Any) -> Iterator[Opened]:
    """Eine Gemeinde mit zwei Menschen, noch ohne abgeschlossenen Monat; Mai und Juni sind gerechnet."""
    with fresh_database():
        with platform_session(actor="test") as session:
            tenant = service.create_tenant(session, "0300", "Gemeinde Neu", "gemeinde", demonstration=True).id
            for login, role in ROLES.items():
                give_mandate(session, tenant, create_user(session, login, login.title()), role, date(2026, 1, 1))

        def opened(actor: str) -> AbstractContextManager[TenantSession]:
            return tenant_session(tenant, actor=actor)

        with opened("klara") as session:
            seed(session, assumed_u2=Decimal("0.39"))
            store(session, [a_person_of(ids(session), name) for name in ("1001", "1002")], reason="Übernahme")
            for month in (MAY, JUNE):
                runs.calculate(session, month, key=f"{month}")
        yield opened


def old(session: TenantSession, **changed: int) -> bytes:
    """Ergebnisse des alten Verfahrens: wie hier, bis auf die Änderungen an 1001 (Cent)."""
    here = comparing._here(session, runs.find_run(session, MAY).id)
    names = ("gesamtbrutto", "lohnsteuer", "netto", "auszahlung", "1008")
    rows = ["Personalnummer;Gesamtbrutto;lohnsteuer;netto;auszahlung;1008"]
    for number in sorted(here):
        values = {name: here[number][name] for name in names}
        if number == "1001":
            values |= {name: values[name] + delta for name, delta in changed.items()}
        rows.append(";".join([number, *(f"{cents // 100},{cents % 100:02d}" for cents in values.values())]))
    return "\n".join(rows).encode("cp1252")


def test_every_difference_then_the_gate_then_the_first_release(joining: Opened) -> None:
    with joining("klara") as session:
        gate.begin(session, JUNE)
        found = reading.read(session, MAY, old(session, lohnsteuer=300, netto=-300) + b"\n9999;1;1;1;1;1")
        assert (found.fassung, found.personen, found.unbekannt) == (1, 3, ("9999",))
        compared = comparing.compare(session, MAY)
        assert {(one.personalnummer, one.wert, one.unterschied) for one in compared.different()} == {
            ("1001", "lohnsteuer", -300), ("1001", "netto", 300), ("9999", "person", -100)}
        assert compared.count("gleich") == 2 * 5 - 2
        with pytest.raises(RunRefused, match="Erklärung angeben"):
            comparing.explain(session, MAY, "netto", " ", number="1001")
        assert comparing.explain(session, MAY, "lohnsteuer", "Altverfahren ohne Kinderfreibetrag", difference=-300) == 1
        assert comparing.explain(session, MAY, "netto", "folgt aus der Lohnsteuer", number="1001") == 1
    with joining("hugo") as session, pytest.raises(RunRefused, match="1 Abweichung ist offen"):
        gate.approve(session, "kreis")
    with joining("klara") as session:
        reading.read(session, MAY, old(session, lohnsteuer=300, netto=-300))
        compared = comparing.compare(session, MAY)
        assert (compared.fassung, compared.count("erklaert"), compared.count("offen")) == (2, 2, 0)
        shown = str(runs.find_run(session, JUNE).ergebnis_hash)
        runs.check(session, JUNE, ergebnis_hash=shown)  # May beside the old system does not stand in the way
    with joining("mia") as session, pytest.raises(RunRefused, match="Produktivstart ist nicht"):
        runs.release_municipality(session, JUNE, ergebnis_hash=shown)
    with joining("hugo") as session:
        with pytest.raises(RunRefused, match="Parallellauf"):
            runs.release(session, MAY, ergebnis_hash=str(runs.find_run(session, MAY).ergebnis_hash))
        assert not gate.approve(session, "kreis").passed
        with pytest.raises(RunRefused, match="verschiedene Personen"):
            gate.approve(session, "arbeitgeber")
        with pytest.raises(RunRefused, match="Produktivstart ist nicht"):
            runs.release(session, JUNE, ergebnis_hash=shown)
    with joining("mia") as session:
        assert gate.approve(session, "arbeitgeber").passed
        runs.release_municipality(session, JUNE, ergebnis_hash=shown)
    with joining("hugo") as session:
        assert runs.release(session, JUNE, ergebnis_hash=shown).zustand == "freigegeben"
    with joining("klara") as session, pytest.raises(RunRefused, match="nicht mehr verschieben"):
        gate.begin(session, date(2026, 7, 1))
    with pytest.raises(DBAPIError, match="bleibt, wie er ist"):
        _move(joining)


def test_an_explanation_ends_when_one_side_changes(joining: Opened) -> None:
    with joining("klara") as session:
        reading.read(session, MAY, old(session, netto=1))
        comparing.explain(session, MAY, "netto", "Rundung im Altverfahren", number="1001")
        assert comparing.compare(session, MAY).count("offen") == 0
        reading.read(session, MAY, old(session, netto=2))
        assert comparing.compare(session, MAY).count("offen") == 1


def test_results_of_a_wrong_month_are_taken_back(joining: Opened) -> None:
    """March was never calculated here: what is read for it would hold the start up for good."""
    march = date(2026, 3, 1)
    with joining("klara") as session:
        gate.begin(session, JUNE)
        reading.read(session, march, old(session, netto=1))
        reading.read(session, march, old(session))
        reading.read(session, MAY, old(session))
    with joining("hugo") as session, pytest.raises(RunRefused, match="03/2026 ist noch nicht gerechnet"):
        gate.approve(session, "kreis")
    with joining("klara") as session:
        with pytest.raises(RunRefused, match="einen Grund angeben"):
            ruecknahme.take_back(session, march, " ")
        assert ruecknahme.take_back(session, march, "Datei des Mai").fassung == 2
        assert comparing.months(session) == [MAY]
        with pytest.raises(RunRefused, match="03/2026 sind keine Ergebnisse"):
            ruecknahme.take_back(session, march, "noch einmal")
        with pytest.raises(RunRefused, match="keine Ergebnisse des alten Verfahrens"):
            comparing.compare(session, march)
        assert session.query(Vergleichswert).filter_by(monat=march).count() == 4  # nothing is lost
        entry = session.query(AuditEntry).filter_by(action="parallellauf.zurueckgenommen").one()
        assert entry.reason == "Datei des Mai"
        assert reading.read(session, march, old(session)).fassung == 3
        assert comparing.months(session) == [march, MAY]
        assert ruecknahme.take_back(session, march, "wieder der falsche").fassung == 3
        assert [one.fassung for one in ruecknahme.taken_back(session)] == [3, 2]
    with joining("hugo") as session:
        gate.approve(session, "kreis")
        with pytest.raises(RunRefused, match="Produktivstart ist freigegeben"):
            ruecknahme.take_back(session, MAY, "zu spät")


def test_what_was_taken_back_and_its_withdrawal_go_together(joining: Opened) -> None:
    """Ohne die Rücknahme zählten die Werte wieder: beide gehen acht volle Jahre nach ihrem Monat, nicht früher."""
    march, due = date(2026, 3, 1), date(2035, 1, 1)
    with joining("klara") as session:
        reading.read(session, march, old(session))
        ruecknahme.take_back(session, march, "Datei des Mai")
    with joining("mia") as session:
        tenant = guard.tenant_of(session)
        assert retention.plan(session, date(2034, 12, 31)).of(ZAHLUNG) == {}
        made = retention.plan(session, due)
        assert made.of(ZAHLUNG) == {"vergleichsruecknahme": 1, "vergleichswert": 2}
        number = retention.order(session, due, today=due, digest=made.digest, reason="Frist vorbei").public_id
    with joining("hugo") as session:
        with pytest.raises(DBAPIError, match="Auftrag"), session.begin_nested():
            session.execute(delete(Vergleichsruecknahme))  # not approved yet
        deletion.approve(session, number, digest=made.digest)
    assert retention.run(tenant, "nachtlauf") is not None
    with joining("mia") as session:
        assert (session.query(Vergleichswert).count(), ruecknahme.taken_back(session)) == (0, [])


@pytest.mark.parametrize(("content", "words"), [
    (b"", "leer"), (b"Name;netto\nx;1", "Spalte Personalnummer"), (b"Personalnummer;quatsch\n1;1", "kein Wert"),
    (b"Personalnummer;netto\n1;zwei", "kein Betrag"), (b"Personalnummer;Wert;Betrag\n1;netto;1\n1;netto;2", "zweimal"),
    (b"Personalnummer;Wert;Betrag\n1;netto", "3 Spalten"), (b"Personalnummer;Wert;Betrag\n1;quatsch;1", "unbekannt"),
    (b"Personalnummer;netto\n1;\n", "keinen Wert"), (b"\x00\x01", "keine Textdatei")], ids=range(9))
def test_a_wrong_file_writes_nothing_and_says_where(content: bytes, words: str) -> None:
    with pytest.raises(RunRefused, match=words):
        reading.parse(content)


def test_both_shapes_of_a_file_say_the_same() -> None:
    wide = b"Personalnummer;Gesamtbrutto;1008\n1001;1.234,50;-0,05\n"
    long = "Personalnummer,Wert,Betrag\n1001,gesamtbrutto,1234.50\n1001,1008,-0.05\n".encode("utf-16")
    assert reading.parse(wide) == reading.parse(long) == {"1001": {"gesamtbrutto": 123_450, "1008": -5}}


def test_only_months_before_the_start_are_compared(joining: Opened) -> None:
    with joining("klara") as session:
        file = old(session)
        gate.begin(session, JUNE)
        for month in (JUNE, date(2026, 7, 1)):
            with pytest.raises(RunRefused, match=r"wird hier bezahlt; verglichen werden Monate vor dem 06/2026"):
                reading.read(session, month, file)
        assert comparing.months(session) == []
        with pytest.raises(RunRefused, match="„gehalt“: kein Wert und keine Lohnart; so heißen Werte: gesamtbrutto"):
            reading.read(session, MAY, b"Personalnummer;Gehalt\n1001;1,00")


def test_carried_sums_have_to_reach_the_start(joining: Opened) -> None:
    """1001 was hired in 2019, so 30 insured days for each of the five months before June."""
    def carry(session: TenantSession, days: int) -> None:
        job = session.query(Beschaeftigung).filter_by(personalnummer="1001").one()
        record_fact(session, Vortragswerte, beschaeftigung_id=job.id, jahr=2026, herkunft="vorsystem", sv_tage=days,
                    sv_brutto_kv_cent=0, sv_brutto_rv_cent=0, steuerbrutto_cent=0, zv_steuerfrei_cent=0,
                    valid_from=date(2026, 1, 1), valid_to=None, reason="Übernahme")

    def gap(session: TenantSession) -> list[tuple[int, int]]:
        return [(one.tage, one.erwartet) for one in vortrag.gaps(session, JUNE) if one.personalnummer == "1001"]

    with joining("klara") as session:
        assert gap(session) == [(0, 150)]
        carry(session, 120)
        assert gap(session) == [(120, 150)]
        carry(session, 150)
        assert gap(session) == []
        assert vortrag.gaps(session, date(2026, 1, 1)) == []


def test_duties_of_months_before_the_start_are_not_ours(joining: Opened) -> None:
    with joining("klara") as session:
        def months() -> set[date]:
            return {one.monat for one in kalender.duties(session, date(2026, 6, 1), date(2026, 7, 31))
                    if one.art == "lsta"}

        assert months() == {MAY, JUNE}
        gate.begin(session, JUNE)
        assert months() == {JUNE}


def test_an_employer_without_people_has_no_duties_yet(joining: Opened, a_person_of: Any) -> None:
    """Overdue duties of months nobody was paid in; the first employed month is the first, from the day it is here."""
    with platform_session(actor="test") as session:
        number = service.create_tenant(session, "0301", "Gemeinde Leer", "gemeinde", demonstration=True).id
        here = session.get_one(Tenant, number).created_at.date().replace(day=1)
    year = here.replace(month=1), here.replace(year=here.year + 1, month=12, day=31)
    with tenant_session(number, actor="klara") as session:
        seed(session, assumed_u2=Decimal("0.39"))
        assert kalender.duties(session, *year) == []
        store(session, [a_person_of(ids(session), "2001")], reason="Übernahme")
        assert kalender.first_month(session) == here
        assert min(one.monat for one in kalender.duties(session, *year)) == here
        later = (here + timedelta(days=40)).replace(day=1)
        runs.calculate(session, later, key="später")
        assert kalender.first_month(session) == here, "a trial of a later month hides nothing that is due"
        gate.begin(session, here.replace(year=here.year + 1, month=1))
        assert kalender.first_month(session) == here.replace(year=here.year + 1, month=1)


def test_the_yearly_bonus_of_a_late_start_comes_from_the_old_system(joining: Opened) -> None:
    with joining("klara") as session:
        for month, word in ((10, "Oktober"), (9, "September"), (8, "August")):  # July counts as well (§ 20 Abs. 2 TVöD)
            gate.begin(session, date(2026, month, 1))
            with pytest.raises(RunRefused, match=rf"erst ab {word} 2026; .*Lohnart 1600") as refused:
                record_yearly_bonus(session, 2026)
            assert "abschließen" not in str(refused.value)
        gate.begin(session, date(2026, 7, 1))
        with pytest.raises(RunRefused, match=r"September 2026 ist nicht abgeschlossen"):
            record_yearly_bonus(session, 2026)


def test_what_was_read_is_sealed(joining: Opened) -> None:
    with joining("klara") as session:
        reading.read(session, MAY, old(session))
        row = session.query(Vergleichswert).first()
        assert b"gesamtbrutto" not in row.werte_siegel
        assert "gesamtbrutto" in row.werte


def test_the_commands_go_the_same_way(joining: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payroll.acting.database", lambda data: nullcontext())

    def run(actor: str, *words: str, code: int = 0) -> str:
        made = CliRunner().invoke(kreislohn, ["joining", *words, "--tenant", "0300", "--actor", actor])
        assert made.exit_code == code, made.output
        return made.output

    file, month = tmp_path / "alt.csv", ("--month", "2026-05")
    with joining("klara") as session:
        file.write_bytes(old(session, netto=-300))
    run("klara", "begin", "--month", "2026-06")
    assert "2 Personen, 10 Werte" in run("klara", "read", str(file), *month)
    assert "bis Fassung 1 zurückgenommen" in run("klara", "take-back", *month, "--reason", "falsche Datei")
    assert "sind keine Ergebnisse" in run("klara", "compare", *month, code=1)
    assert "Fassung 2" in run("klara", "read", str(file), *month)
    assert "1001  netto" in run("klara", "compare", *month, code=1)
    assert "1 offen" in run("klara", "compare", *month, "--out", str(tmp_path / "v.csv"), code=1)
    said = ("--value", "netto", "--difference", "300", "--text", "Rundung")
    assert "1 erklärt" in run("klara", "explain", *month, *said)
    assert "kein Mandat" in run("klara", "approve", "--side", "kreis", code=1)
    assert "andere Seite" in run("hugo", "approve", "--side", "kreis")
    assert "frei" in run("mia", "approve", "--side", "arbeitgeber")


def _move(opened: Opened) -> None:
    with opened("klara") as session:
        session.query(Produktivstart).one().monat = date(2026, 9, 1)
