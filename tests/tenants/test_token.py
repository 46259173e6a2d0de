"""Hauptschlüssel in Hardware, geprüft mit SoftHSM: er verlässt den Baustein nie, alles rechnet mit ihm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pkcs11
import pytest
from sqlalchemy import select

from tenants import service
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import TenantKey
from tenants.security import masterkey, open_sealed, seal, token
from tenants.security.masterkey import MasterKeyError

PIN = "29431857"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so")


@pytest.fixture(scope="module")
def module() -> str:
    found = [path for path in MODULES if Path(path).exists()]
    assert shutil.which("softhsm2-util"), "SoftHSM fehlt: „apt-get install softhsm2“ ausführen"
    assert found, "SoftHSM ist da, seine Bibliothek nicht"
    return found[0]


@pytest.fixture(scope="module")
def store(module: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("baustein")
    (place / "tokens").mkdir()
    (place / "softhsm2.conf").write_text(f"directories.tokendir = {place}/tokens\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(place / "softhsm2.conf"))
        command = ["softhsm2-util", "--init-token", "--free", "--label", "kreislohn", "--pin", PIN, "--so-pin", "9" * 8]
        subprocess.run(command, check=True, capture_output=True)
        patch.setenv(token.ENV_PIN, PIN)
        token.create(f"pkcs11:token=kreislohn;object=haupt?module-path={module}")
    return str(place / "softhsm2.conf")


@pytest.fixture
def uri(store: str, module: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SOFTHSM2_CONF", store)
    monkeypatch.setenv(token.ENV_PIN, PIN)
    return f"pkcs11:token=kreislohn;object=haupt?module-path={module}"


def test_the_key_computes_but_cannot_be_read(uri: str, module: str) -> None:
    key = token.from_uri(uri)
    assert (len(key.derive("wrap")), key.secret) == (32, b"")
    assert key.derive("wrap") == token.from_uri(uri).derive("wrap") != key.derive("backup")
    with pkcs11.lib(module).get_token(token_label="kreislohn").open(user_pin=PIN) as session:
        held = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label="haupt")
        assert (held[pkcs11.Attribute.SENSITIVE], held[pkcs11.Attribute.EXTRACTABLE]) == (True, False)
        with pytest.raises(pkcs11.PKCS11Error):
            held[pkcs11.Attribute.VALUE]


def test_tenants_live_under_a_key_in_hardware(database: Dsns, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(masterkey.ENV_PKCS11, uri)
    hardware = masterkey.from_environment()
    monkeypatch.setattr(masterkey, "_current", hardware)
    with platform_session(actor="test") as session:
        tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis").id
        assert {row.master_id for row in session.scalars(select(TenantKey))} == {hardware.key_id}
    with tenant_session(tenant, actor="test") as session:
        sealed = seal(session, b"geheim", table="t", row="1", column="c")
    monkeypatch.setattr(masterkey, "_current", token.from_uri(uri))
    with tenant_session(tenant, actor="test") as session:
        assert open_sealed(session, sealed, table="t", row="1", column="c") == b"geheim"


def test_moving_from_the_file_into_hardware_changes_no_value(
    run: Callable[..., tuple[int, str]], two_tenants: tuple[int, int], uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_session(two_tenants[1], actor="test") as session:
        sealed = seal(session, b"geheim", table="t", row="1", column="c")
    code, said = run("keys", "rewrap", "--new-key-pkcs11", uri, "--reason", "Umzug in Hardware")
    assert code == 0, said
    monkeypatch.delenv(masterkey.ENV_KEY)
    monkeypatch.setenv(masterkey.ENV_PKCS11, uri)
    monkeypatch.setattr(masterkey, "_current", masterkey.from_environment())
    with tenant_session(two_tenants[1], actor="test") as session:
        assert open_sealed(session, sealed, table="t", row="1", column="c") == b"geheim"


def test_wrong_pin_missing_key_and_bad_address_say_what_to_do(
    uri: str, module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(MasterKeyError, match="gibt es haupt schon"):
        token.create(uri)
    with pytest.raises(MasterKeyError, match="token-create"):
        token.from_uri(uri.replace("object=haupt", "object=fehlt"))
    with pytest.raises(MasterKeyError, match="antwortet nicht"):
        token.from_uri(uri.replace("token=kreislohn", "token=anderes"))
    for wrong in ("pkcs11:token=kreislohn", f"{uri}&pin-value=1", "datei:x"):
        with pytest.raises(MasterKeyError):
            token.place_of(wrong)
    monkeypatch.setenv(token.ENV_PIN, "00000000")
    with pytest.raises(MasterKeyError, match="PIN prüfen"):
        token.from_uri(uri)
    monkeypatch.delenv(token.ENV_PIN)
    with pytest.raises(MasterKeyError, match="PIN des Bausteins fehlt"):
        token.from_uri(uri)
    pin = tmp_path / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o644)
    monkeypatch.setenv(token.ENV_PIN_FILE, str(pin))
    with pytest.raises(MasterKeyError, match="chmod 600"):
        token.from_uri(uri)
    pin.chmod(0o600)
    assert token.from_uri(uri).derive("wrap")
