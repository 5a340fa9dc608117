import secrets
import zlib
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.exceptions import CryptoError

from services.survey.responses.ballot import (
    PADDED,
    SEALED,
    Answer,
    Ballot,
    Part,
    TooLong,
    key_pair,
    pack,
    seal,
    unpack,
    unseal,
)  # fmt: skip
from services.survey.responses.boxes import NoKey, unwrap, wrap

values = (
    st.none()
    | st.integers(-(2**31), 2**31)
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text()
    | st.lists(st.text())
)
parts = st.builds(Part, st.none() | st.uuids(), st.lists(st.builds(Answer, st.text(), values), max_size=30))
ballots = st.builds(Ballot, unit=st.uuids(), language=st.text(), parts=st.lists(parts, max_size=4))


@given(ballots)
def test_what_comes_out_is_what_went_in(ballot: Ballot) -> None:
    public, private = key_pair()
    assert unpack(unseal(seal(pack(ballot), public), public, private)) == ballot


def test_ballots_open_that_were_sealed_with_attributes() -> None:
    unit = uuid4()
    written = msgspec.msgpack.encode([unit.bytes, "nl", {"location": "werf"}, [[None, [["comment", "Prima"]]]]])
    opened = unpack(zlib.compress(written))
    assert (opened.unit, opened.parts) == (unit, [Part(None, [Answer("comment", "Prima")])])


def test_all_ballots_have_the_same_length() -> None:
    public, _ = key_pair()
    short = Ballot(unit=uuid4(), language="nl", parts=[])
    long = Ballot(unit=uuid4(), language="nl", parts=[Part(None, [Answer("comment", secrets.token_hex(3000))])])
    assert len(seal(pack(short), public)) == len(seal(pack(long), public)) == SEALED


def test_what_does_not_fit_is_refused() -> None:
    public, private = key_pair()
    fitting = secrets.token_bytes(PADDED - 2)
    assert unseal(seal(fitting, public), public, private) == fitting
    with pytest.raises(TooLong):
        seal(fitting + b"!", public)


def test_another_key_opens_nothing() -> None:
    public, _ = key_pair()
    sealed = seal(b"secret", public)
    with pytest.raises(CryptoError):
        unseal(sealed, *key_pair())


def test_every_key_of_the_settings_unwraps_and_the_first_wraps() -> None:
    new, old, lost = (secrets.token_bytes(32) for _ in range(3))
    _, private = key_pair()
    assert unwrap(wrap(private, [old]), [new, old]) == private
    assert unwrap(wrap(private, [new, old]), [new]) == private
    with pytest.raises(NoKey):
        unwrap(wrap(private, [lost]), [new, old])
