"""Invented employers and names. No place, street and person of this district exists."""

from __future__ import annotations

VORNAMEN = (
    "Anna", "Ayşe", "Barbara", "Birgit", "Britta", "Carla", "Claudia", "Cornelia", "Daniela", "Elif", "Elke", "Eva",
    "Fatma", "Friederike", "Gabriele", "Gisela", "Greta", "Heike", "Helga", "Ines", "Ioana", "Jana", "Jelena",
    "Johanna", "Julia", "Karin", "Katharina", "Katrin", "Lara", "Lea", "Leonie", "Lina", "Małgorzata", "Maren",
    "Maria", "Marlene", "Martina", "Merle", "Mia", "Monika", "Nadine", "Nele", "Nina", "Olga", "Petra", "Pia",
    "Renate", "Ruth", "Sabine", "Sandra", "Silke", "Simone", "Sofia", "Sophie", "Stefanie", "Susanne", "Svenja",
    "Thảo", "Ulrike", "Ursula", "Yasemin", "Zoë", "Alexander", "Ali", "Andreas", "Anton", "Ben", "Bernd", "Björn",
    "Boris", "Carsten", "Christian", "Daniel", "Dirk", "Đorđe", "Elias", "Emil", "Enes", "Erik", "Felix", "Finn",
    "Florian", "Frank", "Fritz", "Georg", "Günter", "Hannes", "Hans", "Heinz", "Henrik", "Ivan", "Jakob", "Jan",
    "Jens", "Jonas", "Jörg", "José", "Jürgen", "Karl", "Kemal", "Klaus", "Lars", "Leon", "Łukasz", "Luis",
    "Manfred", "Marco", "Markus", "Martin", "Matthias", "Max", "Mehmet", "Michael", "Moritz", "Nils", "Noah",
    "Ömer", "Oskar", "Paul", "Peter", "Philipp", "Ralf", "René", "Rolf", "Sebastian", "Siegfried", "Stefan", "Sven",
    "Theo", "Thomas", "Tim", "Uwe", "Volker", "Walter", "Werner", "Wolfgang", "Yusuf",
)

NACHNAMEN = (
    "Ackermann", "Albrecht", "Arslan", "Bachmann", "Baier", "Bauer", "Beck", "Becker", "Bergmann", "Böhm", "Brandt",
    "Braun", "Brinkmann", "Busch", "Çelik", "Conrad", "Dąbrowski", "Dietrich", "Đặng", "Ebert", "Eckert", "Engel",
    "Ernst", "Fiedler", "Fischer", "Franke", "Friedrich", "Fuchs", "Geiger", "Götz", "Graf", "Groß", "Günther",
    "Haas", "Hahn", "Hansen", "Hartmann", "Heinrich", "Herrmann", "Hoffmann", "Horn", "Huber", "Jäger", "Jansen",
    "Jovanović", "Jung", "Kaiser", "Kaya", "Keller", "Kern", "Kılıç", "Klein", "Koch", "Köhler", "König",
    "Kowalski", "Krämer", "Kraus", "Krüger", "Kuhn", "Lang", "Lehmann", "Lindner", "Lorenz", "Ludwig", "Maier",
    "Marx", "Mayer", "Meier", "Möller", "Müller", "Nowak", "Öztürk", "Otto", "Peters", "Pfeiffer", "Pohl",
    "Popescu", "Richter", "Roth", "Sander", "Sauer", "Schäfer", "Schmitz", "Scholz", "Schreiber", "Schröder",
    "Schubert", "Schulte", "Schwarz", "Seidel", "Simon", "Šimić", "Sommer", "Stein", "Straßburger", "Thomas",
    "Vogel", "Vogt", "Voß", "Wagner", "Walter", "Weber", "Weiß", "Werner", "Winkler", "Winter", "Wolf", "Yıldız",
    "Ziegler", "Zimmermann",
)

DOPPELNAMEN = ("Freifrau von der Lindenau", "Müller-Lüdenscheidt", "van den Broek", "Schulze zur Wiesche",
               "de la Cruz Ortega")

STRASSEN = ("Ahornweg", "Am Mühlbach", "Bachstraße", "Birkenallee", "Gartenstraße", "Große Wiese", "Hauptstraße",
            "Im Wiesengrund", "Kirchplatz", "Lindenstraße", "Schulstraße", "Zum Alten Kornspeicher")

KASSEN = ("AOK NordWest", "TK", "BARMER", "DAK", "hkk", "KKH")


class Arbeitgeber:
    """An employer of the district: number, name, kind, town, headcount by kind of people."""

    def __init__(self, number: str, name: str, kind: str, ort: str, plz: str, betriebsnummer: str,
                 people: dict[str, int]) -> None:
        self.number, self.name, self.kind, self.ort, self.plz = number, name, kind, ort, plz
        self.betriebsnummer, self.people = betriebsnummer, people

    @property
    def size(self) -> int:
        """Number of employments."""
        return sum(self.people.values())


ARBEITGEBER = (
    Arbeitgeber("100", "Kreis Wiesengrund", "kreis", "Auenstedt", "49999", "34567892", {
        "verwaltung": 72, "pflege": 22, "beamte": 34, "auszubildende": 8, "minijob": 6, "midijob": 8, "leitung": 4}),
    Arbeitgeber("210", "Stadt Auenstedt", "stadt", "Auenstedt", "49999", "45678903", {
        "verwaltung": 50, "erziehung": 28, "beamte": 16, "auszubildende": 6, "minijob": 7, "midijob": 8, "leitung": 2}),
    Arbeitgeber("220", "Stadt Lindenbrück", "stadt", "Lindenbrück", "49998", "56789012", {
        "verwaltung": 28, "erziehung": 20, "beamte": 8, "auszubildende": 3, "minijob": 5, "midijob": 5, "leitung": 1}),
    Arbeitgeber("230", "Gemeinde Birkenhagen", "gemeinde", "Birkenhagen", "49997", "67890122", {
        "verwaltung": 16, "erziehung": 14, "beamte": 4, "auszubildende": 2, "minijob": 3, "midijob": 4, "leitung": 1}),
    Arbeitgeber("240", "Gemeinde Moorkamp", "gemeinde", "Moorkamp", "49996", "78901231", {
        "verwaltung": 9, "erziehung": 5, "beamte": 2, "auszubildende": 1, "minijob": 2, "midijob": 2, "leitung": 1}),
)
