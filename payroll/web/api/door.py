"""Die Tür der Schnittstelle: Zeichen prüfen, Aufruf zählen, Bereich verlangen, Protokoll, Fehler als JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from tenants import audit
from tenants.db import turns
from tenants.db.session import TenantSession, tenant_session
from tenants.interfaces import service
from tenants.web.access import public
from tenants.web.shell import settings_of

PREFIX = "/api/v1"
MOST_BYTES = 5 * 1024 * 1024
REASON = "eigener Zugang: geprüft wird das Zeichen des Programms, nicht eine Anmeldung"
api = Blueprint("api", __name__)
View = Callable[..., "Answer | dict[str, Any]"]

WORDS = {
    400: ("Die Anfrage war nicht lesbar", "Aufbau nach openapi.json prüfen"),
    401: ("Das Zeichen fehlt oder gilt nicht", "Authorization: Bearer ZEICHEN senden; neue gibt das Personalamt aus"),
    404: ("Das gibt es hier nicht", "Adresse und Kennung prüfen"),
    405: ("Diese Adresse kennt diese Methode nicht", "Methode nach openapi.json wählen"),
    409: ("Gleichzeitig hat jemand dasselbe geändert, gespeichert wurde nichts", "noch einmal lesen, dann noch einmal "
                                                                                   "senden"),
    413: ("Die Anfrage ist zu groß", "auf mehrere Anfragen verteilen, je höchstens 5 MB"),
    415: ("Der Inhalt ist kein JSON", "Content-Type: application/json senden"),
    429: ("Zu viele Aufrufe in dieser Minute", "die in Retry-After genannten Sekunden warten"),
    503: ("Die Datenbank antwortet nicht rechtzeitig", "in einer Minute noch einmal versuchen"),
}
OURS = ("Da ist bei uns etwas schiefgegangen, gespeichert wurde nichts", "noch einmal versuchen; sonst Nummer nennen")


class Refused(Exception):
    """Eine Ablehnung: Status und je Fehler Feld, Regel, Abhilfe."""

    def __init__(self, status: int, *faults: tuple[str, str, str], **more: Any) -> None:
        super().__init__(status)
        self.status = status
        self.faults = faults
        self.more = more


@dataclass(frozen=True)
class Answer:
    """Antwort mit Status; counts steht als Anzahlen im Protokoll."""

    body: dict[str, Any]
    status: int = 200
    counts: dict[str, int] = field(default_factory=dict)


def needs(scope: str) -> Callable[[View], Callable[..., Response]]:
    """Der Weg verlangt diesen Bereich; die Ansicht bekommt die Sitzung des Mandanten, jeder Gebrauch steht im
    Protokoll, auch der abgelehnte."""
    if scope not in service.SCOPES:
        raise ValueError(f"Unbekannter Bereich „{scope}“.")

    def mark(view: View) -> Callable[..., Response]:
        @public(REASON, personal=True)
        @wraps(view)
        def run(**arguments: Any) -> Response:
            try:
                return _run(scope, view, arguments)
            except Refused as refused:
                return told(refused.status, refused.faults, **refused.more)

        return run

    return mark


def _run(scope: str, view: View, arguments: dict[str, Any]) -> Response:
    granted = _granted(scope)
    try:
        if scope not in granted.scopes:
            raise Refused(403, ("Authorization", f"dem Zugang fehlt der Bereich {scope}",
                                "einen Zugang mit diesem Bereich ausgeben lassen"))
        if request.method != "GET":
            turns.ask(f"{granted.tenant_id}:{request.path}")  # the same call again finds what the first has written
        with tenant_session(granted.tenant_id, actor=granted.actor) as session:
            session.info["rights"] = granted.rights
            given = view(session, **arguments)
            answer = given if isinstance(given, Answer) else Answer(given)
            _protocol(session, granted, "schnittstelle.benutzt", scope, answer.counts)
    except Refused as refused:
        with tenant_session(granted.tenant_id, actor=granted.actor) as session:
            _protocol(session, granted, service.DENIED, scope, {"status": refused.status})
        raise
    return as_json(answer.body, answer.status)


def _granted(scope: str) -> service.Granted:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if kind.lower() != "bearer":
            raise service.NotAdmitted
        return service.admit(token.strip(), now=datetime.now(UTC), today=today())
    except service.NotAdmitted as unknown:
        if unknown.claimed is not None:
            turned_away(unknown.claimed, service.ACTOR, scope, 401)
        raise Refused(401, ("Authorization", *WORDS[401])) from None
    except service.TooMany as many:
        g.retry_after = many.seconds
        turned_away(many.granted, many.granted.actor, scope, 429)
        raise Refused(429, ("", *WORDS[429])) from None


def turned_away(claimed: service.Granted, actor: str, scope: str, status: int) -> None:
    """Vor der Tür abgelehnt: im Protokoll höchstens einmal je Minute, Zugang und Status; sonst füllte es jeder."""
    with tenant_session(claimed.tenant_id, actor=actor) as session:
        if not service.denied_lately(session, claimed.public_id, status):
            _protocol(session, claimed, service.DENIED, scope, {"status": status})


def _protocol(
    session: TenantSession, granted: service.Granted, action: str, scope: str, counts: dict[str, int]
) -> None:
    rule = request.url_rule.rule if request.url_rule is not None else ""
    audit.record(session, action, f"zugang:{granted.public_id}",
                 {"name": granted.name, "bereich": scope, "weg": f"{request.method} {rule}", **counts})


def today() -> date:
    """Heutiger Tag im Amt."""
    return settings_of(current_app).today()


def body() -> dict[str, Any]:
    """Der Inhalt der Anfrage als Objekt; Zahlen mit Komma kommen als Decimal, nie als Fließkommazahl."""
    if request.mimetype != "application/json":
        raise Refused(415, ("Content-Type", *WORDS[415]))
    if (request.content_length or 0) > MOST_BYTES:
        raise Refused(413, ("", *WORDS[413]))
    try:
        content = json.loads(request.get_data(cache=False).decode("utf-8"), parse_float=Decimal,
                             parse_constant=_no_constant)
    except (ValueError, ArithmeticError, RecursionError):  # a number beyond what Decimal holds is an ArithmeticError
        raise Refused(400, ("", *WORDS[400])) from None
    if not isinstance(content, dict):
        raise Refused(422, ("", "erwartet wird ein Objekt", "Aufbau nach openapi.json prüfen"))
    return content


def shown(names: Collection[str]) -> str:
    """Der erste von fremden Namen, so dass er sich in einer Antwort zeigen lässt; sonst ein Fragezeichen."""
    first = min(names)
    return first[:60] if first.isprintable() else "?"


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def query_day(name: str) -> date:
    """Tag aus der Adresse (JJJJ-MM-TT); Vorgabe heute."""
    words = request.args.get(name)
    if words is None:
        return today()
    try:
        found = datetime.strptime(words, "%Y-%m-%d").date()
    except ValueError:
        found = None
    if found is None or words != found.isoformat() or not 1990 <= found.year <= 2100:
        raise Refused(422, (name, "kein Tag zwischen 1990 und 2100", "so schreiben: 2026-11-30"))
    return found


def query_month(name: str = "monat") -> date:
    """Monat aus der Adresse (JJJJ-MM)."""
    words = request.args.get(name, "")
    year, _dash, month = words.partition("-")
    plain = len(words) == 7 and (year + month).isascii() and (year + month).isdecimal()
    if not plain or not (1990 <= int(year) <= 2100 and 1 <= int(month) <= 12):
        raise Refused(422, (name, "kein Monat", "so schreiben: 2026-11"))
    return date(int(year), int(month), 1)


def query_number(name: str, default: int, low: int, high: int) -> int:
    """Zahl aus der Adresse zwischen zwei Grenzen."""
    words = request.args.get(name)
    if words is None:
        return default
    if not (words.isascii() and words.isdecimal() and len(words) < 19 and low <= int(words) <= high):
        raise Refused(422, (name, f"keine Zahl von {low} bis {high}", "eine Zahl in diesen Grenzen angeben"))
    return int(words)


def failed(error: HTTPException) -> Response:
    """Fehler, die vor oder neben einer Ansicht entstehen, in derselben Form."""
    code = error.code or 500
    return told(code, [("", *WORDS.get(code, WORDS[400] if code < 500 else OURS))])


def told(status: int, faults: Any, **more: Any) -> Response:
    """Ablehnung als JSON: je Fehler Feld, Regel, Abhilfe; dazu die Nummer der Anfrage."""
    rows = [{"feld": name, "regel": rule, "abhilfe": remedy} for name, rule, remedy in faults]
    response = as_json({"fehler": rows, "nummer": g.get("request_id", ""), **more}, status)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 429:
        response.headers["Retry-After"] = str(g.get("retry_after", 60))
    return response


def as_json(content: dict[str, Any], status: int = 200) -> Response:
    """JSON in UTF-8."""
    words = json.dumps(content, ensure_ascii=False, default=str)
    return Response(words + "\n", status, mimetype="application/json")
