"""Schätzungen des Beitragsnachweises: der Rest kommt immer an, auch zweimal nacheinander und bei leerer Kasse."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import nachweis, speichern, stamm, werte
from payroll.filings.meldungen.entwurf import Entwurf
from payroll.masterdata.catalogue import ids
from payroll.masterdata.models import WiederkehrenderBezug
from payroll.masterdata.service import record_fact

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
TK, AOK = "15027365", "01029141"


def give(town: Any, drafts: list[Entwurf]) -> None:
    """Erstellt und gibt als zweite Person frei."""
    with town.session() as session:
        rows = [(one.meldung.public_id, one.meldung.sha256.hex()) for one in speichern.store(session, drafts)]
    with town.session("hugo") as session:
        for public_id, digest in rows:
            speichern.release(session, public_id, sha256=digest)


def by_hand(number: str, name: str, **lines: int) -> Entwurf:
    """Eine Schätzung für den Mai, wie sie vor seinem Abschluss abgegeben wurde."""
    return Entwurf("beitragsnachweis", MAY, MAY, number, name, date(2026, 5, 22), sum(lines.values()), "schaetzung",
                   lines, {"geschaetzt_nach": "Vormonat", "rest_vormonat": {}})


def pay(session: Any, wage_type: int, cents: int, first: date, last: date | None = None) -> None:
    job = next(one for one in stamm.files_of(session).values() if one.personalnummer == "TARIF")
    record_fact(session, WiederkehrenderBezug, beschaeftigung_id=job.beschaeftigung, valid_from=first, valid_to=last,
                lohnart_id=ids(session).lohnarten[wage_type], laufnummer=1, betrag_cent=cents, reason="Änderung")


def sums(session: Any, month: date) -> Counter[str]:
    lauf = werte.closed_run(session, month)
    found: Counter[str] = Counter()
    for lines in nachweis.totals(session, lauf).values():
        found.update(lines)
    return found


def test_two_estimates_running_and_a_fund_left_empty_lose_nothing(fresh_town: Any) -> None:
    """§ 23 Abs. 1 Satz 2 SGB IV: der Rest ist mit dem nächsten Monat fällig, auch wenn der wieder geschätzt wird."""
    may = by_hand(TK, "Techniker Krankenkasse", **{"1000": 100_000})
    empty = by_hand(AOK, "AOK", **{"1000": 5_000, "U2": 300})
    give(fresh_town, [may, empty])
    with fresh_town.session() as session:
        june = nachweis.drafts(session, JUNE, estimate=True)
    aok, tk = sorted(june, key=lambda one: one.empfaenger)
    assert (aok.empfaenger, aok.betrag, aok.werte) == (AOK, -5_300, {"1000": -5_000, "U2": -300})
    with fresh_town.session() as session:
        actual = sums(session, MAY)
        assert tk.betrag == 2 * sum(actual.values()) - may.betrag  # May as the guess for June, and the rest of May
        assert tk.angaben["rest_vormonat"]["1000"] == actual["1000"] - 100_000
    give(fresh_town, june)
    with fresh_town.session() as session:
        pay(session, 1008, 500_000, JUNE)
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        (stated,) = [one for one in nachweis.drafts(session, JUNE) if one.empfaenger == TK]
        assert (stated.betrag, stated.werte) == (0, {})
        own = sums(session, JUNE)
        assert own["1000"] > actual["1000"]
        (july,) = nachweis.drafts(session, JULY, estimate=True)
        given = may.betrag + empty.betrag + sum(one.betrag for one in june)
        assert given + july.betrag == sum(actual.values()) + 2 * sum(own.values())


def test_rest_comes_with_the_statement_although_the_fund_has_no_contributions_left(fresh_town: Any) -> None:
    give(fresh_town, [by_hand(AOK, "AOK", **{"1000": 5_000})])
    fresh_town.close(JUNE)
    with fresh_town.session() as session:
        aok, tk = sorted(nachweis.drafts(session, JUNE), key=lambda one: one.empfaenger)
        assert (aok.empfaenger, aok.unterart, aok.werte, aok.betrag) == (AOK, "laufend", {"1000": -5_000}, -5_000)
        assert tk.betrag == sum(sums(session, JUNE).values())


def test_a_month_with_one_off_pay_is_no_basis_for_the_next(fresh_town: Any) -> None:
    """§ 23 Abs. 1 Satz 3 SGB IV: der Betrag des Vormonats ohne Einmalzahlungen."""
    with fresh_town.session() as session:
        pay(session, 1602, 80_000, JUNE, date(2026, 6, 30))
    fresh_town.close(JUNE)
    with fresh_town.session() as session, pytest.raises(FilingRefused, match=r"06/2026 enthält Einmalzahlungen.*Probe"):
        nachweis.drafts(session, JULY, estimate=True)
