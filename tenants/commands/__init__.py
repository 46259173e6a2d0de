"""Befehle des Fundaments: Protokoll, Schlüssel, Sicherung. payroll/cli.py hängt sie an „kreislohn“."""

from __future__ import annotations

import click

from tenants.commands.audit import checkpoint, export, key


def register(root: click.Group, audit: click.Group) -> None:
    """Hängt die Befehle an; audit ist die vorhandene Gruppe „kreislohn audit“."""
    for command in (checkpoint, export, key):
        audit.add_command(command)
