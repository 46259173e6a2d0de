"""Jahressonderzahlung aus abgeschlossenen Monaten: Bemessung, Zwölftel, wer wartet, wer keine bekommt.

Erwartungen von Hand nach § 20 TVöD (VKA) und § 14 TVAöD; Sätze 2026: 85 % (Ausbildung 90 %).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from payroll.masterdata.catalogue import seed
from payroll.masterdata.intake import NeueBeschaeftigung, NeuePerson, Tatsache, store
from payroll.masterdata.models import (
    Anlasszahlung,
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Fehlzeit,
    Lohnart,
    PersonAngaben,
    WiederkehrenderBezug,
)
from payroll.masterdata.service import record_fact
from payroll.runs.errors import RunRefused
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from payroll.runs.sonderzahlung import (
    Jahressonderzahlungen,
    record_yearly_bonus,
    recorded_yearly_bonus,
    yearly_bonus_missing,
)
from tenants.db.session import TenantSession, tenant_session

NOW = datetime(2026, 11, 2, tzinfo=UTC)
LONG = date(2020, 1, 1)
Line = tuple[str, str, int]  # wage type, marks, cents


def _table(cents: int, marks: str = "LLJ") -> list[Line]:
    return [("1000", marks, cents)]


def _hire(session: TenantSession, number: str, eintritt: date, art: str = "tarif", austritt: date | None = None,
          tarifwerk: str = "TVoeD-VKA", gruppe: str = "E8", woche: tuple[str, str | None] = ("39", None)) -> None:
    born = date(1990, 1, 2)
    store(session, [NeuePerson(
        [Tatsache(PersonAngaben, born, {"nachname": number, "vorname": "Ada", "geburtsdatum": born})],
        [NeueBeschaeftigung(number, [
            Tatsache(BeschaeftigungAngaben, eintritt, {"art": art, "eintritt": eintritt, "austritt": austritt}),
            Tatsache(Bezuegezuordnung, eintritt, {
                "tarifwerk": tarifwerk, "entgeltgruppe": gruppe, "stufe": "2", "stufe_seit": eintritt,
                "wochenstunden": Decimal(woche[0]), "vollzeitstunden": Decimal(39),
                "arbeitstage_woche": woche[1]})])])], reason="Fall")


def _paid(session: TenantSession, paid: dict[str, dict[int, list[Line]]],
          back_pay: tuple[str, int, int] | None = None) -> None:
    """Abgeschlossene Monate mit den Zeilen jeder Person; back_pay: was der Oktober einem Monat nachzahlt."""
    jobs = {row.personalnummer: row.id
            for row in session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id))}
    for month in sorted({month for months in paid.values() for month in months}):
        lauf = Lauf(monat=date(2026, month, 1), zustand="probe", ergebnis_hash="a" * 64, anzahl=1,
                    berechnet_von="a", berechnet_am=NOW, geprueft_von="a", geprueft_am=NOW, freigegeben_von="b",
                    freigegeben_am=NOW, gemeinde_von="c", gemeinde_am=NOW, abgeschlossen_von="a", abgeschlossen_am=NOW)
        # The month closes last: results of a closed month cannot be written.
        session.add(lauf)
        session.flush()
        for number, months in paid.items():
            lines = months.get(month, [])
            if lines:
                table = sum(cents for wage_type, _, cents in lines if wage_type in ("1000", "1700"))
                result = Ergebnis(lauf_id=lauf.id, beschaeftigung_id=jobs[number], monat=lauf.monat, sv_tage=30,
                                  tabellenentgelt=table)
                session.add(result)
                session.flush()
                session.add_all(Ergebniszeile(ergebnis_id=result.id, position=i, bereich="bezug", lohnart=wage_type,
                                              text="Fall", merkmale=marks, betrag=cents)
                                for i, (wage_type, marks, cents) in enumerate(lines, 1))
                session.flush()
        if back_pay is not None and month == 10:
            name, corrected, cents = back_pay
            booked = Rueckrechnung(lauf_id=lauf.id, beschaeftigung_id=jobs[name], monat=date(2026, corrected, 1),
                                   art="entstehung", ursachen=[])
            session.add(booked)
            session.flush()
            session.add(RueckrechnungZeile(rueckrechnung_id=booked.id, position=1, bereich="bezug", name="1000",
                                           text="Fall", merkmale="LLJ", alt=0, neu=cents, betrag=cents))
            session.flush()
        lauf.zustand = "abgeschlossen"
        session.flush()


def _bonus(tenant: int) -> tuple[dict[str, int], Jahressonderzahlungen]:
    with tenant_session(tenant, actor="karla") as session:
        given = record_yearly_bonus(session, 2026)
        rows = session.execute(
            select(Beschaeftigung.personalnummer, Lohnart.nummer, WiederkehrenderBezug.betrag_cent)
            .join(WiederkehrenderBezug, WiederkehrenderBezug.beschaeftigung_id == Beschaeftigung.id)
            .join(Lohnart, Lohnart.id == WiederkehrenderBezug.lohnart_id)
            .where(WiederkehrenderBezug.superseded_at.is_(None))).all()
    return {f"{row.personalnummer} {row.nummer}": row.betrag_cent for row in rows}, given


def test_yearly_bonus_of_every_kind(two_tenants: tuple[int, int]) -> None:
    tenant = two_tenants[0]
    with tenant_session(tenant, actor="karla") as session:
        seed(session, reason="Test")
        _hire(session, "ganz", LONG)
        for name in ("schicht", "nachgezahlt"):
            _hire(session, name, LONG)
        _hire(session, "azubi", date(2025, 9, 1), "auszubildende", None, "TVAoeD-BBiG", "Auszubildende")
        _hire(session, "august", date(2026, 8, 16))
        _hire(session, "september", date(2026, 9, 16))
        _hire(session, "oktober", date(2026, 10, 1))
        _hire(session, "spaet", date(2026, 10, 15))
        _hire(session, "minijob", LONG, "minijob", None, "TVoeD-VKA", "E1")
        _hire(session, "geht", LONG, "tarif", date(2026, 11, 30))
        _paid(session, {
            # SuE allowance counts, capital-forming benefit and a one-off do not.
            "ganz": {m: [*_table(400_350), ("1100", "LLJ", 15_000), ("1650", "LLN", 665), ("1610", "SEJ", 50_000)]
                     for m in (7, 8, 9, 10)},
            # Premiums count, tax-free or not; overtime with its premium and performance pay do not.
            "schicht": {m: [*_table(400_350), ("1200", "FFN", 5_000), ("1209", "LLN", 1_000), ("1206", "LLJ", 300),
                            ("1300", "LLJ", 20_000), ("1207", "LLJ", 6_000)] for m in (7, 8, 9, 10)},
            "nachgezahlt": {m: _table(400_350) for m in (7, 8, 9, 10)},
            "azubi": {7: [("1700", "LLJ", 136_826)], 8: [("1700", "LLJ", 136_826)], 9: [("1700", "LLJ", 141_820)],
                      10: [("1700", "LLJ", 141_820)]},
            "august": {8: _table(99_362), 9: _table(192_146), 10: _table(192_146)},
            "september": {9: _table(68_661), 10: _table(137_323)},
            "oktober": {10: _table(353_794)},
            "spaet": {10: _table(190_000)},
            "minijob": {m: _table(38_993, "PLN") for m in (7, 8, 9, 10)},
            "geht": {m: _table(400_000) for m in (7, 8, 9, 10)},
        }, back_pay=("nachgezahlt", 8, 30_000))
    amounts, given = _bonus(tenant)
    assert amounts == {
        "ganz 1600": 353_048,       # 4,153.50 x 85 %
        "schicht 1600": 345_653,    # 4,066.50 x 85 % = 3,456.525
        "nachgezahlt 1600": 348_798,  # August was paid 300.00 short and corrected in October: 4,103.50 x 85 %
        "azubi 1705": 126_140,      # (1,368.26 + 1,418.20 + 1,418.20) / 3 = 1,401.55 x 90 %
        "august 1600": 68_835,      # 2,915.08 / 46 = 63.37 x 30.67 = 1,943.56 x 85 % = 1,652.03 x 5/12
        "september 1600": 38_908,   # 15 days only: October 1,373.23 x 85 % = 1,167.25 x 4/12
        "oktober 1600": 75_181,     # first full month 3,537.94 x 85 % = 3,007.25 x 3/12
        "minijob 1600": 33_144,     # 389.93 x 85 %; no supplementary pension, still tariff
    }
    assert given.offen == ("spaet",)
    assert given.gruende == {"spaet": "kein Bemessungsmonat ist abgeschlossen"}
    with tenant_session(tenant, actor="karla") as session:
        assert recorded_yearly_bonus(session, 2026) == given
        assert recorded_yearly_bonus(session, 2025).betraege == {}
        assert [yearly_bonus_missing(session, date(*month, 1)) for month in ((2026, 11), (2026, 10), (2025, 11))] == [
            False, False, True]
    assert sorted(given.betraege.values()) == sorted(amounts.values())
    with tenant_session(tenant, actor="karla") as session:
        before = session.scalar(select(func.count(WiederkehrenderBezug.id)))
    assert _bonus(tenant)[0] == amounts
    with tenant_session(tenant, actor="karla") as session:
        assert session.scalar(select(func.count(WiederkehrenderBezug.id))) == before


def test_october_has_to_be_closed(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[1], actor="karla") as session:
        seed(session, reason="Test")
        _hire(session, "ganz", LONG)
        _paid(session, {"ganz": {m: _table(400_350) for m in (7, 8, 9)}})
        with pytest.raises(RunRefused, match=r"Oktober 2026 ist nicht abgeschlossen.*Den Monat abschließen"):
            record_yearly_bonus(session, 2026)


def test_times_without_pay_and_exchange_days_reduce_it(two_tenants: tuple[int, int]) -> None:
    """Twelfths as in case V053; a day of E7 step 2 (V054: 3,537.94) is 20.86 x 7.8 hours = 162.71.

    Who works 24 hours on three days gives 8 hours a day: 166.88.
    """
    tenant = two_tenants[0]
    with tenant_session(tenant, actor="karla") as session:
        seed(session, reason="Test")
        for name, group in (("urlaub", "E5"), ("eltern", "E5"), ("krank", "E5"), ("tausch", "E7"), ("zu spät", "E7")):
            _hire(session, name, LONG, gruppe=group)
        _hire(session, "drei Tage", LONG, gruppe="E7", woche=("24", "Mo Di Mi"))
        jobs = {row.personalnummer: row.id
                for row in session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id))}
        for name, art, first, last, born in (
                ("urlaub", "sonderurlaub", date(2026, 1, 1), date(2026, 3, 31), None),
                ("eltern", "elternzeit", date(2026, 1, 1), date(2026, 3, 31), date(2026, 1, 1)),
                ("krank", "krankheit", date(2026, 1, 1), date(2026, 3, 31), None)):
            record_fact(session, Fehlzeit, beschaeftigung_id=jobs[name], art=art, kind_geboren_am=born,
                        valid_from=first, valid_to=last, reason="Fall")
        for name, day in (("tausch", date(2026, 6, 1)), ("zu spät", date(2026, 9, 2)),
                          ("drei Tage", date(2026, 9, 1))):
            record_fact(session, Anlasszahlung, beschaeftigung_id=jobs[name], art="tauschtage", menge=Decimal(2),
                        valid_from=day, reason="Fall")
        _paid(session, {name: {m: _table(cents) for m in (7, 8, 9, 10)} for name, cents in (
            ("urlaub", 349_006), ("eltern", 349_006), ("krank", 349_006), ("tausch", 353_794), ("zu spät", 353_794),
            ("drei Tage", 217_719))})
    amounts, _ = _bonus(tenant)
    assert amounts == {
        "urlaub 1600": 222_491,   # 3,490.06 x 85 % = 2,966.55 x 9/12
        "eltern 1600": 296_655,   # until the end of the year of birth nothing is taken off
        "krank 1600": 296_655,    # sick pay until 11 February, then the supplement: no month without either
        "tausch 1600": 268_183,   # 3,007.25 - 2 x 162.71
        "zu spät 1600": 300_725,  # declared after 1 September
        "drei Tage 1600": 151_685,  # 3,537.94 x 24/39 = 2,177.19; x 85 % = 1,850.61; - 2 x 166.88
    }


def test_part_time_in_parental_leave_counts_as_the_hours_before_in_the_year_of_birth(
        two_tenants: tuple[int, int]) -> None:
    """§ 20 Abs. 3 TVöD (VKA), tvoed_rules.md 7.6: E5 full time, from 15 August half time in parental leave.

    August: 3,490.06 x 14/31 + 1,745.03 x 17/31 = 1,576.16 + 956.95. As before the leave every month is 3,490.06.
    """
    tenant = two_tenants[0]
    with tenant_session(tenant, actor="karla") as session:
        seed(session, reason="Test")
        births = {"dies Jahr": date(2026, 3, 1), "Vorjahr": date(2025, 11, 1), "ohne": None}
        for name in births:
            _hire(session, name, LONG, gruppe="E5")
        jobs = {row.personalnummer: row.id
                for row in session.execute(select(Beschaeftigung.personalnummer, Beschaeftigung.id))}
        for name, born in births.items():
            record_fact(session, Bezuegezuordnung, beschaeftigung_id=jobs[name], valid_from=date(2026, 8, 15),
                        reason="Teilzeit", tarifwerk="TVoeD-VKA", entgeltgruppe="E5", stufe="2", stufe_seit=LONG,
                        wochenstunden=Decimal("19.5"), vollzeitstunden=Decimal(39))
            if born is not None:
                record_fact(session, Fehlzeit, beschaeftigung_id=jobs[name], art="elternzeit_teilzeit",
                            kind_geboren_am=born, valid_from=date(2026, 8, 15), valid_to=date(2026, 12, 31),
                            reason="Elternzeit")
        months = {7: _table(349_006), 8: _table(157_616 + 95_695), 9: _table(174_503), 10: _table(174_503)}
        _paid(session, dict.fromkeys(births, months))
    amounts, _ = _bonus(tenant)
    assert amounts == {
        "dies Jahr 1600": 296_655,  # 3,490.06 x 85 %
        "Vorjahr 1600": 220_099,    # (3,490.06 + 2,533.11 + 1,745.03) / 3 = 2,589.40 x 85 %
        "ohne 1600": 220_099,
    }
