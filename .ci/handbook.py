"""Handbuch bauen: Reihenfolge der Seiten und die Teile, die aus dem Programm entstehen (MkDocs ruft diese Haken).

Was hier entsteht, kann nicht veralten: Befehle mit allen Angaben, Datenmodell, Wertekatalog, Einstellungen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import handbook_programme as programme
from mkdocs.structure.files import File, Files
from sqlalchemy import Table

from migrations import models
from payroll.cli import kreislohn
from payroll.law import engine
from payroll.law.calculate import rule_book
from tenants.commands import stated
from tenants.operation.keys_of_file import KEYS
from tenants.web.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
OUTSIDE = re.compile(r"\]\((?:\.\./)+((?!docs)[\w./-]+)\)")
MADE = {"erzeugt/befehle.md": "commands", "erzeugt/datenmodell.md": "data_model", "erzeugt/werte.md": "values",
        "erzeugt/einstellungen.md": "settings", "erzeugt/seiten.md": "screens", "erzeugt/befunde.md": "findings"}
OPERATION = ("betrieb.md", "betrieb/aktualisieren.md", "skalierung.md", "befehle.md", "erzeugt/einstellungen.md",
             "erzeugt/befehle.md", "sicherheit.md")
PROGRAMS = ("schnittstelle.md", "erzeugt/datenmodell.md")
LAW = ("erzeugt/werte.md",)
REFERENCE = ("erzeugt/befunde.md", "erzeugt/seiten.md")
# The theme speaks German by itself and ships no catalogue of translations, which MkDocs takes for a gap.
logging.getLogger("mkdocs.localization").addFilter(lambda record: "'de'" not in record.getMessage())
DEVELOPMENT = ("entwicklung.md", "wege.md", "geld-und-meldungen.md", "betrieb-und-leistung.md", "abhaengigkeiten.md",
               "measurements.md", "messungen/README.md", "roadmap.md")


# Whom the pages are for: each finds the beginning that is theirs.
READERS = {
    "Sachbearbeitung, Leitung, Personalamt, Kasse, Organisation": (
        ("Handbuch für die Arbeit", "handbuch/README.md"), ("Rundgang in zehn Schritten", "rundgang.md"),
        ("alle Seiten", "erzeugt/seiten.md"), ("alle Befunde mit Abhilfe", "erzeugt/befunde.md")),
    "Beschäftigte": (("Hilfe zum Portal", "handbuch/hilfe-portal.md"), ("auf Englisch", "handbuch/portal-help.md")),
    "Bewerberinnen und Bewerber": (("Hilfe zur Bewerbung", "handbuch/hilfe-bewerbung.md"),
                                   ("auf Englisch", "handbuch/applying-help.md")),
    "Verwaltung und Betrieb": (
        ("Betrieb", "betrieb.md"), ("Aktualisieren", "betrieb/aktualisieren.md"), ("Befehle", "befehle.md"),
        ("Einstellungen", "erzeugt/einstellungen.md"), ("Zugänge", "handbuch/zugaenge.md"),
        ("Sicherheit", "sicherheit.md"), ("mehr Maschinen", "skalierung.md")),
    "Rechnungsprüfung, Datenschutz": (
        ("Prüfen und nachvollziehen", "handbuch/06-pruefung.md"), ("Datenschutz", "handbuch/07-datenschutz.md"),
        ("Wertekatalog", "erzeugt/werte.md"), ("Zusage und Beweis", "sicherheit.md")),
    "Entwicklung": (
        ("Entwicklung", "entwicklung.md"), ("Schnittstelle", "schnittstelle.md"),
        ("Datenmodell", "erzeugt/datenmodell.md"), ("Messungen", "measurements.md")),
}


def on_config(config: Any) -> Any:
    """Ordnet alle Seiten: die des Handbuchs wie in seiner README, danach jede weitere."""
    listed = re.findall(r"\]\(([\w.-]+\.md)\)", (DOCS / "handbuch" / "README.md").read_text(encoding="utf-8"))
    rest = sorted(path.name for path in (DOCS / "handbuch").glob("*.md") if path.name not in (*listed, "README.md"))
    handbook = ["handbuch/README.md", *(f"handbuch/{name}" for name in dict.fromkeys((*listed, *rest)))]
    decisions = sorted(f"decisions/{path.name}" for path in (DOCS / "decisions").glob("*.md"))
    config.nav = [
        {"Anfang": "index.md"},
        {"Für die Arbeit": [*handbook, *REFERENCE]},
        {"Rundgang": "rundgang.md"},
        {"Betrieb und Verwaltung": list(OPERATION)},
        {"Andere Programme": list(PROGRAMS)},
        {"Recht": list(LAW)},
        {"Entwicklung": [*DEVELOPMENT, {"Entscheidungen": decisions}]},
    ]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Fügt die erzeugten Seiten und eine Startseite hinzu."""
    for name, maker in MADE.items():
        files.append(File.generated(config, name, content=globals()[maker]()))
    rows = "".join(f"| {who} | {', '.join(f'[{words}]({target})' for words, target in pages)} |\n"
                   for who, pages in READERS.items())
    start = f"# Kreislohn\n\n| wer | liest |\n|---|---|\n{rows}"
    files.append(File.generated(config, "index.md", content=start))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Verweise auf Quellen außerhalb der Seiten werden zu Namen von Dateien."""
    return OUTSIDE.sub(r"] (`\1`)", markdown)


def commands() -> str:
    """Alle Befehle mit Recht, Beschreibung und Angaben."""
    lines = ["# Alle Befehle mit ihren Angaben", "", "Erzeugt aus dem Programm. Kurz und nach Aufgaben: "
             "[Befehle](../befehle.md).", ""]
    for name, command in sorted(stated.commands_of(kreislohn, "kreislohn")):
        said = stated.statement_of(command)
        lines += [f"## {name}", "", command.help or "", "", f"Verlangt: {_right(said)}", ""]
        rows = [_option(one) for one in command.params]
        if rows:
            lines += ["| Angabe | Bedeutung |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _right(said: stated.Statement | None) -> str:
    if said is None:
        return "nichts"
    if said.permissions:
        return "das Recht " + " oder ".join(f"`{one}`" for one in sorted(said.permissions))
    return f"die Maschine selbst ({said.operator_reason})" if said.operator_reason else f"nichts ({said.open_reason})"


def _option(one: click.Parameter) -> str:
    words = getattr(one, "help", None) or ""
    needed = " (nötig)" if one.required else ""
    names = ", ".join(one.opts) if isinstance(one, click.Option) else str(one.name).upper()
    return f"| `{names}` | {_cell(words)}{needed} |"


def data_model() -> str:
    """Alle Tabellen mit Spalten, Verweisen und Bedeutung."""
    metadata, lines = models.load(), ["# Datenmodell", "", "Erzeugt aus den Klassen des Programms. Beträge sind Cent; "
                                      "`valid_from` bis `valid_to` ist, wann etwas gilt, `recorded_at` bis "
                                      "`superseded_at`, wann wir es wussten.", ""]
    classes = {mapper.local_table.name: mapper.class_ for mapper in models.Base.registry.mappers}
    for name in sorted(metadata.tables):
        table, model = metadata.tables[name], classes.get(name)
        lines += [f"## {name}", "", " ".join(((model.__doc__ if model else "") or "").split()), "",
                  "| Spalte | Art | leer | verweist auf |", "|---|---|---|---|", *_columns(table), ""]
    return "\n".join(lines)


def _columns(table: Table) -> Iterator[str]:
    for column in table.columns:
        target = ", ".join(sorted(f"`{key.target_fullname}`" for key in column.foreign_keys))
        key = " (Schlüssel)" if column.primary_key else ""
        yield f"| `{column.name}`{key} | {_cell(str(column.type))} | {'ja' if column.nullable else 'nein'} | {target} |"


def values() -> str:
    """Der Katalog aller Werte des Rechts am ersten Tag dieses Jahres."""
    day = date(date.today().year, date.today().month, 1)
    return engine.markdown(engine.catalogue(rule_book(), day), day)


def screens() -> str:
    """Alle Seiten mit Bedeutung und Recht."""
    import app

    # Nobody signs in here: the key only lets the application be built.
    return programme.screens(app.create_app(Settings(b"handbook" * 4, https=False)))


def findings() -> str:
    """Alle Befunde mit Abhilfe."""
    return programme.findings()


def settings() -> str:
    """Alle Einstellungen der Datei."""
    rows = [f"| `[{one.section}] {one.name}` | `{one.variable}` | {_cell(one.words)} |" for one in KEYS]
    return "\n".join(["# Alle Einstellungen", "", "Erzeugt aus dem Programm. Wie man sie benutzt: "
                      "[Betrieb](../betrieb.md).", "", "| Angabe | Umgebung | Bedeutung |", "|---|---|---|", *rows, ""])


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
