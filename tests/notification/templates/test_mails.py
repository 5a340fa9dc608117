"""The mails say what is true, in the recipient's language, and hold together in any mail program."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import product
from uuid import UUID

import pytest

from services.notification.templates.library import TEXT, Values, render, sources
from services.notification.templates.rules import KINDS, LANGUAGES, language_of, moment, text_in
from tests.notification.fixtures import Office

VALUES = Values(
    organisation="Gemeente Rivierenmark", title="Tevredenheid 2026", name="Zoë de Vries", closing="vrijdag om 17.00 uur",
    link="https://klankbord.example/r/" + "t" * 43, minimum=5, unsubscribe_link="https://klankbord.example/u/x",
)  # fmt: skip


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.language: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "html":
            self.language = given.get("lang")
        self.loaded += [given[key] or "" for key in ("src", "background") if key in given] + (
            ["link"] if tag == "link" else []
        )


def seen(html: str) -> _Seen:
    parser = _Seen()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_parts_say_the_same(kind: str, language: str) -> None:
    made = render(kind, language, VALUES)
    found = seen(made.html)
    assert found.language == language
    assert found.loaded == []
    assert "@import" not in made.html
    assert set(found.links) == {VALUES.link, VALUES.unsubscribe_link}
    for told in (VALUES.organisation, VALUES.title, VALUES.name, VALUES.closing, " 5 "):
        assert told in made.text
        assert told in made.html
    assert VALUES.link in made.text
    assert VALUES.unsubscribe_link in made.text
    assert "{{" not in made.html + made.text + made.subject


def test_a_name_is_text_and_never_markup() -> None:
    hostile = "<script>x</script>{{ link }}\r\nBcc: all@rivierenmark.example\u202e"
    values = Values(**{**VALUES.__dict__, "name": hostile, "title": hostile})
    made = render("invitation", "nl", values)
    assert "<script>" not in made.html
    assert made.text.count(VALUES.link) == 1
    assert "\n" not in made.subject
    assert "\u202e" not in made.text + made.html + made.subject


def test_without_a_name_it_greets_all_the_same() -> None:
    assert "Beste collega," in render("invitation", "nl", Values(**{**VALUES.__dict__, "name": ""})).text


@pytest.mark.parametrize("source", ["{{ ''.__class__.__mro__ }}", "{{ cycler.__init__.__globals__ }}"])
def test_texts_run_in_a_sandbox(source: str) -> None:
    with pytest.raises(Exception, match=r"unsafe|undefined"):
        TEXT.from_string(source).render()


def test_every_kind_is_written_in_every_language() -> None:
    assert {(found.kind, found.language) for found in sources()} == set(product(KINDS, LANGUAGES))


@pytest.mark.parametrize(
    ("preferred", "organisation", "chosen"),
    [
        ("nl", ["en"], "nl"),
        ("en-GB", ["nl"], "en"),
        ("pl", ["nl", "en"], "nl"),
        (None, ["fr", "nl"], "nl"),
        ("pl", [], "en"),
    ],
)
def test_the_recipients_language_comes_first(preferred: str | None, organisation: list[str], chosen: str) -> None:
    assert language_of(preferred, organisation) == chosen


def test_a_title_falls_back_to_the_organisations_language() -> None:
    assert text_in({"fr": "Enquête", "nl": "Onderzoek"}, "en", ["nl"]) == "Onderzoek"
    assert text_in({"fr": "Enquête"}, "en", ["nl"]) == "Enquête"


def test_the_end_is_told_in_the_organisations_own_time() -> None:
    summer = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
    assert moment(summer, "Europe/Amsterdam", "nl") == "maandag 30 maart 2026 om 00.30 uur (CEST)"
    assert moment(summer, "America/New_York", "en") == "Sunday 29 March 2026 at 18:30 (EDT)"
    assert moment(summer, "America/Sao_Paulo", "en") == "Sunday 29 March 2026 at 19:30"


async def test_what_arrives(office: Office, organisation_id: UUID) -> None:
    office.survey.names[1], office.survey.languages[1] = 'Zoë "Zus" de Vries, Ĳda', "en"
    office.survey.addresses[1] = "zoë@münchen.example"
    office.survey.languages[2] = "pl"
    office.survey.open_wave(organisation_id, 2)
    await office.read_feed()
    await office.worker.drain()
    assert await office.states(organisation_id) == {1: "sent", 2: "sent"}
    by_name = {mail.mail["To"].addresses[0].display_name: mail for mail in office.mails.taken}
    english, dutch = by_name['Zoë "Zus" de Vries, Ĳda'], by_name["Person 2"]
    assert english.mail["Subject"] == "We would like to hear from you: Satisfaction 2026"
    assert english.address == "zoë@xn--mnchen-3ya.example"
    assert dutch.mail["Subject"] == "Uw mening gevraagd: Tevredenheid 2026"
    assert dutch.mail["Content-Language"] == "nl"
    assert dutch.mail["Auto-Submitted"] == "auto-generated"
    assert "https://klankbord.example/r/token-of-2" in dutch.text
    assert max(len(line) for line in dutch.raw.split(b"\r\n")) <= 200
    assert not dutch.mail.defects


async def test_templates_are_shown_and_tried_out(office: Office, organisation_id: UUID) -> None:
    client = await office.admin(organisation_id)
    listed = (await client.get("/v1/templates", params={"limit": 3})).json()
    rest = (await client.get("/v1/templates", params={"cursor": listed["nextCursor"]})).json()
    shown = [(found["kind"], found["language"]) for found in listed["items"] + rest["items"]]
    assert sorted(shown) == [("invitation", "en"), ("invitation", "nl"), ("reminder", "en"), ("reminder", "nl")]
    one = (await client.get("/v1/templates/reminder/nl")).json()
    assert one["subject"] == "Herinnering: {{ title }}"
    tried = await client.post("/v1/templates/reminder/nl/preview", json={"title": "Proef", "minimumGroup": 7})
    assert tried.json()["subject"] == "Herinnering: Proef"
    assert " 7 mensen" in tried.json()["text"]
    assert (await client.get("/v1/templates/reminder/fr")).json()["code"] == "invalidRequest"
    assert (await client.get("/v1/templates", params={"cursor": "9"})).json()["errors"][0]["code"] == "invalidCursor"
    staff = await office.service.as_role("provider-staff", organisation_id)
    assert (await staff.get("/v1/templates")).status_code == 403
