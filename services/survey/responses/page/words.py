"""The page's own words, in Dutch and English. The questionnaire's come from the survey."""

# long: all the page's words on one page, so that the two languages can be laid side by side

from dataclasses import dataclass

from services.survey.surveys.values import is_date

LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English", "de": "Deutsch", "fr": "Français", "fy": "Frysk"}


@dataclass(frozen=True)
class Words:
    language: str
    switch: str
    step: str
    error: str
    before: str
    choose_exactly: str
    choose_between: str
    choose_many: str
    service: str
    about_all: str
    follow_up: str
    required: str
    not_applicable: str
    no_answer: str
    yes: str
    no: str
    pick_many: str
    pick_between: str
    rank: str
    rank_place: str
    rank_none: str
    table: str
    between: str
    at_least: str
    at_the_most: str
    from_day: str
    until_day: str
    decimals: str
    whole: str
    months: tuple[str, ...]
    at_most: str
    minutes: str
    minutes_hint: str
    start: str
    next: str
    back: str
    summary: str
    check: str
    check_text: str
    nothing: str
    change: str
    shows: str
    send: str
    thanks: str
    thanks_text: str
    close: str
    answered: str
    answered_text: str
    over: str
    over_text: str
    forged: str
    forged_text: str
    busy: str
    busy_text: str
    unreadable: str
    unreadable_text: str
    failed: str
    failed_text: str
    mistakes: dict[str, str]
    any_mistake: str


NL = Words(
    language="nl",
    switch="Taal",
    step="Stap {number} van {total}",
    error="Fout",
    before="Voordat u begint",
    choose_exactly="Kies {minimum} diensten die u gebruikt",
    choose_between="Over welke diensten wilt u iets zeggen?",
    choose_many="Kies er {minimum} tot {maximum}. Per dienst volgt één pagina met vragen.",
    service="Dienst",
    about_all="Over het geheel",
    follow_up="Nog een vraag naar aanleiding van uw antwoord",
    required="verplicht",
    not_applicable="Niet van toepassing",
    no_answer="Geen antwoord",
    yes="Ja",
    no="Nee",
    pick_many="U kunt meer dan één antwoord kiezen.",
    pick_between="Kies er {minimum} tot {maximum}.",
    rank="Zet op volgorde, met op plaats 1 wat voorop gaat. U hoeft niet alles een plaats te geven.",
    rank_place="Op plaats {number}",
    rank_none="Niets gekozen",
    table="Geef op elke regel één antwoord.",
    between="Van {low} tot en met {high}.",
    at_least="Ten minste {low}.",
    at_the_most="Ten hoogste {high}.",
    from_day="Vanaf {low}.",
    until_day="Tot en met {high}.",
    decimals="Cijfers achter de komma: hoogstens {number}.",
    whole="Een heel getal.",
    months=(
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ),
    at_most="Hoogstens {number} tekens.",
    minutes="minuten per maand",
    minutes_hint="Een schatting is genoeg. Vul 0 in als u geen tijd verliest.",
    start="Begin",
    next="Volgende",
    back="Terug",
    summary="Er klopt iets niet",
    check="Klaar om te verzenden?",
    check_text="Na het verzenden kunt u uw antwoorden niet meer zien of veranderen. Kijk ze hier nog eens na.",
    nothing="U hebt hier niets ingevuld.",
    change="Wijzig",
    shows="{number} van {total} vragen beantwoord",
    send="Verzend mijn antwoorden",
    thanks="Dank u wel",
    thanks_text="Uw antwoorden zijn verzonden. Er is niet bij bewaard van wie ze zijn.",
    close="U kunt dit venster sluiten.",
    answered="U hebt al geantwoord",
    answered_text="Met deze uitnodiging is al geantwoord. Dat kan één keer. Dank u wel.",
    over="Dit onderzoek is afgelopen",
    over_text="Antwoorden kan niet meer. Misschien tot een volgende keer.",
    forged="Deze link werkt niet",
    forged_text="Open de link uit de mail met uw uitnodiging opnieuw, of plak hem helemaal in de adresbalk.",
    busy="Even geduld",
    busy_text="Er kwamen te veel verzoeken achter elkaar. Probeer het over een minuut opnieuw.",
    unreadable="Dit formulier kunnen we niet lezen",
    unreadable_text="Open de link uit de mail met uw uitnodiging en begin opnieuw.",
    failed="Er ging iets mis bij ons",
    failed_text="Er is niets verzonden. Ga terug in uw browser en probeer het over een paar minuten opnieuw.",
    mistakes={
        "required": "Kies of vul een antwoord in",
        "wrongType": "Vul een getal in",
        "notWhole": "Vul een heel getal in",
        "doubtfulNumber": "Dit getal kan op twee manieren worden gelezen. Schrijf duizendtallen aaneen, zoals 1250, en achter "
        "de komma meer of minder dan drie cijfers, zoals 1,25 of 1,2500",
        "outOfRange": "Dit getal is te groot of te klein",
        "controlCharacter": "Er staat een onzichtbaar teken in dat we niet kunnen bewaren",
        "tooManyDecimals": "Er staan te veel cijfers achter de komma: hoogstens {number}",
        "notADate": "Vul een datum in, zoals 31-3-2026",
        "dateOutOfRange": "Deze datum ligt te vroeg of te laat",
        "tooFewOptions": "Kies er ten minste {number}",
        "tooManyOptions": "Kies er hoogstens {number}",
        "duplicate": "Kies elk antwoord hoogstens één keer",
        "tooLong": "Gebruik hoogstens {number} tekens",
        "tooFewServices": "Kies ten minste {number} van de diensten",
        "nothingAsked": "Over wat u koos is er geen vraag. Kies ten minste {number} van deze: {names}",
        "empty": "Beantwoord ten minste één vraag",
        "tooFewRated": "Beantwoord iets over ten minste {number} van de gekozen diensten",
        "tooManyServices": "Kies hoogstens {number} van de diensten",
        "answerTooLong": "Uw antwoorden zijn samen te lang. Maak een toelichting korter",
        "unavailable": "Verzenden lukt nu even niet. Probeer het over een minuut opnieuw",
    },
    any_mistake="Dit antwoord klopt niet. Verander het",
)

