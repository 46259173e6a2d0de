"""Eine Bewerbung: Angaben, Unterlagen als ungefährliche Ansicht, formale Prüfung, Einschätzung, Gespräche, Halten."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answered

from jobportal import applications, calendar, clock, postings, selection
from jobportal.errors import Refused
from jobportal.files import scanner, view
from jobportal.models import Ausschreibung, Bewerbung, BewerbungUnterlage, Gespraech
from jobportal.web import letters, sharing
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web.access import permission
from tenants.web.formats import OFFICE_TIME
from tenants.web.identity import current, current_mandate

applicant_desk = Blueprint(
    "applicant", __name__,
    url_prefix="/mandanten/<uuid:mandant>/stellenmarkt/<uuid:ausschreibung>/bewerbungen/<uuid:bewerbung>")
Answer = Answered | tuple[str, int]
Act = Callable[[TenantSession, Ausschreibung, Bewerbung], str]


@applicant_desk.get("")
@permission("recruiting.take_part", by_unit=True)
def page(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> str:
    """Die Bewerbung; das Öffnen steht im Protokoll."""
    with sharing.session() as session:
        posting, row = find(session, ausschreibung, bewerbung)
        audit.record_reading(session, "bewerbung.gelesen", f"bewerbung:{row.public_id}",
                             {"kennziffer": posting.kennziffer})
        return _page(session, posting, row)


@applicant_desk.get("/unterlagen/<uuid:unterlage>.pdf")
@permission("recruiting.take_part", by_unit=True)
def document(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID, unterlage: uuid.UUID) -> Response:
    """Die neu gezeichnete Fassung einer Unterlage; sie entsteht beim ersten Öffnen und bleibt versiegelt."""
    with sharing.session() as session:
        _, row = find(session, ausschreibung, bewerbung)
        file = session.scalars(select(BewerbungUnterlage).filter_by(bewerbung_id=row.id, public_id=unterlage)).first()
        if file is None:
            abort(404)
        content = _view(session, file)
        audit.record(session, "bewerbung.unterlage_geöffnet", f"bewerbung:{row.public_id}",
                     {"unterlage": str(file.public_id)})
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="unterlage-{unterlage}.pdf"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer


@applicant_desk.post("/formal")
@permission("recruiting.write")
def formal(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Formale Prüfung und engere Wahl."""
    def act(session: TenantSession, _posting: Ausschreibung, row: Bewerbung) -> str:
        what = sharing.text("was")
        if what == "formal":
            selection.check_formally(session, row, sharing.text("ergebnis"))
        else:
            selection.put(session, row, what)
        return _("Festgehalten.")
    return _acting(ausschreibung, bewerbung, act)


