"""Das Brett: was heute öffentlich aushängt, von allen Arbeitgebern, im Speicher gehalten und dort durchsucht.

Ein Prozess liest höchstens alle paar Sekunden neu; dazwischen kostet eine Seite keine Abfrage. Gelesen wird mit der
Rolle der Plattform, die von den Tabellen des Stellenmarkts nur den Aushang sieht.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select

from jobportal.content import Anzeige, from_json
from jobportal.models import Aushang
from tenants.db import engine
from tenants.db.session import platform_session
from tenants.models import Tenant

FRESH = 3.0  # seconds a board in memory is good for
EARTH = 6371.0


@dataclass(frozen=True)
class Arbeitgeber:
    """Wer sucht: Name, Anschrift, Aussehen, welche Seiten die Liste einbetten dürfen."""

    kennung: uuid.UUID
    tenant_id: int
    name: str
    farbe: str
    strasse: str
    plz: str
    ort: str
    email: str
    telefon: str
    einbetten: tuple[str, ...]


@dataclass(frozen=True)
class Aushangzettel:
    """Eine ausgehängte Anzeige mit ihrem Arbeitgeber; `suchtext` ist klein geschrieben."""

    kennung: uuid.UUID
    kennziffer: str
    anzeige: Anzeige
    arbeitgeber: Arbeitgeber
    bausteine: tuple[str, ...]
    datenschutz: str
    fassung: str
    zusage_tage: int
    intern_ab: date
    extern_ab: date
    bis: date
    geaendert_am: datetime
    abgenommen: bool
    suchtext: str = field(repr=False)

    def open_to(self, today: date, *, internal: bool = False) -> bool:
        """Ob man sich heute bewerben kann."""
        return not self.abgenommen and (self.intern_ab if internal else self.extern_ab) <= today <= self.bis


@dataclass(frozen=True)
class Suche:
    """Was jemand sucht; leere Felder schränken nicht ein. `umkreis` in Kilometern um den Ort."""

    text: str = ""
    ort: str = ""
    umkreis: int = 0
    bereich: str = ""
    gruppe: str = ""
    arbeitgeber: str = ""
    teilzeit: bool = False
    homeoffice: bool = False
    ausbildung: bool = False
    sortierung: str = "neu"


class Board:
    """Alle Zettel eines Augenblicks, auch abgelaufene und abgenommene: ihre Adresse sagt, dass sie vorbei sind."""

    def __init__(self, zettel: Sequence[Aushangzettel]) -> None:
        self.zettel = tuple(zettel)
        self.by_id = {one.kennung: one for one in zettel}

    def shown(self, today: date) -> list[Aushangzettel]:
        """Was heute draußen aushängt, das Neueste zuerst."""
        return [one for one in self.zettel if one.open_to(today)]

    def inside(self, today: date, tenants: set[int]) -> list[Aushangzettel]:
        """Was heute nur im Haus dieser Arbeitgeber aushängt."""
        return [one for one in self.zettel if one.arbeitgeber.tenant_id in tenants
                and one.open_to(today, internal=True) and not one.open_to(today)]

    def places(self, today: date) -> list[str]:
        """Arbeitsorte, nach denen man suchen kann."""
        return sorted({one.anzeige.ort for one in self.shown(today)})

    def search(self, today: date, wanted: Suche) -> list[Aushangzettel]:
        """Treffer in der gewünschten Reihenfolge."""
        words = wanted.text.lower().split()[:8]
        centre = self._centre(today, wanted.ort) if wanted.umkreis else None
        tests: list[Callable[[Aushangzettel], bool]] = [lambda one: all(word in one.suchtext for word in words)]
        if wanted.ort:
            tests.append(lambda one: _near(one.anzeige, wanted, centre))
        for name in ("bereich", "gruppe"):
            if getattr(wanted, name):
                tests.append(lambda one, name=name: getattr(one.anzeige, name) == getattr(wanted, name))
        if wanted.arbeitgeber:
            tests.append(lambda one: str(one.arbeitgeber.kennung) == wanted.arbeitgeber)
        for name in ("teilzeit", "homeoffice", "ausbildung"):
            if getattr(wanted, name):
                tests.append(lambda one, name=name: bool(getattr(one.anzeige, name)))
        found = [one for one in self.shown(today) if all(test(one) for test in tests)]
        if wanted.sortierung == "frist":
            found.sort(key=lambda one: (one.bis, one.kennziffer))
        elif wanted.sortierung == "titel":
            found.sort(key=lambda one: (one.anzeige.titel.lower(), one.kennziffer))
        return found

    def _centre(self, today: date, place: str) -> tuple[int, int] | None:
        """Die Lage eines Ortes nach Namen oder Postleitzahl, wie sie in den Anzeigen steht; sonst kennt sie niemand."""
        words = " ".join(place.lower().split())
        located = [(one, (one.breite, one.laenge)) for one in (slip.anzeige for slip in self.shown(today))
                   if one.breite is not None and one.laenge is not None]
        for fits in (lambda ad: words in (ad.ort.lower(), ad.plz, f"{ad.plz} {ad.ort}".lower()),
                     lambda ad: ad.ort.lower().startswith(words)):
            for ad, spot in located:
                if words and fits(ad):
                    return spot
        return None

    def located(self, today: date, wanted: Suche) -> bool:
        """Ob sich um den gesuchten Ort ein Umkreis ziehen lässt; ohne Umkreis stellt sich die Frage nicht."""
        return not wanted.umkreis or not wanted.ort or self._centre(today, wanted.ort) is not None


def distance(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Luftlinie in Kilometern zwischen zwei Orten (Millionstel Grad)."""
    (a, b), (c, d) = ((radians(x / 1e6), radians(y / 1e6)) for x, y in (first, second))
    return 2 * EARTH * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


