"""Zahlen mit ihrem Wort: Einzahl nur bei eins; auch im Prüfprogramm, das für sich allein läuft."""

from __future__ import annotations

import pytest

from tenants.audit import verifier
from tenants.counting import counted


@pytest.mark.parametrize("word", [counted, verifier._counted])
def test_one_has_its_own_form(word: object) -> None:
    assert callable(word)
    assert [word(number, "Fall", "Fälle") for number in (0, 1, 2, 1200)] == [
        "0 Fälle", "1 Fall", "2 Fälle", "1200 Fälle"]
