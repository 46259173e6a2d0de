"""Nach der Freigabe versiegelt: was Server und Datenbank ohne das Kennwort können (nichts), und was Menschen können."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from payroll import nightly_jobs
from payroll.masterdata.models import Beschaeftigung, Person
from payroll.statements import examples, opening, sealing, service
from payroll.statements.models import Dokument, DokumentEmpfaenger
from payroll.statements.opening import DocumentLocked
from payroll.statements.pdf import render
from payroll.statements.reissue import reissue, waiting
from tenants import audit
from tenants.audit.models import AuditEntry
from tenants.db import engine, passwords
from tenants.db.session import platform_session, tenant_session
from tenants.documents import DocumentKeyError, archive, drawing, pairing, people, unlocking
from tenants.documents.paper import Paper
from tenants.models import ArchiveOpening, ArchivePaper, DocumentKeyWrap, DocumentUnlock, RecipientKey, Tenant, User
from tenants.security import SealBroken, keys_of, masterkey, open_sealed, recipient, wrapping
from tenants.security.recipient import KeyPair
from tenants.users import service as users
from tests.archive_papers import drawn

PASSWORD, OTHER = "zwei Amseln über dem Rathausdach", "der Kiosk öffnet erst am Nachmittag"
HOLDERS = ["Anna Archiv", "Bernd Bote", "Cora Kasten"]


class Case:
    """Ein Mandant ohne Vorführung mit Archivschlüssel, zwei Menschen, einer mit Brief."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.papers = drawn(tenant, HOLDERS)
        with tenant_session(tenant, actor="test") as session:
            persons = [Person(created_by="test") for _ in range(2)]
            session.add_all(persons)
            session.flush()
            jobs = [Beschaeftigung(person_id=p.id, personalnummer=f"{p.id:05}", created_by="test") for p in persons]
            session.add_all(jobs)
            session.flush()
            self.jobs, self.persons = [job.id for job in jobs], [person.public_id for person in persons]
        with platform_session(actor="clerk") as session:
            self.user = users.create_user(session, "bea.4711", "Bea Beschäftigt", kind="employee")
            users.give_employee_access(session, tenant, self.user, self.persons[0], date(2026, 1, 1))

    def store(self, auftrag="a"):
        with tenant_session(self.tenant, actor="clerk") as session:
            return service.store_payslips(session, zip(self.jobs, examples.many(2), strict=True), auftrag=auftrag)

    def letter(self, reason=None):
        with platform_session(actor="clerk") as session:
            return users.issue_letter(session, session.get_one(User, self.user.id), reason=reason).code

    def key(self, password):
        with platform_session(actor="bea") as session:
            return people.at_sign_in(session, session.get_one(User, self.user.id), password)

    def listed(self, key):
        with tenant_session(self.tenant, actor="bea") as session:
            return service.list_payslips(session, person=self.persons[0], reader="bea", key=key)

    def pdf(self, key):
        document = self.listed(key)[0].public_id
        with tenant_session(self.tenant, actor="bea") as session:
            return service.open_payslip(session, document, "bea", key=key, person=self.persons[0]).pdf

    def reissue(self, papers, reason="Kennwort verloren, Ausweis gesehen"):
        with tenant_session(self.tenant, actor="betrieb") as session:
            return reissue(session, self.persons[0], papers, reason)


@pytest.fixture
def case(two_tenants):
    return Case(two_tenants.second)


def test_slips_between_letter_and_first_sign_in_belong_to_the_person(case):
    code = case.letter()
    case.store()
    users.redeem_letter(case.user.login, code, PASSWORD)
    assert case.pdf(case.key(PASSWORD)) == render(next(examples.many(1))).pdf
    assert case.key(OTHER) is None
    with pytest.raises(DocumentLocked, match="mit dem eigenen Kennwort öffnen"):
        case.pdf(None)


def test_slips_before_the_letter_wait_for_the_archive(case):
    case.store()
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    key = case.key(PASSWORD)
    assert [entry.opened for entry in case.listed(key)] == [False]
    with pytest.raises(DocumentLocked, match="verloren ist nichts"):
        case.pdf(key)
    assert case.reissue(case.papers[1:]).sealed == 1
    assert case.pdf(key) == render(next(examples.many(1))).pdf


