"""What holds within a row, and when a file must wait until somebody agrees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.survey.interactions.rules import Use, faults

Faults = list[tuple[str, str, str]]  # column, code, detail
FEW, SWAPPED = 2, 0.1  # so many or this share, if not all, may look swapped before anybody is asked


def complete_service(values: dict[str, Any]) -> Faults:
    """A file has one `currency` for both amounts; here each amount gets its own."""
    currency, names = values.pop("currency", None), values.get("name", {})
    amounts = {name: values.get(name) for name in ("yearly_cost", "commercial_price_per_user")}
    if not any(names.values()):
        return [("nameNl", "empty", "needs a name in at least one language")]
    if currency is None and any(amount is not None for amount in amounts.values()):
        return [("currency", "empty", "is needed beside an amount")]
    for name, target in (
        ("yearly_cost", "yearly_cost_currency"),
        ("commercial_price_per_user", "commercial_price_currency"),
    ):
        if name in values:
            values[target] = None if values[name] is None else currency
    return []


def complete_interaction(values: dict[str, Any]) -> Faults:
    """Held against the time at which it is read, as one that is pushed is."""
    use = Use(
        values["external_id"], None, values["service_id"], None, values["employee_id"], values["kind"],
        values["channel"], values["opened_at"], values.get("closed_at"), values.get("duration_minutes"),
    )  # fmt: skip
    return [(name, code, detail) for name, code, detail in faults(use, datetime.now(UTC))]


COMPLETED: Mapping[str, Callable[[dict[str, Any]], Faults]] = {
    "services": complete_service,
    "interactions": complete_interaction,
}


@dataclass(frozen=True)
class Effect:
    """What a file would do: `existing` counts what could be missing from a snapshot, `missing` what is, `ended` whom it
    names as one who has left, `swaps` whose address or name is another's until now, `known` the file's rows that were
    there before, `taken` by kind the rows that hang on what is missing, and would go with it or be left without."""

    existing: int = 0
    missing: int = 0
    ended: int = 0
    known: int = 0
    swaps: int = 0
    taken: Mapping[str, int] = field(default_factory=dict)

    @property
    def removals(self) -> int:
        return self.missing + self.ended

    @property
    def going(self) -> str:
        """What is said of them, after how many they are."""
        if not self.ended:
            return "are missing from the file"
        if not self.missing:
            return "have left, as the file has it"
        return f"are missing from the file ({self.missing:,}) or have left, as it has it ({self.ended:,})"

    @property
    def along(self) -> str:
        counts = ", ".join(f"{kind} {count:,}" for kind, count in self.taken.items() if count)
        return f" What hangs on them would go for good, or be left without them: {counts}." if counts else ""


@dataclass(frozen=True)
class Agreed:
    removals: int | None = None
    swaps: int | None = None
    taken: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """`agreed`: to what who approves it agrees. That is what it tells of, beside what was agreed to before."""

    code: str
    detail: str
    agreed: Agreed


def question(effect: Effect, share: float, unidentified: int, agreed: Agreed, *, ended: bool = True) -> Question | None:
    """None if nobody needs to be asked. What was agreed to is not asked again, unless it is more. Of several reasons the
    code is the first's, and the detail tells all. `ended`: the file's last line was."""
    removal = _removal_reason(effect, share, unidentified, ended=ended) if _more_goes(effect, agreed) else None
    swap = _swap_reason(effect) if agreed.swaps is None or effect.swaps > agreed.swaps else None
    if removal is not None:
        agreed = replace(agreed, removals=effect.removals, taken=effect.taken)
    if swap is not None:
        agreed = replace(agreed, swaps=effect.swaps)
    reasons = [reason for reason in (removal, swap) if reason is not None]
    return Question(reasons[0][0], " ".join(detail for _, detail in reasons), agreed) if reasons else None


def _more_goes(effect: Effect, agreed: Agreed) -> bool:
    if not effect.removals:
        return False
    more = [count > agreed.taken.get(kind, 0) for kind, count in effect.taken.items()]
    return agreed.removals is None or effect.removals > agreed.removals or any(more)


def _swap_reason(effect: Effect) -> tuple[str, str] | None:
    swaps, known = effect.swaps, effect.known
    if swaps > max(Decimal(FEW), _part(known, SWAPPED)) or swaps == known >= FEW:
        told = f"{swaps:,} of {known:,} would get an address or a name that is another's now: are these the right ids?"
        return "idsLookSwapped", told
    return None


def _removal_reason(effect: Effect, share: float, unidentified: int, *, ended: bool) -> tuple[str, str] | None:
    removals, missing, along = effect.removals, effect.missing, effect.along
    if removals == effect.existing:
        return "everythingRemoved", f"All {removals:,} that are there {effect.going}.{along}"
    if removals > _part(effect.existing, share):
        return "tooManyRemoved", f"{removals:,} of {effect.existing:,} {effect.going}, more than {share:.0%}.{along}"
    if missing and unidentified:
        told = f"{unidentified:,} rows cannot be read, so the {missing:,} that are missing may be among these."
        return "unreadableRows", told + along
    if missing and not ended:
        told = f"The last line does not end in a line break: were the {missing:,} that are missing cut off?"
        return "lineNotEnded", told + along
    if along:
        return "relatedRemoved", f"{missing:,} of {effect.existing:,} {effect.going}.{along}"
    return None


def _part(count: int, share: float) -> Decimal:
    """As the share is written: 0.29 of 100 is 29, which it is not in binary."""
    return Decimal(count) * Decimal(str(share))
