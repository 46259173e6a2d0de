"""Accounts of the demonstration: one of each kind of person, with ready sign-in data for this machine."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyotp
from sqlalchemy import select

from payroll.demo.write import Written
from tenants.db.session import PlatformSession, platform_session
from tenants.models import User
from tenants.users import service as users

SINCE = date(2025, 1, 1)
# The link is meant for the tour; whoever is signed in regularly gets no link at all.
STAFF = (
    ("karla.kern", "Karla Kern", "clerk", "Sachbearbeitung, alle fünf Arbeitgeber"),
    ("hanna.holz", "Hanna Holz", "head", "zweite Person: prüft und gibt frei"),
    ("gerda.grund", "Gerda Grund", "municipality", "Personalamt der Stadt Auenstedt"),
    ("kurt.kass", "Kurt Kass", "treasury", "Kasse: gibt Zahlungen frei und lädt die Dateien herunter"),
    ("rolf.rein", "Rolf Rein", "auditor", "Rechnungsprüfung"),
    ("otto.ordner", "Otto Ordner", "organisation", "Organisation: Stellenplan aller Arbeitgeber"),
)
OWN_OFFICE = {"210": "gerda.grund"}
PORTAL = (("erziehung", "Erzieherin oder Erzieher in der Stadt Auenstedt"), ("beamte", "Beamtin oder Beamter"),
          ("minijob", "Minijob"))


@dataclass(frozen=True)
class Access:
    """Sign-in data of one person; ``link`` works once, ``secret`` goes into a code app, ``code`` is its code of now."""

    login: str
    name: str
    words: str
    password: str
    secret: str
    code: str
    link: str


def create(tenants: Mapping[str, int], people: Mapping[str, Sequence[Written]]) -> None:
    """Staff with their mandates, the office that releases for each employer, three employees in the portal."""
    with platform_session(actor="demonstration") as session:
        for login, name, role, _ in STAFF:
            user = _user(session, login, name, "staff")
            for number, tenant in tenants.items():
                if role != "municipality" or OWN_OFFICE.get(number) == login:
                    users.give_mandate(session, tenant, user, role, SINCE)
        for number, tenant in tenants.items():
            if number not in OWN_OFFICE:
                office = _user(session, f"personalamt.{number}", f"Personalamt {number}", "staff")
                users.give_mandate(session, tenant, office, "municipality", SINCE)
        for written in _employees(people["210"]):
            user = _user(session, _login(written), f"{written.mensch.vorname} {written.mensch.nachname}", "employee")
            users.give_employee_access(session, tenants["210"], user, written.public_id, SINCE)


def office_of(number: str) -> str:
    """Login of the person who releases for an employer."""
    return OWN_OFFICE.get(number, f"personalamt.{number}")


def issue(base: str) -> list[Access]:
    """New passwords, second factors and one-time links for all people of the tour."""
    found = []
    with platform_session(actor="demonstration") as session:
        known = {login: words for login, _, _, words in STAFF}
        employees = session.scalars(select(User).where(User.kind == "employee", User.demo).order_by(User.id)).all()
        known |= {user.login: words for user, (_, words) in zip(employees, PORTAL, strict=True)}
        for login, words in known.items():
            user = session.scalars(select(User).where(User.login == login)).one()
            password = secrets.token_urlsafe(12)
            users.change_password(session, user, password)
            secret = users.enrol_second_factor(session, user, "Demonstration") if user.kind == "staff" else ""
            found.append((user, words, password, secret))
    return [Access(user.login, user.display_name, words, password, secret,
                   pyotp.TOTP(secret).now() if secret else "",
                   f"{base}/anmelden/einmal/{users.issue_one_time_link(user, issued_by='demonstration')}")
            for user, words, password, secret in found]


def _user(session: PlatformSession, login: str, name: str, kind: str) -> User:
    return users.create_user(session, login, name, kind=kind, demonstration=True)


def _employees(people: Sequence[Written]) -> list[Written]:
    """For each kind the first person who is employed all year."""
    chosen = []
    for kind, _ in PORTAL:
        chosen.append(next(w for w in people if w.mensch.kind == kind and w.mensch.austritt is None
                           and w.mensch.eintritt < date(2026, 1, 1)))
    return chosen


def _login(written: Written) -> str:
    return f"beschaeftigte.{written.mensch.personalnummer}"
