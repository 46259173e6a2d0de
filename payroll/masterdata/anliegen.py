"""Anliegen aus dem Portal: stellen, zurücknehmen, entscheiden; jedes wird zur Wiedervorlage der Sachbearbeitung.

Eine neue Bankverbindung ist sofort eine Tatsache mit zwei Uhren, gilt aber frühestens nach der Wartezeit: bis zur Frist
nimmt die Person sie selbst zurück, und so lange nimmt sie niemand an. Nach dem Stichtag eines Monats und für einen
schon geprüften Monat gilt sie erst im folgenden. Frist und Stichtag hat dieses Haus entschieden, ein Gesetz nennt
keine.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from payroll.masterdata import kontowechsel, numbers, wiedervorlage
from payroll.masterdata.clocks import as_of
from payroll.masterdata.kontowechsel import DAY, Ruecknahme
from payroll.masterdata.models import Anliegen, Bankverbindung, Person
from payroll.masterdata.service import record_fact
from payroll.masterdata.wiedervorlage import Vorgabe
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal

WAIT, STICHTAG, LONGEST = 3, 10, 2000


class AnliegenError(ValueError):
    """Ein Anliegen lässt sich so nicht stellen oder ändern; der Text nennt Feld, Regel und Abhilfe."""


@dataclass(frozen=True)
class Gestellt:
    """Ein Anliegen im Klartext; text ist der Wunsch oder die Bankverbindung mit verdeckter IBAN."""

    row: Anliegen
    text: str
    antwort: str

    def ruecknehmbar(self, today: date) -> bool:
        """Ob die Person selbst noch zurücknehmen kann."""
        return self.row.stand == "offen" and (self.row.frist is None or today <= self.row.frist)

    def annehmbar(self, today: date) -> bool:
        """Ob die Sachbearbeitung schon annehmen kann: eine Bankverbindung erst, wenn die Person ihre Frist hatte."""
        return self.row.stand == "offen" and (self.row.frist is None or today > self.row.frist)


def effective_from(today: date, closed: Collection[date]) -> date:
    """Ab wann eine heute gemeldete Bankverbindung gilt; closed sind Monate, deren Lauf schon geprüft ist."""
    first = today + timedelta(days=WAIT + 1)
    if first.day > STICHTAG:
        first = _next_month(first)
    while first.replace(day=1) in closed:
        first = _next_month(first)
    return first


def checked_iban(text: str) -> str:
    """Die IBAN ohne Leerzeichen, mit richtiger Länge und Prüfziffer."""
    try:
        return numbers.iban(text)
    except numbers.Unlesbar as wrong:
        raise AnliegenError(f"IBAN {wrong.grund}; {wrong.abhilfe}.") from wrong


def ask_correction(session: TenantSession, person: Person, bereich: str, text: str, today: date) -> Anliegen:
    """Bittet um Berichtigung (Art. 16 DSGVO) einer Angabe."""
    text = " ".join(text.split())
    if not 3 <= len(text) <= LONGEST:
        raise AnliegenError(f"Was nicht stimmt: bitte in 3 bis {LONGEST} Zeichen beschreiben.")
    row = _new(session, person, "berichtigung", bereich, text)
    _follow_up(session, row, person, today, f"Berichtigung gewünscht: {bereich}", "Art. 16 DSGVO")
    return row


def change_account(session: TenantSession, person: Person, iban: str, kontoinhaber: str, today: date,
                   closed: Collection[date]) -> Anliegen:
    """Erfasst eine neue Bankverbindung, die nach der Wartezeit gilt; zweimal zugleich geht nicht.

    Ist für später schon ein anderes Konto erfasst, wird abgelehnt: es ginge sonst verloren.
    """
    number = checked_iban(iban)
    holder = " ".join(kontoinhaber.split())
    if len(holder) > 70:
        raise AnliegenError("Kontoinhaber: höchstens 70 Zeichen, so viele nimmt die Bank.")
    first = effective_from(today, closed)
    _demand_free(session, person, (number, holder or None), first, today)
    fact = record_fact(session, Bankverbindung, valid_from=first, replace_later=True, reason="im Portal geändert",
                       person_id=person.id, iban=number, iban_ende=number[-4:], kontoinhaber=holder or None)
    text = f"IBAN mit den letzten Stellen {number[-4:]}" + (f", Kontoinhaber {holder}" if holder else "")
    row = _new(session, person, "bankverbindung", "Bankverbindung", text, tatsache=fact.public_id, gilt_ab=first,
               frist=today + timedelta(days=WAIT))
    _follow_up(session, row, person, today, f"Bankverbindung im Portal geändert, gilt ab {first:%d.%m.%Y}; die Person "
               f"kann sie bis {row.frist:%d.%m.%Y} zurücknehmen")
    return row


def withdraw(session: TenantSession, row: Anliegen, today: date, closed: Collection[date]) -> str:
    """Die Person nimmt ihr Anliegen zurück; eine neue Bankverbindung gilt dann nie.

    Gibt, was sie dazu wissen muss: was inzwischen andere erfasst haben und ob ein geprüfter Lauf noch auf das
    zurückgenommene Konto zahlen kann (dann bekommt auch die Sachbearbeitung eine Wiedervorlage); sonst leer.
    """
    _demand_open(row)
    if row.frist is not None and row.gilt_ab is not None and today > row.frist:
        raise AnliegenError(f"Die Frist endete am {row.frist:%d.%m.%Y}: bitte an die Personalstelle wenden oder die "
                            f"Bankverbindung ab dem {row.gilt_ab:%d.%m.%Y} neu ändern.")
    done = _undo(session, row, "im Portal zurückgenommen")
    _decide(session, row, "zurueckgenommen", "von der Person zurückgenommen")
    months = _checked_since(row, closed)
    if done is None or not done.zurueckgenommen or not months:
        return _told(row, done)
    named = ", ".join(f"{month:%m/%Y}" for month in months)
    wiedervorlage.create(session, [Vorgabe(
        row.person_id, today, f"Bankverbindung im Portal zurückgenommen; der Lauf {named} ist schon geprüft und kann "
        "noch auf das zurückgenommene Konto zahlen: neu rechnen oder die Zahlung anhalten", "portal",
        f"{_origin(row)}:zahlung")])
    return (f"{_told(row, done)} Der Lauf {named} ist schon geprüft und kann noch auf das zurückgenommene Konto "
            "zahlen: die Personalstelle weiß davon, bitte rufen Sie dort an.").strip()


def decide(session: TenantSession, row: Anliegen, *, accept: bool, antwort: str, today: date,
           closed: Collection[date]) -> str:
    """Die Sachbearbeitung nimmt an oder lehnt ab, mit Antwort; eine abgelehnte Bankverbindung gilt nicht.

    Eine Bankverbindung wird erst nach der Frist der Person angenommen und nicht mehr abgelehnt, wenn ein Lauf ab
    gilt_ab schon geprüft ist; über das eigene Anliegen entscheidet jemand anderes. Gibt einen Hinweis oder nichts.
    """
    _demand_open(row)
    if str(session.info["actor"]) == row.gestellt_von:
        raise AnliegenError("Das ist Ihr eigenes Anliegen: jemand anderes muss darüber entscheiden.")
    antwort = " ".join(antwort.split())
    if not 3 <= len(antwort) <= LONGEST:
        raise AnliegenError(f"Antwort: bitte in 3 bis {LONGEST} Zeichen; die Person liest sie im Portal.")
    if accept and row.frist is not None and today <= row.frist:
        raise AnliegenError(f"Bis einschließlich {row.frist:%d.%m.%Y} kann die Person die Bankverbindung noch "
                            f"zurücknehmen: erst ab dem {row.frist + DAY:%d.%m.%Y} annehmen.")
    months = _checked_since(row, closed)
    if not accept and months:
        raise AnliegenError(
            f"Der Lauf {months[-1]:%m/%Y} ist schon geprüft: das Ablehnen käme zu spät. Das richtige Konto ab dem "
            f"{_next_month(months[-1]):%d.%m.%Y} erfassen und hier annehmen, mit einer Antwort dazu; oder, solange der "
            "Lauf nicht abgeschlossen ist, zuerst seine Prüfung zurücknehmen.")
    done = None if accept else _undo(session, row, "im Portal geändert, von der Sachbearbeitung abgelehnt")
    _decide(session, row, "angenommen" if accept else "abgelehnt", antwort)
    return _told(row, done)


def of_person(session: TenantSession, person_ids: Collection[int], *, only_open: bool = False) -> list[Gestellt]:
    """Anliegen dieser Personen, das jüngste zuerst."""
    statement = select(Anliegen).where(Anliegen.person_id.in_(person_ids))
    return _opened(session, statement.where(Anliegen.stand == "offen") if only_open else statement)


def of_tenant(session: TenantSession, *, done: bool = False) -> Sequence[Anliegen]:
    """Offene (oder entschiedene) Anliegen des Mandanten, noch versiegelt."""
    return session.scalars(select(Anliegen).where((Anliegen.stand != "offen") == done)).all()


def opened(session: TenantSession, row: Anliegen) -> Gestellt:
    """Ein Anliegen im Klartext; wer es einem Menschen zeigt, protokolliert das Lesen."""
    return Gestellt(row, _open(session, row, "inhalt"), _open(session, row, "antwort"))


def find(session: TenantSession, public_id: uuid.UUID, *, lock: bool = False) -> Gestellt | None:
    """Ein Anliegen; lock hält es bis zum Ende der Transaktion fest."""
    statement = select(Anliegen).where(Anliegen.public_id == public_id)
    found = _opened(session, statement.with_for_update() if lock else statement)
    return found[0] if found else None


def _opened(session: TenantSession, statement: object) -> list[Gestellt]:
    rows: Sequence[Anliegen] = session.scalars(
        statement.order_by(Anliegen.gestellt_am.desc(), Anliegen.id.desc())  # type: ignore[attr-defined]  # a select
    ).all()
    return [opened(session, row) for row in rows]


def _demand_free(session: TenantSession, person: Person, wanted: kontowechsel.Konto, first: date, today: date) -> None:
    """Keine Änderung läuft, kein anderes Konto ist geplant, und es ist wirklich ein neues."""
    kontowechsel.one_at_a_time(session)
    waiting = select(Anliegen.id).filter_by(person_id=person.id, art="bankverbindung", stand="offen").where(
        Anliegen.frist >= today)
    if session.scalars(waiting).first() is not None:
        raise AnliegenError("Eine Änderung Ihrer Bankverbindung läuft schon: zuerst jene zurücknehmen oder abwarten.")
    later = kontowechsel.planned(session, person.id, first)
    if later is not None:
        raise AnliegenError(
            f"Ab dem {later.valid_from:%d.%m.%Y} ist schon eine andere Bankverbindung vorgesehen (letzte Stellen "
            f"{later.iban_ende}). Bitte wenden Sie sich an die Personalstelle, oder ändern Sie Ihre Bankverbindung "
            "erst nach diesem Tag.")
    held = as_of(session, Bankverbindung, first, person_id=person.id)
    if held and kontowechsel.konto(session, held[0]) == wanted:
        raise AnliegenError("IBAN: Das ist schon Ihre Bankverbindung; es ist nichts zu ändern.")


def _undo(session: TenantSession, row: Anliegen, reason: str) -> Ruecknahme | None:
    """Nimmt die Bankverbindung des Anliegens zurück; None, wenn es keine hat."""
    if row.gilt_ab is None:
        return None
    done = kontowechsel.undo(session, row, row.gilt_ab, reason)
    if done.gesperrt is not None:
        raise AnliegenError(
            f"Auf dieses Konto wird auch nach einer anderen Angabe gezahlt (gültig ab "
            f"{done.gesperrt.valid_from:%d.%m.%Y}, erfasst von {done.gesperrt.recorded_by}): zurücknehmen "
            "ließe es stehen. Soll es nicht gelten, muss die Personalstelle zuerst jene Angabe berichtigen.")
    return done


def _told(row: Anliegen, done: Ruecknahme | None) -> str:
    """Was neben dem Anliegen gilt; leer, wenn einfach alles wieder ist wie vorher."""
    if done is None or row.gilt_ab is None:
        return ""
    first = row.gilt_ab
    told = "" if done.zurueckgenommen else ("An den Konten ändert das nichts: die Bankverbindung dieses Anliegens galt "
                                            "schon nicht mehr. ")
    if done.andere:
        named = ", ".join(f"ab dem {max(one.valid_from, first):%d.%m.%Y} das mit den letzten Stellen {one.iban_ende}"
                          for one in done.andere)
        told += f"Es bleibt, was inzwischen erfasst ist: {named}."
    return told.strip()


def _checked_since(row: Anliegen, closed: Collection[date]) -> list[date]:
    """Schon geprüfte Monate, in denen die Bankverbindung des Anliegens gilt."""
    return [] if row.gilt_ab is None else sorted(month for month in closed if month >= row.gilt_ab.replace(day=1))


def _new(session: TenantSession, person: Person, art: str, bereich: str, text: str, **more: object) -> Anliegen:
    public_id = uuid.uuid4()
    row = Anliegen(public_id=public_id, person_id=person.id, art=art, bereich=bereich,
                   inhalt_siegel=_seal(session, public_id, "inhalt", text), gestellt_von=str(session.info["actor"]),
                   **more)
    session.add(row)
    session.flush()
    audit.record(session, "anliegen.gestellt", f"anliegen:{public_id}",
                 {"art": art, "bereich": bereich, "person": str(person.public_id), "gilt_ab": row.gilt_ab})
    return row


def _decide(session: TenantSession, row: Anliegen, stand: str, antwort: str) -> None:
    row.stand, row.entschieden_von, row.entschieden_am = stand, str(session.info["actor"]), func.now()
    row.antwort_siegel = _seal(session, row.public_id, "antwort", antwort)
    session.flush()
    audit.record(session, f"anliegen.{stand}", f"anliegen:{row.public_id}", {"art": row.art})
    wiedervorlage.settle_origin(session, _origin(row), vermerk=f"Anliegen {stand.replace('ue', 'ü')}")


def _follow_up(session: TenantSession, row: Anliegen, person: Person, today: date, text: str, law: str = "") -> None:
    wiedervorlage.create(session, [Vorgabe(person.id, today, text, "portal", _origin(row), law)])


def _origin(row: Anliegen) -> str:
    return f"portal:{row.public_id}"


def _demand_open(row: Anliegen) -> None:
    if row.stand != "offen":
        when: datetime | None = row.entschieden_am
        raise AnliegenError(f"Dieses Anliegen ist schon {row.stand.replace('ue', 'ü')}, von {row.entschieden_von} am "
                            f"{when:%d.%m.%Y}: die Seite neu laden.")


def _seal(session: TenantSession, public_id: uuid.UUID, column: str, text: str) -> bytes:
    return seal(session, text.encode(), table="anliegen", row=str(public_id), column=f"{column}_siegel")


def _open(session: TenantSession, row: Anliegen, column: str) -> str:
    sealed = getattr(row, f"{column}_siegel")
    if sealed is None:
        return ""
    plain = open_sealed(session, sealed, table="anliegen", row=str(row.public_id), column=f"{column}_siegel")
    return plain.decode()


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
