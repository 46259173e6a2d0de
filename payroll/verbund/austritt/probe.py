"""Das Paket in eine leere Einrichtung, und der Beweis: Kette, Hashes, ein Lauf noch einmal gerechnet, alles gleich."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from migrations import runner
from payroll.runs.models import Lauf
from payroll.runs.replay import Replayed, pack_run, replay
from payroll.verbund.austritt.paket import KIND
from tenants.audit.export import verify_database
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import tenant_session
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tenants.transfer import Manifest, TransferError, load, manifest_of

ACTOR = "übernahmeprobe"


@dataclass(frozen=True)
class Probe:
    """Was die Probe ergab; `nachgerechnet` None: kein Monat war abgeschlossen."""

    manifest: Manifest
    laeufe: int
    kette: int
    nachgerechnet: Replayed | None

    @property
    def gleich(self) -> bool:
        """Ob der nachgerechnete Lauf Bit für Bit derselbe ist (oder keiner nachzurechnen war)."""
        return self.nachgerechnet is None or self.nachgerechnet.identical

    @property
    def bewiesen(self) -> bool:
        """Ob er gleich ist oder ein Programm mit anderen Regeln auf dieselben Beträge kommt."""
        return self.gleich or (self.nachgerechnet is not None and self.nachgerechnet.only_rules_differ)


def take_in(dsns: Dsns, source: Path, key: MasterKey, master: MasterKey) -> Manifest:
    """Spielt das Paket in eine leere Datenbank ein und baut sie auf den Stand des Programms um.

    Die Verbindungen dieses Prozesses zeigen danach auf diese Datenbank.
    """
    made = manifest_of(source, key)
    if made.extra.get("art") != KIND:
        raise TransferError(f"{source.name} ist nicht das Paket eines ganzen Arbeitgebers.")
    if made.revision > runner.head():
        raise TransferError(f"Das Paket hat den Stand {made.revision}, das Programm kennt nur {runner.head()}: das "
                            "neuere Programm benutzen.")
    runner.upgrade(dsns.owner, made.revision)
    load(dsns.owner, source, key, master)
    masterkey.configure(master)
    runner.upgrade(dsns.owner)
    engine.configure(dsns.app, dsns.platform)
    return made


def prove(first: Dsns, second: Callable[[], AbstractContextManager[Dsns]], source: Path, key: MasterKey,
          master: MasterKey) -> Probe:
    """Spielt ein, prüft Kette und Hashes aller Läufe und rechnet den letzten in einer zweiten leeren Datenbank nach."""
    made = take_in(first, source, key, master)
    stated = made.extra["laeufe"]
    with tempfile.TemporaryDirectory() as folder, tenant_session(made.tenant_id, actor=ACTOR) as session:
        verdict = verify_database(session)
        if verdict.breaks:
            raise TransferError("Die Kette des Protokolls ist nach dem Einspielen unterbrochen: nichts vernichten.")
        found = [{"monat": row.monat.isoformat(), "hash": row.ergebnis_hash, "anzahl": row.anzahl, "netto": row.netto}
                 for row in session.scalars(select(Lauf).where(Lauf.zustand == "abgeschlossen").order_by(Lauf.monat))]
        if found != stated:
            raise TransferError("Die Läufe der eingespielten Einrichtung sind andere als im Paket: nichts vernichten.")
        if not stated:
            return Probe(made, 0, verdict.entries, None)
        file = Path(folder) / "lauf.paket"
        pack_run(session, date.fromisoformat(stated[-1]["monat"]), file, key)
        session.commit()
        with second() as dsns:
            return Probe(made, len(stated), verdict.entries, replay(dsns, file, key, master))
