"""Tätigkeitsschlüssel, Staatsangehörigkeit, Gefahrtarifstelle: Stellen geprüft (Verzeichnis der BA, KldB 2010)."""

from __future__ import annotations

import pytest

from payroll.masterdata import numbers


@pytest.mark.parametrize("key", ["714021211", "732023211", "831124313", "01104 9924"])
def test_keys_that_exist(key: str) -> None:
    assert numbers.taetigkeitsschluessel(key) == key.replace(" ", "")


@pytest.mark.parametrize(("key", "words"), [
    ("71402121", "9 Ziffern"), ("7140212111", "9 Ziffern"), ("71402A211", "9 Ziffern"), ("", "9 Ziffern"),
    ("054021211", "keinen Beruf"),  # there is no main group 05
    ("714091211", "keinen Beruf"),  # the fifth digit is a level from 1 to 4
    ("714025211", "Stelle 6 .Schulabschluss. eine 5"), ("714021811", "Stelle 7 .Berufsabschluss. eine 8"),
    ("714021231", "Stelle 8 .Arbeitnehmerüberlassung. eine 3"), ("714021215", "Stelle 9 .Vertragsform. eine 5")])
def test_keys_that_do_not(key: str, words: str) -> None:
    with pytest.raises(numbers.Unlesbar, match=words):
        numbers.taetigkeitsschluessel(key)


@pytest.mark.parametrize(("text", "good"), [("000", True), ("163", True), ("997", True), ("0", False), ("DE", False),
                                            ("099", False), ("650", False)])
def test_keys_of_nationality(text: str, good: bool) -> None:
    if good:
        assert numbers.staatsangehoerigkeit(text) == text
        return
    with pytest.raises(numbers.Unlesbar, match="3 Ziffern"):
        numbers.staatsangehoerigkeit(text)


def test_place_in_the_hazard_tariff() -> None:
    assert numbers.gefahrtarifstelle("0 21") == "021"
    with pytest.raises(numbers.Unlesbar, match="bis acht Ziffern"):
        numbers.gefahrtarifstelle("123456789")
