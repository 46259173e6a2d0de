"""Die Sprache, in der Texte entstehen: Deutsch, solange niemand eine andere spricht, und danach wieder."""

from __future__ import annotations

import pytest

from payroll.law.tongue import Tongue, figure, foreign, hear, inside, money, say, share, speaking

WORDS = {"Auszahlung": "Pay-out", "%(count)s Tage": "%(count)s days", "Grund: %(why)s": "reason: %(why)s",
         "danach offen %(number)s €": "still owed €%(number)s", "Streik": "Strike", "für %(day)s": "for %(day)s"}
ISLAND = Tongue(lambda german: WORDS.get(german, ""), tuple(text for text in WORDS if "%(" in text))


def test_german_is_what_stands_in_the_program() -> None:
    assert say("Auszahlung") == "Auszahlung"
    assert say("%(count)s Tage", count=3) == "3 Tage"
    assert hear("danach offen 1.234,50 €") == "danach offen 1.234,50 €"
    assert (figure("1.234,5"), money("−1.234,50"), share("7,3", " ")) == ("1.234,5", "−1.234,50\u00a0€", "7,3 %")
    assert inside("Stufe") == "Stufe"


def test_the_language_ends_with_what_was_said_in_it() -> None:
    with speaking(ISLAND):
        assert foreign()
    assert not foreign()
    with pytest.raises(ZeroDivisionError), speaking(ISLAND):
        say("%(count)s Tage", count=1 // 0)
    assert not foreign()
    with speaking(ISLAND), speaking(None):
        assert say("Auszahlung") == "Auszahlung"


def test_texts_and_numbers_are_spoken() -> None:
    with speaking(ISLAND):
        assert say("Auszahlung") == "Pay-out"
        assert say("%(count)s Tage", count=3) == "3 days"
        assert say("Niemand kennt das") == "Niemand kennt das"
        assert [money(text) for text in ("-1.234,50", "+0,05", "7,00")] == ["−€1,234.50", "+€0.05", "€7.00"]
        assert (figure("1.234,5"), share("7,3")) == ("1,234.5", "7.3%")
        assert (inside("Tax class"), inside("IBAN")) == ("tax class", "IBAN")


@pytest.mark.parametrize(("german", "english"), [
    ("Auszahlung", "Pay-out"), ("12 Tage", "12 days"), ("danach offen 1.234,50 €", "still owed €1,234.50"),
    ("Grund: Streik", "reason: Strike"), ("Grund: 3 Tage", "reason: 3 days"), ("für 01.11.2026", "for 01.11.2026"),
    ("Zuschlag 3 Tage", "Zuschlag 3 Tage"), ("für Anna", "für Anna"), ("", "")])
def test_finished_german_is_recognised_only_as_a_whole(german: str, english: str) -> None:
    """Was jemand eingegeben hat, bleibt, auch wenn ein Stück davon wie ein Satz des Programms aussieht."""
    with speaking(ISLAND):
        assert hear(german) == english
