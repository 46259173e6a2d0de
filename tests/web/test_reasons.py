"""Erklärungen ohne Ballast: Glieder, die nichts beitragen, fallen samt ihren Worten weg; Schlüssel haben Worte."""

from __future__ import annotations

import pytest

from payroll.web.desk.code_words import beitragsgruppe, personengruppe, tarif
from payroll.web.reasons import without_zeros


@pytest.mark.parametrize(("formula", "figures", "shown"), [
    ("Entgelt + Zulagen + Sachbezug − Abzug", "100,00 € + 0,00 € + 5,00 € − 0,00 €",
     ("Entgelt + Sachbezug", "100,00 € + 5,00 €")),
    ("Entgelt + Zulagen − Abzug", "0,00 € + 7,00 € − 2,00 €", ("Zulagen − Abzug", "7,00 € − 2,00 €")),
    ("Entgelt − Abzug", "0,00 € − 2,00 €", ("Entgelt − Abzug", "0,00 € − 2,00 €")),
    ("Entgelt + Zulagen", "0,00 € + 0,00 €", ("Entgelt + Zulagen", "0,00 € + 0,00 €")),
    ("a − (b + c + d)", "9,00\xa0€ − (1,00\xa0€ + 0,00\xa0€ + 2,00\xa0€)",
     ("a − (b + d)", "9,00\xa0€ − (1,00\xa0€ + 2,00\xa0€)")),
    ("Entgelt + Zulagen", "100,00 €", ("Entgelt + Zulagen", "100,00 €")),
    ("Entgelt − Zulagen", "100,00 € + 0,00 €", ("Entgelt − Zulagen", "100,00 € + 0,00 €")),
    ("Satz × Entgelt", "0,00 € × 3", ("Satz × Entgelt", "0,00 € × 3")),
    ("", "", ("", "")),
], ids=["zeros", "first", "minus stays", "all zero", "brackets", "one figure", "other sign", "product", "empty"])
def test_terms_that_add_nothing_go_with_their_words(formula: str, figures: str, shown: tuple[str, str]) -> None:
    made = without_zeros(formula, figures)
    assert (made["formula"], made["figures"]) == shown


def test_codes_have_words_and_unknown_ones_stay() -> None:
    assert personengruppe("109") == "109 geringfügig entlohnt (Minijob)"
    assert (personengruppe("999"), personengruppe("•••")) == ("999", "•••")
    assert [tarif(name) for name in ("TVoeD-VKA", "TVPoeD", "Haustarif")] == ["TVöD-VKA", "TVPöD", "Haustarif"]
    assert [beitragsgruppe(code) for code in ("7111", "111", "•••", "")] == ["7111", "111", "•••", ""]


def test_a_contribution_group_is_read_digit_by_digit(office) -> None:  # type: ignore[no-untyped-def]  # fixture of the room
    with office.app.test_request_context("/", headers={"Accept-Language": "de"}):
        assert beitragsgruppe("6500") == ("6500 (Krankenversicherung pauschal (Minijob), Rente pauschal (Minijob), "
                                          "Arbeitslosenversicherung ohne, Pflege ohne)")
    person = office.people["Öztürk"].public_id
    page = office.client("klara").get(office.address("kreis", f"/personen/{person}")).text
    assert "101 versichert ohne besondere Merkmale" in page
    assert "TVöD-VKA" in page
