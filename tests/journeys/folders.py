"""Organisations that nobody has seen: other trees, services, questions and scales than the demo's own, by a seed."""

import csv
import json
from pathlib import Path
from random import Random
from typing import Any

Json = dict[str, Any]
NL_EN = ("nl", "en")


def text(words: str) -> Json:
    return {language: f"{words} ({language})" for language in NL_EN}


def options(*keys: str) -> list[Json]:
    return [{"key": key, "text": text(key)} for key in keys]


def survey(random: Random) -> Json:
    points = random.choice([5, 7, 10])
    topics = [{"key": key, "name": text(key)} for key in ("speed", "kindness")]
    about_service: list[Json] = [
        {"key": "mark", "type": "rating", "points": points, "required": True, "text": text("Your mark")},
        {"key": "speed", "type": "rating", "points": 7, "topic": "speed", "notApplicable": True, "text": text("Fast")},
        {"key": "kindness", "type": "rating", "points": 5, "topic": "kindness", "text": text("Kind")},
        {"key": "advise", "type": "nps", "text": text("Would you recommend it")},
        {"key": "ease", "type": "effort", "points": 5, "text": text("Easy")},
        {"key": "minutes", "type": "lostTime", "text": text("Minutes lost in a month")},
        {"key": "solved", "type": "yesNo", "notApplicable": True, "text": text("Was it solved")},
        {"key": "ways", "type": "multipleChoice", "options": options("desk", "phone", "web"), "text": text("How")},
        {"key": "why", "type": "singleChoice", "options": options("slow", "dear", "other"), "text": text("Why"),
         "showIf": {"question": "mark", "operator": "lessThan", "value": points // 2 + 1}},
        {"key": "remark", "type": "text", "text": text("Anything else")},
    ]  # fmt: skip
    about_self: list[Json] = [
        {"key": "matters", "type": "importance", "points": 7, "topic": "speed", "text": text("How much speed matters")},
        {"key": "remote", "type": "yesNo", "text": text("Do you work from home")},
        {
            "key": "order",
            "type": "ranking",
            "options": options("speed", "price", "tone"),
            "text": text("First to last"),
        },
    ]
    return {
        "key": f"unseen-{random.randrange(10**6)}",
        "title": text("A survey nobody has seen"),
        "languages": list(NL_EN),
        "topics": topics,
        "sections": [
            {"key": "service", "title": text("The service"), "repeatFor": "ratedService",
             "minimumServices": 1, "maximumServices": random.choice([2, 3, 4]), "questions": about_service},
            {"key": "self", "title": text("You"), "questions": about_self},
        ],
    }  # fmt: skip


def value(question: Json, random: Random) -> Any:
    kind = question["type"]
    if kind in ("rating", "effort", "importance"):
        return round(random.triangular(1, question["points"], question["points"] * 0.8))
    drawn: dict[str, Any] = {
        "nps": random.randint(3, 10),
        "lostTime": random.choice([0, 0, 15, 30, 240]),
        "yesNo": random.random() < 0.7,
        "text": random.choice(["Fine.", "It took long, and nobody called back.", "Prima geholpen."]),
    }
    if kind in drawn:
        return drawn[kind]
    keys = [option["key"] for option in question["options"]]
    if kind == "ranking":
        return random.sample(keys, len(keys))
    return random.choice(keys) if kind == "singleChoice" else sorted(random.sample(keys, random.randint(1, len(keys))))


def section_answers(questions: list[Json], random: Random, about: Json) -> list[Json]:
    given: dict[str, Any] = {}
    entries: list[Json] = []
    for question in questions:
        key, rule = question["key"], question.get("showIf")
        if rule and not given[rule["question"]] < rule["value"]:
            continue
        if not question.get("required") and random.random() < 0.15:
            continue
        if question.get("notApplicable") and random.random() < 0.1:
            entries.append({**about, "question": key, "notApplicable": True})
            continue
        given[key] = value(question, random)
        entries.append({**about, "question": key, "value": given[key]})
    return entries


def units(random: Random) -> list[Json]:
    """A top, three to six units below it, and teams of different depths below these."""
    made = [{"externalId": "TOP", "name": "All of it", "parentExternalId": "", "isProvider": False, "isConsumer": True}]
    for number in range(random.randint(3, 6)):
        made.append({**made[0], "externalId": f"D{number}", "name": f"Division {number}", "parentExternalId": "TOP"})
        for team in range(random.randint(0, 4)):
            name = {"externalId": f"D{number}.{team}", "name": f"Team {number}.{team}"}
            parent = f"D{number}" if team < 3 else f"D{number}.0"
            made.append({**made[0], **name, "parentExternalId": parent})
    for provider in random.sample(made[1:], 2):
        provider["isProvider"] = True
    return made


def write_rows(path: Path, rows: list[Json]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: str(cell).lower() if isinstance(cell, bool) else cell for key, cell in row.items()} for row in rows
        )


def employees(random: Random, tree: list[Json], count: int) -> list[Json]:
    return [
        {
            "externalId": f"{number:05d}",
            "givenName": random.choice(["Anna", "Bilal", "Chloé", "Daan"]),
            "familyName": random.choice(["Visser", "de Wit", "Öztürk", "Smit"]),
            "email": f"person{number}@unseen.example",
            "unitExternalId": random.choice(tree)["externalId"],
            "managerExternalId": "",
            "language": random.choice([*NL_EN, "fr"]),
            "hiredOn": "2020-01-01",
            "workPattern": random.choice(["days", "shifts"]),
        }
        for number in range(count)
    ]


def make_folder(folder: Path, seed: int, people: int, waves: int = 2) -> Path:
    """Of odd seeds a division uses no service, and the survey begins with what is asked once: half of these say which
    question is the overall one, the others have one then that is about no service."""
    random = Random(seed)
    folder.mkdir(parents=True)
    tree = units(random)
    providers = [unit["externalId"] for unit in tree if unit["isProvider"]]
    services = [
        {"externalId": f"S{n}", "providerExternalId": random.choice(providers), "nameNl": f"Dienst {n}",
         "nameEn": f"Service {n}", "category": random.choice(["it", "hr"])}
        for n in range(random.randint(4, 7))
    ]  # fmt: skip
    using = [unit["externalId"] for unit in tree[1:] if not (seed % 2 and unit["externalId"].startswith("D0"))]
    everybody = [unit for unit in using if "." not in unit] if seed % 2 else ["TOP"]
    audiences = {(s["externalId"], unit) for s in services[:2] for unit in everybody}
    audiences |= {(s["externalId"], random.choice(using)) for s in services[2:]}
    staff, questions = employees(random, tree, people), survey(random)
    if seed % 2:
        _begin_with_what_is_asked_once(questions, named=seed % 4 == 1)
    organisation = {"externalId": f"unseen-{seed}", "name": "Unseen", "timeZone": "Europe/Amsterdam",
                    "languages": list(NL_EN), "minimumGroup": random.choice([5, 6, 8]), "commentMinimumGroup": 10}  # fmt: skip
    (folder / "organisation.json").write_text(json.dumps(organisation))
    (folder / "survey.json").write_text(json.dumps(questions))
    write_rows(folder / "units.csv", tree)
    write_rows(folder / "services.csv", services)
    write_rows(folder / "audiences.csv", [{"serviceExternalId": s, "unitExternalId": u} for s, u in sorted(audiences)])
    write_rows(folder / "employees.csv", staff)
    parents = {unit["externalId"]: unit["parentExternalId"] for unit in tree}
    for wave in range(waves):
        given = [answer(employee, parents, audiences, questions, random) for employee in staff if random.random() < 0.6]
        content = "".join(json.dumps(line) + "\n" for line in given if line is not None)
        (folder / f"answers-{2030 + wave}.ndjson").write_text(content)
    return folder


def _begin_with_what_is_asked_once(questions: Json, *, named: bool) -> None:
    questions["sections"].reverse()
    once, about_service = questions["sections"]
    once["questions"].insert(0, {"key": "all", "type": "rating", "points": 7, "text": text("All in all")})
    if named:
        about_service["questions"][0]["role"] = "overall"


def answer(
    employee: Json, parents: Json, audiences: set[tuple[str, str]], questions: Json, random: Random
) -> Json | None:
    """Who uses no service is not invited."""
    about_service, about_self = sorted(questions["sections"], key=lambda section: "repeatFor" not in section)
    path, unit = [], employee["unitExternalId"]
    while unit:
        path.append(unit)
        unit = parents[unit]
    used = sorted({service for service, place in audiences if place in path})
    if not used:
        return None
    rated = random.sample(used, min(len(used), random.randint(1, about_service["maximumServices"])))
    entries = [e for s in rated for e in section_answers(about_service["questions"], random, {"service": s})]
    entries += section_answers(about_self["questions"], random, {})
    return {"employeeExternalId": employee["externalId"], "language": employee["language"], "answers": entries}
