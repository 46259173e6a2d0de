"""Was in der Einstellungsdatei stehen darf: eine Tabelle, aus der auch ihre Beschreibung entsteht."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "path", "secret_file", "number", "list", "choice", "address", "time", "url"]


@dataclass(frozen=True)
class Key:
    """Eine Angabe: Abschnitt und Name in der Datei, Umgebungsvariable, Art und was sie bedeutet.

    secret: die Umgebungsvariable, in die der Inhalt der Datei kommt, wenn die Angabe auf ein Geheimnis zeigt.
    """

    section: str
    name: str
    variable: str
    kind: Kind
    words: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    secret: str | None = None

    @property
    def title(self) -> str:
        """Wie in Meldungen: [abschnitt] name."""
        return f"[{self.section}] {self.name}"


def _secret(section: str, name: str, variable: str, words: str) -> Key:
    return Key(section, name, f"{variable}_FILE", "secret_file", words, secret=variable)


DATABASE = "KREISLOHN_DATABASE_URL"
KEYS = (
    Key("server", "data", "KREISLOHN_DATA", "path", "Datenverzeichnis, wie --data"),
    Key("server", "host", "KREISLOHN_HOST", "text", "Adresse, auf der der Server hört; Vorgabe 127.0.0.1"),
    Key("server", "port", "KREISLOHN_PORT", "number", "Port; Vorgabe 8080", low=1, high=65535),
    Key("server", "names", "KREISLOHN_NAMES", "list", "Namen, unter denen der Server antwortet, wie --name"),
    Key("server", "proxies", "KREISLOHN_PROXIES", "number", "vorgeschaltete Webserver; Vorgabe 1", low=1, high=5),
    Key("server", "threads", "KREISLOHN_THREADS", "number", "Anfragen zugleich; Vorgabe 8", low=1, high=64),
    _secret("database", "url_file", DATABASE, "Datei mit der Adresse einer Rolle, die Rollen und Datenbanken anlegt"),
    _secret("database", "owner_url_file", f"{DATABASE}_OWNER", "Datei mit der Adresse der Rolle für Besitz und Umbau"),
    _secret("database", "app_url_file", f"{DATABASE}_APP", "Datei mit der Adresse der Rolle der Anwendung"),
    _secret("database", "platform_url_file", f"{DATABASE}_PLATFORM", "Datei mit der Adresse der Rolle der Plattform"),
    _secret("database", "backup_url_file", f"{DATABASE}_BACKUP", "Datei mit der Adresse der Rolle für die Sicherung"),
    Key("database", "postgres_bin", "KREISLOHN_POSTGRES_BIN", "path", "Programme eines bestimmten PostgreSQL"),
    Key("keys", "master_key_file", "KREISLOHN_MASTER_KEY_FILE", "secret_file", "Datei mit dem Hauptschlüssel"),
    Key("keys", "previous_file", "KREISLOHN_MASTER_KEY_PREVIOUS_FILE", "secret_file",
        "Datei mit dem vorigen Hauptschlüssel, nur während eines Wechsels"),
    Key("keys", "pkcs11", "KREISLOHN_MASTER_KEY_PKCS11", "text", "Adresse des Hauptschlüssels in Hardware"),
    Key("keys", "pin_file", "KREISLOHN_MASTER_KEY_PIN_FILE", "secret_file", "Datei mit der PIN der Hardware"),
    _secret("mail", "url_file", "KREISLOHN_SMTP_URL", "Datei mit der Adresse des Mailservers"),
    Key("mail", "from", "KREISLOHN_MAIL_FROM", "text", "Absender"),
    Key("log", "format", "KREISLOHN_LOG_FORMAT", "choice", "Form des Logs: text oder json", choices=("text", "json")),
    Key("log", "level", "KREISLOHN_LOG_LEVEL", "choice", "ab welcher Stufe",
        choices=("debug", "info", "warning", "error")),
    Key("metrics", "address", "KREISLOHN_METRICS", "address",
        "eigener Zugang der Überwachung, zum Beispiel 127.0.0.1:9464; ohne Angabe keiner"),
    _secret("metrics", "token_file", "KREISLOHN_METRICS_TOKEN",
            "Datei mit dem Kennwort der Überwachung (ab 32 Zeichen); nötig außerhalb von 127.0.0.1"),
    Key("tracing", "address", "KREISLOHN_TRACING", "url",
        "Sammler der Spuren (OpenTelemetry), zum Beispiel http://127.0.0.1:4318/v1/traces; ohne Angabe keine"),
    Key("runs", "part", "KREISLOHN_RUN_PART", "number",
        "Beschäftigungen je Stück eines großen Laufs; geteilt wird ab viermal so vielen; Vorgabe 5000",
        low=1, high=100_000),
    Key("nightly", "at", "KREISLOHN_NIGHTLY_AT", "time", "wann der Nachtlauf kommt (für die Seite); Vorgabe 02:30"),
    Key("nightly", "documents", "KREISLOHN_NIGHTLY_DOCUMENTS", "path", "Verzeichnis für die Urkunden der Löschung"),
)
