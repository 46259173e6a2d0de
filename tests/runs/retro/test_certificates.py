"""Verdienstbescheinigung: aus abgeschlossenen Monaten, versiegelt an Person und Archiv, nur so weit wie nötig."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, Person
from payroll.masterdata.service import find_employment
from payroll.statements import service as slips
from payroll.statements.certificates import content, pdf, service
from payroll.statements.certificates.content import CertificateRefused, Wanted
from payroll.statements.models import Dokument
from payroll.statements.opening import DocumentLocked
from payroll.statements.reissue import reissue, waiting
from payroll.statements.retention import own_rows
from payroll.statements.retention.classes import ABRECHNUNG
from tenants.audit.models import AuditEntry
from tenants.db.session import platform_session
from tenants.documents import people
from tenants.models import User
from tenants.users import service as users
from tests.archive_papers import drawn

JAN, FEB, MAR, APR = (date(2025, month, 1) for month in (1, 2, 3, 4))
PASSWORD = "zwei Amseln über dem Rathausdach"
HOLDERS = ["Anna Archiv", "Bernd Bote"]


@pytest.fixture
def months(desk: Any) -> Any:
    """Eine Person mit drei abgeschlossenen Monaten und ein Archivschlüssel mit zwei Papieren."""
    desk.hire(desk.person("1", 380_000), desk.person("2", 200_000))
    for month in (JAN, FEB, MAR):
        desk.close(month)
    desk.papers = drawn(desk.tenant, HOLDERS)
    return desk


def asked(first: date = JAN, last: date = FEB, **change: Any) -> Wanted:
    given: dict[str, Any] = {"zweck": "wohngeld", "stelle": "Wohngeldstelle Musterhausen", "zeichen": "WG 7/25",
                             "erstellt": date(2025, 4, 2), **change}
    return Wanted(first, last, **given)


def issued(desk: Any, wanted: Wanted | None = None, key: uuid.UUID | None = None, number: str = "1") -> Any:
    with desk.session() as session:
        job = find_employment(session, number)
        assert job is not None
        return service.issue(session, job, wanted or asked(), key=key or uuid.uuid4(), reason="Antrag vom 1.4.")


def owner(desk: Any, number: str = "1") -> uuid.UUID:
    with desk.session() as session:
        return session.scalars(select(Person.public_id).join(Beschaeftigung, Beschaeftigung.person_id == Person.id)
                               .where(Beschaeftigung.personalnummer == number)).one()


def with_password(desk: Any) -> Any:
    """Zugang der Person mit Kennwort; gibt ihren geöffneten Schlüssel."""
    with platform_session(actor="clerk") as session:
        user = users.create_user(session, "bea.1", "Bea", kind="employee")
        users.give_employee_access(session, desk.tenant, user, owner(desk), date(2025, 1, 1))
        code = users.issue_letter(session, user).code
    users.redeem_letter("bea.1", code, PASSWORD)
    with platform_session(actor="bea") as session:
        return people.at_sign_in(session, session.scalars(select(User).where(User.login == "bea.1")).one(), PASSWORD)


def test_figures_are_those_of_the_closed_months(months: Any) -> None:
    with months.session() as session:
        job = find_employment(session, "1")
        assert job is not None
        made = content.build(session, job, asked())
    results = [months.result("1", month) for month in (JAN, FEB)]
    assert [one.monat for one in made.monate] == [JAN, FEB]
    assert [one.netto for one in made.monate] == [result.netto for result in results]
    for line, result in zip(made.monate, results, strict=True):
        assert line.gesamtbrutto - line.steuern - line.sozialversicherung - line.zusatzversorgung == line.netto
        assert line.steuern == result.lohnsteuer + result.soli + result.kirchensteuer
    assert made.summe.netto == sum(result.netto for result in results)
    assert (made.zweck, made.recht) == ("Wohngeld", "§ 23 Abs. 2 WoGG")


def test_only_closed_months_and_only_sensible_wishes(months: Any) -> None:
    months.run(date(2025, 4, 1))
    with pytest.raises(CertificateRefused, match="keinen abgeschlossenen Monat"):
        issued(months, asked(date(2025, 4, 1), date(2025, 4, 1)))
    for wanted, words in ((asked(FEB, JAN), "nach dem letzten"), (asked(stelle=" "), "wer die Bescheinigung erhält"),
                          (asked(zweck="kredit"), "diese Wahl"), (asked(date(2020, 1, 1), FEB), "höchstens 36")):
        with pytest.raises(CertificateRefused, match=words):
            issued(months, wanted)


def test_sealed_to_person_and_archive_and_nowhere_readable(months: Any) -> None:
    key, made = with_password(months), issued(months)
    assert made.pdf.startswith(b"%PDF")
    with months.session() as session:
        row = session.scalars(select(Dokument).options(undefer("*")).where(Dokument.art == service.ART)).one()
        assert b"%PDF" not in row.inhalt
        assert b"Wohngeld" not in row.daten
        listed = service.of_person(session, owner(months), reader="bea", key=key)
        assert [(one.zweck, one.von, one.monat) for one in listed] == [("Wohngeld", JAN, FEB)]
        opened = service.open_pdf(session, row.public_id, "bea", key=key, person=owner(months))
        assert opened.pdf == made.pdf
        with pytest.raises(DocumentLocked):
            service.open_pdf(session, row.public_id, "bea", key=None, person=owner(months))
        with pytest.raises(slips.DocumentMissing):
            service.open_pdf(session, row.public_id, "x", key=key, person=owner(months, "2"))
        with pytest.raises(slips.DocumentMissing):
            slips.read_payslip(session, row.public_id, "bea", key=key, person=owner(months))
        assert slips.list_payslips(session, person=owner(months), reader="bea", key=key) == []


def test_before_the_letter_it_waits_for_the_archive(months: Any) -> None:
    made = issued(months)
    key = with_password(months)
    with months.session() as session:
        person = owner(months)
        assert [one.zweck for one in service.of_person(session, person, reader="bea", key=key)] == [None]
        assert waiting(session, person) == 1
        assert reissue(session, person, months.papers, "vor dem ersten Brief").sealed == 1
        document = session.scalars(select(Dokument.public_id).where(Dokument.art == service.ART)).one()
        assert service.open_pdf(session, document, "bea", key=key, person=person).pdf == made.pdf


def test_the_same_request_issues_once_and_another_is_a_new_version(months: Any) -> None:
    key = uuid.uuid4()
    first, again = issued(months, key=key), issued(months, key=key)
    assert first == again
    with pytest.raises(CertificateRefused, match="schon ausgestellt"):
        issued(months, asked(zeichen="anders"), key=key)
    issued(months)
    with months.session() as session:
        found = session.scalars(select(Dokument.fassung).where(Dokument.art == service.ART).order_by(Dokument.fassung))
        assert found.all() == [1, 2]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "bescheinigung.ausgestellt")).all()
        assert [(one.reason, one.details["zweck"]) for one in entries] == [("Antrag vom 1.4.", "wohngeld")] * 2


def test_without_an_archive_key_nothing_is_issued(desk: Any) -> None:
    desk.hire(desk.person("1", 380_000))
    desk.close(JAN)
    with pytest.raises(RuntimeError, match="Archivschlüssel"):
        issued(desk, asked(JAN, JAN))


def test_it_goes_with_the_issued_slips(months: Any) -> None:
    issued(months)
    with months.session() as session:
        found = dict(own_rows.read(session, date(2034, 1, 1)))
    assert [one.day for one in found[ABRECHNUNG] if one.table == "dokument"] == [FEB]


def test_religion_claims_and_accounts_stay_out(
    months: Any, page_text: Callable[[bytes], str], conforming: Callable[[bytes], None]
) -> None:
    conforming(issued(months).pdf)
    text = page_text(issued(months).pdf)
    assert "Wohngeldstelle Musterhausen" in text
    for word in ("Kirchensteuer:", "evangelisch", "DE02", "Auszahlung"):
        assert word not in text
    assert pdf.TITLE in text


@pytest.fixture
def page_text() -> Callable[[bytes], str]:
    """Text eines PDF, wie ihn ein Mensch liest."""

    def read(raw: bytes) -> str:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages)

    return read



def test_one_off_pay_stands_apart_and_pay_after_leaving_is_not_lost(desk: Any) -> None:
    """Elterngeld zählt einmalige Bezüge nicht (§ 2c Abs. 1 BEEG); eine Nachzahlung kommt auch nach dem Austritt."""
    desk.hire(desk.person("1", 380_000), desk.person("2", 200_000))
    desk.pay("1", 1600, 120_000, FEB, date(2025, 2, 28))
    desk.record(BeschaeftigungAngaben, "1", JAN, art="tarif", eintritt=date(2024, 1, 1), austritt=date(2025, 2, 15))
    for month in (JAN, FEB, MAR):
        desk.close(month)
    desk.pay("1", 1300, 15_000, JAN, date(2025, 1, 31))
    desk.close(APR)
    booked = desk.booked(APR)["1"]
    with desk.session() as session:
        job = find_employment(session, "1")
        assert job is not None
        made = content.build(session, job, asked(JAN, APR))
    assert [(one.monat, one.einmalig) for one in made.monate] == [(JAN, 0), (FEB, 120_000), (APR, 0)]
    assert (made.monate[1].gesamtbrutto, made.summe.einmalig) == (desk.result("1", FEB).gesamtbrutto, 120_000)
    assert made.summe.nachzahlung == booked.auszahlung
    assert booked.auszahlung > 0
    text = pypdf.PdfReader(io.BytesIO(pdf.render(made).pdf)).pages[0].extract_text()
    assert "1.200,00" in text
