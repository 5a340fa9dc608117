"""The released rows of a wave: every cell with its figures, or with the reason why it has none. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from services.analytics.facts.rules import Value, read
from services.analytics.releases.decisions import Decided, Reason, Table
from services.analytics.releases.rules import total
from services.analytics.releases.wave import ONCE, WHOLE, Cell, Question, Wave
from services.analytics.scores.statistics import Design, Figures, figures


@dataclass(frozen=True)
class Row:
    """`services`: those that a pooled figure holds. Without `figures` the cell is hidden."""

    cell: Cell
    question: Question
    population: int
    response_rate: float | None = None
    reason: Reason | None = None
    figures: Figures | None = None
    not_applicable: int | None = None
    distribution: dict[str, int] | None = None
    services: tuple[UUID, ...] | None = None


@dataclass(frozen=True)
class Rate:
    """Of a unit, or of all. `answered` is None when it may not be said."""

    unit: UUID | None
    population: int
    invited: int
    answered: int | None
    reason: Reason | None

    @property
    def rate(self) -> float | None:
        return self.answered / self.invited if self.answered is not None and self.invited else None


class Released:
    """Rows in an order that depends on the facts and decisions alone."""

    def __init__(self, wave: Wave, decided: Decided) -> None:
        self.wave, self.decided, self.table = wave, decided, Table(wave)
        self.units: list[UUID | None] = [None, *sorted(wave.parents)]

    def rows(self) -> Iterator[Row]:
        for question in self.wave.questions:
            if not question.told:
                continue
            if question.rated:
                yield from self._pooled(question, None)
                for provider in sorted(set(self.wave.providers.values())):
                    yield from self._pooled(question, provider)
                for service, provider in sorted(self.wave.providers.items()):
                    yield from self._plain(question, Cell(provider, service))
            else:
                yield from self._plain(question, WHOLE)

    def _plain(self, question: Question, whole: Cell) -> Iterator[Row]:
        """Cells that are sets of the tree, or that too few answered for that."""
        for cell in self._cells(whole):
            reason = self._reason(question, cell)
            yield self._shown(question, cell, (cell,)) if reason is None else self._hidden(question, cell, reason)

    def _pooled(self, question: Question, provider: UUID | None) -> Iterator[Row]:
        """Of the whole organisation all that counts or nothing; of a unit what can be read there."""
        for cell in self._cells(Cell(provider)):
            if cell.unit is None or cell.unit == self.wave.root:
                reason = self._reason(question, cell._replace(unit=None))
                parts = tuple(part for part in self._parts(provider, None) if part in self.table.sets(question).node)
                yield (self._shown(question, cell, parts) if reason is None
                       else self._hidden(question, cell, reason))  # fmt: skip
                continue
            reasons = {part: self._reason(question, part) for part in self._parts(provider, cell.unit)}
            readable = tuple(part for part, reason in reasons.items() if reason is None)
            if readable:
                yield self._shown(question, cell, readable)
            else:
                few = all(reason == "belowMinimum" for reason in reasons.values())
                yield self._hidden(question, cell, "belowMinimum" if few else "protectsAnother")

    def _parts(self, provider: UUID | None, unit: UUID | None) -> Iterator[Cell]:
        for service, of in sorted(self.wave.providers.items()):
            if provider in (None, of):
                yield Cell(of, service, unit)

    def _cells(self, whole: Cell) -> Iterator[Cell]:
        """Units without anybody whom it could be about have none."""
        for unit in self.units:
            cell = whole._replace(unit=unit)
            if unit is None or self.wave.population(cell):
                yield cell

    def _reason(self, question: Question, cell: Cell) -> Reason | None:
        """Of a cell that is no set of the tree: whether enough people answered at all."""
        sets = self.table.sets(question)
        node = sets.node.get(cell)
        if node is not None:
            return self.decided.get(question.key, {}).get(node, "protectsAnother")
        taken = self.wave.taken_of(cell.service if question.rated else ONCE, question.alone)
        return "protectsAnother" if taken is not None and cell.unit in taken.protected else "belowMinimum"

    def _hidden(self, question: Question, cell: Cell, reason: Reason) -> Row:
        return Row(cell, question, self.wave.population(cell), reason=reason)

    def _shown(self, question: Question, cell: Cell, parts: Sequence[Cell]) -> Row:
        of = {part: self.table.answers(question, part) for part in parts}
        answers, pooled = total(of.values()), question.rated and cell.service is None
        # What is shown is of the minimum at least, and of as many as answered about one service. Of hidden services nothing
        # may follow from an interval's width.
        readable = [of[part].n for part in parts if pooled and self._reason(question, part) is None]
        design = Design(
            population=sum(self.wave.population(part) for part in parts),
            each=min(self.wave.each, len(parts)) if question.rated else 1,
            least=max([self.wave.minimum, *readable]) if pooled else 0,
        )
        counts = {read(value): count for value, count in answers.counts.items()}
        return Row(
            cell=cell,
            question=question,
            population=self.wave.population(cell),
            response_rate=self.rates[cell.unit].rate if cell.unit in self.rates else None,
            figures=figures(question.kind, question.points, counts, answers.n, design),
            not_applicable=answers.not_applicable,
            distribution={label(value): counts[value] for value in sorted(counts, key=_order)},
            services=tuple(part.service for part in parts if part.service) if pooled else None,
        )

    @cached_property
    def rates(self) -> dict[UUID | None, Rate]:
        """In the order of their rows, those of units of which nobody was invited last."""
        units = [unit for unit in self.units if unit is None or self.wave.people.of(unit)]
        units.sort(key=lambda unit: unit is not None and not self.wave.invited.of(unit))
        return {unit: self._rate(unit) for unit in units}

    def _rate(self, unit: UUID | None) -> Rate:
        """Why a unit's is hidden hangs on the invited only: that enough, or too few, answered could be subtracted."""
        wave = self.wave
        population, invited = wave.people.of(unit), wave.invited.of(unit)
        if unit is None and wave.answered is not None:
            return Rate(unit, population, invited, wave.answered, None)
        if unit is not None and unit in wave.turnout:
            return Rate(unit, population, invited, wave.turnout[unit], None)
        protected = wave.enough and (unit is None or invited >= wave.minimum)
        return Rate(unit, population, invited, None, "protectsAnother" if protected else "belowMinimum")


def label(value: Value) -> str:
    """The key in a distribution."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _order(value: Value) -> tuple[bool, float, str]:
    return (isinstance(value, str), 0.0 if isinstance(value, str) else float(value), str(value))
