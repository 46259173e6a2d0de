"""Befunde zur Pfändung eines Monats: was fehlt, was auffällt, was erledigt ist; jeder mit Recht und Abhilfe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from payroll.law.rules.pfaendung.forderungen import NICHTS, ZAHLEN
from payroll.masterdata.slices import MonthFacts
from payroll.runs.findings import Befund
from payroll.runs.pfaendung.accounts import month_end
from payroll.runs.pfaendung.claims import POSTEN, Zeile
from payroll.runs.pfaendung.month import Gepfaendet, euro
from payroll.runs.pfaendung.sharing import Anteil

URSACHE = "pfaendung"


def findings(facts: MonthFacts, found: Gepfaendet) -> list[Befund]:
    """Alle Befunde eines Monats; ohne Schuldner keine."""
    out = list(_undistributed(facts, found))
    own = [line for line in found.schuldner.zeilen if line.row not in found.verteilt.failed]
    out += _ranks(facts, own)
    out += _dependants(facts, own)
    out += _unclear(facts, found)
    out += _several_jobs(facts, found)
    for one in found.claims:
        out += _share(facts, found, one)
    return out


def _befund(facts: MonthFacts, row: int, stufe: str, feld: str, regel: str, abhilfe: str) -> Befund:
    cases = facts.cases
    return Befund(stufe, URSACHE, f"Personalnummer {cases['personalnummer'][row]} ({cases['name'][row]})", feld, regel,
                  abhilfe, int(cases["beschaeftigung_id"][row]))


def _undistributed(facts: MonthFacts, found: Gepfaendet) -> Iterator[Befund]:
    for row, reason in sorted(found.verteilt.failed.items()):
        yield _befund(facts, row, "fehler", "forderung", f"Forderungen nicht verteilbar: {reason}",
                      "Forderung in der Akte unter Pfändungen berichtigen und neu rechnen; bei streitigem Rang "
                      "„streitig“ erfassen, dann wird hinterlegt (§ 853 ZPO)")


def _ranks(facts: MonthFacts, lines: list[Zeile]) -> Iterator[Befund]:
    """Zwei Zustellungen am selben Tag ohne Stunde: der Rang ist nicht bestimmt."""
    days: dict[tuple[int, object], list[Zeile]] = defaultdict(list)
    for line in lines:
        if line.claim.nummer != POSTEN and line.claim.zugestellt_am:
            days[line.row, line.claim.zugestellt_am].append(line)
    for (row, _day), same in days.items():
        missing = [line for line in same if line.claim.zugestellt_um is None]
        if len(same) > 1 and missing:
            yield _befund(facts, row, "warnung", "zugestellt_um",
                          f"{', '.join(line.name for line in missing)}: am selben Tag wie eine andere Forderung "
                          "zugestellt, ohne Uhrzeit; gerechnet mit dem Ende des Tages (§ 804 Abs. 3 ZPO)",
                          "Uhrzeit der Zustellung aus der Urkunde erfassen; gilt derselbe Zeitpunkt, dieselbe Uhrzeit")


def _dependants(facts: MonthFacts, lines: list[Zeile]) -> Iterator[Befund]:
    told: set[int] = set()
    for line in lines:
        if line.geschaetzt and line.row not in told:
            told.add(line.row)
            yield _befund(facts, line.row, "warnung", "unterhaltsberechtigte",
                          f"Unterhaltspflichten sind nicht erfasst; nach Steuerklasse und Kindern {line.personen} "
                          "gezählt (§ 850c Abs. 2 ZPO)",
                          "bei der Person die Unterhaltspflichten erfassen oder die Zahl bei der Forderung angeben")


def _unclear(facts: MonthFacts, found: Gepfaendet) -> Iterator[Befund]:
    for row, number, text, cents in sorted(set(found.verteilt.items.unclear)):
        if row not in found.verteilt.failed:
            yield _befund(facts, row, "warnung", f"Lohnart {number}",
                          f"{text} ({euro(cents)}): ob der Bezug pfändbar ist, ist unklar; gerechnet wie pfändbar "
                          "(§ 850a ZPO)",
                          "bei der Lohnart „pfändbar“ festlegen (ganz, halb oder nicht) und neu rechnen")
    maintained = {line.row for line in found.schuldner.zeilen if line.claim.art == "unterhalt"}
    for row in sorted({row for row, _ in found.verteilt.items.one_off} & maintained - found.verteilt.failed.keys()):
        yield _befund(facts, row, "hinweis", "einmalzahlung",
                      "Einmalzahlung, unpfändbar nach § 850a Nr. 2 ZPO: dem Unterhaltsgläubiger steht die Hälfte offen "
                      "(§ 850d Abs. 1 Satz 2 ZPO)",
                      "ist sie eine Beihilfe (§ 850a Nr. 5 bis 7 ZPO), den Betrag bei der Forderung belassen")


def _several_jobs(facts: MonthFacts, found: Gepfaendet) -> Iterator[Befund]:
    for row in sorted(found.verteilt.getrennt - found.verteilt.failed.keys()):
        yield _befund(facts, row, "warnung", "zusammenrechnung",
                      "mehrere Beschäftigungen dieser Person, jede für sich gerechnet; zusammengerechnet wird nur auf "
                      "Beschluss (§ 850e Nr. 2 ZPO)",
                      "liegt ein Beschluss vor, bei der Forderung „zusammengerechnet“ erfassen")


def _share(facts: MonthFacts, found: Gepfaendet, one: Anteil) -> Iterator[Befund]:
    line, row, name = one.zeile, one.zeile.row, one.zeile.name
    if one.zuteilung.verbleib == NICHTS:
        yield _befund(facts, row, "hinweis", "rang", f"{name}: {one.zuteilung.grund}",
                      "Zustellung, Anzeige und Ende der Forderung prüfen")
        return
    if one.cents and one.zuteilung.verbleib != ZAHLEN:
        yield _befund(facts, row, "hinweis", "verbleib", f"{name}: {euro(one.cents)}. {one.zuteilung.grund}",
                      "Überweisungsbeschluss oder Entscheidung abwarten und erfassen")
    if one.cents and one.zuteilung.verbleib == ZAHLEN and not line.claim.iban_ende and line.claim.art != "aufrechnung":
        yield _befund(facts, row, "warnung", "iban", f"{name}: {euro(one.cents)} sind zu zahlen (§ 835 ZPO), aber das "
                      "Konto des Gläubigers fehlt", "IBAN aus dem Beschluss oder Schreiben erfassen")
    last = month_end(facts.month)
    over = found.konten.overpaid(line.person_id, line.claim, last)
    if over:
        yield _befund(facts, row, "warnung", "hauptforderung", f"{name}: {euro(over)} mehr einbehalten als geschuldet",
                      "Betrag der Forderung prüfen; zu viel Gezahltes vom Gläubiger zurückfordern (§ 812 BGB)")
    elif one.offen == one.cents and not line.claim.monatsbetrag_cent:
        word = "mit diesem Monat vollständig erfüllt" if one.cents else "vollständig erfüllt, nichts mehr einbehalten"
        yield _befund(facts, row, "hinweis", "zustand", f"{name}: {word} (§ 362 BGB)",
                      "Erledigung vom Gläubiger bestätigen lassen und die Forderung als erledigt erfassen")
