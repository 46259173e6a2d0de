"""Woraus ein Ereignis erklärt wird: Teile (welche Tatsache, welche Felder), was danach zu tun ist, das Gesetz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from payroll.masterdata.models.facts import Fact
from tenants.db.session import TenantSession


@dataclass
class Fall:
    """Ein Ereignis, wie es angegeben ist: wer, wann, Werte je Teil.

    art: Art der Beschäftigung am Tag; eintritt: ihr Beginn; geboren: Geburtstag der Person.
    """

    person_id: int
    job_id: int | None
    art: str
    eintritt: date | None
    geboren: date | None
    ab: date
    bis: date | None = None
    grund: str = ""
    werte: dict[str, dict[str, Any]] = field(default_factory=dict)


Frist = Callable[[Fall], date | None]


def gleicher_tag(day: date) -> date:
    """Der Tag des Ereignisses selbst."""
    return day


def monatserster(day: date) -> date:
    """Der erste Tag des Monats, in den das Ereignis fällt."""
    return day.replace(day=1)


def nichts(_fall: Fall) -> list[date]:
    """Kein weiterer Tag, an dem sich etwas ändert."""
    return []


@dataclass(frozen=True)
class Teil:
    """Ein Abschnitt des Formulars schreibt eine Tatsache; was nicht gefragt wird, bleibt, wie es gilt.

    pflicht: immer geschrieben, sonst nur, wenn etwas anders angegeben ist, als es gilt. fuer: nur bei diesen Arten der
    Beschäftigung. fest: Werte, die aus dem Ereignis folgen. vorgabe: Vorschlag aus dem, was gilt (leer: das Geltende);
    neu: es gilt nichts weiter, das Formular beginnt leer. ab: von welchem Tag an die Tatsache gilt; eigener_tag: Wort
    eines eigenen Feldes dafür. befristet: sie endet mit dem Ereignis. verlangt: diese Felder sind hier nötig.
    """

    art: str
    felder: tuple[str, ...]
    titel: Any = None
    hilfe: Any = None
    pflicht: bool = False
    fuer: tuple[str, ...] = ()
    fest: Callable[[Fall], Mapping[str, Any]] | None = None
    vorgabe: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    neu: bool = False
    ab: Callable[[date], date] = gleicher_tag
    eigener_tag: Any = None
    befristet: bool = False
    verlangt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Folge:
    """Was danach zu tun ist: Frist aus dem Fall (None: entfällt), Text der Wiedervorlage, Gesetz."""

    frist: Frist
    text: str
    gesetz: str = ""


@dataclass(frozen=True)
class Ereignisart:
    """Ein Ereignis: Worte, Teile, Folgen, Gesetz.

    tag und ende: Worte für den ersten und letzten Tag (ende leer: es hat keinen). spaeter: weitere Tage, an denen sich
    die Zahlung ändert; ihre Monate werden mit gezeigt. schreiben: was über die Teile hinaus zu erfassen ist. recht: das
    nötige Recht. seite: eigene Seite statt des allgemeinen Formulars.
    """

    titel: Any
    satz: Any
    gesetz: str
    tag: Any = None
    teile: tuple[Teil, ...] = ()
    folgen: tuple[Folge, ...] = ()
    ende: Any = None
    ende_noetig: bool = False
    spaeter: Callable[[Fall], list[date]] = nichts
    schreiben: Callable[[TenantSession, Fall], list[Fact]] | None = None
    recht: str = "person.write"
    seite: str = ""

    def teil(self, art: str) -> Teil:
        """Der Teil, der diese Art von Tatsache schreibt."""
        return next(one for one in self.teile if one.art == art)
