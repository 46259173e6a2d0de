"""Angaben eines Arbeitgebers: prüfen, anlegen, ändern. Jede Änderung steht mit Grund im Protokoll der Plattform."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from tenants import audit, service
from tenants.db.session import PlatformSession
from tenants.laender import LAENDER, USUAL
from tenants.models.tenant import KINDS, LEFT, Tenant

NUMBER = re.compile(r"[0-9A-Za-z]{1,9}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
LONGEST = {"name": 70}  # what a bank takes as the name of a payer
WORDS = {"name": "Name", "kind": "Art", "strasse": "Straße", "plz": "PLZ", "ort": "Ort", "bundesland": "Bundesland",
         "telefon": "Telefon", "email": "E-Mail", "betriebsnummer": "Betriebsnummer", "finanzamt": "Finanzamt",
         "steuernummer": "Steuernummer"}
FIELDS = tuple(WORDS)
Problems = dict[str, str]
Values = dict[str, str]
Check = Callable[[Mapping[str, str]], tuple[Values, Problems]]
Corrected = Callable[[int, str, str, str, str], None]  # tenant, who, Land before, after, reason


class EmployerError(ValueError):
    """Angaben stimmen nicht; `problems` nennt je Feld, was und wie es zu beheben ist."""

    def __init__(self, problems: Problems) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def nothing_more(given: Mapping[str, str]) -> tuple[Values, Problems]:
    """Prüft nichts und lässt alles, wie es ist; die Räume darüber kennen Betriebsnummer und Steuernummer."""
    return dict(given), {}


def nobody_to_tell(tenant: int, actor: str, before: str, after: str, reason: str) -> None:
    """Wo nichts gerechnet ist, hängt am Land noch nichts; die Räume darüber rechnen danach nach."""


def create(session: PlatformSession, number: str, given: Mapping[str, str], *, check: Check = nothing_more) -> Tenant:
    """Legt einen Arbeitgeber mit Schlüsseln an; given sind die Felder, leer heißt: noch nicht bekannt.

    bundesland ist das Land der Betriebsstätte in zwei Buchstaben, leer das übliche. Raises EmployerError mit allen
    Mängeln auf einmal.
    """
    values, found = _checked({**given, "bundesland": given.get("bundesland") or USUAL}, check)
    if NUMBER.fullmatch(number.strip()) is None:
        found["nummer"] = "Nummer: ein bis neun Ziffern oder Buchstaben angeben, zum Beispiel 260."
    if found:
        raise EmployerError(found)
    held: dict[str, Any] = {name: value for name, value in values.items() if value and name not in ("name", "kind")}
    try:
        with session.begin_nested():
            return service.create_tenant(session, number.strip(), values["name"], values["kind"], **held)
    except (service.TenantExists, IntegrityError) as error:  # somebody else may have taken it in the same moment
        raise EmployerError({"nummer": f"Nummer: {number.strip()} ist vergeben; eine andere wählen."}) from error


def change(session: PlatformSession, tenant: Tenant, given: Mapping[str, str], *, reason: str,
           shown: Mapping[str, str] | None = None, check: Check = nothing_more,
           land: Corrected = nobody_to_tell) -> list[str]:
    """Ändert die genannten Felder; gibt die Namen derer, die danach anders sind. Die Nummer bleibt für immer.

    shown: was beim Ändern zu sehen war; was dem gleicht, hat niemand geändert und bleibt, wie es inzwischen ist.
    land: wer es erfährt, wenn das Land falsch erfasst war, bevor es hier gilt.
    Raises EmployerError mit allen Mängeln; auch für Felder, die inzwischen jemand anders geändert hat.
    """
    # Locked first: two who save at once are one after the other, and the second reads what the first has saved.
    # With key_share, or the row that `land` writes beside this transaction would wait for it for ever.
    session.refresh(tenant, with_for_update={"key_share": True})
    staying(tenant)
    before = held(tenant)
    wanted = dict(given) if shown is None else edited(given, shown)
    values, found = _checked(before | wanted, check)
    if shown is not None:
        found |= _overtaken(before, values, _plain(shown), wanted)
    if not reason.strip():
        found["grund"] = "Grund: angeben, zum Beispiel den Bescheid; er steht im Protokoll."
    if found:
        raise EmployerError(found)
    changed = [name for name in FIELDS if values[name] != before[name]]
    for name in changed:
        setattr(tenant, name, values[name] or None)
    if changed:
        session.flush()
        audit.record(session, "tenant.change", str(tenant.public_id), {
            "number": tenant.number, "before": {name: before[name] for name in changed},
            "after": {name: values[name] for name in changed}}, reason.strip())
    if "bundesland" in changed:  # last, for it commits by itself: nothing that can still fail comes after it
        land(tenant.id, str(session.info["actor"]), before["bundesland"], values["bundesland"], reason.strip())
    return changed


def held(tenant: Tenant) -> dict[str, str]:
    """Die Angaben je Feld; leer heißt: nicht bekannt."""
    return {name: getattr(tenant, name) or "" for name in FIELDS}


def edited(given: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """Die Felder, die anders eingegeben sind, als sie zu sehen waren."""
    new, old = _plain(given), _plain(shown)
    return {name: new[name] for name in FIELDS if new[name] != old[name]}


def _overtaken(before: Mapping[str, str], values: Mapping[str, str], shown: Mapping[str, str],
               wanted: Mapping[str, str]) -> Problems:
    return {name: f"{WORDS[name]}: inzwischen von anderen geändert auf „{before[name] or 'leer'}“; prüfen, was gilt, "
                  "und noch einmal speichern." for name in wanted
            if before[name] != shown[name] and before[name] != values[name]}


def staying(tenant: Tenant) -> None:
    """Raises EmployerError, wenn der Arbeitgeber ausgeschieden ist: was zuletzt galt, steht auf seinen Papieren."""
    if tenant.state == LEFT:
        raise EmployerError({"": f"Arbeitgeber {tenant.number} ist ausgeschieden: seine Angaben bleiben, wie sie "
                                 "sind."})


def _checked(given: Mapping[str, Any], check: Check) -> tuple[Values, Problems]:
    """Die Werte, wie sie gehalten werden, und alle Mängel."""
    plain = _plain(given)
    values, more = check(plain)
    return values, _problems(plain) | more


def _plain(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join(str(given.get(name, "") or "").split()) for name in FIELDS}


def _problems(values: Mapping[str, str]) -> Problems:
    found: Problems = {}
    if not values["name"]:
        found["name"] = "Name: fehlt; so angeben, wie er auf Abrechnungen und Bescheiden stehen soll."
    if values["kind"] not in KINDS:
        found["kind"] = f"Art: eine von {', '.join(KINDS)} wählen."
    if values["plz"] and re.fullmatch(r"[0-9]{5}", values["plz"], re.ASCII) is None:
        found["plz"] = "PLZ: fünf Ziffern angeben."
    if values["bundesland"] not in LAENDER:
        found["bundesland"] = ("Bundesland: eines der sechzehn Länder wählen, zum Beispiel NW; danach richtet sich die "
                               "Kirchensteuer.")
    if values["email"] and MAIL.fullmatch(values["email"]) is None:
        found["email"] = "E-Mail: keine Adresse; zum Beispiel personal@gemeinde.example."
    for name in FIELDS:
        most = LONGEST.get(name, 100)
        if len(values[name]) > most:
            found[name] = f"{WORDS[name]}: höchstens {most} Zeichen."
    return found
