"""Zahlungsaufträge: erstellen, freigeben durch eine zweite Person, zurückziehen, herunterladen.

Erstellen ist wiederholbar: solange ein Auftrag des Laufs gilt, kommt derselbe zurück. Die Datei entsteht beim
Erstellen, liegt versiegelt und ändert sich nie; jeder Abruf liefert dieselben Bytes und steht im Protokoll.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from payroll.filings.abrechnungen import demand_printed
from payroll.filings.betraege import worded
from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa import bankdays, collecting, feedback
from payroll.filings.sepa.composing import Datei, Fertig, Rahmen, compose
from payroll.filings.sepa.employer_account import account_on
from payroll.masterdata.slices.tarif import overlays
from payroll.runs import service as runs
from payroll.runs import termine
from payroll.runs.models import Lauf
from tenants import audit
from tenants.db import guard
from tenants.db.bulk import copy_rows, whole_tables
from tenants.db.session import TenantSession
from tenants.models import Tenant
from tenants.security import keys_of, open_sealed, seal, seal_cell

OFFICE_TIME = ZoneInfo("Europe/Berlin")
COLUMNS = ("public_id", "zahlungsauftrag_id", "position", "monat", "art", "weg", "grund", "person_public_id",
           "personalnummer", "anspruch", "empfaenger_siegel", "iban_siegel", "iban_ende", "text_siegel", "betrag",
           "zweck", "end_to_end_id", "ausfuehrung", "ersetzt")


@dataclass(frozen=True)
class Erstellt:
    """Der Auftrag, ob er neu ist, und was dazu zu sagen ist."""

    auftrag: Zahlungsauftrag
    neu: bool
    hinweise: tuple[str, ...]


def create(session: TenantSession, month: date, *, today: date, now: datetime) -> Erstellt:
    """Erstellt den Auftrag eines abgeschlossenen Monats; gilt schon einer, kommt dieser zurück."""
    lauf = runs.find_run(session, month, lock=True)
    held = session.scalars(select(Zahlungsauftrag).where(
        Zahlungsauftrag.lauf_id == lauf.id, Zahlungsauftrag.art == "lauf",
        Zahlungsauftrag.zustand != "zurueckgezogen")).one_or_none()
    if held is not None:
        return Erstellt(held, False, ("Für diesen Monat gilt schon ein Auftrag; es ist derselbe.",))
    with whole_tables(session):
        found = collecting.collect(session, lauf)
        if not found.ansprueche:
            raise FilingRefused(f"{runs.month_name(lauf.monat)}: es ist nichts zu zahlen.")
        return store(session, lauf, found.ansprueche, today=today, now=now, art="lauf", hints=_hints(found))


def store(session: TenantSession, lauf: Lauf, claims: Sequence[collecting.Anspruch], *, today: date, now: datetime,
          art: str, hints: Sequence[str] = (), reason: str = "",
          replaced: dict[str, uuid.UUID] | None = None,
          days: dict[str, bankdays.Ausfuehrung] | None = None) -> Erstellt:
    """Baut Datei und Zahlungen eines Auftrags und schreibt sie; replaced: je Schlüssel die ersetzte Zahlung.

    days: Tag der Ausführung je Art, wenn er nicht am Zahltag hängt.
    """
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    number = (session.scalar(select(func.max(Zahlungsauftrag.nummer)).where(
        Zahlungsauftrag.lauf_id == lauf.id)) or 0) + 1
    public_id = uuid.uuid4()
    days = days or execution_days(session, lauf.monat, today)
    used = {claim.art for claim in claims}
    account = account_on(session, min(day.tag for kind, day in days.items() if kind in used))
    frame = Rahmen(message_id(tenant.number, lauf.monat, number, public_id),
                   now.astimezone(OFFICE_TIME).replace(microsecond=0), today, tenant.name, account, days)
    made = compose(frame, claims)
    row = _order(session, lauf, public_id, number, frame, made, art, reason)
    _write(session, row, made.zahlungen, replaced or {})
    audit.record(session, "zahlungsauftrag.erstellt", f"zahlungsauftrag:{row.msg_id}", {
        "monat": f"{lauf.monat:%Y-%m}", "art": art, "anzahl": row.anzahl, "summe": row.summe,
        "liste": [row.liste_anzahl, row.liste_summe], "sha256": row.sha256.hex(), "schema": made.geprueft,
        **({"ersetzt": sorted(map(str, replaced.values()))} if replaced else {})}, reason or None)
    filed = {one.anspruch.art for one in made.zahlungen if one.posten}
    late = [text for kind, word in WORDS.items() if kind in filed and (text := days[kind].hint(word))]
    return Erstellt(row, True, (*hints, *late))


WORDS = {"bezuege": "Bezüge der Beamtinnen und Beamten", "entgelt": "Entgelte", "pfaendung": "Gläubiger",
         "sparen": "Sparverträge", "steuer": "Finanzamt", "beitrag": "Krankenkassen",
         "zusatzversorgung": "Zusatzversorgung"}


def execution_days(session: TenantSession, month: date, today: date) -> dict[str, bankdays.Ausfuehrung]:
    """Tag der Ausführung je Art: Beamte im Voraus, alle anderen zum Zahltag des Tarifs."""
    tariff, official = termine.pay_days(month, overlays(session, month, None))
    ordinary = bankdays.execution(tariff.zahltag, today)
    now = bankdays.Ausfuehrung(bankdays.on_or_after(today), today, False)
    return {"bezuege": bankdays.execution(official.zahltag, today), "entgelt": ordinary, "pfaendung": ordinary,
            "sparen": ordinary, "steuer": now, "beitrag": now, "zusatzversorgung": now}


def message_id(number: str, month: date, order: int, public_id: uuid.UUID) -> str:
    """Kennung der Datei, für immer einmalig: Mandant, Monat, Nummer des Auftrags und vier zufällige Zeichen."""
    plain = re.sub(r"[^A-Za-z0-9]", "", number)[:9] or "0"
    return f"KL{plain}-{month:%Y%m}-{order:02d}-{public_id.hex[:4]}"


def find(session: TenantSession, public_id: uuid.UUID, *, lock: bool = False, content: bool = False) -> Zahlungsauftrag:
    """Ein Auftrag dieses Mandanten; der eines anderen ist unbekannt."""
    statement = select(Zahlungsauftrag).where(Zahlungsauftrag.public_id == public_id)
    if content:
        statement = statement.options(undefer(Zahlungsauftrag.datei_siegel))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise FilingRefused("Diesen Zahlungsauftrag gibt es nicht. Die Liste neu laden.")
    return row


def release(session: TenantSession, public_id: uuid.UUID, *, sha256: str, today: date) -> Zahlungsauftrag:
    """Gibt als zweite Person frei, was gezeigt wurde; danach lässt sich die Datei herunterladen."""
    row = find(session, public_id, lock=True)
    if row.sha256.hex() != sha256:  # what was shown is no secret
        raise FilingRefused("Freigegeben wird nur, was gezeigt wurde; die Seite neu laden und noch einmal ansehen.")
    if row.zustand == "freigegeben":
        return row
    if row.zustand != "erstellt":
        raise FilingRefused("Dieser Auftrag ist zurückgezogen; einen neuen erstellen.")
    actor = str(session.info["actor"])
    if actor == row.erstellt_von:
        raise FilingRefused("Wer den Auftrag erstellt hat, gibt ihn nicht frei. Freigeben muss eine zweite Person.")
    if row.erste_ausfuehrung is not None and row.erste_ausfuehrung < today:
        raise FilingRefused(f"Der Tag der Ausführung {row.erste_ausfuehrung:%d.%m.%Y} liegt zurück: den Auftrag "
                            "zurückziehen und neu erstellen, er bekommt dann den nächsten Bankarbeitstag.")
    _sums(session, row)
    if row.art == "lauf":
        demand_printed(session, session.scalars(select(Lauf).where(Lauf.id == row.lauf_id)).one())
    moment = session.scalars(select(func.now()).select_from(Zahlungsauftrag).limit(1)).one()
    row.zustand, row.freigegeben_von, row.freigegeben_am = "freigegeben", actor, moment
    audit.record(session, "zahlungsauftrag.freigegeben", f"zahlungsauftrag:{row.msg_id}",
                 {"summe": row.summe, "anzahl": row.anzahl, "sha256": row.sha256.hex()})
    feedback.settle_paid(session, row)
    return row


def withdraw(session: TenantSession, public_id: uuid.UUID, *, reason: str) -> Zahlungsauftrag:
    """Zieht einen Auftrag zurück, dessen Datei das Haus nie verlassen hat: nicht freigegeben oder ganz ohne Datei.

    Ohne Datei geht es auch nach der Freigabe, durch eine andere Person als die, die ihn erstellt hat.
    """
    row = find(session, public_id, lock=True)
    if not reason.strip():
        raise FilingRefused("Zum Zurückziehen bitte einen Grund angeben.")
    if row.zustand == "zurueckgezogen":
        return row
    released = row.zustand == "freigegeben"
    if released:
        _demand_unsent(session, row)
    row.zurueckgezogen_von, row.zurueckgezogen_grund = str(session.info["actor"]), reason.strip()
    row.zustand = "zurueckgezogen"
    audit.record(session, "zahlungsauftrag.zurueckgezogen", f"zahlungsauftrag:{row.msg_id}",
                 {"freigegeben_von": row.freigegeben_von, "liste": [row.liste_anzahl, row.liste_summe]}
                 if released else {}, reason.strip())
    if released:
        session.flush()  # the database opens a task again only for an order that is withdrawn
        feedback.reopen_unpaid(session, row)
    return row


def _demand_unsent(session: TenantSession, row: Zahlungsauftrag) -> None:
    if row.anzahl:
        raise FilingRefused("Freigegeben heißt, die Datei kann schon bei der Bank sein: bei der Bank zurückrufen, ihre "
                            "Rückmeldung einlesen und einen Folgeauftrag mit den abgelehnten Zahlungen erstellen.")
    if str(session.info["actor"]) == row.erstellt_von:
        raise FilingRefused("Wer den Auftrag erstellt hat, zieht ihn nach der Freigabe nicht zurück. Zurückziehen muss "
                            "eine zweite Person.")
    later = session.scalars(
        select(Zahlungsauftrag.msg_id).join(Zahlung, Zahlung.zahlungsauftrag_id == Zahlungsauftrag.id)
        .where(Zahlungsauftrag.zustand != "zurueckgezogen", Zahlung.ersetzt.in_(
            select(Zahlung.public_id).where(Zahlung.zahlungsauftrag_id == row.id))).limit(1)).first()
    if later is not None:
        raise FilingRefused(f"Zahlungen dieses Auftrags stehen schon im Auftrag {later}: erst diesen zurückziehen, "
                            "sonst würde zweimal gezahlt.")


def download(session: TenantSession, public_id: uuid.UUID) -> tuple[bytes, str]:
    """Die freigegebene Datei und ihr Name; immer dieselben Bytes, jeder Abruf steht im Protokoll."""
    row = find(session, public_id, content=True)
    if row.zustand != "freigegeben":
        raise FilingRefused("Herunterladen lässt sich nur ein freigegebener Auftrag; erst freigeben lassen.")
    content = opened(session, row)
    audit.record(session, "zahlungsdatei.abgerufen", f"zahlungsauftrag:{row.msg_id}", {"sha256": row.sha256.hex()})
    return content, f"{row.msg_id}.xml"


def opened(session: TenantSession, row: Zahlungsauftrag) -> bytes:
    """Der Inhalt der Datei, geprüft gegen ihre Prüfsumme."""
    if row.datei_siegel is None:
        raise FilingRefused("In diesem Auftrag geht nichts über die Bank: es gibt keine Datei, nur die Liste.")
    content = open_sealed(session, row.datei_siegel, table="zahlungsauftrag", row=str(row.public_id),
                          column="datei_siegel")
    if hashlib.sha256(content).digest() != row.sha256:
        raise FilingRefused("Die Datei passt nicht zu ihrer Prüfsumme: nicht verwenden, die Verwaltung verständigen.")
    return content


def _order(session: TenantSession, lauf: Lauf, public_id: uuid.UUID, number: int, frame: Rahmen, made: Datei, art: str,
           reason: str) -> Zahlungsauftrag:
    paid = [one for one in made.zahlungen if one.posten is not None]
    listed = [one for one in made.zahlungen if one.posten is None]
    days = [one.ausfuehrung for one in paid if one.ausfuehrung is not None]
    content = seal(session, made.inhalt, table="zahlungsauftrag", row=str(public_id), column="datei_siegel")
    row = Zahlungsauftrag(
        public_id=public_id, lauf_id=lauf.id, monat=lauf.monat, nummer=number, art=art, msg_id=frame.msg_id,
        zustand="erstellt", anzahl=len(paid), summe=sum(one.anspruch.betrag for one in paid),
        liste_anzahl=len(listed), liste_summe=sum(one.anspruch.betrag for one in listed),
        erste_ausfuehrung=min(days, default=None), konto_ende=frame.konto.iban[-4:], sha256=made.sha256,
        datei_siegel=content if paid else None, grund=reason, erstellt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    return row


def _write(session: TenantSession, row: Zahlungsauftrag, ready: Sequence[Fertig],
           replaced: dict[str, uuid.UUID]) -> None:
    keys, month, lines = keys_of(session), row.monat, []
    for position, one in enumerate(ready, 1):
        claim, public_id = one.anspruch, uuid.uuid4()

        def sealed(value: str, column: str, place: str = str(public_id)) -> bytes:
            return seal(keys, value.encode(), table="zahlung", row=place, column=column)

        lines.append((
            public_id, row.id, position, month, claim.art, "liste" if one.posten is None else "datei", one.grund,
            claim.person, claim.personalnummer, claim.schluessel,
            seal_cell(keys, claim.empfaenger.encode(), table="zahlung", row=str(public_id), column="empfaenger_siegel"),
            sealed(claim.iban, "iban_siegel") if claim.iban else None, claim.iban[-4:] if len(claim.iban) > 3 else None,
            sealed(one.text, "text_siegel"), claim.betrag, claim.zweck,
            None if one.posten is None else one.posten.kennung, one.ausfuehrung, replaced.get(claim.schluessel)))
    copy_rows(session, Zahlung, COLUMNS, lines)


def _sums(session: TenantSession, row: Zahlungsauftrag) -> None:
    rows = session.execute(select(Zahlung.weg, func.count(Zahlung.id), func.sum(Zahlung.betrag)).where(
        Zahlung.zahlungsauftrag_id == row.id).group_by(Zahlung.weg)).all()
    found = {weg: (int(count), int(total)) for weg, count, total in rows}
    stored = {"datei": (row.anzahl, row.summe), "liste": (row.liste_anzahl, row.liste_summe)}
    if any(found.get(weg, (0, 0)) != sums for weg, sums in stored.items()):
        raise FilingRefused("Die Zahlungen des Auftrags stimmen nicht mit seinen Summen überein: nicht freigeben, die "
                            "Verwaltung der Anwendung verständigen.")


def _hints(found: collecting.Sammlung) -> list[str]:
    hints = list(found.hinweise)
    if found.mehrfach:
        names = "; ".join(f"{who}: zusammen {worded(cents)}" for who, cents in found.mehrfach[:10])
        hints.append(f"Mehrere Zahlungen an dieselbe Person aus verschiedenen Beschäftigungen: {names}.")
    if found.nicht_gezahlt:
        numbers = ", ".join(number for number, _ in found.nicht_gezahlt[:10])
        hints.append(f"Nichts zu zahlen (null oder negativ, geht in den nächsten Monat): {numbers}.")
    return hints
