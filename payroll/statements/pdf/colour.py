"""Farbprofil der Dokumente: aufzubewahrende Dokumente (PDF/A) sagen, was ihr Grau bedeutet (ISO 19005-2, 6.2.4)."""

from __future__ import annotations

import functools
import struct

from PIL import ImageCms

# The profile carries its day of making; documents must not change from one process to the next.
MADE = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
DATE = slice(24, 36)
INTENT = (
    "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB IEC61966-2.1)/Info(sRGB IEC61966-2.1)"
    "/DestOutputProfile %d 0 R>>"
)


@functools.cache
def profile() -> bytes:
    """Das Profil sRGB als Bytes, in jedem Prozess gleich."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[DATE] = MADE
    return bytes(made)
