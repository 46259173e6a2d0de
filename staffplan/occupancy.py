"""Besetzen und Freiwerden: wer auf welcher Stelle sitzt, geprüft gegen die Regeln; kw und ku wirken beim Freiwerden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from staffplan import grades, notes, posts, recording
from staffplan.models import StelleBesetzung, StelleVermerk
from staffplan.reading import note, occupation
from staffplan.rules import Refused, appointment
from staffplan.state import Besetzung
from tenants.db.session import TenantSession


def occupy(session: TenantSession, new: Besetzung, *, reason: str, taken_over: bool = False) -> StelleBesetzung:
    """Besetzt eine Stelle oder ändert eine Besetzung derselben Person im selben Zustand.

    `taken_over`: aus einem Altbestand übernommen; Vermerke, die schon stehen, hindern die vorgefundene Besetzung nicht.
    """
    if not new.personalnummer.strip():
        raise Refused(f"Stelle {new.stelle}, Besetzung: Personalnummer angeben.")
    anchor = posts.demand(session, new.stelle)
    with session.begin_nested():
        appointment.check(new, around(session, new, with_notes=not taken_over))
        return recording.record(
            session, StelleBesetzung, ab=new.ab, bis=new.bis, reason=reason, replace_later=new.bis is None,
            subject=f"Stelle {new.stelle}, Personalnummer {new.personalnummer}", stelle_id=anchor.id,
            personalnummer=new.personalnummer.strip(), zustand=new.zustand, laufbahn=new.laufbahn,
            gruppe=str(grades.parse(new.gruppe)), vertritt=new.vertritt or None,
            begruendung=(new.begruendung or "").strip() or None, zaehler=new.anteil.numerator,
            nenner=new.anteil.denominator)


def stands(session: TenantSession, new: Besetzung) -> bool:
    """Gilt die Besetzung ab ihrem Beginn schon so? Ein Ende, das sie nicht nennt, bleibt, wie es eingetragen ist.

    Refused, wenn derselben Person auf derselben Stelle im selben Zustand für die Zeit schon anderes eingetragen ist:
    ein späterer Beginn, ein früheres Ende. Weiter läuft nur, was vorher unbefristet galt.
    """
    anchor = posts.demand(session, new.stelle)
    rows = [occupation(new.stelle, row) for row in recording.current(
        session, StelleBesetzung, new.ab, new.bis, stelle_id=anchor.id, personalnummer=new.personalnummer.strip(),
        zustand=new.zustand)]
    try:
        wanted, end = replace(new, gruppe=str(grades.parse(new.gruppe))), new.bis or date.max
    except grades.UnknownGrade:
        return False  # occupying says what is expected
    if rows and rows[0].ab <= new.ab and replace(rows[0], ab=new.ab, bis=new.bis) == wanted and (
            new.bis is None or (rows[0].bis or date.max) >= new.bis):
        return True
    if other := next((row for row in rows if row.ab >= new.ab or (row.bis or date.max) < end), None):
        until = f" bis {other.bis:%d.%m.%Y}" if other.bis else ""
        raise Refused(f"Stelle {new.stelle}, Personalnummer {new.personalnummer}: ab {other.ab:%d.%m.%Y}{until} schon "
                      "anders eingetragen; am Schreibtisch ändern.")
    return False


def around(session: TenantSession, new: Besetzung, *, with_notes: bool = True) -> appointment.Umfeld:
    """Was für die Prüfung zählt; die Zeile, die ersetzt würde, zählt nicht mit."""
    anchor = posts.demand(session, new.stelle)
    here = [occupation(new.stelle, row) for row in recording.current(session, StelleBesetzung, stelle_id=anchor.id)]
    numbers = posts.numbers(session)
    own = [occupation(numbers[row.stelle_id], row)
           for row in recording.current(session, StelleBesetzung, personalnummer=new.personalnummer)]
    remarks = recording.current(session, StelleVermerk, stelle_id=anchor.id) if with_notes else ()
    return appointment.Umfeld(posts.versions(session, anchor), [note(row) for row in remarks],
                              _without(here, new), _without(own, new))


def vacate(
    session: TenantSession, nummer: str, personalnummer: str, *, last_day: date, reason: str, zustand: str | None = None
) -> list[str]:
    """Beendet die Besetzung einer Person und vollzieht, was ein Vermerk dann verlangt.

    Gibt in Worten, was vollzogen wurde (Stelle weggefallen, umgewandelt).
    """
    anchor = posts.demand(session, nummer)
    keys = {"stelle_id": anchor.id, "personalnummer": personalnummer} | ({"zustand": zustand} if zustand else {})
    held = recording.current(session, StelleBesetzung, last_day, None, **keys)
    if not held:
        raise Refused(f"Stelle {nummer}, Personalnummer {personalnummer}: am {last_day:%d.%m.%Y} nicht auf dieser "
                      "Stelle; Tag und Stelle prüfen.")
    with session.begin_nested():
        recording.end(session, StelleBesetzung, last_day=last_day, reason=reason,
                      subject=f"Stelle {nummer}, Personalnummer {personalnummer}", **keys)
        return notes.execute_if_free(session, nummer, last_day + recording.DAY)


def leave(session: TenantSession, held: Besetzung, *, ab: date, zustand: str, reason: str, bis: date | None = None
          ) -> None:
    """Wechselt den Zustand einer Besetzung ab einem Tag (Elternzeit, Beurlaubung, Altersteilzeit und zurück)."""
    if not held.holds(ab):
        raise Refused(f"Stelle {held.stelle}, Personalnummer {held.personalnummer}: am {ab:%d.%m.%Y} nicht auf dieser "
                      "Stelle; Tag prüfen.")
    anchor = posts.demand(session, held.stelle)
    keys = {"stelle_id": anchor.id, "personalnummer": held.personalnummer, "zustand": held.zustand}
    subject = f"Stelle {held.stelle}, Personalnummer {held.personalnummer}"
    with session.begin_nested():
        recording.end(session, StelleBesetzung, last_day=ab - recording.DAY, reason=reason, subject=subject, **keys)
        occupy(session, replace(held, zustand=zustand, ab=ab, bis=bis or held.bis), reason=reason)
        if bis is not None and (held.bis is None or bis < held.bis):
            occupy(session, replace(held, ab=bis + recording.DAY), reason=reason)


def _without(rows: Sequence[Besetzung], new: Besetzung) -> list[Besetzung]:
    """Ohne die Zeiten, die die neue Zeile ersetzt (dieselbe Person, Stelle, derselbe Zustand); der Rest bleibt."""
    found = []
    for row in rows:
        same = (row.stelle, row.personalnummer, row.zustand) == (new.stelle, new.personalnummer, new.zustand)
        if not same:
            found.append(row)
            continue
        if row.ab < new.ab:
            found.append(replace(row, bis=min(row.bis or date.max, new.ab - recording.DAY)))
        if new.bis is not None and (row.bis or date.max) > new.bis:
            found.append(replace(row, ab=max(row.ab, new.bis + recording.DAY)))
    return found
