"""Meldekonto: storniert wird nur, was falsch war; nicht, was später, zurückgestellt oder nur anders benannt ist."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import alle, deuev, konto, speichern, stamm, versorgung
from payroll.filings.meldungen.entwurf import checksum
from payroll.filings.models import Meldesatz
from payroll.masterdata.models import BeschaeftigungAngaben, PersonAngaben
from payroll.masterdata.service import record_fact
from tenants.db.session import platform_session
from tenants.models import Tenant

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def leave(session: Any, number: str, day: date) -> stamm.Akte:
    file = next(one for one in stamm.files_of(session).values() if one.personalnummer == number)
    record_fact(session, BeschaeftigungAngaben, beschaeftigung_id=file.beschaeftigung, valid_from=MAY, art="tarif",
                eintritt=date(2026, 1, 1), austritt=day, kostenstelle="1110", reason="Ende")
    return file


def send(town: Any, kind: str, month: date) -> None:
    """Erstellt, gibt frei und übergibt."""
    with town.session() as session:
        rows = [(one.meldung.public_id, one.meldung.sha256.hex()) for one in alle.create(session, month, kind=kind)]
    with town.session("hugo") as session:
        for public_id, digest in rows:
            speichern.release(session, public_id, sha256=digest)
            speichern.hand_over(session, public_id)


def reported(session: Any) -> int:
    return int(session.scalar(select(func.count(Meldesatz.id))))


def employer(town: Any) -> None:
    with platform_session(actor="test") as session:
        row = session.scalars(select(Tenant).where(Tenant.id == town.tenant)).one()
        row.betriebsnummer = "15027365"  # a number with a true check digit


def people(session: Any, file: stamm.Akte, **changes: str) -> None:
    record_fact(session, PersonAngaben, person_id=person_id(session, file), valid_from=date(1985, 6, 15), **{
        "nachname": "Tarif", "vorname": "Ada", "geburtsdatum": date(1985, 6, 15),
        "staatsangehoerigkeit": "000", **changes}, reason="Änderung")


def person_id(session: Any, file: stamm.Akte) -> int:
    from payroll.masterdata.models import Person

    return int(session.scalars(select(Person.id).where(Person.public_id == file.person)).one())


def test_sent_reports_stay_after_redoing_an_earlier_month_a_marriage_and_a_deferral(fresh_town: Any) -> None:
    """§ 14 DEÜV: storniert wird eine Meldung, die nicht hätte abgegeben werden sollen oder falsch war."""
    employer(fresh_town)
    with fresh_town.session() as session:
        leave(session, "SPARERIN", date(2026, 6, 10))
        file = leave(session, "TARIF", date(2026, 6, 20))
    fresh_town.close(JUNE)
    send(fresh_town, "deuev", JUNE)
    send(fresh_town, "zv_ereignis", JUNE)
    with fresh_town.session() as session:
        sent = reported(session)
        assert len(konto.ledger(session, "deuev")) == 2
        assert len(konto.ledger(session, "zv_ereignis")) == 2
        assert alle.create(session, MAY, kind="deuev") == []  # May done again after June
        assert versorgung.events(session, MAY) == []
        people(session, file, nachname="Verheiratet", strasse="Neue Straße 1", plz="50667", ort="Köln")
        assert deuev.drafts(session, JUNE) == []
        assert versorgung.events(session, JUNE) == []
        people(session, file, sv_nummer="65180539W001")  # born in 1939: the person is put aside
        (one,) = deuev.drafts(session, JUNE)
        assert (one.saetze, len(one.angaben["zurueckgestellt"])) == ((), 1)
        assert reported(session) == sent


def test_a_changed_fact_still_cancels(fresh_town: Any) -> None:
    employer(fresh_town)
    with fresh_town.session() as session:
        leave(session, "TARIF", date(2026, 5, 20))
    send(fresh_town, "deuev", MAY)
    with fresh_town.session() as session:
        leave(session, "TARIF", date(2026, 5, 21))
        (one,) = deuev.drafts(session, MAY)
    assert [entry.satzart for entry in one.saetze] == ["storno", "neu"]


def test_checksum_covers_facts_and_for_certificates_the_name_too() -> None:
    facts = {"grund": "30", "kasse": "15027365", "entgelt": 4100, "nachname": "Tarif", "frist": "2026-07-12"}
    renamed, other = {**facts, "nachname": "Neu", "frist": "2026-07-13"}, {**facts, "entgelt": 4101}
    assert checksum("30", facts) == checksum("30", renamed)
    assert checksum("30", facts) != checksum("30", other)
    assert checksum("lstb", facts) != checksum("lstb", renamed)
