"""Abwesenheit beantragen, genehmigen, zurücknehmen; was das Entgelt ändert, wird Fehlzeit der Abrechnung."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from tenants import audit
from tenants.db.clocks import known
from tenants.db.session import TenantSession
from tenants.security import keys_of
from tenants.security.field import seal_field
from timekeeping.handover import closing
from timekeeping.handover.proposals import FEHLZEIT
from timekeeping.handover.totals import RIM
from timekeeping.imports.judging import Bestand
from timekeeping.imports.keys import ABWESENHEITEN
from timekeeping.imports.problems import ImportFehler
from timekeeping.leave.days import in_year, working_days
from timekeeping.leave.models import EAU, Abwesenheit, UrlaubAngaben
from timekeeping.own.plan import plans
from timekeeping.recording import record
from timekeeping.rules.limits import limit

# What people ask for themselves; the rest is entered by the office.
SELBST = ("urlaub", "zusatzurlaub", "gleitzeit", "ueberstundenfrei", "regeneration", "umwandlung", "dienstbefreiung",
          "fortbildung", "dienstreise", "krank", "kind_krank")
URLAUB = ("urlaub", "zusatzurlaub")
MELDUNG = ("krank", "kind_krank")  # reported, not asked for
JAHRESGRENZEN = {"regeneration": "regenerationstage", "umwandlung": "umwandlungstage"}
MIT_KIND = ("kind_krank", "elternzeit")
DAY = timedelta(days=1)
EAU_AB_TAGEN = 3  # longer than three calendar days (section 5 EntgFG)
GANZ = ("umwandlung",)  # whole days only
GIVEN_BACK, REST = "krank im Urlaub, § 9 BUrlG", "Rest nach Krankheit im Urlaub"
Uebernehmen = Callable[..., None]


@dataclass(frozen=True)
class Fehlzeiten:
    """Anschluss der Abrechnung: eine Fehlzeit erfassen, eine zurücknehmen, Urlaub erfassen (sagt, ob er zählt),
    Umwandlungstage erfassen und zurücknehmen."""

    erfassen: Uebernehmen
    zuruecknehmen: Uebernehmen
    urlaub: Callable[..., bool] = lambda *_args, **_more: False
    umwandeln: Uebernehmen = lambda *_args, **_more: None
    umwandlung_zuruecknehmen: Uebernehmen = lambda *_args, **_more: None


def ask(session: TenantSession, job: int, art: str, von: date, bis: date, *, halb: bool = False, bemerkung: str = "",
        au_seit: date | None = None, au_bis: date | None = None, kind_geboren_am: date | None = None) -> Abwesenheit:
    """Beantragt (krank: meldet) eine Abwesenheit. Raises ImportFehler mit dem Grund, wenn das nicht geht."""
    _possible(session, job, art, von, bis, halb=halb, kind_geboren_am=kind_geboren_am)
    if au_bis is not None and (au_seit is None or au_bis < au_seit):
        raise ImportFehler("Die Arbeitsunfähigkeit endet vor ihrem Beginn", "Tage der Bescheinigung prüfen")
    key, note = uuid.uuid4(), bemerkung.strip()[:500]
    row = Abwesenheit(public_id=key, beschaeftigung_id=job, art=art, von=von, bis=bis, halb=halb,
                      bemerkung_siegel=seal_field(keys_of(session), Abwesenheit, key, "bemerkung", note),
                      au_seit=au_seit, au_bis=au_bis,
                      kind_geboren_am=kind_geboren_am, beantragt_von=str(session.info["actor"]))
    session.add(row)
    session.flush()
    _log(session, row, "beantragt")
    return row


def _possible(session: TenantSession, job: int, art: str, von: date, bis: date, *, halb: bool,
              kind_geboren_am: date | None) -> None:
    if art not in ABWESENHEITEN:
        raise ImportFehler("Die Art der Abwesenheit fehlt", "eine Art wählen")
    if bis < von or (bis - von).days > 1100:
        raise ImportFehler("Das Ende liegt vor dem Beginn oder mehr als drei Jahre danach", "Zeitraum prüfen")
    if halb and von != bis:
        raise ImportFehler("Ein halber Tag dauert einen Tag", "Beginn und Ende gleich angeben")
    if halb and art in GANZ:
        raise ImportFehler(f"{ABWESENHEITEN[art]}: nur ganze Arbeitstage", "den ganzen Tag beantragen")
    if art in MIT_KIND and kind_geboren_am is None:
        raise ImportFehler(f"{ABWESENHEITEN[art]} braucht den Geburtstag des Kindes", "den Geburtstag angeben")
    held = session.scalars(select(Abwesenheit).where(
        Abwesenheit.beschaeftigung_id == job, Abwesenheit.zustand.in_(("beantragt", "genehmigt")),
        Abwesenheit.von <= bis, Abwesenheit.bis >= von)).all()
    clash = next((one for one in held if not (halb and one.halb)
                  and not (art == "krank" and one.art in URLAUB)), None)
    if clash is not None and art == "kind_krank" and clash.art in URLAUB:
        raise ImportFehler(f"Vom {clash.von:%d.%m.%Y} bis {clash.bis:%d.%m.%Y} ist Urlaub; er bleibt Urlaub, wenn das "
                           "Kind erkrankt (§ 9 BUrlG gibt nur eigene Tage zurück)",
                           "soll er nicht Urlaub sein, ihn erst im Einvernehmen stornieren")
    if clash is not None:
        raise ImportFehler(f"Vom {clash.von:%d.%m.%Y} bis {clash.bis:%d.%m.%Y} ist schon "
                           f"{ABWESENHEITEN[clash.art]} eingetragen", "Zeitraum ändern oder das andere zurücknehmen")
    if art not in MELDUNG and art not in ("elternzeit", "mutterschutz", "kur", "sonderurlaub", "dienstreise"):
        plan = plans(session, von, bis, [job]).get(job)
        if not working_days(plan, von, bis):
            raise ImportFehler("In diesem Zeitraum liegt kein Arbeitstag", "Tage prüfen")
    _yearly(session, job, art, von, bis)


def _yearly(session: TenantSession, job: int, art: str, von: date, bis: date) -> None:
    """Regenerations- und Umwandlungstage gibt es nur so viele im Jahr, wie der Tarif nennt."""
    name = JAHRESGRENZEN.get(art)
    if name is None:
        return
    plan = plans(session, date(von.year, 1, 1), bis, [job]).get(job)
    for year in range(von.year, bis.year + 1):
        rows = session.scalars(select(Abwesenheit).where(
            Abwesenheit.beschaeftigung_id == job, Abwesenheit.art == art,
            Abwesenheit.zustand.in_(("beantragt", "genehmigt")))).all()
        parts = [in_year(one.von, one.bis, year) for one in rows] + [in_year(von, bis, year)]
        used = sum(working_days(plan, *part) for part in parts if part is not None)
        most = limit(name, date(year, 12, 31))
        if used > most:
            raise ImportFehler(f"{ABWESENHEITEN[art]}: höchstens {most} im Jahr {year}", "Zeitraum kürzen")


def decide(session: TenantSession, bestand: Bestand, row: Abwesenheit, fehlzeiten: Fehlzeiten, *, genehmigen: bool,
           grund: str = "") -> Abwesenheit:
    """Genehmigt als zweite Person oder lehnt mit Grund ab; Krankheit über Urlaub gibt den Urlaub zurück (§ 9 BUrlG)."""
    actor = str(session.info["actor"])
    if row.zustand != "beantragt":
        raise ImportFehler(f"Der Antrag ist schon {row.zustand}", "Seite neu laden")
    if actor == row.beantragt_von:
        raise ImportFehler(f"{actor} hat den Antrag gestellt und entscheidet ihn nicht", "eine zweite Person bitten")
    if not genehmigen and not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum abgelehnt wird")
    if genehmigen and row.art == "krank" and row.au_seit is not None:
        _give_back_leave(session, row)
    if genehmigen and row.art in FEHLZEIT:
        fehlzeiten.erfassen(session, row.beschaeftigung_id, FEHLZEIT[row.art], row.von, row.bis,
                            kind=row.kind_geboren_am, reason=f"{ABWESENHEITEN[row.art]}, genehmigt von {actor}")
        row.fehlzeit = True
    if genehmigen and row.art in URLAUB and not row.halb:
        row.fehlzeit = fehlzeiten.urlaub(session, row.beschaeftigung_id, row.von, row.bis,
                                         reason=f"{ABWESENHEITEN[row.art]}, genehmigt von {actor}")
    if genehmigen and row.art == "umwandlung":
        fehlzeiten.umwandeln(session, row.beschaeftigung_id, row.von, row.bis,
                             reason=f"{ABWESENHEITEN[row.art]}, genehmigt von {actor}")
    if genehmigen and row.art == "krank" and row.eau is None and ((row.bis - row.von).days >= EAU_AB_TAGEN
                                                                 or row.au_seit is not None):
        row.eau = "anzufordern"
    _settle(session, row, "genehmigt" if genehmigen else "abgelehnt", grund)
    if genehmigen and row.art in URLAUB:
        _give_back_to_sickness(session, row)
    if genehmigen:
        _renew(session, bestand, row)
    return row


def _give_back_leave(session: TenantSession, row: Abwesenheit) -> None:
    """Ärztlich festgestellte Tage zählen nicht als Urlaub; was davor und danach liegt, bleibt einer."""
    first, last = _certified(row)
    for leave in session.scalars(select(Abwesenheit).where(
            Abwesenheit.beschaeftigung_id == row.beschaeftigung_id, Abwesenheit.art.in_(URLAUB),
            Abwesenheit.zustand == "genehmigt", Abwesenheit.von <= last, Abwesenheit.bis >= first,
            first <= last)).all():
        for begin, end in ((leave.von, first - timedelta(days=1)), (last + timedelta(days=1), leave.bis)):
            if begin <= end:
                key = uuid.uuid4()
                note = seal_field(keys_of(session), Abwesenheit, key, "bemerkung", leave.bemerkung)
                session.add(Abwesenheit(
                    public_id=key, beschaeftigung_id=leave.beschaeftigung_id, art=leave.art, von=begin,
                    bis=end, zustand="genehmigt", fehlzeit=leave.fehlzeit, bemerkung_siegel=note,
                    beantragt_von=leave.beantragt_von,
                    entschieden_von=leave.entschieden_von, entschieden_am=leave.entschieden_am,
                    entschieden_grund=REST))
        _settle(session, leave, "storniert", GIVEN_BACK, von=leave.entschieden_von)


def _give_back_to_sickness(session: TenantSession, leave: Abwesenheit) -> None:
    """Urlaub, über den erst nach einer festgestellten Krankheit entschieden wird, verliert ihre Tage ebenso."""
    for sick in between(session, leave.von, leave.bis, job=leave.beschaeftigung_id, zustaende=("genehmigt",)):
        if sick.art == "krank" and sick.au_seit is not None:
            _give_back_leave(session, sick)


def _certified(row: Abwesenheit) -> tuple[date, date]:
    return max(row.von, row.au_seit or row.von), min(row.bis, row.au_bis or row.bis)


def _leave_again(session: TenantSession, row: Abwesenheit) -> None:
    """Urlaub, den diese Krankheit zurückgab, gilt wieder, wo seither nichts anderes gilt; die Reste daneben werden mit
    ihm wieder einer."""
    first, last = _certified(row)
    for was in session.scalars(select(Abwesenheit).where(
            Abwesenheit.beschaeftigung_id == row.beschaeftigung_id, Abwesenheit.art.in_(URLAUB),
            Abwesenheit.zustand == "storniert", Abwesenheit.entschieden_grund == GIVEN_BACK,
            Abwesenheit.von <= last, Abwesenheit.bis >= first).order_by(Abwesenheit.id.desc())).all():
        begin, end = max(first, was.von), min(last, was.bis)
        around = [one for one in between(session, begin - DAY, end + DAY, job=row.beschaeftigung_id) if one is not row]
        free = list(_free(begin, end, [one for one in around if not (one.halb and was.halb)]))
        for piece in free:
            _restore(session, row, was, *_joined(session, was, *piece, around))
        if free:
            was.entschieden_grund = f"{GIVEN_BACK}; gilt wieder"  # never a second time


def _free(begin: date, end: date, held: Sequence[Abwesenheit]) -> Iterator[tuple[date, date]]:
    """Was von begin bis end frei ist; held nach Beginn."""
    for one in held:
        if one.bis < begin or one.von > end:
            continue
        if begin < one.von:
            yield begin, one.von - DAY
        begin = max(begin, one.bis + DAY)
    if begin <= end:
        yield begin, end


def _joined(session: TenantSession, was: Abwesenheit, begin: date, end: date,
            around: Sequence[Abwesenheit]) -> tuple[date, date]:
    """Der Zeitraum mit den Resten, die an ihn stoßen; sie gehen in ihm auf."""
    for rest in around:
        if (not was.halb and rest.zustand == "genehmigt" and rest.art == was.art and rest.entschieden_grund == REST
                and not rest.halb and (rest.bis == begin - DAY or rest.von == end + DAY)):
            begin, end = min(begin, rest.von), max(end, rest.bis)
            _settle(session, rest, "storniert", "geht im wieder geltenden Urlaub auf", von=rest.entschieden_von)
    return begin, end


def _restore(session: TenantSession, row: Abwesenheit, was: Abwesenheit, begin: date, end: date) -> None:
    key = uuid.uuid4()
    session.add(Abwesenheit(
        public_id=key, beschaeftigung_id=was.beschaeftigung_id, art=was.art, von=begin, bis=end, halb=was.halb,
        zustand="genehmigt", beantragt_von=was.beantragt_von, entschieden_von=_second(session, was),
        entschieden_am=func.now(), entschieden_grund=f"gilt wieder: {ABWESENHEITEN[row.art]} entfallen",
        bemerkung_siegel=seal_field(keys_of(session), Abwesenheit, key, "bemerkung", was.bemerkung)))
    session.flush()


def _second(session: TenantSession, was: Abwesenheit) -> str:
    """Wer den Urlaub genehmigt hatte; wer ihn selbst beantragt hat, ist es nie."""
    actor = str(session.info["actor"])
    found = next((one for one in (was.entschieden_von, actor) if one and one != was.beantragt_von), None)
    if found is None:
        raise ImportFehler(f"{actor} hat den Urlaub beantragt, der wieder gelten soll", "eine zweite Person bitten")
    return found


def _pay_leave_again(session: TenantSession, row: Abwesenheit, fehlzeiten: Fehlzeiten) -> None:
    """Genehmigter Urlaub unter einer stornierten Abwesenheit ist für die Abrechnung wieder einer."""
    for leave in between(session, row.von, row.bis, job=row.beschaeftigung_id, zustaende=("genehmigt",)):
        if leave.art in URLAUB and not leave.halb:
            leave.fehlzeit = fehlzeiten.urlaub(session, leave.beschaeftigung_id, leave.von, leave.bis,
                                               reason=f"{ABWESENHEITEN[leave.art]}: {ABWESENHEITEN[row.art]} entfallen")


def withdraw(session: TenantSession, row: Abwesenheit) -> Abwesenheit:
    """Zieht den eigenen Antrag zurück, solange er nicht entschieden ist."""
    if row.zustand != "beantragt" or str(session.info["actor"]) != row.beantragt_von:
        raise ImportFehler("Zurückziehen kann nur, wer beantragt hat, solange nicht entschieden ist",
                           "die Personalstelle um Storno bitten")
    return _settle(session, row, "zurueckgezogen", "")


def cancel(session: TenantSession, bestand: Bestand, row: Abwesenheit, fehlzeiten: Fehlzeiten, *,
           grund: str) -> Abwesenheit:
    """Storniert eine genehmigte Abwesenheit mit Grund; ihre Fehlzeit entfällt."""
    if row.zustand != "genehmigt":
        raise ImportFehler("Stornieren lässt sich nur, was genehmigt ist", "Seite neu laden")
    if not grund.strip():
        raise ImportFehler("Der Grund fehlt", "angeben, warum")
    if row.fehlzeit:
        fehlzeiten.zuruecknehmen(session, row.beschaeftigung_id, FEHLZEIT.get(row.art, "urlaub"), row.von, row.bis,
                                 reason=grund)
        row.fehlzeit = False
    if row.art == "umwandlung":
        fehlzeiten.umwandlung_zuruecknehmen(session, row.beschaeftigung_id, row.von, row.bis, reason=grund)
    _settle(session, row, "storniert", grund)
    if row.art in FEHLZEIT:
        _leave_again(session, row)
        _pay_leave_again(session, row, fehlzeiten)
    _renew(session, bestand, row)
    return row


def set_eau(session: TenantSession, row: Abwesenheit, stand: str, *, au_seit: date | None = None,
            au_bis: date | None = None) -> Abwesenheit:
    """Hält fest, wie es um den Abruf der elektronischen Bescheinigung steht (§ 109 SGB IV).

    Bestätigte Tage sind kein Urlaub (§ 9 BUrlG); was nur gemeldet, aber nicht bestätigt ist, wird wieder einer.
    """
    if row.art != "krank" or stand not in EAU:
        raise ImportFehler("Diesen Stand gibt es nicht", f"erlaubt: {', '.join(EAU)}")
    if stand == "bestaetigt" and (au_seit is None or au_bis is None or au_bis < au_seit):
        raise ImportFehler("Eine Bestätigung nennt Beginn und Ende", "beide Tage angeben")
    row.eau = stand
    if stand == "bestaetigt" and (row.au_seit, row.au_bis) != (au_seit, au_bis):
        if row.zustand == "genehmigt" and row.au_seit is not None:
            _leave_again(session, row)
        row.au_seit, row.au_bis = au_seit, au_bis
        if row.zustand == "genehmigt":
            _give_back_leave(session, row)
    session.flush()
    _log(session, row, f"eau_{stand}")
    return row


def warn(session: TenantSession, jobs: Sequence[int], year: int, today: date) -> int:
    """Hält fest, dass Beschäftigte über ihre Tage und den Verfall belehrt sind; gibt an, wie viele es waren."""
    held = {row.beschaeftigung_id: row for row in session.scalars(select(UrlaubAngaben).where(
        known(UrlaubAngaben, None), UrlaubAngaben.jahr == year, UrlaubAngaben.beschaeftigung_id.in_(jobs)))}
    told = 0
    for job in jobs:
        row = held.get(job)
        if row is not None and row.hinweis_am is not None:
            continue
        values = {name: getattr(row, name) for name in ANGABEN} if row is not None else dict(EMPTY)
        set_year(session, job, year, reason="Hinweis auf Urlaub und Verfall", **(values | {"hinweis_am": today}))
        told += 1
    return told


ANGABEN = ("uebertrag", "vorher_genommen", "hinweis_am", "uebertragung", "verhinderung", "schwerbehindert_von",
           "schwerbehindert_bis", "gleichgestellt", "elternzeit_kuerzung")
EMPTY: dict[str, Any] = {"uebertrag": 0, "vorher_genommen": 0, "hinweis_am": None, "uebertragung": "",
                         "verhinderung": "", "schwerbehindert_von": None, "schwerbehindert_bis": None,
                         "gleichgestellt": False, "elternzeit_kuerzung": False}


def set_year(session: TenantSession, job: int, year: int, *, reason: str, **values: Any) -> UrlaubAngaben:
    """Erfasst die Angaben eines Urlaubsjahres."""
    return record(session, UrlaubAngaben, ab=date(year, 1, 1), bis=date(year, 12, 31), reason=reason,
                  beschaeftigung_id=job, jahr=year, **values)


def find(session: TenantSession, kennung: uuid.UUID) -> Abwesenheit | None:
    """Der Antrag mit dieser Kennung."""
    return session.scalars(select(Abwesenheit).where(Abwesenheit.public_id == kennung)).one_or_none()


def between(session: TenantSession, first: date, last: date, *, job: int | None = None,
            zustaende: Sequence[str] = ("beantragt", "genehmigt")) -> Sequence[Abwesenheit]:
    """Abwesenheiten, die einen Tag von first bis last berühren, nach Beginn."""
    statement = select(Abwesenheit).where(Abwesenheit.von <= last, Abwesenheit.bis >= first,
                                          Abwesenheit.zustand.in_(zustaende))
    if job is not None:
        statement = statement.where(Abwesenheit.beschaeftigung_id == job)
    return session.scalars(statement.order_by(Abwesenheit.von, Abwesenheit.id)).all()


def _settle(session: TenantSession, row: Abwesenheit, zustand: str, grund: str, *,
            von: str | None = None) -> Abwesenheit:
    row.zustand, row.entschieden_von, row.entschieden_am = zustand, von or str(session.info["actor"]), func.now()
    row.entschieden_grund = grund.strip() or None
    session.flush()
    _log(session, row, zustand)
    return row


def _log(session: TenantSession, row: Abwesenheit, what: str) -> None:
    audit.record(session, f"abwesenheit.{what}", f"abwesenheit:{row.public_id}",
                 {"art": row.art, "von": row.von.isoformat(), "bis": row.bis.isoformat()}, row.entschieden_grund)


def _renew(session: TenantSession, bestand: Bestand, row: Abwesenheit) -> None:
    months = {day.replace(day=1) for day in (row.von, row.bis, row.von - RIM)}
    closing.renew(session, bestand, sorted(months & bestand.geschlossen))
