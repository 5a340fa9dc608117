"""What is said before the first question. Every sentence is a promise that the ballot box and the release keep."""

from collections.abc import Mapping

SEALED = {
    "nl": "Niemand kan achterhalen wat u antwoordt. Uw antwoorden worden verzegeld bewaard, zonder uw naam, zonder "
    "tijdstip en los van uw uitnodiging; alleen uw afdeling gaat mee, om per groep te kunnen tellen. Ze gaan pas open als "
    "de vragenlijst is gesloten, samen met die van alle anderen.",
    "en": "Nobody can find out what you answer. Your answers are kept sealed, without your name, without a time and "
    "apart from your invitation; only your department goes with them, to count by group. They are opened only after the "
    "survey has closed, together with those of everybody else.",
}
APART = {
    "nl": "Wat u over verschillende diensten zegt, wordt dan van elkaar losgemaakt.",
    "en": "What you say about different services is then taken apart.",
}
GROUPS = {
    "nl": "Uitkomsten zijn alleen te zien voor groepen waarin minstens {minimum} mensen antwoordden. Zijn het er minder, "
    "dan tellen hun antwoorden alleen mee in een grotere groep, of ze worden vernietigd.",
    "en": "Results are shown only for groups in which at least {minimum} people answered. Where fewer did, their answers "
    "count in a larger group only, or are destroyed.",
}
COMMENTS = {
    "nl": "Uit opmerkingen halen we namen, e-mailadressen en telefoonnummers van mensen. Opmerkingen zijn alleen te lezen "
    "voor groepen waarin minstens {minimum} mensen iets schreven. Schrijf liever niets op waaraan iemand te herkennen is.",
    "en": "Names, e-mail addresses and phone numbers of people are taken out of comments. Comments can be read only for "
    "groups in which at least {minimum} people wrote something. Please write nothing by which somebody can be recognised.",
}
ONCE = {
    "nl": "U kunt één keer antwoorden. Daarna kan niemand uw antwoorden nog opzoeken, veranderen of verwijderen, ook wij "
    "niet. Dat u hebt geantwoord, gebruiken we alleen om u geen herinnering te sturen en om te tellen hoeveel mensen "
    "meededen.",
    "en": "You can answer once. After that nobody can look up, change or remove your answers, not even we. That you have "
    "answered is used only to send you no reminder and to count how many people took part.",
}


def introduction(
    language: str, *, minimum_group: int, comment_minimum_group: int, comments: bool, several_services: bool
) -> str:
    """Paragraphs, a line each. In English where there is no translation."""
    opening = [SEALED, APART] if several_services else [SEALED]
    paragraphs = [
        " ".join(_in(text, language) for text in opening),
        _in(GROUPS, language).format(minimum=minimum_group),
    ]
    if comments:
        paragraphs.append(_in(COMMENTS, language).format(minimum=comment_minimum_group))
    return "\n".join([*paragraphs, _in(ONCE, language)])


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language.partition("-")[0]) or text["en"]
