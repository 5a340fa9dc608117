"""The built-in mails. Each is compiled once: MJML to HTML with its Jinja expressions still in it, then Jinja to code.

They run in Jinja's sandbox although they are ours: texts of an organisation's own will be filled in the same way.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from mjml import mjml_to_html

from services.notification.templates.rules import KINDS, LANGUAGES, one_line

BUILT_IN = Path(__file__).parent / "builtin"
HTML = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
TEXT = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined, keep_trailing_newline=True)


@dataclass(frozen=True)
class Values:
    """Everything a text may name."""

    organisation: str
    title: str
    name: str
    link: str
    closing: str
    minimum: int
    unsubscribe_link: str


@dataclass(frozen=True)
class Source:
    kind: str
    language: str
    subject: str
    preview: str
    text: str
    mjml: str


@dataclass(frozen=True)
class Rendered:
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Compiled:
    subject: Template
    preview: Template
    text: Template
    html: Template


@cache
def source(kind: str, language: str) -> Source:
    """As it stands in the folder: the text file begins with its subject and preview."""
    head, _, text = (BUILT_IN / language / f"{kind}.txt").read_text("utf-8").partition("\n\n")
    subject, preview = (line.partition(": ")[2] for line in head.splitlines())
    content = (BUILT_IN / language / f"{kind}.mjml").read_text("utf-8")
    layout = (BUILT_IN / "layout.mjml").read_text("utf-8")
    mjml = layout.replace("LANGUAGE", language, 1).replace("CONTENT", content.strip(), 1)
    return Source(kind, language, subject, preview, text, mjml)


def sources() -> list[Source]:
    return [source(kind, language) for kind in KINDS for language in LANGUAGES]


@cache
def compiled(kind: str, language: str) -> Compiled:
    found = source(kind, language)
    made: Any = mjml_to_html(found.mjml)
    return Compiled(
        subject=TEXT.from_string(found.subject),
        preview=TEXT.from_string(found.preview),
        text=TEXT.from_string(found.text),
        html=HTML.from_string(_slim(made.html)),
    )


def render(kind: str, language: str, values: Values) -> Rendered:
    template, given = compiled(kind, language), asdict(values)
    for single in ("organisation", "title", "name"):
        given[single] = one_line(given[single])
    subject = one_line(template.subject.render(given))
    html = template.html.render(given, subject=subject, preview=template.preview.render(given))
    return Rendered(language, subject, template.text.render(given), html)


def _slim(html: str) -> str:
    """Without the indentation, which is a third of what would be sent."""
    return "\n".join(line for raw in html.splitlines() if (line := raw.strip()))
