"""Every impossible or doubtful combination is found with law and remedy; what is in order is left alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from payroll.law.checks import CHECKS, contradictions, doubtful_cells
from payroll.law.encode import KV_ARTEN, STATUS, tarifwerk_code

MAY = date(2026, 5, 1)
DIGITS = ("beitragsgruppe_kv", "beitragsgruppe_rv", "beitragsgruppe_av", "beitragsgruppe_pv")
NEGATIVE = ("brutto", "regelmaessiges_entgelt", "tarifwerk")
LIMIT = 60_300  # Geringfügigkeitsgrenze 2026, cents a month


def group(text: str) -> dict[str, int]:
    return dict(zip(DIGITS, map(int, text), strict=True))


TARIF = {"status": STATUS.index("tarif"), "steuerklasse": 1, "kv_art": KV_ARTEN.index("gesetzlich"), **group("1111"),
         "personengruppe": 101, "brutto": 469_055, "geburtsdatum": 19_850_615, "zusatzversorgung": 1}
BEAMTE = {"status": STATUS.index("beamte"), "steuerklasse": 3, "kv_art": KV_ARTEN.index("privat"), **group("0000"),
          "brutto": 400_000, "geburtsdatum": 19_850_615, "pkv_beitrag_monat": 30_000}
MINIJOB = {"status": STATUS.index("minijob"), "steuerklasse": 0, "kv_art": KV_ARTEN.index("gesetzlich"),
           **group("6500"), "personengruppe": 109, "brutto": LIMIT, "geburtsdatum": 19_850_615}
AZUBI = TARIF | {"status": STATUS.index("auszubildende"), "personengruppe": 102, "brutto": 120_000,
                 "geburtsdatum": 20_070_615}
PRIVATE = TARIF | {"kv_art": KV_ARTEN.index("privat"), **group("0110"), "pkv_beitrag_monat": 70_000,
                   "brutto": 650_000}
OWN_HANDS = TARIF | {"kv_art": KV_ARTEN.index("freiwillig"), **group("9111"), "brutto": 650_000}

SHORT = MINIJOB | {"personengruppe": 110, "brutto": 180_000, "kurzfristig_anzahl": 1, **group("0000")}
FLAT = SHORT | {"kurzfristig_pauschal": 1, "pauschal_40a_lohn": 180_000, "kurzfristig_arbeitstage": 18,
                "kurzfristig_stunden": 10_000, "kurzfristig_dauer": 30}
TWENTY = TARIF | {"pauschal_20": 1, "steuerklasse": 0, "zusatzversorgung": 0, "brutto": LIMIT, **group("1101")}

CASES = [
    ("gesetzlich_ohne_kv", TARIF | group("0111")),
    ("pflege_ohne_kranken", TARIF | group("1110")),
    ("nicht_versichert_mit_beitrag", TARIF | {"kv_art": KV_ARTEN.index("keine")}),
    ("vollrente_zu_jung", TARIF | {"personengruppe": 119, "geburtsdatum": 19_700_101} | group("3301")),
    ("av_halb_zu_jung", TARIF | group("1121")),
    ("rv_halb_ohne_vollrente", TARIF | {"personengruppe": 120, "geburtsdatum": 19_640_101} | group("3311")),
    ("altersteilzeit_zu_jung", TARIF | {"personengruppe": 103, "geburtsdatum": 19_800_101}),
    ("kurzfristig_zusatzversorgt", SHORT | {"zusatzversorgung": 1}),
    ("faktor_ausserhalb_iv", TARIF | {"faktor": 900}),
    ("faktor_ausserhalb_iv", TARIF | {"faktor": 900, "steuerklasse": 6}),
    ("faktor_nicht_unter_eins", TARIF | {"faktor": 1000, "steuerklasse": 4}),
    ("faktor_mit_freibetrag", TARIF | {"faktor": 900, "steuerklasse": 4, "freibetrag_monat": 100}),
    ("faktor_mit_freibetrag", TARIF | {"faktor": 900, "steuerklasse": 4, "freibetrag_jahr": 1200}),
    ("kinder_in_v_und_vi", TARIF | {"steuerklasse": 5, "kinderfreibetraege": 5}),
    ("kinder_in_v_und_vi", TARIF | {"steuerklasse": 6, "kinderfreibetraege": 10}),
    ("klasse_ii_ohne_kind", TARIF | {"steuerklasse": 2}),
    ("freibetrag_und_hinzurechnung", TARIF | {"freibetrag_monat": 100, "hinzurechnung_monat": 100}),
    ("beamte_versichert", BEAMTE | {"kv_art": KV_ARTEN.index("gesetzlich"), "pkv_beitrag_monat": 0, **group("1111")}),
    ("beamte_zusatzversorgt", BEAMTE | {"zusatzversorgung": 1}),
    ("privat_mit_beitragsgruppe", PRIVATE | group("1110")),
    ("privat_unter_grenze", PRIVATE | {"brutto": 595_300}),
    ("freiwillig_unter_grenze", OWN_HANDS | {"brutto": 595_300}),
    ("gesetzlich_mit_9", TARIF | group("9111")),
    ("pkv_beitrag_bei_gesetzlich", TARIF | {"pkv_beitrag_monat": 30_000}),
    ("privat_ohne_beitrag", PRIVATE | {"pkv_beitrag_monat": 0}),
    ("kinderlos_mit_kindern", TARIF | {"kinderlos": 1, "kinder_unter_25": 1}),
    ("kinderlos_mit_zaehler", TARIF | {"kinderlos": 1, "kinderfreibetraege": 5}),
    ("auszubildende_personengruppe", AZUBI | {"personengruppe": 101}),
    ("beschaeftigte_als_auszubildende", TARIF | {"personengruppe": 102}),
    ("minijob_ueber_grenze", MINIJOB | {"brutto": LIMIT + 1}),
    ("minijob_ueber_grenze", MINIJOB | {"brutto": LIMIT * 2}),
    ("minijob_ueber_grenze", MINIJOB | {"brutto": 30_000, "regelmaessiges_entgelt": LIMIT + 1}),
    ("minijob_weit_ueber_grenze", MINIJOB | {"brutto": LIMIT * 2 + 1}),
    ("minijob_personengruppe", MINIJOB | {"personengruppe": 101}),
    ("minijob_beitragsgruppe", MINIJOB | group("1111")),
    ("personengruppe_ohne_minijob", TARIF | {"personengruppe": 109}),
    ("zu_jung", AZUBI | {"geburtsdatum": 20_110_601}),
    ("auszubildende_alter", AZUBI | {"geburtsdatum": 19_760_531}),
    ("hohes_alter", MINIJOB | {"geburtsdatum": 19_450_531}),
    ("beamte_im_tarif", BEAMTE | {"tarifwerk": tarifwerk_code("TVoeD-VKA")}),
    ("besoldung_ohne_beamte", TARIF | {"tarifwerk": tarifwerk_code("NRW-A")}),
    ("ausbildungstarif_ohne_ausbildung", TARIF | {"tarifwerk": tarifwerk_code("TVAoeD-BBiG")}),
    ("ausbildungstarif_ohne_ausbildung", MINIJOB | {"tarifwerk": tarifwerk_code("TVPoeD")}),
    ("auszubildende_in_entgeltgruppe", AZUBI | {"tarifwerk": tarifwerk_code("TVoeD-P")}),
    ("arbeitslosenversicherung_im_rentenalter", TARIF | {"geburtsdatum": 19_590_501}),
    ("minijob_beim_selben_arbeitgeber", MINIJOB | {"haupt_beim_arbeitgeber": 1, "minijobs_anzahl": 1}),
    ("zweiter_minijob_neben_haupt", MINIJOB | {"haupt_anderswo": 1, "minijobs_anzahl": 2, "minijobs_entgelt": 90_000}),
    ("minijobs_zusammen_ueber_grenze", MINIJOB | {"minijobs_anzahl": 2, "minijobs_entgelt": LIMIT + 1}),
    ("grenze_mit_mehreren_geteilt", TARIF | {"weitere_versicherte": 2, "weiteres_entgelt": 600_000}),
    ("kurzfristig_zu_lang", SHORT | {"kurzfristig_jahr_arbeitstage": 71, "kurzfristig_jahr_kalendertage": 93}),
    ("kurzfristig_zu_lang", SHORT | {"kurzfristig_jahr_arbeitstage": 366, "kurzfristig_jahr_kalendertage": 91,
                                     "kurzfristig_anzahl": 2}),
    ("kurzfristig_berufsmaessig", SHORT | {"berufsmaessig": 1}),
    ("kurzfristig_pauschal_tage", FLAT | {"kurzfristig_arbeitstage": 19}),
    ("kurzfristig_pauschal_tageslohn", FLAT | {"kurzfristig_arbeitstage": 11}),
    ("kurzfristig_pauschal_stundenlohn", FLAT | {"kurzfristig_stunden": 9_400}),
    ("kurzfristig_pauschal_ungeprueft", FLAT | {"kurzfristig_stunden": 0}),
    ("kurzfristig_pauschal_daneben", FLAT | {"individuell_daneben": 1}),
    ("pauschal_20_neben_pauschaler_rv", MINIJOB | {"pauschal_20": 1}),
    ("pauschal_20_kurzfristig", SHORT | {"pauschal_20": 1}),
    ("pauschal_20_ueber_grenze", TWENTY | {"brutto": LIMIT + 1}),
    ("werkstudent_beitragsgruppe", TARIF | {"personengruppe": 106}),
    ("kurzfristig_beitragsgruppe", MINIJOB | {"personengruppe": 110}),
    ("zwischenpraktikum_beitragsgruppe", TARIF | {"personengruppe": 190}),
    ("vollrentner_beitragsgruppe", TARIF | {"personengruppe": 119, "geburtsdatum": 19_600_101} | group("3121")),
    ("vollrentner_beitragsgruppe", TARIF | {"personengruppe": 119, "geburtsdatum": 19_600_101} | group("3311")),
    ("geringverdiener_ueber_grenze", AZUBI | {"personengruppe": 121, "brutto": 32_501}),
    ("auszubildende_unter_grenze", AZUBI | {"brutto": 32_500}),
    ("dienst_ohne_dienst", TARIF | {"dienst_nach_beschaeftigung": 1}),
    ("altersteilzeit_ohne_rente", TARIF | {"personengruppe": 103, "geburtsdatum": 19_650_101} | group("1011")),
    ("uebergangsbereich_sachsen", TARIF | {"sachsen": 1, "brutto": 150_000}),
    ("uebergangsbereich_arbeitgeber_allein",
     TARIF | {"personengruppe": 119, "geburtsdatum": 19_580_101, "brutto": 150_000} | group("3321")),
    ("uebergangsbereich_arbeitgeber_allein", TARIF | {"geburtsdatum": 19_580_101, "brutto": 60_301} | group("1121")),
    ("personengruppe_nicht_gerechnet", TARIF | {"personengruppe": 108} | group("3101")),
    ("personengruppe_nicht_gerechnet", TARIF | {"personengruppe": 118}),
    ("freiwilligendienst_im_tarif", TARIF | {"personengruppe": 123}),
    ("einmalzahlung_ohne_vortrag", TARIF | {"einmalzahlung": 100_000, "vortrag_fehlt": 1}),
    ("einmalzahlung_mehrfach", TARIF | {"einmalzahlung": 100_000, "weitere_versicherte": 1}),
    ("maerzklausel_ungeprueft", TARIF | {"einmalzahlung": 100_000, "vorjahr_sv_tage": -1, "schon_im_vorjahr": 1}),
]
MONTHS = {"maerzklausel_ungeprueft": date(2026, 3, 1)}
IN_ORDER = [
    TARIF | {"einmalzahlung": 100_000, "schon_im_vorjahr": 1, "weiteres_entgelt": 600_000},
    TARIF | {"personengruppe": 106} | group("0100"), AZUBI | {"personengruppe": 121, "brutto": 32_500},
    TARIF | {"personengruppe": 119, "geburtsdatum": 19_600_101} | group("3321"), TARIF | {"sachsen": 1},
    # retired from the fire service with a pension for civil servants: group 119 before the age of the statutory pension
    PRIVATE | {"personengruppe": 119, "geburtsdatum": 19_640_101} | group("0310"),
    AZUBI | {"brutto": 32_501},
    AZUBI | {"personengruppe": 123, "dienst_nach_beschaeftigung": 1, "brutto": 45_000},
    MINIJOB | {"personengruppe": 110, "brutto": 3 * LIMIT} | group("0000"),
    MINIJOB | {"minijobs_anzahl": 2, "minijobs_entgelt": LIMIT},
    SHORT | {"kurzfristig_jahr_arbeitstage": 70, "kurzfristig_jahr_kalendertage": 200, "kurzfristig_anzahl": 2},
    SHORT | {"kurzfristig_jahr_arbeitstage": 80, "kurzfristig_jahr_kalendertage": 92}, FLAT,
    FLAT | {"kurzfristig_arbeitstage": 12, "kurzfristig_stunden": 9_474}, SHORT | {"berufsmaessig": 1, "brutto": LIMIT},
    TWENTY, MINIJOB | {"pauschal_20": 1} | group("0000"),
    TARIF, BEAMTE, MINIJOB, AZUBI, PRIVATE, OWN_HANDS,
    TARIF | {"faktor": 900, "steuerklasse": 4},
    TARIF | {"steuerklasse": 2, "kinderfreibetraege": 5}, TARIF | {"steuerklasse": 2, "kinder_unter_25": 1},
    TARIF | {"kinder_unter_25": 2, "kinderfreibetraege": 10},
    TARIF | {"geburtsdatum": 19_590_502},
    PRIVATE | {"brutto": 595_400},
    AZUBI | {"geburtsdatum": 20_110_531},
    TARIF | {"tarifwerk": tarifwerk_code("TVoeD-SuE")}, BEAMTE | {"tarifwerk": tarifwerk_code("NRW-Anwaerter")},
    AZUBI | {"tarifwerk": tarifwerk_code("TVAoeD-Pflege")}, TARIF | {"tarifwerk": tarifwerk_code("TVPoeD")},
    MINIJOB | group("0100"), MINIJOB | {"personengruppe": 110, **group("0000")},
]


def names(*rows: dict[str, int], month: date = MAY) -> list[tuple[int, str]]:
    columns = {name: np.array([row.get(name, -1 if name in NEGATIVE else 0)
                               for row in rows]) for name in {name for row in rows for name in row}}
    return [(one.row, one.check.name) for one in contradictions(month, columns)]


@pytest.mark.parametrize(("name", "row"), CASES)
def test_each_alone(name: str, row: dict[str, int]) -> None:
    assert names(row, month=MONTHS.get(name, MAY)) == [(0, name)]


@pytest.mark.parametrize("row", IN_ORDER)
def test_what_is_in_order_is_left_alone(row: dict[str, int]) -> None:
    assert names(row) == []


def test_every_check_has_a_case_law_and_remedy() -> None:
    assert {check.name for check in CHECKS} == {name for name, _ in CASES}
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.rule
        assert check.remedy
        assert "§" in check.law
        assert check.stufe in ("fehler", "warnung", "hinweis")


def test_many_rows_at_once_are_the_same_as_each_alone() -> None:
    cases = [(name, row) for name, row in CASES if name not in MONTHS]
    rows = [row for _, row in cases] + IN_ORDER
    assert names(*rows) == [(at, name) for at, (name, _) in enumerate(cases)]


def test_limits_are_those_of_the_month() -> None:
    of_2024 = MINIJOB | {"brutto": 53_900}
    assert names(of_2024, month=date(2024, 5, 1)) == [(0, "minijob_ueber_grenze")]
    assert names(of_2024) == []


def test_no_rows_and_constants_for_all_rows() -> None:
    assert contradictions(MAY, {}) == []
    found = contradictions(MAY, {"faktor": 900, "steuerklasse": 1}, rows=2)
    assert [one.row for one in found if one.check.name == "faktor_ausserhalb_iv"] == [0, 1]
    assert "§ 39f EStG" in str(found[0])


def test_cells_that_are_no_certain_law_are_counted_once() -> None:
    cells = [("TVoeD-VKA", "E2Ü", "5"), ("TVoeD-VKA", "E9b", "4"), ("TVoeD-VKA", "E2Ü", "5"), ("X", "Y", "1")]
    (found,) = doubtful_cells(cells, date(2026, 1, 1))
    assert (found.name, found.status, found.count) == ("TVoeD-VKA E2Ü Stufe 5", "einzelquelle", 2)
    assert found.quelle
    assert doubtful_cells([], MAY) == []
