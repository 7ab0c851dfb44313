"""Who and what appears in the demo: invented people, companies and schools; addresses that reach nobody.

Telephone numbers come from the range that the Bundesnetzagentur keeps free for films and books.
"""

from __future__ import annotations

from dataclasses import dataclass

NETWORK_SLUG = "dortmund-west"
NETWORK_NAME = "Ausbildung im Quartier – Netzwerk Dortmund-West"
CONTACT_NAME = "Marlene Sommerfeld"
CONTACT_EMAIL = "netzwerk-west@wirtschaft.example"
CONTACT_PHONE = "+49 221 4710 100"
LOGIN_EMAIL = "demo@treffpunkt.example"
# Two postcodes lie in two districts each: the form then asks which.
DISTRICTS: dict[str, list[str]] = {
    "Huckarde": ["44369", "44379"],
    "Innenstadt-West": ["44137", "44139", "44149"],
    "Lütgendortmund": ["44149", "44379", "44388"],
}


@dataclass(frozen=True)
class School:
    """A partner school with what visitors need to know."""

    name: str
    street: str
    postcode: str
    room: str
    arrival_note: str
    accessibility: str


SCHOOLS = (
    School(
        "Hauptschule am Kleybusch",
        "Am Kleybusch 12",
        "44149",
        "Aula",
        "Eingang über den Schulhof, dann links. Parkplätze am Sportplatz. "
        "Bus 465, Haltestelle Kleybusch.",
        "Stufenloser Zugang, barrierefreies WC im Erdgeschoss, Höranlage in der Aula.",
    ),
    School(
        "Gesamtschule Huckarder Bogen",
        "Bogenweg 7",
        "44369",
        "Mensa",
        "Haupteingang, Mensa im Erdgeschoss. Wenige Parkplätze, bitte Stadtbahn U 47 nutzen.",
        "Stufenloser Zugang über die Rampe am Haupteingang.",
    ),
    School(
        "Realschule Unionpark",
        "Ringallee 31",
        "44137",
        "Forum",
        "Eingang Ringallee, Forum im ersten Stock. Parkhaus Unionpark gegenüber.",
        "Aufzug neben dem Sekretariat.",
    ),
)


@dataclass(frozen=True)
class Firm:
    """A company with the person who answers for it."""

    name: str
    postcode: str
    district: str
    contact: str
    email: str
    phone: str
    colleague: str


def _firm(line: str, number: int) -> Firm:
    name, postcode, district, contact, email, colleague = (part.strip() for part in line.split("|"))
    return Firm(
        name, postcode, district, contact, f"{email}.example", f"+49 221 4710 {number}", colleague
    )


