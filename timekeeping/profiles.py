"""Profile eines Arbeitgebers: behalten, in Fassungen; ohne eigenes gilt das mitgelieferte (Fassung 0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from tenants import audit
from tenants.db.session import TenantSession
from tenants.interfaces import service as interfaces
from timekeeping.imports import profile
from timekeeping.imports.problems import ImportFehler
from timekeeping.imports.profile import Profil, Zuordnung
from timekeeping.imports.rewriting import remapped
from timekeeping.models import ZeitDatei, ZeitProfil


def store(session: TenantSession, text: str, *, reason: str) -> ZeitProfil:
    """Behält ein Profil als neue Fassung seines Namens; unverändert entsteht keine neue."""
    if not reason.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum das Profil sich ändert")
    made = profile.parse(text)
    held = _newest(session, made.name)
    if held is not None and held.inhalt == text:
        return held
    if not made.bestaetigung:
        _may_switch_off(session, made.name)
    row = ZeitProfil(name=made.name, fassung=held.fassung + 1 if held else 1, inhalt=text, grund=reason,
                     angelegt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    audit.record(session, "zeitprofil.gespeichert", f"zeitprofil:{made.name}", {"fassung": row.fassung}, reason)
    return row


def current(session: TenantSession, name: str) -> tuple[Profil, int]:
    """Geltendes Profil und seine Fassung."""
    held = _newest(session, name)
    return (profile.parse(held.inhalt), held.fassung) if held else (profile.parse(profile.bundled_text(name)), 0)


def all_current(session: TenantSession) -> list[tuple[Profil, int]]:
    """Alle geltenden Profile mit ihrer Fassung, eigene und mitgelieferte, nach Namen; eine Abfrage."""
    newest = select(ZeitProfil.name, func.max(ZeitProfil.fassung).label("fassung")).group_by(ZeitProfil.name).subquery()
    own = session.execute(select(ZeitProfil.name, ZeitProfil.fassung, ZeitProfil.inhalt).join(
        newest, (newest.c.name == ZeitProfil.name) & (newest.c.fassung == ZeitProfil.fassung))).all()
    found = {row.name: (profile.parse(row.inhalt), row.fassung) for row in own}
    for name in profile.bundled():
        if name not in found:
            found[name] = (profile.parse(profile.bundled_text(name)), 0)
    return [found[name] for name in sorted(found)]


def text_of(session: TenantSession, name: str) -> str:
    """Wortlaut des geltenden Profils. Raises ImportFehler, wenn es keines dieses Namens gibt."""
    held = _newest(session, name)
    return held.inhalt if held else profile.bundled_text(name)


def history(session: TenantSession, name: str) -> Sequence[ZeitProfil]:
    """Alle eigenen Fassungen eines Profils, die neueste zuerst."""
    return session.scalars(select(ZeitProfil).where(ZeitProfil.name == name).order_by(ZeitProfil.fassung.desc())).all()


def map_keys(session: TenantSession, name: str, *, schluessel: Sequence[Zuordnung], personen: Mapping[str, str],
             einheiten: Mapping[str, str], mandant: str, reason: str, bestaetigung: bool | None = None) -> ZeitProfil:
    """Ordnet Schlüssel, Personalnummern, Einheiten und den Mandanten neu zu und sagt, ob Leitungen bestätigen (None:
    wie bisher): eine neue Fassung, der Aufbau bleibt."""
    text = remapped(text_of(session, name), schluessel=schluessel, personen=personen, einheiten=einheiten,
                    mandant=mandant, bestaetigung=bestaetigung)
    return store(session, text, reason=reason)


def of_version(session: TenantSession, name: str, version: int) -> Profil:
    """Profil in der Fassung, mit der eine Datei gelesen wurde."""
    if version == 0:
        return profile.parse(profile.bundled_text(name))
    statement = select(ZeitProfil.inhalt).where(ZeitProfil.name == name, ZeitProfil.fassung == version)
    return profile.parse(session.scalars(statement).one())


def _may_switch_off(session: TenantSession, name: str) -> None:
    """Wer Dateien dieses Profils eingelesen hat, die noch warten oder zurückgenommen sind, nimmt den Leitungen ihre
    Bestätigung nicht."""
    if name not in profile.bundled() and _newest(session, name) is None:
        return
    actor = str(session.info["actor"])
    readers = session.scalars(select(ZeitDatei.eingelesen_von).where(
        ZeitDatei.profil == name, ZeitDatei.zustand.in_(("vorgelegt", "zurueckgezogen"))).distinct()).all()
    if current(session, name)[0].bestaetigung and any(
            actor == reader or interfaces.issued_by(session, reader, actor) for reader in readers):
        raise ImportFehler(f"{actor} hat Dateien mit dem Profil {name} eingelesen, die noch warten oder zurückgenommen "
                           "sind, und schaltet die Bestätigung der Leitungen nicht ab", "eine zweite Person bitten")


def _newest(session: TenantSession, name: str) -> ZeitProfil | None:
    statement = select(ZeitProfil).where(ZeitProfil.name == name).order_by(ZeitProfil.fassung.desc()).limit(1)
    return session.scalars(statement).first()
