"""``kreislohn joining …``: ein Arbeitgeber kommt dazu – Parallellauf, Vergleich, Produktivstart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll.payment_options import euros, who
from tenants.commands import stated
from tenants.counting import counted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
SIDES = {"kreis": "run.release", "arbeitgeber": "run.release_municipality"}


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``joining`` an."""
    group = click.Group("joining", help="Ein Arbeitgeber kommt dazu: Parallellauf, Vergleich, Produktivstart.")
    kreislohn.add_command(group)
    for add in (_begin, _take_back, _compare, _explain):
        add(group, acting, month)
    _approve(group, acting)


def _begin(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("begin")
    @click.option("--month", type=month_type, required=True, help="Erster Monat, der hier bezahlt wird.")
    @who
    @stated.needs("import.write")
    def begin(tenant: str, actor: str, data: Path, month: date) -> None:
        """Legt den Produktivstart fest; bis zu seiner Freigabe gibt niemand einen Lauf frei."""
        from payroll.runs.parallel import gate

        with acting(data, tenant, actor, "import.write") as session:
            gate.begin(session, month)
            click.echo(f"Bezahlt wird ab {month:%m/%Y}, nach dem Vergleich und der Freigabe durch zwei Personen.")

    @group.command("read")
    @click.argument("file", type=FILE)
    @click.option("--month", type=month_type, required=True)
    @who
    @stated.needs("import.write")
    def read(file: Path, tenant: str, actor: str, data: Path, month: date) -> None:
        """Liest die Ergebnisse des alten Verfahrens eines Monats ein (CSV)."""
        from payroll.runs.parallel import reading

        with acting(data, tenant, actor, "import.write") as session:
            found = reading.read(session, month, file.read_bytes())
            click.echo(f"{counted(found.personen, 'Person', 'Personen')}, {counted(found.werte, 'Wert', 'Werte')}, "
                       f"Fassung {found.fassung}")
            for number in found.unbekannt:
                click.echo(f"  {number}: gibt es hier nicht")


def _take_back(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("take-back")
    @click.option("--month", type=month_type, required=True)
    @click.option("--reason", required=True, help="Warum die Ergebnisse nicht zu diesem Monat gehören.")
    @who
    @stated.needs("import.write")
    def take_back(tenant: str, actor: str, data: Path, month: date, reason: str) -> None:
        """Nimmt die Ergebnisse eines falschen Monats zurück, solange der Start nicht freigegeben ist."""
        from payroll.runs.parallel import ruecknahme

        with acting(data, tenant, actor, "import.write") as session:
            row = ruecknahme.take_back(session, month, reason)
            click.echo(f"{month:%m/%Y}: Ergebnisse bis Fassung {row.fassung} zurückgenommen")


def _compare(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("compare")
    @click.option("--month", type=month_type, required=True)
    @click.option("--out", type=TARGET, default=None, help="Alle verglichenen Werte als CSV.")
    @who
    @stated.needs("run.read")
    def compare(tenant: str, actor: str, data: Path, month: date, out: Path | None) -> None:
        """Nennt jede Abweichung je Person und Wert; endet mit 1, wenn eine offen ist."""
        from payroll.runs.parallel import comparing
        from payroll.statements.emergency_commands import write_new
        from tenants.web.exports import as_csv

        with acting(data, tenant, actor, "run.read") as session:
            found = comparing.compare(session, month)
        for one in found.different():
            click.echo(f"{one.personalnummer}  {one.wert}  alt {_shown(one.alt)}  neu {_shown(one.neu)}  "
                       f"{one.stand}  {one.erklaerung}".rstrip())
        click.echo(f"{found.count('gleich')} gleich, {found.count('erklaert')} erklärt, {found.count('offen')} offen")
        if out is not None:
            write_new(out, as_csv(HEADER, [[one.personalnummer, one.titel, _shown(one.alt), _shown(one.neu), one.stand,
                                            one.erklaerung] for one in found.werte]))
        if found.count("offen"):
            raise SystemExit(1)


def _explain(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("explain")
    @click.option("--month", type=month_type, required=True)
    @click.option("--value", required=True, help="Name des Werts oder Nummer der Lohnart.")
    @click.option("--number", default="", help="Personalnummer; ohne Angabe alle mit demselben Unterschied.")
    @click.option("--difference", type=int, default=None, help="Unterschied in Cent (neu minus alt).")
    @click.option("--text", required=True, help="Warum der neue Wert richtig ist.")
    @who
    @stated.needs("run.check")
    def explain(tenant: str, actor: str, data: Path, month: date, value: str, number: str, difference: int | None,
                text: str) -> None:
        """Erklärt offene Abweichungen eines Werts."""
        from payroll.runs.parallel import comparing

        with acting(data, tenant, actor, "run.check") as session:
            count = comparing.explain(session, month, value, text, number=number, difference=difference)
            click.echo(f"{count} erklärt")


HEADER = ("Personalnummer", "Wert", "alt", "neu", "Stand", "Erklärung")


def _shown(cents: int | None) -> str:
    return "–" if cents is None else euros(cents)


def _approve(group: click.Group, acting: Acting) -> None:
    @group.command("approve")
    @click.option("--side", type=click.Choice(tuple(SIDES)), required=True)
    @who
    @stated.needs("run.release", "run.release_municipality")
    def approve(tenant: str, actor: str, data: Path, side: str) -> None:
        """Gibt den Produktivstart für eine Seite frei, wenn keine Abweichung offen ist."""
        from payroll.runs.parallel import gate, vortrag

        with acting(data, tenant, actor, SIDES[side]) as session:
            row = gate.approve(session, side)
            for one in vortrag.gaps(session, row.monat):
                click.echo(f"Hinweis: {one.personalnummer}: {one.tage} SV-Tage vorgetragen, {one.erwartet} bis zum "
                           "Start; parallele Monate gehören in den Vortrag.")
            click.echo("Der Start ist frei." if row.passed else "Freigegeben; es fehlt die andere Seite.")