_LINES = """
Metallbau Krüger & Söhne | 44388 | Lütgendortmund | Ayşe Demir | a.demir@metallbau-krueger | Jonas Krüger
Bäckerei Ährenfeld | 44369 | Huckarde | Petra Ährenfeld | petra@baeckerei-aehrenfeld | Tim Lohse
Autohaus Wischlinger Straße | 44369 | Huckarde | Dennis Pohl | pohl@autohaus-wischlinger | Sabine Ehlert
Elektro Öztürk | 44137 | Innenstadt-West | Kemal Öztürk | kemal@elektro-oeztuerk | Lena Fischbach
Pflegedienst Lichtblick | 44139 | Innenstadt-West | Claudia Wenzel | c.wenzel@lichtblick-pflege | Igor Petrov
Tischlerei Holzrichter | 44388 | Lütgendortmund | Frank Holzrichter | info@tischlerei-holzrichter | Mia Sander
Stadtgarten Apotheke West | 44137 | Innenstadt-West | Dr. Nadine Voss | voss@apotheke-west | Jule Reimann
Spedition Rheinische Achse | 44379 | Lütgendortmund | Mehmet Yıldız | yildiz@rheinische-achse | Kirsten Bock
Dachdecker Sturm | 44149 | Lütgendortmund | Svenja Sturm | s.sturm@dachdecker-sturm | Ole Brandt
Hotel Alte Kokerei | 44369 | Huckarde | Thomas Grabowski | empfang@hotel-kokerei | Aylin Kaya
Zahnarztpraxis am Westpark | 44139 | Innenstadt-West | Dr. Miriam Scholl | praxis@zahn-westpark | Vanessa Thiel
Gartenbau Lindenhorst | 44388 | Lütgendortmund | Uwe Lindenhorst | uwe@gartenbau-lindenhorst | Hanna Kolb
Druckhaus Dorstfeld | 44149 | Innenstadt-West | Birgit Neumann-Özil | neumann@druckhaus-dorstfeld | Max Ritter
Softwareschmiede Pütt | 44137 | Innenstadt-West | Farid Haddad | farid@softwareschmiede-puett | Nele Osterkamp
Kfz-Technik Marten | 44379 | Lütgendortmund | Sandra Kowalski | werkstatt@kfz-marten | Pascal Jung
Malerbetrieb Farbenfroh | 44369 | Huckarde | Stefan Ahlers | ahlers@maler-farbenfroh | Zoë Lampe
Supermarkt Nahkauf Kirchlinde | 44379 | Huckarde | Ingrid Paschke | markt@nahkauf-kirchlinde | Ben Wolter
Logistikzentrum Hafenbahn | 44369 | Huckarde | Carsten Uhlig | c.uhlig@lz-hafenbahn | Dilara Aksoy
Steuerkanzlei Brückmann | 44139 | Innenstadt-West | Helga Brückmann | kanzlei@brueckmann-steuern | Finn Albers
Friseursalon Haargenau | 44137 | Innenstadt-West | Jasmin El-Amrani | jasmin@salon-haargenau | Lea Pieper
Sanitär Tiefenbach | 44388 | Lütgendortmund | Ralf Tiefenbach | ralf@sanitaer-tiefenbach | Emre Can
Kita-Träger Kleine Welle | 44149 | Lütgendortmund | Monika Heise | heise@kleine-welle | Arne Vogt
Maschinenbau Westfalenhütte Süd | 44388 | Lütgendortmund | Andreas Nowak | nowak@mwhs | Ida Rusche
Gebäudereinigung Blitzblank | 44379 | Huckarde | Olga Schneider | o.schneider@blitzblank-do | Luis Moll
Wohnungsgesellschaft Rote Erde | 44139 | Innenstadt-West | Katharina Bergmann | bergmann@rote-erde | Noah Stein
"""

FIRMS: tuple[Firm, ...] = tuple(
    _firm(line, 110 + number) for number, line in enumerate(_LINES.strip().splitlines())
)

# Title, focus topic, school (by number), days from now; the first has taken place.
SERIES = (
    ("1. Netzwerktreffen Dortmund-West", "Vom Praktikum zum Vertrag", 1, -63),
    ("2. Netzwerktreffen Dortmund-West", "Ausbildungsstart: die ersten hundert Tage", 0, 12),
    ("3. Netzwerktreffen Dortmund-West", "Azubis finden, die bleiben", 2, 77),
)
TALK_DAY = ("Azubi-Gespräche am Unionpark", "Zwölf Gespräche zu je 20 Minuten", 2, 33)
DESCRIPTION = (
    "Unternehmen und Schulen aus Huckarde, Innenstadt-West und Lütgendortmund kommen ins Gespräch: "
    "Neues aus dem Netzwerk, ein Blick in drei Partnerschulen und Zeit für eigene Verabredungen."
)
# Minutes after the beginning, what, who.
AGENDA = (
    (0, "Ankommen und Begrüßung", CONTACT_NAME),
    (15, "Neues aus dem Netzwerk", ""),
    (40, "Rückblick und Ausblick der Partnerschulen", "Schulleitungen"),
    (85, "Schwerpunkt mit Impuls und Austausch", "Dr. Henning Falk"),
    (135, "Gemeinsame Termine zur Berufsorientierung", ""),
)
