"""Zufällige Geschichten ohne Datenbank: eine Stichprobe der 100.000, und der Beweis, dass ein Fehler auffiele."""

from __future__ import annotations

from typing import Any

import pytest

from payroll.bench import histories
from payroll.runs.retro.settle import payout


def test_a_sample_of_histories_ends_with_the_truth() -> None:
    found = histories.play(3_000, 11)
    assert found.people == 3_000
    assert found.again > 20_000
    assert found.spared * 100 < found.people


@pytest.mark.parametrize("wrong", ["back", "carry", "order"])
def test_a_wrong_cent_would_be_seen(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    if wrong == "back":
        monkeypatch.setattr(histories, "payout", lambda bookings: payout(bookings) + 1)
    elif wrong == "carry":
        def lost(own: int, back: int, carry: int) -> tuple[int, ...]:
            return (own, back, carry, max(own + back + carry, 0), 0)

        monkeypatch.setattr(histories, "settled", lost)
    else:
        first = histories._House._first

        def later(house: Any, run: int) -> Any:
            return first(house, run) + 1

        monkeypatch.setattr(histories._House, "_first", later)
    with pytest.raises(AssertionError, match=r"Wahrheit|geschuldet|Wiederholung"):
        histories.play(1_000, 11)