def test_changing_the_password_keeps_the_slips(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    case.store()
    with platform_session(actor="bea") as session:
        users.change_password(session, session.get_one(User, case.user.id), OTHER, old=PASSWORD)
    assert case.pdf(case.key(OTHER)) == render(next(examples.many(1))).pdf
    assert case.key(PASSWORD) is None


def test_a_lost_password_costs_a_deliberate_step_and_no_slip(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    case.store()
    case.store("b")
    users.redeem_letter(case.user.login, case.letter("Kennwort vergessen"), OTHER)
    key = case.key(OTHER)
    assert [entry.opened for entry in case.listed(key)] == [False]
    wrong = [case.papers[0], Paper(HOLDERS[1], case.papers[2].code)]
    for papers in (case.papers[:1], wrong, [case.papers[0], case.papers[0]], []):
        with pytest.raises(DocumentKeyError, match="öffnen den Archivschlüssel nicht"):
            case.reissue(papers)
    with pytest.raises(DocumentKeyError, match="braucht einen Grund"):
        case.reissue(case.papers[:2], " ")
    with tenant_session(case.tenant, actor="clerk") as session:
        assert waiting(session, case.persons[0]) == 2
    done = case.reissue(case.papers[:2])
    assert (done.sealed, done.already, done.other_archive) == (2, 0, 0)
    assert case.pdf(key)[:5] == b"%PDF-"
    assert case.reissue(case.papers[:2]).already == 2
    with tenant_session(case.tenant, actor="rolf") as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "abrechnungen.neuausgabe").order_by(AuditEntry.id)
        ).first()
    assert (entry.reason, entry.details["anzahl"], entry.details["verwahrende"]) == (
        "Kennwort verloren, Ausweis gesehen",
        2,
        HOLDERS[:2],
    )


def server_secrets(session):
    """Jeder Schlüssel, den ein übernommener Server aus Hauptschlüssel und Datenbank gewinnt."""
    held, master = keys_of(session), masterkey.current()
    base = [master.secret, held.lookup, *held.data.values()]
    purposes = ("wrap", "web session", "audit:sign", "platform:data", "platform:lookup", "vorfuehrung")
    base += [master.derive(purpose) for purpose in purposes]
    return base + [wrapping.derived(s, p) for s in base for p in ("vorfuehrung", "menschen", "sitzung", "empfaenger")]


def test_database_master_key_and_program_together_open_no_stored_slip(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    case.store()
    unlocking.keep(case.key(PASSWORD), case.user.id, timedelta(hours=1))
    with platform_session(actor="angriff") as session:
        boxes = [row.wrapped for row in session.scalars(select(DocumentKeyWrap))]
        boxes += [row.wrapped for row in session.scalars(select(ArchivePaper))]
        boxes += [row.wrapped for row in session.scalars(select(DocumentUnlock))]
        assert people.open_demonstration(session, session.get_one(User, case.user.id)) is None
    with tenant_session(case.tenant, actor="angriff") as session:
        secrets = server_secrets(session)
        document = session.scalars(select(Dokument).options(undefer("*")).order_by(Dokument.id)).first()
        seals = [(document.archiv_siegel, document.archiv_schluessel)]
        seals += [(row.siegel, row.schluessel) for row in session.scalars(select(DokumentEmpfaenger))]
        place = opening.place_of(document)
        assert (len(boxes), len(seals)) == (4, 2), "je Paar, das verschiedenen Personen gezeigt wurde, ein Papier"
        for secret in secrets:
            for box in boxes:
                for start in (0, 17):
                    with pytest.raises(InvalidTag):
                        AESGCM(secret).decrypt(box[start : start + 12], box[start + 12 :], None)
            for box in boxes[1:3]:  # both papers: whoever drew them left only a public key
                with pytest.raises(SealBroken):
                    recipient.open_box(recipient.from_seed(recipient.X25519, secret), box[65:], b"")
            for sealed, key_id in seals:
                with pytest.raises(SealBroken):
                    sealing.document_key(session, KeyPair(recipient.X25519, b"", secret), sealed, place, key_id)
            for column in ("inhalt", "daten"):
                with pytest.raises(SealBroken):
                    sealing.content(session, secret, getattr(document, column), place, column)
        with pytest.raises(SealBroken):
            open_sealed(session, document.inhalt, table="dokument", row=place, column="inhalt")
        with pytest.raises(DocumentKeyError):
            archive.open_keys(session, [])


def test_the_ways_of_the_demonstration_are_closed_by_the_database(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    with pytest.raises(IntegrityError), platform_session(actor="angriff") as session:
        session.execute(update(DocumentKeyWrap).values(kind="demo"))
    with pytest.raises(IntegrityError), platform_session(actor="angriff") as session:
        session.execute(update(DocumentKeyWrap).values(demo=True))


def test_a_key_put_into_the_database_receives_nothing(case, postgres, database):
    case.letter()
    own = recipient.generate()
    name = str(engine.normalise(database.owner).database)
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, name)) as connection:
        connection.execute("UPDATE recipient_key SET public_key = %s", (own.public,))
    with pytest.raises(DocumentKeyError, match="an der Anwendung vorbei"):
        case.store()
    with psycopg.connect(postgres.dsn(passwords.SUPERUSER, name)) as connection:
        connection.execute("SET session_replication_role = replica")  # past the triggers, as a thief with the disk
        connection.execute("DELETE FROM recipient_key")
        connection.execute("UPDATE archive_key SET public_key = %s", (own.public,))
    with pytest.raises(DocumentKeyError, match="an der Anwendung vorbei"):
        case.store()
    with tenant_session(case.tenant, actor="test") as session:
        assert session.scalars(select(Dokument)).all() == []


