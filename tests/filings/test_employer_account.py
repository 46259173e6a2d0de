"""Arbeitgeberkonto: zwei Personen, zwei Uhren, ohne Bestätigung wird nicht gezahlt; Zurückziehen und neu erstellen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from payroll.filings.errors import FilingRefused
from payroll.filings.models import ArbeitgeberkontoBestaetigung
from payroll.filings.sepa import employer_account, orders

NEW = "DE02100500000054540402"


@pytest.fixture(scope="module")
def changed(town: Any) -> Any:
    with town.session("klara") as session:
        employer_account.record_account(session, iban="DE02 1005 0000 0054 5404 02", inhaber="Stadtkasse",
                                        valid_from=date(2026, 5, 10), reason="Bankwechsel")
    return town


def test_a_changed_account_pays_nothing_before_it_is_confirmed(changed: Any) -> None:
    with changed.session("klara") as session, pytest.raises(FilingRefused, match="noch keine zweite Person bestätigt"):
        orders.create(session, changed.month, today=changed.today, now=changed.now)


def test_who_recorded_does_not_confirm(changed: Any) -> None:
    with changed.session("klara") as session:
        new = employer_account.accounts(session)[0].row
        with pytest.raises(FilingRefused, match="zweite Person"):
            employer_account.confirm_account(session, new.public_id)
    # Neither does the database believe a false name of the one who recorded.
    forged = ArbeitgeberkontoBestaetigung(konto=new.public_id, pruefwert=b"x" * 32, erfasst_von="anders",
                                          bestaetigt_von="klara")
    with pytest.raises(DBAPIError, match="bestätigt eine andere Person"), changed.session("klara") as session:
        session.add(forged)


def test_confirmed_it_is_used_and_the_old_one_stays_in_the_past(changed: Any) -> None:
    with changed.session("kurt") as session:
        new = employer_account.accounts(session)[0].row
        first = employer_account.confirm_account(session, new.public_id)
        assert employer_account.confirm_account(session, new.public_id).id == first.id
    with changed.session("klara") as session:
        made = orders.create(session, changed.month, today=changed.today, now=changed.now).auftrag
        assert made.konto_ende == NEW[-4:]
        old = employer_account.account_on(session, date(2026, 5, 9))
        assert old.iban == "DE89370400440532013000"
        assert [one.bestaetigt_von for one in employer_account.accounts(session)] == ["kurt", "kurt"]


def test_who_recorded_first_does_not_confirm_a_later_version_of_the_same(changed: Any) -> None:
    account = {"iban": "DE02500105170137075030", "inhaber": "Stadtkasse", "reason": "Test"}
    with changed.session("klara") as session:
        employer_account.record_account(session, valid_from=date(2027, 1, 1), **account)
    with changed.session("hugo") as session:  # cuts the first one: its rest is a new version, recorded by hugo
        employer_account.record_account(session, valid_from=date(2027, 3, 1), **(account | {"iban": NEW}))
    for actor in ("klara", "hugo"):
        with changed.session(actor) as session:
            row = employer_account.accounts(session)[1].row
            assert (row.valid_from, row.recorded_by) == (date(2027, 1, 1), "hugo")
            with pytest.raises(FilingRefused, match="zweite Person"):
                employer_account.confirm_account(session, row.public_id)
    with changed.session("kurt") as session:
        assert employer_account.confirm_account(session, row.public_id).bestaetigt_von == "kurt"


def test_late_release_is_refused_and_a_new_order_gets_the_next_day(changed: Any) -> None:
    late = changed.today + timedelta(days=12)  # Monday, 1 June
    with changed.session("klara") as session:
        order = orders.create(session, changed.month, today=changed.today, now=changed.now).auftrag
    with changed.session("kurt") as session:
        with pytest.raises(FilingRefused, match="liegt zurück"):
            orders.release(session, order.public_id, sha256=order.sha256.hex(), today=late)
        with pytest.raises(FilingRefused, match="nur ein freigegebener"):
            orders.download(session, order.public_id)
    with changed.session("klara") as session:
        with pytest.raises(FilingRefused, match="Grund"):
            orders.withdraw(session, order.public_id, reason=" ")
        orders.withdraw(session, order.public_id, reason="zu spät")
        again = orders.create(session, changed.month, today=late, now=changed.now)
    assert again.neu
    assert again.auftrag.msg_id != order.msg_id
    assert again.auftrag.nummer == 2
    assert again.auftrag.erste_ausfuehrung == late
    assert any("nächsten Bankarbeitstag" in hint for hint in again.hinweise)
    with changed.session("kurt") as session:
        released = orders.release(session, again.auftrag.public_id, sha256=again.auftrag.sha256.hex(), today=late)
        assert released.zustand == "freigegeben"
        with pytest.raises(FilingRefused, match="bei der Bank"):
            orders.withdraw(session, released.public_id, reason="doch nicht")


@pytest.mark.parametrize(("values", "words"), [
    ({"iban": "DE02100500000054540403"}, "IBAN ungültig"), ({"iban": ""}, "kein Konto"),
    ({"inhaber": "Жанна"}, "Inhaber fehlt"), ({"bic": "COBA"}, "BIC hat 8 oder 11"), ({"reason": ""}, "Grund fehlt"),
], ids=str)
def test_wrong_accounts_are_named(changed: Any, values: dict[str, str], words: str) -> None:
    right = {"iban": NEW, "inhaber": "Stadtkasse", "reason": "Test"}
    with changed.session("klara") as session, pytest.raises(FilingRefused, match=words):
        employer_account.record_account(session, valid_from=date(2026, 8, 1), **(right | values))
