"""Auswahl nach Eignung, Befähigung und fachlicher Leistung (Art. 33 Abs. 2 GG): einschätzen, ordnen, entscheiden.

Punkte vergeben mehrere unabhängig voneinander; die der anderen sieht erst, wer seine eigenen vollständig gegeben hat.
Gerechnet wird mit genauen Brüchen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import delete, select

from jobportal import applications, clock, postings, settings
from jobportal.errors import Refused
from jobportal.models import Anforderung, Ausschreibung, Auswahlvermerk, Bewerbung, Einschaetzung, Gespraech
from jobportal.models.selection import HOECHSTE
from tenants import audit
from tenants.db.session import TenantSession
from tenants.security import open_sealed, seal

OPEN = ("eingegangen", "in_pruefung", "engere_wahl", "eingeladen")
RATERS = 2
LONGEST = timedelta(minutes=600)  # of one interview


@dataclass(frozen=True)
class Rang:
    """Eine Bewerbung mit ihrem Ergebnis: Anteil der erreichbaren Punkte, Zahl der vollständigen Einschätzungen."""

    bewerbung: Bewerbung
    wert: Fraction | None
    personen: int
    fehlt: tuple[str, ...]

    @property
    def prozent(self) -> str:
        """Der Wert auf eine Stelle."""
        if self.wert is None:
            return "–"
        tenths = round(self.wert * 1000)
        return f"{tenths // 10},{tenths % 10} %"


def all_of(session: TenantSession, posting: Ausschreibung) -> Sequence[Bewerbung]:
    """Alle eingegangenen Bewerbungen."""
    return session.scalars(select(Bewerbung).where(
        Bewerbung.ausschreibung_id == posting.id, Bewerbung.zustand != "entwurf").order_by(Bewerbung.nummer)).all()


def check_formally(session: TenantSession, row: Bewerbung, words: str) -> None:
    """Hält die formale Prüfung fest: leer heißt vollständig, sonst der Grund, warum sie offensichtlich nicht passt."""
    _demand_open(row)
    row.formal = words.strip()[:300] or "vollständig"
    if row.zustand == "eingegangen":
        row.zustand = "in_pruefung"
    applications.note(session, row, "formal_geprueft")


def rate(session: TenantSession, row: Bewerbung, points: dict[int, tuple[int, str]]) -> None:
    """Nimmt die Punkte der handelnden Person: je Merkmal (Nummer) 0 bis 4 und eine Begründung."""
    _demand_open(row)
    who = str(session.info["actor"])
    wanted = {one.id for one in _profile(session, row)}
    if set(points) != wanted or any(not 0 <= value <= HOECHSTE or not why.strip() for value, why in points.values()):
        raise Refused(f"Einschätzung: zu jedem Merkmal 0 bis {HOECHSTE} Punkte mit Begründung angeben.")
    session.execute(delete(Einschaetzung).where(Einschaetzung.bewerbung_id == row.id, Einschaetzung.von == who))
    for key, (value, why) in points.items():
        place = f"{row.id}:{key}:{who}"
        sealed = seal(session, why.strip()[:2000].encode(), table="einschaetzung", row=place, column="begruendung")
        session.add(Einschaetzung(bewerbung_id=row.id, anforderung_id=key, von=who, punkte=value,
                                  begruendung_siegel=sealed))
    if row.zustand == "eingegangen":
        row.zustand = "in_pruefung"
    applications.note(session, row, "eingeschaetzt")


def ratings(session: TenantSession, row: Bewerbung) -> dict[str, list[Einschaetzung]]:
    """Was die handelnde Person sehen darf: die eigenen, und alle, sobald die eigenen vollständig sind."""
    who = str(session.info["actor"])
    found: dict[str, list[Einschaetzung]] = defaultdict(list)
    for one in session.scalars(select(Einschaetzung).filter_by(bewerbung_id=row.id).order_by(Einschaetzung.id)):
        found[one.von].append(one)
    return dict(found) if who in found else {}


def ranking(session: TenantSession, posting: Ausschreibung) -> list[Rang]:
    """Alle Bewerbungen nach ihrem Wert; solche ohne zwingendes Merkmal und ohne Einschätzung am Ende."""
    profile = postings.profile(session, posting)
    weights = {one.id: one.gewicht for one in profile}
    must = {one.id: one.text for one in profile if one.muss}
    rows = all_of(session, posting)
    points: dict[int, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    ids = [row.id for row in rows]
    for one in session.scalars(select(Einschaetzung).where(Einschaetzung.bewerbung_id.in_(ids))):
        points[one.bewerbung_id][one.von][one.anforderung_id] = one.punkte
    found = [_rank(row, points[row.id], weights, must) for row in rows]
    return sorted(found, key=lambda one: (one.wert is None, bool(one.fehlt), -(one.wert or 0), one.bewerbung.nummer))


def put(session: TenantSession, row: Bewerbung, state: str) -> None:
    """Nimmt in die engere Wahl auf oder zurück."""
    _demand_open(row)
    if state not in ("in_pruefung", "engere_wahl"):
        raise Refused("Auswahl: engere Wahl oder zurück wählen.")
    if row.formal is None:
        raise Refused(f"Bewerbung {row.nummer}: erst formal prüfen.")
    row.zustand = state
    applications.note(session, row, state)


def invite(session: TenantSession, row: Bewerbung, beginn: datetime, minuten: int, raum: str) -> Gespraech:
    """Lädt zum Gespräch ein; ein Raum wird zu einer Zeit nur einmal vergeben, wie immer er geschrieben ist."""
    _demand_open(row)
    raum = " ".join(raum.split())[:120]
    if not raum or not 5 <= minuten <= 600:
        raise Refused("Gespräch: Raum und Dauer (5 bis 600 Minuten) angeben.")
    session.hold(f"raum:{raum.casefold()}")  # two postings have two turns, and a room that is free has no row
    taken = session.scalars(select(Gespraech).where(
        Gespraech.abgesagt_am.is_(None), Gespraech.beginn > beginn - LONGEST,
        Gespraech.beginn < beginn + timedelta(minutes=minuten))).all()
    if any(one.beginn + timedelta(minutes=one.minuten) > beginn and one.raum.casefold() == raum.casefold()
           for one in taken):
        raise Refused(f"Gespräch: der Raum {raum} ist dann belegt; Zeit oder Raum ändern.")
    made = Gespraech(bewerbung_id=row.id, beginn=beginn, minuten=minuten, raum=raum,
                     angelegt_von=str(session.info["actor"]))
    session.add(made)
    if row.zustand != "eingeladen":
        gender = applications.GESCHLECHT[applications.details(session, row).anrede]
        applications.count(session, row.ausschreibung_id, "eingeladen", gender)
    row.zustand = "eingeladen"
    applications.note(session, row, "einladung")
    return made


def cancel(session: TenantSession, row: Bewerbung, talk: Gespraech) -> None:
    """Sagt ein Gespräch ab."""
    if talk.abgesagt_am is None:
        talk.abgesagt_am = datetime.now(UTC)
        applications.note(session, row, "gespraech_abgesagt")


def talks(session: TenantSession, row: Bewerbung) -> Sequence[Gespraech]:
    """Die Gespräche einer Bewerbung."""
    return session.scalars(select(Gespraech).filter_by(bewerbung_id=row.id).order_by(Gespraech.beginn)).all()


def propose(session: TenantSession, posting: Ausschreibung, row: Bewerbung, why: str, today: date) -> Auswahlvermerk:
    """Schlägt jemanden vor und bittet die Mitwirkenden um ihren Schritt."""
    if posting.zustand != "veroeffentlicht" or posting.frist is None or today <= posting.frist:
        raise Refused(f"Ausschreibung {posting.kennziffer}: entschieden wird nach dem Ende der Bewerbungsfrist.")
    if posting.sperre:
        raise Refused(f"Ausschreibung {posting.kennziffer}: das Verfahren ruht ({posting.sperre}).")
    if row.zustand not in ("engere_wahl", "eingeladen"):
        raise Refused(f"Bewerbung {row.nummer}: steht nicht in der engeren Wahl.")
    ranked = ranking(session, posting)
    chosen = next(one for one in ranked if one.bewerbung.id == row.id)
    if chosen.personen < RATERS:
        raise Refused(f"Bewerbung {row.nummer}: mindestens {RATERS} Personen müssen sie vollständig einschätzen.")
    best = max((one.wert for one in ranked if one.wert is not None and not one.fehlt), default=None)
    short = len(why.strip()) < (200 if best is not None and chosen.wert != best else 40)
    if short:
        raise Refused("Auswahlvermerk: begründen, warum diese Person nach Eignung, Befähigung und Leistung die beste "
                      "ist (Art. 33 Abs. 2 GG); liegt eine andere nach Punkten vorn, mit mindestens 200 Zeichen.")
    session.execute(delete(Auswahlvermerk).where(Auswahlvermerk.ausschreibung_id == posting.id))
    sealed = seal(session, why.strip().encode(), table="auswahlvermerk", row=str(posting.public_id),
                  column="begruendung")
    made = Auswahlvermerk(ausschreibung_id=posting.id, bewerbung_id=row.id, begruendung_siegel=sealed,
                          vorgeschlagen_von=str(session.info["actor"]))
    session.add(made)
    postings.ask(session, posting, "auswahl", today)
    audit.record(session, "auswahl.vorgeschlagen", f"ausschreibung:{posting.public_id}", {"nummer": row.nummer})
    return made


def memo(session: TenantSession, posting: Ausschreibung) -> Auswahlvermerk | None:
    """Der Auswahlvermerk, wenn es ihn gibt."""
    return session.scalars(select(Auswahlvermerk).filter_by(ausschreibung_id=posting.id)).first()


def reason(session: TenantSession, posting: Ausschreibung, made: Auswahlvermerk) -> str:
    """Die Begründung des Vermerks, geöffnet."""
    return open_sealed(session, made.begruendung_siegel, table="auswahlvermerk", row=str(posting.public_id),
                       column="begruendung").decode()


def decide(session: TenantSession, posting: Ausschreibung, today: date) -> Bewerbung:
    """Entscheidet als zweite Person, wenn alle mitgewirkt haben; danach läuft die Wartefrist."""
    made = memo(session, posting)
    if made is None or made.entschieden_von is not None:
        raise Refused(f"Ausschreibung {posting.kennziffer}: hier ist nichts zu entscheiden.")
    if made.vorgeschlagen_von == session.info["actor"]:
        raise Refused("Auswahl: wer vorgeschlagen hat, entscheidet nicht; eine zweite Person mit dem Recht bitten.")
    missing = postings.settle(session, posting, "auswahl", today)
    if missing:
        raise Refused(f"Auswahl: es fehlt noch: {', '.join(missing)}.")
    if posting.sperre:
        raise Refused(f"Auswahl: das Verfahren ruht ({posting.sperre}).")
    row = session.get_one(Bewerbung, (posting.tenant_id, made.bewerbung_id))
    made.entschieden_von, made.entschieden_am = str(session.info["actor"]), datetime.now(UTC)
    row.zustand, posting.zustand = "zusage", "entschieden"
    posting.warten_bis = today + timedelta(days=settings.of(session, today).warten_tage)
    postings.take_down(session, posting)
    gender = applications.GESCHLECHT[applications.details(session, row).anrede]
    applications.count(session, posting.id, "ausgewaehlt", gender)
    applications.note(session, row, "zusage")
    audit.record(session, "auswahl.entschieden", f"ausschreibung:{posting.public_id}",
                 {"nummer": row.nummer, "warten_bis": posting.warten_bis})
    return row


def refuse_others(session: TenantSession, posting: Ausschreibung, today: date) -> list[Bewerbung]:
    """Sagt allen anderen ab, wenn die Wartefrist vorbei ist und kein Streit offen; setzt ihren Löschtag."""
    ended = posting.zustand == "zurueckgezogen"
    if not ended and (posting.zustand != "entschieden" or posting.warten_bis is None):
        raise Refused(f"Ausschreibung {posting.kennziffer}: erst entscheiden.")
    if posting.sperre:
        raise Refused(f"Ausschreibung {posting.kennziffer}: das Verfahren ruht ({posting.sperre}).")
    if not ended and posting.warten_bis is not None and today <= posting.warten_bis:
        raise Refused(f"Absagen: die Wartefrist läuft bis {posting.warten_bis:%d.%m.%Y} (Konkurrentenschutz).")
    found = [row for row in all_of(session, posting) if row.zustand in OPEN]
    for row in found:
        row.zustand, row.absage_am = "absage", datetime.now(UTC)
        row.loeschen_am = clock.refused_until(session, today)
        applications.note(session, row, "absage")
    audit.record(session, "auswahl.absagen", f"ausschreibung:{posting.public_id}", {"anzahl": len(found)})
    return found


def rest(session: TenantSession, posting: Ausschreibung, why: str | None) -> None:
    """Lässt das Verfahren ruhen (Konkurrentenklage) oder weitergehen; solange wird nichts abgesagt und gelöscht."""
    posting.sperre = why.strip()[:300] if why and why.strip() else None
    session.flush()
    audit.record(session, "auswahl.ruht" if posting.sperre else "auswahl.geht_weiter",
                 f"ausschreibung:{posting.public_id}", {"grund": posting.sperre or ""})


def _rank(row: Bewerbung, by_person: dict[str, dict[int, int]], weights: dict[int, int], must: dict[int, str]) -> Rang:
    complete = [given for given in by_person.values() if set(given) == set(weights)]
    if not complete:
        return Rang(row, None, 0, ())
    most = HOECHSTE * sum(weights.values()) * len(complete)
    value = Fraction(sum(weights[key] * points for given in complete for key, points in given.items()), most)
    missing = tuple(text for key, text in must.items()
                    if 2 * sum(given[key] == 0 for given in complete) > len(complete))
    return Rang(row, value, len(complete), missing)


def _profile(session: TenantSession, row: Bewerbung) -> Sequence[Anforderung]:
    return session.scalars(select(Anforderung).filter_by(ausschreibung_id=row.ausschreibung_id)).all()


def _demand_open(row: Bewerbung) -> None:
    if row.zustand not in OPEN:
        raise Refused(f"Bewerbung {row.nummer}: steht auf „{row.zustand}“ und ändert sich hier nicht mehr.")
