"""Steuerdaten in Entgeltmeldungen zu Minijobs (§ 28a Abs. 3 Satz 2 Nr. 2 Buchst. f SGB IV, Datenbaustein DBST).

Art der Besteuerung: 1 Pauschsteuer von 2 %, 0 jede andere; Anmeldungen tragen nichts davon.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from payroll.filings.meldungen import deuev, konto, speichern
from payroll.filings.meldungen.abschnitte import Stueck
from payroll.filings.meldungen.entgelte import Entgelte
from payroll.filings.meldungen.entwurf import TAX_DATA, Entwurf, Satz
from payroll.filings.meldungen.stamm import Akte
from payroll.filings.meldungen.werte import Abschnitt
from tenants.models import Tenant

FIRST, LAST, NUMBER, OWN = date(2025, 1, 1), date(2025, 12, 31), "133/8150/8159", "12345678903"
FILE = Akte(1, "109", uuid.UUID(int=1), "minijob", date(2020, 1, 1), None, None,
            dict.fromkeys(("nachname", "vorname", "geburtsdatum", "strasse", "plz", "ort", "land"), "x"), "", OWN,
            date(1980, 1, 1))


def reports(pay: dict[date, dict[str, int]], *grounds: str, people: int = 109, number: str = NUMBER) -> list[Satz]:
    held = Abschnitt(date(2020, 1, 1), None, "98000006", "Minijob-Zentrale", "6100", people)
    parts = [Stueck(ground, FIRST, LAST if ground == "50" else FIRST, held) for ground in grounds]
    own = Entgelte({month: {"sv_brutto_rv": 55_600, "sv_brutto_kv": 55_600, "be_gesamt": 0} | values
                    for month, values in pay.items()})
    return [deuev._taxed(one, FILE, own, number) for one in deuev._entries(FILE, parts, own, "15027365")]


@pytest.mark.parametrize(("flat", "kind"), [(1_112, 1), (0, 0)])
def test_the_kind_of_taxation_is_what_the_year_paid(flat: int, kind: int) -> None:
    begun, yearly = reports({date(2025, 6, 1): {"pauschsteuer_2": flat}}, "10", "50")
    assert "art_besteuerung" not in begun.inhalt
    assert {name: yearly.inhalt[name] for name in ("steuernummer", "steuer_id", "art_besteuerung")} == {
        "steuernummer": NUMBER, "steuer_id": OWN, "art_besteuerung": kind}


def test_only_minijobs_carry_it_and_a_new_number_cancels_nothing() -> None:
    (other,) = reports({FIRST: {"pauschsteuer_2": 1_112}}, "50", people=101)
    assert "steuer_id" not in other.inhalt
    (before,), (after,) = (reports({FIRST: {"pauschsteuer_2": 1_112}}, "50", number=one) for one in (NUMBER, "1/2/3"))
    assert before.pruefwert == after.pruefwert, "die Nummer bezeichnet nur (§ 14 DEÜV)"
    (taxed,) = reports({FIRST: {"pauschsteuer_2": 0}}, "50")
    assert taxed.pruefwert != before.pruefwert, "eine andere Besteuerung ist eine falsche Meldung"


def test_what_is_missing_is_said() -> None:
    tenant = Tenant(name="Stadt Beispiel", betriebsnummer="15027365", steuernummer=None)
    assert [text for text in deuev._employer(tenant, taxed=True) if "Steuernummer fehlt" in text]
    assert list(deuev._employer(tenant, taxed=False)) == []
    (one,) = reports({FIRST: {"pauschsteuer_2": 1_112}}, "50")
    assert deuev._without_tax_id([one]) == []
    one.inhalt["steuer_id"] = ""
    assert deuev._without_tax_id([one, one])[0].startswith("109: Steuer-Identifikationsnummer fehlt")


def _without(one: Satz, *names: str) -> Satz:
    return replace(one, inhalt={key: value for key, value in one.inhalt.items() if key not in names})


def _difference(town: Any, stored: Satz, wanted: Satz) -> list[str]:
    """Art der Sätze, die gegen den einen gespeicherten herauskommen."""
    with town.session() as session:
        speichern.store(session, [Entwurf("deuev", FIRST, FIRST, *deuev.RECIPIENT, LAST, saetze=(stored,))])
        found = [one.satzart for one in konto.difference(session, "deuev", [wanted])]
        session.rollback()
    return found


def test_what_was_filed_before_reports_carried_tax_data_stays(town: Any) -> None:
    (wanted,) = reports({FIRST: {"pauschsteuer_2": 1_112}}, "50")
    old = _without(wanted, *TAX_DATA)
    assert _difference(town, old, wanted) == []
    wrong = replace(old, inhalt=old.inhalt | {"entgelt": old.inhalt["entgelt"] + 1})
    assert _difference(town, wrong, wanted) == ["storno", "neu"]


def test_an_identification_number_known_late_is_reported(town: Any) -> None:
    (wanted,) = reports({FIRST: {"pauschsteuer_2": 1_112}}, "50")
    unknown = replace(wanted, inhalt=wanted.inhalt | {"steuer_id": ""})
    assert _difference(town, unknown, wanted) == ["storno", "neu"]
    assert _difference(town, unknown, unknown) == []
    assert _difference(town, wanted, unknown) == [], "eine Nummer, die verloren ging, macht nichts falsch"
    assert _difference(town, wanted, replace(wanted, inhalt=wanted.inhalt | {"steuer_id": "1"})) == []
    assert "vor der Freigabe neu erstellen" in deuev._without_tax_id([unknown])[0]
