"""Portal: ein Jahr im Überblick, je Beschäftigung, aus den eigenen Abrechnungen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from payroll.statements import years
from payroll.statements.payslip import Payslip
from payroll.statements.years import MonthSums, Sums
from payroll.web.desk.costs import CostChart, chart
from payroll.web.portal import reading
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.documents import own_key
from tenants.web.identity import HeldMandate, current

year_portal = Blueprint("yearview", __name__, url_prefix="/portal/jahr")


@dataclass
class EmploymentYear:
    """Ein Jahr einer Beschäftigung; sealed zählt die Monate, die sich nicht öffnen ließen."""

    held: HeldMandate
    personalnummer: str
    slips: list[Payslip] = field(default_factory=list)
    sealed: int = 0

    @property
    def months(self) -> list[MonthSums]:
        """Je Monat eine Zeile."""
        return years.of_months(self.slips)

    @property
    def total(self) -> Sums:
        """Summe des Jahres."""
        return years.total(self.months)

    @property
    def chart(self) -> CostChart | None:
        """Säulen der Auszahlung."""
        return chart([(one.monat, one.sums.auszahlung) for one in self.months])


@year_portal.get("")
@permission("slip.read_own")
def index() -> str | Response:
    """Ein Jahr; ohne Angabe das jüngste mit einer Abrechnung."""
    me, key, found = current(), own_key(), []
    for held in me.holding("slip.read_own"):
        with tenant_session(held.tenant_id, actor=me.login) as session:
            found += reading.own_slips(session, held, me.login, key)
    known = sorted({one.entry.monat.year for one in found}, reverse=True)
    wanted = request.args.get("jahr", "")
    if wanted and wanted not in map(str, known):
        abort(404)
    shown = int(wanted) if wanted else (known[0] if known else None)
    jobs = by_employment(one for one in found if one.entry.monat.year == shown)
    if kind := request.args.get("format"):
        return exports.respond(kind, f"jahr-{shown}", _header(), [row for job in jobs for row in _cells(job)])
    return render_template("payroll/portal/year.html", year=shown, years=known, jobs=jobs, unlocked=key is not None)


def by_employment(slips: Iterable[reading.OwnSlip]) -> list[EmploymentYear]:
    """Abrechnungen eines Jahres je Arbeitgeber und Personalnummer, in dieser Reihenfolge."""
    jobs: dict[tuple[str, str], EmploymentYear] = {}
    for one in slips:
        place = (one.held.number, one.entry.personalnummer)
        job = jobs.setdefault(place, EmploymentYear(one.held, one.entry.personalnummer))
        if one.slip is None:
            job.sealed += 1
        else:
            job.slips.append(one.slip)
    return [job for _place, job in sorted(jobs.items(), key=lambda item: item[0])]


def _header() -> tuple[str, ...]:
    return (_("Arbeitgeber"), _("Personalnummer"), _("Monat"), _("Brutto"), _("Steuern"), _("Sozialversicherung"),
            _("Zusatzversorgung"), _("Netto"), _("Auszahlung"))


def _cells(job: EmploymentYear) -> list[tuple[object, ...]]:
    head = (job.held.name, job.personalnummer)
    rows = [(*head, f"{one.monat:%m/%Y}", *_amounts(one.sums)) for one in job.months]
    return [*rows, (*head, _("Summe"), *_amounts(job.total))]


def _amounts(sums: Sums) -> tuple[object, ...]:
    return tuple(exports.euros(cents) for cents in astuple(sums))
