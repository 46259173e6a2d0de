"""Stelle und Zeiten einer Person: was sie im Stellenplan hält, und ihre Zeitmonate."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, render_template
from flask_babel import lazy_gettext as _

from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import jobs_of, person_of
from staffplan.places import places_of
from staffplan.shares import short
from tenants import audit
from tenants.db.session import tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of
from timekeeping.listing import months

work_desk = Blueprint("workplace", __name__,
                      url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/stelle-und-zeiten")
SHOWN = 12
PERSON_TABS = (
    (_("Angaben"), "person.page", "person.read"),
    (_("Abrechnungen"), "slips.index", "slip.read_all"),
    (_("Lohnkonto"), "wageaccount.latest", "slip.read_all"),
    (_("Stelle und Zeiten"), "workplace.page", "person.read"),
    (_("Personalakte"), "personalfile.index", "file.read"),
    (_("Bescheinigungen"), "certificates.form", "certificate.issue"),
    (_("Pfändungen"), "claims.page", "claim.read"),
    (_("Verträge und Darlehen"), "contracts.page", "person.read"),
    (_("Zugang zum Portal"), "portalaccess.page", "person.write"),
)


@work_desk.get("")
@permission("person.read")
def page(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Besetzungen und Zeitmonate, soweit die Rolle beides lesen darf; das Lesen steht im Protokoll."""
    held, today = current_mandate(), settings_of(current_app).today()
    plan, times = (held.may(name) and held.limit(name) is None for name in ("staffplan.read", "time.read"))
    with tenant_session(held.tenant_id, actor=current().login) as session:
        owner = person_of(session, person)
        jobs = jobs_of(session, owner)
        places = places_of(session, [job.personalnummer for job in jobs]) if plan else []
        spans = [(job, [one for one in months(session, {job.id}) if one.zeilen][:SHOWN]) for job in jobs if times]
        name = name_of(session, owner.id, today)
        audit.record_reading(session, "person.gelesen", f"person:{person}", {"teil": "stelle und zeiten"})
    return render_template("payroll/desk/workplace.html", held=held, person=person, name=name, places=places,
                           spans=spans, on=today, plan=plan, times=times, share=short)
