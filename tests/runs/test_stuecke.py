"""Ein Lauf in Stücken ist derselbe wie im Ganzen: Prüfwert, Summen, Ergebnisse, Zeilen, Befunde, Rückrechnung."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from payroll.bench import close, mixture
from payroll.demo.beside import with_benefits
from payroll.demo.claims import write_claims
from payroll.demo.write import write_people
from payroll.masterdata.catalogue import ids
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Bankverbindung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Darlehen,
    Fehlzeit,
    Lohnart,
    PersonAngaben,
    Steuermerkmale,
    Versicherung,
    WiederkehrenderBezug,
    Zusatzversorgung,
)
from payroll.masterdata.service import record_fact
from payroll.runs import reading
from payroll.runs import service as runs
from payroll.runs.beside.models import Drittzahlung, Verrechnung
from payroll.runs.claim_models import Einbehalt
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro import affected
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungZeile
from payroll.runs.sheets import open_sheet
from payroll.runs.stuecke import rechnen, teilen, vereinen
from payroll.runs.stuecke.models import Laufblock, Laufstueck, Stueckrechnung
from tenants.db.session import TenantSession, tenant_session

PEOPLE, PART = 90, 16
OCTOBER, NOVEMBER, DECEMBER = (date(2026, month, 1) for month in (10, 11, 12))
DIED = date(2026, 10, 12)


def _person(numbers: Any, number: str, *jobs: tuple[str, str, int], left: date | None = None, **own: Any) -> NeuePerson:
    """jobs: Personalnummer, Gruppe, Stunden."""
    start = date(2024, 1, 1)
    personal = [Tatsache(PersonAngaben, start, {"nachname": f"Prüf {number}", "vorname": "Kim",
                                                "geburtsdatum": date(1981, 5, 4), **own}),
                Tatsache(Bankverbindung, start, {"iban": "DE02120300000000202051", "iban_ende": "2051"})]
    employments = []
    for at, (own_number, group, hours) in enumerate(jobs):
        employments.append(NeueBeschaeftigung(own_number, [
            Tatsache(BeschaeftigungAngaben, start, {"art": "tarif", "eintritt": start, "austritt": left}),
            Tatsache(Steuermerkmale, start, {"steuerklasse": 6 if at else 1, "konfession": "rk"}),
            Tatsache(Versicherung, start, {"kv_art": "gesetzlich", "beitragsgruppe": "1111", "personengruppe": 101,
                                           "krankenkasse_id": next(iter(numbers.krankenkassen.values()))}),
            Tatsache(Zusatzversorgung, start, {"zv_kasse_id": numbers.zv_kassen["rzvk"]}),
            Tatsache(Bezuegezuordnung, start, {"tarifwerk": "TVoeD-VKA", "entgeltgruppe": group, "stufe": "3",
                                               "stufe_seit": start, "wochenstunden": hours, "vollzeitstunden": 39})]))
    return NeuePerson(personal, employments)


def _survivor(number: str, dead: str) -> NeuePerson:
    return NeuePerson(
        [Tatsache(PersonAngaben, date(2024, 1, 1), {"nachname": number, "vorname": "Eva",
                                                    "geburtsdatum": date(1984, 3, 3)}),
         Tatsache(Bankverbindung, date(2024, 1, 1), {"iban": "DE02120300000000202051", "iban_ende": "2051"})],
        [NeueBeschaeftigung(number, [
            Tatsache(BeschaeftigungAngaben, NOVEMBER, {"art": "hinterbliebene", "eintritt": NOVEMBER,
                                                       "verstorbene": dead, "verhaeltnis": "ehegatte"}),
            Tatsache(Steuermerkmale, NOVEMBER, {"steuerklasse": 6, "konfession": "rk"})])])


def _special(numbers: Any) -> list[NeuePerson]:
    """Wer über Stücke hinweg zusammengehören könnte: zwei Beschäftigungen weit auseinander, Sterbegeld."""
    return [_person(numbers, "zwei", ("0000001", "E6", 20), ("9999991", "E9a", 15)),
            _person(numbers, "drei", ("0000002", "E5", 10), ("5000000", "E5", 12), ("9999992", "E8", 9)),
            _person(numbers, "tot", ("0000003", "E6", 39), left=DIED, verstorben_am=DIED),
            _survivor("9999993", "0000003"), _survivor("9999994", "0000099")]


@pytest.fixture(scope="module")
def employer(fresh_database: Callable[[], AbstractContextManager[Any]]) -> Iterator[int]:
    """Gemischte Menschen, September bis Oktober abgeschlossen, danach späte Tatsachen bei vielen."""
    with fresh_database(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(affected, "UEBERLAPPUNG", timedelta(0))  # otherwise everything entered here would be late
        tenant = close.employer_with(1, "950")
        with tenant_session(tenant, actor=close.CLERK) as session:
            people = write_people(session, with_benefits(mixture.people(PEOPLE)[1:]))
            write_claims(session, people)
            store(session, _special(ids(session)), reason="Prüfung")
        for month in (date(2026, 9, 1), OCTOBER):
            close.pay_month(tenant, month)
        with tenant_session(tenant, actor=close.CLERK) as session:
            _late(session)
        yield tenant


def _late(session: TenantSession) -> None:
    jobs = session.scalars(select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == OCTOBER)
                           .order_by(Ergebnis.beschaeftigung_id)).all()
    allowance = session.scalars(select(Lohnart.id).where(Lohnart.nummer == 1300)).one()
    for job in jobs[::4]:
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=allowance, laufnummer=9,
                    betrag_cent=7_311, valid_from=date(2026, 9, 1), reason="Nachtrag")
    for job in jobs[1::9]:
        record_fact(session, Fehlzeit, beschaeftigung_id=job, art="sonderurlaub", valid_from=date(2026, 10, 5),
                    valid_to=date(2026, 10, 11), reason="Nachtrag")
    for number in ("0000001", "9999991", jobs[40]):  # an account that people of different parts share
        where = Beschaeftigung.personalnummer == number if isinstance(number, str) else Beschaeftigung.id == number
        person = session.scalars(select(Beschaeftigung.person_id).where(where)).one()
        record_fact(session, Bankverbindung, person_id=person, iban="DE02370502990000684712", iban_ende="4712",
                    valid_from=NOVEMBER, reason="Antrag")
    for job in jobs[2::11]:
        record_fact(session, Darlehen, beschaeftigung_id=job, laufnummer=1, art="vorschuss", betrag_cent=60_000,
                    ausgezahlt_am=date(2026, 10, 2), rate_cent=10_000, erste_rate=NOVEMBER, valid_from=OCTOBER,
                    reason="Antrag")


def _sealed(session: TenantSession, number: int) -> list[Any]:
    rows = session.execute(select(Ergebnis.public_id, Beschaeftigung.personalnummer)
                           .join(Beschaeftigung, Beschaeftigung.id == Ergebnis.beschaeftigung_id)
                           .where(Ergebnis.lauf_id == number).order_by(Ergebnis.id)).all()
    return [(row.personalnummer, open_sheet(session, row.public_id)[2]) for row in rows]


def _shown(session: TenantSession, month: date) -> dict[str, Any]:
    """Alles, was ein Lauf zeigt, ohne Nummern und Kennungen."""
    lauf = session.scalars(select(Lauf).where(Lauf.monat == month)).one()
    job = {row.id: row.personalnummer for row in session.execute(select(Beschaeftigung.id,
                                                                        Beschaeftigung.personalnummer))}

    def rows(model: Any, *names: str) -> list[Any]:
        found = session.scalars(select(model).where(model.lauf_id == lauf.id)).all()
        return sorted((job[one.beschaeftigung_id], *(str(getattr(one, name)) for name in names)) for one in found)

    mine = select(Ergebnis.id, Ergebnis.beschaeftigung_id).where(Ergebnis.lauf_id == lauf.id)
    owner = {row.id: job[row.beschaeftigung_id] for row in session.execute(mine)}

    def below(model: Any, *names: str) -> list[Any]:
        found = session.scalars(select(model).where(model.ergebnis_id.in_(sorted(owner)))).all()
        return sorted((owner[one.ergebnis_id], *(str(getattr(one, name)) for name in names)) for one in found)

    values = [column.key for column in Ergebnis.__table__.columns
              if column.key not in ("tenant_id", "id", "public_id", "lauf_id", "beschaeftigung_id")]
    back = session.execute(
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, Rueckrechnung.art, RueckrechnungZeile.position,
               RueckrechnungZeile.name, RueckrechnungZeile.alt, RueckrechnungZeile.neu, RueckrechnungZeile.betrag)
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .where(Rueckrechnung.lauf_id == lauf.id)).all()
    return {
        "lauf": (lauf.ergebnis_hash, lauf.anzahl, lauf.gesamtbrutto, lauf.netto, lauf.auszahlung, lauf.ag_kosten,
                 lauf.regelwerk, lauf.tafeln, lauf.zustand),
        "ergebnisse": rows(Ergebnis, *values),
        "zeilen": below(Ergebniszeile, "position", "bereich", "lohnart", "text", "einzelheit", "merkmale", "betrag"),
        "boegen": _sealed(session, lauf.id),
        "raten": below(Verrechnung, "art", "laufnummer", "betrag", "rest"),
        "dritte": below(Drittzahlung, "betrag", "arbeitgeber"),
        "einbehalte": rows(Einbehalt, "nummer", "monat", "betrag", "reichweite", "offen", "verbleib", "grund"),
        "rueckrechnung": sorted((job[row[0]], *map(str, row[1:])) for row in back),
        "ursachen": rows(Rueckrechnung, "monat", "art", "grund", "seit", "ursachen"),
        "auszahlungen": rows(RueckrechnungAuszahlung, "eigen", "rueckrechnung", "vortrag", "zahlbetrag", "uebertrag"),
        "befunde": [(one.stufe, one.ursache, one.datensatz, one.feld, one.regel, one.abhilfe, one.begruendung)
                    for one, *_ in reading.findings(session, month)],
    }


def _whole(tenant: int, month: date) -> dict[str, Any]:
    """Der Lauf eines Prozesses; danach ist er wieder weg."""
    with tenant_session(tenant, actor=close.CLERK) as session:
        runs.calculate(session, month, key="im Ganzen")
        session.flush()
        found = _shown(session, month)
        session.rollback()
    return found


def _divided(tenant: int, month: date, monkeypatch: pytest.MonkeyPatch, *, backwards: bool = False) -> int:
    """Legt Stücke an und rechnet sie; gibt ihre Zahl zurück."""
    monkeypatch.setenv(teilen.VARIABLE, str(PART))
    with tenant_session(tenant, actor=close.CLERK) as session:
        assert teilen.is_large(session, month)
        teilen.divide(session, month, "in Stücken")
    with tenant_session(tenant, actor=close.CLERK) as session:
        numbers = session.scalars(select(Laufstueck.id).order_by(Laufstueck.nummer)).all()
    for number in reversed(numbers) if backwards else numbers:
        _compute(tenant, number)
    return len(numbers)


def _compute(tenant: int, number: int) -> None:
    with tenant_session(tenant, actor="arbeiter") as session:
        stueck = session.scalars(select(Laufstueck).where(Laufstueck.id == number)).one()
        rechnen.compute(session, session.scalars(select(Stueckrechnung)).one(), stueck)
        stueck.zustand, stueck.fertig_am = "fertig", func.now()


def _merge(tenant: int) -> None:
    with tenant_session(tenant, actor=close.CLERK) as session:
        vereinen.merge(session, session.scalars(select(Stueckrechnung)).one())


def _left(tenant: int) -> list[int | None]:
    with tenant_session(tenant, actor="prüfung") as session:
        return [session.scalar(select(func.count()).select_from(model)) for model in (
            Stueckrechnung, Laufstueck, Laufblock)]


@pytest.mark.parametrize("month", [NOVEMBER, DECEMBER])
def test_in_parts_equals_the_whole(employer: int, month: date, monkeypatch: pytest.MonkeyPatch) -> None:
    if month == DECEMBER:
        close.pay_month(employer, NOVEMBER)
        with tenant_session(employer, actor=close.CLERK) as session:
            _again(session)
    expected = _whole(employer, month)
    assert len(expected["ergebnisse"]) > PEOPLE
    assert all(expected[name] for name in ("raten", "dritte", "einbehalte", "rueckrechnung", "auszahlungen",
                                           "befunde"))
    count = _divided(employer, month, monkeypatch, backwards=month == DECEMBER)
    assert count >= 5  # and nobody's two employments end up in two of them
    _merge(employer)
    with tenant_session(employer, actor=close.CLERK) as session:
        found = _shown(session, month)
    for name, value in expected.items():
        assert found[name] == value, name
    assert _left(employer) == [0, 0, 0]


def _again(session: TenantSession) -> None:
    jobs = session.scalars(select(Ergebnis.beschaeftigung_id).where(Ergebnis.monat == NOVEMBER)
                           .order_by(Ergebnis.beschaeftigung_id)).all()
    allowance = session.scalars(select(Lohnart.id).where(Lohnart.nummer == 1300)).one()
    for job in jobs[3::5]:
        record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job, lohnart_id=allowance, laufnummer=8,
                    betrag_cent=2_099, valid_from=NOVEMBER, reason="Nachtrag")
