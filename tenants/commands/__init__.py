"""Befehle des Fundaments: Protokoll, Schlüssel, Sicherung, Post. payroll/cli.py hängt sie an „kreislohn“."""

from __future__ import annotations

import click

from tenants.commands.archive import archive
from tenants.commands.audit import checkpoint, export, key, verify
from tenants.commands.backup import backup, restore
from tenants.commands.keys import keys
from tenants.commands.mail import mail
from tenants.commands.release import release
from tenants.commands.supply import sbom
from tenants.commands.users import users


def register(root: click.Group, audit: click.Group) -> None:
    """Hängt die Befehle an; audit ist die Gruppe „kreislohn audit“."""
    for command in (verify, export, checkpoint, key):
        audit.add_command(command)
    for command in (backup, restore, keys, archive, mail, users, sbom, release):
        root.add_command(command)