_lock = threading.Lock()
_held: tuple[float, object, Board] | None = None


def current() -> Board:
    """Das Brett, höchstens wenige Sekunden alt."""
    global _held
    found, source = _held, engine.current()
    if found is not None and found[1] is source and time.monotonic() - found[0] < FRESH:
        return found[2]
    with _lock:
        found = _held
        if found is None or found[1] is not source or time.monotonic() - found[0] >= FRESH:
            _held = found = (time.monotonic(), source, load())
        return found[2]


def forget() -> None:
    """Nach einer Änderung in diesem Prozess liest die nächste Anfrage neu."""
    global _held
    _held = None


def load() -> Board:
    """Liest den ganzen Aushang aller aktiven Arbeitgeber mit zwei Abfragen."""
    with platform_session(actor="brett") as session:
        active = {row.id for row in session.execute(select(Tenant.id).where(Tenant.state == "aktiv"))}
        rows = session.scalars(select(Aushang).order_by(Aushang.extern_ab.desc(), Aushang.id.desc())).all()
        return Board([_slip(row) for row in rows if row.tenant_id in active])


def _slip(row: Aushang) -> Aushangzettel:
    raw, who = row.inhalt, row.inhalt["arbeitgeber"]
    anzeige = from_json(raw)
    employer = Arbeitgeber(
        uuid.UUID(who["kennung"]), row.tenant_id, who["name"], who["farbe"], who.get("strasse") or "",
        who.get("plz") or "", who.get("ort") or "", who.get("email") or "", who.get("telefon") or "",
        tuple(who.get("einbetten") or ()))
    text = f"{anzeige.texte}\n{anzeige.einheit}\n{anzeige.ort} {anzeige.plz}\n{employer.name}\n{row.kennziffer} " \
           f"{anzeige.gruppe}"
    return Aushangzettel(
        row.public_id, row.kennziffer, anzeige, employer, tuple(raw["bausteine"]), raw["datenschutz"], raw["fassung"],
        raw["zusage_tage"], row.intern_ab, row.extern_ab, row.bis, row.geaendert_am, row.abgenommen_am is not None,
        text.lower())


def _near(anzeige: Anzeige, wanted: Suche, centre: tuple[int, int] | None) -> bool:
    if centre is None or anzeige.breite is None or anzeige.laenge is None:
        return wanted.ort.lower() in f"{anzeige.ort} {anzeige.plz}".lower()
    return distance(centre, (anzeige.breite, anzeige.laenge)) <= wanted.umkreis
