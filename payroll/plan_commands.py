"""Befehle für den Stellenplan: ``kreislohn staffplan …``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from tenants.commands import stated
from tenants.counting import counted

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
SHOWN = 50


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``staffplan`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("staffplan", help="Stellenplan: einlesen, ausgeben, fällige Vermerke, Dokument, Nachprüfung.")
    kreislohn.add_command(group)
    for command in (_import, _export, _notes, _document, _verify):
        command(group, acting)


@contextmanager
def _clear_words() -> Iterator[None]:
    from staffplan.imports import UnreadableFile
    from staffplan.rules import Refused

    try:
        yield
    except (UnreadableFile, Refused) as error:
        raise click.ClickException(str(error)) from error


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def _day(context: click.Context, parameter: click.Parameter, text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise click.BadParameter("als 2026-06-30 angeben") from error


def _import(group: click.Group, acting: Acting) -> None:
    @group.command("import")
    @_who
    @click.option("--from", "ab", required=True, callback=_day, help="Tag, ab dem der Bestand gilt (2026-01-01).")
    @click.option("--decision", required=True, help="Worauf er beruht, zum Beispiel „Stellenplan 2026“.")
    @click.option("--dry-run", is_flag=True, help="Nur prüfen und die Summen zeigen.")
    @click.argument("file", type=FILE)
    @stated.needs("staffplan.write")
    def take_over(tenant: str, actor: str, data: Path, ab: date, decision: str, dry_run: bool, file: Path) -> None:
        """Liest einen bestehenden Plan (XLSX oder CSV) ein; mit einer falschen Zeile wird nichts geschrieben."""
        from staffplan import imports, settings, shares
        from staffplan.reading import stand

        with _clear_words(), acting(data, tenant, actor, "staffplan.write") as session:
            rows = imports.read(file.read_bytes())
            found = imports.check(rows, stand(session, ab), ab, decision, settings.of(session, ab).raster)
            for one in found.probleme[:SHOWN]:
                click.echo(str(one))
            for career, grade, total in found.summen():
                click.echo(f"{career:<5} {grade:<5} {shares.shown(total, 4):>10}")
            if not dry_run:
                imports.store(session, found, reason=decision, source=file.name)
            click.echo(f"{counted(len(found.stellen), 'Stelle', 'Stellen')}, "
                       f"{counted(len(found.besetzungen), 'Besetzung', 'Besetzungen')}, "
                       f"{counted(len(found.probleme), 'Zeile', 'Zeilen')} nicht in Ordnung"
                       f"{', nur geprüft' if dry_run else ', übernommen'}")


def _export(group: click.Group, acting: Acting) -> None:
    @group.command("export")
    @_who
    @click.option("--day", callback=_day, default=None, help="Tag des Bestands (2026-06-30); Vorgabe heute.")
    @click.argument("file", type=TARGET)
    @stated.needs("staffplan.read")
    def export(tenant: str, actor: str, data: Path, day: date, file: Path) -> None:
        """Gibt alle Stellen eines Tages als CSV oder XLSX aus (nach der Endung)."""
        from staffplan import imports
        from staffplan.reading import stand

        build = imports.export_xlsx if file.suffix == ".xlsx" else imports.export_csv
        with acting(data, tenant, actor, "staffplan.read") as session:
            held = stand(session, day)
            file.write_bytes(build(held))
        click.echo(f"{counted(len(held.stellen), 'Stelle', 'Stellen')} am {day:%d.%m.%Y} in {file.name}")


def _notes(group: click.Group, acting: Acting) -> None:
    @group.command("notes")
    @_who
    @click.option("--day", callback=_day, default=None, help="Tag (2026-06-30); Vorgabe heute.")
    @click.option("--execute", is_flag=True, help="Fällige Vermerke freier Stellen vollziehen.")
    @stated.needs("staffplan.read", "staffplan.write")
    def notes(tenant: str, actor: str, data: Path, day: date, execute: bool) -> None:
        """Nennt fällige kw- und ku-Vermerke; vollzieht sie auf Wunsch."""
        from staffplan import notes as service
        from staffplan.reading import stand

        with _clear_words(), acting(data, tenant, actor, "staffplan.write" if execute else "staffplan.read") as session:
            for post, note in service.due(stand(session, day)):
                state = "frei" if service.executable(post, note) else "noch besetzt"
                click.echo(f"Stelle {post.nummer} {post.gruppe}: {note.art} fällig, {state}")
            if execute:
                for words in service.execute_due(session, day):
                    click.echo(words)


def _document(group: click.Group, acting: Acting) -> None:
    @group.command("document")
    @_who
    @click.option("--year", type=click.IntRange(2000, 2199), required=True)
    @click.option("--amendment", type=click.IntRange(0), default=0, show_default=True, help="Nummer des Nachtrags.")
    @click.argument("file", type=TARGET)
    @stated.needs("staffplan.read")
    def document(tenant: str, actor: str, data: Path, year: int, amendment: int, file: Path) -> None:
        """Schreibt einen Plan als PDF, XLSX oder CSV (nach der Endung)."""
        from payroll.statements import plan_pdf
        from staffplan import plans
        from staffplan.documents import files

        with _clear_words(), acting(data, tenant, actor, "staffplan.read") as session:
            plan = _find(session, year, amendment)
            made = plans.preview(session, plan)
        decided = f"Beschlossen: {plan.gremium}, Sitzung am {plan.sitzung:%d.%m.%Y}" if plan.sitzung else ""
        day = plan.sitzung or date(year, 1, 1)
        build = {".xlsx": files.as_xlsx, ".csv": files.as_csv}.get(file.suffix)
        file.write_bytes(build(made) if build else plan_pdf.render(made, day, decided))
        click.echo(f"{made.titel}: {file.name}")


def _verify(group: click.Group, acting: Acting) -> None:
    @group.command("verify")
    @_who
    @stated.needs("staffplan.read")
    def verify(tenant: str, actor: str, data: Path) -> None:
        """Prüft alle beschlossenen Pläne: Prüfsumme und Nachbau aus den Tatsachen."""
        from staffplan import plans

        wrong = 0
        with acting(data, tenant, actor, "staffplan.read") as session:
            for plan in plans.all_plans(session):
                found = plans.verify(session, plan) if plan.inhalt is not None else []
                wrong += len(found)
                state = "Entwurf" if plan.inhalt is None else "stimmt" if not found else "WEICHT AB"
                click.echo(f"{plans.title(plan)}: {state}")
                for words in found:
                    click.echo(f"  {words}")
        if wrong:
            raise click.ClickException(f"{counted(wrong, 'Abweichung', 'Abweichungen')}.")


def _find(session: Any, year: int, amendment: int) -> Any:
    from staffplan import plans
    from staffplan.rules import Refused

    found = [one for one in plans.all_plans(session) if (one.jahr, one.nachtrag) == (year, amendment)]
    if not found:
        raise Refused(f"Für {year} gibt es keinen Plan mit Nachtrag {amendment}.")
    return found[0]
