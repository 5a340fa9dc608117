"""What each of several programmes has of the contact policy, held against the definition of max-min fairness."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.survey.programmes.sharing import Asking, Bounds, People, divided, shares

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
    share = shares(TREE, programmes, 100, 10)[0]
    assert (share.people, share.days) == (people, days)


def test_where_few_are_each_has_what_its_waves_need_or_as_large_a_part_of_it() -> None:
    few = [People(ROOT, None, 40), People(LEFT, ROOT, 960)]
    small, large = asking(LEFT, period="month", alone=113), asking(ROOT, alone=113)
    small = small._replace(using=frozenset({ROOT}), audience=frozenset({RIGHT}))
    units = [*few[1:], People(RIGHT, ROOT, 40), People(ROOT, None, 0)]

    def waves(*programmes: Asking) -> list[float]:
        return [round(share.in_a_period, 1) for share in shares(units, programmes, 90, 5)]

    assert waves(small) == [10.8]
    assert waves(small, large)[0] == 7.0, "five, to two"
    assert waves(small, large, large)[0] == 7.0
    assert waves(small, small) == [5.4, 5.4]
    assert max(waves(small, small, small)) < 5
    assert [share.days for share in shares(units, [small, small], 0, 5)] == [113, 113], "without a policy nobody waits"


def test_those_of_one_maker_have_one_part() -> None:
    one, two = (asking(ROOT)._replace(makers=frozenset({maker})) for maker in (LEFT, RIGHT))
    assert [share.days for share in shares(TREE, [one, two, two, two], 100, 10)] == [250, 750, 750, 750]


BOUNDS = st.builds(
    lambda one, other, weight: Bounds(min(one, other), max(one, other), weight),
    st.floats(0.001, 1), st.floats(0.001, 1), st.sampled_from([1, 1 / 2, 1 / 3, 1 / 8]),
)  # fmt: skip


@given(st.lists(BOUNDS, min_size=1, max_size=8))
def test_nobody_could_have_more_unless_one_with_less_had_less_still(bounds: list[Bounds]) -> None:
    parts = divided(dict(enumerate(bounds)))
    whole, needed = sum(parts.values()), sum(each.need for each in bounds)
    if needed > 1:
        assert whole == pytest.approx(1)
        return
    assert whole == pytest.approx(min(1, sum(each.want for each in bounds)))
    for each, (need, want, weight) in enumerate(bounds):
        assert need <= parts[each] <= want
        if parts[each] < want - 1e-9:  # whoever has more for their weight needs it
            for other, beside in enumerate(bounds):
                assert parts[other] <= max(parts[each] / weight * beside.weight, beside.need) + 1e-9
