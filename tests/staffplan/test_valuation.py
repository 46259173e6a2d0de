"""Stellenbewertung: Tätigkeiten ergeben eins, die Abweichung zeigt sich, die Gruppe bleibt beim Plan; Unterlagen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from staffplan import valuation
from staffplan.reading import stand
from staffplan.rules import Refused
from staffplan.valuation import Bewertung, Taetigkeit
from tenants.db.session import TenantSession

JULY = date(2026, 7, 1)
GOOD = Bewertung("tarif", "EG 9c", [Taetigkeit("Bescheide", Fraction(2, 3), "gründliche, umfassende Fachkenntnisse"),
                                    Taetigkeit("Beratung", Fraction(1, 3))], date(2026, 6, 15), "Bewertungskommission")


def test_the_result_shows_beside_the_decided_grade(office: TenantSession) -> None:
    valuation.evaluate(office, "1002", GOOD, ab=JULY, reason="Antrag")
    post = stand(office, JULY).stellen["1002"]
    assert (post.gruppe, post.bewertung) == ("E9b", "E9c")
    assert stand(office, date(2026, 6, 30)).stellen["1002"].bewertung is None
    valuation.evaluate(office, "1002", replace(GOOD, gruppe="E9b"), ab=date(2026, 9, 1), reason="neu bewertet")
    assert stand(office, date(2026, 9, 1)).stellen["1002"].bewertung is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"taetigkeiten": [Taetigkeit("Bescheide", Fraction(1, 2))]}, "ergeben 1/2 statt 1"),
     ({"taetigkeiten": []}, "statt 1"), ({"gruppe": "E99"}, "gibt es nicht"), ({"verfahren": "gefühlt"}, "Verfahren"),
     ({"entschieden_durch": " "}, "wer entschieden hat")],
)  # fmt: skip
def test_an_incomplete_evaluation_is_refused(office: TenantSession, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        valuation.evaluate(office, "1002", replace(GOOD, **change), ab=JULY, reason="Antrag")


def test_a_document_is_sealed_and_comes_back(office: TenantSession) -> None:
    row = valuation.attach(office, "1002", "beschreibung.pdf", b"%PDF Stellenbeschreibung", reason="Akte")
    assert b"Stellenbeschreibung" not in row.inhalt_siegel
    assert valuation.opened(office, row) == b"%PDF Stellenbeschreibung"
    assert [one.dateiname for one in valuation.documents(office, row.stelle_id)] == ["beschreibung.pdf"]
    with pytest.raises(Refused, match="mit Inhalt"):
        valuation.attach(office, "1002", "leer.pdf", b"", reason="Akte")
