"""Hochrechnungen merken, wiederfinden, der Kämmerei übergeben, löschen."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select

from payroll.budget import course, lines
from payroll.budget.assumptions import Annahmen, as_plain, from_plain
from payroll.budget.lines import Ergebnis, Schluessel
from payroll.budget.models import Hochrechnung
from payroll.runs.whatif.massnahmen import SzenarioFehler
from tenants.audit import record, record_reading
from tenants.collector import collector_paused
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal

RIGHT, TREASURY = "whatif.write", "posting.read"
KEPT, MOST = timedelta(days=730), 100
TABLE, COLUMN = "hochrechnung", "stellen_siegel"


def compute(session: TenantSession, annahmen: Annahmen) -> Ergebnis:
    """Rechnet, ohne zu merken."""
    with collector_paused():
        return lines.collect(course.begin(session, annahmen))


def keep(session: TenantSession, annahmen: Annahmen, kennung: uuid.UUID) -> Hochrechnung:
    """Rechnet und merkt; ist die Kennung schon da, ersetzt es den früheren Stand. Ein übergebener Ansatz bleibt."""
    session.execute(delete(Hochrechnung).where(Hochrechnung.stand < func.now() - KEPT,
                                               Hochrechnung.uebergeben_am.is_(None))
                    .execution_options(synchronize_session=False))
    row = find(session, kennung)
    if row is not None and row.uebergeben_am is not None:
        raise SzenarioFehler(f"{row.name}: ist als Ansatz übergeben und bleibt, wie es ist; eine neue anlegen.")
    if row is None and (session.scalar(select(func.count(Hochrechnung.id))) or 0) >= MOST:
        raise SzenarioFehler(f"Hochrechnungen: es sind schon {MOST} gemerkt; alte löschen.")
    found = compute(session, annahmen)
    if row is None:
        row = Hochrechnung(kennung=kennung)
        session.add(row)
    row.name, row.ab, row.monate, row.annahmen = annahmen.name, annahmen.ab, annahmen.monate, as_plain(annahmen)
    row.anmerkungen = found.anmerkungen
    row.zeilen = [[key[0].isoformat(), *key[1:], cents] for key, cents in sorted(found.zeilen.items()) if cents]
    row.erstattungen = [[key[0].isoformat(), key[1], cents] for key, cents in sorted(found.erstattungen.items())]
    row.personen = [[month.isoformat(), count] for month, count in sorted(found.personen.items())]
    row.rueckstellungen = [[key[0].isoformat(), key[1], cents] for key, cents in sorted(found.rueckstellungen.items())]
    by_post = json.dumps([[*key, cents] for key, cents in sorted(found.stellen.items())], separators=(",", ":"))
    row.stellen_siegel = seal(session, by_post.encode(), table=TABLE, row=str(kennung), column=COLUMN)
    row.stand, row.gerechnet_von = func.now(), str(session.info["actor"])
    session.flush()
    session.refresh(row)
    record(session, "hochrechnung.gerechnet", f"hochrechnung:{kennung}",
           {"name": row.name, "ab": row.ab.isoformat(), "monate": row.monate})
    return row


def lines_of(row: Hochrechnung) -> dict[Schluessel, int]:
    """Die gemerkten Zeilen."""
    return {(date.fromisoformat(month), centre, product, account, kind): int(cents)
            for month, centre, product, account, kind, cents in row.zeilen}


def provisions_of(row: Hochrechnung) -> dict[tuple[date, str], int]:
    """Die gemerkten Stände der Rückstellungen."""
    return {(date.fromisoformat(month), art): int(cents) for month, art, cents in row.rueckstellungen}


def posts_of(session: TenantSession, row: Hochrechnung) -> dict[str, dict[str, int]]:
    """Kosten je Stelle über den Zeitraum, nach gebunden und erwartet; das Öffnen steht im Protokoll."""
    raw = open_sealed(session, row.stellen_siegel, table=TABLE, row=str(row.kennung), column=COLUMN)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for number, kind, cents in json.loads(raw):
        found[number][kind] = int(cents)
    record_reading(session, "hochrechnung.stellen_geoeffnet", f"hochrechnung:{row.kennung}", {"name": row.name})
    return found


def assumptions_of(row: Hochrechnung) -> Annahmen:
    """Die gemerkten Annahmen."""
    return from_plain(row.annahmen)


def by_account(row: Hochrechnung) -> dict[str, dict[date, int]]:
    """Je Konto die Monate (Cent)."""
    found: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for (month, _, _, account, _), cents in lines_of(row).items():
        found[account][month] += cents
    return {account: dict(months) for account, months in sorted(found.items())}


def by_month(row: Hochrechnung) -> dict[date, int]:
    """Je Monat die Kosten (Cent)."""
    found: dict[date, int] = defaultdict(int)
    for key, cents in lines_of(row).items():
        found[key[0]] += cents
    return dict(sorted(found.items()))


def months_of(row: Hochrechnung) -> list[date]:
    """Die Monate, aufsteigend."""
    return [date.fromisoformat(month) for month, _ in row.personen]


def find(session: TenantSession, kennung: uuid.UUID) -> Hochrechnung | None:
    """Die Hochrechnung, wenn es sie hier gibt."""
    return session.scalars(select(Hochrechnung).where(Hochrechnung.kennung == kennung)).one_or_none()


def all_of(session: TenantSession, *, handed: bool = False) -> Sequence[Hochrechnung]:
    """Alle gemerkten, zuletzt gerechnete zuerst; `handed`: nur übergebene."""
    statement = select(Hochrechnung).order_by(Hochrechnung.stand.desc(), Hochrechnung.id)
    return session.scalars(statement.where(Hochrechnung.uebergeben_am.is_not(None)) if handed else statement).all()


def hand_over(session: TenantSession, row: Hochrechnung) -> None:
    """Übergibt der Kämmerei als Ansatz; danach ändert sich nichts mehr."""
    if row.uebergeben_am is not None:
        raise SzenarioFehler(f"{row.name}: ist schon übergeben.")
    row.uebergeben_am, row.uebergeben_von = func.now(), str(session.info["actor"])
    session.flush()
    session.refresh(row)
    record(session, "hochrechnung.uebergeben", f"hochrechnung:{row.kennung}",
           {"name": row.name, "kosten": sum(by_month(row).values())})


def forget(session: TenantSession, row: Hochrechnung) -> None:
    """Löscht eine Hochrechnung; ein übergebener Ansatz bleibt."""
    if row.uebergeben_am is not None:
        raise SzenarioFehler(f"{row.name}: ist als Ansatz übergeben und lässt sich nicht löschen.")
    record(session, "hochrechnung.geloescht", f"hochrechnung:{row.kennung}", {"name": row.name})
    session.delete(row)
    session.flush()
