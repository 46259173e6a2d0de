"""What a row of whole payslips needs, and what contradicts itself: column, rule and remedy in one message."""

from __future__ import annotations

from collections.abc import Iterator

from payroll.law.conformance.payslip_rows import Row
from payroll.law.encode import KV_ARTEN, STATUS

UEBERGANG = (101, 106, 119, 120)


def complaint(row: Row) -> str | None:
    """The first rule that the row breaks, or None."""
    for check in (_pay, _tax, _insurance, _groups, _one_off, _pension):
        for message in check(row):
            return message
    return None


def complaint_after(row: Row, computed: dict[str, int]) -> str | None:
    """What only shows when the row is computed: values that are needed because part of the Umlage is taxed flat."""
    first = row.values["steuerklasse"] != 6
    if first and computed["zv_umlage"] > computed["zv_steuerfrei"] and not row.filled("zv_pauschal_grenze"):
        return "zv_pauschal_grenze: leer, ein Teil der Umlage ist nicht steuerfrei; Grenze angeben, z. B. 89.48"
    if computed["zv_pauschal"] and not row.filled("zv_kist_verfahren"):
        return "zv_kist_verfahren: leer, ein Teil wird pauschal versteuert; vereinfacht oder nachweis angeben"
    if row.values["zv_frei"] > computed["gesamtbrutto"]:
        return "zv_frei: ist höher als das Gesamtbrutto; Betrag berichtigen"
    return None


def _status(row: Row) -> str:
    return STATUS[row.values["status"]]


def _insured(row: Row) -> bool:
    return any(row.values[f"beitragsgruppe_{branch}"] for branch in ("kv", "rv", "av", "pv"))


def _pay(row: Row) -> Iterator[str]:
    if not row.filled("status"):
        yield f"status: leer; eine Art angeben: {', '.join(STATUS)}"
    if _status(row) == "beamte" and row.filled("tarifwerk") and not row.case.text("tarifwerk").startswith("NRW-"):
        yield "tarifwerk: Beamte stehen in einer Besoldungsordnung; NRW-A oder anderen status angeben"
    if _status(row) == "tarif" and row.case.text("tarifwerk").startswith(("NRW-", "TVA")):
        yield "tarifwerk: passt nicht zum status tarif; status beamte oder auszubildende angeben"
    needs_regular = _status(row) == "tarif" and row.values["personengruppe"] in UEBERGANG
    if row.partial and needs_regular and not row.filled("regelmaessiges_entgelt"):
        yield ("regelmaessiges_entgelt: leer, im Teilmonat entscheidet es über den Übergangsbereich; "
               "regelmäßiges Monatsentgelt angeben")


def _tax(row: Row) -> Iterator[str]:
    values = row.values
    if _status(row) != "minijob":
        if not row.filled("steuerklasse") or not values["steuerklasse"]:
            yield "steuerklasse: leer, wird für die Lohnsteuer gebraucht; Klasse 1 bis 6 angeben"
        if not row.filled("geburtsdatum"):
            yield "geburtsdatum: leer, wird für Altersentlastung und Kinderlosenzuschlag gebraucht; JJJJ-MM-TT angeben"
    if row.filled("faktor") and (values["steuerklasse"] != 4 or not 0 < values["faktor"] < 1000):
        yield "faktor: gilt nur in Steuerklasse 4 und liegt zwischen 0 und 1; Faktor oder Klasse berichtigen"
    if values["geburtsdatum"] and not 16 <= values["geburtsdatum"] // 10000 - 1884 <= row.month.year - 1884 - 13:
        yield "geburtsdatum: das Alter ist nicht möglich; Geburtsdatum berichtigen"
    if values["konfession"] and not row.filled("bundesland_kirche"):
        yield "bundesland_kirche: leer, der Kirchensteuersatz hängt davon ab; Land angeben, z. B. NW"


