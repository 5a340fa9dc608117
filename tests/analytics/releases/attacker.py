"""What somebody can work out who reads a whole release, and knows the tree, the populations, the survey's logic and what
its reasons mean.

They do not know how many people of each unit gave each answer: these are the unknowns, none negative. All that they read
and know are linear equations and inequalities of them. Of a polyhedron that is not empty, a linear function has the same
value everywhere exactly if it is a combination of the equations and of those inequalities that always hold with
equality. One linear program finds the latter (Freund, Roundy & Todd 1985, Identifying the set of always-active
constraints in a system of linear inequalities by a single linear program), the rest is linear algebra, so that every
set of units can be tried. `width` asks the solver directly, to check this.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from scipy.linalg import null_space
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, identity

from services.analytics.releases.figures import Rate, Row, label
from services.survey.surveys.conditions import holds
from tests.analytics.releases.organisations import values_of
from tests.analytics.worlds import World, upwards

Leaf = tuple[UUID | None, UUID]  # service (None: asked once) and own unit
Terms = dict[Hashable, float]
Vector = npt.NDArray[np.float64]


class Attacker:
    def __init__(self, world: World, rows: Sequence[Row], rates: Sequence[Rate]) -> None:
        self.world = world
        self.sections = world.definition["sections"]
        self.questions = {q["key"]: q for section in self.sections for q in section["questions"]}
        self.columns: dict[Hashable, int] = {}
        self.equal: list[tuple[Terms, float]] = []
        self.at_most: list[tuple[Terms, float]] = []
        self.leaves: list[Leaf] = [(s, u) for s in world.providers for u in world.audience[s] if world.staff.get(u)]
        self.leaves += [(None, unit) for unit in world.tree if world.staff.get(unit)] if self._once else []
        for leaf in self.leaves:
            self._know(leaf)
        self._know_participation(rates)
        for row in rows:
            self._read(row)
        self._hear_reasons(rows)

    @property
    def _once(self) -> bool:
        return any(section["questions"] for section in self.sections if "repeatFor" not in section)

    def questions_of(self, leaf: Leaf) -> list[dict[str, Any]]:
        return [q for s in self.sections if ("repeatFor" in s) == (leaf[0] is not None) for q in s["questions"]]

    def n(self, question: dict[str, Any], leaf: Leaf) -> Terms:
        """How many gave a value."""
        if question["type"] == "multipleChoice":
            return {("n", question["key"], leaf): 1.0}
        return {(question["key"], leaf, label(value)): 1.0 for value in values_of(question)}

    def asked(self, question: dict[str, Any], leaf: Leaf) -> Terms:
        condition = question.get("showIf")
        if condition is None:
            return {("raters", leaf): 1.0}
        other = self.questions[condition["question"]]
        met = [
            value
            for value in values_of(other)
            if holds(condition, [value] if condition["operator"] == "contains" else value)
        ]
        return {(other["key"], leaf, label(value)): 1.0 for value in met}

    def _know(self, leaf: Leaf) -> None:
        self.at_most.append(({("raters", leaf): 1.0}, self.world.staff[leaf[1]]))
        for question in self.questions_of(leaf):
            given = self.n(question, leaf)
            if question["type"] == "multipleChoice":
                for value in values_of(question):
                    of_all = {(question["key"], leaf, label(value)): 1.0} | scaled(given, -1)
                    self.at_most.append((of_all, 0))
            if question.get("notApplicable"):
                given = given | {("na", question["key"], leaf): 1.0}
            rest = given | scaled(self.asked(question, leaf), -1)
            (self.equal if question.get("required") else self.at_most).append((rest, 0))

    def _know_participation(self, rates: Sequence[Rate]) -> None:
        """Each who answers rates one service at least, if they use any, and so many at the most."""
        for unit, people in self.world.staff.items():
            took: Terms = {("answered", unit): 1.0}
            self.at_most.append((took, people))
            mine = [("raters", leaf) for leaf in self.leaves if leaf[1] == unit]
            for name in mine:
                self.at_most.append(({name: 1.0} | scaled(took, -1), 0))
            rated: Terms = {("raters", leaf): 1.0 for leaf in self.leaves if leaf[1] == unit and leaf[0] is not None}
            self.at_most.append((rated | scaled(took, -self.world.maximum_services), 0))
            if rated:
                self.at_most.append((took | scaled(rated, -1), 0))
        for rate in rates:
            if rate.answered is not None:
                inside = [u for u in self.world.staff if rate.unit is None or rate.unit in upwards(self.world.tree, u)]
                self.equal.append(({("answered", unit): 1.0 for unit in inside}, rate.answered))

    def leaves_of(self, row: Row) -> list[Leaf]:
        services: Iterable[UUID | None] = [row.cell.service] if row.services is None else row.services
        unit = row.cell.unit
        return [leaf for leaf in self.leaves
                if leaf[0] in services and (unit is None or unit in upwards(self.world.tree, leaf[1]))]  # fmt: skip

    def _read(self, row: Row) -> None:
        if row.figures is None or row.distribution is None:
            return
        question, leaves = self.questions[row.question.key], self.leaves_of(row)
        for value in map(label, values_of(question)):
            counted: Terms = {(question["key"], leaf, value): 1.0 for leaf in leaves}
            self.equal.append((counted, row.distribution.get(value, 0)))
        self.equal.append((merged(self.n(question, leaf) for leaf in leaves), row.figures.n))
        if question.get("notApplicable"):
            apart: Terms = {("na", question["key"], leaf): 1.0 for leaf in leaves}
            self.equal.append((apart, row.not_applicable or 0))

    def _hear_reasons(self, rows: Sequence[Row]) -> None:
        """`belowMinimum`: fewer. `protectsAnother`, where another question shows that the unit has figures: enough,
        unless it is asked of some only."""
        open_ = {(row.cell, row.question.rated) for row in rows if row.reason is None}
        for row in rows:
            question = self.questions[row.question.key]
            pooled = row.cell.service is None and "repeatFor" in self._section(question["key"])
            if row.reason is None or pooled:
                continue
            n = merged(self.n(question, leaf) for leaf in self.leaves_of(row))
            if row.reason == "belowMinimum":
                self.at_most.append((n, self.world.minimum - 1))
            elif (row.cell, row.question.rated) in open_ and "showIf" not in question:
                self.at_most.append((scaled(n, -1), -self.world.minimum))

    def _section(self, question: str) -> Mapping[str, Any]:
        return next(s for s in self.sections if any(q["key"] == question for q in s["questions"]))

    # What follows from it

    def _column(self, name: Hashable) -> int:
        return self.columns.setdefault(name, len(self.columns))

    def _system(self) -> tuple[csr_array, Vector]:
        """All as equations of variables that are not negative: unknowns first, then the slack of each inequality."""
        entries = [(row, self._column(name), factor) for row, (terms, _) in enumerate([*self.equal, *self.at_most])
                   for name, factor in terms.items()]  # fmt: skip
        rows, columns, factors = zip(*entries, strict=True)
        height = len(self.equal) + len(self.at_most)
        matrix = csr_array(coo_array((factors, (rows, columns)), shape=(height, len(self.columns))))
        slack = csr_array(identity(height, format="csr"))[:, len(self.equal) :]
        right = np.array([value for _, value in [*self.equal, *self.at_most]], dtype=float)
        return csr_array(hstack([matrix, slack])), right

    def free(self) -> Vector:
        """A basis of the directions in which the unknowns can differ from the truth."""
        matrix, right = self._system()
        width = matrix.shape[1]
        lifted = hstack(
            [matrix, matrix, csr_array(-right.reshape(-1, 1))]
        )  # z + t, t <= 1; times a factor of at least 1
        bounds = [(0, None)] * width + [(0, 1)] * width + [(1, None)]
        wanted = np.concatenate([np.zeros(width), -np.ones(width), [0]])
        found = linprog(wanted, A_eq=lifted, b_eq=np.zeros(len(right)), bounds=bounds, method="highs")
        assert found.status == 0, "what was released contradicts itself"
        possible = found.x[:width] + found.x[width : 2 * width] > 1e-6
        inner = null_space(matrix[:, possible].toarray(), rcond=1e-9)
        basis = np.zeros((width, inner.shape[1]))
        basis[possible] = inner
        return basis[: len(self.columns)]

    def free_by_equations(self) -> Vector:
        """The same for somebody who only adds and subtracts what is shown."""
        matrix, _ = self._system()
        inner: Vector = null_space(matrix.toarray(), rcond=1e-9)
        return inner[: len(self.columns)]

    def width(self, terms: Terms) -> float:
        """How far a sum of unknowns can lie apart, by the solver alone."""
        matrix, right = self._system()
        target = np.zeros(matrix.shape[1])
        for name, factor in terms.items():
            target[self._column(name)] = factor
        ends = [linprog(sign * target, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs") for sign in (1, -1)]
        return float(-ends[1].fun - ends[0].fun)


def scaled(terms: Mapping[Hashable, float], factor: float) -> Terms:
    return {name: factor * value for name, value in terms.items()}


def merged(parts: Iterable[Terms]) -> Terms:
    result: Terms = {}
    for part in parts:
        for name, value in part.items():
            result[name] = result.get(name, 0) + value
    return result
