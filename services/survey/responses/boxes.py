"""Opening and emptying ballot boxes. Each has its own pair of keys; the private one rests wrapped by a key that is in
the settings and never in the database."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.ids import random_id
from services.survey.responses.ballot import key_pair
from services.survey.responses.models import Box
from services.survey.settings import SurveySettings


class NoKey(Exception):
    """No key in the settings opens this box."""


@dataclass(frozen=True)
class Keys:
    public: bytes
    private: bytes


def box_keys(settings: SurveySettings) -> list[bytes]:
    return [b64decode(key.get_secret_value()) for key in settings.box_keys]


async def open_box(session: AsyncSession, organisation_id: UUID, wave_id: UUID, keys: Sequence[bytes]) -> UUID:
    """For a wave that begins; `keys` as `box_keys` gives them."""
    public, private = key_pair()
    box = Box(
        organisation_id=organisation_id, id=random_id(), wave_id=wave_id, public_key=public,
        wrapped_key=wrap(private, keys),
    )  # fmt: skip
    session.add(box)
    await session.flush()
    return box.id


def keys_of(box: Box, keys: Sequence[bytes]) -> Keys:
    return Keys(box.public_key, unwrap(box.wrapped_key, keys))


def wrap(private: bytes, keys: Sequence[bytes]) -> bytes:
    return bytes(SecretBox(keys[0]).encrypt(private))


def unwrap(wrapped: bytes, keys: Sequence[bytes]) -> bytes:
    for key in keys:
        try:
            return SecretBox(key).decrypt(wrapped)
        except CryptoError:
            continue
    raise NoKey
