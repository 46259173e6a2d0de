"""Das Formular eines Ereignisses: Teile mit Vorbelegung aus dem, was gilt; Eingaben lesen und prüfen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.masterdata.fact_rules import check
from payroll.masterdata.models import BeschaeftigungAngaben, PersonAngaben
from payroll.masterdata.sealing import content_columns, contents
from payroll.masterdata.service import default_of
from payroll.web.desk import fact_forms, wage_choice
from payroll.web.desk.events.catalogue import FACT_KINDS
from payroll.web.desk.events.declaring import Ereignisart, Fall, Teil
from payroll.web.desk.fact_fields import Choices, FactKind
from payroll.web.desk.fact_forms import FactInput
from payroll.web.desk.person_reading import OWNER_COLUMN, versions_on
from tenants.db.session import TenantSession
from tenants.web import inputs

WHOLE_FORM = "formular"
NUMBERS = ("nummer", "laufnummer")
MISSING = "Dazu ist noch nichts erfasst; bitte zuerst in der Akte erfassen, dann das Ereignis."


@dataclass(frozen=True)
class Abschnitt:
    """Ein Teil, bereit zum Zeigen: Felder mit eigenem Namen, Auswahlen, Vorschlag und was heute gilt."""

    teil: Teil
    kind: FactKind
    options: dict[str, Choices]
    vorschlag: dict[str, str]
    geltend: dict[str, str]

    @property
    def titel(self) -> Any:
        """Überschrift."""
        return self.teil.titel or FACT_KINDS[self.teil.art].title

    @property
    def tag_feld(self) -> str:
        """Name des Feldes für den eigenen ersten Tag."""
        return f"{self.teil.art}-gueltig_ab"


@dataclass
class Angaben:
    """Das gelesene Formular: Fall, Teile, die zu schreiben sind, Fehler je Feld."""

    given: FactInput
    fall: Fall | None = None
    teile: list[tuple[Abschnitt, dict[str, Any], date]] = field(default_factory=list)


@dataclass(frozen=True)
class Wer:
    """Person und Beschäftigung mit dem, was Fristen und Auswahl der Teile brauchen."""

    person_id: int
    job_id: int | None
    art: str
    eintritt: date | None
    geboren: date | None


def who(session: TenantSession, person_id: int, job_id: int | None, day: date) -> Wer:
    """Liest Art und Eintritt der Beschäftigung am Tag (sonst die letzten bekannten) und den Geburtstag."""
    born = session.scalars(select(PersonAngaben.geburtsdatum).where(
        PersonAngaben.person_id == person_id, PersonAngaben.superseded_at.is_(None))
        .order_by(PersonAngaben.valid_from.desc())).first()
    rows = [] if job_id is None else session.scalars(select(BeschaeftigungAngaben).where(
        BeschaeftigungAngaben.beschaeftigung_id == job_id, BeschaeftigungAngaben.superseded_at.is_(None))
        .order_by(BeschaeftigungAngaben.valid_from)).all()
    found = next((row for row in reversed(rows) if row.valid_from <= day), rows[0] if rows else None)
    return Wer(person_id, job_id, found.art if found else "", found.eintritt if found else None, born)


def sections(session: TenantSession, event: Ereignisart, wer: Wer, day: date) -> list[Abschnitt]:
    """Die Teile, die es bei dieser Beschäftigung gibt, vorbelegt nach dem Stand des Tages."""
    return [_section(session, teil, wer, day) for teil in event.teile if not teil.fuer or wer.art in teil.fuer]


def _section(session: TenantSession, teil: Teil, wer: Wer, day: date) -> Abschnitt:
    whole = FACT_KINDS[teil.art]
    fields = tuple(replace(item, name=f"{teil.art}-{item.name}", required=item.required or item.name in teil.verlangt)
                   for item in whole.fields if item.name in teil.felder)
    kind = replace(whole, fields=fields)
    own = fact_forms.options_of(session, kind)
    held = None if teil.neu else _held(session, whole, wer, day)
    plain = held if held is not None else {}
    proposed = {**plain, **(teil.vorgabe(plain) if teil.vorgabe and held is not None else {})}
    return Abschnitt(teil, kind, own, _texts(kind, own, proposed if held is not None else None),
                     _texts(kind, own, held))


def _held(session: TenantSession, kind: FactKind, wer: Wer, day: date) -> dict[str, Any] | None:
    owner = wer.person_id if kind.owner == "person" else wer.job_id
    if owner is None:
        return None
    row = next(iter(versions_on(session, kind, owner, day)), None)
    return contents(session, row) if row is not None else None


def _texts(kind: FactKind, options: Mapping[str, Choices], values: Mapping[str, Any] | None) -> dict[str, str]:
    if values is None:
        return fact_forms.blank(kind)
    return {item.name: fact_forms.as_text(item, values.get(item.name.partition("-")[2]), options.get(item.name, {}))
            for item in kind.fields}


def prefilled(parts: list[Abschnitt]) -> dict[str, str]:
    """Womit das leere Formular beginnt."""
    return {name: text for part in parts for name, text in part.vorschlag.items()}


def read(session: TenantSession, event: Ereignisart, wer: Wer, parts: list[Abschnitt],
         form: Mapping[str, str]) -> Angaben:
    """Liest und prüft alles; Fehler stehen danach am Feld, ohne Fehler ist der Fall vollständig."""
    raw = {name: text.strip() for name, text in form.items()}
    given = FactInput(raw=raw)
    clocks = fact_forms.read(FactKind(PersonAngaben, "", "person", ()), raw, {})
    given.errors, given.reason = clocks.errors, clocks.reason
    given.valid_from, given.valid_to = clocks.valid_from, clocks.valid_to
    if event.ende_noetig and given.valid_to is None and "gueltig_bis" not in given.errors:
        given.refuse("gueltig_bis", fact_forms.REQUIRED)
    found = Angaben(given)
    if given.valid_from is None:
        return found
    fall = Fall(wer.person_id, wer.job_id, wer.art, wer.eintritt, wer.geboren, given.valid_from, given.valid_to,
                given.reason)
    for part in parts:
        if part.teil.pflicht or _touched(part, raw):
            _part(session, part, fall, wer, given, found)
    if not found.teile and event.schreiben is None and not given.errors:
        given.refuse(WHOLE_FORM, "Es ist nichts anders angegeben, als es schon gilt; bitte die Änderung eintragen.")
    found.fall = fall
    return found


def _touched(part: Abschnitt, raw: Mapping[str, str]) -> bool:
    return bool(raw.get(part.tag_feld)) or any(
        raw.get(item.name, "") != part.geltend.get(item.name, "") for item in part.kind.fields)


def _part(session: TenantSession, part: Abschnitt, fall: Fall, wer: Wer, given: FactInput, found: Angaben) -> None:
    teil, whole = part.teil, FACT_KINDS[part.teil.art]
    reading = fact_forms.read(part.kind, given.raw, part.options)
    errors = {name: texts for name, texts in reading.errors.items() if name not in fact_forms.CLOCK_LABELS}
    first = _own_day(part, fall, given)
    held = None if teil.neu else _held(session, whole, wer, first or fall.ab)
    if not teil.neu and held is None and any(item.required and item.name not in teil.felder for item in whole.fields):
        target = part.kind.fields[0].name if part.kind.fields else WHOLE_FORM
        given.refuse(target, f"{whole.title}: {MISSING}")
        return
    if errors or first is None:
        given.errors.update(errors)
        return
    # What was left as it stands today keeps the value of the first day, which may be another.
    typed = {name.partition("-")[2]: value for name, value in reading.values.items()
             if held is None or given.raw.get(name, "") != part.geltend.get(name, "")}
    values = {**_defaults(whole), **(held or {}), **typed, **(teil.fest(fall) if teil.fest else {}),
              OWNER_COLUMN[whole.owner]: wer.person_id if whole.owner == "person" else wer.job_id}
    _number(session, part, values, wer)
    checked = FactInput(raw=given.raw, values=values, valid_from=first, valid_to=fall.bis, reason=fall.grund)
    check(whole.model, checked)
    wage_choice.check(checked, part.options)
    for name, texts in checked.errors.items():
        shown = name if name in fact_forms.CLOCK_LABELS else f"{teil.art}-{name}"
        given.errors.setdefault(shown if shown in given.raw or name in teil.felder else WHOLE_FORM, []).extend(texts)
    fall.werte[teil.art] = checked.values
    found.teile.append((part, checked.values, first))


def _own_day(part: Abschnitt, fall: Fall, given: FactInput) -> date | None:
    text = given.raw.get(part.tag_feld, "") if part.teil.eigener_tag else ""
    if not text:
        return part.teil.ab(fall.ab)
    try:
        return inputs.day(text)
    except inputs.InputError as error:
        given.refuse(part.tag_feld, str(error))
        return None


def _defaults(kind: FactKind) -> dict[str, Any]:
    names = (*content_columns(kind.model), *kind.model.sealed)
    return {name: default_of(kind.model, name) for name in names if name != OWNER_COLUMN[kind.owner]}


def _number(session: TenantSession, part: Abschnitt, values: dict[str, Any], wer: Wer) -> None:
    """Neues von einer Art, die es mehrfach gibt, bekommt die nächste laufende Nummer."""
    model, whole = FACT_KINDS[part.teil.art].model, FACT_KINDS[part.teil.art]
    for name in NUMBERS:
        if name in model.keys and name not in part.teil.felder and part.teil.neu:
            owner = getattr(model, OWNER_COLUMN[whole.owner])
            last = session.scalar(select(func.max(getattr(model, name))).where(
                owner == values[OWNER_COLUMN[whole.owner]], model.superseded_at.is_(None)))
            values[name] = (last or 0) + 1


def labels(event: Ereignisart, parts: list[Abschnitt]) -> dict[str, Any]:
    """Worte zu allen Feldern, für die Zusammenfassung der Fehler."""
    words = {item.name: item.label for part in parts for item in part.kind.fields}
    own = {part.tag_feld: part.teil.eigener_tag for part in parts if part.teil.eigener_tag}
    clocks = {"gueltig_ab": event.tag, "gueltig_bis": event.ende, "grund": fact_forms.CLOCK_LABELS["grund"]}
    return {**words, **own, **clocks}


def dates(event: Ereignisart, fall: Fall, parts: list[tuple[Abschnitt, dict[str, Any], date]]) -> Iterator[date]:
    """Tage, an denen sich die Zahlung ändern kann."""
    yield fall.ab
    for _part_shown, _values, first in parts:
        yield first
    yield from event.spaeter(fall)
