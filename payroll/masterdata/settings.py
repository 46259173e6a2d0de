"""Was ein Mandant für seine Abrechnung entschieden hat, datiert: wo Gesetz und Tarif eine Wahl lassen.

Jede Einstellung hat eine Vorgabe; wer nichts entscheidet, rechnet nach ihr. Gespeichert werden nur Abweichungen.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from payroll.law.encode import ZV_KIST_VERFAHREN, ZV_VERFAHREN
from payroll.law.rules.zusatzversorgung.jahresmeldung import SANIERUNGSGELD
from payroll.masterdata.clocks import known
from payroll.masterdata.service import FactError
from tenants import audit
from tenants.db.session import TenantSession
from tenants.models.tenant import TenantSetting

AREA = "abrechnung"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Einstellungen:
    """Die Einstellungen eines Tages, mit ihren Vorgaben.

    kirchensteuer_kappung: Kirchensteuer schon im Abzug kappen, wo das Land eine Kappung hat. pauschal_abwaelzung: die
    Beschäftigten tragen pauschale Steuern auf Nebenleistungen (§ 40 Abs. 3 Satz 2 EStG). pauschal_kirchensteuer:
    vereinfacht oder nachweis. umwandlung_verfahren: der Jahresbetrag des § 3 Nr. 63 EStG aufbrauchend oder verteilt.
    umwandlung_zuschuss: Zuschuss nach § 1a Abs. 1a BetrAVG. jahresausgleich_freiwillig: § 42b EStG auch mit weniger als
    zehn Beschäftigten. zv_sanierungsgeld_schluessel: Buchungsschlüssel des Sanierungsgelds in der Jahresmeldung, den
    die Kasse nennt. abschlag_auf_entwurf: Beamte erhalten die Besoldung eines Gesetzentwurfs unter Vorbehalt.
    zeit_zahlmonat: wann Zeiten eines Monats gezahlt werden (§ 24 Abs. 1 TVöD: im zweiten danach).
    konten_auf_abrechnung: ob die Abrechnung Gleitzeitkonto und Urlaub nennt.
    """

    kirchensteuer_kappung: bool = False
    pauschal_abwaelzung: bool = False
    pauschal_kirchensteuer: str = "vereinfacht"
    umwandlung_verfahren: str = "aufbrauchend"
    umwandlung_zuschuss: bool = True
    jahresausgleich_freiwillig: bool = False
    zv_sanierungsgeld_schluessel: str = "ohne"
    abschlag_auf_entwurf: bool = False
    zeit_zahlmonat: str = "uebernaechster"
    konten_auf_abrechnung: str = "keine"

    def benefit_inputs(self) -> dict[str, int]:
        """Eingaben des Rechts der Nebenleistungen."""
        return {"nl_pauschal_abwaelzung": int(self.pauschal_abwaelzung),
                "nl_kist_verfahren": ZV_KIST_VERFAHREN.index(self.pauschal_kirchensteuer)}

    def conversion_inputs(self) -> dict[str, int]:
        """Eingaben des Rechts der Entgeltumwandlung."""
        return {"umwandlung_verfahren": ZV_VERFAHREN.index(self.umwandlung_verfahren)}


KONTEN = ("keine", "gleitzeit", "urlaub", "beide")
ZAHLMONATE = ("gleicher", "naechster", "uebernaechster")
WORDS = {"pauschal_kirchensteuer": ZV_KIST_VERFAHREN, "umwandlung_verfahren": ZV_VERFAHREN,
         "zv_sanierungsgeld_schluessel": ("ohne", *SANIERUNGSGELD[1:]), "zeit_zahlmonat": ZAHLMONATE,
         "konten_auf_abrechnung": KONTEN}
# What changes no pay: no reason to compute a closed month again.
OHNE_ENTGELT = ("zv_sanierungsgeld_schluessel", "jahresausgleich_freiwillig", "zeit_zahlmonat",
                "konten_auf_abrechnung")
NAMES = tuple(one.name for one in fields(Einstellungen))


def settings_on(session: TenantSession, day: date, known_at: datetime | None = None) -> Einstellungen:
    """Die Einstellungen, die an diesem Tag gelten, nach dem Kenntnisstand; eine Abfrage."""
    row = session.scalars(
        select(TenantSetting)
        .where(known(TenantSetting, known_at), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
               TenantSetting.valid_from <= day,
               or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= day))
        .order_by(TenantSetting.valid_from.desc()).limit(1)).first()
    return Einstellungen(**_checked(row.content)) if row else Einstellungen()


def record_settings(session: TenantSession, *, valid_from: date, reason: str, **values: Any) -> Einstellungen:
    """Setzt Einstellungen ab einem Tag; nicht genannte bleiben, wie sie sind. Gibt die des Tages zurück.

    Eine genannte gilt, bis sie schon zu einem späteren Tag anders entschieden ist; was dann gilt, bleibt.
    """
    if not reason.strip():
        raise FactError("Einstellungen: Grund fehlt; angeben, wer es so entschieden hat.")
    given = _checked(values)
    before = settings_on(session, valid_from)
    if all(getattr(before, name) == value for name, value in given.items()):
        return before
    touched = session.scalars(select(TenantSetting).where(
        known(TenantSetting, None), TenantSetting.area == AREA,  # type: ignore[arg-type]  # two clocks
        or_(TenantSetting.valid_to.is_(None), TenantSetting.valid_to >= valid_from))
        .order_by(TenantSetting.valid_from)).all()
    for row in touched:
        row.superseded_at = func.now()
        if row.valid_from < valid_from:
            _insert(session, row.valid_from, valid_from - DAY, row.reason, row.content)
    session.flush()
    for first, last, why, content in _following(touched, valid_from, reason.strip(), given, before):
        _insert(session, first, last, why, content)
    new = settings_on(session, valid_from)
    changed = [name for name in NAMES if getattr(new, name) != getattr(before, name)]
    audit.record(session, "einstellung.gesetzt", f"einstellung:{AREA}",
                 {"valid_from": valid_from.isoformat(), **{name: getattr(new, name) for name in changed},
                  "vorher": {name: getattr(before, name) for name in changed}}, reason.strip())
    return new


def versions(session: TenantSession) -> Sequence[TenantSetting]:
    """Alle heute bekannten Fassungen, die älteste zuerst; leere Spannen gelten mit den Vorgaben."""
    return session.scalars(
        select(TenantSetting)
        .where(known(TenantSetting, None), TenantSetting.area == AREA)  # type: ignore[arg-type]  # two clocks
        .order_by(TenantSetting.valid_from)).all()


Segment = tuple[date, date | None, str, dict[str, Any]]


def _following(touched: Sequence[TenantSetting], first: date, reason: str, given: Mapping[str, Any],
               before: Einstellungen) -> list[Segment]:
    """Die Fassungen ab dem Tag: die neue, danach jede spätere mit dem, was dort nicht schon anders entschieden ist."""
    begins = sorted({first, *(row.valid_from for row in touched if row.valid_from > first),
                     *(row.valid_to + DAY for row in touched if row.valid_to is not None)})
    open_names, found = dict(given), []
    for begin, following in zip(begins, [*begins[1:], None], strict=True):
        row = next((one for one in touched if one.valid_from <= begin and (one.valid_to or begin) >= begin), None)
        held = Einstellungen(**_checked(row.content)) if row else Einstellungen()
        open_names = {name: value for name, value in open_names.items() if getattr(held, name) == getattr(before, name)}
        content = _deviations({name: getattr(held, name) for name in NAMES} | open_names)
        kept = row is not None and begin != first and content == row.content
        found.append((begin, following - DAY if following else None, row.reason if row and kept else reason, content))
    return found


def _deviations(values: Mapping[str, Any]) -> dict[str, Any]:
    standard = Einstellungen()
    return {name: value for name, value in values.items() if value != getattr(standard, name)}


def _insert(session: TenantSession, first: date, last: date | None, reason: str, content: Mapping[str, Any]) -> None:
    session.add(TenantSetting(public_id=uuid.uuid4(), valid_from=first, valid_to=last, reason=reason, area=AREA,
                              recorded_by=str(session.info["actor"]), content=dict(content)))
    session.flush()


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if name not in NAMES:
            raise FactError(f"Einstellung „{name}“ gibt es nicht; erlaubt: {', '.join(NAMES)}.")
        words = WORDS.get(name)
        if (words is not None and value not in words) or (words is None and not isinstance(value, bool)):
            allowed = ", ".join(words) if words else "ja, nein"
            raise FactError(f"Einstellung „{name}“: {value!r} gibt es nicht; erlaubt: {allowed}.")
    return dict(values)
