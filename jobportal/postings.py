"""Ausschreibungen führen: entwerfen, freigeben lassen, veröffentlichen, ändern, zurückziehen.

Jeder Schritt steht im Protokoll. Veröffentlicht wird nur, was das Recht erfüllt und dem alle Mitwirkenden zugestimmt
haben; die Fassungen bleiben unverändert.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, func, select

from jobportal import settings
from jobportal.content import Anzeige, from_json
from jobportal.errors import Refused
from jobportal.models import Anforderung, Aushang, Ausschreibung, AusschreibungFassung, Mitwirkung
from jobportal.rules import legal
from staffplan.reading import stand
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models import Tenant

DAY = timedelta(days=1)
CHANGEABLE = ("entwurf", "freigabe")


@dataclass(frozen=True)
class Merkmal:
    """Ein Merkmal des Anforderungsprofils."""

    text: str
    muss: bool
    gewicht: int


def from_post(session: TenantSession, nummer: str, tag: date) -> Anzeige:
    """Eine Anzeige, wie die Stelle des Stellenplans sie vorgibt."""
    held = stand(session, tag)
    post = held.stellen.get(nummer)
    if post is None:
        raise Refused(f"Stelle {nummer}: am {tag:%d.%m.%Y} nicht im Stellenplan; Nummer und Tag prüfen.")
    if post.vermerk("sperre") is not None:
        raise Refused(f"Stelle {nummer}: gesperrt; erst den Sperrvermerk aufheben lassen.")
    kw = post.vermerk("kw")
    if kw is not None and kw.acts(tag):
        raise Refused(f"Stelle {nummer}: kw-Vermerk; sie fällt weg, sobald sie frei ist, und wird nicht neu besetzt.")
    tenant = session.scalars(select(Tenant)).one()
    unit = held.einheiten.get(post.einheit)
    return Anzeige(
        titel=f"{post.bezeichnung} (m/w/d)", einheit=unit.name if unit else post.einheit, gruppe=post.gruppe,
        befristet_bis=post.befristet_bis, strasse=tenant.strasse or "", plz=tenant.plz or "", ort=tenant.ort or "",
        kontakt_telefon=tenant.telefon or "", kontakt_email=tenant.email or "", beginn=tag)


def draft(session: TenantSession, kennziffer: str, anzeige: Anzeige, *, stelle: str | None = None) -> Ausschreibung:
    """Legt einen Entwurf an; die Kennziffer gibt es nur einmal."""
    number = kennziffer.strip()
    if not number or len(number) > 40:
        raise Refused("Kennziffer: 1 bis 40 Zeichen angeben.")
    if session.scalars(select(Ausschreibung.id).filter_by(kennziffer=number)).first() is not None:
        raise Refused(f"Kennziffer {number}: schon vergeben; eine andere wählen.")
    row = Ausschreibung(public_id=uuid.uuid4(), kennziffer=number, stelle=stelle, inhalt=anzeige.as_json(),
                        frist=anzeige.frist, angelegt_von=_who(session))
    session.add(row)
    session.flush()
    _protocol(session, row, "angelegt", stelle=stelle)
    return row


def find(session: TenantSession, public_id: uuid.UUID) -> Ausschreibung | None:
    """Die Ausschreibung mit dieser Kennung."""
    return session.scalars(select(Ausschreibung).filter_by(public_id=public_id)).first()


def save(session: TenantSession, row: Ausschreibung, anzeige: Anzeige) -> None:
    """Ändert einen Entwurf; eine laufende Freigabe beginnt damit neu."""
    if row.zustand not in CHANGEABLE:
        raise Refused(f"Ausschreibung {row.kennziffer}: hängt schon aus; Änderungen mit Grund als neue Fassung.")
    row.inhalt, row.frist, row.zustand = anzeige.as_json(), anzeige.frist, "entwurf"
    for step in steps(session, row, "ausschreibung"):
        step.ergebnis, step.am, step.von, step.bemerkung = "offen", None, None, None
    session.flush()
    _protocol(session, row, "geändert")


def set_profile(session: TenantSession, row: Ausschreibung, merkmale: Sequence[Merkmal]) -> None:
    """Setzt das Anforderungsprofil; nach der Veröffentlichung steht es fest (Art. 33 Abs. 2 GG)."""
    if row.profil_fest is not None:
        raise Refused(f"Ausschreibung {row.kennziffer}: das Anforderungsprofil steht seit der Veröffentlichung fest; "
                      "wer es ändern muss, bricht ab und schreibt neu aus.")
    if not merkmale or any(not one.text.strip() or not 1 <= one.gewicht <= 100 for one in merkmale):
        raise Refused("Anforderungsprofil: mindestens ein Merkmal, jedes mit Text und Gewicht von 1 bis 100.")
    session.execute(delete(Anforderung).where(Anforderung.ausschreibung_id == row.id))
    for position, one in enumerate(merkmale, 1):
        session.add(Anforderung(ausschreibung_id=row.id, position=position, text=one.text.strip()[:300],
                                muss=one.muss, gewicht=one.gewicht))
    session.flush()
    _protocol(session, row, "anforderungsprofil", merkmale=len(merkmale))


def profile(session: TenantSession, row: Ausschreibung) -> Sequence[Anforderung]:
    """Das Anforderungsprofil in seiner Reihenfolge."""
    return session.scalars(select(Anforderung).filter_by(ausschreibung_id=row.id).order_by(
        Anforderung.position)).all()


def check(session: TenantSession, row: Ausschreibung, today: date) -> list[legal.Pflicht]:
    """Alle Befunde zur Anzeige."""
    found = legal.check(from_json(row.inhalt), settings.of(session, today).bausteine, today)
    if not profile(session, row):
        found.append(legal.Pflicht("fehler", "merkmale", "Das Anforderungsprofil fehlt", "Art. 33 Abs. 2 GG",
                                   "Merkmale mit Gewicht festlegen, bevor die erste Bewerbung kommt"))
    return found


def submit(session: TenantSession, row: Ausschreibung, today: date) -> None:
    """Gibt den Entwurf in die Mitwirkung; jede Stelle hat ihre Frist."""
    if row.zustand != "entwurf":
        raise Refused(f"Ausschreibung {row.kennziffer}: steht auf „{row.zustand}“, vorgelegt wird ein Entwurf.")
    wrong = legal.errors(check(session, row, today))
    if wrong:
        raise Refused(f"Ausschreibung {row.kennziffer}: {len(wrong)} Pflichtangaben fehlen: "
                      + "; ".join(f"{one.text} ({one.recht})" for one in wrong[:6]) + ".")
    ask(session, row, "ausschreibung", today)
    row.zustand = "freigabe"
    session.flush()
    _protocol(session, row, "vorgelegt")


def ask(session: TenantSession, row: Ausschreibung, gegenstand: str, today: date) -> None:
    """Bittet alle mitwirkenden Stellen um ihren Schritt; wer schon gefragt ist, bekommt die neue Frist."""
    days = settings.of(session, today).fristen
    known = {step.wer: step for step in steps(session, row, gegenstand)}
    for who, count in days.items():
        step = known.get(who)
        if step is None:
            session.add(Mitwirkung(ausschreibung_id=row.id, gegenstand=gegenstand, wer=who,
                                   frist=today + count * DAY))
        else:
            step.frist, step.ergebnis, step.am, step.von = today + count * DAY, "offen", None, None
    session.flush()


def steps(session: TenantSession, row: Ausschreibung, gegenstand: str) -> Sequence[Mitwirkung]:
    """Die Schritte der Mitwirkenden."""
    return session.scalars(select(Mitwirkung).filter_by(ausschreibung_id=row.id, gegenstand=gegenstand).order_by(
        Mitwirkung.id)).all()


def decide_step(session: TenantSession, row: Ausschreibung, gegenstand: str, wer: str, ergebnis: str,
                bemerkung: str) -> None:
    """Hält das Ergebnis einer mitwirkenden Stelle fest; eine Ablehnung braucht ihre Begründung."""
    if ergebnis not in ("zugestimmt", "abgelehnt", "verzichtet"):
        raise Refused("Mitwirkung: zustimmen, ablehnen oder verzichten wählen.")
    if ergebnis == "abgelehnt" and not bemerkung.strip():
        raise Refused("Mitwirkung: eine Ablehnung braucht ihre Begründung (§ 66 Abs. 2 LPVG NRW, § 18 LGG NRW).")
    found = [one for one in steps(session, row, gegenstand) if one.wer == wer]
    if not found or found[0].ergebnis != "offen":
        raise Refused(f"Ausschreibung {row.kennziffer}: hier ist kein Schritt dieser Stelle offen.")
    found[0].ergebnis, found[0].am, found[0].von = ergebnis, datetime.now(UTC), _who(session)
    found[0].bemerkung = bemerkung.strip()[:2000] or None
    session.flush()
    _protocol(session, row, "mitwirkung", gegenstand=gegenstand, wer=wer, ergebnis=ergebnis)


def settle(session: TenantSession, row: Ausschreibung, gegenstand: str, today: date) -> list[str]:
    """Was noch fehlt; eine abgelaufene Frist gilt als Zustimmung und wird so vermerkt (§ 66 Abs. 2 LPVG NRW)."""
    missing = []
    for step in steps(session, row, gegenstand):
        if step.ergebnis == "offen" and step.frist < today and step.wer != "personal":
            step.ergebnis, step.am, step.von = "frist_abgelaufen", datetime.now(UTC), "frist"
            _protocol(session, row, "mitwirkung", gegenstand=gegenstand, wer=step.wer, ergebnis=step.ergebnis)
        elif step.ergebnis == "offen":
            missing.append(f"{step.wer} (bis {step.frist:%d.%m.%Y})")
        elif step.ergebnis == "abgelehnt":
            missing.append(f"{step.wer} hat abgelehnt")
    session.flush()
    return missing


def publish(session: TenantSession, row: Ausschreibung, *, intern_ab: date, extern_ab: date, today: date) -> Aushang:
    """Hängt die Anzeige aus: erst im Haus, dann (oder am selben Tag) draußen; das Profil steht danach fest."""
    if row.zustand != "freigabe":
        raise Refused(f"Ausschreibung {row.kennziffer}: erst vorlegen; sie steht auf „{row.zustand}“.")
    missing = settle(session, row, "ausschreibung", today)
    if missing:
        raise Refused(f"Ausschreibung {row.kennziffer}: es fehlt noch: {', '.join(missing)}.")
    wrong = legal.errors(check(session, row, today))
    if wrong:
        raise Refused(f"Ausschreibung {row.kennziffer}: {wrong[0].text} ({wrong[0].recht}); {wrong[0].abhilfe}.")
    assert row.frist is not None  # legal.check demands it
    if not today <= intern_ab <= extern_ab <= row.frist:
        raise Refused("Aushang: Tage in der Reihenfolge heute, intern, extern, Bewerbungsfrist angeben.")
    row.zustand, row.intern_ab, row.extern_ab, row.profil_fest = "veroeffentlicht", intern_ab, extern_ab, func.now()
    _version(session, row, "Veröffentlichung")
    hung = Aushang(public_id=row.public_id, ausschreibung_id=row.id, kennziffer=row.kennziffer, intern_ab=intern_ab,
                   extern_ab=extern_ab, bis=row.frist, inhalt=_hung(session, row, today))
    session.add(hung)
    session.flush()
    _protocol(session, row, "veröffentlicht", intern_ab=intern_ab, extern_ab=extern_ab)
    return hung


def amend(session: TenantSession, row: Ausschreibung, anzeige: Anzeige, *, reason: str, today: date) -> None:
    """Ändert eine ausgehängte Anzeige mit Grund; jede Fassung bleibt, die Frist wird nie kürzer."""
    if row.zustand != "veroeffentlicht":
        raise Refused(f"Ausschreibung {row.kennziffer}: hängt nicht aus.")
    if not reason.strip():
        raise Refused("Änderung der Anzeige: Grund angeben; er steht bei der neuen Fassung.")
    wrong = legal.errors(legal.check(anzeige, settings.of(session, today).bausteine, today))
    if wrong:
        raise Refused(f"Änderung der Anzeige: {wrong[0].text} ({wrong[0].recht}); {wrong[0].abhilfe}.")
    assert anzeige.frist is not None
    assert row.frist is not None
    if anzeige.frist < row.frist:
        raise Refused("Änderung der Anzeige: die Frist darf nur länger werden (Art. 33 Abs. 2 GG).")
    row.inhalt, row.frist = anzeige.as_json(), anzeige.frist
    _version(session, row, reason.strip())
    refresh(session, row, today)
    _protocol(session, row, "neue_fassung", grund=reason.strip())


def refresh(session: TenantSession, row: Ausschreibung, today: date) -> None:
    """Bringt den Aushang auf den Stand von Anzeige und Einstellungen."""
    hung = session.scalars(select(Aushang).filter_by(ausschreibung_id=row.id)).one()
    hung.inhalt, hung.bis = _hung(session, row, today), row.frist or hung.bis
    hung.geaendert_am = func.now()
    session.flush()


def withdraw(session: TenantSession, row: Ausschreibung, *, reason: str) -> None:
    """Zieht die Ausschreibung zurück; Bewerbende erfahren es, das Verfahren braucht einen sachlichen Grund."""
    if row.zustand not in ("entwurf", "freigabe", "veroeffentlicht"):
        raise Refused(f"Ausschreibung {row.kennziffer}: steht auf „{row.zustand}“ und lässt sich nicht zurückziehen.")
    if not reason.strip():
        raise Refused("Zurückziehen: den sachlichen Grund angeben (Abbruch eines Auswahlverfahrens).")
    take_down(session, row)
    row.zustand = "zurueckgezogen"
    session.flush()
    _protocol(session, row, "zurückgezogen", grund=reason.strip())


def take_down(session: TenantSession, row: Ausschreibung) -> None:
    """Nimmt den Aushang ab."""
    for hung in session.scalars(select(Aushang).filter_by(ausschreibung_id=row.id)):
        hung.abgenommen_am = func.now()
    session.flush()


def versions(session: TenantSession, row: Ausschreibung) -> Sequence[AusschreibungFassung]:
    """Alle veröffentlichten Fassungen, die jüngste zuerst."""
    return session.scalars(select(AusschreibungFassung).filter_by(ausschreibung_id=row.id).order_by(
        AusschreibungFassung.nummer.desc())).all()


def _version(session: TenantSession, row: Ausschreibung, reason: str) -> None:
    count = session.scalar(select(func.count(AusschreibungFassung.id)).filter_by(ausschreibung_id=row.id)) or 0
    session.add(AusschreibungFassung(ausschreibung_id=row.id, nummer=count + 1, inhalt=row.inhalt, grund=reason,
                                     von=_who(session)))
    session.flush()


def _hung(session: TenantSession, row: Ausschreibung, today: date) -> dict[str, object]:
    """Was öffentlich aushängt: die Anzeige, die Textbausteine, das Aussehen des Arbeitgebers."""
    rules, tenant = settings.of(session, today), session.scalars(select(Tenant)).one()
    anzeige = from_json(row.inhalt)
    names = ["arbeitgeber", *(["teilzeit"] if anzeige.teilzeit else []), "vielfalt",
             *(["frauen"] if anzeige.unterrepraesentiert else []), "schwerbehinderung"]
    return row.inhalt | {
        "arbeitgeber": {"name": tenant.name, "farbe": rules.farbe, "kennung": str(tenant.public_id),
                        "einbetten": rules.einbetten, "strasse": tenant.strasse, "plz": tenant.plz, "ort": tenant.ort,
                        "email": tenant.email, "telefon": tenant.telefon},
        "bausteine": [rules.bausteine[name] for name in names], "datenschutz": rules.bausteine["datenschutz"],
        "fassung": rules.fassung, "zusage_tage": rules.zusage_tage}


def _who(session: TenantSession) -> str:
    return str(session.info["actor"])


def _protocol(session: TenantSession, row: Ausschreibung, what: str, **details: object) -> None:
    audit.record(session, f"ausschreibung.{what}", f"ausschreibung:{row.public_id}",
                 {"kennziffer": row.kennziffer} | details)
