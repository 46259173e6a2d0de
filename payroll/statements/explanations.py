"""Was eine Zeile bedeutet, in einfachen Worten; wo es eine Rechnung gibt, mit ihren Zahlen."""

from __future__ import annotations

from payroll.law.tongue import hear, say
from payroll.statements import wording as w
from payroll.statements.payslip import Deduction, EmployerCost, Line, NetLine, Payslip

TEXTS = {
    "gesamtbrutto": "Alles, was Ihnen der Arbeitgeber für diesen Monat schuldet, vor Steuern und Beiträgen.",
    "abzuege": "Steuern und Beiträge, die der Arbeitgeber für Sie einbehält und abführt.",
    "netto": "Gesamtbrutto weniger gesetzliche Abzüge.",
    "pfaendung": "Ein Gericht oder eine Behörde hat angeordnet, dass dieser Teil Ihres Entgelts an den Gläubiger geht. "
    "Was Sie zum Leben brauchen, bleibt Ihnen: Gepfändet wird nur, was vom Netto ohne unpfändbare Bezüge über der "
    "Freigrenze liegt (§ 850c ZPO; bei Unterhalt nach dem Beschluss), je mehr Menschen Sie unterhalten, desto weniger.",
    "abtretung": "Diesen Teil Ihres Entgelts haben Sie abgetreten; möglich ist das nur, soweit er pfändbar ist "
    "(§ 400 BGB).",
    "aufrechnung": "Das schulden Sie Ihrem Arbeitgeber; einbehalten wird nur vom pfändbaren Teil (§ 394 BGB).",
    "vortrag": "Im Vormonat waren die Abzüge höher als Ihr Entgelt; der Rest wird hier verrechnet.",
    "uebertrag": "Verrechnet wird nur vom pfändbaren Teil (§ 394 BGB); dieser Rest folgt im nächsten Monat.",
    "auszahlung": "Netto mit weiteren Bezügen und Abzügen; dieser Betrag wird überwiesen.",
    "ag_kosten": "Ihr Gesamtbrutto und alles, was der Arbeitgeber zusätzlich für Sie zahlt.",
    "steuerbrutto": "Der Teil des Entgelts, aus dem die Lohnsteuer berechnet wird.",
    "sv_brutto_kv": "Aus diesem Betrag werden Kranken- und Pflegeversicherung berechnet, höchstens aus der Grenze.",
    "sv_brutto_rv": "Aus diesem Betrag werden Rente und Arbeitslosenversicherung berechnet, höchstens aus der Grenze.",
    "sv_brutto_kv_vorjahr": "Teil der Einmalzahlung, der zum Vorjahr zählt (Märzklausel).",
    "sv_brutto_rv_vorjahr": "Teil der Einmalzahlung, der zum Vorjahr zählt (Märzklausel).",
    "be_gesamt": "Im Übergangsbereich zählt für den ganzen Beitrag ein verminderter Betrag (§ 20a SGB IV).",
    "be_an": "Im Übergangsbereich zählt für Ihren Beitrag ein noch niedrigerer Betrag (§ 20a SGB IV).",
    "zv_brutto": "Aus diesem Betrag entsteht Ihre Betriebsrente der Zusatzversorgung.",
    "zv_steuerfrei": "Umlage des Arbeitgebers zur Betriebsrente, für die Sie keine Steuer zahlen.",
    "zv_pauschal": "Umlage des Arbeitgebers, für die er die Steuer pauschal übernimmt.",
    "lohnsteuer": "Vorauszahlung auf Ihre Einkommensteuer nach Steuerklasse und Freibeträgen.",
    "soli": "Zuschlag zur Lohnsteuer; die meisten zahlen ihn nicht mehr.",
    "kirchensteuer": "Nur mit Kirchensteuermerkmal: ein Anteil der Lohnsteuer.",
    "kv_an": "Ihr halber allgemeiner Beitrag zur Krankenversicherung.",
    "zb_an": "Ihr halber Zusatzbeitrag; jede Kasse legt ihn selbst fest.",
    "pv_an": "Pflegeversicherung; ab zwei Kindern unter 25 sinkt, ohne Kinder ab 23 steigt Ihr Anteil.",
    "rv_an": "Ihr halber Beitrag zur gesetzlichen Rente.",
    "av_an": "Ihr halber Beitrag zur Arbeitslosenversicherung.",
    "zv_an": "Ihr eigener Beitrag zur Betriebsrente der Zusatzversorgung.",
    "kv_ag": "Anteil des Arbeitgebers zur Krankenversicherung (beim Minijob pauschal).",
    "zb_ag": "Anteil des Arbeitgebers am Zusatzbeitrag Ihrer Kasse.",
    "pv_ag": "Anteil des Arbeitgebers zur Pflegeversicherung.",
    "rv_ag": "Anteil des Arbeitgebers zur Rente.",
    "av_ag": "Anteil des Arbeitgebers zur Arbeitslosenversicherung.",
    "u2": "Umlage, aus der Mutterschutz bezahlt wird; sie mindert Ihr Entgelt nicht.",
    "pauschsteuer_2": "Pauschale Steuer auf den Minijob, die der Arbeitgeber trägt.",
    "pauschsteuer_20": "Pauschale Lohnsteuer von 20 %, die der Arbeitgeber trägt.",
    "pauschsteuer_25": "Pauschale Lohnsteuer von 25 % für kurzfristig Beschäftigte, die der Arbeitgeber trägt.",
    "pauschsteuer_40a_soli": "Solidaritätszuschlag auf die pauschale Lohnsteuer.",
    "pauschsteuer_40a_kist": "Kirchensteuer auf die pauschale Lohnsteuer.",
    "zuschuss_kv": "Zuschuss des Arbeitgebers zu Ihrer Krankenversicherung, die Sie selbst bezahlen.",
    "zuschuss_pv": "Zuschuss des Arbeitgebers zu Ihrer Pflegeversicherung, die Sie selbst bezahlen.",
    "zv_umlage": "Umlage des Arbeitgebers für Ihre Betriebsrente.",
    "zv_sanierungsgeld": "Zahlung des Arbeitgebers an die Zusatzversorgung für ältere Ansprüche.",
    "zv2_beitrag": "Beitrag des Arbeitgebers für Ihre Betriebsrente; er wird für Sie angelegt.",
    "zv2_steuerfrei": "Beitrag des Arbeitgebers zur Betriebsrente, für den Sie keine Steuer zahlen.",
    "sachbezuege": "Das haben Sie schon in anderer Form erhalten (zum Beispiel den Dienstwagen oder Mahlzeiten). Es "
    "erhöht Steuern und Beiträge, wird aber nicht noch einmal ausgezahlt.",
    "entgeltumwandlung": "Diesen Teil Ihres Entgelts sparen Sie für Ihre Betriebsrente; er geht an den Träger Ihres "
    "Vertrags.",
    "umwandlung_zuschuss": "Zuschuss des Arbeitgebers zu Ihrer Betriebsrente, weil er selbst Beiträge spart.",
    "umwandlung_steuerfrei": "Teil Ihrer Betriebsrente, für den Sie jetzt keine Steuer zahlen.",
    "umwandlung_sv_frei": "Teil Ihrer Betriebsrente, für den Sie jetzt keine Beiträge zahlen.",
    "ifsg_gezahlt": "Entschädigung für Tage, an denen Sie nicht arbeiten durften; die Behörde erstattet sie.",
    "ifsg_beitraege": "Beiträge für diese Tage, die Sie nichts kosten; die Behörde erstattet sie.",
    "pauschalsteuern_nebenleistungen": "Steuer auf einzelne Nebenleistungen, die der Arbeitgeber zu einem festen Satz "
    "zahlt.",
    "zv_pauschalsteuer": "Steuer auf einen Teil der Umlage, die der Arbeitgeber übernimmt.",
    "zv_pauschal_soli": "Solidaritätszuschlag auf die pauschale Steuer, den der Arbeitgeber übernimmt.",
    "zv_pauschal_kist": "Kirchensteuer auf die pauschale Steuer, die der Arbeitgeber übernimmt.",
    "vwl_sparbetrag": "Ihr Sparbetrag; er geht vom Netto an Ihre Anlage.",
    "sonstige_abzuege": "Weitere Abzüge vom Netto, zum Beispiel für eine Unterkunft oder einen Vorschuss.",
}
STEUER = {"L": "versteuert", "S": "als sonstiger Bezug versteuert", "F": "steuerfrei", "P": "pauschal versteuert"}
SV = {
    "L": "beitragspflichtig",
    "E": "als Einmalzahlung beitragspflichtig",
    "F": "beitragsfrei",
    "P": "mit pauschalem Beitrag",
}

