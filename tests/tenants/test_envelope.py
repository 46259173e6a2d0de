"""Umschlag und Schlüssel: an Ort und Mandant gebunden, Verfahren und Version im Wert, Wechsel und Vernichtung."""

from __future__ import annotations

import json
import os

import pytest
from sqlalchemy import delete, select

from tenants.db.session import platform_session, tenant_session
from tenants.models.tenant import TenantKey
from tenants.security import (
    KeyMissing,
    SealBroken,
    TenantKeys,
    envelope,
    keys_of,
    lookup_hash,
    masterkey,
    open_sealed,
    seal,
)
from tenants.security.envelope import HEAD
from tenants.security.keys import DATA, new_key, new_keys, unwrap
from tenants.security.masterkey import MasterKey
from tenants.security.rotation import destroy_keys, rotate_data_key

PLACE = {"table": "bankverbindung", "row": "42", "column": "iban"}
VALUE = b"DE02120300000000202051"


@pytest.fixture
def keys() -> TenantKeys:
    return TenantKeys(1, {1: os.urandom(32), 2: os.urandom(32)}, os.urandom(32))


def test_a_value_opens_at_its_place(keys: TenantKeys) -> None:
    sealed = seal(keys, VALUE, **PLACE)
    assert VALUE not in sealed
    assert open_sealed(keys, sealed, **PLACE) == VALUE
    assert seal(keys, VALUE, **PLACE) != sealed
    assert open_sealed(keys, seal(keys, b"", **PLACE), **PLACE) == b""


@pytest.mark.parametrize("moved", [{"table": "person"}, {"row": "43"}, {"column": "bic"}])
def test_it_does_not_open_elsewhere(keys: TenantKeys, moved: dict[str, str]) -> None:
    with pytest.raises(SealBroken, match="passt nicht zu seinem Ort"):
        open_sealed(keys, seal(keys, VALUE, **PLACE), **{**PLACE, **moved})


def test_it_does_not_open_for_another_tenant_even_with_the_same_key(keys: TenantKeys) -> None:
    other = TenantKeys(2, keys.data, keys.lookup)
    with pytest.raises(SealBroken):
        open_sealed(other, seal(keys, VALUE, **PLACE), **PLACE)


def test_places_do_not_run_into_each_other(keys: TenantKeys) -> None:
    sealed = seal(keys, VALUE, table="a", row="b", column='c","d')
    with pytest.raises(SealBroken):
        open_sealed(keys, sealed, table="a", row='b","c', column="d")


