"""Forged, damaged and respelled tokens are refused without a database."""

from hypothesis import given
from hypothesis import strategies as st

from services.survey.waves import tokens

OLD, NEW = b"o" * 32, b"n" * 32
NUMBER = st.integers(-(2**63), 2**63 - 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.integers(0, 2**63 - 1), NUMBER)
def test_a_token_says_whose_it_is_in_43_characters(organisation: int, number: int) -> None:
    token = tokens.sign(organisation, number, [NEW])
    assert len(token) == 43
    assert set(token) <= set(ALPHABET)
    assert tokens.read(token, [NEW]) == (organisation, number)


def test_a_replaced_key_still_reads_and_a_foreign_one_does_not() -> None:
    token = tokens.sign(7, -7, [OLD])
    assert tokens.read(token, [NEW, OLD]) == (7, -7)
    assert tokens.read(token, [NEW]) is None


@given(st.integers(0, 42), st.sampled_from(ALPHABET))
def test_any_changed_character_is_refused(place: int, character: str) -> None:
    token = tokens.sign(123456789, 987654321, [NEW])
    changed = token[:place] + character + token[place + 1 :]
    assert (tokens.read(changed, [NEW]) is None) == (changed != token)


@given(st.one_of(st.text(max_size=60), st.text(min_size=43, max_size=43), st.text(ALPHABET, min_size=43, max_size=43)))
def test_whatever_comes_is_refused_quietly(token: str) -> None:
    assert tokens.read(token, [NEW]) is None
