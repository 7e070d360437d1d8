"""A worksheet that a test sends, fills in as a person would, and collects."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from curator.review import worksheet
from curator.review.item import Item
from curator.review.questions import questions
from curator.task import Task


@dataclass
class Desk:
    """One task, one folder, one worksheet in it."""

    folder: Path
    task: Task

    def item(self, record_id="a1", answer="It is paid back.", **fields):
        """Make a record to be reviewed."""
        said = [{"role": "user", "content": "Where is my money?"}]
        return Item(**{"id": record_id, "messages": said, "answer": answer, **fields})

    def send(self, *items, file="w.jsonl", guidelines="Be kind."):
        """Write the worksheet and keep its ticket."""
        self.ticket = worksheet.send(
            items or [self.item()],
            worksheet.Options(path=str(self.folder / file)),
            name="mail",
            task=self.task,
            asked=questions(self.task),
            guidelines=guidelines,
            progress=[].append,
        )
        self.path = self.folder / file
        return self.path

    def edit(self, edit):
        """Change the list of rows as a person would in the program of their choice."""
        {".jsonl": _edit_jsonl, ".csv": _edit_csv, ".xlsx": _edit_xlsx}[self.path.suffix](
            self.path, edit
        )

    def fill(self, nth=0, **cells):
        """Write into cells of one row."""
        self.edit(lambda rows: rows[nth].update(cells))

    def collect(self):
        """Read the worksheet."""
        return list(worksheet.collect(self.ticket, progress=[].append))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, Task())


@pytest.fixture
def labels(tmp_path):
    return Desk(tmp_path, Task.from_dict({"output": {"labels": ["refund", "card, lost", "007"]}}))


@pytest.fixture
def contract(tmp_path):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    return Desk(tmp_path, Task.from_dict({"output": {"json_schema": schema}}))


def _edit_jsonl(path, edit):
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    edit(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def _edit_csv(path, edit):
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    edit(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, columns)
        lines.writeheader()
        lines.writerows(rows)


def _edit_xlsx(path, edit):
    book = openpyxl.load_workbook(path)
    page = book["review"]
    names, *lines = page.iter_rows(values_only=True)
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    edit(rows)
    page.delete_rows(2, page.max_row)
    for row in rows:
        page.append([row[name] for name in names])
    book.save(path)
