"""Eigene Zeiten erfassen: kommen und gehen, Korrekturen mit zweiter Person, Aufträge; Spätes wird nachgetragen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import func, select

from tenants import audit
from tenants.db.session import TenantSession
from timekeeping.handover import closing
from timekeeping.handover.totals import RIM
from timekeeping.imports.judging import Bestand
from timekeeping.imports.moments import ZONE, at_midnight
from timekeeping.imports.problems import ImportFehler
from timekeeping.own.models import AUFTRAEGE, DAY_MINUTES, RICHTUNGEN, ZeitAuftrag, ZeitKorrektur, ZeitStempel
from timekeeping.own.pairing import LONGEST

TWICE = timedelta(minutes=1)  # a second press within it is the same stamp
OLDEST = timedelta(days=400)


def stamp(session: TenantSession, job: int, richtung: str, moment: datetime, *, quelle: str) -> ZeitStempel:
    """Hält ein Kommen oder Gehen fest; ein zweiter Druck in derselben Minute ist derselbe Stempel."""
    if richtung not in RICHTUNGEN:
        raise ImportFehler("Kommen oder Gehen fehlt", "eine der beiden Tasten wählen")
    held = session.scalars(select(ZeitStempel).where(
        ZeitStempel.beschaeftigung_id == job, ZeitStempel.richtung == richtung,
        ZeitStempel.zeitpunkt > moment - TWICE, ZeitStempel.zeitpunkt <= moment)).first()
    if held is not None:
        return held
    row = ZeitStempel(public_id=uuid.uuid4(), beschaeftigung_id=job, zeitpunkt=moment, richtung=richtung, quelle=quelle,
                      erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    return row


def last_stamp(session: TenantSession, job: int) -> ZeitStempel | None:
    """Der jüngste Stempel einer Beschäftigung."""
    return session.scalars(select(ZeitStempel).where(ZeitStempel.beschaeftigung_id == job)
                           .order_by(ZeitStempel.zeitpunkt.desc(), ZeitStempel.id.desc()).limit(1)).first()


def is_present(session: TenantSession, job: int, now: datetime) -> datetime | None:
    """Seit wann jemand da ist; None, wer gegangen ist (oder vor mehr als 16 Stunden kam)."""
    held = last_stamp(session, job)
    if held is None or held.richtung != "kommen" or now - held.zeitpunkt > timedelta(minutes=LONGEST):
        return None
    return held.zeitpunkt.astimezone(ZONE)


def request_correction(session: TenantSession, job: int, tag: date, zeiten: Sequence[Sequence[int]], *, grund: str,
                       today: date) -> ZeitKorrektur:
    """Beantragt die Zeiten eines Tages neu: [Beginn, Ende, Pause] in Minuten; leer heißt nicht gearbeitet."""
    if not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    if tag > today or today - tag > OLDEST:
        raise ImportFehler(f"Der {tag:%d.%m.%Y} liegt in der Zukunft oder zu weit zurück", "Tag prüfen")
    checked = _spans(zeiten)
    _open_one(session, job, tag)
    row = ZeitKorrektur(public_id=uuid.uuid4(), beschaeftigung_id=job, tag=tag, zeiten=checked, grund=grund.strip(),
                        beantragt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "zeitkorrektur.beantragt", f"zeitkorrektur:{row.public_id}",
                 {"tag": tag.isoformat(), "zeiten": checked}, row.grund)
    return row


def _open_one(session: TenantSession, job: int, tag: date) -> None:
    held = session.scalars(select(ZeitKorrektur.id).where(
        ZeitKorrektur.beschaeftigung_id == job, ZeitKorrektur.tag == tag, ZeitKorrektur.zustand == "beantragt")).first()
    if held is not None:
        raise ImportFehler(f"Für den {tag:%d.%m.%Y} ist schon eine Korrektur beantragt",
                           "Entscheidung abwarten oder den Antrag zurückziehen")


def _spans(zeiten: Sequence[Sequence[int]]) -> list[list[int]]:
    found = sorted([int(part) for part in one] for one in zeiten)
    for first, last, pause in found:
        if not 0 <= first < DAY_MINUTES or not 0 < last - first <= LONGEST:
            raise ImportFehler("Eine Anwesenheit dauert zwischen einer Minute und 16 Stunden", "Uhrzeiten prüfen")
        if not 0 <= pause < last - first:
            raise ImportFehler("Die Pause ist so lang wie die Anwesenheit", "Pause prüfen")
    for one, two in pairwise(found):
        if two[0] < one[1]:
            raise ImportFehler("Zwei Anwesenheiten überschneiden sich", "Uhrzeiten prüfen")
    return found


def decide_correction(session: TenantSession, bestand: Bestand, row: ZeitKorrektur, *, genehmigen: bool,
                      grund: str = "") -> ZeitKorrektur:
    """Genehmigt als zweite Person oder lehnt mit Grund ab; in einem abgeschlossenen Monat entsteht ein Nachtrag."""
    actor = _decidable(session, row)
    if actor == row.beantragt_von:
        raise ImportFehler(f"{actor} hat die Korrektur beantragt und entscheidet sie nicht",
                           "eine zweite Person bitten")
    if not genehmigen and not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum abgelehnt wird")
    _settle(session, row, "genehmigt" if genehmigen else "abgelehnt", grund)
    if genehmigen:
        _renew(session, bestand, row.tag, row.tag)
    return row


def withdraw_correction(session: TenantSession, row: ZeitKorrektur) -> ZeitKorrektur:
    """Zieht den eigenen Antrag zurück, solange er nicht entschieden ist."""
    if _decidable(session, row) != row.beantragt_von:
        raise ImportFehler("Zurückziehen kann nur, wer beantragt hat", "ablehnen")
    _settle(session, row, "zurueckgezogen", "")
    return row


def _decidable(session: TenantSession, row: ZeitKorrektur) -> str:
    if row.zustand != "beantragt":
        raise ImportFehler(f"Die Korrektur ist schon {row.zustand}", "Seite neu laden")
    return str(session.info["actor"])


def _settle(session: TenantSession, row: ZeitKorrektur, zustand: str, grund: str) -> None:
    row.zustand, row.entschieden_von, row.entschieden_am = zustand, str(session.info["actor"]), func.now()
    row.entschieden_grund = grund.strip() or None
    session.flush()
    audit.record(session, f"zeitkorrektur.{zustand}", f"zeitkorrektur:{row.public_id}", {"tag": row.tag.isoformat()},
                 row.entschieden_grund)


def add_order(session: TenantSession, bestand: Bestand, job: int, art: str, beginn: datetime, ende: datetime, *,
              grund: str) -> ZeitAuftrag:
    """Ordnet Stunden oder Rufbereitschaft an oder hält einen Einsatz fest; Einsätze liegen in einer Rufbereitschaft."""
    if art not in AUFTRAEGE:
        raise ImportFehler(f"Den Auftrag „{art[:40]}“ gibt es nicht", f"erlaubt: {', '.join(AUFTRAEGE)}")
    if not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    if not beginn < ende <= beginn + timedelta(days=31):
        raise ImportFehler("Das Ende liegt nicht nach dem Beginn oder mehr als 31 Tage danach", "Zeiten prüfen")
    same = ("rufbereitschaft",) if art == "rufbereitschaft" else tuple(a for a in AUFTRAEGE if a != "rufbereitschaft")
    if _touching(session, job, same, beginn, ende):
        raise ImportFehler("In dieser Zeit gibt es schon einen Auftrag", "den anderen zurückziehen oder Zeiten ändern")
    if art.startswith("einsatz") and not any(
            one.beginn <= beginn and ende <= one.ende
            for one in _touching(session, job, ("rufbereitschaft",), beginn, ende)):
        raise ImportFehler("Der Einsatz liegt in keiner Rufbereitschaft", "zuerst die Rufbereitschaft eintragen")
    row = ZeitAuftrag(public_id=uuid.uuid4(), beschaeftigung_id=job, art=art, beginn=beginn, ende=ende,
                      grund=grund.strip(), erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "zeitauftrag.erfasst", f"zeitauftrag:{row.public_id}",
                 {"art": art, "beginn": beginn.isoformat(), "ende": ende.isoformat()}, row.grund)
    _renew(session, bestand, beginn.astimezone(ZONE).date(), ende.astimezone(ZONE).date())
    return row


def withdraw_order(session: TenantSession, bestand: Bestand, row: ZeitAuftrag, *, grund: str) -> ZeitAuftrag:
    """Zieht einen Auftrag zurück."""
    if not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    if row.zurueckgezogen_am is None:
        row.zurueckgezogen_am, row.zurueckgezogen_von = func.now(), str(session.info["actor"])
        session.flush()
        audit.record(session, "zeitauftrag.zurueckgezogen", f"zeitauftrag:{row.public_id}", {"art": row.art},
                     grund.strip())
        _renew(session, bestand, row.beginn.astimezone(ZONE).date(), row.ende.astimezone(ZONE).date())
    return row


def _touching(session: TenantSession, job: int, kinds: Sequence[str], beginn: datetime,
              ende: datetime) -> Sequence[ZeitAuftrag]:
    return session.scalars(select(ZeitAuftrag).where(
        ZeitAuftrag.beschaeftigung_id == job, ZeitAuftrag.art.in_(kinds), ZeitAuftrag.zurueckgezogen_am.is_(None),
        ZeitAuftrag.beginn < ende, ZeitAuftrag.ende > beginn)).all()


def orders_between(session: TenantSession, first: date, last: date) -> Sequence[ZeitAuftrag]:
    """Geltende Aufträge, die einen Tag von first bis last berühren, nach Beginn."""
    return session.scalars(select(ZeitAuftrag).where(
        ZeitAuftrag.zurueckgezogen_am.is_(None), ZeitAuftrag.beginn < at_midnight(last + timedelta(days=1)),
        ZeitAuftrag.ende > at_midnight(first)).order_by(ZeitAuftrag.beginn, ZeitAuftrag.id)).all()


def corrections(session: TenantSession, *, job: int | None = None, nur_offene: bool = False) -> Sequence[ZeitKorrektur]:
    """Korrekturen, offene zuerst, dann die jüngsten; höchstens 200."""
    statement = select(ZeitKorrektur)
    if job is not None:
        statement = statement.where(ZeitKorrektur.beschaeftigung_id == job)
    if nur_offene:
        statement = statement.where(ZeitKorrektur.zustand == "beantragt")
    return session.scalars(statement.order_by(ZeitKorrektur.zustand != "beantragt", ZeitKorrektur.id.desc())
                           .limit(200)).all()


def _renew(session: TenantSession, bestand: Bestand, first: date, last: date) -> None:
    """Was Wochen eines abgeschlossenen Monats berührt, wird dort nachgetragen."""
    months = {day.replace(day=1) for day in (first, last, first - RIM, last + RIM)}
    closing.renew(session, bestand, sorted(months & bestand.geschlossen))
