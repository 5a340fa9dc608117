"""Qualtrics's tables in ours."""

from services.survey.interchange.expressions import every
from services.survey.interchange.parts import Choice, Raw, Row
from services.survey.interchange.qualtrics.asking import Asking
from services.survey.interchange.report import Place
from services.survey.interchange.shape import keyed, mapping, said


def matrix(asking: Asking, within: tuple[str, ...] = (), name: str | None = None) -> None:
    """A table, or one of those of a side-by-side question."""
    node = asking.payload
    for step in within:
        node = mapping(node.get(step))
    selector, sub, name = said(node.get("Selector")), said(node.get("SubSelector")), name or asking.id
    place = (
        asking.place if not within else asking.place.within(f"{asking.place.name}#{within[-1]}", "/" + "/".join(within))
    )
    if selector in ("MaxDiff", "RO", "CS", "Profile", "TE") and not _known_table(asking, selector, place):
        return
    statements = asking.choices() if within else asking.choices("Choices", "ChoiceOrder")
    rows = [
        Row([f"{name}_{row.value}"], row.text, row.place, row.show, f"{place.name}-{row.value}") for row in statements
    ]
    answers = asking.recoded(asking.choices("Answers", "AnswerOrder", within), node)
    stem = asking.raw("QuestionText") if not within else _with_part(asking, within)
    if selector == "TE" or said(node.get("QuestionType")) == "TE":
        _fields(asking, place, stem, rows, answers)
        return
    several = sub == "MultipleAnswer" or selector == "MultipleAnswer"
    asking.draft.ask_rows(
        place, stem, rows, answers, kind="multipleChoice" if several else "singleChoice", **asking.common
    )


def _known_table(asking: Asking, selector: str, place: Place) -> bool:
    what = {"MaxDiff": "It asks for the best and the worst of each set.", "RO": "It asks to rank in a table.",
            "CS": "It asks for numbers that add up, in a table.", "Profile": "Each row has answers of its own."}  # fmt: skip
    if selector in what:
        asking.draft.omit(place, what[selector])
    return selector not in what


def _with_part(asking: Asking, within: tuple[str, ...]) -> Raw:
    part = asking.raw(*within, "QuestionText")
    whole_ = asking.raw("QuestionText")
    return {language: f"{text} – {part.get(language, '')}".rstrip("– ") for language, text in whole_.items()}


def _fields(asking: Asking, place: Place, stem: Raw, rows: list[Row], columns: list[Choice]) -> None:
    draft, text = asking.draft, asking.draft.text(place, stem)
    for row in rows:
        of_row = draft.joined(text, draft.text(row.place, row.text))
        shown = asking.common | {"show": every(asking.show, row.show)}
        for column in columns or (None,):
            if column is None:
                draft.ask(row.place, row.names, "text", of_row, key=row.key, **shown)
            else:
                draft.ask(row.place, [f"{each}_{column.value}" for each in row.names], "text",
                          draft.joined(of_row, draft.text(column.place, column.text)), key=f"{row.key}-{column.value}", **shown)  # fmt: skip
    draft.report.add(
        place, "layoutLost", "It is a table with a text field in each cell.", "Each cell is a question of its own."
    )


def side_by_side(asking: Asking) -> None:
    parts = keyed(asking.payload.get("AdditionalQuestions"))
    for number in parts:
        matrix(asking, ("AdditionalQuestions", number), f"{asking.id}#{number}")
    asking.draft.report.add(
        asking.place, "layoutLost", f"It has {len(parts)} tables side by side.", "They are asked one after the other."
    )
