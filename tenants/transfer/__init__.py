"""Einen Mandanten verschlossen hinaustragen und anderswo unverändert wieder aufstellen."""

from tenants.transfer.frames import TransferError
from tenants.transfer.inward import load, manifest_of
from tenants.transfer.outward import write
from tenants.transfer.selection import Manifest, Part, select_parts

__all__ = ["Manifest", "Part", "TransferError", "load", "manifest_of", "select_parts", "write"]
