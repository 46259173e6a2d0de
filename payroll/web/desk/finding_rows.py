"""Was die Seite der Hinweise aller Arbeitgeber zeigt: Zeilen, Ursachen und die Auswahl der Adresse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext

from payroll.runs import befunde
from payroll.web.desk import finding_places, month_range
from payroll.web.desk.finding_words import cause_key, plain, word
from payroll.web.desk.run_reading import LEVELS
from payroll.web.desk.staffing import names
from payroll.web.desk.wage_types import wage_types
from tenants import audit
from tenants.db.session import tenant_session
from tenants.web.identity import HeldMandate, Identity

KEEP = ("monat", "arbeitgeber", "stufe", "ursache", "stand", "zustaendig")
OPEN, SETTLED, ALL = "offen", "begruendet", "alle"
STANDS = {OPEN: lazy_gettext("offen"), SETTLED: lazy_gettext("begründet"), ALL: lazy_gettext("alle")}
TO_DO = "zu-tun"
LEVEL_CHOICES = {TO_DO: lazy_gettext("zu klären"), "fehler": lazy_gettext("Fehler"),
                 "warnung": lazy_gettext("Warnungen"), "hinweis": lazy_gettext("nur zur Kenntnis"),
                 ALL: lazy_gettext("alle")}
NOBODY = "niemand"


@dataclass(frozen=True)
class Row:
    """Ein Befund bei einem Arbeitgeber, mit seinem Wort und der Seite, auf der die Abhilfe geschieht."""

    held: HeldMandate
    one: befunde.Befundzeile
    word: str
    place: finding_places.Place | None
    name: str = ""

    @property
    def record(self) -> str:
        """Der Datensatz, mit dem Namen, wo er nur die Personalnummer nennt."""
        told = self.one.hinweis.datensatz
        return f"{told} ({self.name})" if self.name and "(" not in told else told

    @property
    def rule(self) -> str:
        """Die Regel ohne Kürzel des Programms."""
        return plain(self.one.hinweis.regel)

    @property
    def causes(self) -> tuple[str, str]:
        """Womit eine Adresse seine Ursache auswählt: nur das Feld, oder das Feld mit dieser Abhilfe."""
        return self.one.hinweis.feld, cause_key(self.one.hinweis.feld, self.one.hinweis.abhilfe)

    @property
    def key(self) -> str:
        """Kennung im Formular: Arbeitgeber und Befund."""
        return f"{self.held.public_id}:{self.one.hinweis.public_id}"

    @property
    def level(self) -> int:
        """Schwere zuerst."""
        return LEVELS.index(self.one.hinweis.stufe)

    @property
    def to_settle(self) -> bool:
        """Ob dieser Mensch ihn begründen kann: offen, in einem Probelauf, keine bloße Kenntnis."""
        found = self.one.hinweis
        return (found.erledigt_von is None and found.stufe != "hinweis" and self.one.zustand == "probe"
                and self.held.may("run.check"))

    @property
    def to_assign(self) -> bool:
        """Ob er zugewiesen werden kann."""
        return self.one.zustand != "abgeschlossen" and self.held.may("run.check")


@dataclass(frozen=True)
class Cause:
    """Eine Ursache über alle gezeigten Arbeitgeber: wie viele Befunde bei wie vielen."""

    stufe: str
    feld: str
    word: str
    abhilfe: str
    count: int
    employers: int

    @property
    def key(self) -> str:
        """Die Ursache in einer Adresse: genau diese Befunde."""
        return cause_key(self.feld, self.abhilfe)


@dataclass(frozen=True)
class Wanted:
    """Was die Adresse auswählt."""

    month: date
    employer: str
    level: str
    cause: str
    stand: str
    who: str


def read(me: Identity, mandates: Sequence[HeldMandate], wanted: Wanted, today: date, export: str = ""
         ) -> tuple[list[Row], date]:
    """Die Befunde der gewählten Arbeitgeber und ihr erster Monat; je Arbeitgeber eine feste Zahl von Abfragen.

    Sie nennen Menschen: bei jedem Arbeitgeber steht das Lesen im Protokoll, mit der Art der Ausgabe (export).
    """
    rows: list[Row] = []
    first = wanted.month
    for held in mandates:
        if wanted.employer in ("", held.number):
            with tenant_session(held.tenant_id, actor=me.login) as session:
                found = befunde.of_month(session, wanted.month)
                texts = {one.nummer: one.text for one in wage_types(session, wanted.month)}
                first = min(first, month_range.first_month(session, today))
                called = names(session) if found else {}
                if found:
                    audit.record_reading(session, "lauf.hinweise_gelesen", f"lauf:{wanted.month:%Y-%m}",
                                         {"anzahl": len(found), "ausgabe": export or None})
            rows += [Row(held, one, word(one.hinweis.feld, wanted.month, texts),
                         finding_places.place(one, held, wanted.month), called.get(one.personalnummer, ""))
                     for one in found]
    return rows, first


def stands(row: Row, wanted: Wanted) -> bool:
    """Ob der Befund den gewünschten Stand und die gewünschte zuständige Person hat."""
    settled = row.one.hinweis.erledigt_von is not None
    if wanted.stand != ALL and settled != (wanted.stand == SETTLED):
        return False
    return wanted.who == "" or row.one.zustaendig == ("" if wanted.who == NOBODY else wanted.who)


def levelled(row: Row, wanted: Wanted) -> bool:
    """Ob er die gewünschte Stufe hat."""
    stufe = row.one.hinweis.stufe
    return wanted.level in (ALL, stufe) or (wanted.level == TO_DO and stufe != "hinweis")


def causes(rows: Sequence[Row]) -> list[Cause]:
    """Ursachen mit gleicher Abhilfe, die schweren und häufigen zuerst."""
    found: dict[tuple[int, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        found[row.level, row.one.hinweis.feld, row.one.hinweis.abhilfe].append(row)
    made = [Cause(LEVELS[level], field, members[0].word, remedy, len(members),
                  len({row.held.tenant_id for row in members}))
            for (level, field, remedy), members in found.items()]
    return sorted(made, key=lambda one: (LEVELS.index(one.stufe), -one.count, one.word))


def wanted_of(args: Mapping[str, str], month: date) -> Wanted:
    """Die Auswahl einer Adresse; was es nicht gibt, ist die Vorgabe."""
    stand, level = args.get("stand", OPEN), args.get("stufe", TO_DO)
    return Wanted(month, args.get("arbeitgeber", ""), level if level in LEVEL_CHOICES else TO_DO,
                  args.get("ursache", ""), stand if stand in STANDS else OPEN, args.get("zustaendig", ""))
