"""The public board: pages per second of one process with 500 postings and 20,000 applications behind it.

Measured is the application itself, without a network: list, search, advertisement, feed in turn. The
remark gives the time of one application with 10 MB of files.
"""

from __future__ import annotations

import io
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import select

from jobportal import board, postings
from jobportal import public as jobs
from jobportal.content import Anzeige
from jobportal.models import Ausschreibung, Bewerbung
from jobportal.postings import Merkmal
from jobportal.public import limits
from payroll.bench.measure import Measurement, timed
from payroll.statements import text_pdf
from tenants import service
from tenants.db import setup
from tenants.db.bulk import copy_rows
from tenants.db.session import TenantSession, platform_session, tenant_session
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tenants.web import shell
from tenants.web.settings import Settings

POSTINGS, APPLICATIONS = 500, 20_000
TODAY = date(2026, 11, 25)
SIDES = ("personal", "gleichstellung", "personalrat", "schwerbehinderung")
TEN_MEGABYTES = 10 * 1024 * 1024


def measure(size: int = 3_000) -> Measurement:
    """Answers ``size`` pages."""
    with market() as (app, keys):
        client, spent = app.test_client(), []
        paths = paths_of(keys)

        def work() -> None:
            for number in range(size):
                begun = time.perf_counter()
                answer = client.get(paths[number % len(paths)])
                spent.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.status_code

        work_once = client.get("/stellen")
        assert work_once.status_code == 200
        made = timed("board", size, "Seiten", work)
        made.remark = f"Bewerbung mit 10 MB in {_apply(client, keys[0]):.2f} s"
    return made.noted("eine Seite", spent)


def paths_of(keys: list[str]) -> list[str]:
    """The pages read in turn: list, search, advertisements, a later page, a filter."""
    return ["/stellen", "/stellen?suche=wohngeld&teilzeit=ja", f"/stellen/{keys[0]}", "/stellen?seite=7",
            f"/stellen/{keys[-1]}", "/stellen?bereich=it&sortierung=frist"]


def _apply(client: Any, key: str) -> float:
    """Seconds for one application with 10 MB of files."""
    part = b"%PDF-1.4\n" + os.urandom(TEN_MEGABYTES // 2 - 200) + b"\n%%EOF"
    begun = time.perf_counter()
    answer = client.post(f"/stellen/{key}/bewerben", content_type="multipart/form-data", data={
        "vorname": "A", "nachname": "B", "email": "a@b.example", "kenntnis": "ja", "was": "absenden",
        "unterlagen": [(io.BytesIO(part), "a.pdf"), (io.BytesIO(part), "b.pdf")]})
    assert answer.status_code == 303, answer.status_code
    return time.perf_counter() - begun


@contextmanager
def market() -> Iterator[tuple[Any, list[str]]]:
    """A database with the postings and applications, and the application in front of it."""
    with TemporaryDirectory(prefix="kl-") as directory:
        masterkey.configure(MasterKey(bytes(range(32))))
        connected = setup.connect(Path(directory))
        try:
            _tenant, keys = hung()
            app = Flask("bench", static_folder=None, template_folder=None)
            shell.install(app, Settings(bytes(range(32)), https=False, today=lambda: TODAY), loader=lambda _key: None,
                          catalogues=())
            jobs.register(app, lambda _session: [], text_pdf.render)
            app.extensions[limits.KEY].kinds = dict.fromkeys(limits.KINDS, (10**9, 60))
            yield app, keys
        finally:
            connected.stop()


def hung() -> tuple[int, list[str]]:
    """An employer with POSTINGS advertisements and the applications behind them; its number and their keys."""
    with platform_session(actor="bench") as session:
        tenant = service.create_tenant(session, "001", "Kreis Beispiel", "kreis")
    with tenant_session(tenant.id, actor="bench") as session:
        keys = [_hang(session, number) for number in range(POSTINGS)]
        _fill(session)
    board.forget()
    return tenant.id, keys


def _hang(session: TenantSession, number: int) -> str:
    ad = Anzeige(
        titel=f"Sachbearbeitung {'Wohngeld' if number % 5 == 0 else 'Bauamt'} {number} (m/w/d)", gruppe="E9b",
        bereich=("it", "soziales", "technik")[number % 3], entgelt_von=368_041, entgelt_bis=505_044,
        frist=TODAY + timedelta(days=20 + number % 40), plz="49999", ort="Auenstedt", kontakt_name="Personalamt",
        kontakt_telefon="1", kurz="Sie helfen.", aufgaben="- eins\n- zwei\n" * 5, profil="- drei\n" * 5,
        angebot="Gleitzeit")
    row = postings.draft(session, f"B-{number:04}", ad)
    postings.set_profile(session, row, [Merkmal("Erfahrung", False, 100)])
    postings.submit(session, row, TODAY)
    for side in SIDES:
        postings.decide_step(session, row, "ausschreibung", side, "zugestimmt", "")
    postings.publish(session, row, intern_ab=TODAY, extern_ab=TODAY, today=TODAY)
    return str(row.public_id)


def _fill(session: TenantSession) -> None:
    """The applications in bulk; their seals are of the usual size."""
    ids = list(session.scalars(select(Ausschreibung.id).order_by(Ausschreibung.id)))
    sealed, later, now = os.urandom(400), TODAY + timedelta(days=400), datetime.now(UTC)
    rows = ((uuid.uuid4(), ids[number % len(ids)], number // len(ids) + 1, os.urandom(32), "eingegangen", "de", sealed,
             sealed, {}, now, later, later) for number in range(APPLICATIONS))
    copy_rows(session, Bewerbung, ("public_id", "ausschreibung_id", "nummer", "geheim", "zustand", "sprache",
                                   "angaben_siegel", "schwerbehindert_siegel", "einwilligungen", "eingegangen_am",
                                   "zugesagt_bis", "loeschen_am"), rows)

