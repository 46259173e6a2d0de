"""Umlagen, Familienzuschlag, Werte des Rechts, Steuerjahre: hochgeladen, zu zweit in Kraft, nachgerechnet, erklärt."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from payroll.law import official
from payroll.law.calculate import law_of
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.intake import Tatsache
from payroll.masterdata.models import Bezuegezuordnung, Familienzuschlag, KrankenkasseSatz, Rechtswert
from payroll.masterdata.vorschlaege import intake, service, template
from payroll.masterdata.vorschlaege.intake import Einigung
from payroll.masterdata.vorschlaege.service import Angaben, VorschlagAbgelehnt
from payroll.runs import explaining, taxyear, wandel
from payroll.runs.models import Hinweis, Lauf
from payroll.runs.whatif import cost as costs
from tenants.db.session import platform_session

JULY, AUGUST, SEPTEMBER, OCTOBER = (date(2026, month, 1) for month in (7, 8, 9, 10))
JANUARY, FEBRUARY = date(2027, 1, 1), date(2027, 2, 1)
PLAN = (Path(__file__).parents[2] / "law" / "plan" / "made_up_2027.xml").read_bytes()
LIMIT = b"name;wert\nsv_bbg_rv_jahr;96.000\n"  # invented: 8,000 EUR a month instead of 8,450


def proposed(data: bytes, kind: str, ab: date) -> Any:
    """Lädt hoch; gibt den Vorschlag."""
    found = intake.check(data, kind, ab, Einigung(), actor="anna")
    assert found.gut, [str(problem) for problem in found.probleme]
    with platform_session(actor="anna") as session:
        return service.upload(session, Angaben(kind, "Vorgang", ab, "Bekanntmachung", "t.csv"), data, found.inhalt)


def confirm(row: Any, plans: Path | None = None) -> None:
    """Zweite Person."""
    with platform_session(actor="hans") as session:
        service.decide(session, row.public_id, gesehen=service.shown(row), bestaetigt=True, grund="")
    service.distribute(row.public_id, actor="hans", plans=plans)


def official_family(desk: Any) -> None:
    """Ein Beamter mit Familienzuschlag der Stufe 1."""
    person = desk.person("B1", art="beamte", kv_art="privat", beitragsgruppe=None, personengruppe=None,
                         krankenkasse_id=None, pkv_beitrag_monat_cent=30_000)
    (job,) = person.beschaeftigungen
    job.tatsachen[:] = [one for one in job.tatsachen if "lohnart_id" not in one.values]
    job.tatsachen.append(Tatsache(Bezuegezuordnung, date(2025, 6, 1), {
        "tarifwerk": "NRW-A", "entgeltgruppe": "A10", "stufe": "7", "wochenstunden": Decimal(41),
        "vollzeitstunden": Decimal(41)}))
    job.tatsachen.append(Tatsache(Familienzuschlag, date(2025, 6, 1), {
        "stufe1": True, "kinder": 0, "mietenstufe": "III"}))
    desk.hire(person, desk.person("P1", 380_000))


def family_table(rise: int) -> bytes:
    """Die geltende Tabelle, jede Zelle um ``rise`` Cent höher."""
    found = template.template("familienzuschlag", JULY, actor="anna")
    rows = [";".join(found.kopf)]
    rows += [";".join((*row[:3], f"{row[3] + Decimal(rise) / 100}".replace(".", ","))) for row in found.zeilen]
    return "\n".join(rows).encode()


def test_a_limit_of_insurance_is_paid_previewed_explained_and_back_paid(desk: Any) -> None:
    desk.hire(desk.person("P1", 900_000), desk.person("P2", 380_000))
    desk.close_all([JULY])
    before = desk.result("P1", JULY).netto
    row = proposed(LIMIT, "rechtswerte", JULY)
    with desk.session() as session:
        (shown,) = costs.cost(session, row, [JULY])
    assert (shown.personen, shown.betroffen, shown.mehr_brutto) == (2, 1, 0)
    # 450 EUR less are subject to 9.3 % pension and 1.3 % unemployment insurance on either side, and to U2 of 0.39 %
    # (section 7 (2) AAG: the base of pension insurance): 41.85 + 5.85 + (32.96 - 31.20)
    assert shown.mehr_kosten == -(4_185 + 585 + 176)
    assert desk.preview(AUGUST) == {}
    confirm(row)
    found = desk.preview(AUGUST)
    assert set(found) == {"P1"}
    (month,) = found["P1"].monate
    assert month.wert("netto") == (before, before + shown.mehr_netto)
    (cause,) = month.ursachen
    assert (cause.titel, cause.erfasst_von) == ("Wert des Rechts", "hans")
    assert "hochgeladen von anna, bestätigt von hans" in cause.grund
    lauf = desk.close(AUGUST)
    assert set(desk.booked(AUGUST)) == {"P1"}
    assert desk.preview(SEPTEMBER) == {}
    assert lauf.regelwerk != law_of(AUGUST).fingerprint, "outside a session the law is the delivered one"
    with desk.session() as session:
        assert law_of(AUGUST).fingerprint == lauf.regelwerk
        why = explaining.explain_result(session, desk.result("P1", AUGUST).public_id, "rv_an")
        assert why.remark == ""
        assert "hochgeladen von anna" in "\n".join(why.lines())


def test_two_trials_of_a_month_differ_by_the_value_with_its_source(desk: Any) -> None:
    desk.hire(desk.person("P1", 900_000), desk.person("P2", 380_000))
    desk.run(AUGUST)
    confirm(proposed(LIMIT, "rechtswerte", AUGUST))
    desk.run(AUGUST)
    with desk.session() as session:
        changed = [one for one in wandel.of_trials(session, AUGUST, 1) if one.anteile]
    assert [one.personalnummer for one in changed] == ["P1"]
    assert {part.art for part in changed[0].anteile} == {"recht"}
    assert sum(part.wirkung for part in changed[0].anteile) == changed[0].nachher - changed[0].vorher
    told = "\n".join(f"{proof}" for part in changed[0].anteile for proof in part.belege)
    assert "Beitragsbemessungsgrenze Renten- und Arbeitslosenversicherung" in told


def test_a_draft_of_the_program_is_replaced_and_its_doubt_gone(desk: Any) -> None:
    desk.hire(desk.person("P1", 900_000))

    def doubts() -> list[str]:
        desk.run(JANUARY)
        with desk.session() as session:
            found = session.scalars(select(Hinweis.datensatz).join(Lauf, Lauf.id == Hinweis.lauf_id).where(
                Lauf.monat == JANUARY))
            return [record for record in found if record == "Rechtswert sv_bbg_rv_jahr"]

    assert doubts() == ["Rechtswert sv_bbg_rv_jahr"]
    confirm(proposed(b"name;wert\nsv_bbg_rv_jahr;106200\n", "rechtswerte", JANUARY))
    assert doubts() == []


def test_a_later_number_of_the_program_ends_the_entered_one() -> None:
    book = law_of(JULY)
    parameters = {name: one for name, (one, _) in book.parameters.items()}
    early = official.Overlay("sv_bbg_rv_jahr", date(2025, 7, 1), 1, "Quelle", None, "bestaetigt", amtlich=True)
    (held,) = official.overlays_of((early,), parameters)
    assert held.bis == date(2025, 12, 31)  # grenzen.toml: the value of 2026 is law; that of 2027 a draft
    late = official.Overlay("sv_bbg_rv_jahr", JULY, 1, "Quelle", None, "bestaetigt", amtlich=True)
    assert official.overlays_of((late,), parameters)[0].bis is None


def test_levies_reach_funds_and_law(desk: Any) -> None:
    desk.hire(desk.person("P1", 380_000),
              desk.person("P2", 45_000, art="minijob", beitragsgruppe="6500", personengruppe=109))
    desk.close_all([JULY])
    row = proposed(b"umlage;kasse;satz\nu2;K;0,49\nu2_minijob;;0,32\n", "umlagen", JULY)
    with desk.session() as session:
        (shown,) = costs.cost(session, row, [JULY])
    assert shown.mehr_kosten == 380 + 45  # a tenth of a percent of both wages
    confirm(row)
    with desk.session() as session:
        rates = session.scalars(select(KrankenkasseSatz).where(
            KrankenkasseSatz.superseded_at.is_(None), KrankenkasseSatz.valid_from == JULY)).all()
        assert [(one.u2_satz, one.zusatzbeitrag) for one in rates] == [(Decimal("0.49"), Decimal("2.90"))]
        (value,) = session.scalars(select(Rechtswert)).all()
        assert (value.name, value.wert, value.vorschlag) == ("sv_minijob_u2_satz", Decimal("0.32"), row.public_id)
    assert set(desk.preview(AUGUST)) == {"P1", "P2"}


def test_the_table_of_the_family_supplement_is_back_paid_to_who_has_one(desk: Any) -> None:
    official_family(desk)
    desk.close_all([JULY])
    row = proposed(family_table(1_000), "familienzuschlag", JULY)
    with desk.session() as session:
        (shown,) = costs.cost(session, row, [JULY])
    assert (shown.betroffen, shown.mehr_brutto) == (1, 1_000)
    confirm(row)
    found = desk.preview(AUGUST)
    assert set(found) == {"B1"}
    assert found["B1"].brutto == 1_000
    assert found["B1"].monate[0].ursachen[0].titel == "Tabelle des Familienzuschlags"
    desk.close(AUGUST)
    assert desk.preview(SEPTEMBER) == {}
    with desk.session() as session:
        names = [line for number in range(1, 4) for line in _told(session, desk, number)]
    assert any("hochgeladen von anna" in line for line in names)


def _told(session: Any, desk: Any, number: int) -> list[str]:
    try:
        found = explaining.explain_line(session, desk.result("B1", AUGUST).public_id, number)
    except (LookupError, ValueError, RuntimeError):
        return []
    return [line for one in found for line in one.lines()]


@pytest.fixture
def plans(tmp_path: Path) -> Iterator[Path]:
    """Verzeichnis der Steuerjahre, noch leer."""
    taxyear.configure(tmp_path)
    yield tmp_path
    taxyear.configure(None)


def test_a_tax_year_takes_effect_by_two_persons_and_is_back_paid(desk: Any, plans: Path) -> None:
    desk.hire(desk.person("P1", 400_000))
    desk.close(JANUARY)
    row = proposed(PLAN, "steuerjahr", JANUARY)
    assert base64.b64decode(row.inhalt["datei"]) == PLAN
    with desk.session() as session:
        (shown,) = costs.cost(session, row, [JANUARY])
    assert (shown.betroffen, shown.mehr_brutto) == (1, 0)
    assert taxyear.plan_of(JANUARY) is None, "a preview takes nothing in"
    confirm(row, plans)
    found = desk.preview(FEBRUARY)["P1"]
    assert found.monate[0].wert("lohnsteuer")[1] == 80_000  # the invented plan takes a fifth
    old, new = found.monate[0].wert("netto")
    assert new - old == shown.mehr_netto
    with pytest.raises(VorschlagAbgelehnt, match="kein Verzeichnis"):
        service.distribute(row.public_id, actor="hans")


WRONG = [
    (b"name;wert\ngibtsnicht;1", "rechtswerte", "ist kein Wert des Rechts"),
    (b"name;wert\nsv_bbg_rv_jahre;1", "rechtswerte", "meinten Sie sv_bbg_rv_jahr"),
    (b"name;wert\ngrundfreibetrag;13000", "rechtswerte", "Programmablaufplan hochladen"),
    (b"name;wert\nrundung_zeitzuschlag;1", "rechtswerte", "so nicht eingeben"),
    (b"name;wert\nsv_bbg_rv_jahr;viel", "rechtswerte", "ist keine Zahl"),
    (b"name;wert\nsv_bbg_rv_jahr;105.000\nsv_bbg_rv_jahr;105.000", "rechtswerte", "steht schon in Zeile 2"),
    (b"name;wert\nsv_bbg_rv_jahr;10.500", "rechtswerte", "-89.64 %"),
    (b"name;wert\nsv_bbg_rv_jahr;100.000", "rechtswerte", "sinkt"),
    (b"name;stelle;wert\nsachbezug_verpflegung;0;72\nsachbezug_verpflegung;1;139", "rechtswerte", "Stellen 0 bis 2"),
    (b"umlage;kasse;satz\nu1;K;1,5", "umlagen", "nehmen am Ausgleich U1 nicht teil"),
    (b"umlage;kasse;satz\nu2;GIBTSNICHT;0,4", "umlagen", "führt kein Arbeitgeber"),
    (b"umlage;kasse;satz\nu2;K;9", "umlagen", "kein Satz von 0 bis 5"),
    (b"umlage;kasse;satz\nu2;K;0,99", "umlagen", "mehr als einen halben Prozentpunkt"),
    (b"umlage;kasse;satz\nu2;K;0,4\nu2;K;0,4", "umlagen", "steht schon in Zeile 2"),
    (b"umlage;kasse;satz\ninsolvenzgeld;K;0,1", "umlagen", "gilt für alle gleich"),
    (b"klasse;stufe;mietenstufe;betrag\nA9;1;alle;170,00", "familienzuschlag", "gibt es nicht"),
    (b"klasse;stufe;mietenstufe;betrag\nuebrige;1;alle;170,001", "familienzuschlag", "kein Betrag"),
    (b"klasse;stufe;mietenstufe;betrag\nuebrige;1;alle;170,00", "familienzuschlag", "Lücke"),
]


@pytest.mark.parametrize(("data", "kind", "text"), WRONG, ids=[text.replace(" ", "-")[:24] for *_, text in WRONG])
def test_what_is_wrong_is_named(desk: Any, data: bytes, kind: str, text: str) -> None:
    found = intake.check(data, kind, AUGUST, Einigung(), actor="anna")
    assert any(text in str(problem) for problem in found.probleme), [str(problem) for problem in found.probleme]


def test_days_and_mistyped_years_are_refused(desk: Any) -> None:
    for day, text in ((date(2026, 8, 15), "am Ersten eines Monats"), (date(2206, 8, 1), "wohl verschrieben"),
                      (date(2015, 8, 1), "wohl verschrieben")):
        found = intake.check(LIMIT, "rechtswerte", day, Einigung(), actor="anna")
        assert not found.gut
        assert any(text in str(problem) for problem in found.probleme), [str(problem) for problem in found.probleme]
    assert not intake.check(PLAN, "steuerjahr", FEBRUARY, Einigung(), actor="anna").gut
    with pytest.raises(ImportFehler, match="kein brauchbarer Programmablaufplan"):
        intake.check(b"<PAP></PAP>", "steuerjahr", JANUARY, Einigung(), actor="anna")
    with pytest.raises(ImportFehler, match="Kopfzeile passt nicht"):
        intake.check(b"a;b\n1;2", "rechtswerte", AUGUST, Einigung(), actor="anna")


@pytest.mark.parametrize("kind", template.KINDS)
def test_every_template_goes_back_in_as_it_is(desk: Any, kind: str) -> None:
    made = template.template(kind, AUGUST, "TVoeD-VKA", actor="anna")
    assert len(made.zeilen) > 1
    for data in (made.csv(), made.xlsx()):
        found = intake.check(data, kind, AUGUST, Einigung(), actor="anna")
        assert [str(problem) for problem in found.probleme] == []
        assert found.inhalt["vergleich"]
