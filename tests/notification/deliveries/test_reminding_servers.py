"""Reminders beside mail servers that put mails off, take few, hang up or go."""

from collections import Counter
from uuid import UUID

import pytest

from services.notification.deliveries.reminding import PIECE
from services.notification.deliveries.rules import TRIES
from tests.notification.deliveries.test_reminders import alike, reminded, tried
from tests.notification.fixtures import Office
from tests.notification.mailserver import DROP, TAKE_AND_DROP, MailServer


class Server:
    """How servers that put mails off do it."""

    def __init__(self, mails: MailServer) -> None:
        self.mails = mails
        self.asked: Counter[str] = Counter()
        self.at_once = 0  # taken at the beginning of this try

    def next_try(self) -> None:
        self.at_once = len(self.mails.taken)

    def takes_ten_a_time(self, _address: str) -> str:
        return "451 later" if len(self.mails.taken) >= self.at_once + 10 else "250 OK"

    def hangs_up_after_ten(self, _address: str) -> str:
        return "421 enough" if len(self.mails.taken) >= self.at_once + 10 else "250 OK"

    def in_bursts(self, _address: str) -> str:
        """Ten are taken, the next five are put off."""
        self.asked["all"] += 1
        return "450 later" if self.asked["all"] % 15 >= 10 else "250 OK"

    def greylists(self, address: str) -> str:
        self.asked[address] += 1
        return "451 later" if self.asked[address] == 1 else "250 OK"


@pytest.mark.parametrize(
    ("how", "invited"),
    [("takes_ten_a_time", 40), ("hangs_up_after_ten", 40), ("in_bursts", 40), ("greylists", 200), ("hangs_up_after_ten", 120)],
)  # fmt: skip
async def test_a_server_that_puts_mails_off_costs_nobody_a_reminder(
    office: Office, organisation_id: UUID, how: str, invited: int
) -> None:
    """And nobody gets two."""
    answered = invited // 5
    await reminded(office, organisation_id, set(range(1, answered + 1)), invited)
    server = Server(office.mails)
    office.mails.at_recipient = getattr(server, how)
    while [row for row in await office.rows(organisation_id, "reminder") if row["due_at"]]:
        server.next_try()
        await office.worker.drain()
        await office.hurry(organisation_id)
    everybody = range(answered + 1, invited + 1)
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in everybody}


async def test_a_server_that_takes_few_uses_up_nobody_s_tries(office: Office, organisation_id: UUID) -> None:
    """Ten in each ten minutes. Those whom it has tried least go first."""
    await reminded(office, organisation_id, set(range(1, 21)), 120)
    server, clock = Server(office.mails), 0.0
    office.mails.at_recipient = server.takes_ten_a_time
    attempts = [0]
    while min(attempts) < TRIES:
        before, clock = clock, clock + await office.pass_time(organisation_id)
        if clock // 600 > before // 600:
            server.next_try()
        await office.worker.drain()
        attempts = [row["attempts"] for row in await office.rows(organisation_id, "reminder")]
        assert min(attempts) > 0 or max(attempts) == 1
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(21, 121)}


@pytest.mark.parametrize("reply", ["451 later", "421 closing", DROP])
async def test_a_server_that_takes_nothing_is_waited_for_but_not_for_ever(
    office: Office, organisation_id: UUID, reply: str
) -> None:
    """Which rows were tried so far hangs on whole pieces, drawn by chance."""
    await reminded(office, organisation_id, set(range(1, 51)), 150)
    office.mails.at_recipient = lambda address: reply
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    assert {row["state"] for row in rows} == {"queued"}
    assert Counter(row["attempts"] for row in rows) == {0: 150 - PIECE, 1: PIECE}
    for _ in range(6 * TRIES + 20):  # a piece a try, the last ones small
        await tried(office, organisation_id, 1)
    assert {row["state"] for row in await office.rows(organisation_id, "reminder")} == {"handled"}
    assert office.mails.taken == []


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_server_that_lets_us_have_few_connections_takes_all(
    office: Office, organisation_id: UUID, connections: int
) -> None:
    await reminded(office, organisation_id, set(range(1, 101)), 200)
    await office.worker.pool.close()
    office.mails.most_open = connections
    await office.worker.drain()
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(101, 201)}
    assert alike(await office.rows(organisation_id, "reminder"))


async def test_a_server_that_goes_in_the_middle_leaves_no_trace_of_where(office: Office, organisation_id: UUID) -> None:
    """The last that was tried was a mail: so a piece that was begun is gone through."""
    await reminded(office, organisation_id, set(range(1, 101)), 200)

    def until_it_goes(_address: str) -> str:
        office.mails.most_open = 0 if len(office.mails.taken) >= 30 else office.mails.most_open
        return DROP if len(office.mails.taken) >= 30 else "250 OK"

    office.mails.at_recipient = office.mails.at_text = until_it_goes
    await office.worker.drain()
    rows = await office.rows(organisation_id, "reminder")
    tried = Counter(row["attempts"] for row in rows)[1]
    assert tried >= len(office.mails.taken) == 30
    assert tried % PIECE == 0
    assert {row["state"] for row in rows} == {"queued"}


async def test_one_whose_text_went_twice_without_an_answer_does_not_go_again(
    office: Office, organisation_id: UUID
) -> None:
    await reminded(office, organisation_id, set(range(1, 6)), 10)
    office.mails.at_text = lambda address: TAKE_AND_DROP if address.startswith("person7@") else "250 OK"
    await tried(office, organisation_id, TRIES)
    assert office.mails.addresses() == {
        f"person{number}@rivierenmark.example": 2 if number == 7 else 1 for number in range(6, 11)
    }
    assert alike(await office.rows(organisation_id, "reminder"))


async def test_one_whose_first_doubt_comes_after_greylisting_goes_again(office: Office, organisation_id: UUID) -> None:
    """The server went before it took the text, once."""
    await reminded(office, organisation_id, set(range(1, 6)), 10)
    dropped: list[str] = []

    def goes_once(address: str) -> str:
        if not address.startswith("person7@") or dropped:
            return "250 OK"
        dropped.append(address)
        return DROP

    office.mails.at_recipient, office.mails.at_text = Server(office.mails).greylists, goes_once
    await tried(office, organisation_id, TRIES)
    assert dropped
    assert office.mails.addresses() == {f"person{number}@rivierenmark.example": 1 for number in range(6, 11)}
