"""A `.lss` file (XML) as tables. Rows keep the line on which they begin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from services.survey.interchange.refusal import Unusable, not_a_survey, unreadable

ROOT, DEEPEST, MOST_ROWS = "document", 40, 200_000
TABLES = frozenset({
    "answers", "answer_l10ns", "conditions", "defaultvalues", "groups", "group_l10ns", "questions", "subquestions",
    "question_l10ns", "question_attributes", "assessments", "quota", "surveys", "surveys_languagesettings",
})  # fmt: skip


class Row(dict[str, str]):
    """A field is there if it has a value. `line` counts from 1."""

    line: int = 0


Tables = Mapping[str, list[Row]]


def tables(data: bytes) -> Tables:
    """Raises Unusable. Nothing is fetched, and entities are not expanded: a file that declares a document type is
    refused where it does, for LimeSurvey writes none."""
    reader = _Reader()
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise unreadable(f"It is not whole XML: {reason}, on line {error.lineno}.") from None
    if not reader.tables.get("questions"):
        raise not_a_survey("It is a LimeSurvey file without questions.")
    return reader.tables


@dataclass
class _Reader:
    """`document` › table › `rows` › `row` › field."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    row: Row | None = None
    said: list[str] = field(default_factory=list)
    rows: int = 0

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def _document_type(self, *_: object) -> None:
        detail = "It declares a document type (DOCTYPE), as LimeSurvey's files do not; take that out."
        raise Unusable("documentType", detail)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if not self.path and name != ROOT:
            raise not_a_survey(f"It is XML, but its root is {name[:50]} and not {ROOT}: no LimeSurvey survey (.lss).")
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise unreadable(f"Its elements are nested more than {DEEPEST} deep.")
        if len(self.path) == 4 and self.path[1] in TABLES and self.path[2:] == ["rows", "row"]:
            self.row, self.rows = Row(), self.rows + 1
            self.row.line = self.parser.CurrentLineNumber
            if self.rows > MOST_ROWS:
                raise Unusable("tooManyQuestions", f"It has more than {MOST_ROWS:,} rows.")
        self.said.clear()

    def _end(self, name: str) -> None:
        if self.row is not None and len(self.path) == 5:
            said = "".join(self.said)
            if said:
                self.row[name] = said
        elif self.row is not None and len(self.path) == 4:
            self.tables.setdefault(self.path[1], []).append(self.row)
            self.row = None
        elif self.path == [ROOT, "LimeSurveyDocType"] and "".join(self.said).strip() != "Survey":
            raise not_a_survey(f"It is a LimeSurvey file of a {''.join(self.said)[:30]}, not of a whole survey.")
        self.path.pop()
        self.said.clear()

    def _data(self, data: str) -> None:
        if len(self.path) in (2, 5):
            self.said.append(data)
