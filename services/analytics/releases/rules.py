"""Disclosure control: which cells of one question may be shown so that no small set's answers can be worked out.

The cells of a question form one laminar tree of answer sets (organisation, provider, service, unit of a service, …):
any two sets are nested or apart. What can be worked out exactly from the shown ones are therefore the unions of blocks,
where a *block* is a shown set without the shown sets below it. So it suffices that each block is

- empty, or of at least the minimum of persons (one person may answer for several services), and
- not all alike: in no block did everybody give the same answer.

Both are reached by hiding further cells, in two rounds, for the reasons of hiding must not tell either. The first looks
at numbers of persons alone; a reader who knows these can repeat it. The second hides blocks that are all alike; there a
cell that is hidden for itself always takes another one with it, chosen by chance: a choice that could be repeated would
tell which of the two was all alike (Wong, Fu, Wang & Pei 2007, Minimality attack in privacy preserving data
publishing). The hierarchy is that of hierarchical tables in Hundepool et al. 2012, Statistical Disclosure Control,
ch. 4; here the marginals too may be hidden, so that a solution always exists.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass
class Answers:
    """`counts`: how many gave each value, or chose each option. `persons`: how many gave a value, by service."""

    counts: Counter[str] = field(default_factory=Counter)
    persons: Counter[Hashable] = field(default_factory=Counter)
    not_applicable: int = 0

    @property
    def n(self) -> int:
        return self.persons.total()

    @property
    def empty(self) -> bool:
        return not self.n and not self.not_applicable

    @property
    def alike(self) -> bool:
        """Of several choices also: one that all made, or no choice by anyone."""
        n = self.n
        return n > 0 and (max(self.counts.values(), default=0) in (0, n))

    def least_persons(self, each: int) -> int:
        """Fewer people cannot have given these answers, if each answers once a service and for `each` at the most."""
        return max(max(self.persons.values(), default=0), -(-self.n // each))

    def add(self, other: "Answers") -> None:
        self.counts.update(other.counts)
        self.persons.update(other.persons)
        self.not_applicable += other.not_applicable


def total(parts: Iterable[Answers]) -> Answers:
    result = Answers()
    for part in parts:
        result.add(part)
    return result


class Tree(Generic[Node]):
    """The sets that a table has cells for. `order` has each node after all that are below it."""

    def __init__(self, parents: Mapping[Node, Node | None]) -> None:
        self.parents = parents
        self.depth: dict[Node, int] = {}
        for node in parents:
            self._measure(node)
        self.order = sorted(parents, key=lambda node: -self.depth[node])  # stable: equal depths keep their order

    def _measure(self, node: Node) -> None:
        path: list[Node] = []
        above: Node | None = node
        while above is not None and above not in self.depth:
            path.append(above)
            above = self.parents[above]
        start = -1 if above is None else self.depth[above]
        for steps, passed in enumerate(reversed(path), start=1):
            self.depth[passed] = start + steps

    def totals(self, own: Mapping[Node, Answers]) -> dict[Node, Answers]:
        """`own`: the answers of a node that are of no node below it."""
        sums = {node: total([own[node]] if node in own else []) for node in self.order}
        for node in self.order:
            parent = self.parents[node]
            if parent is not None:
                sums[parent].add(sums[node])
        return sums


@dataclass(frozen=True)
class Rule:
    """`each`: how many services one person may rate in the wave."""

    minimum: int
    each: int

    def too_few(self, answers: Answers) -> bool:
        return not answers.empty and answers.least_persons(self.each) < self.minimum


def control(
    tree: Tree[Node], own: Mapping[Node, Answers], rule: Rule, allowed: Collection[Node] | None, chance: Random
) -> frozenset[Node]:
    """The nodes of one question that are shown. `allowed`: those of the question on whose answer it depends who is
    asked; None when everybody is."""
    table = _Table(tree, own, rule, allowed)
    table.protect_the_few()
    table.protect_the_alike(chance)
    return frozenset(table.blocks)


class _Table(Generic[Node]):
    """`blocks` of the nodes that are shown, and `heads`: the highest shown nodes below each."""

    def __init__(
        self, tree: Tree[Node], own: Mapping[Node, Answers], rule: Rule, allowed: Collection[Node] | None
    ) -> None:
        self.tree, self.rule = tree, rule
        self.sums = tree.totals(own)
        self.rank = {node: place for place, node in enumerate(tree.order)}
        self.blocks: dict[Node, Answers] = {}
        self.heads: dict[Node | None, set[Node]] = {None: set()}
        shown = {node for node in tree.order if self._may_be_shown(node) and (allowed is None or node in allowed)}
        self._divide(own, shown)

    def _may_be_shown(self, node: Node) -> bool:
        whole = self.sums[node]
        return whole.least_persons(self.rule.each) >= self.rule.minimum

    def _divide(self, own: Mapping[Node, Answers], shown: Collection[Node]) -> None:
        for node in shown:
            self.blocks[node], self.heads[node] = Answers(), set()
        for node in self.tree.order:
            holder = node if node in shown else self._above(node, shown)
            if holder is not None and node in own:
                self.blocks[holder].add(own[node])
            if node in shown:
                self.heads[self._above(node, shown)].add(node)

    def _above(self, node: Node, shown: Collection[Node]) -> Node | None:
        parent = self.tree.parents[node]
        while parent is not None and parent not in shown:
            parent = self.tree.parents[parent]
        return parent

    def hide(self, node: Node) -> Node | None:
        """What was the node's alone goes to the nearest shown node above it, which is answered."""
        above = self._above(node, self.blocks)
        block, heads = self.blocks.pop(node), self.heads.pop(node)
        self.heads[above].remove(node)
        self.heads[above] |= heads
        if above is not None:
            self.blocks[above].add(block)
        return above

    def protect_the_few(self) -> None:
        """A block of too few takes in the nearest shown cell below, of equally near ones the smallest.

        It ends: a node is shown only if all its answers together are enough.
        """
        for node in self.tree.order:
            while node in self.blocks and self.rule.too_few(self.blocks[node]):
                self.hide(min(self._nearest(node), key=lambda head: (self.sums[head].n, self.rank[head])))

    def _nearest(self, node: Node) -> list[Node]:
        heads = self.heads[node]
        level = min(self.tree.depth[head] for head in heads)
        return [head for head in heads if self.tree.depth[head] == level]

    def protect_the_alike(self, chance: Random) -> None:
        """Leaves first. A block that is all alike takes in two cells by chance; one that has none below goes up, and
        there takes another one with it."""
        came: Counter[Node] = Counter()
        for node in self.tree.order:
            if node not in self.blocks:
                continue
            due = 2 - came[node] if came[node] or self.blocks[node].alike else 0
            while self.heads[node] and (due > 0 or self.blocks[node].alike):
                due -= self._take_in(node, chance)
            if self.blocks[node].alike:
                above = self.hide(node)
                if above is not None:
                    came[above] += 1

    def _take_in(self, node: Node, chance: Random) -> int:
        """1 when answers came with the cell, 0 when all it had are still shown below."""
        head = chance.choice(sorted(self._nearest(node), key=self.rank.__getitem__))
        with_answers = not self.blocks[head].empty
        self.hide(head)
        return int(with_answers)
