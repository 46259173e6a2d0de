"""Mit der zweiten Freigabe entsteht ein Siegel; seine Nummer und sein Kopf sind der Anker auf dem Freigabevermerk."""

from __future__ import annotations

from sqlalchemy import select

from tenants.audit import verifier
from tenants.audit.checkpoint import latest, public_key, seal_chain, sealed_lines
from tenants.audit.models import AuditEntry
from tenants.audit.service import record
from tenants.db.session import tenant_session


def test_the_latest_seal_of_an_occasion_is_found_and_holds_against_a_cut_chain(two_tenants) -> None:
    with tenant_session(two_tenants.first, actor="hanna") as session:
        assert latest(session, "freigabe:2026-10") is None
        record(session, "lauf.freigegeben", "lauf:2026-10", {"seite": "kreis"})
        first = seal_chain(session, "freigabe:2026-10")
        record(session, "lauf.zurueckgenommen", "lauf:2026-10", {}, "Zulage fehlt")
        second = seal_chain(session, "freigabe:2026-10")
    with tenant_session(two_tenants.first, actor="hanna") as session:
        found, other = latest(session, "freigabe:2026-10"), latest(session, "freigabe:2026-09")
        lines = [f"{line}\n" for line in sealed_lines(session)]
        held = session.scalars(select(AuditEntry).where(AuditEntry.id == second.seq)).one()
    assert (found, other) == (second, None)
    assert first.seq < second.seq
    assert held.hash.hex() == second.head
    assert not verifier.check(lines, [public_key()], {second.seq: second.head}).problems
    assert verifier.check(lines, [public_key()], {second.seq: first.head}).problems
