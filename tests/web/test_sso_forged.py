"""Ein Verzeichnisdienst, der lügt: jede falsche Bescheinigung endet vor der Tür, nur die richtige öffnet."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tenants.db.session import platform_session
from tenants.models.access import SsoProvider
from tenants.users import sso
from tenants.users.service import create_user, give_mandate

CLIENT, SECRET, SUBJECT = "kreislohn", "ein-geheimnis-nur-fuer-die-pruefung", "nora-im-verzeichnis"
Claims = dict[str, Any]


class Liar:
    """Dienst mit echtem Schlüssel; was er bescheinigt, bestimmt die Prüfung."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "eins"})
        self.offers: list[str] = ["RS256", "HS256", "none"]
        self.token: Callable[[Claims], str] = self.signed
        self.nonce = ""
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(liar.metadata() if "well-known" in self.path else liar.keys())

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", "0")))
                claims = liar.claims()
                self._answer({"access_token": "z", "token_type": "Bearer", "expires_in": 60,
                              "id_token": liar.token(claims)})

            def _answer(self, content: Any) -> None:
                body = json.dumps(content).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_given: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def metadata(self) -> Claims:
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/hin",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
                "id_token_signing_alg_values_supported": self.offers}

    def keys(self) -> Claims:
        return {"keys": [self.key.as_dict(private=False)]}

    def claims(self) -> Claims:
        now = int(time.time())
        return {"iss": self.issuer, "sub": SUBJECT, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": self.nonce}

    def signed(self, claims: Claims, key: RSAKey | None = None) -> str:
        return jwt.encode({"alg": "RS256", "kid": "eins"}, claims, key or self.key)


def _part(content: Claims) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _unsigned(_liar: Liar, claims: Claims) -> str:
    return f"{_part({'alg': 'none', 'kid': 'eins'})}.{_part(claims)}."


def _with_secret(secret: bytes) -> Callable[[Liar, Claims], str]:
    return lambda _liar, claims: jwt.encode({"alg": "HS256", "kid": "eins"}, claims, OctKey.import_key(secret),
                                            algorithms=["HS256"])


def _public_as_secret(liar: Liar, claims: Claims) -> str:
    return _with_secret(liar.key.as_pem(private=False))(liar, claims)


def _other_key(liar: Liar, claims: Claims) -> str:
    return liar.signed(claims, RSAKey.generate_key(2048, {"kid": "eins"}))


def _own_key_in_the_head(_liar: Liar, claims: Claims) -> str:
    key = RSAKey.generate_key(2048, {"kid": "eins"})
    return jwt.encode({"alg": "RS256", "kid": "eins", "jwk": key.as_dict(private=False)}, claims, key)


def _saying(**other: Any) -> Callable[[Liar, Claims], str]:
    """Richtig unterschrieben, aber mit anderen (None: ohne) Angaben."""
    def token(liar: Liar, claims: Claims) -> str:
        return liar.signed({name: value for name, value in {**claims, **other}.items() if value is not None})
    return token


def _late(liar: Liar, claims: Claims) -> str:
    return liar.signed({**claims, "exp": int(time.time()) - 600, "iat": int(time.time()) - 900})


def _changed(liar: Liar, claims: Claims) -> str:
    head, _body, mark = liar.signed(claims).split(".")
    return f"{head}.{_part({**claims, 'sub': 'jemand-anders'})}.{mark}"


FORGED: dict[str, Callable[[Liar, Claims], str]] = {
    "ohne Unterschrift": _unsigned,
    "mit dem Geheimnis der Anwendung": _with_secret(SECRET.encode()),
    "mit dem öffentlichen Schlüssel als Geheimnis": _public_as_secret,
    "mit fremdem Schlüssel": _other_key,
    "mit mitgebrachtem Schlüssel": _own_key_in_the_head,
    "nachträglich geändert": _changed,
    "fremder Aussteller": _saying(iss="https://anderer.example"),
    "ohne Aussteller": _saying(iss=None),
    "für eine andere Anwendung": _saying(aud="andere"),
    "für zwei Anwendungen, ohne azp": _saying(aud=[CLIENT, "andere"]),
    "für zwei, ausgestellt für die andere": _saying(aud=[CLIENT, "andere"], azp="andere"),
    "ohne Empfänger": _saying(aud=None),
    "abgelaufen": _late,
    "ohne Frist": _saying(exp=None),
    "ohne nonce": _saying(nonce=None),
    "mit fremder nonce": _saying(nonce="x" * 20),
    "ohne Kennung": _saying(sub=None),
    "mit leerer Kennung": _saying(sub=""),
    "kein Zeichen": lambda _liar, _claims: "a.b.c",
}


@pytest.fixture(scope="module")
def liar(office: Any) -> Iterator[tuple[Liar, SsoProvider]]:
    made = Liar()
    with platform_session(actor="verwaltung") as session:
        row = sso.save_provider(session, None, name="lügt", issuer=made.issuer, client=CLIENT, secret=SECRET,
                                factor_rule="anbieter", accepted_amr="", employer=None, active=True)
        user = create_user(session, "nora", "Nora N.")
        give_mandate(session, office.tenants["kreis"].id, user, "clerk", date(2026, 1, 1))
        sso.link(session, row, SUBJECT, user, row.created_at)
    yield made, row
    made.server.shutdown()
    made.server.server_close()


def _arrive(office: Any, liar: Liar, row: SsoProvider) -> tuple[int, bool]:
    """Geht hin und zurück; gibt Status der Rückkehr und ob danach jemand angemeldet ist."""
    client = office.app.test_client()
    asked = parse_qs(urlsplit(client.get(f"/anmelden/dienst/{row.public_id}").location).query)
    liar.nonce = asked["nonce"][0]
    back = client.get(f"/anmelden/dienst/{row.public_id}/zurueck?code=c&state={asked['state'][0]}")
    return back.status_code, client.get("/sicherheit").status_code == 200


def test_the_right_answer_opens(office: Any, liar: tuple[Liar, SsoProvider]) -> None:
    made, row = liar
    made.token = made.signed
    assert _arrive(office, made, row) == (302, True), "sonst bewiesen die falschen nichts"


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_answer_opens_nothing(office: Any, liar: tuple[Liar, SsoProvider], kind: str) -> None:
    made, row = liar
    made.token = lambda claims: FORGED[kind](made, claims)
    assert _arrive(office, made, row) == (401, False)


@pytest.mark.parametrize("offers", [["none"], ["HS256"], ["none", "HS256"]])
def test_a_directory_without_a_signature_that_counts_opens_nothing(
    office: Any, liar: tuple[Liar, SsoProvider], offers: list[str]
) -> None:
    made, row = liar
    for kind in ("ohne Unterschrift", "mit dem Geheimnis der Anwendung"):
        made.offers, made.token = offers, lambda claims, kind=kind: FORGED[kind](made, claims)
        try:
            assert _arrive(office, made, row) == (401, False)
        finally:
            made.offers = ["RS256", "HS256", "none"]


def test_a_state_of_another_directory_or_none_opens_nothing(office: Any, liar: tuple[Liar, SsoProvider]) -> None:
    made, row = liar
    made.token = made.signed
    with platform_session(actor="verwaltung") as session:
        other = sso.save_provider(session, None, name="anderer", issuer=made.issuer, client="zwei", secret="",
                                  factor_rule="anbieter", accepted_amr="", employer=None, active=True)
    client = office.app.test_client()
    state = parse_qs(urlsplit(client.get(f"/anmelden/dienst/{other.public_id}").location).query)["state"][0]
    for query in (f"code=c&state={state}", "code=c", "code=c&state=", f"state={state}", "error=access_denied"):
        assert client.get(f"/anmelden/dienst/{row.public_id}/zurueck?{query}").status_code == 401
    assert client.get("/sicherheit").status_code == 302
