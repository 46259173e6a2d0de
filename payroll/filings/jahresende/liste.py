"""Liste zum Jahresende: was bis zum Abschluss eines Jahres zu tun ist, und was davon getan ist."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from payroll.filings.betraege import worded
from payroll.filings.meldungen import alle, bescheinigung, lsta
from payroll.filings.meldungen.speichern import LEDGER
from payroll.filings.models import Meldesatz, Meldung, Zahlungsauftrag
from payroll.law.taxyear import rules_written
from payroll.postings.models import Journal
from payroll.runs.beside.models import ERSTATTUNGEN, Verrechnung
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.session import TenantSession

DONE = ("uebergeben", "angenommen")
ORDERS = {"lauf": "Bezüge", "folge": "Folgeauftrag", "abgaben": "Abgaben"}


@dataclass(frozen=True)
class Schritt:
    """Ein Schritt: `getan` None heißt, er lässt sich noch nicht beurteilen; `wo` ist der Ort am Schreibtisch.

    Dort geht es um den Monat (der erste, der fehlt) oder das Jahr, und bei Meldungen um eine Art.
    """

    was: str
    getan: bool | None
    einzelheit: str
    wo: str = ""
    monat: date | None = None
    art: str = ""


def steps(session: TenantSession, year: int) -> list[Schritt]:
    """Die Schritte in ihrer Reihenfolge."""
    first, last = date(year, 1, 1), date(year, 12, 1)
    closed = set(session.scalars(select(Lauf.monat).where(Lauf.zustand == "abgeschlossen",
                                                          Lauf.monat.between(first, last))))
    months = [date(year, number, 1) for number in range(min((one.month for one in closed), default=1), 13)]
    december = last in closed
    return [
        _months("Monate abgeschlossen", months, closed, "runs.index"),
        _equalised(session, december, last),
        _months("Monate gebucht", months, set(session.scalars(select(Journal.monat).where(
            Journal.monat.between(first, last)))), "journal.index"),
        _released(session, months),
        *(_months(words, months, _handed_over(session, kind, first, last), "filings.index", kind) for kind, words in (
            ("lsta", "Lohnsteuer angemeldet"), ("beitragsnachweis", "Beitragsnachweise übergeben"))),
        _certificates(session, year, december),
        *(_collected(session, kind, words, last, december) for kind, words in (
            ("deuev", "Jahresmeldungen der Sozialversicherung"), ("zv_jahr", "Jahresmeldung der Zusatzversorgung"),
            ("uv", "Jahresmeldungen der Unfallversicherung"), ("sb", "Anzeige schwerbehinderter Menschen"))),
        Schritt("Rückstellungen (Urlaub, Zeitguthaben, Altersteilzeit, Sabbatical)", None if not december else True,
                "gerechnet; Datei an das Finanzverfahren geben" if december else "nach dem Abschluss des Dezembers"),
        Schritt(f"Rechtswerte {year + 1}", rules_written(date(year + 1, 1, 1)),
                "Steuertarif und Werte des neuen Jahres im Programm"
                if rules_written(date(year + 1, 1, 1)) else "noch nicht verkündet; bis dahin wird vorläufig gerechnet",
                "law.index")]


def _released(session: TenantSession, months: list[date]) -> Schritt:
    """Jeder Monat ist gezahlt, und kein Auftrag des Jahres wartet noch: auch keine Abgaben, kein Folgeauftrag."""
    done, waiting = set(), defaultdict(set)
    for row in session.execute(select(Zahlungsauftrag.art, Zahlungsauftrag.monat, Zahlungsauftrag.zustand).where(
            Zahlungsauftrag.monat.between(months[0].replace(month=1), months[-1]),
            Zahlungsauftrag.zustand != "zurueckgezogen")):
        if row.zustand == "erstellt":
            waiting[row.art].add(row.monat)
        elif row.art == "lauf":
            done.add(row.monat)
    step = _months("Zahlungen freigegeben", months, done, "payments.index")
    still = ", ".join(f"{ORDERS[art]} {' '.join(f'{one:%m}' for one in sorted(waiting[art]))}"
                      for art in ORDERS if art in waiting)
    return step if not still else replace(
        step, getan=False, einzelheit=f"{step.einzelheit}; wartet auf Freigabe: {still}")


def _months(words: str, months: list[date], done: set[date], where: str, kind: str = "") -> Schritt:
    missing = [one for one in months if one not in done]
    listed = ", ".join(f"{one:%m}" for one in missing)
    return Schritt(words, not missing, f"{len(months) - len(missing)} von {len(months)}" + (
        f"; fehlt: {listed}" if missing else ""), where, missing[0] if missing else None, kind)


def _handed_over(session: TenantSession, kind: str, first: date, last: date) -> set[date]:
    states: dict[date, set[str]] = defaultdict(set)
    for row in session.execute(select(Meldung.monat, Meldung.zustand).where(
            Meldung.art == kind, Meldung.monat.between(first, last), Meldung.zustand != "zurueckgezogen")):
        states[row.monat].add(row.zustand)
    return {month for month, found in states.items() if found & set(DONE) and "erstellt" not in found}


def _equalised(session: TenantSession, december: bool, last: date) -> Schritt:
    if not december:
        return Schritt("Jahresausgleich gerechnet", None, "mit dem Lauf für Dezember (§ 42b EStG)", "runs.index",
                       last)
    row = session.execute(
        select(func.count(func.distinct(Ergebnis.id)).label("personen"), func.sum(Verrechnung.betrag).label("summe"))
        .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id)
        .where(Ergebnis.monat == last, Verrechnung.art.in_(ERSTATTUNGEN))).one()
    refunds = "1 Erstattung" if row.personen == 1 else f"{row.personen} Erstattungen"
    return Schritt("Jahresausgleich gerechnet", True, f"{refunds}, zusammen {worded(-int(row.summe or 0))}",
                   "runs.index", last)


def _certificates(session: TenantSession, year: int, december: bool) -> Schritt:
    """Die Bescheinigungen zusammen sind, was das Jahr über angemeldet und gebucht ist."""
    words = "Lohnsteuerbescheinigungen"
    if not december:
        return Schritt(words, None, "nach dem Abschluss des Dezembers", "filings.index", art="lstb")
    wanted, problems = bescheinigung.expected(session, year)
    certified = sum(one.inhalt["4"] for one in wanted)
    registered = sum(lsta.figures(session, lauf)["42"] for lauf in session.scalars(select(Lauf).where(
        Lauf.zustand == "abgeschlossen", Lauf.monat.between(date(year, 1, 1), date(year, 12, 1)))))
    if certified != registered:
        return Schritt(words, False, f"Lohnsteuer der Bescheinigungen ({worded(certified)}) ist nicht die der "
                                     f"Anmeldungen ({worded(registered)}); Meldungen je Monat vergleichen",
                       "filings.index", art="lstb")
    sent = session.scalar(select(func.sum(Meldung.saetze)).where(
        Meldung.art == "lstb", Meldung.fuer == date(year, 12, 1), Meldung.zustand.in_(DONE))) or 0
    detail = f"{sent} von {len(wanted)} übergeben; Summe gleich den Anmeldungen"
    return Schritt(words, sent >= len(wanted), detail + (f"; {len(problems)} ohne gültige Nummer" if problems else ""),
                   "filings.index", art="lstb")


def _collected(session: TenantSession, kind: str, words: str, month: date, december: bool) -> Schritt:
    if not december:
        return Schritt(words, None, "nach dem Abschluss des Dezembers", "filings.index", art=kind)
    rows = session.execute(select(Meldung.zustand, func.sum(Meldung.saetze).label("saetze")).where(
        Meldung.art == kind, Meldung.monat == month, Meldung.zustand.not_in(("zurueckgezogen", "abgelehnt")))
        .group_by(Meldung.zustand)).all()
    if later := _waiting_later(session, kind, month):
        return Schritt(words, False, f"mit {later:%m/%Y} erstellt, noch nicht übergeben", "filings.index", later, kind)
    if not rows and not alle.ALL[kind](session, month):
        return Schritt(words, True, "nichts zu melden, oder schon mit einem anderen Monat gemeldet", "filings.index",
                       art=kind)
    total, sent = sum(int(row.saetze) for row in rows), sum(int(row.saetze) for row in rows if row.zustand in DONE)
    # The notice of an employer without disabled people has figures and no entries.
    return Schritt(words, bool(rows) and all(row.zustand in DONE for row in rows),
                   f"{sent} von {total} Sätzen übergeben" if rows else "noch nicht erstellt", "filings.index",
                   art=kind)


def _waiting_later(session: TenantSession, kind: str, month: date) -> date | None:
    """Monat einer späteren Sammlung mit Sätzen dieses Jahres, die noch nicht übergeben ist."""
    if kind not in LEDGER:
        return None
    return session.scalars(
        select(Meldung.monat).join(Meldesatz, Meldesatz.meldung_id == Meldung.id)
        .where(Meldung.art == kind, Meldung.monat > month, Meldung.zustand.in_(("erstellt", "freigegeben")),
               Meldesatz.von <= date(month.year, 12, 31), Meldesatz.bis >= date(month.year, 1, 1))
        .order_by(Meldung.monat).limit(1)).first()
