"""Which language a mail is in, and how it writes a moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

KINDS = ("invitation", "reminder")
LANGUAGES = ("nl", "en")
LAST_RESORT = "en"

WEEKDAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "nl": ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
           "november", "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def language_of(preferred: str | None, of_organisation: Iterable[str]) -> str:
    """The recipient's own, else the organisation's first that there are texts in."""
    for tag in (preferred or "", *of_organisation):
        if (base := tag.lower().partition("-")[0]) in LANGUAGES:
            return base
    return LAST_RESORT


def text_in(texts: Mapping[str, str], language: str, of_organisation: Iterable[str]) -> str:
    """The text in the mail's language, else in one the organisation works in, else in any."""
    for tag in (language, *of_organisation):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()), "")


def moment(at: datetime, time_zone: str, language: str) -> str:
    """`vrijdag 27 maart 2026 om 17.00 uur (CET)`: in full, since 03-04 is another day elsewhere."""
    local = at.astimezone(ZoneInfo(time_zone))
    day = f"{WEEKDAYS[language][local.weekday()]} {local.day} {MONTHS[language][local.month - 1]} {local.year}"
    zone = f" ({name})" if (name := local.tzname() or "").isalpha() else ""
    return f"{day} om {local:%H.%M} uur{zone}" if language == "nl" else f"{day} at {local:%H:%M}{zone}"


def one_line(text: str) -> str:
    """For headers and greetings: no line breaks, no control or invisible direction characters."""
    kept = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(kept.split())
