"""Takes people's names, e-mail addresses and phone numbers out of comments. The organisation's directory is the list.

When in doubt a word goes: a comment reads well without it, and a name cannot be called back. So a name goes wherever it
stands and however it is written; only one that is an everyday word too (`homonyms`) must look like a name there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.survey.responses.homonyms import HOMONYMS, PREFIXES, Token, Words, initials, is_name, titled

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
_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\(?(?:\+|00)\d{1,3}\)?|\(?0\d{1,3}\)?)(?:[\s./–()-]*+\d){6,11}"
    r"|31[ -]?(?:\(0\)[ -]?)?6(?:[ -]?\d){8}|31[1-9]\d{8}|6[ -]?\d{8})(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[\s'’.`/-]{0,3}")
_LONGEST = 8  # words of a name, so that no directory makes a text dear


class Found(NamedTuple):
    start: int
    end: int
    kind: str


@dataclass
class Names:
    """Names as tuples of folded words, and how long those with the same first word are at most."""

    known: set[Words] = field(default_factory=set)
    reach: dict[str, int] = field(default_factory=dict)

    def add(self, name: Words) -> None:
        if sum(map(len, name)) > 1:
            self.known.add(name)
            self.reach[name[0]] = min(max(len(name), self.reach.get(name[0], 0)), _LONGEST)

    def at(self, tokens: list[Token], at: int) -> Words:
        """The longest name that begins at a token, or none. A genitive counts too: Annekes, Mark's."""
        best: Words = ()
        if at >= len(tokens):
            return best
        name: Words = ()
        for token in tokens[at : at + max(1, self.reach.get(tokens[at].folded, 0))]:
            if name and not _BETWEEN.fullmatch(token.gap):
                break
            written, owner = (*name, token.folded), (*name, _without_s(token))
            best = next((each for each in (written, owner) if each in self.known), best)
            name = written
        return best


@dataclass
class Directory:
    """`parts` are those of longer family names that are everyday words; alone these are names behind a title only."""

    people: set[Words] = field(default_factory=set)
    given: Names = field(default_factory=Names)
    family: Names = field(default_factory=Names)
    parts: Names = field(default_factory=Names)

    def add(self, given_name: str, family_name: str) -> None:
        self.people.add(words(given_name) + words(family_name))
        for name in spellings(given_name):
            _add(name, self.given, Names())
        for name in spellings(family_name):
            _add(name, self.family, self.parts)


def _add(name: Words, names: Names, parts: Names) -> None:
    """As it is; in one word; and each of its words that says something: Annemarie, devries, Vries."""
    names.add(name)
    if len(name) > 1:
        if (joined := "".join(name)) not in HOMONYMS:
            names.add((joined,))
        for word in name:
            if len(word) > 2 and word not in PREFIXES:
                (parts if word in HOMONYMS else names).add((word,))


def directory(names: Iterable[tuple[str, str]]) -> Directory:
    result = Directory()
    for given_name, family_name in names:
        result.add(given_name, family_name)
    return result


def scrub(text: str, language: str, people: Directory) -> str:
    """The text without personal data, which a mark in the language replaces."""
    text = readable(text)
    marks = MARKS.get(language.partition("-")[0], MARKS["en"])
    kept, end = [], 0
    for found in find(text, people):
        kept += [text[end : found.start], marks[found.kind]]
        end = found.end
    return "".join(kept) + text[end:]


def readable(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def find(text: str, people: Directory) -> list[Found]:
    """Personal data in a `readable` text, in order, without overlaps: what overlaps goes as one."""
    found = [Found(*match.span(), "mail") for match in _MAIL.finditer(text)]
    found += [Found(*match.span(), "phone") for match in _PHONE.finditer(text)]
    found += _names(text, people)
    apart: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if apart and one.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(one.end, apart[-1].end))
        else:
            apart.append(one)
    return apart


def words(name: str) -> Words:
    return tuple(fold(match.group()) for match in _WORD.finditer(unicodedata.normalize("NFC", name)))


def spellings(name: str) -> set[Words]:
    """Without accents, or with what stands for them: Muller and Mueller for Müller. Prefixes in short: v.d., vd."""
    found = {words(name), words(unicodedata.normalize("NFC", name).translate(_SPELT_OUT))} - {()}
    long = [each for each in found if each[0] == "van" and each[1:2] in (("de",), ("den",), ("der",))]
    return found | {(*short, *each[2:]) for each in long for short in (("v", "d"), ("vd",))}


def fold(word: str) -> str:
    """Without case and accents, letter by letter: people write Jose for José and Malgorzata for Małgorzata."""
    return "".join(_PLAIN.get(letter) or unicodedata.normalize("NFKD", letter)[0] for letter in word).lower()


_PLAIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s", "æ": "a", "Æ": "A"}
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa"})


def _without_s(token: Token) -> str:
    """Whose it is; only a capital tells a short one from a word."""
    folded = token.folded
    bare = folded.removesuffix("s")
    if folded in HOMONYMS:
        return bare if token.capital and bare in HOMONYMS else folded
    return bare if len(folded) > (3 if token.upper else 5) else folded


def _tokens(text: str) -> list[Token]:
    matches = list(_WORD.finditer(text))
    shouted = [False, *(len(match.group()) > 1 and match.group().isupper() for match in matches), False]
    tokens, end = [], 0
    for at, match in enumerate(matches, 1):
        upper = match.group()[0].isupper()
        capital = upper and not (shouted[at] and (shouted[at - 1] or shouted[at + 1]))
        tokens.append(Token(fold(match.group()), *match.span(), text[end : match.start()], upper, capital))
        end = match.end()
    return tokens


def _names(text: str, people: Directory) -> Iterator[Found]:
    tokens, at = _tokens(text), 0
    while at < len(tokens):
        first, end = _name_at(tokens, at, people)
        if end > first:
            yield Found(tokens[first].start, tokens[end - 1].end, "name")
        at = max(end, at + 1)


def _name_at(tokens: list[Token], at: int, people: Directory) -> tuple[int, int]:
    """From which token to before which there is a name; (at, at) if none."""
    given = people.given.at(tokens, at)
    after = at + len(given)
    if given:
        family = people.family.at(tokens, after) or people.parts.at(tokens, after)
        if family and _BETWEEN.fullmatch(tokens[after].gap):
            end = after + len(family)
            if given + family in people.people or (tokens[at].capital and tokens[end - 1].capital):
                return at, end
        if is_name(tokens, at, given, given=True):
            return at, after
    introduced = titled(tokens, at) or initials(tokens, at) < at
    family = people.family.at(tokens, at) or (people.parts.at(tokens, at) if introduced else ())
    if family:
        end = at + len(family)
        if is_name(tokens, at, family, given=False):
            return initials(tokens, at), end
        given = people.given.at(tokens, end)
        if given and given + family in people.people and tokens[end].gap == ", ":
            return at, end + len(given)
    return at, at
