"""Arbeitsbescheinigung für die Bundesagentur für Arbeit (§ 312 SGB III), seit 2023 nur noch elektronisch (§ 313a, BEA).

Verlangt sie die Person oder die Agentur, entsteht eine Meldung aus Beschäftigung, Versicherung, Arbeitszeit, Zeiten
ohne Entgelt und den abgerechneten Monaten (§ 150 Abs. 1 SGB III); wie das Ende kam, weiß nur, wer es erfasst. Der
amtliche Datensatz und seine Schlüssel sind nicht öffentlich: gegeben wird der belegte Inhalt in Worten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from payroll.filings.betraege import worded
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import entgelte, konto, speichern, stamm, werte
from payroll.filings.meldungen.austritt import Ende, ended
from payroll.filings.meldungen.beendigung import Beendigung, demand
from payroll.filings.meldungen.deuev import problem_of
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.law.rules.entgelt.laufzeit import plus_monate
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Anlasszahlung, Bezuegezuordnung
from payroll.runs.models import Ergebnis, Ergebniszeile, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungZeile
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

RECIPIENT = ("bundesagentur", "Bundesagentur für Arbeit (BEA)")
MONTHS = 12  # the frame in which pay counts goes back one year (§ 150 Abs. 1 Satz 2 SGB III)
SEVERANCE, LEAVE = ("1610",), ("1609", "2108")  # wage types of the catalogue
DAY = timedelta(days=1)


def request(session: TenantSession, number: str, end: Beendigung, *, asked: date) -> speichern.Erstellt:
    """Erstellt die Bescheinigung einer beendeten Beschäftigung; freigeben muss eine zweite Person.

    asked: Tag, an dem sie verlangt wurde. Ist sie schon übergeben und hat sich etwas geändert, entsteht eine Korrektur.
    Wer wiedergekommen ist, hat mehrere Zeiten: bescheinigt wird die jüngste beendete, die da schon begonnen hatte.
    """
    file = next((one for one in stamm.files_of(session).values() if one.personalnummer == number), None)
    if file is None or file.art == "hinterbliebene":
        raise FilingRefused(f"Personalnummer {number} gibt es bei diesem Arbeitgeber nicht; Nummer prüfen.")
    over, left = _demand(session, file, end, asked)
    file = over.akte
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    months = _months(session, file, left)
    content = {**_person(file), **_employer(tenant), **_job(session, file, left), **end.content(),
               **_pay(months), **_extras(session, over, end)}
    entry = _against_ledger(session, over, Satz(f"{number}|bea|{file.eintritt}", "bea", left, left, asked, file.person,
                                                number, content))
    month = left.replace(day=1)
    draft = Entwurf("bea", month, month, *RECIPIENT, asked, saetze=(entry,), angaben={
        "hinweise": _hints(file, months, left)}, befunde=() if tenant.betriebsnummer else (
        f"Arbeitgeber {tenant.name}: Betriebsnummer fehlt (§ 18i SGB IV); bei den Angaben des Arbeitgebers ergänzen.",))
    return speichern.store(session, [draft])[0]


def _demand(session: TenantSession, file: stamm.Akte, end: Beendigung, asked: date) -> tuple[Ende, date]:
    """Die beendete Zeit und ihr letzter Tag; was fehlt, ehe sie sich bescheinigen lässt, wird genannt."""
    over = ended(session, file, asked)
    left = over.akte.austritt if over else None
    if over is None or left is None:
        raise FilingRefused(f"{file.personalnummer}: kein Austritt erfasst; bescheinigt wird eine beendete "
                            "Beschäftigung (§ 312 SGB III). Erst den Austritt erfassen.")
    if problem := problem_of(file):
        raise FilingRefused(f"{file.personalnummer}: {problem}")
    demand(end, left)
    month = left.replace(day=1)
    if month > (werte.last_closed(session) or date.min):
        raise FilingRefused(f"{file.personalnummer}: der Monat des Austritts, {month:%m/%Y}, ist noch nicht "
                            "abgeschlossen; bescheinigt wird abgerechnetes Entgelt (§ 150 Abs. 1 SGB III). Erst "
                            "abschließen.")
    return over, left


def _against_ledger(session: TenantSession, over: Ende, entry: Satz) -> Satz:
    """Der Satz, wie er hinausgeht: neu, oder als Korrektur dessen, was zu dieser Zeit schon bescheinigt ist.

    Ein berichtigter letzter Tag macht keine zweite Bescheinigung: gesucht wird nach der Zeit, nicht nach dem Tag.
    """
    own = [one for one in konto.ledger(session, "bea").values() if one.zeile.personalnummer == entry.personalnummer
           and over.akte.eintritt <= one.zeile.von <= over.bis]
    if not own:
        return entry
    held = max(own, key=lambda one: int(one.zeile.id))
    if held.pruefwert == entry.pruefwert or speichern.waits(session, held.kennung):
        raise FilingRefused(f"Für {entry.personalnummer} gibt es diese Bescheinigung schon; die Meldung ansehen. Ist "
                            "sie noch nicht freigegeben und falsch, sie zurückziehen und neu erstellen.")
    return replace(entry, schluessel=held.zeile.schluessel, satzart="korrektur", ersetzt=held.kennung)


def _person(file: stamm.Akte) -> dict[str, str]:
    return {"vsnr": file.vsnr, **{name: file.inhalt[name] for name in (
        "nachname", "vorname", "geburtsdatum", "strasse", "plz", "ort", "land")}, "personalnummer": file.personalnummer}


def _employer(tenant: Tenant) -> dict[str, str]:
    place = f"{tenant.plz or ''} {tenant.ort or ''}".strip()
    return {"betriebsnummer": tenant.betriebsnummer or "", "arbeitgeber": tenant.name,
            "arbeitgeber_anschrift": ", ".join(part for part in (tenant.strasse, place) if part)}


def _job(session: TenantSession, file: stamm.Akte, left: date) -> dict[str, str]:
    """Tätigkeit, Dauer, Versicherung, Arbeitszeit, Unterbrechungen; frühestens ein Jahr vor dem Ende."""
    since = max(plus_monate(left.replace(day=1), 1 - MONTHS), file.eintritt)
    held = [one for one in werte.insurances(session, None, [file.beschaeftigung]).get(file.beschaeftigung, ())
            if one.von <= left and (one.bis or left) >= since]
    gaps = stamm.gaps_of(session, {file.beschaeftigung: file}, left).get(file.beschaeftigung, ())
    return {
        "art": file.art, "taetigkeitsschluessel": file.taetigkeit(left), "eintritt": file.eintritt.isoformat(),
        "austritt": left.isoformat(),
        "arbeitslosenversicherung": "; ".join(
            f"{_span(one, file, left)} {'pflichtig' if _liable(one) else 'nicht'} "
            f"(Personengruppe {one.personengruppe or '–'}, Beitragsgruppe {one.gruppe})" for one in held),
        "arbeitszeit": "; ".join(_hours(session, file.beschaeftigung, since, left)),
        "ohne_entgelt": "; ".join(f"{first:%d.%m.%Y}–{min(until, left):%d.%m.%Y} {kind}" for gap in gaps
                                  for first, until, kind in gap.teile if first <= left and until >= since)}


def _span(one: werte.Abschnitt, file: stamm.Akte, left: date) -> str:
    return f"{max(one.von, file.eintritt):%d.%m.%Y}–{min(one.bis or left, left):%d.%m.%Y}"


def _hours(session: TenantSession, job: int, since: date, left: date) -> list[str]:
    """Vereinbarte Wochenstunden, wie sie sich im letzten Jahr geändert haben, mit der vollen Arbeitszeit."""
    rows = [(row.valid_from, row.wochenstunden, row.vollzeitstunden) for row in session.execute(
        select(Bezuegezuordnung.valid_from, Bezuegezuordnung.wochenstunden, Bezuegezuordnung.vollzeitstunden)
        .where(known(Bezuegezuordnung, None), Bezuegezuordnung.beschaeftigung_id == job,
               Bezuegezuordnung.valid_from <= left,
               (Bezuegezuordnung.valid_to.is_(None)) | (Bezuegezuordnung.valid_to >= since))
        .order_by(Bezuegezuordnung.valid_from))]
    changed = [one for at, one in enumerate(rows) if at == 0 or one[1:] != rows[at - 1][1:]]
    return [f"ab {first:%d.%m.%Y} " + f"{own} von {full} Stunden".replace(".", ",") for first, own, full in changed]


Monate = Sequence[tuple[date, Mapping[str, int]]]


def _months(session: TenantSession, file: stamm.Akte, left: date) -> Monate:
    """Die abgerechneten Monate des letzten Jahres, der jüngste zuerst, mit allem, was seither nachgebucht ist.

    Nur der Rentenversicherung gehört, was in Monaten ohne Beitragspflicht zur Arbeitslosenversicherung verdient ist.
    """
    last = left.replace(day=1)
    first = max(plus_monate(last, 1 - MONTHS), file.eintritt.replace(day=1))
    paid = entgelte.pay_of(session, werte.last_closed(session)).get(file.beschaeftigung)
    single: dict[date, int] = defaultdict(int)
    for row in _lines(session, file, left):  # one-off pay does not count in the assessment (§ 151 Abs. 2 SGB III)
        if row.merkmale[1:2] == "E":
            single[row.monat] += int(row.betrag)
    spans = werte.insurances(session, None, [file.beschaeftigung]).get(file.beschaeftigung, ())
    return [(month, {"entgelt": paid.monate[month]["sv_brutto_rv"] if _liable(werte.in_month(spans, month)) else 0,
                     "einmal": single.get(month, 0)})
            for month in sorted(paid.monate, reverse=True) if first <= month <= last] if paid else []


def _liable(held: werte.Abschnitt | None) -> bool:
    """Ob Beiträge zur Arbeitslosenversicherung anfallen: dritte Stelle der Beitragsgruppe (2: nur Arbeitgeber)."""
    return held is not None and held.gruppe[2:3] in ("1", "2")


def _pay(months: Monate) -> dict[str, object]:
    found: dict[str, object] = {}
    for at, (month, held) in enumerate(months, 1):
        found |= {f"monat_{at}": f"{month:%Y-%m}", f"entgelt_{at}": held["entgelt"],
                  f"einmal_{at}": held["einmal"]}
    return found


def _lines(session: TenantSession, file: stamm.Akte, until: date) -> list[Any]:
    """Bezüge dieser Zeit je Monat, Lohnart und Merkmalen (Cent), abgerechnet und nachgebucht."""
    lines, later = Ergebniszeile, RueckrechnungZeile
    own = (select(Ergebnis.monat, lines.lohnart, lines.merkmale, func.sum(lines.betrag).label("betrag"))
           .join(Lauf, Lauf.id == Ergebnis.lauf_id).join(lines, lines.ergebnis_id == Ergebnis.id)
           .where(Ergebnis.beschaeftigung_id == file.beschaeftigung, lines.bereich == "bezug")
           .group_by(Ergebnis.monat, lines.lohnart, lines.merkmale), Ergebnis.monat)
    booked = (select(Rueckrechnung.monat, later.name.label("lohnart"), later.merkmale,
                     func.sum(later.betrag).label("betrag"))
              .join(Lauf, Lauf.id == Rueckrechnung.lauf_id).join(later, later.rueckrechnung_id == Rueckrechnung.id)
              .where(Rueckrechnung.beschaeftigung_id == file.beschaeftigung, Rueckrechnung.art != "offen",
                     later.bereich == "bezug")
              .group_by(Rueckrechnung.monat, later.name, later.merkmale), Rueckrechnung.monat)
    return [row for statement, month in (own, booked) for row in session.execute(statement.where(
        Lauf.zustand == "abgeschlossen", month >= file.eintritt.replace(day=1), month <= until))]


def _extras(session: TenantSession, over: Ende, end: Beendigung) -> dict[str, object]:
    """Abfindung und Urlaubsabgeltung (§§ 157, 158 SGB III); eine abgerechnete Abfindung muss die genannte sein."""
    file = over.akte
    booked: dict[str, int] = defaultdict(int)
    for row in _lines(session, file, over.bis):
        booked[row.lohnart] += int(row.betrag)
    paid = sum(booked[one] for one in SEVERANCE)
    if paid > end.abfindung:
        raise FilingRefused(f"{file.personalnummer}: als Abfindung sind {worded(paid)} abgerechnet, angegeben "
                            f"{worded(end.abfindung)}; den ganzen Betrag angeben, der wegen des Endes zusteht "
                            "(§ 158 SGB III).")
    days = session.scalars(select(func.sum(Anlasszahlung.menge)).where(
        known(Anlasszahlung, None), Anlasszahlung.beschaeftigung_id == file.beschaeftigung,
        Anlasszahlung.art == "urlaubsabgeltung", Anlasszahlung.valid_from >= file.eintritt,
        Anlasszahlung.valid_from <= over.bis)).one()
    return {"urlaubsabgeltung": sum(booked[one] for one in LEAVE),
            "urlaubsabgeltung_tage": f"{days.normalize():f}".replace(".", ",") if days else ""}


def _hints(file: stamm.Akte, months: Monate, left: date) -> list[str]:
    """Was die Bescheinigung nicht weiß."""
    first = max(file.eintritt.replace(day=1), plus_monate(left.replace(day=1), 1 - MONTHS))
    earliest = months[-1][0] if months else plus_monate(left.replace(day=1), 1)
    found = ["Die Schlüssel des amtlichen Datensatzes (BEA) sind nicht öffentlich; die Angaben stehen in Worten und "
             "werden im SV-Meldeportal oder im Sendeprogramm zugeordnet."]
    if earliest > first:
        found.append(f"{file.personalnummer}: von {first:%m/%Y} bis {earliest - DAY:%m/%Y} ist hier nichts "
                     "abgerechnet; Entgelt dieser Monate aus dem früheren Verfahren ergänzen.")
    return found
