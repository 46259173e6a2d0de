"""Personalakte am Schreibtisch: Liste je Klasse, Suche, ablegen, Notiz, ansehen, ins Portal, entfernen, ausgeben."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.akte import ablage, entfernen, notiz, paket
from payroll.statements.akte.ablage import AkteError, Einreichung
from payroll.statements.akte.klassen import BY_NAME, Klasse, readable
from payroll.statements.akte.models import AkteDokument
from payroll.statements.briefe.arten import hidden_letters
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import beside_field, is_me, person_of
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

file_desk = Blueprint("personalfile", __name__, url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/akte")
ONE = "/<uuid:dokument>"
OWN = "In der eigenen Akte legt niemand selbst ab, gibt aus oder entfernt: eine zweite Person bitten."
LABELS = {"klasse": "Klasse", "titel": "Titel", "vom": "Tag des Dokuments", "datei": "Datei", "grund": "Grund",
          "betreff": "Betreff", "notiz": "Notiz", "notizklasse": "Klasse der Notiz"}
Answer = BaseResponse | str | tuple[str, int]


@file_desk.get("")
@permission("file.read")
def index(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Die Dokumente der Person; mit klasse nur diese, mit suche nur die, auf die alle Wörter passen."""
    with _session() as session:
        return _page(session, person_of(session, person), {})


