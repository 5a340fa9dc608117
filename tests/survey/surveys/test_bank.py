import httpx
import pytest

from services.survey.surveys.bank.bank import CATEGORIES, LANGUAGES, chosen, items
from services.survey.surveys.schemas import SurveyBody
from services.survey.surveys.service import checked
from tests.fixtures.services import Running


def test_a_survey_can_be_made_of_the_whole_bank() -> None:
    found = items()
    questions = [item.question.model_dump(exclude_unset=True) for item in found]
    body = SurveyBody.model_validate({
        "key": "all", "title": {"nl": "Alles", "en": "All"}, "languages": ["nl", "en"],
        "topics": [topic.model_dump() for topic in {topic.key: topic for item in found for topic in item.topics}.values()],
        "labels": {name: wordings for item in found for name, wordings in item.labels.items()},
        "sections": [
            {"key": f"s{start}", "questions": questions[start : start + 100]} for start in range(0, len(questions), 100)
        ],
    })  # fmt: skip
    assert len(list(checked(body)["sections"])) == 2


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_questions_of_its_own_on_many_topics(category: str) -> None:
    own = [item for item in items() if item.categories == [category]]
    assert len(own) >= 20
    assert len({item.question.topic for item in own}) >= 8


def test_questions_are_short_and_ask_one_thing() -> None:
    for item in items():
        nl, en = (item.question.text[language] for language in LANGUAGES)
        assert len(nl.split()) <= 15, nl
        assert len(en.split()) <= 16, en
        assert " en " not in nl, nl
        assert " of " not in nl, nl
        assert " and " not in en, en
        assert " or " not in en, en


def test_every_question_has_a_source_with_a_year() -> None:
    for item in items():
        assert any(str(year) in item.source for year in range(1950, 2030)), item.key


def test_filters() -> None:
    assert {item.question.topic for item in chosen("it", "security", None)} == {"security"}
    assert all("it" in item.categories for item in chosen("it", None, None))
    assert {item.key for item in chosen(None, "empathy", None)} >= {"understanding", "hrListens", "itDeskImpact"}
    dutch = chosen("hr", None, "nl")
    assert dutch
    assert all(item.question.text.keys() == {"nl"} for item in dutch)
    assert all(topic.name.keys() == {"nl"} for item in dutch for topic in item.topics)
    assert all(wording.keys() == {"nl"} for item in dutch for wordings in item.labels.values() for wording in wordings)


async def fetched(client: httpx.AsyncClient, url: str) -> list[str]:
    keys: list[str] = []
    while True:
        answer = await client.get(url)
        assert answer.status_code == 200, answer.text
        keys += [item["key"] for item in answer.json()["items"]]
        if answer.json()["nextCursor"] is None:
            assert "next" not in answer.links
            return keys
        url = answer.links["next"]["url"]


async def test_the_bank_is_read_page_by_page(survey: Running) -> None:
    client = await survey.as_role("provider-manager")
    keys = await fetched(client, "/v1/question-bank?limit=7&category=quality")
    assert keys == [item.key for item in chosen("quality", None, None)]
    answer = await client.get("/v1/question-bank?category=it&topic=security&language=en")
    first = answer.json()["items"][0]
    assert first["question"]["text"] == {"en": "I know how to work securely."}
    assert "ISO/IEC 27001" in first["source"]
    assert "options" not in first["question"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("language=de", "language"), ("category=legal", "category"), ("cursor=x", "cursor"), ("cursor=%FF", "cursor"),
     ("topic=%00", "topic"), ("sort=key", "sort")],
)  # fmt: skip
async def test_what_the_bank_does_not_know_is_refused(survey: Running, query: str, parameter: str) -> None:
    answer = await (await survey.as_role("admin")).get(f"/v1/question-bank?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


async def test_the_bank_is_for_those_who_measure(survey: Running) -> None:
    assert (await survey.client.get("/v1/question-bank")).status_code == 401
    assert (await (await survey.as_role("bi-reader")).get("/v1/question-bank")).status_code == 403
