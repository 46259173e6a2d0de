"""Monate, in denen Besoldung unter Vorbehalt gezahlt ist, sobald die Tabelle verkündet ist (§ 15 Abs. 2 LBesG NRW).

Gefragt wird, was unter Vorbehalt noch steht: die Zeilen 2015 der abgeschlossenen Monate samt allem, was dazu
nachgebucht wurde. Ist für Tarifwerk und Monat kein Entwurf mehr offen, ist der Monat neu zu rechnen; danach steht unter
Vorbehalt nichts mehr, und er kommt nicht wieder. Eine hochgeladene Tabelle ist eine Tatsache und wirkt von selbst.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func, select

from payroll.law.parameters.pay_tables import in_force, load_pay_tables
from payroll.masterdata.clocks import known, within
from payroll.masterdata.models import Bezuegezuordnung
from payroll.runs.derived import VORBEHALT
from payroll.runs.models import Ergebnis, Ergebniszeile, Hinweis, Lauf
from payroll.runs.retro.affected import Affected, Closed, Ursache, month_end
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db.scope import lifted
from tenants.db.session import TenantSession

TABLE, TITLE = "besoldungstabelle", "Verkündete Besoldungstabelle"
WHY = "Die Besoldung war unter Vorbehalt nach dem Entwurf gezahlt; die Tabelle ist verkündet"
FAMILIE = "Familienzuschlag"
Place = tuple[int, date]


def open_drafts(day: date) -> frozenset[str]:
    """Tarifwerke, für die an dem Tag ein Entwurf mehr bringt als das geltende Recht; FAMILIE für den Zuschlag."""
    tables = load_pay_tables()
    found = {cell.key[0] for cell in tables.on(day, drafts=True).values() if cell.status == "entwurf"}
    family = in_force(tables.familie, day, drafts=True).values()
    return frozenset(found | ({FAMILIE} if any(cell.status == "entwurf" for cell in family) else set()))


def add_promulgated(session: TenantSession, closed: Closed, affected: Affected, known_at: datetime | None) -> None:
    """Merkt solche Monate vor; eine Abfrage, wenn nie ein Abschlag gezahlt wurde, sonst vier."""
    reserved = (select(Hinweis.id).join(Lauf, Lauf.id == Hinweis.lauf_id)
                .where(Hinweis.feld == "abschlag_auf_entwurf", Lauf.zustand == "abgeschlossen").limit(1))
    if not closed.since:
        return
    with lifted(session):  # the finding is of the whole run and names nobody
        paid = session.scalar(reserved) is not None
    if not paid:
        return
    months = set(closed.months)
    standing = {place for place, cents in _standing(session).items() if cents and place[1] in months}
    scales = _scales(session, standing, known_at) if standing else {}
    for job, month in sorted(standing):
        drafts = open_drafts(month)
        if not drafts & scales.get((job, month), frozenset()) and FAMILIE not in drafts:
            since = closed.since[month]
            affected.add(job, month, Ursache(TABLE, TITLE, f"{month:%Y-%m}", month, month_end(month), since, "programm",
                                             WHY), since)


def _standing(session: TenantSession) -> dict[Place, int]:
    """Was je Beschäftigung und Monat unter Vorbehalt gezahlt ist (Cent)."""
    found: dict[Place, int] = defaultdict(int)
    paid = (
        select(Ergebnis.beschaeftigung_id, Ergebnis.monat, func.sum(Ergebniszeile.betrag).label("cent"))
        .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Ergebniszeile.lohnart == VORBEHALT[0])
        .group_by(Ergebnis.beschaeftigung_id, Ergebnis.monat))
    booked = (
        select(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat, func.sum(RueckrechnungZeile.betrag).label("cent"))
        .join(RueckrechnungZeile, RueckrechnungZeile.rueckrechnung_id == Rueckrechnung.id)
        .join(Lauf, Lauf.id == Rueckrechnung.lauf_id)
        .where(Lauf.zustand == "abgeschlossen", Rueckrechnung.art == "entstehung",
               RueckrechnungZeile.bereich == "bezug", RueckrechnungZeile.name == VORBEHALT[0])
        .group_by(Rueckrechnung.beschaeftigung_id, Rueckrechnung.monat))
    for statement in (paid, booked):
        for row in session.execute(statement):
            found[row.beschaeftigung_id, row.monat] += int(row.cent)
    return found


def _scales(session: TenantSession, places: Iterable[Place], known_at: datetime | None) -> dict[Place, frozenset[str]]:
    """Tarifwerke jeder Beschäftigung im Monat."""
    jobs = {job for job, _ in places}
    months = sorted({month for _, month in places})
    rows = session.execute(
        select(Bezuegezuordnung.beschaeftigung_id, Bezuegezuordnung.tarifwerk, Bezuegezuordnung.valid_from,
               Bezuegezuordnung.valid_to)
        .where(known(Bezuegezuordnung, known_at), within(Bezuegezuordnung, months[0], month_end(months[-1])),
               Bezuegezuordnung.beschaeftigung_id.in_(jobs))).all()
    return {(job, month): frozenset(
        row.tarifwerk for row in rows if row.beschaeftigung_id == job and row.valid_from <= month_end(month)
        and (row.valid_to is None or row.valid_to >= month)) for job, month in places}
