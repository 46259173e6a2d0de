"""Ob eine Person der Mensch ist, der gerade handelt: verbunden mit seinem Zugang oder ebenso genannt.

Das Portal hat einen eigenen Zugang neben dem des Personals. Fragte niemand nach dem Namen, entschiede derselbe Mensch
mit dem einen, was er mit dem anderen beantragt hat. Wer nur ebenso heißt, bittet eine zweite Person, oder zwei andere
stellen fest, dass es zwei Menschen sind (tenants.users.namesakes).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from flask import g

from tenants.db.session import current_session, tenant_session
from tenants.users import namesakes
from tenants.web.identity import current, current_mandate
from tenants.web.lists import sort_key

FEWEST = 2  # words; one alone is no full name
KEPT = "told_apart"


def is_me(person: uuid.UUID, names: Iterable[str]) -> bool:
    """Ob die Person mit diesen Namen (in jeder Reihenfolge) die des angemeldeten Menschen ist oder ebenso heißt, ohne
    dass zwei andere festgestellt haben, dass es zwei Menschen sind."""
    if person in current_mandate().person_public_ids:
        return True
    mine = current().display_name
    return any(alike(mine, name) for name in names) and person not in _told_apart()


def alike(one: str, other: str) -> bool:
    """Ob zwei volle Namen derselbe sein können: der eine enthält alle Wörter des anderen."""
    first, second = _words(one), _words(other)
    return min(len(first), len(second)) >= FEWEST and (first <= second or second <= first)


def _told_apart() -> frozenset[uuid.UUID]:
    """Personen dieses Mandanten, die der angemeldete Mensch sicher nicht ist; je Anfrage einmal gefragt."""
    account, tenant = current().public_id, current_mandate().tenant_id
    if account is None:
        return frozenset()
    kept: frozenset[uuid.UUID] | None = g.get(KEPT)
    if kept is None:
        opened = current_session()
        if opened is not None and opened.info["tenant"] == tenant:
            kept = namesakes.told_apart(opened, account)
        else:
            with tenant_session(tenant, actor=current().login) as session:
                kept = namesakes.told_apart(session, account)
        setattr(g, KEPT, kept)
    return kept


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[\W_]+", sort_key(name)) if word)
