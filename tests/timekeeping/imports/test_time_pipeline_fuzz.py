"""Verdorbene Dateien durch den ganzen Weg: nie halb gespeichert, Summen gleich, gebucht nie mehr als angenommen."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from timekeeping import service
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile

LINE = st.builds(
    ";".join,
    st.tuples(
        st.sampled_from(["10234", "10511", "010234", "777", "", "x" * 30]),
        st.sampled_from(["3", "16", "17", "31", "0", "a"]),
        st.sampled_from(["11", "12", "13"]),
        st.sampled_from(["1300", "1420", "9", "FALSCH"]),
        st.sampled_from(["1", "2,25", "-3", "1.000,5", "0", "zwei", "=1+1", "9" * 19, "13"]),
    ),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, min_size=1, max_size=12), put=st.binary(max_size=3), at=st.integers(0, 400))
def test_nothing_half_and_sums_hold(
    haus: Any, tage: Callable[..., bytes], lines: list[str], put: bytes, at: int
) -> None:
    data = tage(*lines)
    data = data[:at] + put + data[at:]
    before = _counted(haus)
    try:
        with haus.als() as session:
            kennung = str(service.read_in(session, haus.bestand, "f.csv", data, "stunden-pro-tag").public_id)
    except ImportFehler:
        assert _counted(haus) == before
        return
    with haus.als("bernd") as session:
        datei = service.approve(session, haus.bestand, service.find(session, kennung))
        proof = service.prove(session, datei)
        assert proof.stimmt
        assert sum(service.counts(session, datei).values()) == proof.zeilen_datei
        accepted = [one for one in service.preview(session, datei) if one.stand == "angenommen"]
        assert sum((one.menge for one in accepted), Decimal(0)) == proof.summen_gebucht.get("stunden", Decimal(0))
    with haus.als() as session:
        service.withdraw(session, haus.bestand, service.find(session, kennung), reason="Probe")
        booked = select(func.count()).select_from(ZeitZeile).where(ZeitZeile.gebucht)
        assert session.scalars(booked).one() == 0


def _counted(haus: Any) -> tuple[int, int]:
    with haus.als() as session:
        return tuple(session.scalars(select(func.count()).select_from(one)).one()  # type: ignore[return-value]  # two
                     for one in (ZeitDatei, ZeitZeile))
