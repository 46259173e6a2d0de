"""Bewerbungen annehmen: Entwurf mit geheimem Link, Angaben und Dateien versiegelt, Eingang mit zugesagtem Tag.

Was jemand über sich sagt, steht nur versiegelt in der Datenbank, mit dem Schlüssel des Arbeitgebers. Das Zeichen im
geheimen Link ist 256 Bit lang: Zufall, oder bei einem neuen Formular mit dem Geheimnis der Anwendung aus dessen Rätsel
samt Zufallszahl und aus dem Eingetragenen abgeleitet (`public.work`). Gespeichert ist nur seine Prüfsumme.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from jobportal import settings
from jobportal.errors import Refused
from jobportal.files import checking, scanner
from jobportal.models import (
    Ausschreibung,
    AuswahlStatistik,
    Bewerbung,
    BewerbungUnterlage,
    BewerbungVerlauf,
)
from tenants import audit
from tenants.db.session import TenantSession
from tenants.outbox.service import valid_address
from tenants.security import open_sealed, seal

TABLE, FILES = "bewerbung", "bewerbung_unterlage"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
UNFIT = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]")
ANREDEN = ("", "frau", "herr", "divers")
GESCHLECHT = {"frau": "weiblich", "herr": "maennlich", "divers": "divers", "": "ohne"}
LIMITS = {"vorname": 80, "nachname": 80, "email": 254, "telefon": 40, "anschrift": 200, "beginn": 40,
          "nachricht": 4000}  # fmt: skip


@dataclass(frozen=True)
class Angaben:
    """Was jemand über sich sagt; mehr wird nicht gefragt."""

    vorname: str = ""
    nachname: str = ""
    email: str = ""
    telefon: str = ""
    anschrift: str = ""
    anrede: str = ""
    beginn: str = ""
    nachricht: str = ""

    @property
    def name(self) -> str:
        """Vor- und Nachname."""
        return f"{self.vorname} {self.nachname}".strip()


def read(form: Mapping[str, str]) -> Angaben:
    """Angaben aus einem Formular, auf ihre Länge gekürzt."""
    values = {name: form.get(name, "").strip()[:limit] for name, limit in LIMITS.items()}
    anrede = form.get("anrede", "")
    return Angaben(**values, anrede=anrede if anrede in ANREDEN else "")


def problems(given: Angaben, *, informed: bool) -> dict[str, list[str]]:
    """Was vor dem Absenden fehlt, je Feld."""
    found = {}
    for name in ("vorname", "nachname"):
        if not getattr(given, name):
            found[name] = [_("Bitte ausfüllen.")]
    if not valid_address(given.email):
        found["email"] = [_("Bitte eine E-Mail-Adresse angeben, zum Beispiel name@beispiel.de.")]
    if not informed:
        found["kenntnis"] = [_("Bitte bestätigen, dass Sie den Hinweis zum Datenschutz gelesen haben.")]
    return found


def start(session: TenantSession, ausschreibung: uuid.UUID, sprache: str, today: date, *,
          intern: bool = False, token: str | None = None,
          entered: tuple[Angaben, bool] = (Angaben(), False)) -> tuple[Bewerbung, str]:
    """Legt einen Entwurf an; gibt ihn und das geheime Zeichen seines Links, von dem nur die Prüfsumme gespeichert ist.
    intern: vom Brett im Haus.

    token: das Zeichen des Formulars; kommt es ein zweites Mal, ist es dieselbe Bewerbung, auch wenn beide zugleich
    kommen oder sie schon abgeschickt ist. Das gilt nur, solange zu ihr dasselbe gespeichert ist wie jetzt eingetragen
    (entered: Angaben und ob schwerbehindert); sonst beginnt eine neue mit zufälligem Zeichen.
    """
    posting = session.scalars(select(Ausschreibung).filter_by(public_id=ausschreibung)).one()
    if token is not None and (found := by_token(session, token, lock=True)) is not None:
        kept = details(session, found), severely_disabled(session, found)
        if found.ausschreibung_id == posting.id and kept == entered:
            return found, token
        token = None
    token, key = token or secrets.token_urlsafe(32), uuid.uuid4()
    row = Bewerbung(
        public_id=key, ausschreibung_id=posting.id, geheim=_hash(token), sprache=sprache, intern=intern,
        einwilligungen={},
        angaben_siegel=_seal(session, key, "angaben", asdict(Angaben())),
        schwerbehindert_siegel=_seal(session, key, "schwerbehindert", _padded(False)),
        loeschen_am=today + timedelta(days=settings.of(session, today).entwurf_tage))
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # the same form came twice at once: the second waited, and finds what the first has made
        if by_token(session, token, lock=True) is None:
            raise
        return start(session, ausschreibung, sprache, today, intern=intern, token=token, entered=entered)
    return row, token


def by_token(session: TenantSession, token: str, *, lock: bool = False) -> Bewerbung | None:
    """Die Bewerbung zu einem geheimen Zeichen; lock hält sie bis zum Ende der Transaktion fest."""
    if not TOKEN.fullmatch(token):
        return None
    statement = select(Bewerbung).filter_by(geheim=_hash(token))
    return session.scalars(statement.with_for_update() if lock else statement).first()


def store(session: TenantSession, row: Bewerbung, given: Angaben, *, schwerbehindert: bool) -> None:
    """Speichert die Angaben eines Entwurfs."""
    _demand_draft(row)
    row.angaben_siegel = _seal(session, row.public_id, "angaben", asdict(given))
    row.schwerbehindert_siegel = _seal(session, row.public_id, "schwerbehindert", _padded(schwerbehindert))
    session.flush()


def details(session: TenantSession, row: Bewerbung) -> Angaben:
    """Die Angaben, geöffnet."""
    raw = _open(session, row.public_id, "angaben", row.angaben_siegel)
    known = {one.name for one in fields(Angaben)}
    return Angaben(**{name: str(value) for name, value in raw.items() if name in known})


def severely_disabled(session: TenantSession, row: Bewerbung) -> bool:
    """Ob jemand eine Schwerbehinderung angegeben hat; nur Personalamt und Vertretung dürfen danach fragen."""
    return _open(session, row.public_id, "schwerbehindert", row.schwerbehindert_siegel)["angabe"] == "ja  "


def attach(session: TenantSession, row: Bewerbung, name: str, content: bytes) -> BewerbungUnterlage:
    """Prüft eine Datei und legt sie versiegelt ab; wirft FileRefused. Liegt derselbe Inhalt schon bei dieser Bewerbung,
    bleibt es bei der abgelegten Datei: ein zweiter Klick schickt alle noch einmal."""
    _demand_draft(row)
    held = documents(session, row)
    for one in held:
        if one.groesse == len(content) and open_file(session, one, "inhalt") == content:
            return one
    if len(held) >= checking.MOST:
        raise checking.FileRefused(_("Höchstens acht Dateien; bitte eine entfernen oder zusammenfassen."))
    if sum(one.groesse for one in held) + len(content) > checking.TOGETHER:
        raise checking.FileRefused(_("Alle Dateien zusammen dürfen höchstens 20 MB haben."))
    checked = checking.check(content)
    try:
        state = scanner.scan(content)
    except scanner.Infected:
        raise checking.FileRefused(_("Der Virenschutz hat die Datei abgelehnt.")) from None
    key = uuid.uuid4()
    made = BewerbungUnterlage(
        public_id=key, bewerbung_id=row.id, art=checked.kind, groesse=len(content), pruefung=state,
        hinweise=list(checked.notes), name_siegel=seal_file(session, key, "name", clean_name(name).encode()),
        inhalt_siegel=seal_file(session, key, "inhalt", content))
    session.add(made)
    session.flush()
    return made


def detach(session: TenantSession, row: Bewerbung, key: uuid.UUID) -> None:
    """Entfernt eine Datei aus einem Entwurf."""
    _demand_draft(row)
    for one in documents(session, row):
        if one.public_id == key:
            session.delete(one)
    session.flush()


def documents(session: TenantSession, row: Bewerbung) -> Sequence[BewerbungUnterlage]:
    """Die Dateien einer Bewerbung in ihrer Reihenfolge."""
    return session.scalars(select(BewerbungUnterlage).filter_by(bewerbung_id=row.id).order_by(
        BewerbungUnterlage.id)).all()


def submit(session: TenantSession, row: Bewerbung, today: date, *, fassung: str, pool: bool) -> None:
    """Nimmt die Bewerbung an: Nummer, zugesagter Tag, Einwilligungen mit der Fassung ihrer Texte."""
    _demand_draft(row)
    given = details(session, row)
    if problems(given, informed=True):
        raise Refused("Bewerbung: Pflichtangaben fehlen; Vorname, Nachname und E-Mail ausfüllen.")
    posting = session.scalars(select(Ausschreibung).filter_by(id=row.ausschreibung_id).with_for_update()).one()
    rules = settings.of(session, today)
    last = session.scalar(select(func.max(Bewerbung.nummer)).filter_by(ausschreibung_id=posting.id)) or 0
    now = datetime.now(UTC)
    row.nummer, row.zustand, row.eingegangen_am = last + 1, "eingegangen", now
    row.zugesagt_bis = max(today, posting.frist or today) + timedelta(days=rules.zusage_tage)
    row.loeschen_am = today + relativedelta(months=rules.laengstens_monate)
    row.einwilligungen = {"information": {"fassung": fassung, "am": now.isoformat()}}
    if pool:
        row.pool_bis = today + relativedelta(months=rules.pool_monate)
        row.einwilligungen |= {"pool": {"fassung": fassung, "am": now.isoformat()}}
    note(session, row, "eingegangen", "bewerbung")
    count(session, posting.id, "beworben", GESCHLECHT[given.anrede])
    audit.record(session, "bewerbung.eingegangen", f"bewerbung:{row.public_id}",
                 {"kennziffer": posting.kennziffer, "nummer": row.nummer})


def count(session: TenantSession, posting: int, stufe: str, geschlecht: str) -> None:
    """Zählt eine Stufe des Verfahrens; die Zahl bleibt nach der Löschung."""
    found = session.scalars(select(AuswahlStatistik).filter_by(
        ausschreibung_id=posting, stufe=stufe, geschlecht=geschlecht).with_for_update()).first()
    if found is None:
        session.add(AuswahlStatistik(ausschreibung_id=posting, stufe=stufe, geschlecht=geschlecht, anzahl=1))
    else:
        found.anzahl += 1
    session.flush()


def note(session: TenantSession, row: Bewerbung, what: str, who: str | None = None) -> None:
    """Hält einen Schritt im Verlauf fest."""
    session.add(BewerbungVerlauf(bewerbung_id=row.id, was=what, von=who or str(session.info["actor"])))
    session.flush()


def course(session: TenantSession, row: Bewerbung) -> Sequence[BewerbungVerlauf]:
    """Der Verlauf, das Älteste zuerst."""
    return session.scalars(select(BewerbungVerlauf).filter_by(bewerbung_id=row.id).order_by(BewerbungVerlauf.id)).all()


def end_pool(session: TenantSession, row: Bewerbung) -> None:
    """Widerruft die Aufnahme in den Bewerberkreis; ohne sie gilt wieder die gewöhnliche Frist."""
    row.pool_bis = None
    note(session, row, "pool_widerrufen", "bewerbung")


def clean_name(name: str) -> str:
    """Dateiname ohne Pfad, Steuerzeichen und Richtungszeichen."""
    bare = re.split(r"[\\/]", name)[-1]
    return UNFIT.sub("", bare).strip(". ")[:120] or "Datei"


def seal_file(session: TenantSession, key: uuid.UUID, column: str, content: bytes) -> bytes:
    """Versiegelt einen Teil einer Datei."""
    return seal(session, content, table=FILES, row=str(key), column=column)


def open_file(session: TenantSession, row: BewerbungUnterlage, column: str) -> bytes:
    """Öffnet Name, Inhalt oder Ansicht einer Datei."""
    return open_sealed(session, getattr(row, f"{column}_siegel"), table=FILES, row=str(row.public_id), column=column)


def file_name(session: TenantSession, row: BewerbungUnterlage) -> str:
    """Der Name einer Datei."""
    return open_file(session, row, "name").decode()


def _demand_draft(row: Bewerbung) -> None:
    if row.zustand != "entwurf":
        raise Refused("Bewerbung: schon abgeschickt; zum Ändern zurückziehen und neu bewerben.")


def _seal(session: TenantSession, key: uuid.UUID, column: str, value: Mapping[str, object]) -> bytes:
    return seal(session, json.dumps(value).encode(), table=TABLE, row=str(key), column=column)


def _open(session: TenantSession, key: uuid.UUID, column: str, sealed: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(open_sealed(session, sealed, table=TABLE, row=str(key), column=column))
    return found


def _padded(yes: bool) -> dict[str, str]:
    """Beide Antworten sind gleich lang, damit die Länge des Siegels nichts verrät."""
    return {"angabe": "ja  " if yes else "nein"}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
