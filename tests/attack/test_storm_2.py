"""Ein Viertel des Sturms auf alle Wege; geteilt, damit mehrere Prozesse daran arbeiten."""

from markers import state
from realm import Realm
from storm import REQUESTS, Storm, short, told, unattacked


def test_no_attack_crosses_the_border(realm: Realm) -> None:
    storm = Storm(realm, seed="zwei")
    before = state(realm)
    report = storm.run(REQUESTS)
    assert short(report.complaints) == ""
    assert report.requests == REQUESTS
    assert unattacked(realm, report) == []
    assert state(realm) == before
    assert told(report, realm) == []