def test_without_an_archive_nothing_is_delivered(case, postgres, database):
    with platform_session(actor="test") as session:
        session.execute(update(archive.ArchiveKey).values(retired_at=datetime.now(UTC)))
    with pytest.raises(DocumentKeyError, match="keinen Archivschlüssel"):
        case.store()
    columns = "tenant_id, beschaeftigung_id, monat, art, fassung, auftrag, inhalt, daten, sha256, groesse, seiten"
    name = str(engine.normalise(database.owner).database)
    row = "(%s, %s, '2026-05-01', 'abrechnung', 1, 'x', '', '', sha256(''), 1, 1, 'x', 2)"
    with (
        psycopg.connect(postgres.dsn(passwords.SUPERUSER, name)) as owner,
        pytest.raises(psycopg.errors.CheckViolation, match="ck_dokument_siegel"),
    ):
        owner.execute(
            f"INSERT INTO dokument ({columns}, erstellt_von, verfahren) VALUES {row}", (case.tenant, case.jobs[0])
        )


def test_a_misrouted_slip_is_unreadable(case, two_tenants):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    case.store()
    key = case.key(PASSWORD)
    with tenant_session(case.tenant, actor="test") as session:
        mine, other = session.scalars(select(Dokument).options(undefer("*")).order_by(Dokument.id)).all()
        sealed = session.scalars(select(DokumentEmpfaenger.siegel)).one()
        with pytest.raises(SealBroken):
            opening.Opener(session, key, {other.id: sealed}).content(other, "inhalt")
        opener = opening.opener(session, key, [mine])
        assert opener.content(mine, "inhalt")
        flipped = bytes([sealed[-1] ^ 1])
        with pytest.raises(SealBroken):
            opening.Opener(session, key, {mine.id: sealed[:-1] + flipped}).content(mine, "inhalt")
    with tenant_session(two_tenants.first, actor="test") as session, pytest.raises(SealBroken):
        opening.Opener(session, key, {mine.id: sealed}).content(mine, "inhalt")