def _insurance(row: Row) -> Iterator[str]:
    values = row.values
    if _status(row) == "beamte" and _insured(row):
        yield "beitragsgruppe: Beamte sind versicherungsfrei; leer lassen oder anderen status angeben"
    if _status(row) != "beamte" and not (row.filled("beitragsgruppe") and row.filled("personengruppe")):
        yield "beitragsgruppe, personengruppe: leer, werden für die Beiträge gebraucht; beide angeben"
    if not row.filled("kv_art") and _status(row) != "minijob":
        yield f"kv_art: leer; eine Art angeben: {', '.join(KV_ARTEN)}"
    if values["beitragsgruppe_pv"] and not row.filled("kinderlos"):
        yield "kinderlos: leer, entscheidet über den Beitragszuschlag; ja oder nein angeben"
    if values["kinderlos"] and values["kinder_unter_25"]:
        yield "kinder_unter_25: widerspricht kinderlos ja; eines von beiden berichtigen"
    if _status(row) != "beamte" and not row.filled("u2_satz"):
        yield "u2_satz: leer, die Umlage U2 wird gebraucht; Satz der Kasse in Prozent angeben"


def _groups(row: Row) -> Iterator[str]:
    values, art = row.values, KV_ARTEN[row.values["kv_art"]]
    if (_status(row) == "minijob") != (values["personengruppe"] == 109):
        yield "personengruppe: 109 und status minijob gehören zusammen; eines von beiden berichtigen"
    digit = values["beitragsgruppe_kv"]
    if art == "privat" and (digit or values["beitragsgruppe_pv"]) and _status(row) != "minijob":
        yield "beitragsgruppe: privat Versicherte haben in KV und PV 0; Beitragsgruppe oder kv_art berichtigen"
    if art == "freiwillig" and digit not in (0, 9) and _status(row) != "minijob":
        yield "beitragsgruppe: freiwillig Versicherte haben in KV 9 oder 0; Beitragsgruppe oder kv_art berichtigen"
    if art == "gesetzlich" and digit == 9:
        yield "beitragsgruppe: 9 gilt nur für freiwillig Versicherte; Beitragsgruppe oder kv_art berichtigen"
    pays_extra = digit in (1, 3, 9) or (art == "freiwillig" and _status(row) == "tarif")
    if pays_extra and not row.filled("zusatzbeitrag"):
        yield "zusatzbeitrag: leer, der Satz der Kasse wird gebraucht; Prozent angeben, z. B. 2.90"
    if art == "privat" and row.filled("zusatzbeitrag"):
        yield "zusatzbeitrag: widerspricht kv_art privat; Zelle leeren oder kv_art berichtigen"
    if art == "privat" and _status(row) == "tarif" and not row.filled("pkv_beitrag_monat"):
        yield "pkv_beitrag_monat: leer, der Zuschuss hängt davon ab; Monatsbeitrag oder 0.00 angeben"
    if art == "gesetzlich" and values["pkv_beitrag_monat"]:
        yield "pkv_beitrag_monat: widerspricht kv_art gesetzlich; Zelle leeren oder kv_art berichtigen"


def _one_off(row: Row) -> Iterator[str]:
    if not row.values["einmalzahlung"]:
        return
    needed = ["jahresarbeitslohn_erwartet"] if _status(row) != "minijob" else []
    if _insured(row) and _status(row) != "minijob":
        needed += ["sv_tage_bisher", "sv_brutto_kv_bisher", "sv_brutto_rv_bisher"]
        if row.month.month <= 3 and row.filled("vorjahr_sv_tage"):
            needed += ["vorjahr_sv_brutto_kv", "vorjahr_sv_brutto_rv"]
            needed += ["vorjahr_zusatzbeitrag"] if row.values["beitragsgruppe_kv"] else []
    for column in needed:
        if not row.filled(column):
            yield f"{column}: leer, wird für die Einmalzahlung gebraucht; Jahreswert angeben"


def _pension(row: Row) -> Iterator[str]:
    values = row.values
    if not values["zusatzversorgung"]:
        if values["zv_umlage_satz"] or values["zv_an_satz"]:
            yield "zv_umlage_satz: widerspricht zusatzversorgung keine; Sätze leeren oder Kasse angeben"
        return
    if _status(row) == "beamte":
        yield "zusatzversorgung: Beamte sind nicht zusatzversichert; keine angeben"
    needed = ["zv_umlage_satz"]
    if values["steuerklasse"] != 6:
        needed += ["zv_verfahren"]
        needed += ["zv_steuerfrei_bisher"] if row.case.text("zv_verfahren") == "aufbrauchend" else []
    for column in needed:
        if not row.filled(column):
            yield f"{column}: leer, wird für die Zusatzversorgung gebraucht; Wert der Kasse angeben"
