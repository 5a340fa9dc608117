"""What Qualtrics's questions have beside their type that is not carried."""

from collections.abc import Mapping

from services.survey.interchange.parts import LONGEST_ANSWER
from services.survey.interchange.qualtrics.asking import Asking
from services.survey.interchange.report import Code
from services.survey.interchange.shape import decimal, first, keyed, listing, mapping, said

RULES = {
    "CustomValidation": "Its answer is checked with a condition", "ChoiceTotal": "Its numbers must add up",
    "MinChars": "Its answer has a least length",
}  # fmt: skip
PARTS: Mapping[str, tuple[Code, str, str]] = {
    "QuestionJS": ("settingLost", "It has JavaScript of its own.", "It is not in the draft."),
    "DefaultChoices": ("settingLost", "Answers are chosen beforehand (DefaultChoices).", "Nothing is filled in."),
    "DynamicChoices": ("settingLost", "Its answers are those of another question (DynamicChoices).",
                       "It has its own answers, always."),
}  # fmt: skip
RANDOM_ANSWERS = ("MC", "RO")  # types whose answers can come in random order
WITH_TEXT = (*RANDOM_ANSWERS, "TE")  # types that ask it, and one that is nothing but fields
BOUNDS = ("MinChoices", "MaxChoices", "MaxChars")


def tell(asking: Asking, kind: str, several: bool) -> None:
    """`several`: several answers can be chosen."""
    report, place = asking.draft.report, asking.place
    for name, (code, what, instead) in PARTS.items():
        if asking.payload.get(name):
            report.add(place, code, what, instead)
    if said(asking.settings.get("ForceResponse")) == "RequestResponse":
        report.add(place, "validationLost", "Who leaves it out is asked once more.", "It is optional.")
    for name, what in RULES.items():
        if asking.settings.get(name) and not (name == "MinChars" and said(asking.settings[name]) in ("0", "1")):
            report.add(place, "validationLost", f"{what}.", "It is not checked.")
    _order(asking, kind)
    _choices(asking, kind)
    _bounds(asking, kind, several)


def _order(asking: Asking, kind: str) -> None:
    report, node = asking.draft.report, mapping(asking.payload.get("Randomization"))
    order, more = said(node.get("Type")), mapping(node.get("Advanced"))
    if kind not in RANDOM_ANSWERS and order not in ("", "None"):
        detail = f"Its rows come in an order of their own ({order[:40]})."
        report.add(asking.place, "orderLost", detail, "They come as they are written.")
    drawn = first(node, "TotalRandSubset") or first(more, "TotalRandSubset")
    if drawn not in ("", "0"):
        detail = f"Of a part of it, {drawn[:40]} are drawn for each respondent (TotalRandSubset)."
        report.add(asking.place, "layoutLost", detail, "All of it is shown to everybody.")
    for value in listing(more.get("Undisplayed")):
        detail = f"Its answer {said(value)[:40]} is shown to nobody (Undisplayed)."
        report.add(asking.place, "layoutLost", detail, "All of it is shown to everybody.")


def _choices(asking: Asking, kind: str) -> None:
    report = asking.draft.report
    for value, choice in keyed(asking.payload.get("Choices")).items():
        place = asking.place.within(f"{asking.place.name}, answer {value}", f"/Choices/{value}")
        if mapping(choice).get("ExclusiveAnswer"):
            report.add(place, "validationLost", "It excludes the other answers (ExclusiveAnswer).",
                       "It is an answer like the others.")  # fmt: skip
        checked = said(mapping(choice).get("TextEntryValidation"))
        if kind in WITH_TEXT and checked not in ("", "None"):
            detail = f"Its text must be of a kind (TextEntryValidation: {checked[:40]})."
            report.add(place, "validationLost", detail, "It is not checked.")
        if kind not in WITH_TEXT and said(mapping(choice).get("TextEntry")):
            report.add(place, "questionOmitted", "It has a text field beside it.", "That text is not asked.")


def _bounds(asking: Asking, kind: str, several: bool) -> None:
    count = len(keyed(asking.payload.get("Choices")))
    most = {"MinChoices": count if several else 0, "MaxChoices": 10**6 if several else 0,
            "MaxChars": LONGEST_ANSWER if kind == "TE" else 0}  # fmt: skip
    for name in BOUNDS:
        value = asking.settings.get(name)
        if value in (None, "", 0, "0"):
            continue
        found = decimal(value)
        if found is None or not 1 <= found <= most[name]:
            asking.draft.report.add(asking.place, "validationLost", f"It has a bound ({name}: {str(value)[:100]}).",
                                    "It is not checked.")  # fmt: skip
