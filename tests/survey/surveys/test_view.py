from datetime import datetime, timedelta, timezone
from uuid import uuid4

from services.survey.surveys.introduction import introduction
from services.survey.surveys.view import OfferedService, respondent_view
from services.survey.surveys.view_schemas import RespondentView
from tests.survey.surveys.definitions import definition, municipality

SERVICE = OfferedService(
    id=uuid4(), name={"nl": "Schoonmaak", "en": "Cleaning"}, provider_id=uuid4(), provider_name="Facilitair",
    external_id="FAC-02",
)  # fmt: skip


def view(of: dict[str, object], language: str | None) -> dict[str, object]:
    return respondent_view(
        of, organisation="Gemeente", services=[SERVICE], language=language, minimum_group=5, comment_minimum_group=10
    )


def test_all_texts_are_in_the_language_asked_for() -> None:
    seen = view(municipality(), "en")
    assert RespondentView.model_validate(seen).model_dump(mode="json", exclude_unset=True) == seen
    assert seen["title"] == "How do our services help you?"
    assert seen["services"] == [{
        "id": str(SERVICE.id), "externalId": "FAC-02", "name": "Cleaning", "providerId": str(SERVICE.provider_id),
        "providerName": "Facilitair",
    }]  # fmt: skip
    shown = RespondentView.model_validate(seen)
    assert shown.labels["agreement"][0] == "strongly disagree"
    assert shown.topics[0].name == "Responsiveness"
    reason = next(each for each in shown.sections[0].questions if each.key == "reason")
    assert reason.options is not None
    assert reason.options[0].text == "It takes too long"


def test_without_a_language_the_texts_stay_maps() -> None:
    seen = view(municipality(), None)
    assert seen["title"] == municipality()["title"]
    assert isinstance(seen["introduction"], dict)
    assert seen["introduction"].keys() == {"nl", "en"}


def test_the_introduction_says_the_minimums_and_is_silent_on_what_is_not_asked() -> None:
    seen = str(view(municipality(), "nl")["introduction"])
    assert "minstens 5 mensen antwoordden" in seen
    assert "minstens 10 mensen iets schreven" in seen
    assert "verschillende diensten" in seen
    plain = introduction("nl", minimum_group=7, comment_minimum_group=10, comments=False, several_services=False)
    assert "minstens 7 mensen" in plain
    assert "opmerkingen" not in plain.lower()
    assert "verschillende diensten" not in plain


def test_other_languages_are_introduced_in_english() -> None:
    said = introduction("fr", minimum_group=5, comment_minimum_group=10, comments=True, several_services=True)
    assert said == introduction("en", minimum_group=5, comment_minimum_group=10, comments=True, several_services=True)


def test_a_questionnaire_about_no_service_offers_none() -> None:
    once = definition()
    once["sections"] = once["sections"][1:]
    assert view(once, "nl")["services"] == []


def test_which_question_stands_for_the_whole_is_not_shown() -> None:
    changed = definition()
    changed["sections"][0]["questions"][0]["role"] = "overall"
    assert "role" not in str(view(changed, "nl")["sections"])


def test_the_end_is_told_in_utc() -> None:
    summer = datetime(2026, 7, 1, 17, tzinfo=timezone(timedelta(hours=2)))
    seen = respondent_view(
        municipality(), organisation="Gemeente", services=[], language="en", minimum_group=5, comment_minimum_group=10,
        closes_at=summer,
    )  # fmt: skip
    assert seen["closesAt"] == "2026-07-01T15:00:00Z"
