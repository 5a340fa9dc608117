"""Takes people's names, e-mail addresses and phone numbers out of comments. The organisation's directory is the list.

When in doubt a word goes: a comment reads well without it, and a name cannot be called back.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

MARKS = {
    "nl": {"name": "[naam]", "mail": "[e-mailadres]", "phone": "[telefoonnummer]"},
    "en": {"name": "[name]", "mail": "[e-mail address]", "phone": "[phone number]"},
}
# Invisible characters would hide a name from the search; those that turn the direction would garble what follows.
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|(?<=\\w)[\u200c\u200d](?=\\w)"
)
# A comment must not cost much by what is written in it: each place is begun at once, and no run is split in two ways.
_MAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++\s?(?:@|\(at\)|\[at\])\s?[\w-]++(?:\.[\w-]++)+")
_PHONE = re.compile(r"(?<![\w+])(?:\(?(?:\+|00)\d{1,3}\)?|\(?0\d{1,3}\)?)(?:[\s./–()-]*+\d){6,11}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\s'’.`-]{0,3}")
_SENTENCE_STARTS = re.compile(r"(?:^|[.!?:;…\n\"“”(\[])[\s\"'“‘(]*$")
# Names that are also words in lower case: on their own they are taken out only when written as a name.
_HOMONYMS = """
aart anne bas beer bert bloem boer bond bos brand brouwer bruin daan dam dan dean dekker dijk dirk don drew dick faith fee
fien floor frank gene geer glenn goed grace grant groen groot haan ham hand hans harm heel hein hope hugo iris ivy jager
jan jet jong joke joy jules june kees kim kip klaas klein kok koning koper kuiper laan lang lente lies lily linde long
loes major mark may meester mees meer merel mila mind mulder nick noor olive otto page pat paul piet post prins raf rein
rich rob rod rose roos ruud sam sandy sas schipper sien smit sol sky song stan sue sunny ted theo tim tom ton toon van
veld vera victor visser vos wil will wit wolf young zoon zwart
"""
HOMONYMS = frozenset(_HOMONYMS.split())


class Found(NamedTuple):
    start: int
    end: int
    kind: str


Words = tuple[str, ...]


@dataclass
class Directory:
    """Names as tuples of folded words; `given` and `family` hold every name of the organisation by its first word."""

    people: set[Words] = field(default_factory=set)
    given: dict[str, set[Words]] = field(default_factory=lambda: defaultdict(set))
    family: dict[str, set[Words]] = field(default_factory=lambda: defaultdict(set))

    def add(self, given_name: str, family_name: str) -> None:
        given, family = words(given_name), words(family_name)
        for name, names in ((given, self.given), (family, self.family)):
            if name and sum(map(len, name)) > 1:
                names[name[0]].add(name)
        self.people.add(given + family)


def directory(names: Iterable[tuple[str, str]]) -> Directory:
    result = Directory()
    for given_name, family_name in names:
        result.add(given_name, family_name)
    return result


def scrub(text: str, language: str, people: Directory) -> str:
    """The text without personal data, which a mark in the language replaces."""
    text = readable(text)
    marks = MARKS.get(language.partition("-")[0], MARKS["en"])
    for found in reversed(find(text, people)):
        text = text[: found.start] + marks[found.kind] + text[found.end :]
    return text


def readable(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def find(text: str, people: Directory) -> list[Found]:
    """Personal data in a `readable` text, in order, without overlaps."""
    found = [Found(*match.span(), "mail") for match in _MAIL.finditer(text)]
    found += [Found(*match.span(), "phone") for match in _PHONE.finditer(text)]
    taken = sorted(found)
    for name in _names(text, people):
        if all(name.end <= other.start or name.start >= other.end for other in taken):
            found.append(name)
    return sorted(found)


def words(name: str) -> Words:
    return tuple(fold(match.group()) for match in _WORD.finditer(unicodedata.normalize("NFC", name)))


def fold(word: str) -> str:
    """Without case and accents, letter by letter: people write Jose for José and Malgorzata for Małgorzata."""
    return "".join(_PLAIN.get(letter) or unicodedata.normalize("NFKD", letter)[0] for letter in word).lower()


_PLAIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s", "æ": "a", "Æ": "A"}


class _Token(NamedTuple):
    folded: str
    start: int
    end: int
    capital: bool


def _names(text: str, people: Directory) -> list[Found]:
    tokens = [_Token(fold(match.group()), *match.span(), match.group()[0].isupper()) for match in _WORD.finditer(text)]
    shouted = not any(letter.islower() for letter in text)
    found, at = [], 0
    while at < len(tokens):
        length = _name_at(text, tokens, at, people, shouted)
        if length:
            found.append(Found(tokens[at].start, tokens[at + length - 1].end, "name"))
        at += length or 1
    return found


def _name_at(text: str, tokens: list[_Token], at: int, people: Directory, shouted: bool) -> int:
    """How many tokens from here on are a name; 0 if none is."""
    given = _longest(text, tokens, at, people.given)
    if given:
        family = _longest(text, tokens, at + given, people.family)
        together = tuple(token.folded for token in tokens[at : at + given + family])
        if family and (together in people.people or _written_as_name(tokens, at + given, family)):
            return given + family
        if _alone(tokens[at], shouted):
            return given
    family = _longest(text, tokens, at, people.family)
    if family and _written_as_name(tokens, at, family) and not shouted and _says_family(text, tokens, at, family):
        return family
    return 0


def _longest(text: str, tokens: list[_Token], at: int, names: dict[str, set[Words]]) -> int:
    """A genitive counts too: Annekes, Mark's."""
    if at >= len(tokens):
        return 0
    folded = tokens[at].folded
    best = 0
    for name in names.get(folded, ()):
        if len(name) > best and _runs(text, tokens, at, name):
            best = len(name)
    genitive = len(folded) > 4 and folded.endswith("s") and (folded[:-1],) in names.get(folded[:-1], ())
    return best or int(genitive and tokens[at].capital)


def _runs(text: str, tokens: list[_Token], at: int, name: Words) -> bool:
    part = tokens[at : at + len(name)]
    return tuple(token.folded for token in part) == name and all(
        _BETWEEN.fullmatch(text, before.end, after.start) for before, after in pairwise(part)
    )


def _written_as_name(tokens: list[_Token], at: int, length: int) -> bool:
    """Prefixes such as `van der` may be in lower case; the name itself is not."""
    return tokens[at + length - 1].capital


def _alone(token: _Token, shouted: bool) -> bool:
    """May a given name on its own be taken for a name here?"""
    if token.folded in HOMONYMS:
        return token.capital and not shouted
    return token.capital or len(token.folded) > 3


def _says_family(text: str, tokens: list[_Token], at: int, length: int) -> bool:
    """A family name on its own: within a sentence, where nothing but a name is written with a capital."""
    if length > 1:
        return True
    before = tokens[at - 1].folded if at else ""
    return not _SENTENCE_STARTS.search(text, 0, tokens[at].start) and before not in ("team", "cluster", "afdeling")
