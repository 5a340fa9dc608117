import pytest

from services.analytics.charts.labels import COLUMN, LONGEST_ID, ROW, labels

LONG = "Support of workplaces and replacement of laptops for those who work outside"


def test_different_names_stay_as_they_are() -> None:
    assert labels([(1, "Desk", "D1"), (2, "Phones", None)]) == {1: "Desk", 2: "Phones"}


def test_equal_names_get_their_external_id_or_a_number() -> None:
    named = [(1, "Desk", "D1"), (2, "Desk", "D2"), (3, "Desk", None), (4, "Desk\n", None), (5, "Phones", None)]
    assert labels(named) == {1: "Desk (D1)", 2: "Desk (D2)", 3: "Desk (1)", 4: "Desk (2)", 5: "Phones"}


@pytest.mark.parametrize("longest", [ROW, COLUMN])
def test_names_that_are_cut_alike_stand_apart(longest: int) -> None:
    named = [(place, f"{LONG}, team {place}", "x" * 50 + str(place)) for place in range(12)]
    made = labels(named, longest)
    assert len(set(made.values())) == 12
    assert max(map(len, made.values())) <= longest
    assert LONGEST_ID < COLUMN


def test_a_label_is_no_other_name() -> None:
    named = [(1, "Desk (D1)", None), (2, "Desk", "D1"), (3, "Desk", "D1"), (4, "Desk (1)", "D1")]
    made = labels(named)
    assert len(set(made.values())) == 4
    assert (made[1], made[4]) == ("Desk (D1)", "Desk (1)")
