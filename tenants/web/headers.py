"""Antwortköpfe an einer Stelle: Inhaltsregeln, Verschlüsselung, keine Ablage personenbezogener Seiten."""

from __future__ import annotations

from flask import Flask, Response, request

from tenants.web.access import access_of

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONE_YEAR = 31_536_000


def install(app: Flask) -> None:
    """Hängt die Köpfe an jede Antwort."""

    @app.after_request
    def add(response: Response) -> Response:
        # A page that names who may frame it says so in its own policy; the older header could only contradict it.
        framed = "frame-ancestors https:" in response.headers.get("Content-Security-Policy", "")
        for name, value in FIXED.items():
            if not (framed and name == "X-Frame-Options"):
                response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
        if _personal(app):
            response.headers["Cache-Control"] = "no-store"
        return response


def _personal(app: Flask) -> bool:
    stated = access_of(app, request.endpoint) if request.endpoint else None
    return stated is None or stated.personal
