"""A month of stamps for a few people of each employer: read, approved by another, closed, paid two months later."""

from __future__ import annotations

from datetime import date, timedelta

from payroll.demo.write import Written
from payroll.runs.zeiten.stock import load_stock
from tenants.db.session import tenant_session
from timekeeping import service
from timekeeping.handover import closing

FORMAT = "kommen-gehen"
PEOPLE = 4
SHIFTS = (("14:00", "22:15", "0:30"), ("21:30", "06:00", "0:45"), ("08:00", "12:00", "0:00"))
DAY = timedelta(days=1)


def work_month(tenant: int, people: list[Written], month: date, clerk: str, head: str) -> int:
    """Brings a month of time into payroll; returns the number of rows. What is read by one is approved by the other."""
    rows = [line for written in _chosen(people, month) for line in _lines(written.mensch.personalnummer, month)]
    if not rows:
        return 0
    data = "\r\n".join(["PNR;Datum;Kommen;Gehen;Pause", *rows, ""]).encode("cp1252")
    with tenant_session(tenant, actor=clerk) as session:
        made = service.read_in(session, load_stock(session), f"zeiten-{month:%Y-%m}.csv", data, FORMAT)
        kennung = str(made.public_id)
    with tenant_session(tenant, actor=head) as session:
        stock = load_stock(session, month)
        service.approve(session, stock, service.find(session, kennung))
        closing.close(session, stock, month, feiertag="mit")
    return len(rows)


def _chosen(people: list[Written], month: date) -> list[Written]:
    """Nurses where there are any, else the office: those employed all along."""
    kinds = {written.mensch.kind for written in people}
    kind = "pflege" if "pflege" in kinds else "verwaltung"
    stays = [one for one in people if one.mensch.kind == kind and one.mensch.eintritt < month
             and one.mensch.austritt is None and one.mensch.art == "tarif"]
    return stays[-PEOPLE:]


def _lines(number: str, month: date) -> list[str]:
    """A late Tuesday, a night from Friday to Saturday and a Sunday morning in each of three weeks."""
    first = month + DAY * ((1 - month.weekday()) % 7)
    found = []
    for week in range(3):
        for shift, offset in zip(SHIFTS, (0, 3, 5), strict=True):
            day = first + DAY * (7 * week + offset)
            found.append(f"{number};{day:%d.%m.%Y};{';'.join(shift)}")
    return found
