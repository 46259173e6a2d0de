"""Sitzungen: ruhen, enden, bleiben auf den Tag, neue Geräte fallen auf."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from tenants.db.session import platform_session
from tenants.documents import unlocking
from tenants.documents.people import OwnKey
from tenants.models.access import OutboxMessage, UserSession
from tenants.models.documents import DocumentUnlock
from tenants.models.user import User
from tenants.security import recipient
from tenants.users import presence, service, sessions
from tenants.users.sessions import Origin

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
HOME = Origin("192.0.2.1", "Firefox, Windows", "a" * 43)
AWAY = Origin("198.51.100.7", "Chrome, Android", "b" * 43)


@pytest.fixture
def anna(two_tenants: tuple[int, int]) -> User:
    with platform_session(actor="test") as session:
        user = service.create_user(session, "anna", "Anna Amt", details={"email": "anna@kreis.example"})
        service.give_mandate(session, two_tenants[0], user, "clerk", date(2026, 1, 1))
        return user


def begin(user: User, origin: Origin = HOME, now: datetime = NOW) -> str:
    with platform_session(actor=user.login) as session:
        return sessions.begin(session, session.get_one(User, user.id), "password", origin, now)


def load(user: User, token: str, now: datetime = NOW, day: date = TODAY) -> sessions.Loaded | None:
    return sessions.load(user.id, user.session_epoch, token, day, now, IDLE, LONGEST)


def test_a_session_rests_and_grows_old(anna: User) -> None:
    token = begin(anna)
    assert load(anna, token, NOW + timedelta(minutes=29))
    assert load(anna, token, NOW + timedelta(minutes=58)), "jede Anfrage verlängert die Ruhezeit"
    assert load(anna, token, NOW + timedelta(minutes=58 + 32)) is None
    other, now = begin(anna), NOW
    while now < NOW + LONGEST - timedelta(minutes=30):
        now += timedelta(minutes=25)
        assert load(anna, other, now)
    assert load(anna, other, NOW + LONGEST) is None, "auch wer dauernd arbeitet, meldet sich nach zehn Stunden neu an"


def test_access_ends_on_the_day_even_in_a_running_session(anna: User) -> None:
    token = begin(anna)
    with platform_session(actor="verwaltung") as session:
        user = session.get_one(User, anna.id)
        with pytest.raises(service.UserError, match="letzte Tag liegt vor dem ersten"):
            presence.set_days(session, user, TODAY, TODAY - timedelta(1), "Irrtum")
        presence.set_days(session, user, None, TODAY, "ausgeschieden")
    assert load(anna, token)
    assert service.mandates_on(anna, TODAY)
    assert load(anna, token, day=TODAY + timedelta(1)) is None
    assert service.mandates_on(anna, TODAY + timedelta(1)) == []


def test_a_joiner_starts_on_the_day(anna: User) -> None:
    token = begin(anna)
    with platform_session(actor="verwaltung") as session:
        presence.set_days(session, session.get_one(User, anna.id), TODAY, None, "Eintritt")
    assert load(anna, token, day=TODAY - timedelta(1)) is None
    assert load(anna, token, day=TODAY)


def test_others_are_signed_out_and_own_sessions_are_listed(anna: User) -> None:
    here, there = begin(anna), begin(anna, AWAY)
    loaded = load(anna, here)
    assert loaded is not None
    with platform_session(actor="anna") as session:
        user = session.get_one(User, anna.id)
        shown = sessions.running(session, anna.id, anna.session_epoch, NOW, IDLE, LONGEST)
        assert {row.device for row in shown} == {"Firefox, Windows", "Chrome, Android"}
        assert sessions.end_others(session, user, loaded.row.id, NOW) == 1
    assert load(anna, here)
    assert load(anna, there) is None


def test_nobody_ends_the_session_of_another(anna: User) -> None:
    token = begin(anna)
    loaded = load(anna, token)
    assert loaded is not None
    with platform_session(actor="test") as session:
        other = service.create_user(session, "bert", "Bert")
        assert not sessions.end_one(session, other.id, loaded.row.public_id, NOW)
        assert sessions.end_one(session, anna.id, loaded.row.public_id, NOW)
    assert load(anna, token) is None


@pytest.mark.parametrize("way", ["one", "others", "locked", "lost"])
def test_ending_a_session_from_afar_shuts_the_documents_it_opened(anna: User, way: str) -> None:
    own = OwnKey(uuid.uuid4(), recipient.generate())
    here, there = begin(anna), begin(anna, AWAY)
    unlocking.keep(own, anna.id, LONGEST, NOW)
    mine, other = load(anna, here), load(anna, there)
    assert mine is not None
    assert other is not None
    with platform_session(actor="test") as session:
        user = session.get_one(User, anna.id)
        if way == "one":
            assert sessions.end_one(session, anna.id, other.row.public_id, NOW)
        elif way == "others":
            sessions.end_others(session, user, mine.row.id, NOW)
        elif way == "locked":
            service.deactivate(session, user, "Austritt")
        else:
            service.reset_second_factor(session, user, "Alles verloren", NOW)
    with platform_session(actor="test") as session:
        assert session.scalars(select(DocumentUnlock)).all() == []


def test_a_new_device_is_noticed_the_first_and_the_known_are_not(anna: User) -> None:
    first = begin(anna)
    again = begin(anna)
    assert [found and found.unseen_devices for found in (load(anna, first), load(anna, again))] == [0, 0]
    strange = begin(anna, AWAY)
    loaded, thief = load(anna, first), load(anna, strange)
    assert loaded is not None
    assert thief is not None
    assert (loaded.unseen_devices, thief.unseen_devices) == (1, 0)
    with platform_session(actor="anna") as session:
        mail = session.scalars(select(OutboxMessage)).one()
        assert (mail.occasion, mail.recipient) == ("new_device", "anna@kreis.example")
        assert "Chrome, Android" in mail.body
        assert sessions.acknowledge(session, anna.id, loaded.row.id, NOW)
    seen = load(anna, first)
    assert seen is not None
    assert seen.unseen_devices == 0
    begin(anna, AWAY)
    with platform_session(actor="anna") as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 1, "das Gerät ist jetzt bekannt"


def test_tokens_are_stored_as_hashes_and_old_rows_leave(anna: User) -> None:
    token = begin(anna, now=NOW - timedelta(days=401))
    with platform_session(actor="test") as session:
        row = session.scalars(select(UserSession)).one()
        assert token.encode() not in row.token_hash
    begin(anna)
    with platform_session(actor="test") as session:
        assert [row.created_at for row in session.scalars(select(UserSession))] == [NOW]


def test_a_higher_epoch_ends_all_and_renewing_keeps_one(anna: User) -> None:
    here, there = begin(anna), begin(anna)
    loaded = load(anna, here)
    assert loaded is not None
    with platform_session(actor="anna") as session:
        user = session.get_one(User, anna.id)
        user.session_epoch += 1
        fresh = sessions.renew(session, loaded.row.id, user)
    assert load(anna, here) is None
    assert load(user, here) is None
    assert load(user, there) is None
    assert load(user, fresh)


def number(user: User, token: str, now: datetime = NOW) -> int:
    found = load(user, token, now)
    assert found is not None
    return found.row.id


def confirms(user: User, token: str, now: datetime = NOW) -> bool:
    with platform_session(actor=user.login) as session:
        return sessions.acknowledge(session, user.id, number(user, token, now), now)


def test_a_new_device_takes_its_own_notice_away_from_nobody(anna: User) -> None:
    first, strange = begin(anna), begin(anna, AWAY)
    again = begin(anna, AWAY)
    other = begin(anna, Origin("203.0.113.9", "Safari, iPhone", "c" * 43))
    assert [confirms(anna, token) for token in (strange, again, other)] == [False, False, False]
    with platform_session(actor="anna") as session:
        assert {row.device for row in sessions.unseen(session, anna.id, number(anna, first))} == {
            "Chrome, Android", "Safari, iPhone"}
        assert [row.device for row in sessions.unseen(session, anna.id, number(anna, again))] == ["Safari, iPhone"]
    assert confirms(anna, first)
    assert [load(anna, token).unseen_devices for token in (first, strange, other)] == [0, 0, 0]  # type: ignore[union-attr]  # all run


def test_who_has_no_known_device_any_more_confirms_from_the_new_one(anna: User) -> None:
    begin(anna)
    later = NOW + sessions.IN_USE + timedelta(hours=1)
    begin(anna, AWAY, later)
    new = begin(anna, Origin("203.0.113.9", "Safari, iPhone", "c" * 43), later)
    assert confirms(anna, new, later)


def test_a_rejected_device_is_new_again_at_its_next_sign_in(anna: User) -> None:
    first, strange = begin(anna), begin(anna, AWAY)
    begin(anna, AWAY)

    def rejects(token: str, now: datetime) -> bool:
        with platform_session(actor="anna") as session:
            return sessions.reject(session, anna.id, number(anna, token, now), now)

    assert not rejects(strange, NOW), "ein neues Gerät sagt nichts über andere"
    assert rejects(first, NOW)
    assert [load(anna, first).unseen_devices] == [0]  # type: ignore[union-attr]  # it runs
    later = NOW + timedelta(minutes=5)
    back = begin(anna, AWAY, later)
    assert [load(anna, first, later).unseen_devices] == [1]  # type: ignore[union-attr]  # it runs
    assert not confirms(anna, back, later)
    with platform_session(actor="anna") as session:
        assert len(session.scalars(select(OutboxMessage)).all()) == 2, "jede Rückkehr wird gemeldet"
    begin(anna, HOME, later)
    assert [load(anna, first, later).unseen_devices] == [1], "das eigene Gerät bleibt bekannt"  # type: ignore[union-attr]


def test_who_rejects_from_the_only_device_left_makes_only_that_known(anna: User) -> None:
    begin(anna)
    later = NOW + sessions.IN_USE + timedelta(hours=1)
    begin(anna, AWAY, later)
    own = Origin("203.0.113.9", "Safari, iPhone", "c" * 43)
    new = begin(anna, own, later)
    with platform_session(actor="anna") as session:
        assert sessions.reject(session, anna.id, number(anna, new, later), later)
        assert sessions.unseen(session, anna.id, number(anna, new, later)) == []
    begin(anna, own, later)
    assert load(anna, new, later).unseen_devices == 0  # type: ignore[union-attr]  # it runs
    begin(anna, AWAY, later)
    assert load(anna, new, later).unseen_devices == 1  # type: ignore[union-attr]  # it runs
