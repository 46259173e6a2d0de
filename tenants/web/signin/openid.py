"""Gespräch mit einem Verzeichnisdienst: hin mit state, nonce und PKCE; zurück geprüft gegen seine Schlüssel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from tenants.models.access import SsoProvider
from tenants.users import sso
from tenants.web import own_name

# Signed with a key of the provider: neither "none" nor a secret that the application itself knows.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
TIMEOUT = 10
STATE = "_state_"


class ProviderFailed(RuntimeError):
    """Der Verzeichnisdienst ist nicht erreichbar oder seine Antwort hält der Prüfung nicht stand."""


@dataclass(frozen=True)
class Asserted:
    """Was der Dienst bezeugt: die Kennung des Menschen und die Arten seiner Anmeldung."""

    subject: str
    amr: tuple[str, ...]


def start(provider: SsoProvider) -> Response:
    """Leitet zum Dienst; angefangene frühere Versuche dieser Sitzung enden."""
    for key in [key for key in session if key.startswith(STATE)]:
        session.pop(key)
    try:
        client = _client(provider)
        answer = client.authorize_redirect(callback(provider))
    except (AuthlibBaseError, requests.RequestException, ValueError, RuntimeError) as error:
        raise ProviderFailed(type(error).__name__) from error
    assert isinstance(answer, Response)
    return answer


def finish(provider: SsoProvider) -> Asserted:
    """Prüft die Rückkehr: state der Sitzung, Code mit PKCE, Unterschrift, Aussteller, Empfänger, Frist und nonce."""
    try:
        client = _client(provider)
        token = client.authorize_access_token()
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, RuntimeError, KeyError) as error:
        raise ProviderFailed(type(error).__name__) from error
    claims = token.get("userinfo")
    if not claims or claims.get("iss") != provider.issuer or not claims.get("sub"):
        raise ProviderFailed("ohne geprüfte Kennung")
    amr = claims.get("amr") or ()
    return Asserted(str(claims["sub"]), tuple(str(one) for one in amr) if isinstance(amr, list) else ())


def _client(provider: SsoProvider) -> Any:
    """Client dieses Dienstes; seine Angaben kommen frisch aus der Datenbank und von seiner Auskunftsseite."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the way of Werkzeug's proxies
    client = OAuth(app).register(
        name=f"sso{provider.id}",
        client_id=provider.client,
        client_secret=sso.secret_of(provider),
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != provider.issuer:
        raise ProviderFailed("anderer Aussteller")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in ALGORITHMS]
    return client


def callback(provider: SsoProvider) -> str:
    """Adresse der Rückkehr, unter dem eigenen Namen des Servers."""
    return own_name.root() + url_for("sso.back", dienst=provider.public_id)
