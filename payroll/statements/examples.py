"""Erfundene Abrechnungen aller Arten: für Prüfungen, Messungen und das Handbuch.

Die Beträge stammen aus den Beispielfällen des Vertrags für ganze Abrechnungen (B001, B003, B023, B025, B031, B036);
Menschen, Nummern und Arbeitgeber sind erfunden.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from payroll.statements.assemble import Case, assemble
from payroll.statements.payslip import Employee, Employer, Grade, Insurance, Line, Payslip, Period, Retro, Tax

EMPLOYER = Employer(
    name="Kreis Wiesental",
    stelle="Personalservice für Kreis und Gemeinden",
    strasse="Marktplatz 1",
    plz="48999",
    ort="Wiesental",
    telefon="02599 1234-0",
    email="personal@kreis-wiesental.example",
    betriebsnummer="12345674",
    ansprechpartner="Frau Brandt, 02599 1234-210",
)
EMPLOYEE = Employee(
    personalnummer="0010482",
    name="Jörg Großmüller",
    strasse="Löwenzahnweg 12",
    plz="48999",
    ort="Wiesental",
    geburtsdatum=date(1985, 6, 15),
    sv_nummer="15150685G021",
    eintritt=date(2014, 3, 1),
    kostenstelle="51 1200",
    organisation="Jugendamt",
)
TAX = Tax(steuer_id="02 476 291 358", steuerklasse=1)
INSURANCE = Insurance(
    beitragsgruppe="1111",
    personengruppe="101",
    einzugsstelle="AOK NordWest",
    kinderschluessel=1,
    elterneigenschaft=True,
    zusatzbeitrag=Decimal("2.90"),
    zusatzversorgung="RZVK, Abrechnungsverband I",
)
GRADE = Grade(
    "TVöD-VKA", "E 9b", "4", Decimal(39), Decimal(39), stufe_seit=date(2023, 3, 1), naechste_stufe=date(2027, 3, 1)
)
RATES = {
    name: Decimal(rate)
    for name, rate in {
        "kv_an": "7.30", "kv_ag": "7.30", "zb_an": "1.45", "zb_ag": "1.45", "pv_an": "1.80", "pv_ag": "1.80",
        "rv_an": "9.30", "rv_ag": "9.30", "av_an": "1.30", "av_ag": "1.30", "u2": "0.39", "zv_umlage": "4.25",
        "zv_sanierungsgeld": "3.50",
    }.items()
}  # fmt: skip


def _cents(text: str) -> dict[str, int]:
    """Liest „name=cent“-Paare."""
    return {name: int(value) for name, _, value in (pair.partition("=") for pair in text.split())}


FULL_TIME = _cents(
    "gesamtbrutto=469055 steuerbrutto=469055 sv_brutto_kv=483542 sv_brutto_rv=483542 zv_brutto=469055 "
    "u2_brutto=483542 zv_steuerfrei=19935 lohnsteuer=70900 soli=0 kirchensteuer=0 kv_an=35299 zb_an=7011 "
    "pv_an=8704 rv_an=44969 av_an=6286 zv_an=0 netto=295886 auszahlung=295886 kv_ag=35299 zb_ag=7011 "
    "pv_ag=8704 rv_ag=44969 av_ag=6286 u2=1886 zv_umlage=19935 zv_sanierungsgeld=16417 ag_kosten=609562"
)
YEAR = _cents(
    "gesamtbrutto=2293563 steuerbrutto=2293563 lohnsteuer=344200 sv_brutto_kv=2364954 "
    "sv_brutto_rv=2364954 kv_gesamt_an=206935 pv_an=42569 rv_an=219940 av_an=30744 zv_brutto=2293563 "
    "netto=1449175 auszahlung=1449175"
)


def period(month: date, last: int, *, tax_days: int = 30, sv_days: int = 30) -> Period:
    """Ein voller Monat, erstellt am 20."""
    return Period(month, month, month.replace(day=last), tax_days, sv_days, month.replace(day=20))


def full_time() -> Case:
    """Vollzeit, E 9b Stufe 4, Mai 2026 (B001)."""
    return Case(
        status="tarif",
        employer=EMPLOYER,
        employee=EMPLOYEE,
        period=period(date(2026, 5, 1), 31),
        tax=TAX,
        insurance=INSURANCE,
        grade=GRADE,
        result=FULL_TIME,
        lines=(Line("1000", "Tabellenentgelt", 469055, zv=True),),
        iban="DE02120300000000202051",
        rates=RATES,
        year=YEAR,
    )


def minijob() -> Case:
    """Minijob mit Rentenversicherung, Januar 2026 (B023)."""
    result = _cents(
        "gesamtbrutto=55600 steuerbrutto=0 sv_brutto_kv=55600 sv_brutto_rv=55600 pauschal_40a_2=55600 "
        "lohnsteuer=0 soli=0 kirchensteuer=0 kv_an=0 zb_an=0 pv_an=0 rv_an=2002 av_an=0 netto=53598 "
        "auszahlung=53598 kv_ag=7228 rv_ag=8340 u2=122 u2_brutto=55600 pauschsteuer_2=1112 ag_kosten=72402"
    )
    return replace(
        full_time(),
        status="minijob",
        employee=replace(EMPLOYEE, personalnummer="0020007", name="Ayşe Çelik", strasse="Am Bahndamm 3a"),
        period=period(date(2026, 1, 1), 31),
        tax=Tax("", None, pauschal="ohne, Pauschsteuer 2 % nach § 40a Abs. 2 EStG"),
        insurance=replace(
            INSURANCE, beitragsgruppe="6100", personengruppe="109", einzugsstelle="Minijob-Zentrale",
            zusatzbeitrag=None, zusatzversorgung="",
        ),
        grade=Grade("", "", "", Decimal("9.5"), Decimal(39)),
        result=result,
        lines=(
            Line("1009", "Stundenentgelt", 55600, Decimal(40), Decimal("13.90"), "Std.", steuer="P", sv="L"),
        ),
        rates={"kv_ag": Decimal(13), "rv_ag": Decimal(15), "rv_an": Decimal("3.60"), "u2": Decimal("0.22"),
               "pauschsteuer_2": Decimal(2)},
        year={"gesamtbrutto": 55600, "sv_brutto_rv": 55600, "rv_an": 2002, "netto": 53598, "auszahlung": 53598},
    )  # fmt: skip


def civil_servant() -> Case:
    """Beamtin A 13 mit Familienzuschlag, April 2025 (B036)."""
    result = _cents(
        "gesamtbrutto=592190 steuerbrutto=592190 sv_brutto_kv=0 sv_brutto_rv=0 lohnsteuer=87100 soli=0 "
        "kirchensteuer=5773 kv_an=0 pv_an=0 rv_an=0 av_an=0 netto=499317 auszahlung=499317 ag_kosten=592190"
    )
    return replace(
        full_time(),
        status="beamte",
        employee=replace(EMPLOYEE, personalnummer="0030011", name="Dr. Katharina Šćepanović", sv_nummer=""),
        period=period(date(2025, 4, 1), 30),
        tax=Tax("65 929 970 489", 3, kinderfreibetraege=Decimal(1), kirche="rk", kirche_ehegatte="ev"),
        insurance=Insurance("", "", "", 0, True, krankenversicherung="privat, Basisbeitrag 285,50 € im Monat"),
        grade=Grade("LBesO A NRW", "A 13", "9", Decimal(41), Decimal(41), stufe_seit=date(2024, 1, 1)),
        result=result,
        lines=(
            Line("2000", "Grundgehalt", 575314, sv="-"),
            Line("2010", "Familienzuschlag Stufe 1", 16876, sv="-"),
        ),
        rates={},
        year={"gesamtbrutto": 2368760, "steuerbrutto": 2368760, "lohnsteuer": 348400, "kirchensteuer": 23092},
    )


def trainee() -> Case:
    """Auszubildende im ersten Jahr, Mai 2026 (B025)."""
    result = _cents(
        "gesamtbrutto=136826 steuerbrutto=136826 sv_brutto_kv=138917 sv_brutto_rv=138917 zv_brutto=136826 "
        "u2_brutto=138917 zv_steuerfrei=5815 lohnsteuer=0 soli=0 kirchensteuer=0 kv_an=10141 zb_an=2014 "
        "pv_an=2501 rv_an=12919 av_an=1806 zv_an=0 netto=107445 auszahlung=107445 kv_ag=10141 zb_ag=2014 "
        "pv_ag=2501 rv_ag=12919 av_ag=1806 u2=542 zv_umlage=5815 zv_sanierungsgeld=4789 ag_kosten=177353"
    )
    return replace(
        full_time(),
        status="auszubildende",
        employee=replace(
            EMPLOYEE, personalnummer="0040003", name="Đặng Thị Mai", geburtsdatum=date(2006, 3, 10),
            eintritt=date(2025, 8, 1),
        ),
        insurance=replace(INSURANCE, personengruppe="102", kinderschluessel=0, elterneigenschaft=False),
        grade=Grade("TVAöD-BBiG", "Auszubildende", "1", Decimal(39), Decimal(39)),
        result=result,
        lines=(Line("1700", "Ausbildungsentgelt", 136826, zv=True),),
        year={"gesamtbrutto": 684130, "netto": 537225, "auszahlung": 537225},
    )  # fmt: skip


def one_off() -> Case:
    """E 9b mit Jahressonderzahlung, November 2026, römisch-katholisch (B031)."""
    result = _cents(
        "gesamtbrutto=867752 steuerbrutto=867752 steuerbrutto_einmal=398697 sv_brutto_kv=899183 "
        "sv_brutto_kv_einmal=398697 sv_brutto_rv=899183 sv_brutto_rv_einmal=398697 zv_brutto=867752 "
        "zv_brutto_einmal=398697 u2_brutto=500486 zv_steuerfrei=36879 lohnsteuer=178300 "
        "lohnsteuer_einmal=107400 soli=0 soli_einmal=0 kirchensteuer=16047 kirchensteuer_einmal=9666 "
        "kv_an=65640 kv_an_einmal=29105 zb_an=13038 zb_an_einmal=5781 pv_an=16185 pv_an_einmal=7177 "
        "rv_an=83624 rv_an_einmal=37079 av_an=11689 av_an_einmal=5183 zv_an=0 netto=483229 auszahlung=483229 "
        "kv_ag=65640 zb_ag=13038 pv_ag=16185 rv_ag=83624 av_ag=11689 u2=1952 zv_umlage=36879 "
        "zv_sanierungsgeld=30371"
    )
    return replace(
        full_time(),
        period=period(date(2026, 11, 1), 30),
        tax=replace(TAX, kirche="rk"),
        result=result,
        lines=(
            Line("1000", "Tabellenentgelt", 469055, zv=True),
            Line("1600", "Jahressonderzahlung", 398697, steuer="S", sv="E", zv=True),
        ),
        year=_cents(
            "gesamtbrutto=5507198 steuerbrutto=5507198 lohnsteuer=881600 kirchensteuer=79344 sv_brutto_kv=5681327 "
            "sv_brutto_rv=5681327 kv_gesamt_an=497096 pv_an=102264 rv_an=528363 av_an=73857 zv_brutto=5507198 "
            "netto=3344674 auszahlung=3344674"
        ),
    )


def midijob() -> Case:
    """Teilzeit im Übergangsbereich, E 2 Stufe 2, April 2026 (B003)."""
    result = _cents(
        "gesamtbrutto=185531 steuerbrutto=185531 sv_brutto_kv=188839 sv_brutto_rv=188839 be_gesamt=187210 be_an=184021 "
        "zv_brutto=185531 zv_steuerfrei=7885 lohnsteuer=6508 soli=0 kirchensteuer=0 kv_an=13434 zb_an=2254 pv_an=3312 "
        "rv_an=17114 av_an=2392 zv_an=0 netto=140517 auszahlung=140517 kv_ag=13898 zb_ag=2332 pv_ag=3428 rv_ag=17708 "
        "av_ag=2476 u2=730 u2_brutto=187210 zv_umlage=7885 zv_sanierungsgeld=6494"
    )
    return replace(
        full_time(),
        employee=replace(EMPLOYEE, personalnummer="0050021", name="Łukasz Wójcik"),
        period=replace(period(date(2026, 4, 1), 30), ausgelassen=(date(2026, 2, 1), date(2026, 3, 1))),
        insurance=replace(INSURANCE, uebergangsbereich=True, zusatzbeitrag=Decimal("2.45"), kinderschluessel=2),
        grade=Grade("TVöD-VKA", "E 2", "2", Decimal(25), Decimal(39)),
        result=result,
        lines=(Line("1000", "Tabellenentgelt", 185531, zv=True),),
        rates={**RATES, "zb_an": Decimal("1.225")},
        year={"gesamtbrutto": 742124, "netto": 562068, "auszahlung": 562068},
    )


def private() -> Case:
    """Privat versichert mit Zuschüssen, E 14 Stufe 6, Mai 2026, zweite Beschäftigung (B027)."""
    result = _cents(
        "gesamtbrutto=755178 steuerbrutto=755178 sv_brutto_kv=0 sv_brutto_rv=781825 zv_brutto=755178 u2_brutto=781825 "
        "zv_steuerfrei=32095 lohnsteuer=175741 soli=732 kirchensteuer=0 kv_an=0 pv_an=0 rv_an=72710 av_an=10164 "
        "netto=495831 zuschuss_kv=32000 zuschuss_pv=3000 auszahlung=530831 rv_ag=72710 av_ag=10164 u2=3049 "
        "zv_umlage=32095 zv_sanierungsgeld=26431 ag_kosten=934627"
    )
    return replace(
        full_time(),
        employee=replace(EMPLOYEE, personalnummer="0060002", name="Dr. Sven Ødegård"),
        insurance=replace(
            INSURANCE,
            beitragsgruppe="0110",
            zusatzbeitrag=None,
            krankenversicherung="privat, Beitrag 640,00 € und Pflege 60,00 €",
            mehrfachbeschaeftigt=True,
        ),
        grade=Grade("TVöD-VKA", "E 14", "6", Decimal(39), Decimal(39)),
        result=result,
        lines=(Line("1000", "Tabellenentgelt", 755178, zv=True),),
        year={"gesamtbrutto": 3740000, "netto": 2455000, "auszahlung": 2630000},
    )


def back_pay() -> Case:
    """Vollzeit mit Nachzahlung der Tariferhöhung für zwei Monate, sehr langen Namen und Abzügen vom Netto."""
    base = full_time()
    result = dict(FULL_TIME, vwl_sparbetrag=4000, sonstige_abzuege=12000, auszahlung=279886)
    employee = replace(
        EMPLOYEE,
        name="Prof. Dr. h.c. Friederike-Charlotte Freifrau von Hohenstein-Waldenburg-Schillingsfürst",
        adresszusatz="c/o Wohnungsgenossenschaft der Beschäftigten des öffentlichen Dienstes eG, Aufgang 14",
        strasse="Bürgermeister-Doktor-Wilhelm-Heidenreich-Straße 128 b, Hinterhaus links",
        ort="Wiesental-Oberniederheimbach-Süd",
        austritt=date(2026, 5, 31),
    )
    return replace(
        base,
        employee=employee,
        result=result,
        lines=(
            Line("1000", "Tabellenentgelt", 448055, zv=True),
            Line("1000", "Tabellenentgelt Nachzahlung", 12500, zv=True, monat=date(2026, 3, 1)),
            Line("1000", "Tabellenentgelt Nachzahlung", 12500, zv=True, monat=date(2026, 4, 1)),
            Line("1010", "Abzug Stunden ohne Entgelt", -4000, Decimal("-1.5"), Decimal("26.6667"), "Std.", zv=True),
            Line("3310", "Entgeltumwandlung, im Gesamtbrutto neutral", 0, gesamtbrutto=False, steuer="F", sv="F"),
        ),
        retro=(
            Retro(date(2026, 3, 1), "Tabellenentgelt", 435555, 448055, "Tariferhöhung ab 01.03.2026"),
            Retro(date(2026, 4, 1), "Tabellenentgelt", 435555, 448055, "Tariferhöhung ab 01.03.2026"),
        ),
        hints=(
            "Ihre Beschäftigung endet am 31.05.2026. Die Lohnsteuerbescheinigung folgt mit der letzten Abrechnung.",
        ),
    )


KINDS = {
    "vollzeit": full_time,
    "minijob": minijob,
    "beamte": civil_servant,
    "auszubildende": trainee,
    "sonderzahlung": one_off,
    "midijob": midijob,
    "privat": private,
    "nachzahlung": back_pay,
}


def example(kind: str) -> Payslip:
    """Eine Abrechnung der genannten Art (Schlüssel von KINDS)."""
    return assemble(KINDS[kind]())


def many(count: int) -> Iterator[Payslip]:
    """Beliebig viele verschiedene Abrechnungen, immer dieselben."""
    cases = [make() for make in KINDS.values()]
    for at in range(count):
        case = cases[at % len(cases)]
        employee = replace(case.employee, personalnummer=f"{1000000 + at}")
        yield assemble(replace(case, employee=employee))
