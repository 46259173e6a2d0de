"""Ein Ereignis zur Probe und wirklich: alle Tatsachen in einem Zug, das Ereignis und seine Wiedervorlagen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.masterdata.models import Beschaeftigung, Ereignis
from payroll.masterdata.models.facts import Fact
from payroll.masterdata.service import FactError, record_fact
from payroll.masterdata.wiedervorlage import Vorgabe, create
from payroll.runs.wirkung import Wirkung, first_open, probe, shown_months
from payroll.web.desk.events.declaring import Ereignisart, Fall, Folge
from payroll.web.desk.events.form import WHOLE_FORM, Angaben, dates
from payroll.web.desk.fact_forms import FactInput
from payroll.web.desk.fact_writing import CONFLICT
from tenants import audit
from tenants.db.session import TenantSession

MECHANICS = ("csrf_token", "aktion", "gezeigt")


@dataclass(frozen=True)
class Gezeigt:
    """Was vor dem Speichern zu sehen ist: Wirkung, Fristen danach und das Kennzeichen von beidem samt Eingaben."""

    wirkung: Wirkung
    folgen: list[tuple[date, Folge]]
    kennzeichen: str


def recorded(session: TenantSession, person_id: int) -> Sequence[Ereignis]:
    """Die erfassten Ereignisse einer Person, das jüngste zuerst."""
    return session.scalars(select(Ereignis).where(Ereignis.person_id == person_id)
                           .order_by(Ereignis.wirksam_ab.desc(), Ereignis.id.desc())).all()


def jobs_of(session: TenantSession, person_id: int) -> list[int]:
    """Alle Beschäftigungen der Person: sie teilen sich Grenzen, also rechnet die Wirkung alle."""
    return list(session.scalars(select(Beschaeftigung.id).where(Beschaeftigung.person_id == person_id)))


def effect(session: TenantSession, event: Ereignisart, found: Angaben, today: date) -> Gezeigt | None:
    """Die Wirkung des Gelesenen; None, wenn sich die Tatsachen nicht erfassen lassen (der Fehler steht am Formular)."""
    fall = found.fall
    assert fall is not None

    def write() -> Iterable[int]:
        write_facts(session, event, found)
        return ()

    open_month = first_open(session, today)
    return shown(session, found.given, event, fall, jobs_of(session, fall.person_id), write,
                 shown_months(open_month, dates(event, fall, found.teile)))


def shown(session: TenantSession, given: FactInput, event: Ereignisart, fall: Fall, jobs: Sequence[int],
          write: Callable[[], Iterable[int]], months: Sequence[date]) -> Gezeigt | None:
    """Probiert eine Änderung aus; was die Datenbank ablehnt, steht danach am Formular."""
    try:
        wirkung = probe(session, jobs, write, months)
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
        return None
    except IntegrityError:
        given.refuse(WHOLE_FORM, CONFLICT)
        return None
    return Gezeigt(wirkung, due(event, fall), mark(wirkung, given.raw))


def mark(wirkung: Wirkung, raw: Mapping[str, str]) -> str:
    """Kennzeichen von Wirkung und Eingaben: wer danach etwas ändert, sieht erst die neue Wirkung."""
    typed = {name: text for name, text in raw.items() if name not in MECHANICS}
    return hashlib.sha256(wirkung.digest().encode() + orjson.dumps(typed, option=orjson.OPT_SORT_KEYS)).hexdigest()


def due(event: Ereignisart, fall: Fall) -> list[tuple[date, Folge]]:
    """Was wann zu tun ist, das Nächste zuerst."""
    found = [(day, one) for one in event.folgen if (day := one.frist(fall)) is not None]
    return sorted(found, key=lambda pair: pair[0])


def write_facts(session: TenantSession, event: Ereignisart, found: Angaben) -> list[Fact]:
    """Erfasst alle Tatsachen des Ereignisses; gibt ihre Zeilen."""
    fall, rows = found.fall, []
    assert fall is not None
    for part, values, first in found.teile:
        complete = dict(values)
        if "iban" in complete:
            complete["iban_ende"] = str(complete["iban"])[-4:] if complete["iban"] else None
        rows.append(record_fact(session, part.kind.model, valid_from=first,
                                valid_to=fall.bis if part.teil.befristet else None, reason=fall.grund, **complete))
    if event.schreiben is not None:
        rows += event.schreiben(session, fall)
    return rows


def store(session: TenantSession, art: str, event: Ereignisart, found: Angaben, gezeigt: Gezeigt) -> bool:
    """Speichert Tatsachen, Ereignis und Wiedervorlagen zusammen; False, wenn es inzwischen nicht mehr geht."""
    fall = found.fall
    assert fall is not None
    try:
        with session.begin_nested():
            rows = write_facts(session, event, found)
            note(session, art, fall, rows, gezeigt)
    except FactError as refused:
        found.given.refuse(WHOLE_FORM, str(refused))
        return False
    except IntegrityError:
        found.given.refuse(WHOLE_FORM, CONFLICT)
        return False
    return True


def note(session: TenantSession, art: str, fall: Fall, rows: Sequence[Fact], gezeigt: Gezeigt) -> None:
    """Hält das Ereignis mit der gezeigten Wirkung fest und legt seine Wiedervorlagen an."""
    row = Ereignis(person_id=fall.person_id, beschaeftigung_id=fall.job_id, art=art, wirksam_ab=fall.ab,
                   wirksam_bis=fall.bis, grund=fall.grund, gezeigt=bytes.fromhex(gezeigt.kennzeichen),
                   tatsachen=[{"tabelle": one.__tablename__, "kennung": str(one.public_id)} for one in rows],
                   erfasst_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "ereignis.erfasst", f"ereignis:{row.public_id}", {
        "art": art, "wirksam_ab": fall.ab.isoformat(), "tatsachen": row.tatsachen, "gezeigt": gezeigt.kennzeichen},
        fall.grund)
    create(session, [
        Vorgabe(fall.person_id, day, one.text, "ereignis", f"ereignis:{row.public_id}:{number}", one.gesetz,
                fall.job_id, row.id)
        for number, (day, one) in enumerate(gezeigt.folgen, 1)])