def test_row_and_cookie_open_only_together(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    own = case.key(PASSWORD)
    token = unlocking.keep(own, case.user.id, timedelta(hours=1))
    assert unlocking.kept(token, case.user.id) == own
    assert unlocking.kept(token, case.user.id + 1) is None
    assert unlocking.kept("00" * 32, case.user.id) is None
    assert unlocking.kept("kein Zeichen", case.user.id) is None
    assert unlocking.kept(token, case.user.id, datetime.now(UTC) + timedelta(hours=2)) is None
    unlocking.forget(token)
    assert unlocking.kept(token, case.user.id) is None
    token = unlocking.keep(own, case.user.id, timedelta(hours=1))
    users.redeem_letter(case.user.login, case.letter("Kennwort vergessen"), OTHER)
    assert unlocking.kept(token, case.user.id) is None, "der Schlüssel ist abgelöst"


def test_a_new_archive_key_may_be_hybrid_and_the_old_papers_stay_good_for_the_old(case):
    case.store()
    fresh = drawn(case.tenant, HOLDERS[:2], recipient.HYBRID)
    case.store("b")
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    first = case.reissue(fresh)
    assert (first.sealed, first.other_archive) == (1, 1)
    assert case.reissue(case.papers[:2]).sealed == 1
    assert all(entry.opened for entry in case.listed(case.key(PASSWORD)))


def of_two(case, step):
    """Führt einen Schritt als hugo und einen als heidi aus, jeden in eigener Sitzung."""
    made = []
    for actor in ("hugo", "heidi"):
        with platform_session(actor=actor) as session:
            made.append(step[actor](session, session.get_one(Tenant, case.tenant)))
    return made


def test_papers_change_hands_between_two_people(case):
    case.store()
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    anna, bernd, _cora = case.papers
    (dora,), (emil,) = of_two(case, {
        "hugo": lambda session, row: drawing.draw(session, row, ["Dora Deck"], "Ruhestand", 1, today=anna),
        "heidi": lambda session, row: drawing.complete(session, row, ["Emil Eck"], "Ruhestand", today=bernd)})
    with pytest.raises(DocumentKeyError):
        case.reissue(case.papers[:2])
    assert case.reissue([dora, emil]).sealed == 1
    with platform_session(actor="test") as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "archivschluessel.papiere")).one()
    assert entry.details["eingegeben"] == {"Anna Archiv": "hugo", "Bernd Bote": "heidi"}


def test_papers_of_the_first_form_still_open(case):
    """Zuerst war der private Schlüssel unter beiden Codes zusammen verschlossen; solche Papiere liegen in Tresoren."""
    case.store()
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    with platform_session(actor="test") as session:
        row = archive.current_row(session, case.tenant)
        private = archive.opened(session, row, case.papers[:2]).private
        words = "/".join(one.code.replace("-", "") for one in case.papers[:2])
        paper = session.scalars(select(ArchivePaper).where(ArchivePaper.first_holder == HOLDERS[0])).one()
        session.delete(paper)
        session.flush()
        session.add(ArchivePaper(tenant_id=row.tenant_id, archive_key_id=row.id, first_holder=HOLDERS[0],
                                 second_holder=HOLDERS[1],
                                 wrapped=wrapping.wrap(private, words, archive.place_of(row))))
    assert case.reissue(case.papers[:2]).sealed == 1


def test_what_waits_for_the_second_person_is_bound_to_purpose_name_and_account(case):
    anna, bernd, _cora = case.papers

    def refused(actor, match, step, *given):
        with pytest.raises(DocumentKeyError, match=match), platform_session(actor=actor) as session:
            step(session, session.get_one(Tenant, case.tenant), *given)

    moments = []

    def change(**values):
        with platform_session(actor="angriff") as session:
            row = session.scalars(select(ArchiveOpening)).one()
            moments.append(row.created_at)
            kept = {name.key: getattr(row, name.key) for name in inspect(ArchiveOpening).columns if name.key != "id"}
            session.delete(row)
            session.flush()
            session.add(ArchiveOpening(**{**kept, **values}))

    refused("hugo", "Auf keinem Papier", pairing.wait, "person:x", Paper("Anna", anna.code), "Grund")
    for typo in (anna.code[:-1], anna.code[:-1] + ("A" if anna.code[-1] != "A" else "C")):
        refused("hugo", "Tippfehler", pairing.wait, "person:x", Paper("Anna Archiv", typo), "Grund")
    with platform_session(actor="hugo") as session:
        pairing.wait(session, session.get_one(Tenant, case.tenant), "person:x", anna, "Grund")
    refused("hugo", "jetzt gibt eine andere Person", pairing.wait, "person:x", bernd, "Grund")
    refused("hugo", "jetzt gibt eine andere Person", pairing.join, "person:x", bernd)
    refused("heidi", "schon eingegeben", pairing.join, "person:x", anna)
    refused("heidi", "Das erste Papier fehlt", pairing.join, "person:y", bernd)
    with platform_session(actor="angriff") as session:  # master key and database together: one code, never two
        assert anna.code.encode() not in session.scalars(select(ArchiveOpening.sealed)).one()
    change(given_by="karl")  # hugo would be the second person then
    refused("hugo", "an der Anwendung vorbei", pairing.join, "person:x", bernd)
    change(given_by="hugo", created_at=datetime.now(UTC) - timedelta(days=2))
    refused("heidi", "Das erste Papier fehlt", pairing.join, "person:x", bernd)
    change(created_at=datetime.now(UTC))  # the day is bound as well: nobody revives what ran out
    refused("heidi", "an der Anwendung vorbei", pairing.join, "person:x", bernd)
    change(created_at=moments[0])
    with platform_session(actor="heidi") as session:
        both = pairing.join(session, session.get_one(Tenant, case.tenant), "person:x", bernd)
        assert session.scalars(select(ArchiveOpening)).all() == []
    assert [(one.code, one.given_by) for one in both] == [(anna.code, "hugo"), (bernd.code, "heidi")]


