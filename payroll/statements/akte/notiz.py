"""Notizen der Personalstelle: ein kurzer Text wird ein Dokument der Akte, versiegelt, durchsuchbar, mit Frist."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from jobportal.documents import Schriftstueck
from payroll.masterdata.models import Person
from payroll.statements import text_pdf
from payroll.statements.akte import ablage
from payroll.statements.akte.ablage import AkteError, Einreichung
from payroll.statements.akte.models import AkteDokument
from tenants.db.session import TenantSession

LONGEST, SUBJECT = 10_000, 200


@dataclass(frozen=True)
class Notiz:
    """Was jemand festhält; vorgang: Schlüssel gegen doppeltes Absenden."""

    klasse: str
    betreff: str
    text: str
    vorgang: uuid.UUID


def keep(session: TenantSession, person: Person, note: Notiz, *, name: str, employer: str, author: str, today: date
         ) -> AkteDokument:
    """Setzt die Notiz als PDF und legt sie ab; name: der Person, author: wer sie schreibt. Wirft AkteError."""
    subject, text = " ".join(note.betreff.split()), note.text.replace("\r\n", "\n").strip()
    if not subject:
        raise AkteError("Betreff: angeben, worum es geht.")
    if len(subject) > SUBJECT:
        raise AkteError(f"Betreff: höchstens {SUBJECT} Zeichen.")
    if not text:
        raise AkteError("Notiz: angeben, was festgehalten werden soll.")
    if len(text) > LONGEST:
        raise AkteError(f"Notiz: höchstens {LONGEST:,} Zeichen.".replace(",", "."))
    paper = Schriftstueck(subject, employer, (("", text),), today, vorspann=f"Notiz zur Akte von {name}",
                          fuss=f"{author}, {today:%d.%m.%Y}")
    sheet = text_pdf.drawn(paper)
    if sheet.missing:
        chars = ", ".join(f"„{char}“" for char in sheet.missing)
        raise AkteError(f"Notiz: diese Zeichen kann kein Papier zeigen: {chars}. Anders schreiben.")
    given = Einreichung(note.klasse, subject, today, f"{subject}.pdf", text_pdf.written(sheet, paper), note.vorgang)
    return ablage.file_note(session, person, given, f"{subject}\n\n{text}", today)
