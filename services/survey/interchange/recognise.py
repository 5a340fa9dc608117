"""Which tool a file comes from, and its JSON."""

import json
import re
from typing import Any, Literal

from services.survey.interchange.refusal import Unusable, not_a_survey, unreadable

Format = Literal["limesurvey", "qualtrics", "surveyjs"]
XML = re.compile(rb"^(\xef\xbb\xbf)?\s*<|^\xff\xfe<\x00|^\xfe\xff\x00<")
ARCHIVE = b"PK\x03\x04"
MOST_PARTS = 200_000  # objects and lists of a JSON file: ten times what the largest survey here would have
WANTED = "a LimeSurvey survey (.lss), a Qualtrics survey (.qsf) or SurveyJS JSON"


def recognised(data: bytes) -> tuple[Format, Any]:
    """The format, and what was read if it is JSON. Raises Unusable."""
    if not data.strip():
        raise not_a_survey(f"It is empty; send {WANTED}.")
    if data.startswith(ARCHIVE):
        raise not_a_survey(f"It is an archive or an office document; send {WANTED}, unpacked.")
    if XML.match(data[:200]):
        return "limesurvey", None
    if data.count(b"{") + data.count(b"[") > MOST_PARTS:
        raise Unusable("tooManyQuestions", f"It has more than {MOST_PARTS:,} objects and lists.")
    document = _json(data)
    if not isinstance(document, dict):
        raise not_a_survey(f"It is JSON, but no object; send {WANTED}.")
    if isinstance(document.get("SurveyElements"), list) and isinstance(document.get("SurveyEntry"), dict):
        return "qualtrics", document
    if any(isinstance(document.get(name), list) for name in ("pages", "elements", "questions")):
        return "surveyjs", document
    raise not_a_survey(f"It is JSON, but of none of these; send {WANTED}.")


def _json(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_constant)
    except RecursionError:
        raise unreadable("Its objects or lists are nested too deeply.") from None
    except json.JSONDecodeError as error:
        if error.pos == 0 or data[:1] not in b"{[\xef\xff\xfe \n\r\t":
            raise not_a_survey(f"It is neither XML nor JSON; send {WANTED}.") from None
        raise unreadable(f"It is not whole JSON: {error.msg}, on line {error.lineno}, column {error.colno}.") from None
    except ValueError:  # an encoding that it is not in, or a number with thousands of digits
        raise not_a_survey(f"It is neither XML nor JSON that can be read; send {WANTED}.") from None


def _no_constant(name: str) -> Any:
    raise ValueError(name)
