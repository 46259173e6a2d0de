"""Anforderung der Arbeitsunfähigkeitsdaten bei den Krankenkassen (eAU, § 109 SGB IV), eine Meldung je Kasse.

Angefordert wird, was am Schreibtisch als Krankmeldung genehmigt ist und auf die Bescheinigung wartet. Privat
Versicherte bringen sie auf Papier. Übergeben heißt angefordert; lehnt die Annahmestelle ab, ist neu anzufordern. Was
die Kasse antwortet, wird bei der Krankmeldung eingetragen. Das amtliche Schema ist nicht öffentlich.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import speichern, stamm, werte
from payroll.filings.meldungen.deuev import problem_of
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from payroll.filings.models import Meldesatz, Meldung
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Krankenkasse, Versicherung
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant
from timekeeping.leave.models import Abwesenheit
from timekeeping.leave.service import set_eau

WAITING, ASKED = "anzufordern", "angefordert"


@dataclass(frozen=True)
class Angefordert:
    """Die neuen Meldungen, und wen sie nicht enthalten, mit Grund."""

    meldungen: list[speichern.Erstellt]
    zurueckgestellt: list[str]


def request(session: TenantSession, today: date) -> Angefordert:
    """Erstellt die Anforderungen; freigeben muss eine zweite Person.

    Was in einer Meldung steht, die noch nicht übergeben ist, bleibt dort; kommt etwas dazu, entfällt etwas oder ist ein
    Befund offen, ersetzt eine neue Fassung die Meldungen, die noch niemand freigegeben hat. Eine freigegebene mit einer
    stornierten Krankmeldung wird zurückgezogen, was darin noch wartet, kommt in eine neue.
    """
    _withdraw_released(session)
    drafts, deferred = _drafts(session, today)
    stuck = session.scalars(select(Meldung).where(Meldung.art == "eau", Meldung.zustand == "erstellt")).all()
    renewed = bool(drafts) or any(one.befunde or _unwanted(session, one) for one in stuck)
    if renewed and speichern.withdraw_waiting(session, "eau"):
        drafts, deferred = _drafts(session, today)
    return Angefordert(speichern.store(session, drafts), deferred)


def _drafts(session: TenantSession, today: date) -> tuple[list[Entwurf], list[str]]:
    rows = session.scalars(select(Abwesenheit).where(
        Abwesenheit.art == "krank", Abwesenheit.zustand == "genehmigt", Abwesenheit.eau == WAITING)
        .order_by(Abwesenheit.von, Abwesenheit.id).with_for_update().execution_options(populate_existing=True)).all()
    # Read after the lock: what a request at the same moment has put into a filing is not asked twice.
    held, files = _on_the_way(session), stamm.files_of(session)
    funds = _funds(session, rows)
    employer = session.scalars(select(Tenant.betriebsnummer).where(Tenant.id == guard.tenant_of(session))).one() or ""
    deferred: list[str] = []
    by_fund: dict[tuple[str, str], list[Satz]] = defaultdict(list)
    for row in rows:
        file = files[row.beschaeftigung_id]
        fund, problem = funds.get(row.id, (("", ""), "Versicherung fehlt; erfassen."))
        key, problem = f"{file.personalnummer}|eau|{row.public_id}", problem or problem_of(file)
        if problem:
            deferred.append(f"{file.personalnummer}: {problem}")
        elif key not in held:
            by_fund[fund].append(_entry(key, file, row, (employer, fund[0]), today))
    month, missing = today.replace(day=1), () if employer else (
        "Betriebsnummer des Arbeitgebers fehlt (§ 18i SGB IV); bei seinen Angaben ergänzen.",)
    return [Entwurf("eau", month, month, *fund, today, saetze=tuple(entries), befunde=missing)
            for fund, entries in sorted(by_fund.items())], deferred


def _on_the_way(session: TenantSession) -> set[str]:
    """Schlüssel der Sätze, die noch nicht übergeben sind; was übergeben ist, lässt sich noch einmal anfordern."""
    return set(session.scalars(select(Meldesatz.schluessel).join(Meldung, Meldung.id == Meldesatz.meldung_id)
                               .where(Meldung.art == "eau", Meldung.zustand.in_(("erstellt", "freigegeben")))))


def _entry(key: str, file: stamm.Akte, row: Abwesenheit, numbers: tuple[str, str], today: date) -> Satz:
    content = {"vsnr": file.vsnr, **{name: file.inhalt[name] for name in ("nachname", "vorname", "geburtsdatum")},
               "betriebsnummer": numbers[0], "kasse": numbers[1],
               "arbeitsunfaehig_ab": (row.au_seit or row.von).isoformat(), "personalnummer": file.personalnummer}
    return Satz(key, "eau", row.von, row.bis, today, file.person, file.personalnummer, content)


def _funds(session: TenantSession, rows: Sequence[Abwesenheit]) -> dict[int, tuple[tuple[str, str], str]]:
    """Je Krankmeldung die Kasse der Person am ersten Tag, bei Minijobs die eigene, oder was hindert."""
    found: dict[int, tuple[tuple[str, str], str]] = {}
    if not rows:
        return found
    touching = or_(*(and_(Versicherung.beschaeftigung_id == row.beschaeftigung_id, Versicherung.valid_from <= row.von,
                          or_(Versicherung.valid_to.is_(None), Versicherung.valid_to >= row.von)) for row in rows))
    by_job = defaultdict(list)
    for one in session.execute(
            select(Versicherung.beschaeftigung_id, Versicherung.valid_from, Versicherung.valid_to, Versicherung.kv_art,
                   Krankenkasse.betriebsnummer, Krankenkasse.name)
            .outerjoin(Krankenkasse, Krankenkasse.id == Versicherung.krankenkasse_id)
            .where(known(Versicherung, None), touching).order_by(Versicherung.valid_from)):
        by_job[one.beschaeftigung_id].append(one)
    for row in rows:
        for one in by_job[row.beschaeftigung_id]:
            if one.valid_from <= row.von <= (one.valid_to or row.von):
                problem = ("nicht gesetzlich versichert; die Bescheinigung kommt auf Papier."
                           if one.kv_art not in werte.STATUTORY else "" if one.betriebsnummer
                           else "Krankenkasse der Person oder ihre Betriebsnummer fehlt; ergänzen.")
                found[row.id] = (one.betriebsnummer or "", one.name or ""), problem
    return found


def handed_over(session: TenantSession, meldung: Meldung) -> None:
    """Die Krankmeldungen dieser Meldung sind angefordert."""
    _move(session, meldung, WAITING, ASKED)


def rejected(session: TenantSession, meldung: Meldung) -> None:
    """Die Annahmestelle hat abgelehnt: anzufordern ist, was die Kasse noch nicht beantwortet hat.

    Was inzwischen noch einmal angefordert ist, bleibt es.
    """
    again = set(session.scalars(select(Meldesatz.schluessel).join(Meldung, Meldung.id == Meldesatz.meldung_id).where(
        Meldung.art == "eau", Meldung.id > meldung.id, Meldung.zustand.in_(("uebergeben", "angenommen")))))
    _move(session, meldung, ASKED, WAITING, spared=again)


def demand_wanted(session: TenantSession, meldung: Meldung, *, lock: bool = False) -> None:
    """Abrufen darf der Arbeitgeber nur, was gemeldet ist (§ 109 Abs. 1 SGB IV): storniert heißt nicht mehr.

    lock: hält die Krankmeldungen fest, damit keine storniert wird, während die Datei das Haus verlässt.
    """
    for words in _cancelled(session, meldung, lock=lock):
        raise FilingRefused(
            f"{words} und darf nicht mehr angefordert werden (§ 109 SGB IV). „eAU anfordern“ noch einmal wählen: was "
            "noch wartet, kommt ohne sie in eine neue Meldung, diese ist dann zurückgezogen.")


def hints(session: TenantSession, meldung: Meldung) -> list[str]:
    """Was über die Krankmeldungen einer Anforderung zu wissen ist, ehe oder nachdem sie das Haus verlassen hat."""
    if meldung.art != "eau" or meldung.zustand == "zurueckgezogen":
        return []
    then = ("„eAU anfordern“ noch einmal wählen, ehe etwas übergeben wird."
            if meldung.zustand in ("erstellt", "freigegeben")
            else "Angefordert war sie schon; was die Kasse antwortet, nicht verwenden.")
    return [f"{words}. {then}" for words in _cancelled(session, meldung)]


def _cancelled(session: TenantSession, meldung: Meldung, *, lock: bool = False) -> list[str]:
    return [f"{key.partition('|')[0]}: die Krankmeldung ab {row.von:%d.%m.%Y} ist {row.zustand}"
            for key, row in _notes(session, meldung, lock=lock) if row.zustand != "genehmigt"]


def _withdraw_released(session: TenantSession) -> None:
    for one in session.scalars(select(Meldung).where(Meldung.art == "eau", Meldung.zustand == "freigegeben")
                               .with_for_update().execution_options(populate_existing=True)).all():
        if words := _cancelled(session, one):
            speichern.withdraw_row(session, one, f"{words[0]}; nicht übergeben")


def _unwanted(session: TenantSession, meldung: Meldung) -> bool:
    return any((row.zustand, row.eau) != ("genehmigt", WAITING) for _, row in _notes(session, meldung))


def _move(session: TenantSession, meldung: Meldung, before: str, after: str, *,
          spared: Collection[str] = ()) -> None:
    for key, row in _notes(session, meldung):
        if row.eau == before and key not in spared:
            set_eau(session, row, after)


def _notes(session: TenantSession, meldung: Meldung, *, lock: bool = False) -> list[tuple[str, Abwesenheit]]:
    """Schlüssel und Krankmeldung der Sätze dieser Meldung, nach dem Stand der Datenbank."""
    keys = {uuid.UUID(key.rpartition("|")[2]): key for key in session.scalars(
        select(Meldesatz.schluessel).where(Meldesatz.meldung_id == meldung.id))}
    statement = select(Abwesenheit).where(Abwesenheit.public_id.in_(keys)).order_by(Abwesenheit.id)
    if lock:
        statement = statement.with_for_update()
    return [(keys[row.public_id], row) for row in session.scalars(
        statement.execution_options(populate_existing=True))]
