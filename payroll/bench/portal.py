"""The portal: pages per second of one process for signed-in employees, their slips opened, with the 95th percentile.

Measured is the application itself, without a network. The district is the demonstration with one closed month; an
employee reads the list, the slip, its reasons, the year and the own log of reading in turn.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient

from payroll.bench.measure import Measurement, timed
from payroll.demo import accounts
from payroll.demo.build import build
from payroll.web import doors
from tenants.db import setup
from tenants.security import masterkey
from tenants.security.masterkey import MasterKey
from tenants.web import assets, identity, pages, shell
from tenants.web.documents import documents
from tenants.web.settings import Settings

KEY = re.compile(r'name="csrf_token" value="([^"]+)"')
LINK = re.compile(r'href="(/portal[^"#]*)"')
MOST = 12


def measure(size: int = 1_000) -> Measurement:
    """Answers ``size`` pages."""
    with _district() as (client, paths):
        spent: list[float] = []

        def work() -> None:
            for number in range(size):
                begun = time.perf_counter()
                answer = client.get(paths[number % len(paths)])
                spent.append(time.perf_counter() - begun)
                assert answer.status_code == 200, answer.status_code

        work_once(client, paths)
        made = timed("portal", size, "Seiten", work)
        spent.sort()
        made.remark = f"95 % der Seiten in höchstens {spent[int(size * 0.95)] * 1000:.1f} ms"
    return made


def work_once(client: FlaskClient, paths: list[str]) -> None:
    """Every page once, so that templates are compiled before the clock runs."""
    for path in paths:
        client.get(path)


@contextmanager
def _district() -> Iterator[tuple[FlaskClient, list[str]]]:
    """The demonstration in a database of its own, an employee signed in, the pages that the portal offers."""
    with TemporaryDirectory(prefix="kl-") as directory:
        masterkey.configure(MasterKey(bytes(range(32))))
        connected = setup.connect(Path(directory))
        try:
            build(lambda _words: None, closed_until=1)
            client = _application().test_client()
            staff = {login for login, *_ in accounts.STAFF}
            link = next(one.link for one in accounts.issue("") if one.login not in staff)
            found = KEY.search(client.get(link).text)
            assert found is not None
            client.post(link, data={"csrf_token": found[1]})
            yield client, _offered(client)
        finally:
            connected.stop()


def _application() -> Flask:
    """The same parts as app.py puts together, which stands above this floor."""
    assets.require()
    chosen = Settings(bytes(range(32)), https=False, demonstration=True)
    app = Flask("bench", static_folder=None, template_folder=None)
    shell.install(app, chosen, loader=lambda key: identity.load(key, chosen), catalogues=doors.ALL_CATALOGUES,
                  navigation=(*doors.NAVIGATION, *pages.NAVIGATION))
    pages.register(app)
    app.register_blueprint(documents)
    doors.register(app)
    return app


def _offered(client: FlaskClient) -> list[str]:
    """Pages of the portal reachable from its first page, without documents (they are measured by ``documents``)."""
    waiting, found = ["/portal"], []
    while waiting and len(found) < MOST:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found.append(path)
            links = [one.replace("&amp;", "&") for one in LINK.findall(answer.text)]
            waiting += [one for one in dict.fromkeys(links) if one not in found and one not in waiting]
    return found
