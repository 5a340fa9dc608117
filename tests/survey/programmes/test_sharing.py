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
    seldom = two._replace(alone=1250)
    assert [share.days for share in shares(TREE, [one, two, seldom], 100, 10)] == [250, round(125 / 0.4), 1250]
    assert [share.days for share in shares(TREE, [one, seldom], 100, 10)] == [round(125 / 0.9), 1250]


def test_many_programmes_for_teams_take_no_more_than_their_maker_s_part() -> None:
    teams = [UUID(int=number) for number in range(10, 30)]
    units = [People(ROOT, None, 0), *(People(team, ROOT, 25) for team in teams)]
    everybody = asking(ROOT, alone=113)._replace(makers=frozenset({LEFT}))
    monthly = [asking(ROOT, team, period="month", alone=113)._replace(makers=frozenset({RIGHT})) for team in teams]
    assert shares(units, [everybody, *monthly], 90, 5)[0].days == 225


def test_a_programme_of_few_people_has_from_other_makers_what_it_needs_by_the_quarter() -> None:
    units = [People(ROOT, None, 0), People(LEFT, ROOT, 12), People(RIGHT, ROOT, 300)]
    everybody = [asking(ROOT, alone=113)._replace(makers=frozenset({maker})) for maker in (ROOT, LEFT, RIGHT)]
    team = asking(ROOT, LEFT, alone=113)._replace(makers=frozenset({BELOW}))
    assert round(shares(units, [team, *everybody], 90, 5)[0].in_a_period, 1) == 7.0
    assert round(shares(units, [team._replace(period="month"), *everybody], 90, 5)[0].in_a_period, 1) == 2.3
    assert round(shares(units, [everybody[0], team, *everybody[1:]], 90, 5)[0].in_a_period) == 82, "a third of 300"


@pytest.mark.parametrize("each", [1, 2, 3])
def test_what_a_team_needs_is_kept_once_however_many_its_maker_makes(each: int) -> None:
    teams = [UUID(int=number) for number in range(10, 30)]
    units = [People(ROOT, None, 0), *(People(team, ROOT, 25) for team in teams)]
    everybody = asking(ROOT, alone=113)._replace(makers=frozenset({LEFT}))
    quarterly = [asking(ROOT, team, alone=113)._replace(makers=frozenset({RIGHT})) for team in teams] * each
    assert shares(units, [everybody, *quarterly], 90, 5)[0].days == 225


def test_who_cannot_have_enough_keeps_nobody_else_from_it() -> None:
    """The last made of those with too little leaves its part, and has it again if it was another's fault."""
    units = [People(ROOT, None, 0), People(LEFT, ROOT, 24), People(RIGHT, ROOT, 6)]

    def waves(*programmes: Asking) -> list[float]:
        return [round(share.in_a_period, 1) for share in shares(units, programmes, 90, 5)]

    month = asking(LEFT, period="month", alone=113)._replace(least=5)
    assert waves(month) == [6.5]
    assert waves(month, month) == [6.5, 3.2]
    hopeless = asking(RIGHT, period="month", alone=113)._replace(least=5)
    assert waves(hopeless, month) == [1.6, 6.5]
    both = asking(ROOT, LEFT, period="month", alone=113)._replace(least=6, makers=frozenset({LEFT}))
    assert waves(both, month, month._replace(least=100)) == [6.5, 3.2, 1.6]


PROGRAMMES = st.lists(
    st.builds(
        lambda unit, audience, period, alone, maker, least: Asking(
            frozenset({unit}), frozenset(audience), period, alone, frozenset({maker}), least
        ),
        st.sampled_from([ROOT, LEFT, RIGHT]), st.sets(st.sampled_from([LEFT, RIGHT, BELOW]), max_size=1),
        st.sampled_from(["month", "quarter"]), st.integers(113, 400), st.sampled_from([LEFT, RIGHT, BELOW]),
        st.integers(0, 60),
    ),
    max_size=6,
)  # fmt: skip


@given(PROGRAMMES)
def test_those_who_have_enough_have_it_beside_all_who_do_and_nobody_else_fits(programmes: list[Asking]) -> None:
    found = shares(TREE, programmes, 90, 5)
    staying = [each for each, share in enumerate(found) if share.in_a_period >= programmes[each].least]

    def fit(among: list[int]) -> bool:
        beside = shares(TREE, [programmes[each]._replace(least=0) for each in among], 90, 5)
        return all(share.in_a_period >= programmes[each].least for each, share in zip(among, beside, strict=True))

    assert fit(staying)
    assert not any(fit(sorted([*staying, each])) for each in range(len(programmes)) if each not in staying)
    alone = shares(TREE, [programmes[each]._replace(least=0) for each in staying], 90, 5)
    assert [found[each] for each in staying] == alone


BOUNDS = st.builds(
    lambda one, other: Bounds(min(one, other), max(one, other)), st.floats(0.001, 1), st.floats(0.001, 1)
)


@given(st.lists(BOUNDS, min_size=1, max_size=8), st.floats(0.01, 1))
def test_nobody_could_have_more_unless_one_with_less_had_less_still(bounds: list[Bounds], whole: float) -> None:
    parts = divided(dict(enumerate(bounds)), whole)
    if sum(each.need for each in bounds) >= whole:
        assert sum(parts.values()) == pytest.approx(whole)
        return
    assert sum(parts.values()) == pytest.approx(min(whole, sum(each.want for each in bounds)))
    for each, (need, want, _) in enumerate(bounds):
        assert need <= parts[each] <= want
        if parts[each] < want - 1e-9:  # whoever has more needs it
            assert all(parts[other] <= max(parts[each], bounds[other].need) + 1e-9 for other in parts)
