"""Verträge und Darlehen einer Person: was offen ist, was einbehalten wurde, wie es weitergeht, was an wen ging."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, current_app, render_template

from payroll.masterdata.models import Beschaeftigung
from payroll.runs.beside.contracts import Jahresbetrag, Vertragsstand, contracts, limits
from payroll.runs.beside.history import Darlehensstand, Rate, balances, plan
from payroll.web.desk.kinds_beside import DARLEHENSARTEN, SPARARTEN
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import jobs_of, person_of
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

contract_desk = Blueprint("contracts", __name__,
                          url_prefix="/mandanten/<uuid:mandant>/personen/<uuid:person>/vertraege")  # fmt: skip


@dataclass(frozen=True)
class LoanView:
    """Ein Vorschuss oder Darlehen mit Stand und Plan."""

    held: Darlehensstand
    plan: list[Rate]


@dataclass(frozen=True)
class JobContracts:
    """Eine Beschäftigung: Darlehen, Sparverträge, Jahresbeträge der Entgeltumwandlung (nur mit einem solchen)."""

    job: Beschaeftigung
    loans: list[LoanView]
    savings: list[Vertragsstand]
    limits: list[Jahresbetrag]


@contract_desk.get("")
@permission("person.read")
def page(mandant: uuid.UUID, person: uuid.UUID) -> str:
    """Die Seite einer Person; das Lesen steht im Protokoll."""
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        owner = person_of(session, person)
        audit.record_reading(session, "vertraege.gelesen", f"person:{person}", {})
        found = [_job(session, job, today) for job in jobs_of(session, owner)]
        name = name_of(session, owner.id, today)
        return render_template("payroll/desk/contracts.html", held=held, person=person, name=name, jobs=found,
                               year=today.year, loan_words=dict(DARLEHENSARTEN), saving_words=dict(SPARARTEN))


def _job(session: TenantSession, job: Beschaeftigung, today: date) -> JobContracts:
    loans = [LoanView(one, plan(one, today)) for one in balances(session, job.id)]
    savings = contracts(session, job.id, today.year)
    converting = any(one.vertrag.art == "entgeltumwandlung" for one in savings)
    return JobContracts(job, loans, savings, limits(session, job.id, today.year) if converting else [])
