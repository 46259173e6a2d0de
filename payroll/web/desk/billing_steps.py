"""Ein Schritt an Preisblatt, Kostenjahr oder Bescheid: tun, bei Ablehnung die Seite mit ihrem Grund, sonst zurück."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.verbund import schritte
from payroll.verbund.errors import BillingRefused
from payroll.web.desk.payment_reading import own_session
from tenants.db.session import TenantSession
from tenants.web import inputs

Answer = Response | str | tuple[str, int]
Act = Callable[[TenantSession], object]
Errors = dict[str, list[str]]


def given(name: str) -> str:
    """Ein Feld des Formulars."""
    return str(request.form.get(name, "")).strip()


class Steps:
    """Die Schritte einer Seite: wie sie mit Mängeln aussieht und wohin es danach geht."""

    def __init__(self, page: Callable[..., str], target: Callable[..., str]) -> None:
        self.page, self.target = page, target

    def take(self, act: Act, field: str, message: str, *where: uuid.UUID) -> Answer:
        """Tut den Schritt; eine Ablehnung steht mit jedem ihrer Gründe bei diesem Feld."""
        try:
            with own_session() as session:
                act(session)
        except (BillingRefused, inputs.InputError) as refused:
            reasons = list(refused.problems) if isinstance(refused, BillingRefused) else []
            return self.page(*where, {field: reasons or [str(refused)]}), 422
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
