"""kreislohn keys: Schlüssel ansehen, wechseln, neu einwickeln, vernichten."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenants.commands import site, stated
from tenants.counting import counted

if TYPE_CHECKING:
    from tenants.db.session import PlatformSession
    from tenants.security.masterkey import MasterKey

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("keys")
def keys() -> None:
    """Schlüssel der Mandanten und der Hauptschlüssel."""


def _reason(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--reason", required=True, help="Grund; er steht im Protokoll.")(command)


@contextmanager
def _platform() -> Iterator[PlatformSession]:
    from tenants.db.session import platform_session
    from tenants.security import KeyMissing, SealBroken
    from tenants.security.destruction import CertificateInvalid

    try:
        with platform_session(actor=site.actor()) as session:
            yield session
    except (KeyMissing, SealBroken, CertificateInvalid) as error:
        raise click.ClickException(str(error)) from error


@keys.command("list")
@site.data_option
@stated.operator("nennt Versionen, nie Schlüssel")
def list_keys(data: Path) -> None:
    """Nennt je Mandant Zweck, Versionen und Hauptschlüssel, nie die Schlüssel selbst."""
    from sqlalchemy import select

    from tenants.models.tenant import Tenant, TenantKey

    with site.database(data), _platform() as session:
        rows = session.execute(
            select(Tenant.number, TenantKey)
            .join(TenantKey, TenantKey.tenant_id == Tenant.id, isouter=True)
            .order_by(Tenant.number, TenantKey.purpose, TenantKey.version)
        ).all()
    for number, row in rows:
        if row is None:
            click.echo(f"{number}: keine Schlüssel (vernichtet)")
            continue
        until = f", abgelöst {row.retired_at:%d.%m.%Y}, zum Lesen gültig" if row.retired_at else ""
        purpose = {"data": "Daten", "lookup": "Suche"}[row.purpose]
        click.echo(
            f"{number}: {purpose} Version {row.version}, seit {row.created_at:%d.%m.%Y}{until}, "
            f"Hauptschlüssel {row.master_id}"
        )


@keys.command("rotate")
@site.data_option
@click.option("--tenant", "numbers", multiple=True, help="Nummer des Mandanten; mehrfach möglich.")
@click.option("--all", "everyone", is_flag=True, help="Alle Mandanten, die Schlüssel haben.")
@_reason
@stated.operator("Schlüssel gehören dem Betrieb; steht im Protokoll")
def rotate(data: Path, numbers: tuple[str, ...], everyone: bool, reason: str) -> None:
    """Neuer Datenschlüssel für alles, was ab jetzt geschrieben wird; im laufenden Betrieb, Älteres bleibt lesbar."""
    from sqlalchemy import select

    from tenants.models.tenant import Tenant, TenantKey
    from tenants.security.rotation import rotate_data_key

    if bool(numbers) == everyone:
        raise click.UsageError("Entweder --tenant oder --all angeben.")
    with site.database(data), _platform() as session:
        held = select(Tenant).where(Tenant.id.in_(select(TenantKey.tenant_id))).order_by(Tenant.number)
        found = {tenant.number: tenant.id for tenant in session.scalars(held)}
        if unknown := [number for number in numbers if number not in found]:
            raise click.ClickException(f"Ohne Schlüssel oder unbekannt: {', '.join(unknown)}. Siehe „keys list“.")
        for number in numbers or found:
            click.echo(f"{number}: Version {rotate_data_key(session, found[number], reason)}")


@keys.command("rewrap")
@site.data_option
@click.option("--new-key-file", type=FILE, help="Neuer Hauptschlüssel; fehlt die Datei, entsteht sie.")
@click.option("--new-key-pkcs11", help="Neuer Hauptschlüssel in Hardware (Adresse nach RFC 7512).")
@_reason
@stated.operator("Schlüssel gehören dem Betrieb; steht im Protokoll")
def rewrap(data: Path, new_key_file: Path | None, new_key_pkcs11: str | None, reason: str) -> None:
    """Wickelt alle Schlüssel mit einem neuen Hauptschlüssel ein; kein verschlüsselter Wert wird dabei angefasst."""
    from tenants.audit.checkpoint import public_key
    from tenants.security import masterkey, rotation, token

    if (new_key_file is None) == (new_key_pkcs11 is None):
        raise click.UsageError("Entweder --new-key-file oder --new-key-pkcs11 angeben.")
    with site.database(data):
        try:
            new = token.from_uri(new_key_pkcs11) if new_key_pkcs11 else masterkey.ensure_file(Path(str(new_key_file)))
        except masterkey.MasterKeyError as error:
            raise click.ClickException(str(error)) from error
        old = masterkey.current()
        if new.key_id != old.key_id:
            _vouch(old, new)
        with _platform() as session:
            wrapped, factors = rotation.rewrap(session, new, reason)
        click.echo(f"{wrapped} Schlüssel und {counted(factors, 'zweiter Faktor', 'zweite Faktoren')} neu "
                   f"eingewickelt: {old.key_id} → {new.key_id}.")
        click.echo(f"Schlüssel der Siegel, den Prüfenden geben: bisher {public_key(old)}, jetzt {public_key(new)}.")
    if new_key_file is not None:
        _exchange(data, new_key_file, old)
    else:
        click.echo(
            f"Jetzt {masterkey.ENV_PKCS11}={new_key_pkcs11} setzen und den Server neu starten. Den alten Schlüssel "
            f"({old.key_id}) behalten, solange es Sicherungen von vorher gibt, nicht auf dieser Maschine."
        )


def _vouch(old: MasterKey, new: MasterKey) -> None:
    """In jeder Kette bezeugt der alte Schlüssel der Siegel den neuen."""
    from tenants import service
    from tenants.audit import checkpoint
    from tenants.db.session import platform_session, tenant_session

    with platform_session(actor=site.actor()) as session:
        tenants = [tenant.id for tenant in service.list_tenants(session, state=None)]
    for tenant in tenants:
        with tenant_session(tenant, actor=site.actor()) as session:
            checkpoint.succeed(session, old, new)


def _exchange(data: Path, new_file: Path, old: MasterKey) -> None:
    from tenants.security import masterkey

    kept = f"Den alten ({old.key_id}) behalten, solange es Sicherungen von vorher gibt."
    own = data / "master.key"
    if masterkey.stated() or not own.exists():
        click.echo(
            f"Jetzt {masterkey.ENV_FILE}={new_file} setzen, {masterkey.ENV_PREVIOUS_FILE} entfernen, Server neu "
            f"starten. {kept}"
        )
        return
    own.rename(own.with_name(f"master.key.{old.key_id}"))
    fresh = own.with_name("master.key.neu")
    shutil.copy2(new_file, fresh)
    fresh.rename(own)
    click.echo(f"{own} ist jetzt der neue Hauptschlüssel; Server neu starten. {kept}")


@keys.command("token-create")
@click.option("--pkcs11", "uri", required=True, help="pkcs11:token=NAME;object=NAME?module-path=BIBLIOTHEK")
@stated.operator("legt einen Schlüssel in der Hardware des Betriebs an, ohne Mandanten")
def token_create(uri: str) -> None:
    """Erzeugt einen Hauptschlüssel in Hardware; er verlässt sie nie."""
    from tenants.security import masterkey, token

    try:
        made = token.create(uri)
    except masterkey.MasterKeyError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Hauptschlüssel {made.key_id} angelegt. Benutzen mit {masterkey.ENV_PKCS11}={uri}")


@keys.command("destroy")
@site.data_option
@click.option("--tenant", required=True, help="Nummer des Mandanten.")
@click.option("--confirm", required=True, help="Voller Name des Mandanten, abgetippt.")
@click.option("--certificate", type=FILE, required=True, help="Neue Datei für die unterschriebene Urkunde.")
@click.option("--package", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Das bewiesene Paket, mit dem der Mandant geht.")
@click.option("--without-proof", help="Grund, ohne bewiesenes Paket zu vernichten; er steht in Protokoll und Urkunde.")
@_reason
@stated.operator("Schlüssel gehören dem Betrieb; steht im Protokoll")
def destroy(data: Path, tenant: str, confirm: str, certificate: Path, package: Path | None, without_proof: str | None,
            reason: str) -> None:
    """Vernichtet alle Schlüssel eines Mandanten: seine verschlüsselten Werte sind danach für immer unlesbar."""
    from tenants.models.tenant import Tenant
    from tenants.security import destruction

    if certificate.exists():
        raise click.ClickException(f"{certificate} gibt es schon: einen anderen Namen angeben.")
    if without_proof is not None:
        click.echo("Warnung: ohne Beweis ist nicht geprüft, ob dieser Mandant sein vollständiges Paket hat "
                   "(leaving pack, leaving prove).")
    with site.database(data) as connected:
        number = site.tenant_id(tenant)
        with _platform() as session:
            made = destruction.destroy(session, session.get_one(Tenant, number), reason, confirmed=confirm,
                                       package=None if package is None else destruction.checksum(package),
                                       unproved=without_proof)
            certificate.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        _sweep(connected.dsns.owner)
    click.echo(f"{len(made['keys'])} Schlüssel von {tenant} vernichtet, Urkunde: {certificate}")
    click.echo(made["remains"])


def _sweep(owner: str) -> None:
    """Schreibt die Schlüsseltabelle neu, damit die gelöschten Zeilen auch aus ihrer Datei verschwinden."""
    import psycopg

    from tenants.db.engine import normalise

    plain = normalise(owner).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("VACUUM FULL tenant_key")


@keys.command("repeat-destroy")
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@site.data_option
@stated.operator("Schlüssel gehören dem Betrieb; steht im Protokoll")
def repeat_destroy(certificate: Path, data: Path) -> None:
    """Nach einer Rückkehr aus der Sicherung: vernichtet noch einmal, was die Urkunde nennt."""
    from tenants.security import destruction

    with site.database(data) as connected:
        with _platform() as session:
            count = destruction.repeat(session, certificate.read_text(encoding="utf-8", errors="replace"))
        _sweep(connected.dsns.owner)
    click.echo(f"{count} Schlüssel vernichtet." if count else "Nichts zu tun: die Schlüssel gibt es hier nicht mehr.")
