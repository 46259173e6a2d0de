"""Codes zur Wiederherstellung: zehn neue, einmal gezeigt, zum Drucken; die alten gelten nicht mehr."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from tenants.db.session import platform_session
from tenants.outbox import service as outbox
from tenants.users import recovery, service
from tenants.users.errors import SigninRefused, Throttled, UserError
from tenants.web.access import shows_answer, signed_in
from tenants.web.identity import current
from tenants.web.security import own

code_pages = Blueprint("codes", __name__, url_prefix="/sicherheit/codes")
Answer = Response | str | tuple[str, int]


@code_pages.get("")
@signed_in
def form() -> str:
    """Wie viele Codes noch gelten, und das Formular für neue."""
    return _form({})


@code_pages.post("")
@signed_in
@shows_answer
def renew() -> Answer:
    """Gibt zehn neue Codes heraus; diese Seite ist die einzige, auf der sie stehen."""
    me = current()
    try:
        own.confirm_way_in(me, request.form.get("kennwort", ""), request.remote_addr)
        with platform_session(actor=me.login) as session:
            account = own.own_account(session, me)
            made = service.issue_recovery_codes(session, account)
            outbox.changed(session, account, "codes", datetime.now(UTC))
    except Throttled as refused:
        return _form({"kennwort": [str(refused)]}), 429
    except (SigninRefused, UserError) as refused:
        return _form({"kennwort": [str(refused)]}), 422
    return render_template("security/codes_shown.html", codes=made, identity=me)


def _form(errors: dict[str, list[str]]) -> str:
    me = current()
    with platform_session(actor=me.login) as session:
        user = own.own_account(session, me)
        left, has_password = recovery.remaining(session, user), user.password_hash is not None
    return render_template(
        "security/codes.html", identity=me, left=left, count=recovery.COUNT, errors=errors, has_password=has_password
    )
