"""Der Schein vom Brett im Haus: mit ihm öffnet sich das Formular einer Anzeige, bevor sie draußen hängt.

Er nennt nur die Anzeige, nicht den Menschen, ist unterschrieben und zwei Stunden gültig. Ausgegeben wird er auf der
Seite der Anzeige, die nur angemeldete Beschäftigte sehen; die Bewerbung selbst bleibt ohne Konto.
"""

from __future__ import annotations

import uuid

from flask import abort, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from jobportal import board as brett
from jobportal.board import Aushangzettel
from jobportal.public import door

NAME, LIFETIME, SALT = "intern", 7200, "stellenmarkt-hausbrett"


def issue(anzeige: uuid.UUID) -> str:
    """Ein frischer Schein für diese Anzeige."""
    return _signer().dumps(str(anzeige))


def presented() -> str:
    """Der Schein dieser Anfrage, leer ohne einen."""
    return request.values.get(NAME, "")[:300]


def find(anzeige: uuid.UUID) -> tuple[Aushangzettel, bool]:
    """Die Anzeige zum Bewerben und ob über das Brett im Haus; ohne gültigen Schein gilt allein, was draußen hängt."""
    slip, today = brett.current().by_id.get(anzeige), door.today()
    if slip is None or slip.open_to(today) or not slip.open_to(today, internal=True):
        return door.find(anzeige), False
    try:
        good = _signer().loads(presented(), max_age=LIFETIME) == str(anzeige)
    except BadData:
        good = False
    if not good:
        abort(404)
    return slip, True


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key, salt=SALT)  # type: ignore[arg-type]  # set at the start
