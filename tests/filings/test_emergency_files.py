"""Notpaket: die freigegebene Zahlungsdatei des letzten Monats liegt bei, sonst sagt die Anleitung, was sie ersetzt."""

from __future__ import annotations

from typing import Any

from payroll.filings.emergency import payment_files
from payroll.filings.sepa import orders
from payroll.statements import emergency
from tenants.backup import pack
from tests.archive_papers import drawn


def test_only_a_released_file_belongs_into_the_pack(fresh_town: Any) -> None:
    town = fresh_town
    with town.session() as session:
        tenant = session.info["tenant"]
    papers = drawn(tenant, ["Anna", "Bernd"])
    with town.session() as session:
        made = orders.create(session, town.month, today=town.today, now=town.now).auftrag
        assert payment_files(session) == {}
        without = pack.opened(emergency.build(session, files=payment_files(session))[0], papers)
    with town.session("kurt") as session:
        orders.release(session, made.public_id, sha256=made.sha256.hex(), today=town.today)
    with town.session() as session:
        files = payment_files(session)
        opened = pack.opened(emergency.build(session, files=files)[0], papers)
    assert [name for name in opened if name.startswith("zahlungsdatei/")] == [f"zahlungsdatei/{made.msg_id}.xml"]
    assert opened[f"zahlungsdatei/{made.msg_id}.xml"].startswith(b"<?xml")
    assert "ist keine Zahlungsdatei freigegeben" in without["ANLEITUNG.txt"].decode()
    assert "von zwei Menschen freigegebene Datei" in opened["ANLEITUNG.txt"].decode()