def test_what_waited_a_day_in_vain_is_deleted_at_night(case):
    with platform_session(actor="hugo") as session:
        pairing.wait(session, session.get_one(Tenant, case.tenant), "person:y", case.papers[0], "Grund")
        session.add(ArchiveOpening(tenant_id=case.tenant, purpose="person:x", holder="Bernd Bote", sealed=b"x",
                                   given_by="hugo", created_at=datetime.now(UTC) - timedelta(days=1, minutes=1)))
    words = nightly_jobs.technical(SimpleNamespace(today=date(2026, 11, 26)))
    assert words == "1 Zeile gelöscht"
    with platform_session(actor="test") as session:
        assert session.scalars(select(ArchiveOpening.purpose)).all() == ["person:y"]


@pytest.mark.parametrize("step", ["wait", "join"])
def test_two_at_the_same_time_come_one_after_the_other_and_get_a_sentence(case, step):
    """Zwei erste oder zwei zweite Personen in einem Augenblick: die spätere wartet auf die frühere."""
    anna, bernd, cora = case.papers
    said = []

    def late(given):
        try:
            with platform_session(actor="ida") as session:
                getattr(pairing, step)(session, session.get_one(Tenant, case.tenant), "person:x", *given)
        except DocumentKeyError as refused:
            said.append(str(refused))

    if step == "join":
        with platform_session(actor="hugo") as session:
            pairing.wait(session, session.get_one(Tenant, case.tenant), "person:x", anna, "Grund")
    more = ["Grund"] if step == "wait" else []
    with platform_session(actor="heidi") as session:
        tenant = session.get_one(Tenant, case.tenant)
        other = threading.Thread(target=late, args=([cora, *more],))
        getattr(pairing, step)(session, tenant, "person:x", bernd, *more)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        with tenant_session(case.tenant, actor="heidi") as own:  # what is written here refers to the tenant
            audit.record(own, "probe", "archiv", {}, "Grund")
    other.join(10)
    assert len(said) == 1
    assert ("heidi hat eben" if step == "wait" else "Das erste Papier fehlt") in said[0]


def test_destroying_the_tenants_key_closes_its_slips_for_everybody(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    case.store()
    key = case.key(PASSWORD)
    with tenant_session(case.tenant, actor="test") as session:
        document = session.scalars(select(Dokument).options(undefer("*")).order_by(Dokument.id)).first()
        opener, place = opening.opener(session, key, [document]), opening.place_of(document)
        inner = sealing.document_key(session, key.pair, opener.seals[document.id], place, key.key_id)
        assert sealing.content(session, inner, document.inhalt, place, "inhalt")
        session.info["keys"] = keys_of(session).__class__(case.tenant, {1: bytes(32)}, bytes(32))
        with pytest.raises(SealBroken):
            sealing.content(session, inner, document.inhalt, place, "inhalt")


def test_only_living_keys_are_announced(case):
    users.redeem_letter(case.user.login, case.letter(), PASSWORD)
    users.redeem_letter(case.user.login, case.letter("Kennwort vergessen"), OTHER)
    with tenant_session(case.tenant, actor="test") as session:
        rows = session.scalars(select(RecipientKey).order_by(RecipientKey.id)).all()
    assert [row.ended_at is None for row in rows] == [False, True]
    assert rows[1].key_public_id == case.key(OTHER).key_id