FLAT_TAXED = "Dafür zahlt der Arbeitgeber eine pauschale Steuer; in Ihrer Steuererklärung erscheint der Betrag nicht."
MINIJOB_PENSION = "Ihr Beitrag zur Rente; er ergänzt den pauschalen Beitrag des Arbeitgebers zum vollen Beitrag."


def of_name(name: str) -> str:
    """Satz zu einem benannten Wert; unbekannte Namen haben keinen."""
    return say(TEXTS.get(name, FLAT_TAXED if name.startswith("pauschal_") else ""))


def of_line(line: Line) -> str:
    """Wie der Bezug entsteht und wie er wirkt."""
    parts = []
    if line.menge is not None and line.satz is not None:
        unit = f" {hear(line.einheit)}" if line.einheit else ""
        parts.append(f"{w.number(line.menge)}{unit} × {w.rate(line.satz)} = {w.euro(line.betrag)}.")
    if line.monat is not None:
        parts.append(say("Nachzahlung für %(month)s.", month=w.month(line.monat)))
    effects = [say(STEUER.get(line.steuer, "")), say(SV.get(line.sv, ""))]
    effects += [say("zählt für die Betriebsrente")] if line.zv else []
    effects += [] if line.gesamtbrutto else [say("ändert das Gesamtbrutto nicht")]
    shown = ", ".join(effect for effect in effects if effect)
    return " ".join([*parts, f"{shown[:1].upper()}{shown[1:]}." if shown else ""]).strip()


