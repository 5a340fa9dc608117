from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.survey.responses.ballot import Answer
from services.survey.responses.tallies import OTHER, Key, Tallies, kept_values

people = st.lists(st.sampled_from(["stadhuis", "werf", "haven", "school", OTHER, None]), max_size=60)


@given(people, st.integers(2, 12))
def test_no_value_is_told_of_fewer_than_the_minimum(values: list[str | None], minimum: int) -> None:
    tallies = Tallies()
    for value in values:
        attributes = {} if value is None else {"location": value}
        tallies.add(attributes, ["location"], [Answer("overall", 7)])
    joined = tallies.joined(minimum)
    assert sum(tally.answers for tally in joined.values()) == len(values)
    if len(values) >= minimum:
        assert all(tally.answers >= minimum for tally in joined.values())
    for value, count in Counter(values).items():
        if value not in (None, OTHER) and (key := Key("location", value, "overall")) in joined:
            assert joined[key].answers == count


def test_the_smallest_value_joins_while_other_is_too_small() -> None:
    assert kept_values({"a": 9, "b": 6, "c": 5, "d": 2}, 5) == {"a", "b"}
    assert kept_values({"a": 9, "b": 6, "c": 5}, 5) == {"a", "b", "c"}
    assert kept_values({"a": 3, OTHER: 1}, 5) == frozenset()


def test_answers_are_counted_by_value_and_apart_when_not_applicable() -> None:
    tallies = Tallies()
    tallies.add(
        {"location": "werf"}, ["location"], [Answer("overall", 1), Answer("again", True), Answer("more", ["a", "b"])]
    )
    tallies.add(
        {"location": "werf"}, ["location"], [Answer("overall", None), Answer("again", False), Answer("more", ["a"])]
    )
    joined = tallies.joined(2)
    assert joined[Key("location", "werf", "overall")].not_applicable == 1
    assert joined[Key("location", "werf", "overall")].counts == {(int, 1): 1}
    assert joined[Key("location", "werf", "again")].counts == {(bool, True): 1, (bool, False): 1}
    assert joined[Key("location", "werf", "more")].answers == 2
    assert joined[Key("location", "werf", "more")].counts == {(str, "a"): 2, (str, "b"): 1}
