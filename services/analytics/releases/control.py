"""Disclosure control: which cells of one question may be shown so that no small set's answers can be worked out.

The cells of a question form one laminar tree of answer sets (organisation, provider, service, unit of a service, …):
any two sets are nested or apart. What can be worked out exactly from the shown ones are therefore the unions of blocks,
where a *block* is a shown set without the shown sets below it. So it suffices that each block is

- empty, or of at least the minimum of persons (one person may answer for several services), and
- not all alike: in no block did everybody give the same answer.

Both are reached by hiding further cells, in two rounds, for the reasons of hiding must not tell either. The first looks
at numbers of persons alone; a reader who knows these can repeat it. The second hides sets that are all alike; there a
cell that is hidden for itself takes others with it, chosen by chance, until it is open which of them was all alike: a
choice that could be repeated, or a block that only one of them explains, would tell (Wong, Fu, Wang & Pei 2007,
Minimality attack in privacy preserving data publishing). The hierarchy is that of hierarchical tables in Hundepool et
al. 2012, Statistical Disclosure Control, ch. 4; here the marginals too may be hidden, so that a solution always exists.
"""

from collections.abc import Collection, Iterable, Mapping
from random import Random
from typing import Generic

from services.analytics.releases.rules import Answers, Node, Rule, Together, Tree, total

MORE = 0.25  # how often a block that could stop takes in one more


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
        """Leaves first. A block with a set that is all alike takes in cells by chance until nobody can be sure which of
        its sets that is; if it never comes to that, it goes up, and there takes others with it. Some take in more than
        they must: how soon one could stop would tell something too."""
        sets: dict[Node, list[Answers]] = {node: [_copy(block)] for node, block in self.blocks.items()}
        troubled: set[Node] = set()
        for node in self.tree.order:
            if node not in self.blocks or not (node in troubled or self.blocks[node].alike):
                continue
            while self.heads[node] and (not undecided(sets[node]) or chance.random() < MORE):
                head = chance.choice(sorted(self._nearest(node), key=self.rank.__getitem__))
                # With all that is shown below it: had one of these been alike, others would have been hidden with it.
                for each in (*self._all_below(head), head):
                    self.hide(each)
                    sets[node] += sets[each]
            if not undecided(sets[node]):
                above = self.hide(node)
                if above is not None:
                    sets[above] += sets[node]
                    troubled.add(above)

    def _all_below(self, node: Node) -> list[Node]:
        """Those that are shown, each before the ones above it."""
        found: list[Node] = []
        for head in sorted(self.heads[node], key=self.rank.__getitem__):
            found += [*self._all_below(head), head]
        return found


def _copy(block: Answers) -> Answers:
    return total([block])


def undecided(sets: Iterable[Answers]) -> bool:
    """Of sets that are hidden together; a set without answers is none."""
    answered = [each for each in sets if each.n]
    together = total(answered)
    return not together.alike and Together([each.n for each in answered], together.counts).undecided()
