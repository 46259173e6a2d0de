"""Die Rückrechnung in den Lauf schreiben: Buchungen, Auszahlung mit Vortrag, Befunde. Feste Zahl von Anweisungen."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime

import orjson
from sqlalchemy import delete, func, select

from payroll.law.rules.entgelt.fristen import ausschlussfrist
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Beschaeftigung, BeschaeftigungAngaben, PersonAngaben
from payroll.runs.errors import RunRefused
from payroll.runs.findings import Befund
from payroll.runs.models import Lauf
from payroll.runs.pruefwert import Gezeigtes, Payouts
from payroll.runs.retro.booking import Buchung
from payroll.runs.retro.plan import Plan
from payroll.runs.retro.settle import payout
from payroll.runs.retro_models import (
    Rueckrechnung,
    RueckrechnungAuszahlung,
    RueckrechnungBestaetigung,
    RueckrechnungLauf,
    RueckrechnungZeile,
)
from payroll.runs.ueberzahlung.vortrag import reductions
from tenants.audit import record
from tenants.db.bulk import copy_rows, reserve_ids
from tenants.db.session import TenantSession

RETRO = ("id", "public_id", "lauf_id", "beschaeftigung_id", "monat", "art", "grund", "seit", "ursachen")
ZEILE = ("rueckrechnung_id", "position", "bereich", "name", "text", "merkmale", "alt", "neu", "betrag")
AUSZAHLUNG = ("lauf_id", "beschaeftigung_id", "eigen", "rueckrechnung", "vortrag", "zahlbetrag", "uebertrag")


def forget(session: TenantSession, lauf: Lauf) -> None:
    """Nimmt die Rückrechnung eines Probelaufs zurück."""
    mine = select(Rueckrechnung.id).where(Rueckrechnung.lauf_id == lauf.id)
    session.execute(delete(RueckrechnungZeile).where(RueckrechnungZeile.rueckrechnung_id.in_(mine))
                    .execution_options(synchronize_session=False))
    for model in (Rueckrechnung, RueckrechnungAuszahlung, RueckrechnungLauf):
        session.execute(delete(model).where(model.lauf_id == lauf.id).execution_options(synchronize_session=False))


def considered(session: TenantSession, lauf: Lauf, known_at: datetime) -> None:
    """Vermerkt, bis zu welchem Kenntnisstand der Lauf frühere Monate berücksichtigt."""
    session.add(RueckrechnungLauf(lauf_id=lauf.id, bis=known_at))
    session.flush()


def book(session: TenantSession, lauf: Lauf, plan: Plan, own: dict[int, int], shown: Gezeigtes,
         vortrag: dict[int, int], limits: dict[int, int] | None = None,
         known_at: datetime | None = None) -> list[Befund]:
    """Schreibt den Plan in den Lauf; ``own``: Auszahlung dieses Monats je Beschäftigung. Gibt die Befunde zurück.

    shown: wer den Prüfwert führt. vortrag: was der vorige Lauf weitergibt; limits: so viel davon darf dieser Monat je
    Beschäftigung mindern. known_at: Kenntnisstand des Laufs (leer: heute).
    """
    flat = [b for number in sorted(plan.bookings) for b in plan.bookings[number]]
    if flat:
        ids = reserve_ids(session, Rueckrechnung, len(flat))
        copy_rows(session, Rueckrechnung, RETRO, (
            (number, uuid.uuid4(), lauf.id, b.beschaeftigung_id, b.monat, b.art, b.grund, b.seit,
             [cause.plain() for cause in b.ursachen]) for number, b in zip(ids, flat, strict=True)))
        copy_rows(session, RueckrechnungZeile, ZEILE, (
            (number, position, *posten) for number, b in zip(ids, flat, strict=True)
            for position, posten in enumerate(b.posten, 1)))
    payouts = settle_payouts(plan, own, vortrag, limits)
    if payouts:
        copy_rows(session, RueckrechnungAuszahlung, AUSZAHLUNG,
                  ((lauf.id, number, *amounts) for number, amounts in payouts.items()))
    for one in flat:
        shown.booking(one.beschaeftigung_id, content_of(one))
    shown.balance(payouts)
    return list(_findings(session, plan, payouts, own, lauf.monat, known_at))


def content_of(booking: Buchung) -> bytes:
    """Eine Buchung, wie der Prüfwert sie umfasst: JSON [Beschäftigung, Monat, Art, Grund, Posten]."""
    return orjson.dumps([booking.beschaeftigung_id, f"{booking.monat}", booking.art, booking.grund,
                         [tuple(one) for one in booking.posten]])


def settle_payouts(plan: Plan, own: dict[int, int], vortrag: dict[int, int],
                   limits: dict[int, int] | None = None) -> Payouts:
    """eigen, rueckrechnung, vortrag, zahlbetrag, uebertrag je Beschäftigung, bei der etwas davon mitspielt."""
    back = {number: payout(bookings) for number, bookings in plan.booked.items()}
    numbers = {*vortrag, *(n for n, amount in back.items() if amount), *(n for n, amount in own.items() if amount < 0)}
    new = plan.reclaimed
    return {number: settled(own.get(number, 0), back.get(number, 0), vortrag.get(number, 0),
                            (limits or {}).get(number), new.get(number, 0)) for number in sorted(numbers)}


def settled(own: int, back: int, vortrag: int, limit: int | None = None,
            reclaimed: int = 0) -> tuple[int, int, int, int, int]:
    """Was gezahlt wird und was offen bleibt: own + back + vortrag = zahlbetrag + uebertrag, auf den Cent.

    Vortrag und reclaimed (der Teil von back, der Überzahltes zurückholt) sind Gegenforderungen des Arbeitgebers: sie
    mindern die Zahlung höchstens um ``limit``, den pfändbaren Teil (§ 394 BGB); leer: ohne Grenze, weil es in diesem
    Monat kein Entgelt gibt, aus dem sie sich ergäbe.
    """
    due = own + back - reclaimed
    available, owed = max(due, 0), -(vortrag + reclaimed)
    used = min(owed, available) if limit is None else min(owed, available, limit)
    return own, back, vortrag, available - used, min(due, 0) - owed + used


def carried(session: TenantSession, month: date, *, assigned: bool = False,
            known_at: datetime | None = None) -> dict[int, int]:
    """Negative Beträge je Beschäftigung, die der letzte abgeschlossene Lauf vor ``month`` weitergibt, gemindert um
    Erlass, Ratenplan und Zahlung; assigned: nur die Schritte, die dem Lauf schon zugeordnet sind; sonst die, die er
    sich nähme, bis zum Kenntnisstand known_at (leer: heute)."""
    last = select(func.max(Lauf.monat)).where(Lauf.monat < month, Lauf.zustand == "abgeschlossen").scalar_subquery()
    rows = session.execute(
        select(RueckrechnungAuszahlung.beschaeftigung_id, RueckrechnungAuszahlung.uebertrag)
        .join(Lauf, Lauf.id == RueckrechnungAuszahlung.lauf_id)
        .where(Lauf.monat == last, RueckrechnungAuszahlung.uebertrag < 0))
    held = {row.beschaeftigung_id: row.uebertrag for row in rows}
    if not held:
        return held
    for number, amount in reductions(session, month, assigned=assigned, known_at=known_at).items():
        held[number] = min(held.get(number, 0) + amount, 0)
    return {number: amount for number, amount in held.items() if amount}


def confirm(session: TenantSession, month: date, *, ab_monat: date, grund: str,
            beschaeftigung_id: int | None = None) -> RueckrechnungBestaetigung:
    """Bestätigt eine weit zurückreichende Rückrechnung für den Lauf ``month`` (ohne Nummer: für alle)."""
    if not grund.strip():
        raise RunRefused("Bitte begründen, warum die Rückrechnung so weit zurückreicht.")
    row = RueckrechnungBestaetigung(monat=month.replace(day=1), ab_monat=ab_monat.replace(day=1), grund=grund.strip(),
                                    beschaeftigung_id=beschaeftigung_id, bestaetigt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    record(session, "rueckrechnung.bestaetigt", f"lauf:{month:%Y-%m}", {
        "ab_monat": f"{ab_monat:%Y-%m}", "beschaeftigung_id": beschaeftigung_id}, grund.strip())
    return row


def _findings(session: TenantSession, plan: Plan, payouts: Payouts, own: dict[int, int],
              month: date, known_at: datetime | None) -> Iterator[Befund]:
    concerned = {*plan.bookings, *payouts}
    if not concerned:
        return
    names = _numbers(session, concerned)
    dead = _dead(session, [n for n, amounts in payouts.items() if amounts[1] < 0 and n not in own], known_at)
    for number, booking in plan.held.items():
        yield Befund("fehler", "rueckrechnung", names[number], f"{booking.monat:%m/%Y}",
                     f"Rückrechnung nicht gebucht: {booking.grund}",
                     "Tatsache berichtigen oder die Rückrechnung bestätigen und neu rechnen; sie bleibt sonst offen "
                     "für den nächsten Lauf", number)
    for number, kind, text in plan.notes:
        regel, abhilfe = NOTES[kind]
        yield Befund("warnung", "rueckrechnung", names[number], text if kind != "rest" else "steuerbrutto",
                     regel.format(text=text), abhilfe, number)
    for number, bookings in plan.bookings.items():
        if crossed := _crossed(bookings):
            yield Befund("warnung", "rueckrechnung", names[number], "be_gesamt",
                         f"Rückwirkend über die Grenze des Übergangsbereichs: {crossed}; gerechnet ist nach dem "
                         "Entgelt dieser Monate, zu beurteilen ist vorausschauend (§ 20 Abs. 2 SGB IV)",
                         "klären, ob der Status bis zur Vereinbarung bleibt; dann das regelmäßige Entgelt dieser "
                         "Monate erfassen", number)
    yield from _of_payouts(payouts, own, names, dead)
    yield from _expired(session, plan, names, month, dead, known_at)


def _of_payouts(payouts: Payouts, own: Container[int], names: dict[int, str],
                dead: dict[int, date]) -> Iterator[Befund]:
    for number, (_, back, vortrag, zahlbetrag, uebertrag) in payouts.items():
        if zahlbetrag and number not in own:
            yield Befund("warnung", "rueckrechnung", names[number], "zahlbetrag",
                         f"{_euro(zahlbetrag)} für frühere Monate, aber keine Abrechnung in diesem Monat",
                         "nach dem Ausscheiden Betrag und Abrechnung gesondert mitteilen (§ 108 GewO)", number)
        if back < 0 and number in dead:
            yield Befund("warnung", "rueckrechnung", names[number], "auszahlung",
                         f"Überzahlung nach dem Tod am {dead[number]:%d.%m.%Y}: {_euro(-back)}; sie wird mit dem "
                         "Sterbegeld der Hinterbliebenen nicht verrechnet (§ 394 BGB, § 850a Nr. 7 ZPO)",
                         "von den Erben schriftlich zurückfordern (§§ 812, 1967 BGB), Ausschlussfrist beachten "
                         "(§ 37 TVöD)", number)
        elif back < 0:
            yield Befund("warnung", "rueckrechnung", names[number], "auszahlung",
                         f"Überzahlung früherer Monate {_euro(-back)}; sie mindert die Auszahlung",
                         "Ausschlussfrist (§ 37 TVöD) und Pfändungsgrenze der Aufrechnung (§ 394 BGB) prüfen, "
                         "sonst Ratenvereinbarung", number)
        if uebertrag < 0:
            limited = ("; aufgerechnet wird nur der pfändbare Teil, soweit ihn keine andere Forderung hat (§ 394 BGB)"
                       if (vortrag < 0 or back < 0) and zahlbetrag else "")
            yield Befund("warnung", "rueckrechnung", names[number], "uebertrag",
                         f"{_euro(-uebertrag)} bleiben offen und gehen in den nächsten Monat{limited}",
                         "bei Ausscheiden die Forderung schriftlich geltend machen; sonst Raten vereinbaren", number)


NOTES = {
    "rest": ("Die Rückzahlung übersteigt den laufenden Arbeitslohn um {text} Cent; dieser Teil mindert die Steuer "
             "dieses Monats nicht", "Rest in späteren Monaten des Jahres oder in der Veranlagung berücksichtigen"),
    "vorjahressteuer": ("Die Lohnsteuer für {text} wäre heute eine andere; nach dem Jahreswechsel wird sie hier nicht "
                        "geändert (§ 41c Abs. 3 EStG)",
                        "vor Übermittlung der Bescheinigung von Hand ändern, danach Anzeige (§ 41c Abs. 4 EStG) oder "
                        "Veranlagung"),
    "pfaendung": ("Nachträglich zu viel gepfändet, {text}: das Entgelt des Monats ist niedriger (§ 850c ZPO)",
                  "der Gläubiger behält es auf seine Forderung; sonst von ihm zurückfordern (§ 812 BGB)"),
    "28g": ("Beitragsabzug für {text} unterblieb vor mehr als drei Zahlungen; den Anteil trägt der Arbeitgeber "
            "(§ 28g SGB IV)", "trifft die Beschäftigten das Verschulden, den Anteil gesondert einbehalten"),
}


def _expired(session: TenantSession, plan: Plan, names: dict[int, str], month: date,
             dead: Container[int], known_at: datetime | None) -> Iterator[Befund]:
    """Was an Entgelt für Monate zurückgeholt wird, deren Ausschlussfrist vor dem Monat des Laufs geendet hat; auch wenn
    andere Monate mehr nachzahlen. Nachträglich einbehaltene Steuern und Beiträge ohne weniger Brutto sind keines."""
    late = {number: [one for one in bookings if one.art == "entstehung" and one.betrag("gesamtbrutto") < 0
                     and one.betrag("auszahlung") < 0 and ausschlussfrist(one.monat).bis < month]
            for number, bookings in plan.booked.items() if number not in dead}
    official = _official(session, [number for number, own in late.items() if own], known_at)
    for number, bookings in late.items():
        own = [one for one in bookings if not any(first <= one.monat <= last for first, last in official[number])]
        if own:
            yield Befund("warnung", "rueckrechnung", names[number], "ausschlussfrist",
                         f"Zurückgeholt werden {_euro(-sum(one.betrag('auszahlung') for one in own))} für "
                         f"{', '.join(f'{one.monat:%m/%Y}' for one in own)}: die Ausschlussfrist von sechs Monaten "
                         "nach Fälligkeit ist verstrichen (§ 37 Abs. 1 TVöD)",
                         "vor der Freigabe klären, ob rechtzeitig in Textform geltend gemacht, auf die Einrede "
                         "verzichtet oder vorsätzlich gehandelt wurde; sonst im Fall den Erlass vorschlagen", number)


def _official(session: TenantSession, numbers: list[int],
              known_at: datetime | None) -> dict[int, list[tuple[date, date]]]:
    """Zeiten als Beamtin oder Beamter, für die der Tarif nicht gilt; eine Abfrage, wenn nach welchen gefragt ist."""
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    if numbers:
        for row in session.execute(select(
                BeschaeftigungAngaben.beschaeftigung_id, BeschaeftigungAngaben.valid_from,
                BeschaeftigungAngaben.valid_to).where(
                known(BeschaeftigungAngaben, known_at), BeschaeftigungAngaben.art == "beamte",
                BeschaeftigungAngaben.beschaeftigung_id.in_(numbers))):
            found[row.beschaeftigung_id].append((row.valid_from.replace(day=1), row.valid_to or date.max))
    return found


def _crossed(bookings: Iterable[Buchung]) -> str:
    """Monate, die durch die Rückrechnung in den Übergangsbereich kommen oder ihn verlassen."""
    found = [f"{one.monat:%m/%Y}" for one in bookings for item in one.posten
             if (item.bereich, item.name) == ("wert", "be_gesamt") and (item.alt == 0) != (item.neu == 0)]
    return ", ".join(found)


def _dead(session: TenantSession, numbers: list[int], known_at: datetime | None) -> dict[int, date]:
    """Todestag derer, die in diesem Monat nicht mehr abgerechnet werden; eine Abfrage, wenn es welche gibt."""
    if not numbers:
        return {}
    rows = session.execute(
        select(Beschaeftigung.id, PersonAngaben.verstorben_am)
        .join(PersonAngaben, PersonAngaben.person_id == Beschaeftigung.person_id)
        .where(known(PersonAngaben, known_at), PersonAngaben.verstorben_am.is_not(None),
               Beschaeftigung.id.in_(numbers)))
    return {row.id: row.verstorben_am for row in rows}


def _numbers(session: TenantSession, numbers: Iterable[int]) -> dict[int, str]:
    rows = session.execute(select(Beschaeftigung.id, Beschaeftigung.personalnummer)
                           .where(Beschaeftigung.id.in_(sorted(numbers))))
    return {row.id: f"Personalnummer {row.personalnummer}" for row in rows}


def _euro(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d} €"
