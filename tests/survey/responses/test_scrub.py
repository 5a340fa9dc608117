import pytest

from services.survey.responses.scrub import Directory, directory, find, readable, scrub
from tests.survey.responses.municipality import read, truth

PEOPLE = directory(
    [
        ("Suzanne", "de Vries"),
        ("Wil", "Bakker"),
        ("José", "van der Ploeg"),
        ("Mark", "Groen"),
        ("Jan Willem", "in 't Veld"),
        ("Mei", "Ng"),
    ]
)


@pytest.fixture(scope="module")
def municipality_directory() -> Directory:
    return directory(read().names)


def test_the_municipality_scored_both_ways(municipality_directory: Directory) -> None:
    """Every piece of personal data goes, and hardly a word that is none."""
    texts = {
        (wave, person.employee, answer["service"]): answer["value"]
        for wave, people in read().waves.items()
        for person in people
        for answer in person.answers
        if answer["question"] == "comment"
    }
    rightly = wrongly = missed = 0
    for row in truth():
        text = readable(texts[row["wave"], row["employeeExternalId"], row["service"]])
        found = [text[start:end] for start, end, _ in find(text, municipality_directory)]
        for personal in row["personalData"]:
            if personal["text"] in found:
                found.remove(personal["text"])
                rightly += 1
            else:
                missed += 1
        wrongly += len(found)
    assert rightly / (rightly + missed) == 1, "recall"
    assert rightly / (rightly + wrongly) > 0.98, "precision"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Suzanne de Vries was kortaf.", "[naam] was kortaf."),
        ("gesproken met suzanne de vries", "gesproken met [naam]"),
        ("Suzannes laptop, en die van Jose.", "[naam] laptop, en die van [naam]."),
        ("Jan-Willem in 't Veld helpt altijd", "[naam] helpt altijd"),
        ("Met Jan Willem valt te praten", "Met [naam] valt te praten"),
        ("Ik sprak mevrouw De Vries.", "Ik sprak mevrouw [naam]."),
        ("Vraag het aan Bakker van inkoop", "Vraag het aan [naam] van inkoop"),
        ("Als ik iets wil, ga ik naar de bakker.", "Als ik iets wil, ga ik naar de bakker."),
        ("Bakker om de hoek is beter. Groen licht!", "Bakker om de hoek is beter. Groen licht!"),
        ("ALS IK IETS WIL MOET IK HET HALEN", "ALS IK IETS WIL MOET IK HET HALEN"),
        ("SUZANNE IS ONBESCHOFT", "[naam] IS ONBESCHOFT"),
        ("Su\u200bzanne is traag", "[naam] is traag"),
        ("Mail s.devries@gemeente.example of bel 06-00 123 456.", "Mail [e-mailadres] of bel [telefoonnummer]."),
        ("Bel (+31) 6-00 871 734 of 0031600676297", "Bel [telefoonnummer] of [telefoonnummer]"),
        ("Bel 06.......12345678, of 06 ------- 12345678", "Bel [telefoonnummer], of [telefoonnummer]"),
        ("+31 keer gebeld, nul keer opgenomen", "+31 keer gebeld, nul keer opgenomen"),
        ("In 2025 duurde melding 20250012345 elf weken", "In 2025 duurde melding 20250012345 elf weken"),
    ],
)
def test_what_goes_and_what_stays(text: str, expected: str) -> None:
    assert scrub(text, "nl", PEOPLE) == expected


@pytest.mark.parametrize(
    "text",
    [
        "01" + (" " * 4000 + "1") * 5 + " " * 4000 + "x", "0" + "1 (" * 26_000, "+31" + "(0)" * 26_000, "a." * 40_000,
        "a@" + "b." * 40_000, "((((" * 20_000, "x at " * 16_000, "'" * 80_000, "x" + '"' * 40_000 + "x Ng " * 8000,
        "x" + " " * 40_000 + "x Ng" * 8000, "Ng. " * 20_000, "N.g." * 20_000, "Jan " * 20_000, "Wil 1 " * 12_000,
        "van " * 20_000, "in 't " * 14_000, "a@b.nl Wil " * 7000,
    ],
)  # fmt: skip
def test_no_comment_takes_long(text: str) -> None:
    """Whatever somebody writes: ten times as long as a comment may be, these would take minutes to days if the work did
    not grow with the text alone."""
    assert scrub(text, "nl", PEOPLE)


def test_the_mark_is_in_the_language_of_the_comment() -> None:
    assert scrub("Suzanne was rude. The mark is low.", "en-GB", PEOPLE) == "[name] was rude. The mark is low."


def test_a_directory_of_ten_thousand_names_costs_no_more() -> None:
    """Time grows with the words of a text, not with the directory: this would take minutes otherwise."""
    names = [
        (f"{a}{b}ara", f"{b}{a}sen") for a in map(chr, range(0x61, 0x7B)) for b in map(chr, range(0x61, 0x7B))
    ] * 15
    large = directory(names)
    assert len(find("Met Abara ging het goed. " * 80, large)) == 80
    alike = directory(("Abara", f"van {family}") for _, family in names)
    assert len(find("van de van der van Aasen. " * 800, alike)) == 800
