"""Qualtrics's question types in ours.

https://www.qualtrics.com/support/survey-platform/survey-module/editing-questions/question-types-guide/
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.survey.interchange.expressions import every
from services.survey.interchange.parts import LONGEST_ANSWER
from services.survey.interchange.qualtrics.asking import Asking
from services.survey.interchange.qualtrics.lost import tell
from services.survey.interchange.qualtrics.tables import matrix, side_by_side
from services.survey.interchange.shape import decimal, keyed, mapping, said, whole

OMITTED = {
    "DB": "It is a text to read, not a question.", "Captcha": "It tells people from machines.",
    "Timing": "It measures how long a page takes, which is not measured here.", "Meta": "It records the browser, which is not recorded here.",
    "FileUpload": "It asks for a file.", "Draw": "It asks for a signature.", "HeatMap": "It asks for a place in a picture.",
    "HotSpot": "It asks for a place in a picture.", "HL": "It asks to mark words.", "DD": "It asks in steps (drill down).",
    "PGR": "It asks to put answers into groups.", "GAP": "It is a game of gaps.", "SS": "It is a picture that changes with the answer.",
    "Screencapture": "It records the screen.", "TreeTest": "It asks for a way through a tree.",
}  # fmt: skip
DATES = {"ValidDate"}


def ask(asking: Asking) -> None:
    kind = said(asking.payload.get("QuestionType"))
    if kind in OMITTED or kind not in TYPES:
        asking.draft.omit(asking.place, OMITTED.get(kind, f"Its type ({kind[:40] or 'none'}) is not known here."))
        return
    tell(asking, kind, kind == "MC" and _several(asking))
    TYPES[kind](asking)


def _choice(asking: Asking) -> None:
    draft, choices = asking.draft, asking.choices()
    if asking.selector == "NPS":
        ends = [draft.text(asking.place, asking.raw("ColumnLabels", end, "Display")) or None for end in "01"]
        asked = draft.ask(
            asking.place, [asking.id], "nps", asking.text, minimumLabel=ends[0], maximumLabel=ends[1], **asking.common
        )
        for point in range(11):
            draft.chosen([asking.id], asked, point, point)
        return
    several = _several(asking)
    more: dict[str, Any] = {"randomOptions": _random(asking)}
    if several:
        more |= {"minimumChoices": _least(asking, len(choices)),
                 "maximumChoices": whole(asking.settings.get("MaxChoices"), 1, len(choices))}  # fmt: skip
    draft.ask_choice(asking.place, [asking.id], choices, asking.text, kind="multipleChoice" if several else "singleChoice",
                     **more, **asking.common)  # fmt: skip


def _least(asking: Asking, count: int) -> int | None:
    least = whole(asking.settings.get("MinChoices"), 1, count)
    if (
        least is None
        or least < 2
        or not any(mapping(choice).get("ExclusiveAnswer") for choice in keyed(asking.payload.get("Choices")).values())
    ):
        return least
    detail = f"At least {least} must be chosen (MinChoices), or one that excludes the others."
    asking.draft.report.add(asking.place, "validationLost", detail, "One will do.")
    return None


def _several(asking: Asking) -> bool:
    return asking.selector.startswith("MA") or asking.selector == "MSB"


def _random(asking: Asking) -> bool | None:
    kind = said(mapping(asking.payload.get("Randomization")).get("Type"))
    if kind in ("", "None"):
        return None
    if kind != "All":
        asking.draft.report.add(asking.place, "orderLost", f"Its answers come in an order ({kind[:40]}) that cannot be said.",
                                "They come in random order.")  # fmt: skip
    return True


def _text(asking: Asking) -> None:
    draft, names = asking.draft, [asking.id]
    if asking.selector == "PW":
        draft.omit(asking.place, "It asks for a password.")
        return
    if asking.selector == "FORM":
        for choice in asking.choices():
            place = replace(choice.place, name=f"{asking.place.name}-{choice.value}")
            text = draft.joined(asking.text, draft.text(place, choice.text, choice.value))
            draft.ask(place, [f"{asking.id}_{choice.value}"], "text", text,
                      **asking.common | {"show": every(asking.show, choice.show)} | ({"required": True} if choice.must else {}))  # fmt: skip
        return
    content = said(asking.settings.get("ContentType"))
    rules = mapping(asking.settings.get("ValidNumber")) or mapping(
        mapping(asking.settings.get("ContentTypeSettings")).get("ValidNumber")
    )
    if content == "ValidNumber":
        for name in ("Min", "Max"):
            if rules.get(name) not in (None, "") and decimal(rules[name]) is None:
                draft.report.add(asking.place, "validationLost", f"Its bound ({name}) is {str(rules[name])[:100]}.",
                                 "It is not checked.")  # fmt: skip
        draft.ask(asking.place, names, "number", asking.text, minimum=decimal(rules.get("Min")), maximum=decimal(rules.get("Max")),
                  decimals=_decimals(rules.get("NumDecimals")), **asking.common)  # fmt: skip
    elif content in DATES:
        draft.ask(asking.place, names, "date", asking.text, **asking.common)
    else:
        if content not in ("", "None"):
            draft.report.add(
                asking.place, "validationLost", f"Its answer must be of a kind ({content[:40]}).", "It is not checked."
            )
        draft.ask(asking.place, names, "text", asking.text, maximumLength=whole(asking.settings.get("MaxChars"), 1, LONGEST_ANSWER),
                  **asking.common)  # fmt: skip


def _decimals(given: Any) -> int | None:
    """As many as there can be, unless Qualtrics says how many."""
    found = decimal(given)
    return 6 if found is None or found < 0 else min(int(found), 6) or None


def _slider(asking: Asking) -> None:
    draft, text, settings = asking.draft, asking.text, asking.configuration
    stars = whole(settings.get("StarCount"), 5, 10) if asking.selector == "STAR" else None
    apart = True if settings.get("NotApplicable") in (True, "true", "1") else None
    for choice in asking.choices():
        place = choice.place
        said_ = draft.joined(text, draft.text(place, choice.text))
        shown = asking.common | {"show": every(asking.show, choice.show), "notApplicable": apart}
        key, names = f"{asking.place.name}-{choice.value}", [f"{asking.id}_{choice.value}"]
        if stars in (5, 7, 10):
            draft.ask(place, names, "rating", said_, points=stars, key=key, **shown)
        else:
            draft.ask(place, names, "number", said_, minimum=decimal(settings.get("CSSliderMin")),
                      maximum=decimal(settings.get("CSSliderMax")), decimals=_decimals(settings.get("NumDecimals") or 0), key=key, **shown)  # fmt: skip
    if stars is None:
        draft.report.add(asking.place, "layoutLost", "It is a slider.", "Each of its sliders is asked as a number.")


def _ranking(asking: Asking) -> None:
    asking.draft.ask_choice(asking.place, [asking.id], asking.choices(), asking.text, kind="ranking",
                            randomOptions=_random(asking), **asking.common)  # fmt: skip


def _sum(asking: Asking) -> None:
    draft = asking.draft
    for choice in asking.choices():
        text = draft.joined(asking.text, draft.text(choice.place, choice.text))
        draft.ask(choice.place, [f"{asking.id}_{choice.value}"], "number", text, key=f"{asking.place.name}-{choice.value}",
                  **asking.common | {"show": every(asking.show, choice.show)})  # fmt: skip
    draft.report.add(
        asking.place,
        "validationLost",
        "Its numbers must add up (constant sum).",
        "Each is a question; the sum is not checked.",
    )


TYPES: Mapping[str, Callable[[Asking], None]] = {
    "MC": _choice, "TE": _text, "Matrix": matrix, "SBS": side_by_side, "Slider": _slider, "RO": _ranking, "CS": _sum,
}  # fmt: skip
