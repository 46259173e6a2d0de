"""Meldungen zur Sozialversicherung nach der DEÜV: aus Ein- und Austritt, Versicherung, Fehlzeiten und Entgelt.

Gerechnet wird immer der ganze Bestand seit dem ersten abgeschlossenen Monat; gegen das Meldekonto gehalten ergeben
sich neue
Meldungen und Stornierungen. Was davor lag, hat das frühere Verfahren gemeldet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import func, select

from payroll.filings.meldungen import stamm, verlangt, werte
from payroll.filings.meldungen.abschnitte import Stueck, idle_of, pieces_of
from payroll.filings.meldungen.entgelte import Entgelte, pay_of
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.meldungen.konto import difference
from payroll.filings.pflichten.termine import after_first_full_month, next_payroll, six_weeks
from payroll.masterdata.numbers import Unlesbar, betriebsnummer, born_in, sv_nummer
from payroll.runs.models import Lauf
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

REGISTRATIONS = ("10", "11", "12", "13", "17")
ADDRESS = ("strasse", "plz", "ort", "land")
MINIJOB = 109  # person group
RECIPIENT = ("annahmestelle", "Annahmestellen der Krankenkassen")


def drafts(session: TenantSession, month: date) -> list[Entwurf]:
    """Eine Sammlung mit allem, was zu melden und noch nicht gemeldet ist, immer bis zum letzten abgeschlossenen Monat.

    Aus einem früheren Monat erstellt, bliebe sonst später Gemeldetes ohne Gegenstück und würde storniert.
    """
    werte.closed_run(session, month)
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    wanted, deferred = expected(session, werte.last_closed(session), tenant.betriebsnummer or "",
                                steuernummer=tenant.steuernummer or "")
    entries = difference(session, "deuev", wanted, spared={text.partition(": ")[0] for text in deferred})
    if not entries and not deferred:
        return []
    due = min((one.frist for one in entries), default=six_weeks(werte.last_day(month)))
    new = [one for one in entries if one.satzart != "storno" and "art_besteuerung" in one.inhalt]
    return [Entwurf("deuev", month, month, *RECIPIENT, due, saetze=tuple(entries),
                    befunde=tuple(_employer(tenant, taxed=bool(new))), angaben={
                        "zurueckgestellt": deferred, "hinweise": _without_tax_id(new)})]


def _without_tax_id(entries: Sequence[Satz]) -> list[str]:
    """Wem die Steuer-Identifikationsnummer fehlt; gemeldet wird trotzdem, die Nummer wird sonst nachgereicht."""
    return sorted({f"{one.personalnummer}: Steuer-Identifikationsnummer fehlt; in Entgeltmeldungen zu Minijobs gehört "
                   "sie dazu (§ 28a Abs. 3 Satz 2 Nr. 2 Buchst. f SGB IV). Unter „Person“ erfassen und die "
                   "Sammlung vor der Freigabe neu erstellen; später erfasst, wird storniert und neu gemeldet."
                   for one in entries if not one.inhalt["steuer_id"]})


def _employer(tenant: Tenant, *, taxed: bool) -> Iterator[str]:
    try:
        betriebsnummer(tenant.betriebsnummer or "")
    except Unlesbar as error:
        yield (f"Arbeitgeber {tenant.name}: Betriebsnummer {error.grund} (§ 18i SGB IV); bei den Angaben des "
               "Arbeitgebers "
               "berichtigen.")
    if taxed and not tenant.steuernummer:
        yield (f"Arbeitgeber {tenant.name}: Steuernummer fehlt; sie gehört in Entgeltmeldungen zu Minijobs (§ 28a Abs. "
               "3 Satz 2 Nr. 2 Buchst. f SGB IV). Bei den Angaben des Arbeitgebers erfassen.")


def expected(session: TenantSession, month: date, employer: str, *,
             steuernummer: str = "") -> tuple[list[Satz], list[str]]:
    """Alle Meldungen seit dem ersten abgeschlossenen Monat und Sätze über zurückgestellte Personen."""
    start = session.scalars(select(func.min(Lauf.monat)).where(Lauf.zustand == "abgeschlossen")).one()
    last = werte.last_day(month)
    files = stamm.files_of(session)
    gaps, spans = stamm.gaps_of(session, files, last), werte.insurances(session, None)
    pay, asked = pay_of(session, month), verlangt.requests_of(session)
    made: list[Satz] = []
    deferred: list[str] = []
    for number, file in sorted(files.items(), key=lambda item: item[1].personalnummer):
        if file.art not in ("tarif", "auszubildende", "minijob") or number not in spans:
            continue
        problem = _problem(file, spans[number], employer)
        wanted, own = asked.get(number, verlangt.NONE), pay.get(number, Entgelte({}))
        parts = pieces_of(file, spans[number], gaps.get(number, []), start, last, wanted.rente)
        idle = idle_of(file, spans[number], gaps.get(number, []), start, last)
        entries = [*_entries(file, parts, own, employer), *_special(file, spans[number], own, employer),
                   *_beside(file, own, idle, employer), *_monthly(file, own, wanted, spans[number], employer)]
        if problem and (entries or wanted.monate):
            deferred.append(f"{file.personalnummer}: {problem}")
            continue
        made += [_taxed(one, file, own, steuernummer) for one in entries]
    return made, deferred


def _taxed(one: Satz, file: stamm.Akte, pay: Entgelte, number: str) -> Satz:
    """Meldungen mit Entgelt zu einem Minijob tragen Steuerdaten (§ 28a Abs. 3 Satz 2 Nr. 2 Buchst. f SGB IV); Art 1 ist
    die Pauschsteuer von 2 %, 0 alles andere.
    """
    if one.inhalt["personengruppe"] != MINIJOB or "entgelt" not in one.inhalt:
        return one
    return replace(one, inhalt=one.inhalt | {"steuernummer": number, "steuer_id": file.steuer_id,
                                             "art_besteuerung": int(pay.flat_taxed(one.von, one.bis))})


def _problem(file: stamm.Akte, spans: Any, employer: str) -> str:
    """Warum für diese Person noch nicht gemeldet werden kann; leer, wenn es geht."""
    if any(not one.betriebsnummer for one in spans if one.personengruppe):
        return "Krankenkasse ohne Betriebsnummer; bei den Krankenkassen ergänzen."
    if not file.taetigkeiten or not file.staat:
        return ("Tätigkeitsschlüssel (Beschäftigung) oder Staatsangehörigkeit (Person) fehlt; ergänzen (§ 28a Abs. 3 "
                "Satz 1 Nr. 4 und 5 SGB IV).")
    return problem_of(file)


def problem_of(file: stamm.Akte) -> str:
    """Was an der Versicherungsnummer hindert; leer, wenn nichts oder wenn noch keine da ist."""
    if not file.vsnr:
        return ""  # allowed: the birth data go instead, the number is asked for (§ 28a Abs. 3a SGB IV)
    try:
        number = sv_nummer(file.vsnr)
    except Unlesbar as error:
        return f"Versicherungsnummer: {error}"
    return "" if born_in(number, file.geboren) else "Versicherungsnummer passt nicht zum Geburtsdatum; beides prüfen."


def _entries(file: stamm.Akte, parts: list[Stueck], pay: Entgelte, employer: str) -> Iterator[Satz]:
    for one in parts:
        content = {"grund": one.grund, **_person(file, one.bis), "betriebsnummer": employer,
            "kasse": one.versicherung.betriebsnummer, "personengruppe": one.versicherung.personengruppe,
            "beitragsgruppe": one.versicherung.gruppe, "von": one.von.isoformat(),
            "bis": "" if one.grund in REGISTRATIONS else one.bis.isoformat(), "personalnummer": file.personalnummer}
        if one.grund in REGISTRATIONS:
            content |= {name: file.inhalt[name] for name in ADDRESS} if one.grund == "10" else {}
        elif one.grund != "37":
            content |= pay.reported(one, parts)
        frist = _deadline(one, parts)
        content["frist"] = frist.isoformat()
        yield Satz(f"{file.personalnummer}|{one.grund}|{one.von}", one.grund, one.von, one.bis, frist, file.person,
                   file.personalnummer, content)


def _special(file: stamm.Akte, spans: Sequence[werte.Abschnitt], pay: Entgelte, employer: str) -> Iterator[Satz]:
    """Märzklausel: die Einmalzahlung gehört zum letzten Monat des Vorjahres (§ 23a Abs. 4 SGB IV), Grund 54, nach der
    Versicherung von damals (§ 5 Abs. 1 DEÜV).
    """
    for month, cents, held in pay.of_last_year(spans):
        yield _one_off(file, f"{file.personalnummer}|54|{month}", month, date(month.year - 1, 12, 1), cents, held,
                       employer)


def _beside(file: stamm.Akte, pay: Entgelte, idle: Any, employer: str) -> Iterator[Satz]:
    """Einmalzahlung in einer Unterbrechung oder nach dem Ende, für die keine Meldung mehr kommt, Grund 54."""
    for month, assigned, cents, held in pay.beside(idle):
        yield _one_off(file, f"{file.personalnummer}|54|{month}|ohne", month, assigned, cents, held, employer)


def _monthly(file: stamm.Akte, pay: Entgelte, wanted: verlangt.Verlangt, spans: Any, employer: str) -> Iterator[Satz]:
    """Monatsmeldung auf Verlangen der Kasse (§ 11b DEÜV), je abgerechnetem Monat, Grund 58."""
    for month, values, frist in wanted.accounted(pay.monate):
        held = werte.in_month(spans, month)
        if held is None or not held.personengruppe:
            continue
        first, until = max(month, file.eintritt), min(werte.last_day(month), file.austritt or date.max)
        if first > until:  # paid after leaving: no day of work left to report, ground 54 carries it
            continue
        content = {"grund": "58", **_person(file, until), "betriebsnummer": employer, "kasse": held.betriebsnummer,
                   "personengruppe": held.personengruppe, "beitragsgruppe": held.gruppe, "von": first.isoformat(),
                   "bis": until.isoformat(), "entgelt": whole_euros(values["sv_brutto_rv"]),
                   "entgelt_kv": whole_euros(values["sv_brutto_kv"]), "personalnummer": file.personalnummer,
                   "frist": frist.isoformat()}
        yield Satz(f"{file.personalnummer}|58|{month}", "58", first, until, frist, file.person, file.personalnummer,
                   content)


def _one_off(file: stamm.Akte, key: str, paid: date, month: date, cents: int, held: werte.Abschnitt,
             employer: str) -> Satz:
    """Sonderzahlung des Monats `month`, gezahlt in `paid`."""
    until, frist = werte.last_day(month), six_weeks(werte.last_day(paid))
    content = {"grund": "54", **_person(file, until), "betriebsnummer": employer,
               "kasse": held.betriebsnummer, "personengruppe": held.personengruppe,
               "beitragsgruppe": held.gruppe, "von": month.isoformat(), "bis": until.isoformat(),
               "entgelt": whole_euros(cents), "personalnummer": file.personalnummer, "frist": frist.isoformat()}
    return Satz(key, "54", month, until, frist, file.person, file.personalnummer, content)


def _person(file: stamm.Akte, day: date) -> dict[str, str]:
    """Wer jemand ist und was er an diesem Tag tut (§ 28a Abs. 3 Satz 1 Nr. 1 bis 5 SGB IV)."""
    return {"vsnr": file.vsnr, **{name: file.inhalt[name] for name in ("nachname", "vorname", "geburtsdatum")},
            "staatsangehoerigkeit": file.staat, "taetigkeitsschluessel": file.taetigkeit(day)}


def whole_euros(cents: int) -> int:
    """Volle Euro, ab 50 Cent aufgerundet (§ 5 Abs. 4 DEÜV)."""
    return (cents + 50) // 100


def _deadline(one: Stueck, parts: Sequence[Stueck] = ()) -> date:
    """Frist eines Stücks; mit einer gesonderten Meldung kommt auch die Jahresmeldung davor (§ 12 Abs. 5 DEÜV)."""
    if one.grund == "50":
        asked = [part.verlangt for part in parts if part.verlangt is not None and part.bis >= one.bis]
        return min([date(one.bis.year + 1, 2, 15), *(next_payroll(day) for day in asked)])
    if one.verlangt is not None:
        return next_payroll(one.verlangt)
    if one.grund in ("51", "52", "53"):
        return after_first_full_month(one.bis)
    return six_weeks(one.von if one.grund in REGISTRATIONS else one.bis)
