"""Die Auskunft als eine Datei HTML ohne fremde Inhalte: lesbar, druckbar, ohne Skript."""

from __future__ import annotations

from html import escape
from typing import Any

WORDS = {"am": "Zeitpunkt", "von": "Wer", "vorgang": "Vorgang", "grund": "Grund", "nummer": "Nummer"}
HEAD = ("verantwortlich", "person", "stand", "zwecke", "rechtsgrundlage", "empfaenger", "herkunft", "speicherdauer",
        "rechte")
STYLE = (
    "body{font-family:sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;line-height:1.4}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{border:1px solid #777;padding:.2rem .5rem;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#eee}"
)


def html(found: dict[str, Any]) -> str:
    """Eine Seite mit Überschriften und Tabellen."""
    parts = ["<h1>Auskunft über gespeicherte Daten (Art. 15 DSGVO)</h1>", _facts({n: found[n] for n in HEAD})]
    for name, rows in found["daten"].items():
        parts.append(f"<h2>{_word(name)} ({len(rows)})</h2>")
        parts += [_facts(row) for row in rows]
    parts.append("<h2>Leseprotokoll</h2>")
    parts.append(_table(found["protokoll"]))
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="de"><head><meta charset="utf-8"><title>Auskunft Art. 15 DSGVO</title>'
        f"<style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _facts(row: dict[str, Any]) -> str:
    rows = (f'<tr><th scope="row">{_word(name)}</th><td>{_cell(value)}</td></tr>' for name, value in row.items())
    return f"<table>{''.join(rows)}</table>"


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "<p>Keine Einträge.</p>"
    head = "".join(f'<th scope="col">{_word(name)}</th>' for name in rows[0])
    lines = "".join("<tr>" + "".join(f"<td>{_cell(v)}</td>" for v in row.values()) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return "<br>".join(f"{_word(name)}: {_cell(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_cell(inner) for inner in value)
    return escape({True: "ja", False: "nein"}.get(value, str(value)) if isinstance(value, bool) else str(value))


def _word(name: str) -> str:
    return escape(WORDS.get(name, name.replace("_", " ").capitalize()))
