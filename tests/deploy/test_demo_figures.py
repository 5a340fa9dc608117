"""The demo is a judge: its own figures are right, and it lets nothing wrong pass."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import plain
from deploy.demo.compare import compare, expected_wrong
from deploy.demo.folder import Folder
from deploy.demo.mailbox import Mailbox, read
from deploy.demo.system import running_system
from deploy.embedded.trouble import Trouble
from services.survey.organisation.schemas import OrganisationBody
from tests.journeys.folders import make_folder

MUNICIPALITY = Path(__file__).parents[2] / "deploy" / "demo" / "municipality"
MINIMUM = 5


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return plain.figures(Folder(MUNICIPALITY))


def released(wave: dict[str, Any], minimum: int = MINIMUM) -> dict[str, Any]:
    """What an honest API says at the least hiding."""
    said = deepcopy(wave)
    for rows in said.values():
        for row in rows:
            if row.get("answered", row.get("n")) < minimum:
                for name in row.keys() - {"scope", "service", "provider", "question", "unit", "population"}:
                    del row[name]
                row.update(suppressed=True, reason="belowMinimum")
    return said


def test_plain_figures_are_those_that_came_with_the_files(figures: dict[str, Any]) -> None:
    expected = Folder(MUNICIPALITY).expected
    assert expected is not None
    assert expected_wrong(figures, expected) == []
    expected["2026"]["questions"][5]["mean"] = 1.0
    assert len(expected_wrong(figures, expected)) == 1


def test_an_honest_release_passes(figures: dict[str, Any]) -> None:
    verdict = compare(figures["2026"], released(figures["2026"]), MINIMUM)
    assert verdict.wrong == []
    assert verdict.hidden > 20
    assert verdict.readable > 400


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"mean": 3.000000004}, "mean is"),
        ({"n": 1}, "n is 1"),
        ({"suppressed": True, "reason": "belowMinimum", "mean": None}, "it tells"),
        ({"distribution": {"1": 10_000}}, "distribution is"),
    ],
)
def test_a_wrong_figure_is_found(figures: dict[str, Any], change: dict[str, Any], fault: str) -> None:
    said = released(figures["2026"])
    said["questions"][1].update(change)
    wrong = compare(figures["2026"], said, MINIMUM).wrong
    assert wrong
    assert fault in wrong[0]


def test_a_cell_below_the_minimum_must_be_hidden(figures: dict[str, Any]) -> None:
    said = released(figures["2026"])
    index = next(i for i, row in enumerate(figures["2026"]["cells"]) if row["belowMinimum"])
    said["cells"][index] = figures["2026"]["cells"][index]
    assert "fewer than 5" in compare(figures["2026"], said, MINIMUM).wrong[0]


def test_the_reason_must_be_true(figures: dict[str, Any]) -> None:
    said = released(figures["2026"])
    row = said["questions"][0]
    said["questions"][0] = {k: row[k] for k in ("scope", "question")} | {"suppressed": True, "reason": "belowMinimum"}
    assert "hidden as below the minimum" in compare(figures["2026"], said, MINIMUM).wrong[0]


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="answers-"):
        Folder(tmp_path)


def test_an_empty_answers_file_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "input", 5, people=20, waves=1)
    (folder / "answers-2031.ndjson").write_text("\n")
    with pytest.raises(Trouble, match=r"answers-2031.ndjson holds no answers"):
        Folder(folder)


def test_the_minimum_is_the_api_s_where_the_file_names_none(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "input", 5, people=60, waves=1)
    organisation = json.loads((folder / "organisation.json").read_text())
    assert Folder(folder).minimum == organisation.pop("minimumGroup")
    del organisation["commentMinimumGroup"]
    (folder / "organisation.json").write_text(json.dumps(organisation))
    assert Folder(folder).minimum == OrganisationBody(**organisation).minimum_group == MINIMUM
    assert plain.figures(Folder(folder))["2030"]["cells"]


def test_a_mail_folder_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    run = {"survey": "", "analytics": "", "notification": "", "operatorKey": "", "mailFolder": "mails"}
    path.write_text(json.dumps(run))
    monkeypatch.setenv("RUN", str(path))
    with pytest.raises(Trouble, match=r"names the mail folder .*, which does not exist here"):
        running_system().__enter__()
    (tmp_path / "mails").mkdir()
    with running_system() as found:
        assert found["mailFolder"] == str(tmp_path / "mails")


MAIL = """From: Klankbord <a@b.example>
To: "Visser, Anna" <Anna@Unseen.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=X

--X
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Answer here: http://127.0.0.1:8000/r/AAAAAAAAAAAAAAAAAAAAAAAAAA=
AAAAAAAAAAAAAAAAAAA_-
--X
Content-Type: text/html

<a href="x">
--X--
"""


def test_the_token_is_read_from_a_mail(tmp_path: Path) -> None:
    mailbox = Mailbox(tmp_path)
    (tmp_path / "1.eml").write_text(MAIL)
    (tmp_path / "2.eml").write_text("To: b@unseen.example\n\nNo link.")
    assert mailbox.look() == [("anna@unseen.example", "A" * 45 + "_-")]
    assert mailbox.look() == []
    assert read(tmp_path / "2.eml") is None
