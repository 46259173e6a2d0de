"""Was eine Personalliste ändern würde: je Mensch ein Vorhaben; geändert wird hier nichts.

Die Liste führt nur Zugänge des Personals, die sie selbst gebracht hat (Kennung). Einen anderen mit demselben
Anmeldenamen übernimmt sie nie, und die Verwaltung der Plattform erteilt sie nie.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import and_, or_, select

from tenants.db.session import PlatformSession
from tenants.feed.people import FeedPerson
from tenants.models.access import SsoIdentity, SsoProvider
from tenants.models.tenant import Tenant
from tenants.models.user import Mandate, User
from tenants.users import presence, units
from tenants.users.contact import FIELDS

JOINS, MOVES, LEAVES, CHANGES, STAYS, ERROR = "kommt", "wechselt", "geht", "daten", "bleibt", "fehler"
FEW, SHARE = 5, 5
SOON = timedelta(weeks=8)  # a last day further off leaves time to notice a wrong column
DOUBLED = "Kennung, Anmeldename oder Verknüpfung steht mehrfach in der Liste."
OWN = "Am eigenen Zugang ändert niemand etwas: diese Zeile übernimmt eine zweite Person der Verwaltung."
Given = tuple[str, str, uuid.UUID | None]


@dataclass(frozen=True)
class Step:
    """Vorhaben für einen Menschen: Art, Worte zum Zeigen, und was zu tun ist.

    gives: Mandant, Rolle, Kennung der Einheit; ends: Schlüssel der Mandate, die enden; shortens: der letzte Tag ist
    neu oder früher als bisher; waits: heute offen, nach der Liste erst später; gains: die Zeile nimmt nicht nur etwas.
    """

    kind: str
    name: str
    words: tuple[str, ...]
    person: FeedPerson | None = None
    user_id: int | None = None
    last_day: date | None = None
    gives: frozenset[Given] = frozenset()
    ends: tuple[tuple[int, int], ...] = ()
    shortens: bool = False
    waits: bool = False
    gains: bool = False


@dataclass(frozen=True)
class Plan:
    """Alle Vorhaben; digest ist gleich, solange dasselbe geschehen würde."""

    day: date
    steps: tuple[Step, ...]
    many_leave: bool = False
    digest: str = field(default="")

    def count(self, kind: str) -> int:
        """Zahl der Vorhaben dieser Art."""
        return Counter(step.kind for step in self.steps)[kind]

    @property
    def changing(self) -> list[Step]:
        """Vorhaben, die etwas ändern oder nicht gehen."""
        return [step for step in self.steps if step.kind != STAYS]


@dataclass
class _Known:
    """Was die Datenbank heute weiß; actor: wer die Liste liest."""

    actor: str
    users: dict[str, User]
    logins: dict[str, User]
    mandates: dict[int, list[Mandate]]
    numbers: dict[int, str]
    providers: dict[str, int]
    identities: set[tuple[int, str, int]]
    units: dict[tuple[str, str], uuid.UUID | None]
    administrators: dict[int, User]


def plan(session: PlatformSession, people: list[FeedPerson], day: date, *, complete: bool = False) -> Plan:
    """Vergleicht die Liste mit dem Bestand; complete: wer fehlt, ist gegangen (letzter Tag heute)."""
    known, seen = _known(session, people, day), Counter(person.external_id for person in people)
    logins = Counter(person.login for person in people)
    named = Counter(one for person in people for one in person.identities)
    steps = [step for person in people for step in _steps(
        known, person, day, doubled=seen[person.external_id] > 1 or logins[person.login] > 1,
        linked_twice=any(named[one] > 1 for one in person.identities))]
    gone = [
        user for key, user in known.users.items()
        if complete and key not in seen and user.active and (user.last_day is None or user.last_day > day)
    ]
    steps += [
        Step(LEAVES, user.display_name, ("steht nicht mehr in der Liste: letzter Tag heute",), None, user.id, day,
             shortens=True)
        for user in gone
    ]
    steps = _with_an_administrator(known, steps, day)
    many = sum(_loses_all(step, day) for step in steps) > max(FEW, len(known.users) // SHARE)
    lines = "\n".join(f"{step.kind}|{step.name}|{step.words}|{step.user_id}" for step in steps)
    return Plan(day, tuple(steps), many, hashlib.sha256(f"{day}|{lines}".encode()).hexdigest())


def _loses_all(step: Step, day: date) -> bool:
    """Ob dieser Mensch bald alles verliert: sein letzter Tag wird ein naher, sein erster ein späterer, oder die
    Liste nennt keines seiner Mandate mehr."""
    leaves = step.shortens and step.last_day is not None and step.last_day <= day + SOON
    return leaves or step.waits or (bool(step.ends) and step.person is not None and not step.person.mandates)


def _with_an_administrator(known: _Known, steps: list[Step], day: date) -> list[Step]:
    """Dieselben Vorhaben; eines, das den letzten der Verwaltung nähme, ist ein Fehler dieser Zeile.

    Übernommen wird der Reihe nach: gehen zwei, darf der erste.
    """
    kept: list[Step] = []
    here = {key for key, one in known.administrators.items() if presence.is_present(one, day) and one.last_day is None}
    for step in steps:
        user, going = known.administrators.get(step.user_id or 0), step
        if user is not None and step.kind != ERROR:
            first = step.person.first_day if step.person is not None else user.first_day
            stays = step.last_day is None and (first is None or first <= day)
            changes = (first, step.last_day) != (user.first_day, user.last_day)
            if changes and not stays and user.last_day is None and not here - {user.id}:
                going = Step(ERROR, step.name, (f"{user.login} {presence.LONE}",), step.person)
            else:
                here = here | {user.id} if stays else here - {user.id}
        kept.append(going)
    return kept


def _known(session: PlatformSession, people: list[FeedPerson], day: date) -> _Known:
    tenants, actor = list(session.scalars(select(Tenant))), str(session.info["actor"])
    named = {(number, unit) for person in people for number, _role, unit in person.mandates if unit}
    ids = {tenant.number: tenant.id for tenant in tenants}
    users = session.scalars(select(User)).all()
    mandates: dict[int, list[Mandate]] = {}
    open_or_later = and_(Mandate.valid_to >= day, Mandate.valid_to >= Mandate.valid_from)  # others are withdrawn
    for row in session.scalars(select(Mandate).where(or_(Mandate.valid_to.is_(None), open_or_later))):
        mandates.setdefault(row.user_id, []).append(row)
    return _Known(
        actor.lower(),
        {user.external_id: user for user in users if user.external_id and user.kind == "staff"},
        {user.login: user for user in users},
        mandates,
        {tenant.id: tenant.number for tenant in tenants},
        {row.name: row.id for row in session.scalars(select(SsoProvider))},
        {
            (row.provider_id, row.subject, row.user_id)
            for row in session.scalars(select(SsoIdentity).where(SsoIdentity.ended_at.is_(None)))
        },
        {(number, unit): units.known(ids[number], unit, actor) for number, unit in named if number in ids},
        {user.id: user for user in users if user.platform_admin and user.active},
    )


def _steps(known: _Known, person: FeedPerson, day: date, *, doubled: bool, linked_twice: bool) -> list[Step]:
    """Das Vorhaben dieser Zeile; verliert der Mensch etwas, geschieht es auch, wenn seine Verknüpfung nicht geht.

    Sonst behielte, wer gegangen ist, seinen Zugang, solange niemand die Verknüpfung richtigstellt.
    """
    user = known.users.get(person.external_id)
    links = [f"Den Verzeichnisdienst {name} gibt es nicht." for name, _s in person.identities
             if name not in known.providers] + _taken(known, person, user)
    problems = _problems(known, person, user) + ([DOUBLED] if doubled else [])
    twice = [DOUBLED] if linked_twice and not doubled else []
    wrong = Step(ERROR, person.display_name or person.login, tuple(sorted(problems + links + twice)), person)
    if problems:
        return [wrong]
    if user is not None:
        step = _present(known, replace(person, identities=frozenset()) if links or twice else person, user, day)
        if step.gains and user.login == known.actor:
            return [Step(ERROR, step.name, (OWN, *wrong.words), person)]
        loses = step.shortens or step.waits or bool(step.ends)
        return [*([step] if loses else []), wrong] if links or twice else [step]
    if links or twice:
        return [wrong]
    gone = person.last_day is not None and person.last_day < day
    return [Step(STAYS, person.display_name, ("war schon gegangen",), person) if gone else _joiner(known, person)]


def _problems(known: _Known, person: FeedPerson, user: User | None) -> list[str]:
    problems = person.problems()
    by_login = known.logins.get(person.login)
    if by_login is not None and (user is None or by_login.id != user.id):
        problems.append(f"Der Anmeldename {person.login} gehört zu einem anderen Zugang.")
    if user is not None and user.login != person.login:
        problems.append(f"Der Zugang heißt {user.login}; ein Anmeldename wird nicht geändert.")
    numbers = set(known.numbers.values())
    problems += [f"Den Mandanten {number} gibt es nicht." for number, _r, _u in person.mandates
                 if number not in numbers]
    problems += [f"Die Organisationseinheit {unit} gibt es bei {number} nicht." for number, _r, unit in person.mandates
                 if unit and number in numbers and known.units[number, unit] is None]
    return problems


def _taken(known: _Known, person: FeedPerson, user: User | None) -> list[str]:
    own = user.id if user is not None else None
    wanted = {(known.providers.get(name), subject) for name, subject in person.identities}
    foreign = [subject for provider, subject, holder in known.identities
               if (provider, subject) in wanted and holder != own]
    names = Counter(name for name, _subject in person.identities)
    other = [name for name, subject in person.identities for provider, held, holder in known.identities
             if provider == known.providers.get(name) and holder == own and held != subject]
    return [f"Die Kennung {subject} ist schon mit einem anderen Zugang verknüpft." for subject in foreign] + [
        f"Bei {name} ist dieser Zugang schon anders verknüpft: dort zuerst trennen." for name in sorted(set(other))] + [
        f"Bei {name} stehen zwei Kennungen: ein Zugang hat dort eine." for name, count in names.items() if count > 1]


def _joiner(known: _Known, person: FeedPerson) -> Step:
    words = [f"neuer Zugang {person.login}", *(f"Mandat {_named(one)}" for one in sorted(person.mandates)),
             *(f"Verknüpfung {name}" for name, _subject in sorted(person.identities))]
    if person.last_day is not None:
        words.append(f"letzter Tag {person.last_day:%d.%m.%Y}")
    return Step(JOINS, person.display_name, tuple(words), person, None, person.last_day,
                frozenset(_given(known, one) for one in person.mandates))


def _named(mandate: tuple[str, str, str]) -> str:
    number, role, unit = mandate
    return f"{number} {role} Einheit {unit}" if unit else f"{number} {role}"


def _given(known: _Known, mandate: tuple[str, str, str]) -> Given:
    number, role, unit = mandate
    return number, role, known.units[number, unit] if unit else None


def _fits(known: _Known, mandate: tuple[str, str, str], row: Mandate) -> bool:
    """Ob ein gehaltenes Mandat dieses der Liste ist; nennt sie keine Einheit, bleibt die von Hand gegebene."""
    number, _role, unit = mandate
    return not unit or row.unit_public_id == known.units[number, unit]


def _present(known: _Known, person: FeedPerson, user: User, day: date) -> Step:
    held: dict[tuple[str, str], list[Mandate]] = {}
    for row in known.mandates.get(user.id, ()):
        held.setdefault((known.numbers[row.tenant_id], row.role), []).append(row)
    wanted = {(number, role): (number, role, unit) for number, role, unit in person.mandates}
    new = [one for pair, one in wanted.items()
           if all(row.valid_to is not None or not _fits(known, one, row) for row in held.get(pair, ()))]
    ends = {pair: kept for pair, rows in held.items()
            if (kept := [row for row in rows if pair not in wanted or not _fits(known, wanted[pair], row)])}
    words = [f"{name}: {getattr(user, name) or '–'} → {getattr(person, name) or '–'}" for name in FIELDS
             if getattr(user, name) != getattr(person, name)]
    linked = {(provider, subject) for provider, subject, holder in known.identities if holder == user.id}
    words += [f"Verknüpfung {name}" for name, subject in sorted(person.identities)
              if (known.providers[name], subject) not in linked]
    gains = bool(words or new) or _longer(person, user)
    kind = CHANGES if words else STAYS
    if new or ends:
        kind = MOVES
        words += [f"Mandat {_named(one)} ab {day:%d.%m.%Y}" for one in sorted(new)]
        words += [f"Mandat {number} {role} endet" for number, role in sorted(ends)]
    if (person.first_day, person.last_day) != (user.first_day, user.last_day):
        kind = LEAVES if person.last_day is not None and person.last_day != user.last_day else kind
        kind = CHANGES if kind == STAYS else kind
        words.append(f"Zugang {_span(user.first_day, user.last_day)} → {_span(person.first_day, person.last_day)}")
    keys = tuple(sorted((row.tenant_id, row.id) for rows in ends.values() for row in rows))
    gives = frozenset(_given(known, one) for one in new)
    shortens = person.last_day is not None and (user.last_day is None or person.last_day < user.last_day)
    waits = person.first_day is not None and person.first_day > day and presence.is_present(user, day)
    return Step(kind, user.display_name, tuple(words), person, user.id, person.last_day, gives, keys, shortens, waits,
                gains)


def _longer(person: FeedPerson, user: User) -> bool:
    """Ob der Zugang nach der Liste früher beginnt oder später endet als bisher."""
    earlier = user.first_day is not None and (person.first_day is None or person.first_day < user.first_day)
    return earlier or (user.last_day is not None and (person.last_day is None or person.last_day > user.last_day))


def _span(first: date | None, last: date | None) -> str:
    begins = f"ab {first:%d.%m.%Y} " if first else ""
    return f"{begins}bis {last:%d.%m.%Y}" if last else f"{begins}offen"
