"""Bewerbungsschluss: wie viele Bewerbungen mit Unterlagen je Stunde zwei Prozesse des Produktionsservers annehmen.

    python tests/load/deadline.py --seconds 3600 --rates 2000 --locust PFAD         die volle Stunde
    python tests/load/deadline.py --seconds 120 --rates 2000,8000,16000 --locust PFAD   wie weit es geht

Jede Bewerbung kommt von einer eigenen Adresse, mit den gewöhnlichen Grenzen der öffentlichen Tür: Anzeige, Formular,
Absenden mit PDF (400 kB) und Foto (100 kB), Seite mit dem Stand. Am Ende stehen genau die bestätigten in der Datenbank,
jede mit beiden Unterlagen.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
from pathlib import Path

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import func, select

from jobportal.models import Bewerbung, BewerbungUnterlage
from payroll.bench.board import TODAY, hung
from payroll.bench.close import connect
from payroll.bench.own_server import own_server
from tenants.db.session import tenant_session
from tests.load.processes import servers
from tests.load.rates import SHARE, WARM, Visit, held, wishes

PROCESSES, REQUESTS = 2, 4
VISIT = Visit("applicants.py", users=60, slowest=1000, finish=30)


def main() -> int:
    """Misst Rate um Rate; die erste muss halten."""
    wish = wishes(__doc__, "2000,8000,16000")
    with own_server() as (_server, dsns), tempfile.TemporaryDirectory() as folder:
        connect(dsns)
        tenant, keys = hung()
        papers = {"lebenslauf.pdf": _pdf(Path(folder)), "foto.jpg": _photo(Path(folder))}
        with servers(dsns, PROCESSES, TODAY) as hosts:
            best, sent = 0, 0
            plan = {"hosts": hosts, "keys": keys[:3], "papers": papers, "users": VISIT.users}
            for number, hourly in enumerate([2000, *(int(one) for one in wish.rates.split(","))]):
                rate = {**plan, "rate": hourly / 3600 * REQUESTS, "first": number * 1_000_000}
                found = held(wish.locust, VISIT, rate, wish.seconds if number else WARM)
                sent += _accepted(found)
                if not number:
                    continue  # warming up: a process that has just begun loads its pages with the first request
                print(json.dumps({"je Stunde": hourly, **found}, ensure_ascii=False), flush=True)
                if found["failures"] or found["p95"] > VISIT.slowest or found["rate"] < rate["rate"] * SHARE:
                    break
                best = hourly
        kept = _kept(tenant)
    print(f"gehalten: {best} Bewerbungen je Stunde; bestätigt {sent}, in der Datenbank {kept}")
    return 0 if best and kept == sent else 1


def _accepted(found: dict[str, dict[str, float]]) -> int:
    return int(found["good_each"].get("Absenden", 0))


def _kept(tenant: int) -> int:
    """Vollständige Bewerbungen dieses Durchgangs: eingegangen, mit zwei Unterlagen."""
    papers = select(BewerbungUnterlage.bewerbung_id).group_by(BewerbungUnterlage.bewerbung_id).having(
        func.count() == 2)
    with tenant_session(tenant, actor="messung") as session:
        return session.scalar(select(func.count(Bewerbung.id)).where(Bewerbung.zustand == "eingegangen",
                                                                     Bewerbung.id.in_(papers))) or 0


def _pdf(folder: Path) -> str:
    """Ein Lebenslauf mit einem Bild, etwa 400 kB."""
    canvas = Canvas(str(folder / "lebenslauf.pdf"))
    noise = random.Random(1).randbytes(400 * 330 * 3)
    for page in range(3):
        canvas.drawString(72, 780, f"Lebenslauf, Seite {page + 1}")
        if page == 0:
            canvas.drawInlineImage(Image.frombytes("RGB", (400, 330), noise), 72, 300)
        canvas.showPage()
    canvas.save()
    return str(folder / "lebenslauf.pdf")


def _photo(folder: Path) -> str:
    """Ein Foto, etwa 100 kB."""
    made = io.BytesIO()
    Image.frombytes("RGB", (260, 200), random.Random(2).randbytes(260 * 200 * 3)).save(made, "JPEG", quality=95)
    (folder / "foto.jpg").write_bytes(made.getvalue())
    return str(folder / "foto.jpg")


if __name__ == "__main__":
    sys.exit(main())
