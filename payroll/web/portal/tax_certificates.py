"""Portal: die eigenen gemeldeten Lohnsteuerbescheinigungen als PDF (§ 41b Abs. 1 Satz 3 EStG)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, abort

from payroll.filings.jahresende import ausdruck
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import HeldMandate, current, current_mandate

tax_portal = Blueprint("owntax", __name__, url_prefix="/portal/<uuid:mandant>/lohnsteuerbescheinigungen")


@dataclass(frozen=True)
class OwnTaxCertificate:
    """Eine eigene gemeldete Lohnsteuerbescheinigung und bei welchem Arbeitgeber."""

    held: HeldMandate
    entry: ausdruck.Bescheinigung


def own_tax_certificates(session: TenantSession, held: HeldMandate) -> list[OwnTaxCertificate]:
    """Alle eigenen bei einem Arbeitgeber, die jüngste zuerst."""
    return [OwnTaxCertificate(held, entry) for person in sorted(held.person_public_ids)
            for entry in ausdruck.of_person(session, person)]


@tax_portal.get("/<uuid:kennung>/pdf")
@permission("slip.read_own")
def pdf(mandant: uuid.UUID, kennung: uuid.UUID) -> Response:
    """Der Ausdruck einer eigenen Bescheinigung; was berichtigt ist, gibt es nicht mehr."""
    held, me = current_mandate(), current()
    with tenant_session(held.tenant_id, actor=me.login) as session:
        found = [made for person in held.person_public_ids
                 if (made := ausdruck.printed(session, person, kennung, reader=me.login)) is not None]
    if not found:
        abort(404)
    (rendered, name), = found
    return exports.attachment(rendered.pdf, "application/pdf", name)
