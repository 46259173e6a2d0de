"""Zeitdateien: einlesen, neu prüfen, entscheiden, freigeben (zweite Person), zurücknehmen, ersetzen, nachweisen."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.exc import IntegrityError

from tenants import audit
from tenants.collector import collector_paused
from tenants.db.session import TenantSession
from tenants.interfaces import service as interfaces
from tenants.security import open_sealed, seal
from timekeeping import booked, profiles
from timekeeping.handover import closing
from timekeeping.imports import reader
from timekeeping.imports.judging import Bestand, Personen, assign, compare
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.rows import ABGELEHNT, ANGENOMMEN, BEKANNT, STAENDE, ZURUECKGESTELLT, Eintrag
from timekeeping.models import ZeitDatei, ZeitZeile

SEALED = {"table": "zeit_datei", "column": "inhalt"}


@dataclass(frozen=True)
class Summe:
    """Anzahl, Menge in einheit und Betrag (Cent) je Person, Schlüssel und Stand."""

    personalnummer: str
    schluessel: str
    lohnart: str | None
    einheit: str | None
    stand: str
    anzahl: int
    menge: Decimal
    betrag: int


@dataclass(frozen=True)
class Nachweis:
    """Datei, Zeilen und Buchung nebeneinander: Datenzeilen und Summen je Einheit (Betrag in Cent)."""

    zeilen_datei: int
    zeilen: int
    summen_datei: dict[str, Decimal]
    summen: dict[str, Decimal]
    summen_gebucht: dict[str, Decimal]

    @property
    def stimmt(self) -> bool:
        """Was hineinging, ist da."""
        return self.zeilen == self.zeilen_datei and self.summen == self.summen_datei


def read_in(session: TenantSession, bestand: Bestand, dateiname: str, data: bytes, format_: str, *,
            ersetzt: ZeitDatei | None = None, neu: bool = False) -> ZeitDatei:
    """Liest eine Datei ein und legt sie zur Freigabe vor.

    Dieselbe Datei noch einmal gibt die vorhandene zurück; `neu` prüft sie mit dem geltenden Profil von vorn (eine schon
    freigegebene wird durch die neue Prüfung ersetzt, sobald diese freigegeben ist). `ersetzt`: die freigegebene Datei,
    die diese berichtigt.
    """
    checksum = hashlib.sha256(data).digest()
    held = _living(session, checksum)
    if held is not None and not neu:
        if held.profil != format_:
            raise ImportFehler(f"Die Datei ist schon mit dem Format {held.profil} eingelesen",
                               "neu prüfen (--recheck), wenn das andere Format gilt")
        return held
    if held is not None and held.zustand == "freigegeben":
        held, ersetzt = None, held
    if ersetzt is not None and ersetzt.zustand != "freigegeben":
        raise ImportFehler("Ersetzen lässt sich nur eine freigegebene Datei", "die vorgelegte zurückziehen")
    profil, version = profiles.current(session, format_)
    found, refused = reader.opened(data, profil), _refused(session, checksum)
    with session.begin_nested(), collector_paused():
        if held is not None:
            ersetzt = ersetzt or _replaced(session, held)
            withdraw(session, bestand, held, reason="neu geprüft")
        writing, lines, totals = _written(session, bestand, found, ersetzt)
        datei = _file(session, data, ersetzt, dateiname=dateiname[:200], sha256=checksum, profil=profil.name,
                      profil_fassung=version, zeilen=lines, hinweise=found.hinweise,
                      kontrolle={unit: str(total) for unit, total in totals.by_unit().items()})
        writing.finish(datei)
        kept = booked.refuse_again(session, datei, refused)
        if not prove(session, datei).stimmt:
            raise ImportFehler("Die Summen der Zeilen weichen von denen der Datei ab", "nichts wurde gespeichert")
    audit.record(session, "zeitdatei.eingelesen", _subject(datei),
                 {"datei": datei.dateiname, "sha256": checksum.hex(), "profil": f"{profil.name}/{version}",
                  **counts(session, datei), **({"weiter_abgelehnt": kept} if kept else {})})
    return datei


def _written(session: TenantSession, bestand: Bestand, found: reader.Datei,
             ersetzt: ZeitDatei | None) -> tuple[booked.Schreiben, int, reader.Summen]:
    """Alle Portionen geprüft zum Schreiben bereitgelegt; dazu ihre Zeilen und Summen."""
    writing, lines, totals = booked.Schreiben(session), 0, reader.Summen()
    for entries in _judged(session, bestand, found, ersetzt):
        lines += sum(entry.quellzeilen for entry in entries)
        totals.add(entries)
        writing.add(entries)
    if not lines:
        raise reader.nothing()
    return writing, lines, totals


def _refused(session: TenantSession, checksum: bytes) -> Sequence[Row[Any]]:
    """Was eine Leitung an diesen Bytes abgelehnt hat; es bleibt abgelehnt. Nie liest dieselbe Person die Datei ein."""
    found = booked.refusals(session, checksum)
    if any(one.bestaetigt_von == session.info["actor"] for one in found):
        raise ImportFehler(f"{session.info['actor']} hat Zeilen dieser Datei abgelehnt und liest sie nicht selbst ein",
                           "eine zweite Person bitten")
    return found


def _judged(session: TenantSession, bestand: Bestand, found: reader.Datei,
            ersetzt: ZeitDatei | None) -> Iterator[list[Eintrag]]:
    """Geprüfte Portionen. Was eine andere betrifft, gibt es nicht: alles einer Person steht in einer."""
    people = Personen(bestand, found.profil)
    for entries in found.portionen(people.group):
        assign(entries, people, found.profil, bestand)
        compare(entries, booked.load(session, entries, ersetzt, bestand.geschlossen))
        yield entries


def original(session: TenantSession, datei: ZeitDatei) -> bytes:
    """Die Datei, wie sie kam; jedes Öffnen steht im Protokoll."""
    audit.record_reading(session, "zeitdatei.geoeffnet", _subject(datei), {"sha256": datei.sha256.hex()})
    return open_sealed(session, datei.inhalt, row=str(datei.public_id), **SEALED)


def recheck(session: TenantSession, bestand: Bestand, datei: ZeitDatei) -> ZeitDatei:
    """Prüft eine vorgelegte Datei mit dem geltenden Profil von vorn; die alte Prüfung ist damit zurückgezogen; was eine
    Leitung abgelehnt hat, bleibt abgelehnt."""
    _must_be(datei, "vorgelegt")
    data = open_sealed(session, datei.inhalt, row=str(datei.public_id), **SEALED)
    return read_in(session, bestand, datei.dateiname, data, datei.profil, neu=True)


def counts(session: TenantSession, datei: ZeitDatei) -> dict[str, int]:
    """Zahl der Angaben je Stand."""
    found = session.execute(
        select(ZeitZeile.stand, func.count()).where(ZeitZeile.datei_id == datei.id).group_by(ZeitZeile.stand)
    ).all()
    held = {str(row[0]): int(row[1]) for row in found}
    return {stand: held.get(stand, 0) for stand in STAENDE}


def preview(session: TenantSession, datei: ZeitDatei) -> list[Summe]:
    """Summen je Person, Schlüssel und Stand."""
    by = (ZeitZeile.personalnummer, ZeitZeile.schluessel, ZeitZeile.lohnart, ZeitZeile.einheit, ZeitZeile.stand)
    found = session.execute(
        select(*by, func.count(), func.coalesce(func.sum(ZeitZeile.menge), 0),
               func.coalesce(func.sum(ZeitZeile.betrag), 0))
        .where(ZeitZeile.datei_id == datei.id).group_by(*by).order_by(*by)
    ).all()
    return [Summe(*row[:5], int(row[5]), Decimal(row[6]), int(row[7])) for row in found]


def problems(session: TenantSession, datei: ZeitDatei) -> list[ZeitZeile]:
    """Zurückgestellte und abgelehnte Zeilen in der Folge der Datei."""
    statement = select(ZeitZeile).where(ZeitZeile.datei_id == datei.id,
                                        ZeitZeile.stand.in_((ZURUECKGESTELLT, ABGELEHNT)))
    return list(session.scalars(statement.order_by(ZeitZeile.position)))


def decide(session: TenantSession, datei: ZeitDatei, zeilen: Collection[int], *, annehmen: bool, reason: str) -> int:
    """Nimmt zurückgestellte Zeilen (Nummern der Datei) an oder lehnt sie ab; gibt an, wie viele es waren.

    Annehmen lässt sich nur, was eine Person, einen Schlüssel und einen Wert hat.
    """
    _must_be(datei, "vorgelegt")
    _reasoned(reason)
    rows = [row for row in problems(session, datei) if row.zeile in zeilen and row.stand == ZURUECKGESTELLT]
    for row in rows:
        valued = row.menge is not None or row.betrag is not None or row.art == "abwesenheit"
        if annehmen and not (row.fingerabdruck and valued and row.von and row.bis):
            raise ImportFehler(f"Zeile {row.zeile} lässt sich nicht annehmen: {row.grund}", row.abhilfe)
        row.stand, row.entschieden = (ANGENOMMEN if annehmen else ABGELEHNT), True
    missing = set(zeilen) - {row.zeile for row in rows}
    if missing:
        raise ImportFehler(f"Zeile {min(missing)} ist nicht zurückgestellt", "nur zurückgestellte Zeilen nennen")
    session.flush()
    audit.record(session, "zeitdatei.entschieden", _subject(datei),
                 {"zeilen": sorted(row.zeile for row in rows), "angenommen": annehmen}, reason)
    return len(rows)


def approve(session: TenantSession, bestand: Bestand, datei: ZeitDatei) -> ZeitDatei:
    """Gibt als zweite Person frei und bucht die angenommenen Zeilen; noch einmal aufgerufen ändert nichts.

    Zuvor wird die versiegelte Datei noch einmal gelesen und geprüft: hat sich seit dem Einlesen etwas geändert, wird
    nichts gebucht.
    """
    if datei.zustand == "freigegeben":
        return datei
    _must_be(datei, "vorgelegt")
    actor = str(session.info["actor"])
    if handed_in(session, datei, actor):
        how = "die Datei eingelesen" if actor == datei.eingelesen_von else "den Zugang der Datei ausgegeben"
        raise ImportFehler(f"{actor} hat {how} und gibt sie nicht frei", "eine zweite Person bitten")
    _confirmed(session, datei)
    replaced = _replaced(session, datei)
    with collector_paused():
        _unchanged(session, bestand, datei, replaced)
    try:
        with session.begin_nested():
            datei.zustand, datei.freigegeben_von, datei.freigegeben_am = "freigegeben", actor, func.now()
            if replaced is not None:
                _unbook_replaced(session, bestand, datei, replaced)
                replaced.zustand = "ersetzt"
            session.flush()
            _set_booked(session, datei, value=True)
    except IntegrityError as error:
        raise ImportFehler("Inzwischen ist eine gleiche Zeile gebucht worden", "Datei neu prüfen") from error
    _, totals = booked.sums(session, datei, nur_gebucht=True)
    audit.record(session, "zeitdatei.freigegeben", _subject(datei),
                 {"sha256": datei.sha256.hex(), "summen": {unit: str(total) for unit, total in totals.items()}})
    touched = _booked_months(session, datei) | (_all_months(session, replaced) if replaced is not None else set())
    closing.renew(session, bestand, touched & bestand.geschlossen)
    return datei


def _confirmed(session: TenantSession, datei: ZeitDatei) -> None:
    if profiles.of_version(session, datei.profil, datei.profil_fassung).bestaetigung:
        rows, jobs = booked.unconfirmed(session, datei)
        if rows:
            raise ImportFehler(f"Die Leitung hat {rows} Zeilen ({jobs} Beschäftigungen) noch nicht bestätigt",
                               "dort nachholen; wo keine Leitung da ist, bestätigt, wer Zeiten freigibt")


def handed_in(session: TenantSession, datei: ZeitDatei, login: str) -> bool:
    """Ob dieser Mensch die Datei eingelesen hat: selbst oder durch ein Programm, dessen Zugang er ausgegeben hat."""
    return login == datei.eingelesen_von or interfaces.issued_by(session, datei.eingelesen_von, login)


def withdraw(session: TenantSession, bestand: Bestand, datei: ZeitDatei, *, reason: str) -> ZeitDatei:
    """Nimmt eine Datei als Ganzes zurück, solange keiner ihrer gebuchten Monate abgeschlossen ist.

    Was sie ersetzt hatte, gilt wieder. Danach hilft nur eine Datei, die diese ersetzt.
    """
    _reasoned(reason)
    if datei.zustand == "zurueckgezogen":
        return datei
    if datei.zustand == "ersetzt":
        raise ImportFehler("Die Datei ist schon ersetzt", "die ersetzende Datei zurücknehmen")
    closed = sorted(_booked_months(session, datei) & bestand.geschlossen)
    if closed:
        raise ImportFehler(f"Der Monat {closed[0]:%m/%Y} ist abgeschlossen, die Datei bleibt gebucht",
                           "eine berichtigte Datei als Korrektur einlesen")
    replaced = _replaced(session, datei) if datei.zustand == "freigegeben" else None
    _set_booked(session, datei, value=False)
    datei.zustand, datei.zurueckgezogen_von = "zurueckgezogen", str(session.info["actor"])
    datei.zurueckgezogen_am, datei.zurueckgezogen_grund = func.now(), reason
    session.flush()
    if replaced is not None:
        replaced.zustand = "freigegeben"
        session.flush()
        _set_booked(session, replaced, value=True)
    audit.record(session, "zeitdatei.zurueckgezogen", _subject(datei), {"sha256": datei.sha256.hex()}, reason)
    return datei


def prove(session: TenantSession, datei: ZeitDatei) -> Nachweis:
    """Stellt die Summen der gelesenen Datei neben die der Zeilen und der Buchung."""
    lines, totals = booked.sums(session, datei)
    _, live = booked.sums(session, datei, nur_gebucht=True)
    said = {unit: Decimal(text) for unit, text in datei.kontrolle.items()}
    return Nachweis(datei.zeilen, lines, said, totals, live)


def find(session: TenantSession, kennung: str) -> ZeitDatei:
    """Datei nach ihrer öffentlichen Kennung oder dem Anfang ihrer Prüfsumme (mindestens 8 Zeichen), die jüngste."""
    try:
        where = ZeitDatei.public_id == uuid.UUID(kennung)
    except ValueError:
        if len(kennung) < 8:
            raise ImportFehler("Die Kennung ist zu kurz", "mindestens 8 Zeichen angeben") from None
        where = func.encode(ZeitDatei.sha256, "hex").startswith(kennung.lower(), autoescape=True)
    found = session.scalars(select(ZeitDatei).where(where).order_by(ZeitDatei.id.desc()).limit(1)).first()
    if found is None:
        raise ImportFehler(f"Eine Zeitdatei „{kennung[:60]}“ gibt es nicht", "Kennung prüfen")
    return found


def _living(session: TenantSession, checksum: bytes) -> ZeitDatei | None:
    statement = select(ZeitDatei).where(ZeitDatei.sha256 == checksum,
                                        ZeitDatei.zustand.in_(("vorgelegt", "freigegeben")))
    return session.scalars(statement.order_by(ZeitDatei.id.desc()).limit(1)).first()


def _file(session: TenantSession, data: bytes, ersetzt: ZeitDatei | None, **values: Any) -> ZeitDatei:
    public = uuid.uuid4()
    datei = ZeitDatei(
        public_id=public, groesse=len(data), inhalt=seal(session, data, row=str(public), **SEALED),
        ersetzt_id=ersetzt.id if ersetzt else None, eingelesen_von=str(session.info["actor"]), **values)
    try:
        with session.begin_nested():
            session.add(datei)
            session.flush()
    except IntegrityError as error:
        raise ImportFehler("Diese Datei oder eine andere Korrektur ist gerade eingelesen worden",
                           "Liste der Zeitdateien prüfen") from error
    return datei


def _unchanged(session: TenantSession, bestand: Bestand, datei: ZeitDatei, replaced: ZeitDatei | None) -> None:
    data = open_sealed(session, datei.inhalt, row=str(datei.public_id), **SEALED)
    profil = profiles.of_version(session, datei.profil, datei.profil_fassung)
    held, refused, seen = booked.held(session, datei), booked.turned_down(session, datei), 0
    for entries in _judged(session, bestand, reader.opened(data, profil), replaced):
        seen += len(entries)
        for entry in entries:
            was = held.of(entry.position)
            if was is None:
                raise ImportFehler("Die Zeilen passen nicht mehr zur Datei", "Datei neu prüfen")
            if entry.position in refused:
                continue
            stand, decided, late, mark = was
            expected = (ZURUECKGESTELLT if decided else stand, late, mark)
            if expected != (entry.stand, entry.nachtrag, entry.fingerabdruck) and ANGENOMMEN in (stand, entry.stand):
                raise ImportFehler(f"Zeile {entry.zeile} hat seit dem Einlesen einen anderen Stand",
                                   "Datei neu prüfen und wieder vorlegen")
    if seen != len(held.position):
        raise ImportFehler("Die Zeilen passen nicht mehr zur Datei", "Datei neu prüfen")


def _unbook_replaced(session: TenantSession, bestand: Bestand, datei: ZeitDatei, replaced: ZeitDatei) -> None:
    """Die ersetzte Datei verliert ihre Buchungen; in abgeschlossenen Monaten nur, wo Nachträge sie ablösen.

    Was dort gleich bleibt (die neue Datei kennt es), bleibt gebucht, wo es ist.
    """
    late: dict[str, set[date]] = {stand: set() for stand in STAENDE}
    for row in session.scalars(select(ZeitZeile).where(ZeitZeile.datei_id == datei.id, ZeitZeile.nachtrag)):
        late[row.stand].update(bestand.geschlossen.intersection(_months(row.von, row.bis)))
    half = late[ANGENOMMEN] & late[ZURUECKGESTELLT]
    if half:
        raise ImportFehler(f"Nachträge für {min(half):%m/%Y} sind erst zum Teil entschieden",
                           "alle Zeilen des Monats annehmen oder ablehnen")
    known = set(session.scalars(select(ZeitZeile.fingerabdruck).where(
        ZeitZeile.datei_id == datei.id, ZeitZeile.stand == BEKANNT)))
    kept = bestand.geschlossen - late[ANGENOMMEN]
    for row in session.scalars(select(ZeitZeile).where(ZeitZeile.datei_id == replaced.id, ZeitZeile.gebucht)):
        row.gebucht = not kept.isdisjoint(_months(row.von, row.bis)) or row.fingerabdruck in known
    session.flush()


def _set_booked(session: TenantSession, datei: ZeitDatei, *, value: bool) -> None:
    session.flush()
    session.execute(
        update(ZeitZeile).where(ZeitZeile.datei_id == datei.id, ZeitZeile.stand == ANGENOMMEN).values(gebucht=value)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def _booked_months(session: TenantSession, datei: ZeitDatei) -> set[date]:
    found = session.execute(
        select(ZeitZeile.von, ZeitZeile.bis).where(ZeitZeile.datei_id == datei.id, ZeitZeile.gebucht).distinct())
    return {month for first, last in found for month in _months(first, last)}


def _all_months(session: TenantSession, datei: ZeitDatei) -> set[date]:
    found = session.execute(
        select(ZeitZeile.von, ZeitZeile.bis).where(ZeitZeile.datei_id == datei.id, ZeitZeile.von.is_not(None),
                                                   ZeitZeile.bis.is_not(None)).distinct())
    return {month for first, last in found for month in _months(first, last)}


def _months(first: date | None, last: date | None) -> Collection[date]:
    return list(Eintrag(1, "menge", von=first, bis=last).monate())


def _replaced(session: TenantSession, datei: ZeitDatei) -> ZeitDatei | None:
    if datei.ersetzt_id is None:
        return None
    return session.scalars(select(ZeitDatei).where(ZeitDatei.id == datei.ersetzt_id)).one()


def _must_be(datei: ZeitDatei, zustand: str) -> None:
    if datei.zustand != zustand:
        raise ImportFehler(f"Die Datei ist {datei.zustand}", f"das geht nur, solange sie {zustand} ist")


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")


def _subject(datei: ZeitDatei) -> str:
    return f"zeitdatei:{datei.public_id}"
