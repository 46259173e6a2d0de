"""Storno eines Bescheids: zweite Person, ein einziges Mal, Zeitraum wieder frei, alles auf den Cent nachgerechnet."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.verbund import ausgabe, bescheide, kennzahlen, leistungen, preisblatt, schritte, storno
from payroll.verbund.bescheid_pdf import titled
from payroll.verbund.errors import BillingRefused
from payroll.verbund.models import Kostenbescheid, Preisblatt
from tenants.audit.models import AuditEntry

spec = importlib.util.spec_from_file_location("billing_sheet", Path(__file__).with_name("billing_sheet.py"))
assert spec is not None
assert spec.loader is not None
sheet: Any = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sheet)
MAY, TODAY = date(2026, 5, 1), date(2026, 6, 10)
CASES = 5 * 1150 + 5 * 980  # ten people in May, five at each price
CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
TAXED = {"steuer": "regelsteuer", "satz": "19,00", "steuergrund": "regel"}


def priced(town: Any, **changed: str) -> None:
    with town.session() as session:
        row = preisblatt.record(session, sheet.FIELDS | changed, ab=date(2026, 1, 1), reason="Vereinbarung")
        number, digest = row.public_id, schritte.shown(row).hex()
    with town.session("hugo") as session:
        schritte.release(session, Preisblatt, number, sha256=digest)


def released(town: Any, name: str) -> None:
    with town.session("hugo") as session:
        row = bescheide.by_number(session, name)
        schritte.release(session, Kostenbescheid, row.public_id, sha256=row.sha256.hex())


def advanced(town: Any) -> str:
    with town.session() as session:
        name = bescheide.advance(session, MAY, today=TODAY).nummer
    released(town, name)
    return name


def settled(town: Any) -> tuple[str, int]:
    with town.session() as session:
        row = bescheide.settle(session, MAY, MAY, today=TODAY)
        name, net = row.nummer, row.netto
    released(town, name)
    return name, net


def cancelled(town: Any, name: str, *, release: bool = True) -> str:
    with town.session() as session:
        number = bescheide.by_number(session, name).public_id
        made = storno.cancel(session, number, reason="falscher Preis", today=TODAY).nummer
    if release:
        released(town, made)
    return made


def test_cancel_then_a_new_notice_and_a_settlement_right_to_the_cent(fresh_town: Any) -> None:
    priced(fresh_town)
    first = advanced(fresh_town)
    undo = cancelled(fresh_town, first, release=False)
    with fresh_town.session() as session:
        row = bescheide.by_number(session, undo)
        assert (row.netto, row.brutto, row.hebt_auf) == (-CASES, -CASES, first)
        with pytest.raises(BillingRefused, match="wer erstellt hat"):
            schritte.release(session, Kostenbescheid, row.public_id, sha256=row.sha256.hex())
        with pytest.raises(BillingRefused, match=f"Storno {undo} zu {first} wartet"):
            bescheide.settle(session, MAY, MAY, today=TODAY)
        with pytest.raises(BillingRefused, match="gilt schon"):  # not yet released: the period is not free
            bescheide.advance(session, MAY, today=TODAY)
        with pytest.raises(BillingRefused, match=f"den Storno {undo}"):
            bescheide.paid(session, bescheide.by_number(session, first), day=TODAY, note="Auszug 1")
    released(fresh_town, undo)
    second = advanced(fresh_town)
    with fresh_town.session() as session:
        leistungen.record(session, tag=date(2026, 5, 9), text="Porto", betrag=1_234)
    third, net = settled(fresh_town)
    assert net == 1_234  # one advance is deducted, not the cancelled one too
    fourth = cancelled(fresh_town, third)
    with fresh_town.session() as session:
        leistungen.record(session, tag=date(2026, 5, 10), text="Nachtrag", betrag=66)
    fifth, net = settled(fresh_town)
    assert net == 1_234 + 66
    with fresh_town.session() as session:
        rows = list(bescheide.listed(session))
        assert [one.nummer[-3:] for one in reversed(rows)] == ["001", "002", "003", "004", "005", "006"]
        assert [one.nummer for one in reversed(rows)] == [first, undo, second, third, fourth, fifth]
        assert sum(one.brutto for one in rows) == CASES + 1_234 + 66  # both sides of a cancellation are nothing
        assert kennzahlen.here(session, 2026).berechnet == CASES + 1_234 + 66
        reasons = session.scalars(select(AuditEntry.reason).where(AuditEntry.action.in_(
            ("kostenbescheid.storno", "kostenbescheid.storniert")))).all()
    assert list(reasons) == ["falscher Preis"] * 4


def test_what_cannot_be_cancelled(fresh_town: Any) -> None:
    priced(fresh_town)
    first = advanced(fresh_town)
    last, _net = settled(fresh_town)
    with fresh_town.session() as session:
        held = {name: bescheide.by_number(session, name).public_id for name in (first, last)}
        with pytest.raises(BillingRefused, match=f"Abrechnung {last} zieht diese Vorauszahlung ab"):
            storno.cancel(session, held[first], reason="x", today=TODAY)
        with pytest.raises(BillingRefused, match="einen Grund"):
            storno.cancel(session, held[last], reason=" ", today=TODAY)
        with pytest.raises(BillingRefused, match="stornieren"):
            schritte.withdraw(session, Kostenbescheid, held[last], reason="x")
        gone = storno.cancel(session, held[last], reason="x", today=TODAY)
        with pytest.raises(BillingRefused, match="schon den Storno"):
            storno.cancel(session, held[last], reason="x", today=TODAY)
        schritte.withdraw(session, Kostenbescheid, gone.public_id, reason="doch richtig")
    undo = cancelled(fresh_town, last)
    with fresh_town.session() as session:
        number = bescheide.by_number(session, undo).public_id
        for one in (number, held[last]):
            with pytest.raises(BillingRefused, match=r"wird nicht storniert|schon den Storno"):
                storno.cancel(session, one, reason="x", today=TODAY)
    cancelled(fresh_town, first)


@pytest.mark.parametrize("first", ["cancel", "settle"])
def test_an_advance_is_either_cancelled_or_deducted(fresh_town: Any, first: str) -> None:
    """Beides zugleich, und die Abrechnung zöge ab, was niemand mehr zahlt: wer zuerst kommt, gilt."""
    priced(fresh_town)
    name = advanced(fresh_town)
    with fresh_town.session() as session:
        number = bescheide.by_number(session, name).public_id
    acts: dict[str, Callable[[Any], object]] = {
        "cancel": lambda session: storno.cancel(session, number, reason="falscher Preis", today=TODAY),
        "settle": lambda session: bescheide.settle(session, MAY, MAY, today=TODAY)}
    words = {"cancel": "wartet auf Freigabe", "settle": "zieht diese Vorauszahlung ab"}[first]
    act, other = acts[first], next(one for kind, one in acts.items() if kind != first)

    def beside() -> None:
        with fresh_town.session("hugo") as session:
            other(session)

    with ThreadPoolExecutor(1) as pool:
        with fresh_town.session() as session:
            act(session)
            waiting = pool.submit(beside)
            assert wait([waiting], timeout=0.5).not_done == {waiting}
        with pytest.raises(BillingRefused, match=words):
            waiting.result(timeout=30)
    with fresh_town.session() as session:
        assert len(list(bescheide.listed(session))) == 2


@pytest.mark.parametrize(("changed", "words"), [
    ({}, "uq_kostenbescheid_hebt_auf|genau seinen Beträgen"), ({"netto": -1, "brutto": -1}, "genau seinen Beträgen"),
    ({"hebt_auf": "KV-0100-2026-999"}, "genau seinen Beträgen"), ({"hebt_auf": "storno"}, "genau seinen Beträgen"),
    ({"storno_grund": ""}, "ck_kostenbescheid_storno_grund"), ({"hebt_auf": None}, "ck_kostenbescheid_hebt_auf"),
    ({"storniert_am": TODAY}, "ist nicht storniert")])
def test_the_database_refuses_by_itself(fresh_town: Any, changed: dict[str, Any], words: str) -> None:
    priced(fresh_town)
    undo = cancelled(fresh_town, advanced(fresh_town), release=not changed or "storno" in changed.values())
    with fresh_town.session() as session:
        row = bescheide.by_number(session, undo)
        values = {one: getattr(row, one) for one in (
            "art", "von", "bis", "ausgestellt", "faellig", "inhalt", "netto", "brutto", "sha256", "preisblatt",
            "hebt_auf", "storno_grund")}
        if changed.get("hebt_auf") == "storno":
            changed = {"hebt_auf": undo, "netto": -row.netto, "brutto": -row.brutto}
    with pytest.raises(IntegrityError, match=words), fresh_town.session() as session:
        session.add(Kostenbescheid(**values | {"nummer": "KV-X", "erstellt_von": "klara"} | changed))


def test_cancelled_is_only_what_a_released_cancellation_cancels(fresh_town: Any) -> None:
    priced(fresh_town)
    first = advanced(fresh_town)
    cancelled(fresh_town, first, release=False)
    with pytest.raises(IntegrityError, match="Freigabe seines Stornos"), fresh_town.session() as session:
        bescheide.by_number(session, first).storniert_am = fresh_town.now
    undo = storno_of(fresh_town, first)
    released(fresh_town, undo)
    with pytest.raises(IntegrityError, match="bleibt es"), fresh_town.session() as session:
        bescheide.by_number(session, first).storniert_am = None


def storno_of(town: Any, name: str) -> str:
    with town.session() as session:
        return str(storno.waiting(session, name))


@pytest.mark.parametrize("paid", [False, True])
@pytest.mark.parametrize("tax", [{}, TAXED])
def test_the_files_of_a_cancellation(
        fresh_town: Any, paid: bool, tax: dict[str, str], conforming: Callable[[bytes], None]) -> None:
    priced(fresh_town, **tax)
    first = advanced(fresh_town)
    if paid:
        with fresh_town.session() as session:
            bescheide.paid(session, bescheide.by_number(session, first), day=TODAY, note="Auszug 1")
    undo = cancelled(fresh_town, first)
    gross = -(CASES + (CASES * 19 + 50) // 100) if tax else -CASES
    with fresh_town.session() as session:
        row = bescheide.by_number(session, undo)
        assert (row.brutto, row.offen) == (gross, paid)
        assert titled(row.inhalt) == f"Stornierung des Bescheids {first} vom 10.06.2026"
        shown = ausgabe.pdf(session, row)
        conforming(shown)
        text = " ".join(PdfReader(io.BytesIO(shown)).pages[0].extract_text().split())
        assert f"Stornierung des Bescheids {first} vom 10.06.2026" in text
        assert "falscher Preis" in text
        written = ausgabe.invoice(session, row)
        assert sheet.complaints(written) == []
        found = etree.fromstring(written)
        assert found.findtext(f"{CBC}InvoiceTypeCode") == "384"
        (reference,) = found.iterfind(".//{*}InvoiceDocumentReference")
        assert [one.text for one in reference] == [first, "2026-06-10"]
        assert found.findtext(".//{*}PayableAmount") == f"-{-gross // 100}.{-gross % 100:02d}"
        if paid:
            bescheide.paid(session, row, day=TODAY, note="erstattet")
        else:
            with pytest.raises(BillingRefused, match="offener"):
                bescheide.paid(session, row, day=TODAY, note="erstattet")
