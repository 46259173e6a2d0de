"""Eine Zahlungsdatei mit erfundenen Menschen, immer dieselbe: zum Zeigen und zum Messen."""

from __future__ import annotations

from datetime import UTC, date, datetime

from payroll.filings.sepa.message import Anschrift, Block, Nachricht, Posten

DAY, TODAY = date(2026, 11, 27), date(2026, 11, 23)
MSG_ID = "KL0100-202611-01-beis"
IBANS = ("DE02120300000000202051", "DE02100500000054540402", "DE02500105170137075030", "DE02300209000106531065")
NAMES = ("Erika Müller-Groß", "Lukasz Zolkiewski", "Heinz-Dieter O'Brien", "Ayse Öztürk")


def example(size: int = 3) -> Nachricht:
    """Beamte, Entgelte, ein Gläubiger, ein Sparvertrag, ein Konto in der Schweiz; size: Zahl der Entgelte."""
    pay = [Posten(f"{MSG_ID}-{number:05d}", 150_000 + number * 37 % 300_000, NAMES[number % 4], IBANS[number % 4],
                  f"Entgelt 11/2026 PNR {100_000 + number}", "SALA") for number in range(size)]
    official = Posten(f"{MSG_ID}-90001", 330_577, "Petra Beamtin", IBANS[0], "Bezüge 12/2026 PNR 200017", "SALA")
    abroad = Posten(f"{MSG_ID}-90002", 298_011, "Reto Grenzgänger", "CH8800700000011623852",
                    "Entgelt 11/2026 PNR 100900", "SALA", "ZKBKCHZZ80A",
                    Anschrift("Seestrasse", "12a", "8001", "Zürich", "CH"))
    creditor = Posten(f"{MSG_ID}-90003", 41_250, "Versandhaus Lindenhof GmbH", IBANS[2], "14 M 221/26 Müller 11/2026")
    saving = Posten(f"{MSG_ID}-90004", 4_000, "Bausparkasse Nord AG", IBANS[3], "Vertrag V 4711/1 11/2026", "CBFF")
    blocks = [Block(f"{MSG_ID}-B", "SALA", DAY, [official]), Block(f"{MSG_ID}-E", "SALA", DAY, [*pay, abroad]),
              Block(f"{MSG_ID}-P", "", DAY, [creditor]), Block(f"{MSG_ID}-S", "", DAY, [saving])]
    return Nachricht(MSG_ID, datetime(2026, 11, 23, 9, 30, tzinfo=UTC), "Kreis Beispiel", "Gemeinde Beispielhausen",
                     "DE89370400440532013000", "COBADEFFXXX", blocks)