@file_desk.post("")
@permission("file.write")
def add(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Legt ein Dokument ab; dieselbe Seite zweimal abgeschickt legt es einmal ab."""
    with _session() as session:
        owner = person_of(session, person)
        try:
            _not_oneself(session, owner)
            ablage.file_upload(session, owner, _given(), settings_of(current_app).today())
        except (AkteError, inputs.InputError) as refused:
            return _page(session, owner, beside_field(refused, LABELS)), 422
    flash(_("Das Dokument ist abgelegt."), "success")
    return redirect(url_for("personalfile.index", mandant=mandant, person=person))


@file_desk.post("/notiz")
@permission("file.write")
def note(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Hält eine Notiz als Dokument der Akte fest; dieselbe Seite zweimal abgeschickt legt sie einmal ab."""
    held, me, today = current_mandate(), current(), settings_of(current_app).today()
    with _session() as session:
        owner = person_of(session, person)
        try:
            _not_oneself(session, owner)
            notiz.keep(session, owner, _noted(), name=name_of(session, owner.id, today), employer=held.name,
                       author=me.display_name, today=today)
        except AkteError as refused:
            return _page(session, owner, beside_field(refused, LABELS)), 422
    flash(_("Die Notiz liegt in der Akte."), "success")
    return redirect(url_for("personalfile.index", mandant=mandant, person=person))


@file_desk.get(f"{ONE}/pdf")
@permission("file.read")
def document(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Response:
    """Das Dokument in seiner ungefährlichen Fassung; jedes Öffnen steht im Protokoll."""
    with _session() as session:
        one = _one(session, person, dokument)
        if one.entfernt_am is not None:
            abort(404)
        shown = ablage.open_view(session, one, reader=current().login)
    return exports.attachment(shown.pdf, "application/pdf", shown.dateiname)


@file_desk.post(f"{ONE}/portal")
@permission("file.write")
def portal(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Answer:
    """Gibt ein Dokument ins Portal der Person oder nimmt es zurück."""
    with _session() as session:
        one = _one(session, person, dokument)
        if one.entfernt_am is not None or one.quelle == "portal" or BY_NAME[one.klasse].recht:
            abort(404)
        try:
            _not_oneself(session, person_of(session, person))
            ablage.give_to_portal(session, one, shown=request.form.get("zeigen") == "1")
        except AkteError as refused:
            return _page(session, person_of(session, person), beside_field(refused, LABELS)), 422
    return redirect(url_for("personalfile.index", mandant=mandant, person=person))


@file_desk.post(f"{ONE}/vormerken")
@permission("file.write")
def mark(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Answer:
    """Merkt ein Dokument mit Grund zum Entfernen vor; nie in der eigenen Akte und nie einen Brief des Hauses."""
    reason, today = request.form.get("grund", ""), settings_of(current_app).today()
    return _removing(person, dokument, lambda session, one: entfernen.mark(session, one, reason, today),
                     _("Das Dokument ist vorgemerkt. Den Inhalt entfernt eine zweite Person; bis dahin lässt es sich "
                       "zurücknehmen."))


@file_desk.post(f"{ONE}/behalten")
@permission("file.write")
def keep(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Answer:
    """Nimmt die Vormerkung zurück."""
    return _removing(person, dokument, entfernen.withdraw, _("Das Dokument bleibt in der Akte."))


@file_desk.post(f"{ONE}/entfernen")
@permission("file.write")
def remove(mandant: uuid.UUID, person: uuid.UUID, dokument: uuid.UUID) -> Answer:
    """Entfernt als zweite Person den Inhalt eines vorgemerkten Dokuments."""
    return _removing(person, dokument, entfernen.remove,
                     _("Der Inhalt ist entfernt. Dass es das Dokument gab, bleibt nachvollziehbar."))


@file_desk.post("/paket")
@permission("file.read")
@shows_answer
def package(mandant: uuid.UUID, person: uuid.UUID) -> Answer:
    """Die Akte als Paket (ZIP mit PDF/A und Metadaten); der Grund steht im Protokoll."""
    held, today = current_mandate(), settings_of(current_app).today()
    with _session() as session:
        owner = person_of(session, person)
        numbers = session.scalars(select(Beschaeftigung.personalnummer).where(
            Beschaeftigung.person_id == owner.id).order_by(Beschaeftigung.id)).all()
        about = paket.Kopf(held.name, held.number, owner.public_id, name_of(session, owner.id, today), tuple(numbers))
        try:
            _not_oneself(session, owner)
            made = paket.build(session, owner, about, _classes(), reason=request.form.get("grund", ""), day=today,
                               hidden=_hidden())
        except AkteError as refused:
            return _page(session, owner, beside_field(refused, LABELS)), 422
    answer = exports.attachment(made, "application/zip", f"akte-{'-'.join(numbers) or 'person'}.zip")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _removing(person: uuid.UUID, dokument: uuid.UUID, step: Callable[[TenantSession, AkteDokument], None], said: str
              ) -> Answer:
    with _session() as session:
        owner, one = person_of(session, person), _one(session, person, dokument)
        try:
            _not_oneself(session, owner)
            step(session, one)
        except AkteError as refused:
            return _page(session, owner, beside_field(refused, LABELS)), 422
    flash(said, "success")
    return redirect(url_for("personalfile.index", mandant=current_mandate().public_id, person=person))


def _page(session: TenantSession, person: Person, errors: dict[str, list[str]]) -> str:
    held, today, classes = current_mandate(), settings_of(current_app).today(), _classes()
    wanted, chosen = " ".join(request.args.get("suche", "").split())[:100], request.args.get("klasse", "")
    shown = [one for one in classes if one.name == chosen] or classes
    rows = ablage.of_person(session, person, shown, reader=current().login, hidden=_hidden())
    hits = ablage.search(session, rows, wanted)
    return render_template(
        "payroll/desk/personal_file.html", held=held, person=person.public_id, classes=classes, words=BY_NAME,
        name=name_of(session, person.id, today), rows=hits, total=len(rows), wanted=wanted, chosen=chosen,
        errors=errors, labels=LABELS, values=request.form, key=uuid.uuid4(), today=today,
        own=is_me(session, person))


def _noted() -> notiz.Notiz:
    form = request.form
    return notiz.Notiz(_class_of(form.get("notizklasse", ""), LABELS["notizklasse"]), form.get("betreff", ""),
                       form.get("notiz", "")[:2 * notiz.LONGEST], _key())


def _key() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("vorgang", ""))
    except ValueError as wrong:
        raise AkteError("Die Seite ist veraltet: neu laden und noch einmal ablegen.") from wrong


def _class_of(name: str, field: str = LABELS["klasse"]) -> str:
    if name not in {one.name for one in _classes()}:
        raise AkteError(f"{field}: eine der angebotenen wählen.")
    return name


def _given() -> Einreichung:
    form, sent = request.form, request.files.get("datei")
    key = _key()
    if sent is None or not sent.filename:
        raise AkteError("Datei: auswählen, was abgelegt werden soll.")
    _class_of(form.get("klasse", ""))
    try:
        day = inputs.day(form.get("vom", ""))
    except inputs.InputError as wrong:
        raise AkteError(f"Tag des Dokuments: {wrong}") from wrong
    shown = form.get("im_portal") == "1" and not BY_NAME[form["klasse"]].recht
    return Einreichung(form["klasse"], form.get("titel", ""), day, sent.filename, sent.read(), key, "schreibtisch",
                       shown)


def _classes() -> tuple[Klasse, ...]:
    return readable(current_mandate().may)


def _hidden() -> frozenset[str]:
    return hidden_letters(current_mandate().may)


def _not_oneself(session: TenantSession, owner: Person) -> None:
    if is_me(session, owner):
        raise AkteError(OWN)


def _one(session: TenantSession, person: uuid.UUID, dokument: uuid.UUID) -> AkteDokument:
    found = ablage.find(session, person_of(session, person), dokument, _classes(), hidden=_hidden())
    if found is None:
        abort(404)
    return found


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
