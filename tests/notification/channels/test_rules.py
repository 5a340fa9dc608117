import pytest

from services.notification.channels.rules import Verdict, deliverable, judge, reply_of


@pytest.mark.parametrize(
    ("stage", "reply", "verdict"),
    [
        ("recipient", "550 5.1.1", Verdict.RECIPIENT_REFUSED),
        ("recipient", "550", Verdict.RECIPIENT_REFUSED),
        ("recipient", "552 5.2.2", Verdict.RECIPIENT_REFUSED),
        ("recipient", "554 5.7.1", Verdict.REFUSED),
        ("recipient", "530", Verdict.REFUSED),
        ("recipient", "450 4.2.0", Verdict.DEFERRED),
        ("recipient", "421 4.3.2", Verdict.INTERRUPTED),
        ("sender", "421", Verdict.INTERRUPTED),
        ("text", "421 4.7.0", Verdict.DEFERRED),
        ("sender", "550 5.1.8", Verdict.REFUSED),
        ("text", "550 5.1.1", Verdict.RECIPIENT_REFUSED),
        ("text", "554 5.6.0", Verdict.REFUSED),
        ("text", "452 4.3.1", Verdict.DEFERRED),
    ],
)
def test_only_what_is_about_the_address_bounces(stage: str, reply: str, verdict: Verdict) -> None:
    assert judge(stage, reply) is verdict


def test_replies_are_kept_without_their_text() -> None:
    assert reply_of(550, "5.1.1 <jan@rivierenmark.example> unknown") == "550 5.1.1"
    assert reply_of(550, "<jan@rivierenmark.example> unknown") == "550"


@pytest.mark.parametrize("address", ["a@b.example", "zoë@münchen.example", "o'brien+x@b.example"])
def test_addresses(address: str) -> None:
    assert deliverable(address)


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@", "@b", "a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b@c", "a@.example", "a..b@c.example", "a@" + "b" * 64],
)
def test_no_addresses(address: str) -> None:
    assert not deliverable(address)
