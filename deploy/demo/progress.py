"""What is shown while it runs: a bar a step in a terminal, a line a step elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn


class Steps:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.bars = Progress(
            SpinnerColumn(finished_text="✓"), TextColumn("{task.description:<34}"), BarColumn(),
            MofNCompleteColumn(), TimeElapsedColumn(), console=console, disable=not console.is_terminal,
        )  # fmt: skip

    @contextmanager
    def step(self, name: str, total: float = 1) -> Iterator["Step"]:
        task, begun = self.bars.add_task(name, total=total), time.monotonic()
        yield Step(self.bars, task)
        shown = self.bars.tasks[task].total or 0
        self.bars.update(task, completed=shown)
        if not self.console.is_terminal:
            self.console.print(f"{name:<40} {shown:>6.0f} in {time.monotonic() - begun:6.1f} s", highlight=False)


class Step:
    def __init__(self, bars: Progress, task: TaskID) -> None:
        self.bars, self.task = bars, task

    def done(self, count: float) -> None:
        self.bars.update(self.task, completed=count)

    def more(self) -> None:
        self.bars.advance(self.task)

    def of(self, total: float) -> None:
        self.bars.update(self.task, total=total)
