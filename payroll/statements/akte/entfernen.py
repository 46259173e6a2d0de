"""Ein Dokument aus der Personalakte entfernen: eine Person merkt mit Grund vor, eine zweite entfernt den Inhalt.

Bis dahin nimmt jede mit dem Recht die Vormerkung zurück, und nichts ist verloren. Die Datenbank lässt den Inhalt nur
gehen, wenn jemand anderes vorgemerkt hat. Die Löschung am Ende der Frist fragt nicht danach.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from payroll.masterdata import wiedervorlage
from payroll.statements.akte.ablage import AkteError
from payroll.statements.akte.models import AkteDokument
from tenants import audit
from tenants.db.session import TenantSession

OWN_MARK = "Vorgemerkt haben Sie selbst: entfernen kann nur eine zweite Person, zurücknehmen auch Sie."
TASK = "Personalakte: ein Dokument ist zum Entfernen vorgemerkt. Als zweite Person prüfen: entfernen oder behalten."
LONGEST_REASON = 300


def mark(session: TenantSession, one: AkteDokument, reason: str, today: date) -> None:
    """Merkt ein Dokument mit Grund zum Entfernen vor; aus dem Portal ist es sofort genommen, und eine Wiedervorlage
    (fällig heute) ruft die zweite Person.

    Ein Brief des Hauses bleibt: er beweist, was der Person geschrieben wurde.
    """
    _locked(session, one)
    if one.quelle == "brief":
        raise AkteError("Ein Brief des Hauses bleibt in der Akte; war er falsch, einen berichtigten schreiben.")
    if not reason.strip():
        raise AkteError("Grund: angeben, warum das Dokument nicht in die Akte gehört.")
    if one.vorgemerkt_am is not None:
        raise AkteError("Dieses Dokument ist schon zum Entfernen vorgemerkt.")
    one.vorgemerkt_am, one.vorgemerkt_von = datetime.now(UTC), str(session.info["actor"])
    one.vorgemerkt_grund, one.im_portal = reason.strip()[:LONGEST_REASON], False
    session.flush()
    wiedervorlage.create(session, [wiedervorlage.Vorgabe(one.person_id, today, TASK, "akte", _origin(one))])
    audit.record(session, "akte.vorgemerkt", _subject(one), {"klasse": one.klasse}, reason.strip())


def withdraw(session: TenantSession, one: AkteDokument) -> None:
    """Nimmt die Vormerkung zurück; ins Portal kommt das Dokument dadurch nicht wieder."""
    _locked(session, one)
    _marked(one)
    details = {"klasse": one.klasse, "vorgemerkt_von": one.vorgemerkt_von}
    wiedervorlage.settle_origin(session, _origin(one), vermerk="behalten")
    one.vorgemerkt_am = one.vorgemerkt_von = one.vorgemerkt_grund_siegel = None
    session.flush()
    audit.record(session, "akte.vormerkung_zurueck", _subject(one), details)


def remove(session: TenantSession, one: AkteDokument) -> None:
    """Entfernt als zweite Person den Inhalt; was, wer und warum bleibt stehen."""
    _locked(session, one)
    _marked(one)
    actor = str(session.info["actor"])
    if actor == one.vorgemerkt_von:
        raise AkteError(OWN_MARK)
    one.inhalt_siegel = one.ansicht_siegel = one.text_siegel = None
    one.entfernt_am, one.entfernt_von, one.im_portal = datetime.now(UTC), actor, False
    session.flush()
    wiedervorlage.settle_origin(session, _origin(one), vermerk="entfernt")
    details = {"klasse": one.klasse, "sha256": one.sha256.hex(), "vorgemerkt_von": one.vorgemerkt_von}
    audit.record(session, "akte.entfernt", _subject(one), details, one.vorgemerkt_grund)


def _locked(session: TenantSession, one: AkteDokument) -> None:
    """Wer gleichzeitig zurücknimmt oder entfernt, wartet hier und sieht danach, was gilt."""
    session.refresh(one, with_for_update=True)
    if one.entfernt_am is not None:
        raise AkteError("Dieses Dokument ist schon entfernt.")


def _marked(one: AkteDokument) -> None:
    if one.vorgemerkt_am is None:
        raise AkteError("Dieses Dokument ist nicht zum Entfernen vorgemerkt: die Seite neu laden.")


def _origin(one: AkteDokument) -> str:
    assert one.vorgemerkt_am is not None
    return f"akte:{one.public_id}:{one.vorgemerkt_am.astimezone(UTC).isoformat()}"


def _subject(one: AkteDokument) -> str:
    return f"akte_dokument:{one.public_id}"
