"""Eine Person mit ihrer ersten Beschäftigung anlegen: alle Abschnitte lesen, prüfen, zusammen speichern."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from payroll.masterdata.fact_rules import check
from payroll.masterdata.models import Beschaeftigung, Person, PersonAngaben
from payroll.masterdata.service import FactError, create_person, find_employment, find_sealed, hire, record_fact
from payroll.runs.wirkung import first_open, shown_months
from payroll.web.desk import fact_forms
from payroll.web.desk.events.catalogue import EREIGNISSE
from payroll.web.desk.events.declaring import Fall
from payroll.web.desk.events.writing import Gezeigt, note, shown
from payroll.web.desk.fact_fields import Choices, FactKind, Field
from payroll.web.desk.fact_forms import FactInput
from payroll.web.desk.fact_kinds import KINDS
from payroll.web.desk.fact_writing import CONFLICT, WHOLE_FORM
from tenants import audit
from tenants.db.session import TenantSession

EVENT = EREIGNISSE["einstellung"]
PERSON, JOB = "angaben", "beschaeftigung"
FURTHER = ("eingruppierung", "steuer", "versicherung", "zusatzversorgung", "bank")
SECTIONS = (PERSON, JOB, *FURTHER)
NUMBER = Field("personalnummer", _("Personalnummer"), required=True, hint=_("Beim Mandanten nur einmal vergeben."))
REASON = Field("grund", _("Grund"), required=True, hint=_("Zum Beispiel „Einstellung“. Steht im Protokoll."))
PERSONALNUMMER = re.compile(r"[0-9A-Za-z][0-9A-Za-z/._-]{0,19}")
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")
YOUNGEST = 13
NEEDED = "Bei dieser Art der Beschäftigung nötig. "


@dataclass
class NewPerson:
    """Gelesene Abschnitte (nur die ausgefüllten und nötigen) und alles Beanstandete am Feld."""

    given: FactInput
    parts: dict[str, FactInput]
    entry: date | None


def options(session: TenantSession) -> dict[str, Choices]:
    """Auswahlen aller Abschnitte; Felder heißen auf dieser Seite überall verschieden."""
    return {name: found for slug in SECTIONS for name, found in fact_forms.options_of(session, KINDS[slug]).items()}


def labels() -> dict[str, Any]:
    """Worte zu allen Feldern, für die Zusammenfassung der Fehler."""
    words = {item.name: item.label for slug in SECTIONS for item in KINDS[slug].fields}
    return words | {item.name: item.label for item in (NUMBER, REASON)}


def blank() -> FactInput:
    """Leeres Formular mit den üblichen Vorgaben."""
    return FactInput(raw={name: text for slug in SECTIONS for name, text in fact_forms.blank(KINDS[slug]).items()})


def read(form: Mapping[str, str], choices: Mapping[str, Choices]) -> NewPerson:
    """Liest und prüft das ganze Formular; Fehler stehen danach in given.errors, in der Reihenfolge der Felder."""
    raw = {name: text.strip() for name, text in form.items()}
    clocks = {"gueltig_ab": raw.get("eintritt", ""), "gueltig_bis": ""}
    art = raw.get("art", "")
    parts = {
        slug: fact_forms.read(KINDS[slug], {**raw, **clocks}, choices)
        for slug in SECTIONS
        if slug in (PERSON, JOB) or art in KINDS[slug].needed or _touched(KINDS[slug], raw)
    }
    result = NewPerson(FactInput(raw=raw, reason=raw.get("grund", "")), parts, parts[JOB].valid_from)
    for slug, part in parts.items():
        _checked(KINDS[slug], part, art)
    _across(result)
    _collect(result)
    return result


def checked(session: TenantSession, form: Mapping[str, str], choices: Mapping[str, Choices]) -> NewPerson:
    """Liest und prüft das Formular, auch gegen Nummern, die es schon gibt."""
    new = read(form, choices)
    _taken(session, new)
    return new


def effect(session: TenantSession, new: NewPerson, today: date) -> Gezeigt | None:
    """Was die neue Person bekäme: erster offener Monat, Eintritt und der volle Monat danach; None: so geht es nicht."""
    assert new.entry is not None

    def write() -> list[int]:
        return [_store(session, new).id]

    months = shown_months(first_open(session, today), [new.entry])
    return shown(session, new.given, EVENT, _case(new), [], write, months)


def save(session: TenantSession, new: NewPerson, gezeigt: Gezeigt) -> uuid.UUID | None:
    """Speichert alles oder nichts, mit Ereignis und Wiedervorlagen; gibt die Kennung der neuen Person."""
    try:
        with session.begin_nested():
            job = _store(session, new)
            case = _case(new)
            case.person_id, case.job_id = job.person_id, job.id
            note(session, "einstellung", case, [], gezeigt)
            return session.scalars(select(Person.public_id).where(Person.id == job.person_id)).one()
    except FactError as refused:
        new.given.refuse(WHOLE_FORM, str(refused))
    except IntegrityError:
        new.given.refuse(WHOLE_FORM, CONFLICT)
    return None


def _case(new: NewPerson) -> Fall:
    assert new.entry is not None
    return Fall(0, None, new.given.raw.get("art", ""), new.entry, new.parts[PERSON].values.get("geburtsdatum"),
                new.entry, None, new.given.reason)


def _store(session: TenantSession, new: NewPerson) -> Beschaeftigung:
    assert new.entry is not None
    since, reason, number = new.entry, new.given.reason, new.given.raw["personalnummer"]
    person = create_person(session, valid_from=since, reason=reason, **new.parts[PERSON].values)
    job = hire(session, person, personalnummer=number, reason=reason, **new.parts[JOB].values)
    for slug in FURTHER:
        if slug not in new.parts:
            continue
        kind, values = KINDS[slug], dict(new.parts[slug].values)
        values |= {"person_id": person.id} if kind.owner == "person" else {"beschaeftigung_id": job.id}
        if "iban" in values:
            values["iban_ende"] = str(values["iban"])[-4:]
        record_fact(session, kind.model, valid_from=since, reason=reason, **values)
    audit.record(session, "person.angelegt", f"person:{person.public_id}", {"personalnummer": number}, reason)
    return job


def _touched(kind: FactKind, raw: Mapping[str, str]) -> bool:
    usual = fact_forms.blank(kind)
    return any(raw.get(item.name, "") not in ("", usual.get(item.name, "")) for item in kind.fields)


def _checked(kind: FactKind, part: FactInput, art: str) -> None:
    """Prüfungen eines Abschnitts; Tag und Grund haben auf dieser Seite ihr eigenes Feld."""
    for name in ("gueltig_ab", "gueltig_bis", "grund"):
        part.errors.pop(name, None)
    if not part.errors:
        check(kind.model, part)
        part.errors.pop("gueltig_ab", None)
    elif art in kind.needed and not _touched(kind, part.raw):
        part.errors = {name: [NEEDED + texts[0], *texts[1:]] for name, texts in part.errors.items()}


def _across(new: NewPerson) -> None:
    """Was Abschnitte gemeinsam betrifft oder nur diese Seite kennt."""
    born, mail = new.parts[PERSON].values.get("geburtsdatum"), new.parts[JOB].values.get("email")
    if born and new.entry and born + relativedelta(years=YOUNGEST) > new.entry:
        new.parts[PERSON].refuse(
            "geburtsdatum", f"Beim Eintritt jünger als {YOUNGEST} Jahre. Bitte Geburtsdatum und Eintritt prüfen."
        )
    if mail and not MAIL.fullmatch(mail):
        new.parts[JOB].refuse("email", "Das ist keine E-Mail-Adresse. Bitte so schreiben: name@kreis.de.")


def _collect(new: NewPerson) -> None:
    given, number = new.given, new.given.raw.get("personalnummer", "")
    given.errors.update(new.parts[PERSON].errors)
    if not number:
        given.refuse("personalnummer", fact_forms.REQUIRED)
    elif not PERSONALNUMMER.fullmatch(number):
        given.refuse("personalnummer", "Bis 20 Ziffern und Buchstaben ohne Leerzeichen angeben, zum Beispiel 10023.")
    for slug, part in new.parts.items():
        if slug != PERSON:
            given.errors.update(part.errors)
    if not given.reason:
        given.refuse("grund", fact_forms.REQUIRED)


def _taken(session: TenantSession, new: NewPerson) -> None:
    """Nummern, die es bei diesem Mandanten nur einmal gibt."""
    given = new.given
    number = given.raw.get("personalnummer", "")
    if "personalnummer" not in given.errors and find_employment(session, number) is not None:
        given.refuse("personalnummer", "Diese Personalnummer ist schon vergeben. Bitte eine freie angeben.")
    for name in ("steuer_id", "sv_nummer"):
        value = new.parts[PERSON].values.get(name)
        if value and name not in given.errors and find_sealed(session, PersonAngaben, name, value):
            given.refuse(
                name,
                "Diese Nummer gehört schon zu einer erfassten Person. Bitte deren Akte über die Suche öffnen; "
                "eine weitere Beschäftigung derselben Person kommt über das Einlesen.",
            )
