"""However people write somebody's name it goes; the words that are also names stay."""

from itertools import pairwise

import pytest

from services.survey.responses.scrub import directory, find, scrub

PEOPLE = directory(
    [
        ("Piet", "Jansen"),
        ("Piet", "Hendriksen"),
        ("Jan", "van der Berg"),
        ("Şule", "Yılmaz"),
        ("Anne-Marie", "Özdemir-Bakker"),
        ("Saïd", "El Amrani"),
        ("Mei Lin", "Ng"),
        ("Jürgen", "Müller"),
        ("Mark", "Groen"),
        ("Wil", "Bakker"),
        ("Floor", "de Koning"),
        ("May", "Brand"),
        ("Will", "Grant"),
        ("Hope", "Bos"),
        ("Roos", "de Jong"),
        ("Frans", "van Leiden"),
        ("Ben", "de Lange"),
        ("Dan", "Engels"),
        ("Bas", "Vos"),
        ("An", "van Wijk"),
    ]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A name that is no word goes wherever it stands.
        ("Jansen komt nooit opdagen.", "# komt nooit opdagen."),
        ("Vragen? Jansen weet niets.", "Vragen? # weet niets."),
        ("Contact: Jansen", "Contact: #"),
        ("Hendriksen heeft me nooit geholpen.", "# heeft me nooit geholpen."),
        ("Geen hulp.\nHendriksen is weg", "Geen hulp.\n# is weg"),
        ("Yilmaz is bot", "# is bot"),
        ("YILMAZ IS BOT", "# IS BOT"),
        ("Ik sprak met hendriksen.", "Ik sprak met #."),
        ("HENDRIKSEN IS BOT", "# IS BOT"),
        ("ik sprak met jan", "ik sprak met #"),
        ("jan was er niet, en Jan-Piet ook niet", "# was er niet, en #-# ook niet"),
        ("team Jansen, cluster hendriksen", "team #, cluster #"),
        ("Jansen/Hendriksen of #jansen_2", "#/# of ##_2"),
        # Behind titles and initials, which go too.
        ("Dhr. Jansen reageert nooit.", "Dhr. # reageert nooit."),
        ("Mevr. Jansen", "Mevr. #"),
        ("Mw. Jansen", "Mw. #"),
        ("meneer jansen", "meneer #"),
        ("I asked Mr. Jansen twice.", "I asked Mr. # twice."),
        ("Ik belde P. Jansen twee keer.", "Ik belde # twee keer."),
        ("P. Hendriksen is bot", "# is bot"),
        ("P.J. van der Berg en P Jansen", "# en #"),
        ("p.jansen", "#"),
        ("foto's. Jansen komt", "foto's. # komt"),
        ("Vraag mevr. bakker, meneer groen of M. Groen", "Vraag mevr. #, meneer # of #"),
        ("Dhr. Berg en mevrouw Lange. BEL MW BAKKER", "Dhr. # en mevrouw #. BEL MW #"),
        # Whose something is.
        ("Jansens team, jansens team, Jansen's team", "# team, # team, #'s team"),
        ("Hendriksens team", "# team"),
        ("Marks laptop, de laptop van Bens baas", "# laptop, de laptop van # baas"),
        # With prefixes and hyphens, and without.
        ("Ik sprak met van der berg", "Ik sprak met #"),
        ("VAN DER BERG IS BOT", "# IS BOT"),
        ("met de jong gesproken, en met van wijk", "met # gesproken, en met #"),
        ("v.d. Berg, V.d. Berg, vd berg en Jan v/d Berg", "#, #, # en #"),
        ("Amrani, el amrani, El-Amrani, ELAMRANI", "#, #, #, #"),
        ("Annemarie, anne marie, Anne-Marie, Anne", "#, #, #, #"),
        ("Ozdemir, özdemir bakker, Özdemir-Bakker", "#, #, #"),
        ("Mueller, muller, Juergen Müller", "#, #, #"),
        ("Ng zei niets; ng is geen woord", "# zei niets; ng is geen woord"),
        # Names that are words too, where something says that they are names.
        ("Bakker is bot. Kort: Bakker", "# is bot. Kort: #"),
        ("Bakker, Wil of Groen, Mark", "# of #, #"),
        ("Wil is traag. Ben heeft gelijk. Roos, bedankt!", "# is traag. # heeft gelijk. #, bedankt!"),
        ("gesproken met wil, geholpen door mark", "gesproken met #, geholpen door #"),
        ("I asked May and Will about Grant", "I asked # and # about #"),
        ("mark groen en WIL BAKKER", "# en #"),
        ("Het ligt aan Frans en aan Van Leiden", "Het ligt aan # en aan #"),
        ("Bel 31612345678, 31 6 12345678, 31201234567 of 612345678", "Bel %, %, % of %"),
        ("Mail 06 12345678@x.example", "Mail %"),
    ],
)
def test_a_name_goes(text: str, expected: str) -> None:
    scrubbed = scrub(text, "nl", PEOPLE).replace("[naam]", "#").replace("[telefoonnummer]", "%")
    assert scrubbed == expected


@pytest.mark.parametrize(
    "text",
    [
        "De groene koning van de kantine",
        "Ik wil graag een brand melden",
        "In May the office was cold, and by May it will be hot.",
        "May I ask why? Will you call? Will it ever be fixed? Mark the date.",
        "We hope the grant will come. Hope you can help!",
        "The mark on the floor. Floor it!",
        "Wil je dat aan iemand vragen? Wil de balie bellen?",
        "Bos bloemen gekregen. Een bos bloemen, een roos, een vos.",
        "Brand gemeld. Groen licht! Goed: groen licht",
        "IK WIL GROEN LICHT, EN DAN GRAAG LANG. GROOT MARK EN BAKKER",
        "Dan bel ik zelf. Dan is het te laat. Ben er klaar mee. An hour!",
        "Mevrouw wil niet helpen, meneer is weg",
        "De lange wachttijd in het lange gebouw op de berg",
        "Uitzicht op de berg, bij de bakker in de wijk, van wijken en bergen",
        "Kantoor Leiden is koud; in Leiden werkt niets",
        "Uitleg in het Engels graag; Engels is lastig",
        "Klaar op 15 jan, begonnen in jan 2025, since 3 May",
        "Afdeling Groen en team Bos",
        "Van wie is dit? Jong en oud, arm en rijk",
        "Melding 20250012345 van 31-12-2025 10:30, 31 keer, 612 euro",
        "It is an everyday thing to ask an engineer by post or by hand",
    ],
)
def test_an_ordinary_sentence_stays(text: str) -> None:
    assert scrub(text, "nl", PEOPLE) == text


def test_people_of_one_name_or_none() -> None:
    people = directory([("", "Groen"), ("Sukarno", ""), ("", ""), ("-", "?")])
    assert (
        scrub("Licht: groen. Vraag Groen of sukarno, groen", "nl", people)
        == "Licht: groen. Vraag [naam] of [naam], groen"
    )


def test_what_overlaps_goes_once() -> None:
    found = find("Piet 0612345678@x.example jan", PEOPLE)
    assert all(one.end <= other.start for one, other in pairwise(found))
