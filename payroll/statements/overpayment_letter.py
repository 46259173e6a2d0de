"""Schreiben zu einer Überzahlung: Anhörung oder Geltendmachung, mit Beträgen je Monat, Ursache, Frist und Grenzen.

Der Wortlaut ist eine Vorlage des Mandanten; Tabelle, Beträge und Rechtslage entstehen aus dem Fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.ueberzahlung.schritte import Fallstand, euro
from payroll.statements import wording as w
from payroll.statements.briefe import angaben, ausgabe, vorlagen
from payroll.statements.briefe.angaben import Absender, Empfaenger
from payroll.statements.briefe.ausgabe import Fertig
from payroll.statements.briefe.vorlagen import Wortlaut
from payroll.statements.pdf import table
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row
from tenants.db.session import TenantSession

COLUMNS = (Column("Monat", LEFT, 48), Column("Ursache", 50, 108), Column("fällig am", 110, 126),
           Column("Frist bis", 128, 146), Column("brutto €", 148, 170, True), Column("netto €", 172, RIGHT, True))


@dataclass(frozen=True)
class Schreiben:
    """Was im Schreiben steht; einbehalt: was der nächste Lauf höchstens einbehält (Cent, leer: kein Entgelt mehr)."""

    wortlaut: Wortlaut
    absender: Absender
    empfaenger: Empfaenger
    personalnummer: str
    stand: Fallstand
    anhoerung: bool
    bis: date | None
    einbehalt: int | None


def letter(session: TenantSession, stand: Fallstand, *, anhoerung: bool, bis: date | None, einbehalt: int | None,
           day: date) -> Schreiben:
    """Liest Wortlaut, Absender und Anschrift."""
    job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.id == stand.fall.beschaeftigung_id)).one()
    person = session.scalars(select(Person).where(Person.id == stand.fall.person_id)).one()
    wording = vorlagen.current(session, "anhoerung" if anhoerung else "geltendmachung")
    return Schreiben(wording, angaben.sender(session), angaben.recipient(session, person, day), job.personalnummer,
                     stand, anhoerung, bis, einbehalt)


def render(brief: Schreiben, made_on: date) -> Fertig:
    """Setzt das Schreiben; gleicher Inhalt und Tag ergeben gleiche Bytes."""
    values = angaben.common(brief.empfaenger, brief.absender, made_on) | {
        "personalnummer": brief.personalnummer, "bis": f"bis zum {brief.bis:%d.%m.%Y}" if brief.bis else "",
        "betraege": "\n\n".join(_amounts(brief)), "rechtslage": "\n\n".join(_law(brief))}
    return ausgabe.composed(
        brief.wortlaut, values, brief.absender, brief.empfaenger.zeilen, made_on,
        line=f"Personalnummer {brief.personalnummer}", keyword=f"{brief.stand.fall.monat:%Y-%m}",
        drawings={"tabelle": lambda sheet: _draw(sheet, brief)})


def _draw(sheet: Sheet, brief: Schreiben) -> None:
    table.draw(sheet, "Was zu viel gezahlt wurde", COLUMNS, _rows(brief), wrap=True)


def _rows(brief: Schreiben) -> list[Row]:
    found = []
    for one in brief.stand.fall.monate:
        days = [f"{date.fromisoformat(one[name]):%d.%m.%Y}" for name in ("faellig", "frist")]
        found.append(Row([w.month(date.fromisoformat(one["monat"])), "; ".join(one["ursachen"]), *days,
                          w.amount(one["brutto"]), w.amount(one["netto"])]))
    case = brief.stand.fall
    return [*found, Row(["Summe", "", "", "", w.amount(case.brutto), w.amount(case.netto)], strong=True)]


def _amounts(brief: Schreiben) -> Sequence[str]:
    case, stand = brief.stand.fall, brief.stand
    found = [f"Geschuldet sind netto {euro(case.netto)}. Steuern und Beiträge auf den zu viel gezahlten "
             f"Bruttobetrag von {euro(case.brutto)} berichtigen wir selbst."]
    if stand.offen < case.netto:
        found.append(f"Davon ist ein Teil schon verrechnet; offen sind noch {euro(max(stand.offen, 0))}.")
    if brief.einbehalt is None:
        found.append("Da Sie kein laufendes Entgelt mehr erhalten, bitten wir um Überweisung.")
    else:
        found.append("Aufgerechnet wird nur gegen den pfändbaren Teil Ihrer Bezüge (§ 394 BGB, § 850c ZPO); im "
                     f"nächsten Monat sind das höchstens {euro(brief.einbehalt)}. Eine Zahlung in Raten können wir "
                     "vereinbaren.")
    return found


def _law(brief: Schreiben) -> Sequence[str]:
    if brief.stand.fall.status == "beamte":
        return ("Grundlage ist § 15 LBesG NRW in Verbindung mit §§ 812 ff. BGB. Aus Gründen der Billigkeit kann von "
                "der Rückforderung ganz oder zum Teil abgesehen werden; bitte nennen Sie uns solche Gründe.",
                "Der Anspruch verjährt drei Jahre nach dem Ende des Jahres, in dem er entstanden und bekannt ist "
                "(§§ 195, 199 BGB).")
    asserted = ("" if brief.anhoerung else "; das geschieht mit diesem Schreiben")
    return ("Grundlage ist § 812 BGB. Der Anspruch ist je Monat innerhalb von sechs Monaten nach Fälligkeit in "
            f"Textform geltend zu machen (§ 37 Abs. 1 TVöD){asserted}. Haben Sie das Geld im Vertrauen auf die "
            "Richtigkeit ersatzlos verbraucht (§ 818 Abs. 3 BGB), teilen Sie uns das bitte mit.",)
