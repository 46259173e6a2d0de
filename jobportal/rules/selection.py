"""Befunde zu einer Auswahl: was das Verfahren angreifbar macht, nach welchem Recht, was hilft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from jobportal import applications, postings, selection
from jobportal.content import from_json
from jobportal.models import Ausschreibung, AuswahlStatistik, Bewerbung
from jobportal.rules.legal import Pflicht
from tenants.db.session import TenantSession

SHORT = ("engere_wahl", "eingeladen", "zusage", "eingestellt")


def findings(session: TenantSession, posting: Ausschreibung, today: date) -> list[Pflicht]:
    """Alle Befunde einer Ausschreibung."""
    rows = selection.all_of(session, posting)
    return [*_disabled(session, rows), *_women(session, posting, rows), *_raters(session, posting),
            *_best(session, posting), *_late(rows, today)]


def _disabled(session: TenantSession, rows: Iterable[Bewerbung]) -> list[Pflicht]:
    """§ 165 Satz 3, 4 SGB IX: einladen, außer die fachliche Eignung fehlt offensichtlich."""
    found = []
    for row in rows:
        unfit = row.formal is not None and row.formal != "vollständig"
        invited = row.zustand in ("eingeladen", "zusage", "eingestellt")
        if not unfit and not invited and applications.severely_disabled(session, row):
            found.append(Pflicht(
                "fehler", str(row.nummer), f"Bewerbung {row.nummer}: schwerbehindert und nicht eingeladen",
                "§ 165 Satz 3, 4 SGB IX", "einladen, oder die offensichtlich fehlende Eignung formal begründen"))
    return found


def _women(session: TenantSession, posting: Ausschreibung, rows: Iterable[Bewerbung]) -> list[Pflicht]:
    """§ 9 Abs. 1 LGG NRW: bei Unterrepräsentanz mindestens so viele Frauen wie Männer oder alle Geeigneten."""
    if not from_json(posting.inhalt).unterrepraesentiert:
        return []
    invited = {"frau": 0, "herr": 0}
    waiting = 0
    for row in rows:
        gender = applications.details(session, row).anrede
        if row.zustand in ("eingeladen", "zusage") and gender in invited:
            invited[gender] += 1
        elif row.zustand in ("eingegangen", "in_pruefung", "engere_wahl") and gender == "frau":
            waiting += row.formal in (None, "vollständig")
    if invited["herr"] > invited["frau"] and waiting:
        return [Pflicht("hinweis", "gespraeche", f"{invited['herr']} Männer und {invited['frau']} Frauen eingeladen, "
                        f"{waiting} Frauen noch nicht", "§ 9 Abs. 1 LGG NRW",
                        "mindestens ebenso viele Frauen einladen, soweit sie die Anforderungen erfüllen")]
    return []


def _raters(session: TenantSession, posting: Ausschreibung) -> list[Pflicht]:
    return [Pflicht("hinweis", str(one.bewerbung.nummer), f"Bewerbung {one.bewerbung.nummer}: erst {one.personen} "
                    "vollständige Einschätzung(en)", "Art. 33 Abs. 2 GG", "noch von jemandem einschätzen lassen")
            for one in selection.ranking(session, posting)
            if one.bewerbung.zustand in SHORT and one.personen < selection.RATERS]


def _best(session: TenantSession, posting: Ausschreibung) -> list[Pflicht]:
    made = selection.memo(session, posting)
    if made is None:
        return []
    ranked = selection.ranking(session, posting)
    chosen = next(one for one in ranked if one.bewerbung.id == made.bewerbung_id)
    ahead = [one for one in ranked if one.wert is not None and not one.fehlt and one.wert > (chosen.wert or 0)]
    if not ahead:
        return []
    numbers = ", ".join(str(one.bewerbung.nummer) for one in ahead)
    return [Pflicht("hinweis", "auswahl", f"Bewerbung {numbers} liegt nach Punkten vor der vorgeschlagenen",
                    "Art. 33 Abs. 2 GG", "die Begründung im Vermerk daraufhin prüfen")]


def _late(rows: Iterable[Bewerbung], today: date) -> list[Pflicht]:
    late = [str(row.nummer) for row in rows if row.zustand in selection.OPEN and row.zugesagt_bis and
            row.zugesagt_bis < today]
    if not late:
        return []
    return [Pflicht("hinweis", "uhr", f"Zugesagte Antwort überfällig: Bewerbung {', '.join(late)}",
                    "Zusage an die Bewerbenden", "antworten oder den Stand mitteilen")]


def figures(session: TenantSession, posting: Ausschreibung, smallest: int) -> list[tuple[str, dict[str, int | None]]]:
    """Zahlen zur Gleichstellung je Stufe; Gruppen unter der kleinsten Größe bleiben verborgen (None).

    Verborgen wird auch die nächstgrößere Gruppe einer Stufe, wenn sich die kleine sonst aus der Summe ergäbe.
    """
    rows = session.scalars(select(AuswahlStatistik).filter_by(ausschreibung_id=posting.id)).all()
    found = []
    for stufe in ("beworben", "eingeladen", "ausgewaehlt"):
        counts = {one.geschlecht: one.anzahl for one in rows if one.stufe == stufe}
        small = {name for name, number in counts.items() if 0 < number < smallest}
        if len(small) == 1:
            others = sorted((number, name) for name, number in counts.items() if name not in small and number)
            small |= {name for _, name in others[:1]}
        found.append((stufe, {name: None if name in small else counts.get(name, 0)
                              for name in ("weiblich", "maennlich", "divers", "ohne")}))
    return found


def complete(session: TenantSession, posting: Ausschreibung) -> bool:
    """Ob alle Schritte der Mitwirkung an der Auswahl getan sind."""
    steps = postings.steps(session, posting, "auswahl")
    return bool(steps) and all(one.ergebnis not in ("offen", "abgelehnt") for one in steps)
