"""Meldungen speichern, freigeben, übergeben, quittieren. Wer erstellt, gibt nicht frei; der Inhalt bleibt."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen.entwurf import Entwurf, Satz, unproved
from payroll.filings.models import Meldesatz, Meldung
from tenants import audit
from tenants.db import guard
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession
from tenants.models import Tenant
from tenants.security import keys_of, open_sealed, seal

GONE = ("zurueckgezogen", "abgelehnt")
OUTSIDE = ("freigegeben", "uebergeben", "angenommen")
LEDGER = ("deuev", "zv_ereignis", "lstb", "uv", "eel", "a1", "eau", "bea")
COLUMNS = ("public_id", "meldung_id", "position", "monat", "satzart", "schluessel", "grund", "von", "bis", "frist",
           "person_public_id", "personalnummer", "pruefwert", "inhalt_siegel", "ersetzt")


@dataclass(frozen=True)
class Erstellt:
    """Die Meldung und ob sie neu ist."""

    meldung: Meldung
    neu: bool


def store(session: TenantSession, drafts: Sequence[Entwurf]) -> list[Erstellt]:
    """Speichert Entwürfe; gleicher Inhalt ist dieselbe Meldung, anderer ersetzt sie (nach Übergabe: berichtigt)."""
    return [_one(session, draft) for draft in drafts]


def _one(session: TenantSession, draft: Entwurf) -> Erstellt:
    # A month has one wage-tax registration: made before the office was known, or before another took over, it is that.
    receiver = () if draft.art == "lsta" else (Meldung.empfaenger == draft.empfaenger,)
    held = session.scalars(select(Meldung).where(
        Meldung.art == draft.art, Meldung.unterart == draft.unterart, Meldung.fuer == draft.fuer,
        Meldung.monat == draft.monat, *receiver, Meldung.zustand.not_in(GONE))
        .order_by(Meldung.id.desc()).limit(1).with_for_update()).first()
    if held is not None and held.zustand in OUTSIDE and held.empfaenger != draft.empfaenger:
        number = content_of(session, held)["angaben"].get("steuernummer", "")
        draft = replace(draft, empfaenger=held.empfaenger, empfaenger_name=held.empfaenger_name,
                        angaben=draft.angaben | {"steuernummer": number})
    replaces, corrected = None, False
    if draft.art in LEDGER:
        held = None  # a collection carries only what is not reported yet
    if held is not None:
        before = content_of(session, held)
        same = _comparable(before) == _comparable(_content(draft, before["berichtigt"]))
        if same and list(held.befunde) == list(draft.befunde):
            return Erstellt(held, False)
        # A version nobody released is dropped: the new one stands in the place of what has left, if anything has.
        waiting = held.zustand == "erstellt"
        replaces, corrected = (held.ersetzt, before["berichtigt"]) if waiting else (held.public_id, True)
        if waiting:
            held.zurueckgezogen_von, held.zustand = str(session.info["actor"]), "zurueckgezogen"
            held.zurueckgezogen_grund = "durch eine neue Fassung ersetzt"
            session.flush()
    return Erstellt(_write(session, draft, replaces, corrected), True)


def _comparable(content: dict[str, Any]) -> bytes:
    return orjson.dumps({key: one for key, one in content.items() if key != "kennung"}, option=orjson.OPT_SORT_KEYS)


def _content(draft: Entwurf, corrected: bool) -> dict[str, Any]:
    return {"art": draft.art, "unterart": draft.unterart, "fassung": draft.fassung, "fuer": draft.fuer.isoformat(),
            "monat": draft.monat.isoformat(), "empfaenger": [draft.empfaenger, draft.empfaenger_name],
            "betrag": draft.betrag, "angaben": draft.angaben, "berichtigt": corrected,
            "werte": {"10": 1, **draft.werte} if draft.art == "lsta" and corrected else draft.werte,
            "nicht_belegt": list(unproved(draft.art)),
            "saetze": [[one.satzart, one.schluessel, one.pruefwert.hex(), str(one.ersetzt or "")]
                       for one in draft.saetze]}


def _write(session: TenantSession, draft: Entwurf, replaces: uuid.UUID | None, corrected: bool) -> Meldung:
    number = session.scalars(select(Tenant.number).where(Tenant.id == guard.tenant_of(session))).one()
    public_id = uuid.uuid4()
    name = f"{draft.art}-{number}-{draft.monat:%Y%m}-{public_id.hex[:8]}"
    content = {**_content(draft, corrected), "kennung": name}
    packed = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    row = Meldung(
        public_id=public_id, kennung=name, art=draft.art, unterart=draft.unterart, monat=draft.monat, fuer=draft.fuer,
        empfaenger=draft.empfaenger, empfaenger_name=draft.empfaenger_name, fassung=draft.fassung, zustand="erstellt",
        betrag=draft.betrag, saetze=len(draft.saetze), faellig=draft.faellig, befunde=list(draft.befunde),
        sha256=hashlib.sha256(packed).digest(), ersetzt=replaces, erstellt_von=str(session.info["actor"]),
        inhalt_siegel=seal(session, packed, table="meldung", row=str(public_id), column="inhalt_siegel"))
    session.add(row)
    session.flush()
    _entries(session, row, draft.saetze)
    audit.record(session, "meldung.erstellt", f"meldung:{name}", {
        "art": draft.art, "unterart": draft.unterart, "fuer": f"{draft.fuer:%Y-%m}", "empfaenger": draft.empfaenger,
        "betrag": draft.betrag, "saetze": len(draft.saetze), "sha256": row.sha256.hex()})
    return row


def _entries(session: TenantSession, row: Meldung, entries: Sequence[Satz]) -> None:
    keys, lines = keys_of(session), []
    for position, one in enumerate(entries, 1):
        public_id = uuid.uuid4()
        packed = seal(keys, orjson.dumps(one.inhalt, option=orjson.OPT_SORT_KEYS), table="meldesatz",
                      row=str(public_id), column="inhalt_siegel")
        lines.append((public_id, row.id, position, row.monat, one.satzart, one.schluessel, one.grund, one.von, one.bis,
                      one.frist, one.person, one.personalnummer, one.pruefwert, packed, one.ersetzt))
    if lines:
        copy_rows(session, Meldesatz, COLUMNS, lines)


def find(session: TenantSession, public_id: uuid.UUID, *, lock: bool = False) -> Meldung:
    """Eine Meldung dieses Arbeitgebers; die eines anderen ist unbekannt."""
    statement = select(Meldung).where(Meldung.public_id == public_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise FilingRefused("Diese Meldung gibt es nicht. Die Liste neu laden.")
    return row


def by_name(session: TenantSession, name: str) -> Meldung:
    """Die Meldung mit dieser Kennung."""
    row = session.scalars(select(Meldung).where(Meldung.kennung == name)).one_or_none()
    if row is None:
        raise FilingRefused(f"Eine Meldung „{name}“ gibt es bei diesem Arbeitgeber nicht; Kennung aus der Liste "
                            "übernehmen.")
    return row


def listed(session: TenantSession, month: date | None = None, kind: str | None = None) -> Sequence[Meldung]:
    """Meldungen, die jüngsten zuerst."""
    statement = select(Meldung).order_by(Meldung.monat.desc(), Meldung.id.desc())
    if month is not None:
        statement = statement.where(Meldung.monat == month)
    if kind is not None:
        statement = statement.where(Meldung.art == kind)
    return session.scalars(statement).all()


def content_of(session: TenantSession, row: Meldung) -> dict[str, Any]:
    """Der Inhalt, gegen seine Prüfsumme gehalten."""
    sealed = session.scalars(select(Meldung).options(undefer(Meldung.inhalt_siegel)).where(Meldung.id == row.id)
                             .execution_options(populate_existing=True)).one().inhalt_siegel
    packed = open_sealed(session, sealed, table="meldung", row=str(row.public_id), column="inhalt_siegel")
    if hashlib.sha256(packed).digest() != row.sha256:
        raise FilingRefused("Die Meldung passt nicht zu ihrer Prüfsumme: nicht verwenden, die Verwaltung verständigen.")
    found: dict[str, Any] = orjson.loads(packed)
    return found


def entries_of(session: TenantSession, row: Meldung) -> list[tuple[Meldesatz, dict[str, Any]]]:
    """Sätze einer Meldung mit geöffnetem Inhalt."""
    keys = keys_of(session)
    return [(one, orjson.loads(open_sealed(keys, one.inhalt_siegel, table="meldesatz", row=str(one.public_id),
                                           column="inhalt_siegel")))
            for one in session.scalars(select(Meldesatz).where(Meldesatz.meldung_id == row.id)
                                       .order_by(Meldesatz.position))]


def release(session: TenantSession, public_id: uuid.UUID, *, sha256: str) -> Meldung:
    """Gibt als zweite Person frei, was gezeigt wurde; mit offenem Befund oder fremder Summe nicht."""
    from payroll.filings.meldungen import krankmeldung
    from payroll.filings.meldungen.abgleich import demand_tie

    row = find(session, public_id, lock=True)
    if row.sha256.hex() != sha256:  # what was shown is no secret
        raise FilingRefused("Freigegeben wird nur, was gezeigt wurde; die Seite neu laden und noch einmal ansehen.")
    if row.zustand in OUTSIDE:
        return row
    if row.zustand != "erstellt":
        raise FilingRefused("Diese Meldung ist zurückgezogen oder abgelehnt; eine neue erstellen.")
    actor = str(session.info["actor"])
    if actor == row.erstellt_von:
        raise FilingRefused("Wer die Meldung erstellt hat, gibt sie nicht frei. Freigeben muss eine zweite Person.")
    if row.befunde:
        raise FilingRefused(f"Vor der Freigabe zu beheben: {row.befunde[0]} Danach die Meldung neu erstellen.")
    demand_tie(session, row)
    if row.art == "eau":
        krankmeldung.demand_wanted(session, row)
    moment = _now(session)
    row.zustand, row.freigegeben_von, row.freigegeben_am = "freigegeben", actor, moment
    audit.record(session, "meldung.freigegeben", f"meldung:{row.kennung}", {"sha256": row.sha256.hex()})
    return row


def withdraw(session: TenantSession, public_id: uuid.UUID, *, reason: str) -> Meldung:
    """Zieht eine noch nicht freigegebene Meldung zurück."""
    row = find(session, public_id, lock=True)
    if not reason.strip():
        raise FilingRefused("Zum Zurückziehen bitte einen Grund angeben.")
    if row.zustand != "erstellt":
        raise FilingRefused("Freigegeben heißt, die Datei kann schon übergeben sein: eine Berichtigung erstellen.")
    return withdraw_row(session, row, reason.strip())


def withdraw_row(session: TenantSession, row: Meldung, reason: str) -> Meldung:
    """Hält fest, dass diese Meldung nicht mehr gilt; was sie trug, kann in eine neue kommen."""
    row.zustand, row.zurueckgezogen_von = "zurueckgezogen", str(session.info["actor"])
    row.zurueckgezogen_grund = reason
    session.flush()
    audit.record(session, "meldung.zurueckgezogen", f"meldung:{row.kennung}", {}, reason)
    return row


def waits(session: TenantSession, entry: uuid.UUID) -> bool:
    """Ob der Satz in einer Meldung steht, die noch niemand freigegeben hat."""
    return session.scalars(select(Meldung.zustand).join(Meldesatz, Meldesatz.meldung_id == Meldung.id).where(
        Meldesatz.public_id == entry)).one() == "erstellt"


def withdraw_waiting(session: TenantSession, kind: str) -> int:
    """Zieht Sammlungen dieser Art zurück, die noch niemand freigegeben hat; wie viele es waren."""
    rows = session.scalars(select(Meldung).where(Meldung.art == kind, Meldung.zustand == "erstellt")
                           .with_for_update()).all()
    for row in rows:
        withdraw_row(session, row, "durch eine neue Sammlung ersetzt")
    return len(rows)


def hand_over(session: TenantSession, public_id: uuid.UUID) -> tuple[bytes, str]:
    """Die freigegebene Datei und ihr Name; immer dieselben Bytes, jeder Abruf steht im Protokoll."""
    from payroll.filings.meldungen import krankmeldung
    from payroll.filings.meldungen.datei import as_file

    row = find(session, public_id, lock=True)
    if row.zustand not in OUTSIDE:
        raise FilingRefused("Übergeben lässt sich nur eine freigegebene Meldung; erst freigeben lassen.")
    if row.art == "eau" and row.zustand == "freigegeben":
        krankmeldung.demand_wanted(session, row, lock=True)
    content = as_file(session, row)
    if row.zustand == "freigegeben":
        moment = _now(session)
        row.zustand, row.uebergeben_am = "uebergeben", moment
        if row.art == "eau":
            krankmeldung.handed_over(session, row)
    audit.record(session, "meldung.uebergeben", f"meldung:{row.kennung}",
                 {"sha256": hashlib.sha256(content).hexdigest()})
    return content, f"{row.kennung}.csv"


def receipt(session: TenantSession, public_id: uuid.UUID, *, accepted: bool, words: str) -> Meldung:
    """Quittung der Annahmestelle: angenommen (Transferticket) oder abgelehnt (Grund). Danach bleibt es dabei."""
    from payroll.filings.meldungen import krankmeldung

    row = find(session, public_id, lock=True)
    if not words.strip():
        raise FilingRefused("Quittung: Transferticket oder Grund der Ablehnung angeben.")
    if row.zustand != "uebergeben":
        raise FilingRefused("Quittiert wird eine übergebene Meldung; erst die Datei abrufen und einreichen.")
    moment = _now(session)
    row.quittiert_von, row.quittiert_am = str(session.info["actor"]), moment
    row.zustand, row.quittung = ("angenommen" if accepted else "abgelehnt"), words.strip()
    if row.art == "eau" and not accepted:
        krankmeldung.rejected(session, row)
    audit.record(session, f"meldung.{row.zustand}", f"meldung:{row.kennung}", {}, words.strip())
    return row


def _now(session: TenantSession) -> Any:
    return session.scalars(select(func.now()).select_from(Meldung).limit(1)).one()
