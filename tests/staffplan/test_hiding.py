"""Kleine Gruppen bleiben verborgen, auch gegen das Erschließen aus Summen."""

from __future__ import annotations

import random

import pytest

from staffplan.hiding import hidden, part


@pytest.mark.parametrize(("sizes", "expected"), [
    ({"a": 10, "b": 20}, set()), ({"a": 0, "b": 20}, set()), ({"a": 3, "b": 20, "c": 7}, {"a", "c"}),
    ({"a": 1, "b": 1, "c": 6, "d": 9}, {"a", "b", "c"}), ({"a": 2, "b": 4, "c": 9}, {"a", "b"}), ({"a": 3}, {"a"}),
], ids=["none", "empty", "next", "sum-too-small", "enough", "alone"])
def test_small_groups_take_the_next_with_them(sizes: dict[str, int], expected: set[str]) -> None:
    assert hidden(sizes, 5) == expected


def test_what_is_hidden_cannot_be_found_by_subtraction() -> None:
    dice = random.Random(20261125)
    for _ in range(2_000):
        sizes = {at: dice.choice((0, 1, 2, 3, 4, 5, 6, 9, 30)) for at in range(dice.randrange(1, 9))}
        concealed = hidden(sizes, 5)
        rest = sum(sizes[key] for key in concealed)
        everything = sum(sizes.values())
        assert all(sizes[key] == 0 or sizes[key] >= 5 for key in sizes.keys() - concealed)
        assert not concealed or (len(concealed) >= 2 and rest >= 5) or rest == everything


@pytest.mark.parametrize(
    ("count", "whole", "shown"), [(0, 9, 0), (4, 20, None), (16, 20, None), (5, 20, 5), (20, 20, 20)],
    ids=["nobody", "few", "few-others", "some", "all"])
def test_a_part_is_shown_when_neither_it_nor_the_rest_is_small(count: int, whole: int, shown: int | None) -> None:
    assert part(count, whole, 5) == shown
