"""Values that a tenant sets over the law: a statute rate of its pension fund, a house agreement, an uploaded pay table.

Only parameters that say ``mandant = true`` (and pay tables) may be overlaid. An overlay is dated and has a source like
any number of law; where it ends, the value of the law holds again.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from payroll.law.engine.errors import ParameterError
from payroll.law.engine.parameters import STATUSES, DatedValue, Parameter, checked


@dataclass(frozen=True)
class Overlay:
    """A tenant's value for a parameter from ``ab`` to ``bis`` (included; None = until further notice).

    ``amtlich``: a number of law that two persons entered for all, see :mod:`payroll.law.official`.
    """

    name: str
    ab: date
    wert: Any
    quelle: str
    bis: date | None = None
    status: str = "satzung"
    amtlich: bool = False


def overlaid(parameters: Mapping[str, Parameter], overlays: Iterable[Overlay]) -> dict[str, Parameter]:
    """The parameters with the tenant's values; raises ParameterError naming parameter, day and remedy."""
    found = dict(parameters)
    by_name: dict[str, list[Overlay]] = {}
    for overlay in overlays:
        by_name.setdefault(overlay.name, []).append(overlay)
    for name, values in by_name.items():
        parameter = found.get(name)
        if parameter is None:
            near = difflib.get_close_matches(name, found, 3)
            hint = f" (ähnlich: {', '.join(near)})" if near else ""
            raise ParameterError(f"{name!r} ist kein Wert des Rechts{hint}")
        found[name] = _with(parameter, sorted(values, key=lambda value: value.ab))
    return found


def may_be_overlaid(parameter: Parameter) -> bool:
    """True when tenants may set the value."""
    return bool(dict(parameter.extra).get("mandant")) or parameter.einheit == "entgelttabelle"


def _with(parameter: Parameter, overlays: list[Overlay]) -> Parameter:
    if not may_be_overlaid(parameter) and not all(one.amtlich for one in overlays):
        raise ParameterError(f"{parameter.titel} ({parameter.name}) steht im Gesetz ({parameter.paragraf}) und kann "
                             f"von einem Mandanten nicht geändert werden")
    for one, following in zip(overlays, [*overlays[1:], None], strict=True):
        where = f"{parameter.titel} ({parameter.name}) ab {one.ab:%d.%m.%Y}"
        if not one.quelle.strip():
            raise ParameterError(f"{where}: ohne Quelle; bitte Beschluss, Satzung oder Bekanntmachung nennen")
        if one.status not in STATUSES:
            raise ParameterError(f"{where}: unbekannter Status {one.status!r}; erlaubt: {', '.join(STATUSES)}")
        if one.bis is not None and one.bis < one.ab:
            raise ParameterError(f"{where}: endet am {one.bis:%d.%m.%Y}, vor dem Beginn")
        if following is not None and (following.ab == one.ab or (one.bis is not None and following.ab <= one.bis)):
            raise ParameterError(f"{where}: überschneidet sich mit dem Wert ab {following.ab:%d.%m.%Y}")
    values = tuple(DatedValue(one.ab, one.bis, one.wert, one.quelle, one.status) for one in overlays)
    checked(parameter, values)
    return replace(parameter, overlays=values)
