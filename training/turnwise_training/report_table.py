"""A table of the evaluation: printed as Markdown, written as JSON, compared with another model's."""

from dataclasses import dataclass
from typing import cast

Figure = float | tuple[float, float]
"""In per cent, or accuracy and macro F1 in per cent."""
Cell = str | int | Figure | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    title: str
    columns: tuple[str, ...]
    """The first names the row, the second says how many rows, pairs or points it is counted over."""
    rows: list[Row]
    compared: int = 0
    """How many columns from the third on hold figures of the model that are compared with another's."""
    decimals: int = 2

    def markdown(self) -> str:
        lines = [f"**{self.title}**", "", f"| {' | '.join(self.columns)} |"]
        lines.append("|---" + "|--:" * (len(self.columns) - 1) + "|")
        lines += [f"| {' | '.join(map(self.cell, row))} |" for row in self.rows]
        return "\n".join(lines)

    def cell(self, value: Cell) -> str:
        if isinstance(value, tuple):
            return " / ".join(map(self.cell, value))
        if isinstance(value, float):
            return f"{value:.{self.decimals}f}"
        return "–" if value is None else f"{value:,}" if isinstance(value, int) else value


def differences(ours: list[Table], others: list[Table]) -> list[Table]:
    """For each compared column of each table: this model's figure less the other's, in points."""
    found = []
    for mine, theirs in zip(ours, others, strict=True):
        for column in range(2, 2 + mine.compared):
            rows: list[Row] = []
            for my_row, their_row in zip(mine.rows, theirs.rows, strict=True):
                assert my_row[:2] == their_row[:2], f"{mine.title}: {my_row[:2]} against {their_row[:2]}"
                if my_row[column] is not None:
                    here, there = (first(cast(Figure, row[column])) for row in (my_row, their_row))
                    rows.append((*my_row[:2], here, there, here - there))
            columns = (*mine.columns[:2], "this", "other", "difference")
            found.append(Table(f"{mine.title}: {mine.columns[column]}", columns, rows))
    return found


def first(figure: Figure) -> float:
    """Of accuracy and macro F1 the accuracy."""
    return figure[0] if isinstance(figure, tuple) else figure
