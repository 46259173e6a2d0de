"""Befehle für Meldungen: ``kreislohn filings …``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import click

from payroll import filing_settings
from payroll.payment_options import a_day, clear_words, euros, who
from tenants.commands import stated
from tenants.counting import counted

TARGET = click.Path(dir_okay=False, writable=True, path_type=Path)
Acting = Callable[[Path, str, str, str], AbstractContextManager[Any]]
MONTHLY = ("lsta", "beitragsnachweis", "zv_monat", "zv_ereignis", "deuev", "eel")
YEARLY = ("lstb", "zv_jahr", "uv", "sb", "personalstand")
READ, SEND, RELEASE = "filing.read", "filing.send", "filing.release"


def register(kreislohn: click.Group, acting: Acting, month: click.ParamType[date]) -> None:
    """Hängt die Gruppe ``filings`` an; acting öffnet die Sitzung eines Arbeitgebers für eine Person mit dem Recht."""
    group = click.Group("filings", help="Meldungen an Finanzamt, Kassen, Rentenversicherung, Zusatzversorgung.")
    kreislohn.add_command(group)
    _making(group, acting, month)
    _reading(group, acting, month)
    _steps(group, acting)
    _outside(group, acting)
    _accident(group, acting)
    _abroad(group, acting)
    _leaving(group, acting)
    filing_settings.register(group, acting)
    group.add_command(examples)


@click.command("examples")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@stated.without_tenant("schreibt Dateien mit erfundenen Menschen")
def examples(folder: Path) -> None:
    """Schreibt von jeder Datei ein Muster mit erfundenen Menschen in einen Ordner; vorhandene bleiben."""
    from payroll.filings import examples as made

    folder.mkdir(parents=True, exist_ok=True)
    for name, content in made.files().items():
        target = folder / name
        if target.exists():
            click.echo(f"{name}: gibt es schon")
            continue
        target.write_bytes(content)
        click.echo(f"{name}: {counted(len(content), 'Byte', 'Bytes')}")


def _making(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("create")
    @click.option("--month", type=month_type, required=True)
    @click.option("--kind", type=click.Choice((*MONTHLY, *YEARLY)), default=None,
                  help="Nur diese Art; ohne Angabe alle des Monats, im Juni die Statistik, im Dezember die des Jahres.")
    @click.option("--estimate", is_flag=True, help="Beitragsnachweise schätzen, weil der Monat noch offen ist.")
    @who
    @stated.needs("filing.send")
    def create(tenant: str, actor: str, data: Path, month: date, kind: str | None, estimate: bool) -> None:
        """Rechnet Meldungen aus dem abgeschlossenen Monat; gleicher Inhalt ist dieselbe Meldung."""
        from payroll.filings.meldungen import alle

        with clear_words(), acting(data, tenant, actor, SEND) as session:
            for one in alle.create(session, month, kind=kind, estimate=estimate):
                tell(one.meldung, "neu" if one.neu else "unverändert")
                for problem in one.meldung.befunde:
                    click.echo(f"  zu beheben: {problem}")


def _reading(group: click.Group, acting: Acting, month_type: click.ParamType[date]) -> None:
    @group.command("list")
    @click.option("--month", type=month_type, default=None)
    @click.option("--kind", type=click.Choice((*MONTHLY, *YEARLY, "a1", "eau", "bea")), default=None)
    @who
    @stated.needs("filing.read")
    def show_all(tenant: str, actor: str, data: Path, month: date | None, kind: str | None) -> None:
        """Nennt die Meldungen mit Betrag, Frist, Zustand und Prüfsumme."""
        from payroll.filings.meldungen import speichern

        with clear_words(), acting(data, tenant, actor, READ) as session:
            for row in speichern.listed(session, month, kind):
                tell(row, row.zustand)

    @group.command("check")
    @click.option("--month", type=month_type, required=True)
    @who
    @stated.needs("posting.read")
    def check(tenant: str, actor: str, data: Path, month: date) -> None:
        """Hält Abrechnungen, Journal, Zahlungen und Meldungen eines Monats gegeneinander."""
        from payroll.filings.meldungen import abgleich

        with clear_words(), acting(data, tenant, actor, "posting.read") as session:
            wrong = 0
            for one in abgleich.checks(session, month):
                left, right = ("fehlt" if side is None else euros(side) for side in (one.links, one.rechts))
                wrong += one.stimmt is False
                click.echo(f"{one.was:<52} {left:>16} {right:>16}  "
                           f"{ {True: 'gleich', False: 'UNGLEICH', None: 'offen'}[one.stimmt]}")
        if wrong:
            raise click.ClickException("Die Summen stimmen nicht überein; nichts übergeben.")


def _steps(group: click.Group, acting: Acting) -> None:
    @group.command("release")
    @click.argument("name")
    @click.option("--sha256", required=True, help="Prüfsumme, die „filings list“ zeigt.")
    @who
    @stated.needs("filing.release")
    def release(tenant: str, actor: str, data: Path, name: str, sha256: str) -> None:
        """Gibt eine Meldung als zweite Person frei."""
        from payroll.filings.meldungen import speichern

        with clear_words(), acting(data, tenant, actor, RELEASE) as session:
            row = speichern.release(session, speichern.by_name(session, name).public_id, sha256=sha256)
            tell(row, row.zustand)

    @group.command("withdraw")
    @click.argument("name")
    @click.option("--reason", required=True, help="Grund; er steht im Protokoll.")
    @who
    @stated.needs("filing.send")
    def withdraw(tenant: str, actor: str, data: Path, name: str, reason: str) -> None:
        """Zieht eine noch nicht freigegebene Meldung zurück."""
        from payroll.filings.meldungen import speichern

        with clear_words(), acting(data, tenant, actor, SEND) as session:
            row = speichern.withdraw(session, speichern.by_name(session, name).public_id, reason=reason)
            tell(row, row.zustand)


def _outside(group: click.Group, acting: Acting) -> None:
    @group.command("handover")
    @click.argument("name")
    @click.argument("file", type=TARGET)
    @who
    @stated.needs("filing.send")
    def hand_over(tenant: str, actor: str, data: Path, name: str, file: Path) -> None:
        """Schreibt die freigegebene Datei; überschreibt nie, nur für Sie lesbar."""
        from payroll.filings.meldungen import speichern
        from payroll.statements.emergency_commands import write_new

        with clear_words(), acting(data, tenant, actor, SEND) as session:
            content, _ = speichern.hand_over(session, speichern.by_name(session, name).public_id)
            write_new(file, content)
        click.echo(f"{name}: {counted(len(content), 'Byte', 'Bytes')} in {file.name}")

    @group.command("receipt")
    @click.argument("name")
    @click.option("--accepted/--rejected", "accepted", default=True, show_default=True)
    @click.option("--words", required=True, help="Transferticket oder Grund der Ablehnung.")
    @who
    @stated.needs("filing.send")
    def receipt(tenant: str, actor: str, data: Path, name: str, accepted: bool, words: str) -> None:
        """Hält die Quittung der Annahmestelle fest; danach bleibt es dabei."""
        from payroll.filings.meldungen import speichern

        with clear_words(), acting(data, tenant, actor, SEND) as session:
            row = speichern.receipt(session, speichern.by_name(session, name).public_id, accepted=accepted,
                                    words=words)
            tell(row, row.zustand)


def _accident(group: click.Group, acting: Acting) -> None:
    @group.command("accident")
    @click.option("--carrier", default="", help="Betriebsnummer des Unfallversicherungsträgers; leer: nur zeigen.")
    @click.option("--enterprise", default="", help="Unternehmernummer, 15 Ziffern.")
    @click.option("--tariff", default="", help="Gefahrtarifstelle.")
    @click.option("--limit", type=click.IntRange(0), default=0,
                  help="Höchstbetrag je Person und Jahr in Euro; 0: ohne.")
    @click.option("--not-by-pay", is_flag=True, help="Der Beitrag richtet sich nicht nach dem Entgelt (A09).")
    @click.option("--from", "ab", callback=a_day, default=None, help="Tag, ab dem es gilt (2026-01-01).")
    @click.option("--reason", default="", help="Grund, zum Beispiel der Bescheid.")
    @who
    @stated.needs("filing.send", "filing.read")
    def accident(tenant: str, actor: str, data: Path, carrier: str, enterprise: str, tariff: str, limit: int,
                 not_by_pay: bool, ab: date, reason: str) -> None:
        """Zeigt oder setzt die Angaben zur Unfallversicherung für die UV-Jahresmeldung."""
        from payroll.filings.meldungen import unfall_angaben

        with clear_words(), acting(data, tenant, actor, SEND if carrier else READ) as session:
            if carrier:
                unfall_angaben.record(session, unfall_angaben.Unfallangaben(
                    carrier, enterprise, tariff, limit * 100, not_by_pay), valid_from=ab, reason=reason)
            held = unfall_angaben.given_on(session, ab)
            if held is None:
                click.echo(f"Am {ab:%d.%m.%Y} sind keine Angaben zur Unfallversicherung eingetragen.")
            else:
                click.echo(f"Träger {held.traeger}  Unternehmer {held.unternehmernummer}  Gefahrtarifstelle "
                           f"{held.gefahrtarifstelle}  Höchstbetrag {euros(held.hoechstentgelt_cent)} EUR"
                           f"{'  Beitrag nicht nach Entgelt' if held.ohne_entgelt else ''}")


def _abroad(group: click.Group, acting: Acting) -> None:
    @group.command("a1")
    @click.option("--number", required=True, help="Personalnummer.")
    @click.option("--state", required=True, help="Staat der Beschäftigung, zwei Buchstaben.")
    @click.option("--from", "von", callback=a_day, required=True, help="Erster Tag (2026-01-01).")
    @click.option("--until", "bis", callback=a_day, required=True, help="Letzter Tag.")
    @click.option("--place", required=True, help="Ort der Beschäftigung.")
    @click.option("--site", required=True, help="Beschäftigungsstelle mit Anschrift.")
    @who
    @stated.needs("filing.send")
    def abroad(tenant: str, actor: str, data: Path, number: str, state: str, von: date, bis: date, place: str,
               site: str) -> None:
        """Erstellt den Antrag auf eine A1-Bescheinigung; freigeben muss eine zweite Person."""
        from payroll.filings.meldungen import entsendung

        with clear_words(), acting(data, tenant, actor, SEND) as session:
            made = entsendung.request(session, number, entsendung.Reise(state, von, bis, place, site))
            tell(made.meldung, "neu")


def _leaving(group: click.Group, acting: Acting) -> None:
    @group.command("leaver")
    @click.option("--number", required=True, help="Personalnummer.")
    @click.option("--end", "art", required=True, help="kuendigung_arbeitgeber, kuendigung_person, aufhebung, "
                                                      "befristung oder tarif.")
    @click.option("--declared", "erklaert", default=None, help="Tag der Kündigung oder des Vertrags (2026-06-30).")
    @click.option("--ground", default="", help="Grund der Beendigung in Worten.")
    @click.option("--notice", default="", help="Kündigungsfrist des Arbeitgebers in Worten.")
    @click.option("--misconduct", is_flag=True, help="Ein Verhalten der Person war Anlass (§ 159 SGB III).")
    @click.option("--severance", type=click.IntRange(0), default=0, help="Abfindung in Cent, auch noch nicht gezahlte.")
    @click.option("--asked", callback=a_day, default=None, help="Tag, an dem sie verlangt wurde; sonst heute.")
    @who
    @stated.needs("filing.send")
    def leaver(tenant: str, actor: str, data: Path, number: str, art: str, erklaert: str | None, ground: str,
               notice: str, misconduct: bool, severance: int, asked: date) -> None:
        """Erstellt die Arbeitsbescheinigung einer beendeten Beschäftigung; freigeben muss eine zweite Person."""
        from payroll.filings.meldungen import arbeitsbescheinigung
        from payroll.filings.meldungen.beendigung import Beendigung

        try:
            day = date.fromisoformat(erklaert) if erklaert else None
        except ValueError as error:
            raise click.BadParameter("als 2026-06-30 angeben", param_hint="--declared") from error
        with clear_words(), acting(data, tenant, actor, SEND) as session:
            made = arbeitsbescheinigung.request(session, number, Beendigung(art, day, ground, notice, misconduct,
                                                                            severance), asked=asked)
            tell(made.meldung, "neu")


def tell(row: Any, word: str) -> None:
    count = f"  {counted(row.saetze, 'Satz', 'Sätze')}" if row.saetze else ""
    click.echo(f"{row.kennung}  für {row.fuer:%m/%Y}  {row.unterart}  {row.empfaenger_name}  {euros(row.betrag)} EUR"
               f"{count}  fällig {row.faellig:%d.%m.%Y}  {word}  SHA-256 {row.sha256.hex()}")
