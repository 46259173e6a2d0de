"""Postings and applications of each invented employer: two open ones with applications, one draft.

The board lives in the present: dates are counted from today, not from the demonstrated year.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from jobportal import applications, postings
from jobportal.applications import Angaben
from jobportal.files import text_view
from jobportal.models import Ausschreibung
from jobportal.postings import Merkmal
from payroll.demo.names import NACHNAMEN, VORNAMEN, Arbeitgeber
from payroll.web.desk.recruiting import pay_range
from staffplan.reading import stand
from tenants.db.session import TenantSession, tenant_session

OPEN, DRAFTS, APPLICANTS = 2, 1, 4
SIDES = ("personal", "gleichstellung", "personalrat", "schwerbehinderung")
PROFILE = (Merkmal("Abgeschlossene Ausbildung für die Aufgabe", True, 40),
           Merkmal("Erfahrung im Arbeitsgebiet", False, 35), Merkmal("Klare Sprache, gutes Auftreten", False, 25))
FIELDS = {"51.1": "erziehung", "50.1": "pflege", "60": "technik", "32": "ordnung", "20": "finanzen", "50": "soziales"}
PLACES = {"100": (52_100_000, 7_600_000), "210": (52_100_000, 7_600_000)}
ELSEWHERE = (52_210_000, 7_710_000)


def advertise(tenant: int, employer: Arbeitgeber, office: str, today: date) -> None:
    """Posts of the plan that are vacant become advertisements; people apply."""
    with tenant_session(tenant, actor=office) as session:
        vacant = [one for one in stand(session, today).stellen.values()
                  if one.frei > 0 and not one.vermerke and one.nummer.endswith("F")]
        made = [_posting(session, employer, one.nummer, one.einheit, number, today)
                for number, one in enumerate(vacant[: OPEN + DRAFTS], 1)]
        for row in made[:OPEN]:
            _hang(session, row, today)
        keys = [row.public_id for row in made[:OPEN]]
    with tenant_session(tenant, actor="bewerbung") as session:
        for number, key in enumerate(keys):
            posting = session.scalars(select(Ausschreibung).filter_by(public_id=key)).one()
            for person in range(APPLICANTS):
                _apply(session, posting, number * APPLICANTS + person + int(employer.number), today)


def _posting(session: TenantSession, employer: Arbeitgeber, post: str, unit: str, number: int, today: date
             ) -> Ausschreibung:
    ad = postings.from_post(session, post, today)
    low, high = pay_range(session, ad.gruppe, today) or (300_000, 400_000)
    place = PLACES.get(employer.number, ELSEWHERE)
    row = postings.draft(session, f"{today.year}-{number:02}", replace(
        ad, bereich=FIELDS.get(unit, "verwaltung"), entgelt_von=low, entgelt_bis=high, homeoffice=number % 2 == 1,
        frist=today + timedelta(days=28), beginn=today.replace(day=1) + timedelta(days=100), breite=place[0],
        laenge=place[1], kontakt_name="Personalamt", unterrepraesentiert=True, **TEXTS), stelle=post)
    postings.set_profile(session, row, PROFILE)
    return row


TEXTS = {
    "kurz": "Sie arbeiten für die Menschen vor Ort, in einem Amt, das zusammenhält.",
    "aufgaben": "Sie\n- beraten Bürgerinnen und Bürger\n- entscheiden über Anträge\n- schreiben klare Bescheide",
    "profil": "Das bringen Sie mit:\n- abgeschlossene Ausbildung für die Aufgabe\n- Freude am Gespräch",
    "angebot": "Bei uns gibt es\n- Gleitzeit\n- betriebliche Altersversorgung\n- Fortbildung",
}  # fmt: skip


def _hang(session: TenantSession, row: Ausschreibung, today: date) -> None:
    postings.submit(session, row, today)
    for side in SIDES:
        postings.decide_step(session, row, "ausschreibung", side, "zugestimmt", "")
    postings.publish(session, row, intern_ab=today, extern_ab=today, today=today)


def _apply(session: TenantSession, posting: Ausschreibung, number: int, today: date) -> None:
    row, _ = applications.start(session, posting.public_id, "de", today)
    first, last = VORNAMEN[number * 7 % len(VORNAMEN)], NACHNAMEN[number * 11 % len(NACHNAMEN)]
    given = Angaben(first, last, f"bewerbung.{number}@beispiel.example", beginn="sofort",
                    anrede=("frau", "herr", "frau", "")[number % 4], nachricht="Ich freue mich auf ein Gespräch.")
    applications.store(session, row, given, schwerbehindert=number % 4 == 1)
    letter = text_view.build(f"Bewerbung {first} {last}", f"{first} {last}", [("Werdegang", "Erfunden.")])
    applications.attach(session, row, "Bewerbung.pdf", letter)
    applications.submit(session, row, today, fassung="1", pool=number % 3 == 0)


