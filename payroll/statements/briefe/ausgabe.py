"""Briefe schreiben und ausgeben: Vorschau mit Mustern, Brief einer Person, Ablage in ihrer Akte."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements.akte import ablage
from payroll.statements.akte.ablage import Einreichung
from payroll.statements.akte.models import AkteDokument
from payroll.statements.briefe import angaben, satz, urlaub, vorlagen
from payroll.statements.briefe.angaben import BriefError
from payroll.statements.briefe.satz import Brief, Drawing
from payroll.statements.briefe.vorlagen import Wortlaut
from tenants.db.session import TenantSession

SAMPLE_LINES = ("Kim Beispiel", "Musterweg 1", "59999 Musterstadt")
ON_DESK = ("aenderung", "beschaeftigung", "urlaub", "drittschuldner", "frei")
ON_REQUEST = "auf Wunsch der Person"


@dataclass(frozen=True)
class Wunsch:
    """Was am Schreibtisch zu einem Brief angegeben wird; je Art zählt, was sie braucht."""

    art: str
    beschaeftigung: Beschaeftigung
    tag: date
    monat: date | None = None
    zweck: str = ""
    forderung: int = 0
    anerkannt: bool = True
    begruendung: str = ""
    betreff: str = ""
    inhalt: str = ""


@dataclass(frozen=True)
class Fertig:
    """Ein gesetzter Brief: PDF, Titel, Text zum Durchsuchen, woher der Wortlaut stammt."""

    wortlaut: Wortlaut
    brief: Brief
    pdf: bytes = field(repr=False)

    @property
    def titel(self) -> str:
        """Titel in der Akte."""
        return self.brief.betreff


def preview(session: TenantSession, wording: Wortlaut, day: date) -> bytes:
    """Der Wortlaut mit den Mustern seiner Platzhalter; nichts wird gespeichert."""
    from_, values = angaben.sender(session), dict(wording.art.muster)
    values |= {"arbeitgeber": from_.name, "ort": from_.ort, "datum": f"{day:%d.%m.%Y}"}
    if "tabelle" in values:
        values["tabelle"] = "(Hier steht die Tabelle der Monate.)"
    return composed(wording, values, from_, SAMPLE_LINES, day).pdf


def write(session: TenantSession, person: Person, wanted: Wunsch) -> Fertig:
    """Der Brief einer Person; wirft BriefError."""
    if wanted.art not in ON_DESK:
        raise BriefError("Art: eine der angebotenen wählen.")
    wording, own = vorlagen.current(session, wanted.art), angaben.recipient(session, person, wanted.tag)
    from_ = angaben.sender(session)
    values = angaben.common(own, from_, wanted.tag) | angaben.employment(session, wanted.beschaeftigung, wanted.tag)
    to = own.zeilen
    if wanted.art == "aenderung":
        if wanted.monat is None:
            raise BriefError("Monat: angeben, um welche Abrechnung es geht.")
        values |= angaben.change(session, wanted.beschaeftigung, wanted.monat)
    elif wanted.art == "beschaeftigung":
        values |= angaben.certified(session, own, wanted.beschaeftigung, wanted.tag)
        values["zweck"] = " ".join(wanted.zweck.split()) or ON_REQUEST
    elif wanted.art == "urlaub":
        values |= angaben.certified(session, own, wanted.beschaeftigung, wanted.tag)
        values |= urlaub.certified(session, wanted.beschaeftigung)
    elif wanted.art == "drittschuldner":
        claims = angaben.claims_of(session, person)
        values |= angaben.declaration(claims, wanted.forderung, wanted.anerkannt, wanted.begruendung)
        to = angaben.creditor(next(one for one in claims if one.nummer == wanted.forderung))
    else:
        if not wanted.betreff.strip() or not wanted.inhalt.strip():
            raise BriefError("Betreff und Text: beides angeben.")
        values |= {"betreffzeile": " ".join(wanted.betreff.split()), "inhalt": wanted.inhalt.replace("\r\n", "\n")}
    # Others learn no more than they must: a creditor knows the name and the file number.
    line = f"Personalnummer {wanted.beschaeftigung.personalnummer}" if wording.art.portal else ""
    return composed(wording, values, from_, to, wanted.tag, line=line)


def composed(wording: Wortlaut, values: Mapping[str, str], from_: angaben.Absender, to: tuple[str, ...], day: date, *,
             line: str = "", keyword: str = "", drawings: Mapping[str, Drawing] | None = None) -> Fertig:
    """Setzt einen Wortlaut mit Angaben."""
    held = drawings or {}
    given = {**values, **{name: f"{{{name}}}" for name in held}}
    brief = Brief(from_.zeilen, to, vorlagen.filled(wording.betreff, given), vorlagen.filled(wording.text, given), day,
                  line, from_.ort, keyword, held)
    try:
        return Fertig(wording, brief, satz.render(brief))
    except satz.ZeichenFehlt as missing:
        raise BriefError(str(missing)) from missing


def keep(session: TenantSession, person: Person, done: Fertig, *, key: uuid.UUID, portal: bool) -> AkteDokument:
    """Legt den Brief in die Akte; ins Portal nur, wenn die Art an die Person selbst geht."""
    kind = done.wortlaut.art
    if portal and not kind.portal:
        raise BriefError("Portal: dieses Schreiben geht an Dritte und nicht an die Person.")
    given = Einreichung(kind.klasse, done.titel, done.brief.tag, f"{kind.name}.pdf", done.pdf, key, "brief", portal)
    return ablage.file_letter(session, person, given, satz.words(done.brief), done.wortlaut.kennung)
