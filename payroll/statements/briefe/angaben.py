"""Angaben für Briefe: Absender, Anschrift, Person und Beschäftigung, geänderte Bezüge, Erklärung nach § 840 ZPO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import (
    Beschaeftigung,
    BeschaeftigungAngaben,
    Bezuegezuordnung,
    Person,
    PersonAngaben,
    Pfaendung,
)
from payroll.runs import wandel
from payroll.runs.models import Lauf
from payroll.statements import wording as w
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

NOT_SERVED = ("abtretung", "aufrechnung", "insolvenz")  # no attachment order, so no declaration of a debtor
NO_END = "ohne bekanntes Ende"
RECOGNISED = "Wir erkennen die gepfändete Forderung als begründet an und sind zur Zahlung bereit."
NOT_RECOGNISED = "Wir erkennen die gepfändete Forderung nicht als begründet an. {why}"


class BriefError(ValueError):
    """Der Brief lässt sich so nicht schreiben; der Text nennt Feld und Abhilfe."""


@dataclass(frozen=True)
class Absender:
    """Der Arbeitgeber im Briefkopf."""

    name: str
    ort: str
    zeilen: tuple[str, ...]


@dataclass(frozen=True)
class Empfaenger:
    """Die Person: Name, Anschrift, Geburtstag."""

    name: str
    nachname: str
    geburtsdatum: date
    zeilen: tuple[str, ...]


def sender(session: TenantSession) -> Absender:
    """Absender des Mandanten."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    place = f"{tenant.plz or ''} {tenant.ort or ''}".strip()
    return Absender(tenant.name, tenant.ort or "", lines(tenant.name, tenant.strasse, place))


def recipient(session: TenantSession, person: Person, day: date) -> Empfaenger:
    """Name und Anschrift, wie sie an diesem Tag gelten (sonst die jüngsten)."""
    rows = session.scalars(select(PersonAngaben).where(
        PersonAngaben.person_id == person.id, known(PersonAngaben, None)).order_by(PersonAngaben.valid_from)).all()
    one = _nearest(rows, day)
    if one is None:
        raise BriefError("Zu dieser Person fehlen Name und Anschrift; zuerst die persönlichen Angaben erfassen.")
    name = f"{one.vorname} {one.nachname}".strip()
    place = f"{one.plz or ''} {one.ort or ''}".strip()
    return Empfaenger(name, one.nachname, one.geburtsdatum, lines(name, one.strasse, place))


def common(own: Empfaenger, from_: Absender, day: date) -> dict[str, str]:
    """Angaben, die jeder Brief kennt."""
    return {"name": own.name, "nachname": own.nachname, "arbeitgeber": from_.name, "ort": from_.ort,
            "datum": f"{day:%d.%m.%Y}"}


def employment(session: TenantSession, job: Beschaeftigung, day: date) -> dict[str, str]:
    """Angaben der Beschäftigung an diesem Tag."""
    about = about_of(session, job, day)
    pay = _nearest(_facts(session, Bezuegezuordnung, job), day)
    return {
        "personalnummer": job.personalnummer, "eintritt": f"{about.eintritt:%d.%m.%Y}",
        "austritt": f"{about.austritt:%d.%m.%Y}" if about.austritt else NO_END,
        "gruppe": f"{pay.entgeltgruppe}, Stufe {pay.stufe}" if pay else "ohne Gruppe",
        "wochenstunden": w.number(pay.wochenstunden) if pay else "ohne Angabe",
        "vollzeitstunden": w.number(pay.vollzeitstunden) if pay else "ohne Angabe"}


def certified(session: TenantSession, own: Empfaenger, job: Beschaeftigung, day: date) -> dict[str, str]:
    """Wie eine Bescheinigung dieses Tages die Beschäftigung nennt: von wann bis wann, wie viele Stunden."""
    about, pay = about_of(session, job, day), _nearest(_facts(session, Bezuegezuordnung, job), day)
    if about.art == "hinterbliebene":
        raise BriefError(f"Beschäftigung: {job.personalnummer} zahlt Hinterbliebenen; zu bescheinigen ist die "
                         "Beschäftigung der verstorbenen Person.")
    hours = "nicht festgelegt"
    if pay is not None and pay.wochenstunden and pay.vollzeitstunden:
        hours = f"{w.number(pay.wochenstunden)} von {w.number(pay.vollzeitstunden)} Stunden in der Woche"
    return {"geburtsdatum": f"{own.geburtsdatum:%d.%m.%Y}", "dauer": _duration(about, day), "arbeitszeit": hours}


def about_of(session: TenantSession, job: Beschaeftigung, day: date) -> BeschaeftigungAngaben:
    """Die Angaben der Beschäftigung an diesem Tag (sonst die jüngsten)."""
    about = _nearest(_facts(session, BeschaeftigungAngaben, job), day)
    if about is None:
        raise BriefError(f"Zu Personalnummer {job.personalnummer} fehlen die Angaben der Beschäftigung.")
    found: BeschaeftigungAngaben = about
    return found