EN = Words(
    language="en",
    switch="Language",
    step="Step {number} of {total}",
    error="Error",
    before="Before you start",
    choose_exactly="Choose {minimum} services that you use",
    choose_between="Which services would you like to tell us about?",
    choose_many="Choose {minimum} to {maximum}. Each gets one page of questions.",
    service="Service",
    about_all="In general",
    follow_up="One more question because of your answer",
    required="required",
    not_applicable="Not applicable",
    no_answer="No answer",
    yes="Yes",
    no="No",
    pick_many="You can choose more than one answer.",
    pick_between="Choose {minimum} to {maximum}.",
    rank="Put in order, with what goes first in place 1. You need not give everything a place.",
    rank_place="In place {number}",
    rank_none="Nothing chosen",
    table="Give one answer on each line.",
    between="From {low} up to {high}.",
    at_least="At least {low}.",
    at_the_most="At most {high}.",
    from_day="From {low} on.",
    until_day="Up to {high}.",
    decimals="Digits after the decimal point: at most {number}.",
    whole="A whole number.",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    at_most="At most {number} characters.",
    minutes="minutes a month",
    minutes_hint="An estimate will do. Enter 0 if you lose no time.",
    start="Start",
    next="Next",
    back="Back",
    summary="There is a problem",
    check="Ready to send?",
    check_text="Once sent, your answers can no longer be seen or changed. You can look them over here.",
    nothing="You have not filled in anything here.",
    change="Change",
    shows="{number} of {total} questions answered",
    send="Send my answers",
    thanks="Thank you",
    thanks_text="Your answers have been sent. Nothing is kept that says whose they are.",
    close="You can close this window.",
    answered="You have already answered",
    answered_text="This invitation has been used to answer. That can be done once. Thank you.",
    over="This survey has ended",
    over_text="It can no longer be answered. Perhaps another time.",
    forged="This link does not work",
    forged_text="Open the link in your invitation again, or paste the whole of it into the address bar.",
    busy="One moment please",
    busy_text="Too many requests came in a row. Please try again in a minute.",
    unreadable="We cannot read this form",
    unreadable_text="Open the link in your invitation and start again.",
    failed="Something went wrong on our side",
    failed_text="Nothing was sent. Go back in your browser and try again in a few minutes.",
    mistakes={
        "required": "Choose or enter an answer",
        "wrongType": "Enter a number",
        "notWhole": "Enter a whole number",
        "doubtfulNumber": "This number can be read in two ways. Write thousands without a comma, such as 1250, and more or "
        "fewer than three digits after the decimal point, such as 1.25 or 1.2500",
        "outOfRange": "This number is too large or too small",
        "controlCharacter": "There is an invisible character in it that we cannot keep",
        "tooManyDecimals": "There are too many digits after the decimal point: at most {number}",
        "notADate": "Enter a date, such as 31-3-2026",
        "dateOutOfRange": "This date is too early or too late",
        "tooFewOptions": "Choose at least {number}",
        "tooManyOptions": "Choose at most {number}",
        "duplicate": "Choose each answer once at most",
        "tooLong": "Use at most {number} characters",
        "tooFewServices": "Choose at least {number} of the services",
        "nothingAsked": "There is no question about what you chose. Choose at least {number} of these: {names}",
        "empty": "Answer at least one question",
        "tooFewRated": "Answer something about at least {number} of the chosen services",
        "tooManyServices": "Choose at most {number} of the services",
        "answerTooLong": "Your answers together are too long. Shorten a comment",
        "unavailable": "Sending does not work right now. Try again in a minute",
    },
    any_mistake="This answer is not right. Change it",
)


def words_for(language: str) -> Words:
    """English where the page does not speak the survey's language."""
    return NL if language.partition("-")[0] == "nl" else EN


def day(words: Words, said: str) -> str:
    """A date as people say it; what is none stays."""
    if not is_date(said):
        return said
    year, month, number = said.split("-")
    return f"{int(number)} {words.months[int(month) - 1]} {year}"
