"""Which of SurveyJS's types is what here."""

from collections.abc import Callable, Mapping

from services.survey.interchange.parts import Asked
from services.survey.interchange.surveyjs.element import UNSEEN, Element, unseen
from services.survey.interchange.surveyjs.lost import tell_lost
from services.survey.interchange.surveyjs.questions import (
    boolean,
    ranking,
    rating,
    several,
    single,
    slider,
    text,
)
from services.survey.interchange.surveyjs.tables import cells, matrix, several_texts
from services.survey.interchange.words import words

OMITTED = {
    "html": "It is a text to read, not a question.", "image": "It is an image.", "expression": "It is worked out from answers.",
    "file": "It asks for a file.", "signaturepad": "It asks for a signature.", "empty": "It is an empty place.",
    "imagemap": "It asks for a place in a picture.", "matrixdynamic": "It is a table to which rows can be added.",
}  # fmt: skip


def ask(element: Element) -> Asked | None:
    """The question, if it became one alone."""
    node, kind = element.node, element.kind
    if kind in OMITTED or kind not in TYPES:
        element.draft.omit(element.place, OMITTED.get(kind, f"Its type ({kind[:40]}) is not known here."))
        return None
    if unseen(node):
        element.draft.omit(element.place, UNSEEN)
        return None
    tell_lost(element)
    asked = TYPES[kind](element)
    if node.get("showCommentArea") is True or node.get("hasComment") is True:
        _comment(element)
    return asked


def _comment(element: Element) -> None:
    text = element.said_as("commentText") or words("comment", element.draft.languages)
    element.draft.ask(element.place.within(f"{element.name}, comment"), element.scope.names(f"{element.name}-Comment"), "text",
                      element.draft.joined(element.text, text), show=element.show, key=f"{element.name}-comment")  # fmt: skip


TYPES: Mapping[str, Callable[[Element], Asked | None]] = {
    "text": text, "comment": text, "radiogroup": single, "dropdown": single, "buttongroup": single, "imagepicker": single,
    "checkbox": several, "tagbox": several, "rating": rating, "boolean": boolean, "ranking": ranking, "slider": slider,
    "matrix": matrix, "matrixdropdown": cells, "multipletext": several_texts,
}  # fmt: skip
