"""Was hat sich geändert: zwei Abrechnungen nebeneinander, jeder Unterschied der Auszahlung einer Zeile zugeordnet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from payroll.law.tongue import hear, say
from payroll.runs import names
from payroll.statements import wording as w
from payroll.statements.balance import EquationBroken
from payroll.statements.payslip import Payslip

Key = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """Eine Zeile, die sich geändert hat; effect ist ihre Wirkung auf die Auszahlung in Cent.

    german: ihr Name auf dem Papier, wenn die Seite eine andere Sprache spricht.
    """

    part: str
    text: str
    before: int | None
    after: int | None
    effect: int
    german: str = ""


@dataclass(frozen=True)
class FactChange:
    """Eine Angabe, die sich geändert hat."""

    text: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Der Vergleich: ein Satz, die Angaben (Ursachen), die Zeilen nach Größe der Wirkung."""

    before: str
    sentence: str
    difference: int
    facts: tuple[FactChange, ...]
    changes: tuple[Change, ...]


PARTS = (("Bezug", 1), ("Abzug", -1), ("Weiteres", 1))


def compare(before: Payslip, after: Payslip) -> Comparison:
    """Vergleicht zwei Abrechnungen; die Wirkungen ergeben zusammen genau den Unterschied der Auszahlung."""
    changes = [change for part, sign in PARTS for change in _part(part, sign, before, after)]
    changes.sort(key=lambda change: (-abs(change.effect), change.part, change.text))
    difference = after.auszahlung - before.auszahlung
    total = sum(change.effect for change in changes)
    if total != difference:
        record = f"Personalnummer {after.employee.personalnummer}, {after.period.monat:%m/%Y}"
        raise EquationBroken(record, "Unterschied der Auszahlung = Summe der Änderungen", difference, total)
    facts = tuple(_facts(before, after))
    month = w.month(before.period.monat)
    return Comparison(month, _sentence(month, difference, facts, changes), difference, facts, tuple(changes))


def _part(part: str, sign: int, before: Payslip, after: Payslip) -> list[Change]:
    old, new = _amounts(part, before), _amounts(part, after)
    texts = {**_texts(part, before), **_texts(part, after)}
    keys = [*new, *(key for key in old if key not in new)]
    return [
        Change(part, name.text, old.get(key), new.get(key), sign * (new.get(key, 0) - old.get(key, 0)), name.german)
        for key, name in ((key, names.of(texts[key])) for key in keys if old.get(key, 0) != new.get(key, 0))
    ]


def _items(part: str, slip: Payslip) -> list[tuple[Key, str, int]]:
    if part == "Bezug":
        return [
            ((line.lohnart, f"{line.text}{line.monat or ''}"), _origin(line.text, line.monat), line.betrag)
            for line in slip.lines
            if line.gesamtbrutto
        ]
    if part == "Abzug":
        return [((item.art, ""), item.text, item.betrag) for item in slip.deductions]
    return [((item.lohnart, item.art or item.text), item.text, item.betrag) for item in slip.net_lines]


def _amounts(part: str, slip: Payslip) -> Mapping[Key, int]:
    sums: dict[Key, int] = {}
    for key, _, amount in _items(part, slip):
        sums[key] = sums.get(key, 0) + amount
    return sums


def _texts(part: str, slip: Payslip) -> Mapping[Key, str]:
    return {key: text for key, text, _ in _items(part, slip)}


def _origin(text: str, month: object) -> str:
    return f"{text} ({month:%m/%Y})" if month else text


def _facts(before: Payslip, after: Payslip) -> list[FactChange]:
    pairs = zip(_stated(before).items(), _stated(after).values(), strict=True)
    return [FactChange(say(name), old or say("keine"), new or say("keine")) for (name, old), new in pairs if old != new]


def _stated(slip: Payslip) -> dict[str, str]:
    tax, insurance, grade, period = slip.tax, slip.insurance, slip.grade, slip.period
    return {
        "Entgeltgruppe": grade.gruppe,
        "Stufe": grade.stufe,
        "Wochenstunden": w.number(grade.wochenstunden),
        "Steuerklasse": str(tax.steuerklasse or ""),
        "Faktor": w.number(tax.faktor, 3),
        "Kinderfreibeträge": w.number(tax.kinderfreibetraege, 1),
        "Kirchensteuermerkmal": hear(tax.kirche),
        "Freibetrag im Monat": w.amount(tax.freibetrag_monat),
        "Hinzurechnung im Monat": w.amount(tax.hinzurechnung_monat),
        "Krankenkasse": insurance.einzugsstelle,
        "Zusatzbeitrag der Kasse": w.percent(insurance.zusatzbeitrag),
        "Kinder in der Pflegeversicherung": w.number(insurance.kinderschluessel),
        "Beitragsgruppe": insurance.beitragsgruppe,
        "Übergangsbereich": w.yes(insurance.uebergangsbereich),
        "Steuertage": str(period.steuertage),
        "SV-Tage": str(period.sv_tage),
    }


def _sentence(month: str, difference: int, facts: tuple[FactChange, ...], changes: list[Change]) -> str:
    if not changes and not facts:
        return say("Gegenüber %(month)s hat sich nichts geändert.", month=month)
    if difference == 0:
        return say("Sie bekommen gleich viel wie im %(month)s; einzelne Zeilen oder Angaben haben sich geändert.",
                   month=month)
    start = (say("Sie bekommen %(amount)s mehr als im %(month)s", amount=w.euro(difference), month=month)
             if difference > 0 else
             say("Sie bekommen %(amount)s weniger als im %(month)s", amount=w.euro(-difference), month=month))
    causes = [say("%(fact)s %(after)s statt %(before)s", fact=fact.text, after=fact.after, before=fact.before)
              for fact in facts[:2]]
    causes += [_cause(change) for change in changes if change.part != "Abzug"][:2]
    causes = causes or [_cause(change) for change in changes[:2]]
    return say("%(start)s, vor allem wegen: %(causes)s.", start=start, causes="; ".join(causes))


def _cause(change: Change) -> str:
    return f"{names.within(change.german or change.text)} ({w.signed_euro(change.effect)})"
