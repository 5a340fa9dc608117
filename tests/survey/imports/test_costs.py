from tests.fixtures.services import Running
from tests.survey.imports.pushing import filled, push

COSTS = "serviceExternalId,year,amount,currency\nFAC-01,2025,1200000.50,EUR\nFAC-01,2026,1250000.00,EUR\nFAC-02,2026,9.00,EUR\n"


async def test_costs_of_services_a_year(survey: Running) -> None:
    organisation = await filled(survey)
    assert (await push(organisation, COSTS, "costs")).counts == {"read": 3, "created": 3}
    again = await push(organisation, COSTS.replace("9.00", "12.00"), "costs")
    assert again.counts == {"read": 3, "changed": 1, "unchanged": 2}
    found = (await organisation.admin.get("/v1/services/external:FAC-01/costs")).json()["items"]
    assert found == [
        {"year": 2026, "cost": {"amount": "1250000.00", "currency": "EUR"}},
        {"year": 2025, "cost": {"amount": "1200000.50", "currency": "EUR"}},
    ]
    gone = await push(organisation, COSTS.splitlines()[0] + "\nFAC-01,2026,1250000.00,EUR\n", "costs", mode="snapshot",
                      removalShare="1")  # fmt: skip
    assert gone.counts == {"read": 1, "unchanged": 1, "removed": 2}
    assert len((await organisation.admin.get("/v1/services/external:FAC-01/costs")).json()["items"]) == 1
    assert (await organisation.admin.get("/v1/services/external:FAC-02/costs")).json()["items"] == []


async def test_what_is_refused_of_costs(survey: Running) -> None:
    organisation = await filled(survey)
    rows = ["FAC-09,2026,1.00,EUR", "FAC-01,26,1.00,EUR", "FAC-01,2026,-1.00,EUR", "FAC-01,2025,1.00,", "FAC-02,2026,1,EUR",
            "FAC-02,2026,2,EUR"]  # fmt: skip
    pushed = await push(organisation, COSTS.splitlines()[0] + "\n" + "\n".join([*rows, ""]), "costs")
    assert pushed.brief() == [
        (2, "serviceExternalId", "unknownService"), (3, "year", "notAWholeNumber"), (4, "amount", "negativeAmount"),
        (5, "currency", "empty"), (7, None, "doubledInFile"),
    ]  # fmt: skip
    assert pushed.counts == {"read": 6, "created": 1, "refused": 5}


async def test_the_told_decimal_sign_is_of_tables_alone(survey: Running) -> None:
    organisation = await filled(survey)
    header = COSTS.splitlines()[0]
    pushed = await push(organisation, f"{header}\nFAC-01,2024,12.50,EUR\n", "costs", decimal=",")
    assert pushed.brief() == [(2, "amount", "notAnAmount")]
    written = ('"1250.00"', "12.5", '"1.250,50"', '"1.250"')
    lines = [f'{{"serviceExternalId": "FAC-02", "year": {2020 + at}, "amount": {amount}, "currency": "EUR"}}\n'
             for at, amount in enumerate(written)]  # fmt: skip
    pushed = await push(organisation, "".join(lines), "costs", media_type="application/x-ndjson", decimal=",")
    assert pushed.brief() == [(4, "amount", "ambiguousAmount")]
    found = (await organisation.admin.get("/v1/services/external:FAC-02/costs")).json()["items"]
    assert [each["cost"]["amount"] for each in found] == ["1250.50", "12.50", "1250.00"]
