"""Brief zur ersten Anmeldung als Papier, im Wortlaut des Arbeitgebers; der Code steht nur in diesem Dokument."""

from __future__ import annotations

from datetime import date

from payroll.statements.briefe import angaben, ausgabe, vorlagen
from tenants.db.session import tenant_session
from tenants.users import codes
from tenants.users.letters import Letter


def paper(tenant: int, letter: Letter, address: str, day: date, actor: str) -> bytes:
    """Das PDF; address ist die Adresse des Portals. Abgelegt wird es nirgends."""
    with tenant_session(tenant, actor=actor) as session:
        wording, from_ = vorlagen.current(session, "erstanmeldung"), angaben.sender(session)
    name = letter.display_name
    values = {"name": name, "nachname": name.rpartition(" ")[2], "arbeitgeber": from_.name, "ort": from_.ort,
              "datum": f"{day:%d.%m.%Y}", "adresse": address, "anmeldename": letter.login, "code": letter.code,
              "gueltig_bis": f"{letter.expires_at:%d.%m.%Y}", "zeichen": codes.ALPHABET}
    return ausgabe.composed(wording, values, from_, (name, "persönlich"), day).pdf
