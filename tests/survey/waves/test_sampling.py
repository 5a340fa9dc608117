from services.survey.waves.sampling import margin_of_error


def test_of_one_person_who_may_not_answer_nothing_is_sure() -> None:
    assert margin_of_error(0.5, 1) is None
    assert margin_of_error(1, 1) == 0
