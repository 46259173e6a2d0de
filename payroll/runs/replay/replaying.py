"""Nachrechnung: das Paket in eine leere Datenbank, derselbe Lauf mit demselben Kenntnisstand, alles verglichen."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from migrations import runner
from payroll.law.plan import shelf
from payroll.runs import taxyear
from payroll.runs.calculate import calculate
from payroll.runs.replay.pack import results
from payroll.runs.values import VALUES
from tenants.db import engine
from tenants.db.engine import Dsns
from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import Tenant
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tenants.transfer import Manifest, TransferError, load, manifest_of

ACTOR = "nachrechnung"


@dataclass(frozen=True)
class Difference:
    """Ein Wert, der nicht derselbe ist (Cent); None: diese Abrechnung fehlt auf einer Seite."""

    personalnummer: str
    name: str
    paket: int | None
    hier: int | None


@dataclass(frozen=True)
class Replayed:
    """Ergebnis einer Nachrechnung."""

    manifest: Manifest
    hash_here: str
    rules_here: str
    count: int
    differences: list[Difference]

    @property
    def identical(self) -> bool:
        """Bit für Bit: alle Eingaben, Werte, Zeilen und Rückrechnungen ergeben denselben Hash."""
        return self.hash_here == self.run["ergebnis_hash"] and not self.differences

    @property
    def same_rules(self) -> bool:
        """Ob hier dieselben Regeln und Rechengrößen gelten wie damals."""
        return self.rules_here == self.run["regelwerk"]

    @property
    def only_rules_differ(self) -> bool:
        """Andere Regeln als damals, aber kein Wert einer Abrechnung ist verschieden; der Hash enthält die Regeln."""
        return not self.identical and not self.same_rules and not self.differences

    @property
    def run(self) -> Mapping[str, Any]:
        """Der Lauf, wie ihn das Paket nennt."""
        return self.manifest.extra["lauf"]  # type: ignore[no-any-return]  # written by pack_run

    @property
    def month(self) -> date:
        """Monat des Laufs."""
        return date.fromisoformat(self.manifest.extra["monat"])


def replay(dsns: Dsns, source: Path, key: MasterKey, master: MasterKey) -> Replayed:
    """Spielt das Paket in eine leere, noch nicht umgebaute Datenbank ein, rechnet und vergleicht.

    Die Verbindungen dieses Prozesses zeigen danach auf diese Datenbank. Ein älteres Paket wird nach dem Einspielen auf
    den Stand des Programms umgebaut. Wirft TransferError, wenn die Datei kein Paket eines Laufs ist.
    """
    made = manifest_of(source, key)
    if "ergebnisse" not in made.extra:
        raise TransferError(f"{source.name} ist das Paket eines Mandanten, nicht das eines Laufs.")
    if made.revision > runner.head():
        raise TransferError(f"Das Paket hat den Stand {made.revision}, das Programm kennt nur {runner.head()}: das "
                            "neuere Programm benutzen.")
    runner.upgrade(dsns.owner, made.revision)
    load(dsns.owner, source, key, master)
    masterkey.configure(master)  # a rebuild may seal what an older program wrote in the clear
    runner.upgrade(dsns.owner)
    engine.configure(dsns.app, dsns.platform)
    if "land" in made.extra:  # the row of the employer has today's, which may have been corrected since
        with platform_session(actor=ACTOR) as session:
            session.get_one(Tenant, made.tenant_id).bundesland = made.extra["land"]
    month, stand = date.fromisoformat(made.extra["monat"]), datetime.fromisoformat(made.extra["stand"])
    with _plan(made.extra["steuerplan"]), tenant_session(made.tenant_id, actor=ACTOR) as session:
        lauf = calculate(session, month, key=f"nachrechnung {made.created}", known_at=stand)
        found = results(session, lauf.id) if lauf.anzahl else {}
        return Replayed(made, lauf.ergebnis_hash or "", lauf.regelwerk or "", lauf.anzahl,
                        list(_differences(made.extra["ergebnisse"], found)))


def _differences(packed: Mapping[str, list[int]], here: Mapping[str, list[int]]) -> Iterator[Difference]:
    for number in sorted({*packed, *here}):
        if number not in packed or number not in here:
            at = VALUES.index("auszahlung")
            yield Difference(number, "auszahlung", *(side[number][at] if number in side else None
                                                     for side in (packed, here)))
            continue
        for name, then, now in zip(VALUES, packed[number], here[number], strict=True):
            if then != now:
                yield Difference(number, name, then, now)


@contextmanager
def _plan(content: str | None) -> Iterator[None]:
    """Der Programmablaufplan des Pakets, wenn der Monat vorläufig nach ihm bezahlt wurde."""
    if content is None:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "plan.xml"
        file.write_bytes(base64.b64decode(content))
        shelf.add(Path(folder), file)
        with taxyear.configured(Path(folder)):
            yield
