"""Befehle für Zeitdateien: ``kreislohn time …``; die Stammdaten reicht dieses Stockwerk der Zeitwirtschaft hinein."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from payroll import own_time_commands
from tenants.commands import stated
from tenants.counting import counted
from timekeeping.imports.problems import ImportFehler

DIRECTORY = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
SHOWN = 50


def register(kreislohn: click.Group, acting: Acting) -> None:
    """Hängt die Gruppe ``time`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("time", help="Zeitdateien fremder Zeitsysteme.")
    kreislohn.add_command(group)
    _formats(group)
    for command in (_import, _show, _decide, _approve, _withdraw, _profile, _close, _absences, _absence):
        command(group, acting)
    own_time_commands.register(group, acting, _who, _clear_words)


def load_stock(session: Any) -> Any:
    """Personalnummern, Schlüssel, abgeschlossene Zeitmonate eines Arbeitgebers."""
    from payroll.runs.zeiten.stock import load_stock as load

    return load(session)


@contextmanager
def _clear_words() -> Iterator[None]:
    try:
        yield
    except ImportFehler as error:
        raise click.ClickException(str(error)) from error


def _who(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--tenant", required=True, help="Nummer des Arbeitgebers."),
        click.option("--actor", required=True, help="Anmeldename der handelnden Person; sie braucht ein Mandat."),
        click.option("--data", type=DIRECTORY, default=Path("var"), show_default=True),
    ):
        command = option(command)
    return command


def _formats(group: click.Group) -> None:
    @group.command("formats")
    @stated.without_tenant("nennt mitgelieferte Formate")
    def formats() -> None:
        """Nennt die mitgelieferten Formate."""
        from timekeeping.imports import profile

        for name in profile.bundled():
            click.echo(f"{name:<16} {profile.parse(profile.bundled_text(name)).titel}")


def _import(group: click.Group, acting: Acting) -> None:
    @group.command("import")
    @_who
    @click.option("--format", "format_", required=True, help="Name des Profils; siehe kreislohn time formats.")
    @click.option("--replaces", default=None, help="Kennung der freigegebenen Datei, die diese berichtigt.")
    @click.option("--recheck", is_flag=True, help="Dieselbe Datei mit dem geltenden Profil von vorn prüfen.")
    @click.argument("file", type=FILE)
    @stated.needs("import.write")
    def import_(tenant: str, actor: str, data: Path, format_: str, replaces: str | None, recheck: bool,
                file: Path) -> None:
        """Liest eine Zeitdatei ein: angenommene, zurückgestellte, abgelehnte Zeilen; gebucht wird erst mit approve."""
        from timekeeping import service

        with _clear_words(), acting(data, tenant, actor, "import.write") as session:
            old = service.find(session, replaces) if replaces else None
            datei = service.read_in(session, load_stock(session), file.name, file.read_bytes(), format_,
                                    ersetzt=old, neu=recheck)
            report(session, datei)


def _show(group: click.Group, acting: Acting) -> None:
    @group.command("show")
    @_who
    @click.argument("kennung")
    @stated.needs("run.read")
    def show(tenant: str, actor: str, data: Path, kennung: str) -> None:
        """Zeigt Stand, Summen und beanstandete Zeilen einer eingelesenen Datei."""
        from timekeeping import service

        with _clear_words(), acting(data, tenant, actor, "run.read") as session:
            report(session, service.find(session, kennung))


def _decide(group: click.Group, acting: Acting) -> None:
    @group.command("decide")
    @_who
    @click.option("--lines", required=True, help="Nummern der zurückgestellten Zeilen, durch Komma getrennt.")
    @click.option("--accept/--refuse", "accept", required=True, help="Annehmen oder ablehnen.")
    @click.option("--reason", required=True)
    @click.argument("kennung")
    @stated.needs("import.write")
    def decide(tenant: str, actor: str, data: Path, lines: str, accept: bool, reason: str, kennung: str) -> None:
        """Entscheidet zurückgestellte Zeilen."""
        from timekeeping import service

        numbers = lines.replace(" ", "").split(",")
        if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
            raise click.UsageError("--lines erwartet Zeilennummern, zum Beispiel 3,4,17.")
        with _clear_words(), acting(data, tenant, actor, "import.write") as session:
            datei = service.find(session, kennung)
            service.decide(session, datei, {int(number) for number in numbers}, annehmen=accept, reason=reason)
            report(session, datei)


def _approve(group: click.Group, acting: Acting) -> None:
    @group.command("approve")
    @_who
    @click.argument("kennung")
    @stated.needs("run.check")
    def approve(tenant: str, actor: str, data: Path, kennung: str) -> None:
        """Gibt eine Datei als zweite Person frei und bucht ihre angenommenen Zeilen."""
        from timekeeping import service

        with _clear_words(), acting(data, tenant, actor, "run.check") as session:
            datei = service.approve(session, load_stock(session), service.find(session, kennung))
            report(session, datei)


def _withdraw(group: click.Group, acting: Acting) -> None:
    @group.command("withdraw")
    @_who
    @click.option("--reason", required=True)
    @click.argument("kennung")
    @stated.needs("import.write")
    def withdraw(tenant: str, actor: str, data: Path, reason: str, kennung: str) -> None:
        """Nimmt eine Datei als Ganzes zurück, solange keiner ihrer Monate abgeschlossen ist."""
        from timekeeping import service

        with _clear_words(), acting(data, tenant, actor, "import.write") as session:
            datei = service.withdraw(session, load_stock(session), service.find(session, kennung), reason=reason)
            report(session, datei)


def _profile(group: click.Group, acting: Acting) -> None:
    @group.command("profile")
    @_who
    @click.option("--reason", required=True)
    @click.argument("file", type=FILE)
    @stated.needs("import.write")
    def profile(tenant: str, actor: str, data: Path, reason: str, file: Path) -> None:
        """Behält ein Profil (TOML) mit Aufbau und Zuordnungen als neue Fassung."""
        from timekeeping import profiles

        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise click.ClickException("Das Profil ist nicht UTF-8.") from error
        with _clear_words(), acting(data, tenant, actor, "import.write") as session:
            row = profiles.store(session, text, reason=reason)
            click.echo(f"Profil {row.name}, Fassung {row.fassung}")


def _close(group: click.Group, acting: Acting) -> None:
    @group.command("close")
    @_who
    @click.option("--month", required=True, type=click.DateTime(["%Y-%m"]), help="Monat der Arbeit, JJJJ-MM.")
    @click.option("--holiday", type=click.Choice(["mit", "ohne"]), default=None,
                  help="Freizeitausgleich für Arbeit an Feiertagen.")
    @click.option("--reason", default="", help="Nötig, wenn gebuchte Zeilen keinen Preis haben.")
    @stated.needs("time.approve")
    def close(tenant: str, actor: str, data: Path, month: Any, holiday: str | None, reason: str) -> None:
        """Schließt einen Zeitmonat ab und übergibt seine Mengen der Abrechnung; was später kommt, ist Nachtrag."""
        from payroll.runs.zeiten.stock import load_stock as load
        from timekeeping.handover import closing

        with _clear_words(), acting(data, tenant, actor, "time.approve") as session:
            stock = load(session, month.date())
            row = closing.close(session, stock, month.date(), feiertag=holiday, grund=reason)
            click.echo(f"Zeitmonat {row.monat:%m/%Y} abgeschlossen von {row.abgeschlossen_von}; "
                       f"gezahlt wird im {row.zahlmonat:%m/%Y}")


def _absences(group: click.Group, acting: Acting) -> None:
    @group.command("absences")
    @_who
    @stated.needs("time.read")
    def absences(tenant: str, actor: str, data: Path) -> None:
        """Nennt Abwesenheiten aus Zeitdateien, die als Fehlzeit vorgeschlagen und noch nicht entschieden sind."""
        from timekeeping.handover import proposals

        with _clear_words(), acting(data, tenant, actor, "time.read") as session:
            for one in proposals.open_proposals(session):
                click.echo(f"{one.nummer:>8}  {one.personalnummer:>8}  {one.art:<15} {one.von:%d.%m.%Y} bis "
                           f"{one.bis:%d.%m.%Y}  {one.herkunft}")


def _absence(group: click.Group, acting: Acting) -> None:
    @group.command("absence")
    @_who
    @click.option("--adopt/--dismiss", "take", required=True, help="Als Fehlzeit übernehmen oder verwerfen.")
    @click.option("--reason", required=True)
    @click.argument("numbers", type=int, nargs=-1, required=True)
    @stated.needs("person.write")
    def absence(tenant: str, actor: str, data: Path, take: bool, reason: str, numbers: tuple[int, ...]) -> None:
        """Entscheidet vorgeschlagene Fehlzeiten."""
        from payroll.masterdata.service import FactError
        from payroll.runs.zeiten import absences as runs
        from timekeeping.handover import proposals

        with _clear_words(), acting(data, tenant, actor, "person.write") as session:
            try:
                if take:
                    runs.adopt(session, numbers, reason=reason)
                else:
                    proposals.decide(session, proposals.chosen(session, numbers), "verworfen", reason=reason)
            except FactError as error:
                raise click.ClickException(str(error)) from error
            click.echo("übernommen" if take else "verworfen")


def report(session: Any, datei: Any) -> None:
    """Stand, Summen und beanstandete Zeilen einer Datei."""
    from timekeeping import service

    counts, proof = service.counts(session, datei), service.prove(session, datei)
    click.echo(f"{datei.dateiname}: {datei.zustand}, Kennung {datei.public_id}, SHA-256 {datei.sha256.hex()[:16]}, "
               f"Profil {datei.profil} Fassung {datei.profil_fassung}, "
               f"{counted(datei.zeilen, 'Datenzeile', 'Datenzeilen')}")
    for note in datei.hinweise:
        click.echo(f"Hinweis: {note}")
    click.echo(f"{counts['angenommen']} angenommen, {counts['zurueckgestellt']} zurückgestellt, "
               f"{counts['abgelehnt']} abgelehnt, {counts['bekannt']} schon gebucht")
    for one in service.preview(session, datei):
        click.echo(f"  {one.stand:<15} {one.personalnummer or '-':>8}  {one.schluessel or '-':>12} -> "
                   f"{one.lohnart or '-':<12} {one.anzahl:>5} x  {_amount(one)}")
    found = service.problems(session, datei)
    for row in found[:SHOWN]:
        click.echo(f"Zeile {row.zeile}: {row.stand}: {row.grund}. Abhilfe: {row.abhilfe}.")
    if len(found) > SHOWN:
        click.echo(f"... und {len(found) - SHOWN} weitere Zeilen.")
    words = ", ".join(_words(unit, total) for unit, total in sorted(proof.summen_datei.items())) or "keine Mengen"
    click.echo(f"Summen der Datei: {words}; in den Zeilen {'gleich' if proof.stimmt else 'ABWEICHEND'}")


def _amount(one: Any) -> str:
    parts = [_words(one.einheit, one.menge)] if one.einheit and one.menge else []
    return ", ".join(parts + ([_words("betrag", Decimal(one.betrag))] if one.betrag else []))


def _words(unit: str, value: Decimal) -> str:
    if unit == "sekunden":
        minutes, seconds = divmod(int(value), 60)
        return f"{minutes // 60}:{minutes % 60:02d}{f':{seconds:02d}' if seconds else ''} h"
    number = f"{value / 100:.2f}" if unit == "betrag" else f"{value.normalize():f}"
    return f"{number.replace('.', ',')} {'EUR' if unit == 'betrag' else unit}"
