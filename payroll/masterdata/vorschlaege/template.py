"""Die Vorlage jeder Art: Kopf und Zeilen mit dem, was am Tag davor gilt, zum Überschreiben."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from payroll.law.encode import TARIFWERKE
from payroll.law.parameters.uploaded import cells_on, family_on, groups_of
from payroll.masterdata.imports.problems import ImportFehler
from payroll.masterdata.sheets import as_csv, as_xlsx
from payroll.masterdata.vorschlaege import family, fund_rates, intake, law_values, levies, pay_table, service
from tenants.db.session import platform_session

KINDS = ("entgelttabelle", "familienzuschlag", "krankenkassen", "zv_saetze", "umlagen", "rechtswerte")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Vorlage:
    """Kopf und Zeilen einer Datei, wie sie sich ausgefüllt hochladen lässt."""

    art: str
    kopf: tuple[str, ...]
    zeilen: Rows

    def csv(self) -> bytes:
        """Als CSV."""
        return as_csv(self.kopf, self.zeilen)

    def xlsx(self) -> bytes:
        """Als Arbeitsmappe."""
        return as_xlsx([(service.TITLES[self.art][:31], self.kopf, self.zeilen)])


def template(art: str, ab: date, tarifwerk: str = "", *, actor: str) -> Vorlage:
    """Die Vorlage einer Art mit den Werten vom Tag vor ``ab``; wirft ImportFehler, wenn es keine gibt."""
    day = ab - timedelta(days=1)
    with platform_session(actor=actor) as session:
        uploaded, entered = service.in_force(session, day), service.values_in_force(session, day)
    match art:
        case "entgelttabelle":
            scales = (tarifwerk,) if tarifwerk in TARIFWERKE else TARIFWERKE
            place = {(scale, group): at for scale in scales for at, group in enumerate(groups_of(scale))}
            cells = {key: cell for key, cell in cells_on(day, uploaded).items() if key[0] in scales}
            ordered = sorted(cells, key=lambda key: (key[0], place[key[:2]], int(key[2])))
            return Vorlage(art, pay_table.LONG, [(*key, _euro(cells[key].cent)) for key in ordered])
        case "familienzuschlag":
            held = family_on(day, uploaded)
            rows: Rows = [(*key, _euro(cell.cent)) for key, cell in sorted(held.items())]
            return Vorlage(art, family.COLUMNS, rows)
        case "krankenkassen" | "zv_saetze":
            names, known = fund_rates.RATES[art], intake.known_rates(art, ab, actor=actor)
            return Vorlage(art, ("kuerzel", *names),
                           [(fund, *(rates[name] for name in names)) for fund, rates in sorted(known.items())])
        case "umlagen":
            funds = intake.known_rates("krankenkassen", ab, actor=actor)
            rates = [("u2", fund, own["u2_satz"]) for fund, own in sorted(funds.items())]
            shared = [(kind, "", value) for kind, name in levies.VALUES.items()
                      for value in law_values.current(law_values.enterable()[name], day, entered)]
            return Vorlage(art, levies.COLUMNS, [*shared, *rates])
        case "rechtswerte":
            return Vorlage(art, law_values.COLUMNS, list(_values(day, entered)))
    raise ImportFehler("Für diese Art gibt es keine Vorlage", "den Programmablaufplan des BMF unverändert hochladen")


def _values(day: date, entered: Any) -> Iterator[tuple[Any, ...]]:
    for name, parameter in sorted(law_values.enterable().items()):
        held, first = law_values.current(parameter, day, entered), int(dict(parameter.extra).get("erster", 0))
        for at, value in enumerate(held):
            yield name, first + at if law_values.is_table(name) else None, value


def _euro(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
