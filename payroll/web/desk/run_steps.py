"""Die Schritte eines Monats als Leiste und der eine Schritt, der jetzt für diesen Menschen dran ist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from payroll.runs.models import Lauf
from payroll.web.desk.run_reading import TenantMonth
from tenants.web import formats
from tenants.web.identity import HeldMandate

ORDER = ("offen", "probe", "geprueft", "freigegeben", "abgeschlossen")
STATE_WORDS: dict[str, tuple[str, Any]] = {
    "offen": ("info", _("Noch nicht gerechnet")),
    "probe": ("info", _("Probe gerechnet")),
    "geprueft": ("info", _("Geprüft, Freigabe fehlt")),
    "freigegeben": ("success", _("Freigegeben")),
    "abgeschlossen": ("success", _("Abgeschlossen")),
}


@dataclass(frozen=True)
class Step:
    """Ein Schritt der Leiste: Wort, Zustand (done, current, open) und was dazu zu sagen ist."""

    title: Any
    state: str
    note: str


@dataclass(frozen=True)
class Action:
    """Was jemand jetzt tun kann: Ansicht der Tat, Beschriftung, ob sie die Hauptsache ist."""

    endpoint: str
    label: str
    primary: bool = True


def steps(lauf: Lauf | None) -> list[Step]:
    """Die fünf Schritte mit Menschen und Zeiten."""
    reached = ORDER.index(lauf.zustand) if lauf else 0
    released, municipality = (lauf.freigegeben_von, lauf.gemeinde_von) if lauf else (None, None)
    done = (reached >= 1, reached >= 2, released is not None, municipality is not None, reached >= 4)
    notes = (
        _note(lauf and lauf.berechnet_von, lauf and lauf.berechnet_am),
        _note(lauf and lauf.geprueft_von, lauf and lauf.geprueft_am),
        _note(released, lauf and lauf.freigegeben_am),
        _note(municipality, lauf and lauf.gemeinde_am),
        _note(lauf and lauf.abgeschlossen_von, lauf and lauf.abgeschlossen_am),
    )
    titles = (_("Gerechnet"), _("Geprüft"), _("Freigabe Kreis"), _("Freigabe Arbeitgeber"), _("Abgeschlossen"))
    current = done.index(False) if False in done else len(done)
    return [
        Step(title, "done" if ready else ("current" if number == current else "open"), note if ready else "")
        for number, (title, ready, note) in enumerate(zip(titles, done, notes, strict=True))
    ]


def _note(who: str | None, when: datetime | None) -> str:
    return f"{who}, {formats.moment(when)}" if who else ""


def actions(lauf: Lauf | None, held: HeldMandate, actor: str) -> list[Action]:
    """Was dieser Mensch an diesem Lauf jetzt tun kann; das Wichtigste zuerst."""
    state = lauf.zustand if lauf else "offen"
    if lauf is None or state == "offen":
        return [Action("runs.calculate", gettext("Probelauf rechnen"))] if held.may("run.calculate") else []
    return [action for action in _possible(lauf, held, actor) if action is not None]


@dataclass(frozen=True)
class NextStep:
    """Was auf der Startseite bei einem Mandanten als Nächstes ansteht und ob es an diesem Menschen liegt."""

    label: str
    mine: bool


def next_step(row: TenantMonth, actor: str) -> NextStep:
    """Der nächste Schritt eines Mandanten aus Sicht dieses Menschen."""
    held, lauf = row.held, row.lauf
    if row.state == "probe" and row.errors and held.may("run.calculate"):
        text = ngettext("%(num)d Fehler beheben", "%(num)d Fehler beheben", row.errors)
        return NextStep(text, True)
    mine = actions(lauf, held, actor)
    if mine:
        return NextStep(mine[0].label, True)
    waiting = {
        "offen": gettext("wartet auf den Probelauf"),
        "probe": gettext("wartet auf die Prüfung"),
        "geprueft": gettext("wartet auf Freigaben"),
        "freigegeben": gettext("wartet auf den Abschluss"),
        "abgeschlossen": gettext("erledigt"),
    }
    return NextStep(waiting[row.state], False)


def _possible(lauf: Lauf, held: HeldMandate, actor: str) -> list[Action | None]:
    slips = ngettext("%(shown)s Abrechnung", "%(shown)s Abrechnungen", lauf.anzahl, shown=formats.count(lauf.anzahl))
    free = actor not in (lauf.berechnet_von, lauf.freigegeben_von, lauf.gemeinde_von)
    waiting = lauf.zustand == "geprueft"
    return [
        Action("runs.check", gettext("%(slips)s als geprüft bestätigen", slips=slips))
        if lauf.zustand == "probe" and held.may("run.check")
        else None,
        Action("runs.release", gettext("%(slips)s freigeben", slips=slips))
        if waiting and held.may("run.release") and free and lauf.freigegeben_von is None
        else None,
        Action("runs.release_municipality", gettext("%(slips)s als Arbeitgeber freigeben", slips=slips))
        if waiting and held.may("run.release_municipality") and free and lauf.gemeinde_von is None
        else None,
        Action("runs.close", gettext("Monat abschließen"))
        if lauf.zustand == "freigegeben" and held.may("run.close")
        else None,
        Action("runs.calculate", gettext("Neu rechnen"), primary=False)
        if lauf.zustand == "probe" and held.may("run.calculate")
        else None,
    ]
