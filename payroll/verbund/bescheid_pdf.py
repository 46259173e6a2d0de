"""Bescheid als PDF: Anschriften, Positionen, Umsatzsteuer mit Grund, Zahlungsziel, Fälle je Monat als Anlage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from payroll.statements import wording as w
from payroll.statements.pdf import letter, prose, table
from payroll.statements.pdf.document import About, write
from payroll.statements.pdf.letter import SIZE
from payroll.statements.pdf.sheet import LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row
from payroll.verbund.kosten import ARTEN
from payroll.verbund.preise import WEITERE, Preise, Seite, from_plain, is_vat_id
from payroll.verbund.steuer import BEHANDLUNG, GRUENDE
from payroll.verbund.xrechnung import decimal

COLUMNS = (Column("Leistung", LEFT, 118), Column("Menge", 120, 138, True), Column("Einheit", 141, 152),
           Column("Preis €", 153, 172, True), Column("Betrag €", 174, RIGHT, True))
TITLES = {"vorauszahlung": "Vorauszahlung für Leistungen der Personalabrechnung",
          "abrechnung": "Abrechnung der Leistungen der Personalabrechnung"}


def render(content: Mapping[str, Any], due: date, *, released: bool) -> bytes:
    """Erzeugt den Bescheid als ausgezeichnetes PDF; gleicher Inhalt ergibt gleiche Bytes."""
    prices = from_plain(content["preise"])
    title, made = titled(content), date.fromisoformat(content["ausgestellt"])
    sheet = Sheet(f"{title} – {content['nummer']}")
    _head(sheet, prices, content, made)
    prose.title(sheet, title)
    if not released:
        prose.paragraph(sheet, "ENTWURF: noch nicht freigegeben.", SIZE)
    von, bis = (date.fromisoformat(content[name]) for name in ("von", "bis"))
    prose.paragraph(sheet, f"Zeitraum {von:%d.%m.%Y} bis {bis:%d.%m.%Y}", SIZE)
    sheet.y += 3
    table.draw(sheet, "Positionen", COLUMNS, _rows(content, prices), wrap=True)
    for text in _words(content, prices, due):
        prose.paragraph(sheet, text, SIZE)
    sheet.y += 3
    if content["art"] != "storno":
        _annex(sheet, content)
    return write(sheet, About(title, prices.kreis.name, content["nummer"], f"{von:%Y-%m}", made))


def titled(content: Mapping[str, Any]) -> str:
    """Überschrift; ein Storno nennt, welchen Bescheid er aufhebt."""
    if content["art"] != "storno":
        return TITLES[content["art"]]
    held = content["bezug"]
    return f"Stornierung des Bescheids {held['nummer']} vom {date.fromisoformat(held['ausgestellt']):%d.%m.%Y}"


def _head(sheet: Sheet, prices: Preise, content: Mapping[str, Any], made: date) -> None:
    letter.head(sheet, _address(prices.kreis), _address(prices.arbeitgeber))
    facts = [f"Nummer {content['nummer']}", f"Datum {made:%d.%m.%Y}", prices.kreis.kontakt,
             f"Telefon {prices.kreis.telefon}", prices.kreis.email]
    if prices.kreis.steuernummer:
        word = "USt-IdNr." if is_vat_id(prices.kreis.steuernummer) else "Steuernummer"
        facts.append(f"{word} {prices.kreis.steuernummer}")
    if prices.arbeitgeber.leitweg:
        facts.append(f"Leitweg-ID {prices.arbeitgeber.leitweg}")
    for number, text in enumerate(facts):
        sheet.text(RIGHT, letter.WINDOW + 4.4 * number, text, 8.5, right=True)
    sheet.y = max(sheet.y, letter.WINDOW + 4.4 * len(facts), 78.0)


def _address(side: Seite) -> tuple[str, ...]:
    return side.name, side.strasse, f"{side.plz} {side.ort}"


def _rows(content: Mapping[str, Any], prices: Preise) -> Sequence[Row]:
    rows = [Row([one["text"], _plain(one["menge"]), one["einheit"], w.amount(one["preis"]), w.amount(one["betrag"])])
            for one in content["positionen"]]
    net, tax, gross = content["summen"]
    if prices.steuer.behandlung == "regelsteuer":
        rows += [Row(["Netto", "", "", "", w.amount(net)], strong=True),
                 Row([f"Umsatzsteuer {_plain(prices.steuer.satz)} %", "", "", "", w.amount(tax)])]
    return [*rows, Row(["Zu zahlen" if gross >= 0 else "Guthaben", "", "", "", w.amount(gross)], strong=True)]


def _plain(hundredths: int) -> str:
    return decimal(hundredths).removesuffix(".00").replace(".", ",").replace("-", w.MINUS)


def _words(content: Mapping[str, Any], prices: Preise, due: date) -> Sequence[str]:
    held = prices.steuer
    found = [*content["hinweise"]]
    if held.behandlung != "regelsteuer":
        found.append(f"Umsatzsteuer wird nicht berechnet, die Leistung ist {BEHANDLUNG[held.behandlung]}: "
                     f"{GRUENDE[held.grund]}. {held.worte}")
    gross = content["summen"][2]
    if content["art"] == "storno" and not content["bezug"]["ausgeglichen"]:
        found.append(f"Der Bescheid {content['bezug']['nummer']} ist nicht mehr auszugleichen; beide heben sich auf.")
    elif gross > 0:
        found.append(f"Bitte überweisen Sie bis zum {due:%d.%m.%Y} auf das Konto {grouped(prices.kreis.iban)} mit dem "
                     f"Verwendungszweck {content['nummer']}.")
    elif gross < 0:
        found.append("Das Guthaben erstatten wir auf Ihr Konto.")
    return found


def grouped(iban: str) -> str:
    """IBAN in Vierergruppen."""
    return " ".join(iban[at:at + 4] for at in range(0, len(iban), 4))


def _annex(sheet: Sheet, content: Mapping[str, Any]) -> None:
    kinds = ["abrechnung", *(kind for kind in WEITERE if any(kind in one for one in content["faelle"].values()))]
    step = (RIGHT - LEFT - 30) / len(kinds)
    columns = [Column("Monat", LEFT, LEFT + 28), *(
        Column(SHORT[kind], LEFT + 30 + step * at, LEFT + 30 + step * (at + 1), True) for at, kind in enumerate(kinds))]
    rows = [Row([w.month(date.fromisoformat(f"{month}-01")), *(str(held.get(kind, 0)) for kind in kinds)])
            for month, held in sorted(content["faelle"].items())]
    table.draw(sheet, f"Gezählte Fälle (Zählregel {content['zaehlregel']})", columns, rows, wrap=True)
    share = content.get("anteil")
    if share is not None:
        sheet.y += 2
        money = [Row([COSTS[kind], w.amount(cents)]) for kind in COSTS if (cents := share["kosten"].get(kind))]
        if share["vortrag"]:
            money.append(Row(["Vortrag früherer Jahre", w.amount(share["vortrag"])]))
        total = sum(share["kosten"].values()) + share["vortrag"]
        table.draw(sheet, f"Kosten {share['jahr']}", COST_COLUMNS,
                   [*money, Row(["Zu verteilen", w.amount(total)], strong=True)])


COST_COLUMNS = (Column("Art", LEFT, 100), Column("Betrag €", 102, 130, True))
COSTS = ARTEN
SHORT = {"abrechnung": "Abrechnungen", "rueckrechnung": "Rückrechnungen", "eintritt": "Eintritte",
         "bescheinigung": "Bescheinigungen", "stelle": "Stellen", "ausschreibung": "Ausschreibungen",
         "portal": "Zugänge Portal"}
