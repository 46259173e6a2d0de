"""The staffing plan of each invented employer: units, posts for everybody employed, some vacant, some with notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from payroll.demo.names import Arbeitgeber
from payroll.demo.people import YEAR, Mensch
from staffplan import imports, organisation, plans
from staffplan.documents.content import Nachwuchs
from staffplan.reading import stand
from tenants.db.session import TenantSession, tenant_session

START = date(YEAR - 1, 1, 1)
UNITS = {
    "0": ("Verwaltungsleitung", ""), "1": ("Dezernat I", "0"), "2": ("Dezernat II", "0"), "10": ("Hauptamt", "1"),
    "20": ("Kämmerei", "1"), "32": ("Ordnungsamt", "1"), "50": ("Sozialamt", "2"), "51": ("Jugendamt", "2"),
    "60": ("Bauamt", "2"), "51.1": ("Kindertageseinrichtungen", "51"), "50.1": ("Pflege", "50"),
}  # fmt: skip
PRODUCTS = {"10": ("01.01.01", "Innere Verwaltung"), "20": ("01.02.01", "Finanzen"), "32": ("02.01.01", "Ordnung"),
            "50": ("05.01.01", "Soziale Hilfen"), "51": ("06.01.01", "Jugendhilfe"), "60": ("10.01.01", "Bauaufsicht"),
            "51.1": ("06.02.01", "Kindertagesbetreuung"), "50.1": ("05.02.01", "Pflege"),
            "0": ("01.00.01", "Verwaltungssteuerung")}  # fmt: skip
OFFICES = ("10", "20", "32", "50", "51", "60")
TITLES = {"erziehung": "Pädagogische Fachkraft", "pflege": "Pflegefachkraft", "leitung": "Leitung",
          "beamte": "Sachbearbeitung", "verwaltung": "Sachbearbeitung", "midijob": "Assistenz", "minijob": "Hilfskraft"}
CAREERS = ((range(5, 9), "1.2"), (range(9, 14), "2.1"), (range(14, 17), "2.2"))


def staff(session: TenantSession, employer: Arbeitgeber, people: Sequence[Mensch]) -> None:
    """Takes over posts and occupants; every 19th post has a note, every 14th is followed by a vacant one."""
    for number, (name, above) in UNITS.items():
        organisation.unit(session, number, name=name, ab=START, reason="Demonstration", uebergeordnet=above or None)
    rows = [_elected(employer)]
    for number, person in enumerate((one for one in people if one.kind != "auszubildende"), 1):
        rows += _rows(number, person)
    held = stand(session, START)
    found = imports.check(list(enumerate(rows, 2)), held, START, f"Stellenplan {YEAR - 1}, Bestand")
    imports.store(session, found, reason="Demonstration", source=employer.name)


def decide(tenant: int, drafting: str, deciding: str, body: str) -> None:
    """The plan of the year is decided by two people; the one of next year waits as a draft with its changes."""
    with tenant_session(tenant, actor=drafting) as session:
        plan = plans.draft(session, YEAR, reason="Haushalt")
        plans.set_trainees(session, plan, TRAINEES, reason="Haushalt")
        key = plan.public_id
    with tenant_session(tenant, actor=deciding) as session:
        found = plans.find(session, key)
        assert found is not None
        plans.decide(session, found, gremium=body, sitzung=date(YEAR - 1, 12, 11), vorlage=f"87/{YEAR - 1}",
                     reason="Beschluss")
    with tenant_session(tenant, actor=drafting) as session:
        plan = plans.draft(session, YEAR + 1, reason="Haushalt")
        plans.propose(session, plan, "neu", "2001", ab=date(YEAR + 1, 1, 1), begruendung="Wohngeldreform, mehr Anträge",
                      werte={"bezeichnung": "Sachbearbeitung Wohngeld", "gruppe": "E9b", "anteil": "1", "einheit": "50",
                             "verteilung": {PRODUCTS["50"][0]: "1"}})
        plans.propose(session, plan, "verlagerung", "0003", ab=date(YEAR + 1, 1, 1), werte={"einheit": "20"},
                      begruendung="Bündelung der Buchhaltung")


TRAINEES = [Nachwuchs("auszubildende", "Verwaltungsfachangestellte", "TVAöD", 4, 3, ""),
            Nachwuchs("anwaerter", "Bachelor of Laws", "Anwärterbezüge", 2, 2, "")]


def _rows(number: int, person: Mensch) -> list[dict[str, str]]:
    first = person.zuordnungen[0]
    unit = {"erziehung": "51.1", "pflege": "50.1", "leitung": "0"}.get(person.kind, OFFICES[number % len(OFFICES)])
    share = Fraction(first.wochenstunden) / Fraction(first.vollzeitstunden)
    until = f"{person.austritt:%d.%m.%Y}" if person.austritt else ""
    row = {
        "nummer": f"{number:04}", "bezeichnung": TITLES[person.kind], "einheit": unit,
        "gruppe": first.entgeltgruppe, "laufbahn": _career(first.entgeltgruppe),
        "anteil": str(share), "produkt": PRODUCTS[unit][0], "produkt_name": PRODUCTS[unit][1],
        "kostenstelle": person.kostenstelle, "personalnummer": person.personalnummer, "besetzt_bis": until,
        "besetzt_ab": f"{max(person.eintritt, START):%d.%m.%Y}", "person_gruppe": first.entgeltgruppe,
        "person_anteil": str(share), "vermerk": _note(number), "begruendung": "",
    }  # fmt: skip
    vacant = row | {"nummer": f"{number:04}F", "personalnummer": "", "vermerk": "", "anteil": "1"}
    return [row, vacant] if number % 14 == 0 else [row]


def _elected(employer: Arbeitgeber) -> dict[str, str]:
    """The head of the administration is elected and paid by no case of this district's payroll."""
    district = employer.kind == "kreis"
    return {"nummer": "0000", "bezeichnung": "Landrätin" if district else "Bürgermeister", "einheit": "0",
            "gruppe": "B6" if district else "B3", "laufbahn": "wahl", "ausgesondert": "ja", "anteil": "1",
            "produkt": PRODUCTS["0"][0], "produkt_name": PRODUCTS["0"][1], "personalnummer": f"{employer.number}WB"}


def _note(number: int) -> str:
    return "kw" if number % 19 == 0 else ""


def _career(group: str) -> str:
    if not group.startswith("A"):
        return ""
    return next(career for grades, career in CAREERS if int(group[1:]) in grades)
