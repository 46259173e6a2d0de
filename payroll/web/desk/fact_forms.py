"""Formular einer Tatsache: Werte zeigen, Eingaben lesen, Fehler neben das Feld stellen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from payroll.web.desk.fact_fields import Choices, FactKind, Field
from tenants.db.session import TenantSession
from tenants.web import formats, inputs

CLOCK_LABELS = {"gueltig_ab": _("Gilt ab"), "gueltig_bis": _("Gilt bis"), "grund": _("Grund")}
REQUIRED = "Bitte ausfüllen."


@dataclass
class FactInput:
    """Gelesene Eingaben: Gültigkeit, Grund, Werte – oder Fehler je Feld, dazu der Wortlaut zum Wiederzeigen."""

    raw: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    reason: str = ""

    def refuse(self, name: str, text: str) -> None:
        """Merkt einen Fehler an einem Feld vor."""
        self.errors.setdefault(name, []).append(text)


def field_labels(kind: FactKind) -> dict[str, Any]:
    """Worte zu den Feldern eines Formulars, für die Zusammenfassung der Fehler."""
    return {**{item.name: item.label for item in kind.fields}, **CLOCK_LABELS}


def options_of(session: TenantSession, kind: FactKind) -> dict[str, Choices]:
    """Auswahlen je Feld: Schlüssel im Formular → (Wert in der Datenbank, Text)."""
    return {
        item.name: item.source(session) if item.source else {key: (key, str(text)) for key, text in item.choices}
        for item in kind.fields
        if item.kind == "choice"
    }


def read(kind: FactKind, form: Mapping[str, str], options: Mapping[str, Choices]) -> FactInput:
    """Liest ein abgeschicktes Formular."""
    result = FactInput(raw={name: text.strip() for name, text in form.items()})
    for item in kind.fields:
        try:
            result.values[item.name] = _value(item, result.raw.get(item.name, ""), options.get(item.name, {}))
        except inputs.InputError as error:
            result.refuse(item.name, str(error))
    _clocks(result)
    return result


def read_end(form: Mapping[str, str]) -> FactInput:
    """Liest das Formular, das eine Tatsache beendet: letzter Tag und Grund."""
    result = FactInput(raw={name: text.strip() for name, text in form.items()})
    result.valid_to = _day(result, "gueltig_bis", required=True)
    _reason(result)
    return result


def _clocks(result: FactInput) -> None:
    result.valid_from = _day(result, "gueltig_ab", required=True)
    result.valid_to = _day(result, "gueltig_bis", required=False)
    if result.valid_from and result.valid_to and result.valid_to < result.valid_from:
        result.refuse("gueltig_bis", "Das Ende liegt vor dem Beginn.")
    _reason(result)


def _reason(result: FactInput) -> None:
    result.reason = result.raw.get("grund", "")
    if not result.reason:
        result.refuse("grund", REQUIRED)


def blank(kind: FactKind) -> dict[str, str]:
    """Vorbelegung ohne Vorlage."""
    return {item.name: as_text(item, item.default, {}) for item in kind.fields if item.default is not None}


def filled(kind: FactKind, contents: Mapping[str, Any], options: Mapping[str, Choices]) -> dict[str, str]:
    """Vorbelegung aus einer geltenden Tatsache."""
    return {item.name: as_text(item, contents.get(item.name), options.get(item.name, {})) for item in kind.fields}


def as_text(item: Field, value: Any, choices: Choices) -> str:
    """Wert, wie er im Feld steht."""
    if value is None:
        return ""
    if item.kind == "choice":
        return next((key for key, (held, _text) in choices.items() if held == value), "")
    if item.kind == "yes":
        return "ja" if value else ""
    return shown(item, value, choices)


def shown(item: Field, value: Any, choices: Choices) -> str:
    """Wert, wie er auf der Seite steht."""
    if item.kind == "choice":
        return next((text for _key, (held, text) in choices.items() if held == value), str(value))
    if item.kind == "yes":
        return "ja" if value else "nein"
    if isinstance(value, date):
        return formats.day(value)
    if item.kind == "money":
        return formats.amount(value)
    return formats.hours(value) if isinstance(value, Decimal) else str(value)


def summary(kind: FactKind, contents: Mapping[str, Any], options: Mapping[str, Choices]) -> list[tuple[Any, str]]:
    """Was an einer Tatsache zu sagen ist: Wort und Wert, Leeres und Nullen weggelassen."""
    return [
        (item.label, item.says(str(contents[item.name])) if item.says is not None
         else shown(item, contents[item.name], options.get(item.name, {})))
        for item in kind.fields
        if contents.get(item.name) not in (None, "", False, 0)
    ]


def _value(item: Field, text: str, choices: Choices) -> Any:
    if item.kind == "yes":
        return text == "ja"
    if not text:
        if item.required:
            raise inputs.InputError(REQUIRED)
        return item.default if item.kind in ("money", "number", "whole") and item.default is not None else None
    if item.kind == "choice":
        if text not in choices:
            raise inputs.InputError("Bitte aus der Liste wählen.")
        return choices[text][0]
    return _typed(item, text)


def _typed(item: Field, text: str) -> Any:
    if item.kind == "day":
        return inputs.day(text)
    if item.kind == "money":
        return inputs.cents(text)
    if item.kind == "number":
        return inputs.decimal(text, places=item.places)
    if item.kind == "whole":
        return inputs.whole(text)
    if len(text) > 200:
        raise inputs.InputError("Höchstens 200 Zeichen angeben.")
    return text


def _day(result: FactInput, name: str, *, required: bool) -> date | None:
    text = result.raw.get(name, "")
    if not text:
        if required:
            result.refuse(name, REQUIRED)
        return None
    try:
        return inputs.day(text)
    except inputs.InputError as error:
        result.refuse(name, str(error))
        return None