def of_deduction(item: Deduction, slip: Payslip) -> str:
    """Satz mit Rechnung, wenn Grundlage und Satz den Betrag ergeben, und mit dem Anteil des Arbeitgebers."""
    own = slip.status == "minijob" and item.art == "rv_an"
    parts = [say(MINIJOB_PENSION) if own else of_name(item.art), _formula(item)]
    partner = next((c for c in slip.costs if c.art == item.art.replace("_an", "_ag") and c.art != item.art), None)
    if partner is not None:
        parts.append(say("Ihr Arbeitgeber zahlt dazu %(amount)s.", amount=w.euro(partner.betrag)))
    return " ".join(part for part in parts if part)


def of_cost(item: EmployerCost) -> str:
    """Satz mit Rechnung zu einer Zahlung des Arbeitgebers."""
    return " ".join(part for part in (of_name(item.art), _formula(item)) if part)


def of_net_line(item: NetLine) -> str:
    """Satz zu einem Bezug oder Abzug nach dem Netto."""
    return of_name(item.art) or (
        say("Wird zum Netto hinzugezahlt.") if item.betrag >= 0 else say("Wird vom Netto abgezogen."))


def _formula(item: Deduction | EmployerCost) -> str:
    if item.basis is None or item.satz is None:
        return ""
    exact = item.basis * item.satz / 100
    if abs(exact - item.betrag) > 1:  # surcharges and discounts make the rate alone wrong: then no formula is shown
        return ""
    return say("%(rate)s von %(base)s sind %(amount)s.", rate=w.percent(item.satz), base=w.euro(item.basis),
               amount=w.euro(item.betrag))
