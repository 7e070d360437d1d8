"""
Write documents of one text in many formats, and the words that were put into each.

Same seed, same text; the bytes may differ where a format holds a time.
"""

from __future__ import annotations

import json
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape
from pathlib import Path

FILES = 6
SECTIONS = 12
VERSION = 2
_SYLLABLES = re.findall("..", "kalomiterasendovipagrholtisanuwecofadero")

Cells = list[list[str]]


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    heading: str
    paragraphs: list[str]
    items: list[str]
    cells: Cells

    def words(self) -> str:
        """Give all its text."""
        cells = [cell for row in self.cells for cell in row]
        return "\n".join([self.heading, *self.paragraphs, *self.items, *cells])


def text(seed: int) -> list[Section]:
    """Make the sections of one document."""
    rng = random.Random(seed)
    known = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(2000)]

    def sentence(least: int, most: int) -> str:
        return f"{' '.join(rng.choices(known, k=rng.randint(least, most))).capitalize()}."

    return [
        Section(
            sentence(3, 6)[:-1],
            [" ".join(sentence(8, 18) for _ in range(5)) for _ in range(4)],
            [sentence(4, 9) for _ in range(5)],
            [[*rng.choices(known, k=2), str(rng.randint(1, 999))] for _ in range(6)],
        )
        for _ in range(SECTIONS)
    ]


def ensure(folder: Path, kinds: tuple[str, ...]) -> dict[str, tuple[list[Path], str]]:
    """Give the files of each kind and the words in them, made if they are not there yet."""
    stamp = folder / "made.json"
    made = {"version": VERSION, "files": FILES, "kinds": list(kinds)}
    if not stamp.exists() or json.loads(stamp.read_text()) != made:
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(FILES):
            for kind in kinds:
                WRITERS[kind](text(seed), folder / f"text-{seed}.{kind}")
        stamp.write_text(json.dumps(made))
    words = "\n".join(section.words() for seed in range(FILES) for section in text(seed))
    return {
        kind: ([folder / f"text-{seed}.{kind}" for seed in range(FILES)], words) for kind in kinds
    }


def _pdf(sections: list[Section], path: Path) -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import ListFlowable, Paragraph, SimpleDocTemplate, Table

    styles = getSampleStyleSheet()
    story = []
    for section in sections:
        story += [Paragraph(section.heading, styles["Heading1"])]
        story += [Paragraph(one, styles["Normal"]) for one in section.paragraphs]
        items = [Paragraph(one, styles["Normal"]) for one in section.items]
        story += [ListFlowable(items, bulletType="bullet")]
        story += [Table(section.cells, style=[("GRID", (0, 0), (-1, -1), 1, 0)])]
    SimpleDocTemplate(str(path), invariant=1).build(story)


def _docx(sections: list[Section], path: Path) -> None:
    from docx import Document

    made = Document()
    for section in sections:
        made.add_heading(section.heading, 1)
        for one in section.paragraphs:
            made.add_paragraph(one)
        for one in section.items:
            made.add_paragraph(one, style="List Bullet")
        table = made.add_table(len(section.cells), len(section.cells[0]))
        for row, cells in zip(table.rows, section.cells, strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = value
    made.save(str(path))


def _pptx(sections: list[Section], path: Path) -> None:
    from pptx import Presentation
    from pptx.util import Inches

    made = Presentation()
    for section in sections:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = section.heading
        slide.placeholders[1].text = "\n".join([*section.items, *section.paragraphs])
        shape = slide.shapes.add_table(
            len(section.cells), len(section.cells[0]), *map(Inches, (1, 5, 8, 2))
        )
        for at, cells in enumerate(section.cells):
            for column, value in enumerate(cells):
                shape.table.cell(at, column).text = value
    made.save(str(path))


def _xlsx(sections: list[Section], path: Path) -> None:
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.active)
    for at, section in enumerate(sections):
        sheet = made.create_sheet(f"sheet{at}")
        for line in (section.heading, *section.paragraphs, *section.items):
            sheet.append([line])
        for row in section.cells:
            sheet.append([row[0], row[1], int(row[2])])
    made.save(str(path))


def _html_parts(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        yield f"<h2>{escape(section.heading)}</h2>"
        yield from (f"<p>{escape(one)}</p>" for one in section.paragraphs)
        yield f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in section.items)}</ul>"
        rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in r)}</tr>" for r in section.cells)
        yield f"<table>{rows}</table>"


def _html(sections: list[Section], path: Path) -> None:
    body = "\n".join(_html_parts(sections))
    head = "<html lang=en><head><title>Handbook</title></head><body><nav><a href=/>Home</a></nav>"
    path.write_text(f"<!doctype html>{head}<main><h1>Handbook</h1>{body}</main></body></html>")


def _epub(sections: list[Section], path: Path) -> None:
    names = [f"c{at}.xhtml" for at in range(len(sections))]
    items = "".join(
        f'<item id="{n}" href="{n}" media-type="application/xhtml+xml"/>' for n in names
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in names)
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">'
            '<rootfiles><rootfile full-path="c.opf" media-type="application/oebps-package+xml"/>'
            "</rootfiles></container>",
        )
        book.writestr(
            "c.opf",
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Handbook</dc:title></metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
        )
        for name, section in zip(names, sections, strict=True):
            body = "".join(_html_parts([section]))
            page = f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>'
            book.writestr(name, page)


def _lines(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        yield f"# {section.heading}"
        yield from section.paragraphs
        yield "\n".join(f"- {one}" for one in section.items)
        rows = [f"| {' | '.join(row)} |" for row in section.cells]
        yield "\n".join([rows[0], "| --- | --- | --- |", *rows[1:]])


def _md(sections: list[Section], path: Path) -> None:
    path.write_text("\n\n".join(_lines(sections)))


def _eml(sections: list[Section], path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = sections[0].heading
    message["From"], message["To"] = "one@example.org", "all@example.org"
    message.set_content(
        "\n\n".join(section.words() for section in sections), cte="quoted-printable"
    )
    path.write_bytes(message.as_bytes())


WRITERS: dict[str, Callable[[list[Section], Path], None]] = {
    "pdf": _pdf,
    "docx": _docx,
    "pptx": _pptx,
    "xlsx": _xlsx,
    "html": _html,
    "epub": _epub,
    "eml": _eml,
    "md": _md,
}
