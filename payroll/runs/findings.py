"""Befunde eines Laufs: was fehlt, was sich nicht rechnen ließ, was auffällt. Alle anderen werden bezahlt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from payroll.law.calculate import law_of
from payroll.law.checks import Contradiction, contradictions, doubtful_cells
from payroll.law.engine import Fault, Result
from payroll.law.parameters.uploaded import cells_on
from payroll.law.plan import Plan
from payroll.law.taxyear import tax_doubt
from payroll.masterdata.slices import MonthFacts
from payroll.runs.collect import Collected
from payroll.runs.insgesamt import Insgesamt, Zelle
from payroll.runs.models import STUFEN
from payroll.runs.values import VALUES


@dataclass(frozen=True)
class Befund:
    """Ein Befund: Stufe (fehler: die Person wird nicht bezahlt), Ursache, Datensatz, Feld, Regel, Abhilfe."""

    stufe: str
    ursache: str
    datensatz: str
    feld: str
    regel: str
    abhilfe: str
    beschaeftigung_id: int | None = None


def impossible(collected: Collected) -> list[Contradiction]:
    """Was an den Angaben der Fälle nicht sein kann oder zweifelhaft ist; ein "fehler" nimmt nur diesen Fall heraus."""
    prices = collected.prices
    columns = collected.inputs | {"tarifwerk": prices.tarifwerk} | collected.checks
    return contradictions(collected.month, columns, len(prices.tarifwerk))


def findings_of(facts: MonthFacts, collected: Collected | None, result: Result | None,
                wrong: Sequence[Contradiction] = (), further: Sequence[Befund] = ()) -> list[Befund]:
    """Alle Befunde zu Menschen, die schweren zuerst; further: Befunde anderer Räume."""
    found = [*further]
    found += [Befund("fehler" if f.left_out else "hinweis" if f.hint else "warnung", "stammdaten", f.record, f.field,
                     f.rule, f.remedy, f.beschaeftigung_id) for f in facts.findings if f.beschaeftigung_id is not None]
    if collected is not None and result is not None:
        found += [_fault(facts, row, fault) for row, fault in collected.prices.faults]
        found += [_fault(facts, fault.row, fault) for fault in result.faults]
        found += [_contradiction(facts, one) for one in wrong]
        found += _conspicuous(facts, collected, result)
    return sorted(found, key=order)


def order(finding: Befund) -> tuple[int, str, str, str]:
    """Wonach Befunde stehen: die schweren zuerst, dann Ursache, Datensatz, Feld."""
    return STUFEN.index(finding.stufe), finding.ursache, finding.datensatz, finding.feld


def _fault(facts: MonthFacts, row: int, fault: Fault) -> Befund:
    return Befund("fehler", "rechnung", _record(facts, row), fault.rule, f"{fault.message} ({fault.law})",
                  "Angaben dieser Person prüfen und neu rechnen", int(facts.cases["beschaeftigung_id"][row]))


def _contradiction(facts: MonthFacts, one: Contradiction) -> Befund:
    check = one.check
    return Befund(check.stufe, "auffaellig", _record(facts, one.row), check.field, f"{check.rule} ({check.law})",
                  check.remedy, int(facts.cases["beschaeftigung_id"][one.row]))


def _conspicuous(facts: MonthFacts, collected: Collected, result: Result) -> Iterator[Befund]:
    payout = result.cents("auszahlung")
    gross = result.cents("gesamtbrutto")
    for row in np.flatnonzero(payout < 0):
        yield _about(facts, int(row), "auszahlung", f"Die Auszahlung ist negativ ({_euro(int(payout[row]))})",
                     "Abzüge dieses Monats prüfen; gezahlt werden 0,00 €, der Rest geht in den nächsten Monat und "
                     "mindert dort nur den pfändbaren Teil (§ 394 BGB)")
    absent = {row for row, one in facts.tarif.ausfall.items() if one.ganz}
    left_out = {fault.row for fault in result.faults} | {row for row, _ in collected.prices.faults}
    for row in (row for row in np.flatnonzero(gross == 0) if int(row) not in absent | left_out):
        yield _about(facts, int(row), "gesamtbrutto", "Im Monat fällt kein Entgelt an (§ 611a Abs. 2 BGB)",
                     "Eingruppierung und Bezüge prüfen; bei Abwesenheit ohne Entgelt bestätigen")


def _doubtful(month: date, plan: Plan | None) -> Iterator[Befund]:
    """Steuerrecht, das noch keine Regel ist; Zahlen, die noch nicht verkündet oder nicht bestätigt sind."""
    doubt = tax_doubt(month, plan)
    if doubt is not None:
        yield Befund("warnung", "recht", f"Lohnsteuer {month.year}", "lohnsteuer", doubt.rule, doubt.remedy)
    rules = law_of(month, plan=plan)
    for doubt in rules.doubtful_parameters(VALUES):
        yield Befund("hinweis", "recht", f"Rechtswert {doubt.name}", doubt.name,
                     f"{doubt.titel}: Stand „{doubt.status}“ (Quelle: {doubt.quelle})",
                     "Wert vor der Freigabe mit der amtlichen Bekanntmachung vergleichen")


def counted(facts: MonthFacts, collected: Collected | None) -> Insgesamt:
    """Was über alle Fälle zu zählen ist; ohne gerechnete Fälle nur, was schon beim Laden auffiel."""
    found = Insgesamt(ohne_u2=facts.ohne_u2)
    if collected is None:
        return found
    prices = collected.prices
    found.gerechnet = True
    found.vorbehalt.update(menschen=len(prices.vorbehalt), cent=sum(prices.vorbehalt.values()))
    found.zellen = _unconfirmed_cells(facts, drafts=prices.drafts)
    found.skalen = _without_advance(facts) if prices.drafts else Counter()
    names = zip(facts.cases.get("krankenkasse", ()), facts.cases.get("satz_unbestaetigt", ()), strict=True)
    found.unbestaetigt = Counter(name for name, doubtful in names if doubtful)
    return found


def of_the_run(month: date, total: Insgesamt, plan: Plan | None = None) -> list[Befund]:
    """Die Befunde, die den ganzen Lauf betreffen; plan: der Programmablaufplan der vorläufigen Lohnsteuer."""
    return [*(_doubtful(month, plan) if total.gerechnet else ()), *(Befund(*one) for one in total.findings(month))]


def _without_advance(facts: MonthFacts) -> Counter[str]:
    """Zeitabschnitte der Besoldungsordnungen, deren Abschlag auf den Entwurf niemand kennt, während andere ihn haben.
    """
    in_force = cells_on(facts.month, facts.tarif.tables, True)
    drafted = {key[0] for key, cell in in_force.items() if cell.status == "entwurf" and key[0].startswith("NRW")}
    return Counter(scale for scale in facts.slices.get("tarifwerk_text", ())
                   if drafted and scale.startswith("NRW") and scale not in drafted)


def _unconfirmed_cells(facts: MonthFacts, *, drafts: bool = False) -> Counter[Zelle]:
    """Tabellenwerte dieses Laufs, die Entwurf oder unbestätigt sind, mit der Zahl der Zeitabschnitte."""
    texts = (facts.slices.get(f"{name}_text", ()) for name in ("tarifwerk", "entgeltgruppe", "stufe"))
    return Counter({
        Zelle(cell.tarifwerk, cell.entgeltgruppe, cell.stufe, cell.name, cell.status, cell.law, cell.quelle): cell.count
        for cell in doubtful_cells(zip(*texts, strict=True), facts.month, drafts=drafts, uploaded=facts.tarif.tables)})


def _about(facts: MonthFacts, row: int, field: str, rule: str, remedy: str) -> Befund:
    return Befund("warnung", "auffaellig", _record(facts, row), field, rule, remedy,
                  int(facts.cases["beschaeftigung_id"][row]))


def _record(facts: MonthFacts, row: int) -> str:
    return f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})"


def _euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", ".") + f",{rest:02d} €"
