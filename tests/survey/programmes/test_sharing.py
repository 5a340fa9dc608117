"""What each of several programmes has of the contact policy, held against the definition of max-min fairness."""

from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.survey.programmes.sharing import Asking, People, _divided, share_of_first

ROOT, LEFT, RIGHT, BELOW = (UUID(int=number) for number in range(4))
TREE = [People(BELOW, LEFT, 100), People(LEFT, ROOT, 100), People(RIGHT, ROOT, 200), People(ROOT, None, 0)]


def asking(using: UUID, *audience: UUID, period: str = "quarter", alone: int = 125) -> Asking:
    return Asking(frozenset({using}), frozenset(audience), period, alone)


@pytest.mark.parametrize(
    ("programmes", "people", "days"),
    [
        ([asking(ROOT)], 400, 125),
        ([asking(ROOT), asking(ROOT)], 400, 250),
        ([asking(LEFT), asking(RIGHT)], 200, 125),
        ([asking(ROOT), asking(ROOT, RIGHT)], 400, round(125 / 0.75)),
        ([asking(ROOT, RIGHT), asking(ROOT)], 200, 250),
        ([asking(ROOT, LEFT), asking(BELOW), asking(LEFT)], 200, round(125 * 2 / (1 / 2 + 1 / 3))),
        ([asking(ROOT), asking(ROOT, alone=500)], 400, round(125 / 0.75)),
        ([asking(LEFT, RIGHT), asking(ROOT)], 0, 125),
    ],
)
def test_a_share_is_of_each_unit_with_all_below_it(programmes: list[Asking], people: int, days: int) -> None:
    share = share_of_first(TREE, programmes, 100, 10)
    assert (share.people, share.days, share.crowded) == (people, days, False)


def test_who_comes_to_those_that_need_all_is_one_too_many() -> None:
    few = [People(ROOT, None, 40)]
    monthly = asking(ROOT, period="month", alone=113)
    assert not share_of_first(few, [monthly], 90, 5).crowded
    assert share_of_first(few, [monthly] * 2, 90, 5).crowded, "two of seven each month, of whom 13 may be asked"
    assert not share_of_first(few, [asking(ROOT, alone=113)] * 4, 90, 5).crowded
    assert not share_of_first(few, [monthly] * 3, 90, 5).crowded, "it is not the one"
    assert share_of_first(few, [monthly] * 2, 0, 5) == (40, 113, False), "without a policy nobody takes from others"


BOUNDS = st.tuples(st.floats(0.001, 1), st.floats(0.001, 1)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(BOUNDS, min_size=1, max_size=8))
def test_nobody_could_have_more_unless_one_with_less_had_less_still(bounds: list[tuple[float, float]]) -> None:
    shares = _divided(dict(zip(count(), bounds)))
    whole, needed = sum(shares.values()), sum(need for need, _ in bounds)
    if needed > 1:
        assert whole == pytest.approx(1)
        return
    assert whole == pytest.approx(min(1, sum(want for _, want in bounds)))
    for each, (need, want) in enumerate(bounds):
        assert need <= shares[each] <= want
        if shares[each] < want - 1e-9:  # whoever has more needs it
            assert all(shares[other] <= max(shares[each], bounds[other][0]) + 1e-9 for other in shares)
