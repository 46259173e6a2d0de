"""Schlechte Tage: volle Platte, abgelaufenes Zertifikat, verlorene Verbindung, springende Uhr. Nichts geht verloren."""

from __future__ import annotations

import base64
import resource
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from payroll import nightly_jobs
from tenants import audit
from tenants.audit.export import verify_database
from tenants.audit.models import AuditEntry
from tenants.backup import service as backups
from tenants.db import engine, passwords
from tenants.db.engine import Dsns
from tenants.db.server import Server
from tenants.db.session import platform_session, tenant_session
from tenants.db.setup import Connected
from tenants.interfaces import service as interfaces
from tenants.models.access import OutboxMessage
from tenants.operation import certificate
from tenants.operation.nightly import JobFailed, Night
from tenants.outbox import sending
from tenants.security import masterkey
from tenants.users.service import create_user, give_mandate

Run = Callable[..., tuple[int, str]]


def test_a_full_disk_leaves_no_half_backup_and_says_so(
    run: Run, two_tenants: tuple[int, int], postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = str(engine.current().app.url.database)
    monkeypatch.setenv(backups.ENV_BACKUP, postgres.dsn(passwords.SUPERUSER, name))
    out = tmp_path / "ziel" / "monat.klb"
    with _largest_file(20_000):
        code, said = run("backup", "--out", str(out))
    assert code == 1
    assert "Platz und Rechte prüfen" in said
    assert list(out.parent.iterdir()) == []
    code, said = run("backup", "--out", str(out))
    assert code == 0, said
    assert out.stat().st_size > 20_000


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Größere Dateien kann dieser Prozess nicht schreiben, wie auf einer vollen Platte."""
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)


@pytest.mark.parametrize(("age", "accepted"), [(timedelta(0), True), (timedelta(days=400), False)])
def test_an_expired_certificate_of_the_mail_server_keeps_the_message(
    database: Dsns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age: timedelta, accepted: bool
) -> None:
    with platform_session(actor="test") as session:
        session.add(OutboxMessage(occasion="new_device", recipient="a@b.example", subject="x", body="y"))
    authority, chain = _certificate(tmp_path, datetime.now(UTC) - age)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    with _mail_server(chain) as port:
        server = sending.MailServer("smtps", "localhost", port, "kreislohn@b.example")
        if accepted:
            assert sending.send_due(server).failed == 1, "die Verbindung steht, nur nimmt dieser Server nichts an"
        else:
            with pytest.raises(sending.MailSettingsError, match="certificate has expired"):
                sending.send_due(server)
    with platform_session(actor="test") as session:
        (row,) = session.scalars(select(OutboxMessage))
        assert (row.sent_at, row.given_up_at, row.attempts) == (None, None, int(accepted))


@pytest.mark.parametrize(("age", "said", "good"), [
    (timedelta(0), "gilt bis", True), (timedelta(days=350), "gilt bis", False),
    (timedelta(days=400), "galt bis", False),
])
def test_the_certificate_of_the_web_server_is_watched_before_and_after_its_end(
    tmp_path: Path, age: timedelta, said: str, good: bool
) -> None:
    now = datetime.now(UTC)
    _authority, chain = _certificate(tmp_path, now - age)
    with _mail_server(chain) as port:
        words, fine = certificate.report(["localhost"], now, port)
    assert (words, fine) == (f"localhost {said} {now - age + timedelta(days=365):%d.%m.%Y}", good)


def test_the_certificate_is_looked_for_at_the_port_the_name_states(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    _authority, chain = _certificate(tmp_path, now)
    with _mail_server(chain) as port:
        words, fine = certificate.report([f"localhost:{port}"], now)
    assert (words, fine) == (f"localhost:{port} gilt bis {now + timedelta(days=365):%d.%m.%Y}", True)
    assert certificate.report(["localhost:99999"], now) == ("localhost:99999 ist von hier nicht zu erreichen", True)


def test_a_night_fails_when_the_certificate_ends_and_not_when_it_is_out_of_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Dsns
) -> None:
    night = Night(date(2026, 11, 25), Connected(database), tmp_path)
    monkeypatch.delenv("KREISLOHN_NAMES", raising=False)
    assert nightly_jobs.certificates(night) == "kein Name des Servers angegeben"
    monkeypatch.setenv("KREISLOHN_NAMES", "a.example b.example")
    ends = {"a.example": datetime.now(UTC) + timedelta(days=20), "b.example": None}
    monkeypatch.setattr(certificate, "valid_until", lambda name, _port: ends[name])
    with pytest.raises(JobFailed, match=r"a\.example gilt bis .*; b\.example ist von hier nicht zu erreichen: im"):
        nightly_jobs.certificates(night)
    ends["a.example"] = datetime.now(UTC) + timedelta(days=22)
    assert "im Webserver erneuern" not in nightly_jobs.certificates(night)


def _certificate(folder: Path, begin: datetime) -> tuple[Path, Path]:
    """Stelle und Zertifikat für localhost, 365 Tage ab begin gültig; die Stelle gilt noch."""
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stelle der Prüfung")])
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])

    def signed(subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int, *, authority: bool) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begin - timedelta(days=1))
        builder = builder.not_valid_after(begin + timedelta(days=days))
        builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        return builder.sign(root, hashes.SHA256())

    pem = serialization.Encoding.PEM
    (folder / "stelle.pem").write_bytes(signed(name, root, 3650, authority=True).public_bytes(pem))
    (folder / "kette.pem").write_bytes(
        signed(own, leaf, 365, authority=False).public_bytes(pem)
        + leaf.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "stelle.pem", folder / "kette.pem"


@contextmanager
def _mail_server(chain: Path) -> Iterator[int]:
    """Grüßt nach dem Handschlag und legt bei der ersten Anweisung auf."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        plain, _ = listener.accept()
        with plain:
            try:
                with context.wrap_socket(plain, server_side=True) as secured:
                    secured.sendall(b"220 probe\r\n")
                    secured.recv(1000)
            except (ssl.SSLError, OSError):
                return  # the client refused the certificate, as it should

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(20)
        listener.close()


def test_a_connection_lost_in_the_middle_takes_everything_back_and_the_next_one_works(
    two_tenants: tuple[int, int], postgres: Server
) -> None:
    tenant, name = two_tenants[0], str(engine.current().app.url.database)

    def cut_in_the_middle() -> None:
        with tenant_session(tenant, actor="test") as session:
            audit.record(session, "probe.vorher", "probe", {})
            with psycopg.connect(postgres.dsn(passwords.SUPERUSER, "postgres"), autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            audit.record(session, "probe.nachher", "probe", {})

    with pytest.raises(OperationalError):
        cut_in_the_middle()
    with tenant_session(tenant, actor="test") as session:
        assert session.scalar(select(func.count()).where(AuditEntry.action.startswith("probe."))) == 0
        audit.record(session, "probe.wieder", "probe", {})
    with tenant_session(tenant, actor="test") as session:
        assert verify_database(session).breaks == ()


def test_a_clock_that_jumps_back_locks_nobody_out(two_tenants: tuple[int, int]) -> None:
    today, now = date(2026, 11, 25), datetime(2026, 11, 25, 12, tzinfo=UTC)
    with platform_session(actor="test") as session:
        give_mandate(session, two_tenants[0], create_user(session, "uta", "Uta"), "clerk", today)
    with tenant_session(two_tenants[0], actor="uta") as session:
        _row, token = interfaces.issue(session, "Uhr", ["stellen.lesen"], today, today=today, rights={"staffplan.read"})
    for _turn in range(3):
        interfaces.admit(token, now=now, today=today, most=3)
    earlier = now - timedelta(hours=5)
    assert interfaces.admit(token, now=earlier, today=today, most=3), "die Minute zählt neu, statt Stunden zu sperren"
    for _turn in range(2):
        interfaces.admit(token, now=earlier, today=today, most=3)
    with pytest.raises(interfaces.TooMany) as many:
        interfaces.admit(token, now=earlier, today=today, most=3)
    assert many.value.seconds <= 61


def test_a_lost_master_key_is_named_and_no_new_one_takes_its_place(
    run: Run, two_tenants: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, data = masterkey.current(), tmp_path / "var"
    monkeypatch.delenv(masterkey.ENV_KEY)
    code, said = run("nightly", "--job", "technisches")
    assert code == 1
    assert f"gehört zum Hauptschlüssel {right.key_id}" in said
    assert "aus dem Tresor zurückholen" in said
    assert not (data / "master.key").exists(), "ein neuer Schlüssel sähe aus wie der richtige"
    masterkey.ensure_file(data / "master.key")
    assert run("nightly", "--job", "technisches")[0] == 1, "ein falscher ist so gut wie keiner"
    assert (data / "master.key").exists(), "was schon da war, bleibt"
    (data / "master.key").write_bytes(base64.b64encode(right.secret))
    assert run("nightly", "--job", "technisches")[0] == 0
