from pathlib import Path

from services.shared.main import run
from services.survey.service import service
from services.survey.settings import SurveySettings

DESCRIBING: dict[str, object] = {
    "operator_key": "not a key, only described",
    "token_keys": ["-"],
    "box_keys": ["-"],
}

if __name__ == "__main__":
    run(service, SurveySettings, Path(__file__).parent, DESCRIBING)