def _duration(about: BeschaeftigungAngaben, day: date) -> str:
    if about.austritt is not None and about.austritt < day:
        return f"war vom {about.eintritt:%d.%m.%Y} bis zum {about.austritt:%d.%m.%Y} bei uns beschäftigt"
    if about.eintritt > day:
        return f"wird ab dem {about.eintritt:%d.%m.%Y} bei uns beschäftigt sein"
    return f"ist seit dem {about.eintritt:%d.%m.%Y} bei uns beschäftigt"


def change(session: TenantSession, job: Beschaeftigung, month: date) -> dict[str, str]:
    """Geänderte Bezüge eines abgeschlossenen Monats gegenüber dem Monat davor, jede Ursache mit ihrer Wirkung."""
    closed = session.scalars(select(Lauf.id).where(Lauf.monat == month, Lauf.zustand == "abgeschlossen")).first()
    if closed is None:
        raise BriefError(f"Monat: {w.month(month)} ist nicht abgeschlossen; die Mitteilung nennt nur, was feststeht.")
    found = wandel.of_person(session, job.id, month)
    if found is None or found.vorher is None or found.nachher is None:
        raise BriefError(f"Monat: zu {w.month(month)} fehlt für Personalnummer {job.personalnummer} der Vormonat.")
    if not found.anteile:
        raise BriefError(f"Monat: im {w.month(month)} hat sich nichts geändert.")
    causes = [f"- {share.satz or share.titel} ({w.signed(share.wirkung)}{w.NO_BREAK}€)" for share in found.anteile]
    return {
        "monat": w.month(month), "vormonat": w.month(month - relativedelta(months=1)),
        "auszahlung_vorher": w.euro(found.vorher), "auszahlung": w.euro(found.nachher),
        "unterschied": f"{w.signed(found.unterschied)}{w.NO_BREAK}€", "ursachen": "\n".join(causes)}


def claims_of(session: TenantSession, person: Person) -> list[Pfaendung]:
    """Je Forderung der Person die jüngste bekannte Fassung, nach Nummer."""
    rows = session.scalars(select(Pfaendung).where(known(Pfaendung, None), Pfaendung.person_id == person.id)
                           .order_by(Pfaendung.nummer, Pfaendung.valid_from))
    return list({row.nummer: row for row in rows}.values())


def declaration(claims: Sequence[Pfaendung], number: int, recognised: bool, why: str) -> dict[str, str]:
    """Erklärung zu einer Forderung; wer sie nicht anerkennt, sagt warum (§ 840 Abs. 1 Nr. 1 bis 3 ZPO)."""
    own = next((one for one in claims if one.nummer == number), None)
    if own is None or own.art in NOT_SERVED:
        raise BriefError("Forderung: eine Pfändung dieser Person wählen.")
    if own.zugestellt_am is None:
        raise BriefError("Forderung: der Tag der Zustellung fehlt; zuerst bei der Forderung erfassen.")
    if not recognised and not why.strip():
        raise BriefError("Begründung: angeben, warum die Forderung nicht anerkannt wird.")
    running = [one for one in claims if one.nummer != number and one.zustand != "erledigt"]
    others = [one for one in running if one.art in NOT_SERVED]
    earlier = [one for one in running if one not in others and _rank(one) < _rank(own)]
    return {
        "glaeubiger": own.glaeubiger, "aktenzeichen": own.aktenzeichen or "ohne Zeichen",
        "zugestellt": f"{own.zugestellt_am:%d.%m.%Y}",
        "anerkannt": RECOGNISED if recognised else NOT_RECOGNISED.format(why=why.strip()),
        "andere_ansprueche": _listed(others, "Ansprüche anderer Personen auf die Forderung sind uns nicht bekannt.",
                                     "Folgende Ansprüche bestehen:"),
        "andere_pfaendungen": _listed(earlier, "Die Forderung ist bisher für keinen anderen Gläubiger gepfändet.",
                                      "Die Forderung ist bereits gepfändet:")}


def creditor(claim: Pfaendung) -> tuple[str, ...]:
    """Anschrift des Gläubigers."""
    return lines(claim.glaeubiger, claim.strasse, f"{claim.plz or ''} {claim.ort or ''}".strip())


def lines(*parts: str | None) -> tuple[str, ...]:
    """Zeilen einer Anschrift ohne leere."""
    return tuple(part for part in parts if part)


def _rank(claim: Pfaendung) -> tuple[date, str]:
    return (claim.zugestellt_am or claim.vorgepfaendet_am or date.max, claim.zugestellt_um or "")


def _listed(claims: Sequence[Pfaendung], none: str, some: str) -> str:
    """Nur was das Gesetz verlangt: wer, wofür, seit wann."""
    if not claims:
        return none
    rows = []
    for one in claims:
        since = f", zugestellt am {one.zugestellt_am:%d.%m.%Y}" if one.zugestellt_am else ""
        rows.append(f"- {one.glaeubiger}{f', {one.aktenzeichen}' if one.aktenzeichen else ''}{since}")
    return "\n".join((some, *rows))


def _facts(session: TenantSession, model: Any, job: Beschaeftigung) -> Sequence[Any]:
    return session.scalars(select(model).where(model.beschaeftigung_id == job.id, known(model, None))
                           .order_by(model.valid_from)).all()


def _nearest(rows: Sequence[Any], day: date) -> Any:
    past = [row for row in rows if row.valid_from <= day]
    return past[-1] if past else (rows[0] if rows else None)
