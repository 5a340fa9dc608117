"""Attackers read whole releases of random organisations. `audit.py` says what counts as a finding."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

import pytest

from services.analytics.releases import control as controlling
from services.analytics.releases import decisions
from services.analytics.releases.control import control
from services.analytics.releases.decisions import Table
from services.analytics.releases.figures import Released
from services.analytics.releases.rules import Answers, Rule, Tree
from services.analytics.releases.wave import Cell
from tests.analytics.releases.attacker import Attacker
from tests.analytics.releases.audit import Audit, Finding
from tests.analytics.releases.organisations import organisation
from tests.analytics.worlds import wave_of

ORGANISATIONS = 1_000
TWENTIETH = ORGANISATIONS // 20
CHUNKS = 10

Control = Callable[[Tree[Cell], Mapping[Cell, Answers], Rule, Collection[Cell] | None, Random], frozenset[Cell]]


def released(seed: int) -> Released:
    wave = wave_of(organisation(seed))
    return Released(wave, Table(wave).decide(Random(seed)))


def findings(seed: int) -> list[Finding]:
    release = released(seed)
    return list(Audit(organisation(seed), list(release.rows()), list(release.rates.values())).findings())


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_of_few_or_of_those_alike_can_be_worked_out(chunk: int) -> None:
    found = {seed: findings(seed) for seed in range(chunk, TWENTIETH, CHUNKS)}
    assert not any(found.values()), {seed: one for seed, one in found.items() if one}


@pytest.mark.proof
@pytest.mark.parametrize("chunk", range(CHUNKS * 2))
def test_nothing_can_be_worked_out_in_a_thousand_organisations(chunk: int) -> None:
    found = {seed: findings(seed) for seed in range(chunk, ORGANISATIONS, CHUNKS * 2)}
    assert not any(found.values()), {seed: one for seed, one in found.items() if one}


def test_releases_of_the_audit_show_something() -> None:
    shown = [sum(row.reason is None for row in released(seed).rows()) for seed in range(TWENTIETH)]
    assert sum(shown) > 10 * TWENTIETH


# An audit that cannot fail proves nothing: each of these leaves out one part of the control.


def each_cell_by_itself(
    tree: Tree[Cell], own: Mapping[Cell, Answers], rule: Rule, allowed: Collection[Cell] | None, chance: Random
) -> frozenset[Cell]:
    sums = tree.totals(own)
    return frozenset(
        node for node in tree.order
        if sums[node].least_persons(rule.each) >= rule.minimum and not sums[node].alike
        and (allowed is None or node in allowed)
    )  # fmt: skip


def without_the_alike(
    tree: Tree[Cell], own: Mapping[Cell, Answers], rule: Rule, allowed: Collection[Cell] | None, chance: Random
) -> frozenset[Cell]:
    table = controlling._Table(tree, own, rule, allowed)
    table.protect_the_few()
    return frozenset(table.blocks)


def without_the_survey_s_logic(
    tree: Tree[Cell], own: Mapping[Cell, Answers], rule: Rule, allowed: Collection[Cell] | None, chance: Random
) -> frozenset[Cell]:
    return control(tree, own, rule, None, chance)


@pytest.mark.parametrize(
    ("lax", "seeds"),
    [(each_cell_by_itself, (12, 22, 24)), (without_the_alike, (5, 6, 9)), (without_the_survey_s_logic, (90, 95, 122))],
)
def test_the_audit_finds_what_a_lax_control_gives_away(
    lax: Control, seeds: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not any(findings(seed) for seed in seeds)
    monkeypatch.setattr(decisions, "control", lax)
    assert all(findings(seed) for seed in seeds)


def test_the_audit_finds_ratings_that_are_counted_as_people(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = (237, 450)
    assert not any(findings(seed) for seed in seeds)
    monkeypatch.setattr(Answers, "least_persons", lambda self, _each: self.n)
    assert all(findings(seed) for seed in seeds)


@pytest.mark.parametrize("seed", range(4))
def test_the_solver_agrees_with_what_can_be_worked_out(seed: int) -> None:
    """Largest minus smallest possible value of single targets, by the solver itself."""
    release = released(seed)
    audit = Audit(organisation(seed), list(release.rows()), list(release.rates.values()))
    attacker: Attacker = audit.attacker
    chance, seen = Random(seed), {True: 0, False: 0}
    targets: list[Any] = [target for key in attacker.questions for target in audit.targets(key) if target.terms]
    for target in chance.sample(targets, min(6, len(targets))):
        units = chance.sample(list(target.terms), min(3, len(target.terms)))
        terms = {name: factor for leaf in units for name, factor in target.terms[leaf].items()}
        fixed = bool(
            abs(sum(factor * audit.moves[attacker.columns[name]] for name, factor in terms.items())).max() < 1e-6
        )
        assert fixed == (attacker.width(terms) < 1e-6)
        seen[fixed] += 1
    assert seen[False]
