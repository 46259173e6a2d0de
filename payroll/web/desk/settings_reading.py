"""Einstellungen der Abrechnung: was heute gilt, wie es dazu kam, und eine neue Entscheidung lesen und erfassen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from payroll.masterdata.service import FactError
from payroll.masterdata.settings import NAMES, Einstellungen, record_settings, settings_on, versions
from payroll.web.desk import fact_forms
from payroll.web.desk.setting_words import WORDS, SettingWords, touches_pay
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting
from tenants.web import inputs

WHOLE_FORM = "formular"


@dataclass(frozen=True)
class Span:
    """Ein Wert mit seinem Zeitraum; ohne Erfassung ist es die Vorgabe."""

    value: Any
    first: date | None
    last: date | None
    recorded_at: datetime | None = None
    recorded_by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class SettingView:
    """Eine Einstellung: Worte, Wert heute, Vorgabe, Spannen nach der Zeit."""

    name: str
    words: SettingWords
    today: Any
    default: Any
    spans: list[Span]

    @property
    def own(self) -> bool:
        """Ob heute etwas anderes als die Vorgabe gilt."""
        return bool(self.today != self.default)

    @property
    def choices(self) -> list[tuple[str, Any]]:
        """Auswahl des Formulars: Schlüssel und Wort."""
        return [(key_of(value), word) for value, word in self.words.values.items()]

    @property
    def touches_pay(self) -> bool:
        """Ob abgeschlossene Monate zurückgerechnet werden."""
        return touches_pay(self.name)


def key_of(value: Any) -> str:
    """Schlüssel eines Werts im Formular, wie ihn auch der Befehl nimmt."""
    return value if isinstance(value, str) else "ja" if value else "nein"


def views(session: TenantSession, day: date) -> list[SettingView]:
    """Alle Einstellungen; zwei Abfragen."""
    rows, now, standard = versions(session), settings_on(session, day), Einstellungen()
    return [SettingView(name, WORDS[name], getattr(now, name), getattr(standard, name), _spans(rows, name))
            for name in NAMES]


def save(session: TenantSession, name: str, form: Mapping[str, str]) -> fact_forms.FactInput:
    """Liest und erfasst eine Entscheidung; was nicht passt, steht danach am Feld."""
    given = fact_forms.FactInput(raw={key: text.strip() for key, text in form.items()})
    choices = {key_of(value): value for value in WORDS[name].values}
    if given.raw.get("wert", "") not in choices:
        given.refuse("wert", "Bitte aus der Liste wählen.")
    if not given.raw.get("grund"):
        given.refuse("grund", fact_forms.REQUIRED)
    try:
        given.valid_from = inputs.day(given.raw.get("gueltig_ab", ""))
        if given.valid_from.day != 1:
            given.refuse("gueltig_ab", "Einstellungen gelten für ganze Monate; bitte den Ersten eines Monats angeben.")
    except inputs.InputError as error:
        given.refuse("gueltig_ab", str(error))
    if given.errors or given.valid_from is None:
        return given
    value = choices[given.raw["wert"]]
    if getattr(settings_on(session, given.valid_from), name) == value:
        given.refuse("wert", f"Das gilt am {given.valid_from:%d.%m.%Y} schon; es gibt nichts zu ändern.")
        return given
    try:
        record_settings(session, valid_from=given.valid_from, reason=given.raw["grund"], **{name: value})
    except FactError as refused:
        given.refuse(WHOLE_FORM, str(refused))
    return given


def _spans(rows: Sequence[TenantSetting], name: str) -> list[Span]:
    """Aufeinander folgende Fassungen mit gleichem Wert sind eine Spanne; vor der ersten gilt die Vorgabe."""
    default = getattr(Einstellungen(), name)
    found: list[Span] = []
    for row in rows:
        value = row.content.get(name, default)
        last = found[-1] if found else None
        if last is not None and last.value == value:
            found[-1] = Span(value, last.first, row.valid_to, last.recorded_at, last.recorded_by, last.reason)
        elif last is not None or value != default:
            found.append(Span(value, row.valid_from, row.valid_to, row.recorded_at, row.recorded_by, row.reason))
    return found
