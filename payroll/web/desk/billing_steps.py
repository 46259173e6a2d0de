"""Ein Schritt an Preisblatt, Kostenjahr oder Bescheid: tun, bei Ablehnung die Seite mit ihrem Grund, sonst zurück."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.verbund import schritte
from payroll.verbund.errors import BillingRefused, Mangel, at
from payroll.web.desk.payment_reading import own_session
from tenants.db.session import TenantSession
from tenants.web import inputs

Answer = Response | str | tuple[str, int]
Act = Callable[[TenantSession], object]
Errors = dict[str, list[str]]
Fields = Mapping[str, str] | None
Read = TypeVar("Read")


def given(name: str) -> str:
    """Ein Feld des Formulars."""
    return str(request.form.get(name, "")).strip()


class Steps:
    """Die Schritte einer Seite: wie sie mit Mängeln aussieht und wohin es danach geht."""

    def __init__(self, page: Callable[..., str], target: Callable[..., str]) -> None:
        self.page, self.target = page, target

    def take(self, act: Act, field: str, message: str, *where: uuid.UUID, fields: Fields = None) -> Answer:
        """Tut den Schritt; ein Mangel steht bei seinem Feld, was keines nennt oder nicht auf der Seite ist, bei diesem.

        fields: die Felder der Seite, je Feld des Dienstes; None: sie steht mit allem bei dem einen.
        """
        try:
            with own_session() as session:
                act(session)
        except (BillingRefused, inputs.InputError) as refused:
            return self.page(*where, _placed(refused, field, fields or {})), 422
        flash(message, "success")
        return redirect(self.target(*where))

    def release(self, model: Any, number: uuid.UUID, *where: uuid.UUID) -> Answer:
        """Gibt als zweite Person frei, was gezeigt wurde."""
        shown = given("pruefsumme")
        return self.take(lambda session: schritte.release(session, model, number, sha256=shown), "freigabe",
                         _("Freigegeben."), *where)

    def withdraw(self, model: Any, number: uuid.UUID, *where: uuid.UUID) -> Answer:
        """Zieht zurück, was noch nicht freigegeben ist."""
        reason = given("grund_zurueck")
        return self.take(lambda session: schritte.withdraw(session, model, number, reason=reason), "grund_zurueck",
                         _("Zurückgezogen."), *where)


def read(field: str, parse: Callable[[str], Read], *, as_field: str = "") -> Read:
    """Liest ein Feld des Formulars; was nicht passt, steht an ihm. as_field: wie der Dienst es nennt, wenn anders."""
    try:
        return parse(given(field))
    except inputs.InputError as wrong:
        raise BillingRefused("", [at(as_field or field, str(wrong))]) from wrong


def _placed(refused: Exception, field: str, fields: Mapping[str, str]) -> Errors:
    problems = refused.problems if isinstance(refused, BillingRefused) else ()
    placed: Errors = {}
    for one in problems or (str(refused),):
        own = fields.get(one.feld, "") if isinstance(one, Mangel) else ""
        placed.setdefault(own or field, []).append(one.am_feld if own and isinstance(one, Mangel) else str(one))
    return {name: placed[name] for name in sorted(placed, key=[*fields.values(), field].index)}
