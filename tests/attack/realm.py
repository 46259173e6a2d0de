"""Das Ziel der Angriffe: zwei gefüllte Mandanten, Zugänge in jeder Rolle, Angemeldete mit Formularschlüssel.

Der eigene Mandant A ist der des Angreifers. Alles beim fremden Mandanten B trägt Zeichen, die sonst nirgends vorkommen.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from datetime import date

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from psycopg.rows import dict_row
from sqlalchemy import select

import app as application
from payroll.demo.names import Arbeitgeber
from payroll.demo.people import Bezug, Mensch, people_of
from payroll.demo.write import Written, write_people
from payroll.masterdata.models import Beschaeftigung
from payroll.runs import service as runs
from payroll.runs.reading import findings
from payroll.statements.certificates.content import Wanted
from payroll.statements.certificates.service import issue
from payroll.statements.publish import close_and_publish
from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models import Tenant, User
from tenants.permissions import MANDATE_ROLES, ROLES
from tenants.users.service import create_user, give_employee_access, give_mandate, issue_one_time_link
from tenants.web.settings import Settings

SINCE = date(2020, 1, 1)
TODAY = date(2026, 11, 25)
PAID, OPEN = date(2026, 1, 1), date(2026, 2, 1)
BAIT, SECRET = "zqxvbnmk", "wvkkptrl"  # bait may be sent by the attacker, the secret never is
FORTUNE = 123_456_789  # cents a month that nobody earns elsewhere
KINDS = {"verwaltung": 2, "beamte": 1, "minijob": 1, "auszubildende": 1}
OWN = Arbeitgeber("310", "Stadt Eigenhausen", "stadt", "Eigenhausen", "49911", "34567892", KINDS)
FOREIGN = Arbeitgeber("8766", f"Gemeinde {SECRET.title()}ingen", "gemeinde", f"{SECRET.title()}ingen", "98871",
                      "45678903", KINDS)  # fmt: skip


@dataclass
class Side:
    """Ein Mandant mit seinen Zugängen je Rolle."""

    tenant: Tenant
    users: dict[str, User]


@dataclass
class Realm:
    """Beide Seiten, die Anwendung und der Zugang des Verwalters zur Datenbank (er sieht alles)."""

    app: Flask
    own: Side
    foreign: Side
    dsns: Dsns
    admin: str
    attackers: dict[str, Attacker] = field(default_factory=dict)

    def attacker(self, role: str) -> Attacker:
        """Jemand vom eigenen Mandanten in dieser Rolle, angemeldet."""
        if role not in self.attackers:
            self.attackers[role] = Attacker(self.app, self.own.users[role], self.own.tenant)
        return self.attackers[role]

    def superuser(self) -> psycopg.Connection[dict[str, object]]:
        """Verbindung, für die keine Mauer steht."""
        return psycopg.connect(self.admin, autocommit=True, row_factory=dict_row)


class Attacker:
    """Ein Angemeldeter mit Formularschlüssel; verliert er die Sitzung, meldet er sich neu an."""

    def __init__(self, app: Flask, user: User, tenant: Tenant) -> None:
        self.app, self.user, self.tenant = app, user, tenant.public_id
        self.sign_in()

    def sign_in(self) -> None:
        """Neue Sitzung über einen Einmallink der Vorführung."""
        self.client: FlaskClient = self.app.test_client()
        link = f"/anmelden/einmal/{issue_one_time_link(self.user)}"
        answer = self.client.post(link, data={"csrf_token": form_key(self.client, link)})
        assert answer.status_code == 302, answer.text
        self.csrf = form_key(self.client, "/sicherheit/kennwort")


def form_key(client: FlaskClient, path: str) -> str:
    """Formularschlüssel, wie er auf einer Seite steht."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found is not None, path
    return found[1]


def build(dsns: Dsns, admin: str) -> Realm:
    """Legt beide Mandanten an und rechnet ihre Monate."""
    sides = [_side(OWN, "eig"), _side(FOREIGN, "fremd")]
    app = application.create_app(Settings(b"t" * 32, https=False, demonstration=True, today=lambda: TODAY))
    return Realm(app, *sides, dsns, admin)


def _side(employer: Arbeitgeber, prefix: str) -> Side:
    secret = SECRET if employer is FOREIGN else "anders"
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(
            session, employer.number, employer.name, employer.kind, demonstration=True,
            betriebsnummer=employer.betriebsnummer, strasse=f"{secret.title()}weg 1", plz=employer.plz,
            ort=employer.ort, finanzamt=f"{secret}amt")  # fmt: skip
    with tenant_session(tenant.id, actor=f"{prefix}.clerk") as session:
        written = write_people(session, [_marked(m, employer) for m in people_of(employer)])
    users = _users(tenant, prefix, written)
    _pay(tenant.id, prefix)
    return Side(tenant, users)


def _marked(person: Mensch, employer: Arbeitgeber) -> Mensch:
    if employer is not FOREIGN:
        return replace(person, nachname=f"Eigen{person.nachname}")
    number = person.personalnummer[-3:]
    return replace(
        person, nachname=f"{BAIT.title()}mann{number}", vorname=SECRET.title(), strasse=f"{SECRET.title()}gasse 7",
        ort=f"{SECRET.title()}ort", kostenstelle=f"{SECRET.upper()}{number}", konto=person.konto + 7_000_000,
        bezuege=[*person.bezuege, Bezug("zulage", FORTUNE, person.beginn)])  # fmt: skip


def _users(tenant: Tenant, prefix: str, written: list[Written]) -> dict[str, User]:
    users = {}
    with platform_session(actor="test") as session:
        for role in sorted(ROLES):
            kind = role if role in ("employee", "applicant") else "staff"
            login, admin = f"{prefix}.{role}".replace("_", "-"), role == "platform_admin"
            name = f"{SECRET.title()} Zugang" if prefix == "fremd" else f"Zugang {role}"
            users[role] = create_user(session, login, name, kind=kind, platform_admin=admin, demonstration=True)
            if role in MANDATE_ROLES:
                give_mandate(session, tenant.id, users[role], role, SINCE)
        give_employee_access(session, tenant.id, users["employee"], written[0].public_id, SINCE)
    return users


def _pay(tenant: int, prefix: str) -> None:
    """Ein Monat vom Rechnen bis zur Abrechnung, der nächste als Probelauf."""
    with tenant_session(tenant, actor=f"{prefix}.clerk") as session:
        shown = str(runs.calculate(session, PAID, key="angriff").ergebnis_hash)
        for finding, *_ in findings(session, PAID):
            if finding.stufe == "fehler":
                runs.acknowledge(session, finding.public_id, begruendung="Angriff")
        runs.check(session, PAID, ergebnis_hash=shown)
    with tenant_session(tenant, actor=f"{prefix}.head") as session:
        runs.release(session, PAID, ergebnis_hash=shown)
    with tenant_session(tenant, actor=f"{prefix}.municipality") as session:
        runs.release_municipality(session, PAID, ergebnis_hash=shown)
    with tenant_session(tenant, actor=f"{prefix}.clerk") as session:
        close_and_publish(session, PAID, ergebnis_hash=shown)
        job = session.scalars(select(Beschaeftigung).order_by(Beschaeftigung.id).limit(1)).one()
        certificate = Wanted(PAID, PAID, "wohngeld", f"Wohngeldstelle {prefix}", "", PAID)
        issue(session, job, certificate, key=uuid.uuid5(uuid.NAMESPACE_OID, prefix), reason="Angriff")
        runs.calculate(session, OPEN, key="angriff-offen")