@applicant_desk.post("/einschaetzen")
@permission("recruiting.read", by_unit=True)
def rate(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Die eigenen Punkte."""
    def act(session: TenantSession, posting: Ausschreibung, row: Bewerbung) -> str:
        given = {one.id: (sharing.whole(f"punkte_{one.position}", one.text),
                          sharing.text(f"grund_{one.position}", 2000)) for one in postings.profile(session, posting)}
        selection.rate(session, row, given)
        return _("Ihre Einschätzung ist gespeichert.")
    return _acting(ausschreibung, bewerbung, act)


@applicant_desk.post("/einladen")
@permission("recruiting.write")
def invite(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Lädt zum Gespräch ein."""
    outgoing: list[letters.Letter] = []

    def act(session: TenantSession, posting: Ausschreibung, row: Bewerbung) -> str:
        begin = datetime.combine(sharing.day("tag", _("Tag")), _time(sharing.text("uhrzeit")), OFFICE_TIME)
        talk = selection.invite(session, row, begin, sharing.whole("minuten", _("Dauer")), sharing.text("raum"))
        contact = f"{posting.inhalt['kontakt_name']} {posting.inhalt['kontakt_telefon']}"
        outgoing.extend(letters.about(session, posting, [row], when=f"{begin:%d.%m.%Y, %H:%M}", place=talk.raum,
                                      contact=contact))
        return _("Die Einladung liegt im Postausgang.")
    answer = _acting(ausschreibung, bewerbung, act)
    letters.send("einladung", outgoing)
    return answer


@applicant_desk.post("/gespraeche/<uuid:gespraech>/absagen")
@permission("recruiting.write")
def cancel(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID, gespraech: uuid.UUID) -> Answer:
    """Sagt ein Gespräch ab."""
    outgoing: list[letters.Letter] = []

    def act(session: TenantSession, posting: Ausschreibung, row: Bewerbung) -> str:
        talk = _talk(session, row, gespraech)
        selection.cancel(session, row, talk)
        when = f"{talk.beginn.astimezone(OFFICE_TIME):%d.%m.%Y, %H:%M}"
        outgoing.extend(letters.about(session, posting, [row], when=when))
        return _("Das Gespräch ist abgesagt.")
    answer = _acting(ausschreibung, bewerbung, act)
    letters.send("gespraech_abgesagt", outgoing)
    return answer


@applicant_desk.get("/gespraeche/<uuid:gespraech>/termin.ics")
@permission("recruiting.take_part", by_unit=True)
def appointment(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID, gespraech: uuid.UUID) -> Response:
    """Das Gespräch als Kalendereintrag, ohne den Namen der Person."""
    with sharing.session() as session:
        posting, row = find(session, ausschreibung, bewerbung)
        talk = _talk(session, row, gespraech)
    made = calendar.meeting(f"gespraech-{talk.public_id}", talk.beginn, talk.minuten, _(
        "Vorstellungsgespräch %(number)s", number=f"{posting.kennziffer}/{row.nummer}"), stamp=talk.beginn,
        place=talk.raum, cancelled=talk.abgesagt_am is not None)
    answer = Response(made, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="gespraech-{gespraech}.ics"'
    return answer


@applicant_desk.post("/halten")
@permission("recruiting.write")
def hold(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Answer:
    """Hält die Löschung auf oder gibt sie frei."""
    def act(session: TenantSession, _posting: Ausschreibung, row: Bewerbung) -> str:
        clock.hold(session, row, sharing.text("grund"))
        return _("Die Löschung ist aufgehalten.") if row.gehalten else _("Die Löschung geht ihren Gang.")
    return _acting(ausschreibung, bewerbung, act)


@applicant_desk.get("/auskunft.zip")
@permission("recruiting.write")
def disclosure(mandant: uuid.UUID, ausschreibung: uuid.UUID, bewerbung: uuid.UUID) -> Response:
    """Alles Gespeicherte für eine Auskunft nach Art. 15 DSGVO."""
    with sharing.session() as session:
        _posting, row = find(session, ausschreibung, bewerbung)
        answer = Response(clock.disclosure(session, row), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="auskunft-{bewerbung}.zip"'
    return answer


def _view(session: TenantSession, file: BewerbungUnterlage) -> bytes:
    """Gezeichnete Fassung; wartet die Datei auf den Virenschutz, wird sie erst geprüft."""
    if file.ansicht_siegel is not None:
        return applications.open_file(session, file, "ansicht")
    content = applications.open_file(session, file, "inhalt")
    try:
        file.pruefung = scanner.scan(content) if file.pruefung == scanner.WAITING else file.pruefung
        if file.pruefung == scanner.WAITING:
            abort(503)
        made = view.safe_pdf(file.art, content)
    except (scanner.Infected, view.NotViewable):
        abort(409)
    file.ansicht_siegel = applications.seal_file(session, file.public_id, "ansicht", made)
    session.flush()
    return made


def _acting(key: uuid.UUID, application: uuid.UUID, act: Act) -> Answer:
    with sharing.session() as session:
        posting, row = find(session, key, application)
        try:
            with session.begin_nested():
                words = act(session, posting, row)
        except Refused as refused:
            session.refresh(row)
            return _page(session, posting, row, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("applicant.page", mandant=current_mandate().public_id, ausschreibung=key,
                            bewerbung=application))


def _page(session: TenantSession, posting: Ausschreibung, row: Bewerbung, refused: str | None = None) -> str:
    given = selection.ratings(session, row)
    profile = postings.profile(session, posting)
    mine = {one.anforderung_id: one for one in given.get(current().login, [])}
    return render_template(
        "jobportal/applicant.html", held=current_mandate(), posting=posting, row=row, refused=refused,
        given=applications.details(session, row), profile=profile, raw=request.form, mine=mine,
        reasons={one.id: clock.reason_of(session, one) for found in given.values() for one in found},
        ratings=given, talks=selection.talks(session, row), course=applications.course(session, row),
        files=[(one, applications.file_name(session, one)) for one in applications.documents(session, row)],
        disabled=sharing.sees_disability() and applications.severely_disabled(session, row))


def find(session: TenantSession, key: uuid.UUID, application: uuid.UUID) -> tuple[Ausschreibung, Bewerbung]:
    """Ausschreibung und Bewerbung der Adresse, sonst 404; Entwürfe gehören allein der Person."""
    posting = sharing.find(session, key)
    row = session.scalars(select(Bewerbung).where(
        Bewerbung.ausschreibung_id == posting.id, Bewerbung.public_id == application,
        Bewerbung.zustand != "entwurf")).first()
    if row is None or not sharing.may_see(session, row):
        abort(404)
    return posting, row


def _talk(session: TenantSession, row: Bewerbung, key: uuid.UUID) -> Gespraech:
    found = session.scalars(select(Gespraech).filter_by(bewerbung_id=row.id, public_id=key)).first()
    if found is None:
        abort(404)
    return found


def _time(text: str) -> time:
    hours, _mark, minutes = text.partition(":")
    if not (hours.isascii() and hours.isdecimal() and minutes.isascii() and minutes.isdecimal()):
        raise Refused(_("Uhrzeit: als 09:30 angeben."))
    if int(hours[:3]) > 23 or int(minutes[:3]) > 59:
        raise Refused(_("Uhrzeit: als 09:30 angeben."))
    return time(int(hours), int(minutes))
