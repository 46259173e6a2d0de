"""Rückmeldungen der Bank zuordnen: MsgId, dann Block, dann Zahlung; die unterste Ebene gilt. Offenes wird Aufgabe.

Nichts geht verloren: gehört etwas in der Datei nicht zu diesem Arbeitgeber oder Auftrag, wird sie ganz abgelehnt.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag, Zahlungsbericht, Zahlungsmeldung
from payroll.filings.sepa import codes, reading, report
from payroll.filings.sepa.collecting import GEZAHLT
from payroll.filings.sepa.composing import BLOECKE
from tenants import audit
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.security import keys_of, open_sealed, seal

COLUMNS = ("public_id", "zahlungsbericht_id", "zahlung_id", "person_public_id", "monat", "position", "ebene", "status",
           "gruende", "worte_siegel", "name_siegel", "aufgabe")


@dataclass(frozen=True)
class Eingelesen:
    """Der Bericht, ob er neu ist, und wie viele Aufgaben aus ihm wurden."""

    bericht: Zahlungsbericht
    auftrag: Zahlungsauftrag
    neu: bool
    aufgaben: int


@dataclass(frozen=True)
class _Zeile:
    meldung: report.Meldung
    ebene: str
    zahlung: Zahlung | None
    aufgabe: bool


def take(session: TenantSession, content: bytes) -> Eingelesen:
    """Liest eine Rückmeldung ein; dieselbe noch einmal ändert nichts."""
    digest = hashlib.sha256(content).digest()
    found = report.read(content)
    order = _order(session, found)
    held = session.scalars(select(Zahlungsbericht).where(
        (Zahlungsbericht.sha256 == digest) | (Zahlungsbericht.bank_msg_id == found.bank_msg_id))).all()
    if any(row.sha256 == digest for row in held):
        return Eingelesen(held[0], order, False, 0)
    if held:
        raise FilingRefused(f"Eine Rückmeldung mit der Kennung {found.bank_msg_id} ist schon eingelesen, mit anderem "
                            "Inhalt; bei der Bank nachfragen, welche gilt.")
    # What went into no file has no identifier; nothing the bank says is about it.
    sent = {row.end_to_end_id: row for row in reading.payments_of(session, order) if row.end_to_end_id}
    lines = _lines(found, sent, order)
    public_id = uuid.uuid4()
    row = Zahlungsbericht(
        public_id=public_id, zahlungsauftrag_id=order.id, monat=order.monat, bank_msg_id=found.bank_msg_id,
        status=found.gruppe.status, gruende=" ".join(found.gruppe.gruende), sha256=digest,
        inhalt_siegel=seal(session, content, table="zahlungsbericht", row=str(public_id), column="inhalt_siegel"),
        eingelesen_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    _write(session, row, lines)
    tasks = sum(line.aufgabe for line in lines)
    audit.record(session, "zahlungsbericht.eingelesen", f"zahlungsauftrag:{order.msg_id}",
                 {"bank_msg_id": found.bank_msg_id, "status": found.gruppe.status, "meldungen": len(lines),
                  "aufgaben": tasks})
    return Eingelesen(row, order, True, tasks)


def _order(session: TenantSession, found: report.Bericht) -> Zahlungsauftrag:
    row = session.scalars(select(Zahlungsauftrag).where(Zahlungsauftrag.msg_id == found.msg_id)
                          .with_for_update()).one_or_none()
    if row is None:
        raise FilingRefused(f"Die Rückmeldung gehört zu „{found.msg_id}“; einen solchen Auftrag hat dieser Arbeitgeber "
                            "nicht. Beim richtigen Arbeitgeber einlesen.")
    if row.zustand != "freigegeben":
        raise FilingRefused(f"Der Auftrag {row.msg_id} ist nicht freigegeben, seine Datei kann nicht bei der Bank "
                            "gewesen sein. Herkunft der Rückmeldung klären.")
    if not row.anzahl:
        raise FilingRefused(f"Der Auftrag {row.msg_id} hat keine Datei, keine seiner Zahlungen war bei der Bank. "
                            "Nichts übernommen; Herkunft der Rückmeldung klären.")
    for what, given, own in (("Anzahl", found.anzahl, row.anzahl), ("Summe in Cent", found.summe, row.summe)):
        if given is not None and given != own:
            raise FilingRefused(f"{what} der ursprünglichen Datei ist in der Rückmeldung {given}, im Auftrag {own}. "
                                "Nichts übernommen; bei der Bank nachfragen.")
    return row


def _lines(found: report.Bericht, payments: dict[str, Zahlung], order: Zahlungsauftrag) -> list[_Zeile]:
    """Datei, Blöcke, Zahlungen; lehnt die Bank eine Ebene ab, gilt es für alles darunter, das sie nicht eigens nennt.
    """
    blocks = {f"{order.msg_id}-{letter}": kind for kind, (_, letter) in BLOECKE.items()}
    lines = [_Zeile(found.gruppe, "datei", None, _task(found.gruppe))] if found.gruppe.status else []
    named: set[str] = set()
    decided = dict.fromkeys(BLOECKE, (found.gruppe, "datei"))
    for block in found.bloecke:
        kind = blocks.get(block.meldung.kennung or "")
        if block.meldung.status:
            if kind is None:
                raise _foreign("Block", block.meldung.kennung)
            decided[kind] = (block.meldung, "block")
            lines.append(_Zeile(block.meldung, "block", None, _task(block.meldung)))
        for one in block.einzeln:
            if one.kennung not in payments:
                raise _foreign("Zahlung", one.kennung)
            named.add(one.kennung)
            lines.append(_Zeile(one, "zahlung", payments[one.kennung], _task(one)))
    for name, payment in payments.items():
        message, level = decided[payment.art]
        if name not in named and message.status in codes.REJECTED:
            lines.append(_Zeile(report.Meldung(message.status, message.gruende), level, payment, False))
    return lines


def _task(message: report.Meldung) -> bool:
    return bool(message.status) and (message.status not in codes.GOOD or message.status in ("RVCM",))


def _foreign(what: str, name: str) -> FilingRefused:
    if not name:
        return FilingRefused(f"{what} ohne Kennung: die Rückmeldung sagt nicht, wovon sie spricht. Nichts übernommen; "
                             "bei der Bank eine Rückmeldung mit Kennungen (OrgnlPmtInfId, OrgnlEndToEndId) anfordern.")
    return FilingRefused(f"{what} „{name}“ steht nicht in diesem Auftrag. Nichts übernommen; Herkunft der Rückmeldung "
                         "klären.")


def _write(session: TenantSession, row: Zahlungsbericht, lines: Sequence[_Zeile]) -> None:
    keys, rows = keys_of(session), []
    for position, line in enumerate(lines, 1):
        public_id, told = uuid.uuid4(), line.meldung

        def sealed(words: str, column: str, place: str = str(public_id)) -> bytes | None:
            return seal(keys, words.encode(), table="zahlungsmeldung", row=place, column=column) if words else None

        rows.append((public_id, row.id, line.zahlung.id if line.zahlung else None,
                     line.zahlung.person_public_id if line.zahlung else None, row.monat, position, line.ebene,
                     told.status, " ".join(told.gruende), sealed("\n".join(told.texte), "worte_siegel"),
                     sealed(told.name, "name_siegel"), line.aufgabe))
    copy_rows(session, Zahlungsmeldung, COLUMNS, rows)


@dataclass(frozen=True)
class Aufgabe:
    """Eine Meldung mit Text, Abhilfe und der Zahlung, um die es geht; ersetzt: der geltende Auftrag, der sie zahlt."""

    meldung: Zahlungsmeldung
    auftrag: Zahlungsauftrag
    zahlung: Zahlung | None
    status: codes.Code
    gruende: tuple[codes.Code, ...]
    worte: str
    name: str
    ersetzt: str = ""

    @property
    def abhilfe(self) -> str:
        """Was zu tun ist: nicht noch einmal zahlen, was ein anderer Auftrag zahlt; sonst nach Grund oder Status."""
        if self.ersetzt and self.meldung.status in codes.REJECTED:
            return (f"steht schon in Auftrag {self.ersetzt}: nicht noch einmal zahlen; die Aufgabe erledigen, wenn er "
                    "ausgeführt ist")
        return "; ".join(dict.fromkeys(one.abhilfe for one in self.gruende if one.abhilfe)) or self.status.abhilfe


def tasks(session: TenantSession, *, open_only: bool = True, order: int | None = None) -> list[Aufgabe]:
    """Aufgaben aus allen Rückmeldungen, offene zuerst."""
    statement: Any = (
        select(Zahlungsmeldung, Zahlungsauftrag, Zahlung)
        .join(Zahlungsbericht, Zahlungsbericht.id == Zahlungsmeldung.zahlungsbericht_id)
        .join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlungsbericht.zahlungsauftrag_id)
        .outerjoin(Zahlung, Zahlung.id == Zahlungsmeldung.zahlung_id).where(Zahlungsmeldung.aufgabe)
        .order_by(Zahlungsmeldung.erledigt_am.is_not(None), Zahlungsmeldung.id))
    if open_only:
        statement = statement.where(Zahlungsmeldung.erledigt_am.is_(None))
    if order is not None:
        statement = statement.where(Zahlungsauftrag.id == order)
    rows = session.execute(statement).all()
    later = _replacing(session, {payment.public_id for _, _, payment in rows if payment is not None})
    return [_shown(session, *row, later) for row in rows]


def _replacing(session: TenantSession, payments: Collection[uuid.UUID]) -> dict[uuid.UUID | None, str]:
    """Je Zahlung die Kennung des geltenden Auftrags, der an ihrer Stelle zahlt."""
    rows = session.execute(
        select(Zahlung.ersetzt, Zahlungsauftrag.msg_id)
        .join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlung.ersetzt.in_(payments), Zahlungsauftrag.zustand != "zurueckgezogen"))
    return {row.ersetzt: row.msg_id for row in rows}


def settle(session: TenantSession, meldung: uuid.UUID, *, reason: str) -> Zahlungsmeldung:
    """Erledigt eine Aufgabe mit Begründung; eine erledigte bleibt, wie sie ist."""
    row = session.scalars(select(Zahlungsmeldung).where(
        Zahlungsmeldung.public_id == meldung, Zahlungsmeldung.aufgabe).with_for_update()).one_or_none()
    if row is None:
        raise FilingRefused("Diese Aufgabe gibt es nicht. Die Liste neu laden.")
    if not reason.strip():
        raise FilingRefused("Bitte begründen, womit die Aufgabe erledigt ist.")
    if row.erledigt_am is None:
        _settled(session, row, reason.strip())
    return row


def settle_paid(session: TenantSession, order: Zahlungsauftrag) -> int:
    """Erledigt die Aufgaben der Zahlungen, die dieser freigegebene Auftrag als bar oder von Hand gezahlt festhält;
    wie viele es waren. Ihr Grund ist der Beleg; ein Folgeauftrag über die Bank lässt sie offen, bis er gelungen ist.
    """
    cash = aliased(Zahlung)
    rows = session.scalars(
        select(Zahlungsmeldung).join(Zahlung, Zahlung.id == Zahlungsmeldung.zahlung_id)
        .join(cash, cash.ersetzt == Zahlung.public_id)
        .where(Zahlungsmeldung.aufgabe, Zahlungsmeldung.erledigt_am.is_(None), cash.zahlungsauftrag_id == order.id,
               cash.grund == GEZAHLT)
        .order_by(Zahlungsmeldung.id).with_for_update(of=Zahlungsmeldung)).all()
    for row in rows:
        _settled(session, row, _receipt(order))
    return len(rows)


def reopen_unpaid(session: TenantSession, order: Zahlungsauftrag) -> int:
    """Öffnet die Aufgaben wieder, die dieser zurückgezogene Auftrag erledigt hatte; wie viele es waren.

    Was jemand aus einem anderen Grund erledigt hat, bleibt erledigt.
    """
    cash = aliased(Zahlung)
    rows = session.scalars(
        select(Zahlungsmeldung).join(Zahlung, Zahlung.id == Zahlungsmeldung.zahlung_id)
        .join(cash, cash.ersetzt == Zahlung.public_id)
        .where(Zahlungsmeldung.aufgabe, Zahlungsmeldung.begruendung == _receipt(order),
               cash.zahlungsauftrag_id == order.id)
        .order_by(Zahlungsmeldung.id).with_for_update(of=Zahlungsmeldung)).all()
    for row in rows:
        before = {"erledigt_von": row.erledigt_von, "begruendung": row.begruendung}
        row.erledigt_von = row.erledigt_am = row.begruendung = None
        audit.record(session, "zahlungsmeldung.wieder_offen", f"zahlungsmeldung:{row.public_id}",
                     {"status": row.status, "gruende": row.gruende, "vorher": before}, order.zurueckgezogen_grund)
    return len(rows)


def _receipt(order: Zahlungsauftrag) -> str:
    """Womit ein Auftrag ohne Datei die Aufgabe einer Zahlung erledigt; die Datenbank kennt dieselben Worte."""
    return f"{order.grund} (Auftrag {order.msg_id})"


def _settled(session: TenantSession, row: Zahlungsmeldung, reason: str) -> None:
    moment = session.scalars(select(func.now()).select_from(Zahlungsmeldung).limit(1)).one()
    row.erledigt_von, row.erledigt_am, row.begruendung = str(session.info["actor"]), moment, reason
    audit.record(session, "zahlungsmeldung.erledigt", f"zahlungsmeldung:{row.public_id}",
                 {"status": row.status, "gruende": row.gruende}, reason)


def _shown(session: TenantSession, row: Zahlungsmeldung, order: Zahlungsauftrag, payment: Zahlung | None,
           later: Mapping[uuid.UUID | None, str]) -> Aufgabe:
    def opened(sealed: bytes | None, column: str) -> str:
        place = {"table": "zahlungsmeldung", "row": str(row.public_id), "column": column}
        return open_sealed(session, sealed, **place).decode() if sealed else ""

    return Aufgabe(row, order, payment, codes.status(row.status), tuple(map(codes.reason, row.gruende.split())),
                   opened(row.worte_siegel, "worte_siegel"), opened(row.name_siegel, "name_siegel"),
                   later.get(payment.public_id, "") if payment is not None else "")