def test_every_single_byte_counts(keys: TenantKeys) -> None:
    sealed = seal(keys, VALUE, **PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises((SealBroken, KeyMissing)):
            open_sealed(keys, bytes(changed), **PLACE)
    for length in (0, 1, len(sealed) - 1):
        with pytest.raises(SealBroken):
            open_sealed(keys, sealed[:length], **PLACE)


def test_algorithm_and_key_version_are_in_the_value(keys: TenantKeys) -> None:
    sealed = seal(keys, VALUE, **PLACE)
    assert HEAD.unpack_from(sealed) == (1, 2)
    old = TenantKeys(1, {1: keys.data[1]}, keys.lookup)
    assert HEAD.unpack_from(seal(old, VALUE, **PLACE)) == (1, 1)
    assert open_sealed(keys, seal(old, VALUE, **PLACE), **PLACE) == VALUE
    with pytest.raises(KeyMissing, match="Version 2 fehlt"):
        open_sealed(old, sealed, **PLACE)


def test_stored_keys_are_worth_nothing_without_the_right_master_key() -> None:
    first, second = MasterKey(os.urandom(32)), MasterKey(os.urandom(32))
    row = new_keys(5, first)[0]
    assert len(unwrap(row, first)) == 32
    with pytest.raises(KeyMissing, match=second.key_id):
        unwrap(row, second)
    row.version = 9
    with pytest.raises(KeyMissing, match="beschädigt"):
        unwrap(row, first)
    assert row.wrapped not in (first.secret, second.secret)


def test_swapped_keys_of_two_tenants_do_not_unwrap() -> None:
    master = MasterKey(os.urandom(32))
    row = new_key(1, DATA, 1, master)
    row.tenant_id = 2
    with pytest.raises(KeyMissing):
        unwrap(row, master)


def test_rotation_keeps_old_values_readable_and_seals_new_ones_anew(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        before, hashed = seal(session, VALUE, **PLACE), lookup_hash(session, VALUE.decode(), "iban")
    with platform_session(actor="admin") as session:
        assert rotate_data_key(session, two_tenants[0], "jährlicher Wechsel") == 2
    with tenant_session(two_tenants[0], actor="anna") as session:
        assert open_sealed(session, before, **PLACE) == VALUE
        assert HEAD.unpack_from(seal(session, VALUE, **PLACE)) == (1, 2)
        assert lookup_hash(session, VALUE.decode(), "iban") == hashed
    with tenant_session(two_tenants[1], actor="anna") as session:
        assert keys_of(session).version == 1


def test_destroyed_keys_leave_values_unreadable_and_others_whole(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        sealed = seal(session, VALUE, **PLACE)
    with platform_session(actor="admin") as session:
        assert destroy_keys(session, two_tenants[0], "Vertrag beendet") == 2
    with tenant_session(two_tenants[0], actor="anna") as session, pytest.raises(KeyMissing, match="keinen Schlüssel"):
        open_sealed(session, sealed, **PLACE)
    with tenant_session(two_tenants[1], actor="anna") as session:
        assert open_sealed(session, seal(session, VALUE, **PLACE), **PLACE) == VALUE


def test_keys_of_one_session_are_those_of_its_tenant(two_tenants: tuple[int, int]) -> None:
    with tenant_session(two_tenants[0], actor="anna") as session:
        sealed = seal(session, VALUE, **PLACE)
    with tenant_session(two_tenants[1], actor="anna") as session, pytest.raises(SealBroken):
        open_sealed(session, sealed, **PLACE)


def test_half_a_key_set_is_no_key_set(two_tenants: tuple[int, int]) -> None:
    with platform_session(actor="admin") as session:
        session.execute(delete(TenantKey).where(TenantKey.tenant_id == two_tenants[0], TenantKey.purpose == "lookup"))
        assert len(session.scalars(select(TenantKey).where(TenantKey.tenant_id == two_tenants[0])).all()) == 1
    with tenant_session(two_tenants[0], actor="anna") as session, pytest.raises(KeyMissing):
        keys_of(session)


def test_lookup_ignores_spaces_and_case_and_separates_tenant_and_purpose(keys: TenantKeys) -> None:
    same = lookup_hash(keys, "DE02 1203 0000", "iban")
    assert same == lookup_hash(keys, "de0212030000", "iban")
    other = TenantKeys(2, keys.data, os.urandom(32))
    elsewhere = lookup_hash(keys, "DE02 1203 0000", "steuer_id")
    assert len({same, elsewhere, lookup_hash(other, "DE0212030000", "iban")}) == 3


def test_master_key_is_not_shown_and_purposes_differ() -> None:
    master = MasterKey(bytes(range(32)))
    assert "secret" not in repr(master)
    assert "data=" not in repr(TenantKeys(1, {1: b"k"}, b"l"))
    assert len({master.derive("wrap"), master.derive("platform:data"), master.secret}) == 3
    with pytest.raises(masterkey.MasterKeyError, match="32 Bytes"):
        MasterKey(b"kurz")


@pytest.mark.parametrize("row", ["7f9c", "12:3", 'mit "Anführung"', "schräg\\ und Ü", ""])
def test_the_place_of_a_seal_is_written_as_ever(row: str) -> None:
    """Old seals name their place as JSON; however it is put together, the bytes stay."""
    assert envelope._place(7, "tabelle", row, "spalte") == json.dumps([7, "tabelle", row, "spalte"]).encode()
