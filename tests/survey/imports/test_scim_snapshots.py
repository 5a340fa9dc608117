"""Of whom and of what identity systems made, snapshots of files speak once a file has named them."""

from tests.fixtures.services import Running
from tests.survey.imports.pushing import EMPLOYEES, UNITS, filled, push
from tests.survey.people import Made
from tests.survey.scim.world import Scim

LEAVER = "e1@x.example"


async def left(organisation: Made) -> list[str]:
    """After the next file of HR, which has E1 no more."""
    rows = EMPLOYEES.splitlines(keepends=True)
    assert (await push(organisation, "".join(rows[:-1]), "employees", mode="snapshot")).status == "done"
    found = (await organisation.admin.get("/v1/employees?active=false")).json()["items"]
    return [each["externalId"] for each in found if each["externalId"]]


async def deleted(organisation: Made) -> Scim:
    scim = Scim(organisation, organisation.admin)
    [known] = (await scim.found("Users", filter='externalId eq "E1"'))["Resources"]
    await scim.send("DELETE", f"/Users/{known['id']}", status=204)
    return scim


async def test_who_is_deleted_and_made_again_is_known_to_files_still(survey: Running) -> None:
    organisation = await filled(survey)
    scim = await deleted(organisation)
    await scim.user(LEAVER, externalId="E1")
    assert await left(organisation) == ["E1"]


async def test_who_gets_the_number_of_a_deleted_one_later_is_known_to_files_too(survey: Running) -> None:
    organisation = await filled(survey)
    scim = await deleted(organisation)
    again = await scim.user("other@x.example")
    await scim.patch(f"/Users/{again['id']}", {"op": "add", "path": "externalId", "value": "E1"})
    assert await left(organisation) == ["E1"]


async def test_who_is_in_a_snapshot_is_there_whatever_scim_said(survey: Running) -> None:
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    [known] = (await scim.found("Users", filter='externalId eq "E1"'))["Resources"]
    disabled = {"op": "replace", "path": "active", "value": False}
    for mode, active in (("merge", False), ("snapshot", True)):
        await scim.patch(f"/Users/{known['id']}", disabled)
        await push(organisation, EMPLOYEES, "employees", mode=mode)
        assert (await scim.employee(known))["active"] is active


async def test_whom_scim_gave_another_external_id_is_not_lost(survey: Running) -> None:
    """HR's row is refused, for its address is the userName of somebody else; who that is does not leave by it."""
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    [known] = (await scim.found("Users", filter=f'userName eq "{LEAVER}"'))["Resources"]
    await scim.patch(f"/Users/{known['id']}", {"op": "replace", "path": "externalId", "value": "ada"})
    row = EMPLOYEES.splitlines()[-1]
    for wrong, code in (
        (row, "emailTaken"), (row.replace("OE-2", "OE-99"), "unknownUnit"), (row.replace("Given1", ""), "empty"),
        (row.replace("OE-2,", "OE-2,E77"), "unknownManager"), (row, "emailTaken"),
    ):  # fmt: skip
        pushed = await push(organisation, EMPLOYEES.replace(row, wrong), "employees", mode="snapshot")
        assert (pushed.status, pushed.counts.get("removed")) == ("done", None)
        assert code in [found for _, _, found in pushed.brief()]
        assert (await scim.employee(known))["active"]


async def test_who_has_the_address_of_a_row_that_is_taken_leaves(survey: Running) -> None:
    """Two rows have it: one is refused, the other is somebody new."""
    organisation = await filled(survey)
    rows = EMPLOYEES.splitlines(keepends=True)
    new = rows[-2].replace("E2,", "E30,").replace("E1,Stadhuis", ",Stadhuis")
    wrong = new.replace("E30,", "E31,").replace("OE-2", "OE-99")
    pushed = await push(organisation, "".join([*rows[:-2], rows[-1], wrong, new]), "employees", mode="snapshot")
    assert (pushed.status, pushed.counts["removed"], pushed.counts["created"]) == ("done", 1, 1)
    assert not (await organisation.admin.get("/v1/employees/external:E2")).json()["active"]


async def test_a_group_that_no_file_has_named_stays_a_unit(survey: Running) -> None:
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    group = await scim.group("Inhuur")
    await scim.patch(f"/Groups/{group['id']}", {"op": "add", "path": "externalId", "value": "obj-1"}, status=204)
    more = UNITS + "".join(f"U-{number},U,OE,false,true\n" for number in range(20))
    for units, status in ((more, 200), (more + "obj-1,Inhuur,OE,false,true\n", 200), (more, 404)):
        pushed = await push(organisation, units, "units", mode="snapshot")
        assert (pushed.status, pushed.errors) == ("done", [])
        await scim.get(f"/Groups/{group['id']}", status=status)


async def test_a_group_that_is_deleted_and_made_again_is_a_new_unit(survey: Running) -> None:
    organisation = await filled(survey)
    scim = Scim(organisation, organisation.admin)
    more = UNITS + "".join(f"U-{number},U,OE,false,true\n" for number in range(20))
    await push(organisation, more + "obj-1,Inhuur,OE,false,true\n", "units")
    [known] = (await scim.found("Groups", filter='displayName eq "Inhuur"'))["Resources"]
    await scim.send("DELETE", f"/Groups/{known['id']}", status=204)
    again = await scim.group("Inhuur")
    await scim.patch(f"/Groups/{again['id']}", {"op": "add", "path": "externalId", "value": "obj-1"}, status=204)
    assert (await push(organisation, more, "units", mode="snapshot")).status == "done"
    await scim.get(f"/Groups/{again['id']}")
