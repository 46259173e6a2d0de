"""Schreiben zu einer Überzahlung: Anhörung oder Geltendmachung, mit Beträgen je Monat, Ursache, Frist und Grenzen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.masterdata.models import Beschaeftigung, PersonAngaben
from payroll.runs.ueberzahlung.schritte import Fallstand, euro
from payroll.statements import wording as w
from payroll.statements.pdf import prose, table
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

COLUMNS = (Column("Monat", LEFT, 48), Column("Ursache", 50, 108), Column("fällig am", 110, 126),
           Column("Frist bis", 128, 146), Column("brutto €", 148, 170, True), Column("netto €", 172, RIGHT, True))
SIZE = 9.5


@dataclass(frozen=True)
class Brief:
    """Was im Schreiben steht; einbehalt: was der nächste Lauf höchstens einbehält (Cent, leer: kein Entgelt mehr)."""

    absender: tuple[str, ...]
    empfaenger: tuple[str, ...]
    personalnummer: str
    stand: Fallstand
    anhoerung: bool
    bis: date | None
    einbehalt: int | None


def letter(session: TenantSession, stand: Fallstand, *, anhoerung: bool, bis: date | None,
           einbehalt: int | None) -> Brief:
    """Liest Absender und Anschrift; drei Abfragen."""
    sender = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    job = session.scalars(select(Beschaeftigung).where(Beschaeftigung.id == stand.fall.beschaeftigung_id)).one()
    person = session.scalars(select(PersonAngaben).where(
        PersonAngaben.person_id == stand.fall.person_id, PersonAngaben.superseded_at.is_(None))
        .order_by(PersonAngaben.valid_from.desc())).first()
    own: tuple[str | None, ...] = () if person is None else (
        f"{person.vorname} {person.nachname}", person.strasse, f"{person.plz or ''} {person.ort or ''}".strip())
    return Brief(_lines(sender.name, sender.strasse, f"{sender.plz or ''} {sender.ort or ''}".strip()), _lines(*own),
                 job.personalnummer, stand, anhoerung, bis, einbehalt)


def _lines(*parts: str | None) -> tuple[str, ...]:
    return tuple(part for part in parts if part)


def render(brief: Brief, made_on: date) -> bytes:
    """Erzeugt das Schreiben als ausgezeichnetes PDF; gleicher Inhalt und Tag ergeben gleiche Bytes."""
    title = "Anhörung zu einer Überzahlung" if brief.anhoerung else "Rückforderung zu viel gezahlter Bezüge"
    sheet = Sheet(f"{title} – Personalnummer {brief.personalnummer}")
    _head(sheet, brief, made_on)
    sheet.y += 9
    sheet.text(LEFT, sheet.y, title, 14, role="H1", weight="strong")
    sheet.y += 6
    sheet.text(LEFT, sheet.y, f"Personalnummer {brief.personalnummer}", SIZE)
    sheet.y += 3
    for text in _opening(brief):
        prose.paragraph(sheet, text, SIZE)
    sheet.y += 3
    table.draw(sheet, "Was zu viel gezahlt wurde", COLUMNS, _rows(brief), wrap=True)
    sheet.y += 2
    for text in (*_amounts(brief), *_law(brief)):
        prose.paragraph(sheet, text, SIZE)
    return write(sheet, About(title, brief.absender[0], title, f"{brief.stand.fall.monat:%Y-%m}", made_on))


def _head(sheet: Sheet, brief: Brief, made_on: date) -> None:
    sheet.y = 24.0
    for number, text in enumerate(brief.absender):
        sheet.text(LEFT, sheet.y, text, 11 if number == 0 else 9, weight="strong" if number == 0 else "regular")
        sheet.y += 4.4
    sheet.y = 50.0
    for text in brief.empfaenger:
        sheet.text(LEFT, sheet.y, text, SIZE)
        sheet.y += 4.6
    sheet.y = max(sheet.y, 72.0)
    sheet.text(RIGHT, sheet.y, f"{made_on:%d.%m.%Y}", SIZE, right=True)


def _rows(brief: Brief) -> list[Row]:
    found = []
    for one in brief.stand.fall.monate:
        days = [f"{date.fromisoformat(one[name]):%d.%m.%Y}" for name in ("faellig", "frist")]
        found.append(Row([w.month(date.fromisoformat(one["monat"])), "; ".join(one["ursachen"]), *days,
                          w.amount(one["brutto"]), w.amount(one["netto"])]))
    case = brief.stand.fall
    return [*found, Row(["Summe", "", "", "", w.amount(case.brutto), w.amount(case.netto)], strong=True)]


def _opening(brief: Brief) -> Sequence[str]:
    yours = ("Guten Tag,",
             "bei der Neuberechnung Ihrer Bezüge hat sich gezeigt, dass Ihnen in den folgenden Monaten zu viel gezahlt "
             "wurde. Die Tabelle nennt je Monat den Betrag und die Ursache.")
    if brief.anhoerung:
        until = f" bis zum {brief.bis:%d.%m.%Y}" if brief.bis else ""
        return (*yours, "Bevor wir entscheiden, ob und wie der Betrag zurückzuzahlen ist, geben wir Ihnen Gelegenheit, "
                        f"sich{until} zu äußern: zur Ursache, zum Verbrauch des Geldes und zu Ihrer wirtschaftlichen "
                        "Lage (§ 28 VwVfG NRW).")
    return (*yours, "Wir machen diesen Anspruch hiermit in Textform geltend und fordern die Rückzahlung.")


def _amounts(brief: Brief) -> Sequence[str]:
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


def _law(brief: Brief) -> Sequence[str]:
    if brief.stand.fall.status == "beamte":
        return ("Grundlage ist § 15 LBesG NRW in Verbindung mit §§ 812 ff. BGB. Aus Gründen der Billigkeit kann von "
                "der Rückforderung ganz oder zum Teil abgesehen werden; bitte nennen Sie uns solche Gründe.",
                "Der Anspruch verjährt drei Jahre nach dem Ende des Jahres, in dem er entstanden und bekannt ist "
                "(§§ 195, 199 BGB).")
    asserted = ("" if brief.anhoerung else "; das geschieht mit diesem Schreiben")
    return ("Grundlage ist § 812 BGB. Der Anspruch ist je Monat innerhalb von sechs Monaten nach Fälligkeit in "
            f"Textform geltend zu machen (§ 37 Abs. 1 TVöD){asserted}. Haben Sie das Geld im Vertrauen auf die "
            "Richtigkeit ersatzlos verbraucht (§ 818 Abs. 3 BGB), teilen Sie uns das bitte mit.",)
