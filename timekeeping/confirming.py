"""Zeilen einer vorgelegten Datei, die eine Leitung für ihre Leute bestätigt oder ablehnt, bevor gebucht wird.

Ob es ohne diese Bestätigung keine Freigabe gibt, sagt das Profil (bestaetigung). Welche Zeilen eine Leitung sieht,
folgt der Stelle der Person im Monat der Zeile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from tenants import audit
from tenants.db.session import TenantSession
from timekeeping import service
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import ABGELEHNT, ANGENOMMEN, ZURUECKGESTELLT
from timekeeping.models import ZeitDatei, ZeitZeile

# For the first day of a month the employments (numbers of the stock) somebody may see then.
Visible = Callable[[date], Collection[int]]
OPEN = (ZeitZeile.stand == ANGENOMMEN, ZeitZeile.bestaetigt_von.is_(None))


@dataclass(frozen=True)
class Wartend:
    """Eine vorgelegte Datei mit unbestätigten Zeilen der eigenen Leute."""

    datei: ZeitDatei
    personen: int


def waiting(session: TenantSession, visible: Visible) -> list[Wartend]:
    """Vorgelegte Dateien, in denen noch etwas zu bestätigen ist, die jüngste zuerst."""
    start = func.date_trunc("month", ZeitZeile.von)
    jobs: dict[int, set[int]] = defaultdict(set)
    seen: dict[date, Collection[int]] = {}
    found = session.execute(
        select(ZeitZeile.datei_id, start, ZeitZeile.beschaeftigung_id)
        .join(ZeitDatei, (ZeitDatei.tenant_id == ZeitZeile.tenant_id) & (ZeitDatei.id == ZeitZeile.datei_id))
        .where(ZeitDatei.zustand == "vorgelegt", *OPEN).distinct()).all()
    for number, moment, job in found:
        month = moment.date()
        if job in seen.setdefault(month, visible(month)):
            jobs[number].add(job)
    files = session.scalars(select(ZeitDatei).where(ZeitDatei.id.in_(sorted(jobs))).order_by(ZeitDatei.id.desc()))
    return [Wartend(one, len(jobs[one.id])) for one in files]


def rows(session: TenantSession, datei: ZeitDatei, visible: Visible) -> dict[int, list[ZeitZeile]]:
    """Zeilen der Datei je sichtbarer Beschäftigung, in der Folge der Datei: was gebucht würde, was noch wartet und was
    eine Leitung abgelehnt hat."""
    start = func.date_trunc("month", ZeitZeile.von)
    months = session.scalars(select(start).where(ZeitZeile.datei_id == datei.id, ZeitZeile.von.is_not(None)).distinct())
    allowed = {moment.date(): frozenset(visible(moment.date())) for moment in months}
    jobs = sorted(frozenset().union(*allowed.values()))
    kept: dict[int, list[ZeitZeile]] = defaultdict(list)
    for row in session.scalars(
            select(ZeitZeile).where(ZeitZeile.datei_id == datei.id, ZeitZeile.beschaeftigung_id.in_(jobs),
                                    ZeitZeile.stand.in_((ANGENOMMEN, ZURUECKGESTELLT))
                                    | ZeitZeile.bestaetigt_von.is_not(None)).order_by(ZeitZeile.position)):
        if row.von is not None and row.beschaeftigung_id in allowed[row.von.replace(day=1)]:
            kept[row.beschaeftigung_id].append(row)
    return dict(kept)


def decide(session: TenantSession, datei: ZeitDatei, chosen: Collection[ZeitZeile], *, bestaetigen: bool, grund: str,
           own: Collection[int]) -> int:
    """Bestätigt Zeilen oder lehnt sie ab; gibt an, wie viele es waren. own: eigene Beschäftigungen des Handelnden.

    Abgelehntes wird nicht gebucht und nennt Grund und Namen; hilft dann nur eine berichtigte Datei.
    """
    actor = str(session.info["actor"])
    if datei.zustand != "vorgelegt":
        raise ImportFehler(f"Die Datei ist {datei.zustand}", "bestätigt wird, solange sie vorgelegt ist")
    if service.handed_in(session, datei, actor):
        raise ImportFehler(f"{actor} hat die Datei eingelesen und bestätigt ihre Zeilen nicht",
                           "eine zweite Person bitten")
    open_ones = [row for row in chosen if row.stand == ANGENOMMEN and row.bestaetigt_von is None]
    if not open_ones:
        raise ImportFehler("Keine offene Zeile gewählt", "Personen ankreuzen, deren Zeilen noch offen sind")
    if any(row.beschaeftigung_id in own for row in open_ones):
        raise ImportFehler("Die eigenen Zeiten bestätigt niemand selbst", "die vorgesetzte Leitung bitten")
    if not bestaetigen and not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, was an den Zeiten nicht stimmt")
    for row in open_ones:
        row.bestaetigt_von, row.bestaetigt_am = actor, func.now()
        if not bestaetigen:
            row.stand, row.grund = ABGELEHNT, f"{actor} hat abgelehnt: {grund.strip()}"
            row.abhilfe = "im Zeitsystem berichtigen und die Datei neu einlesen"
    session.flush()
    audit.record(session, "zeitdatei.bestaetigt", f"zeitdatei:{datei.public_id}",
                 {"zeilen": sorted(row.zeile for row in open_ones), "bestaetigt": bestaetigen}, grund.strip() or None)
    return len(open_ones)
