"""
Documents to Markdown, beside markitdown in an environment of its own, and how many words arrive.

python -m benchmarks.documents

The environment is made on first use and needs the network once. Real files join where
CURATOR_REAL_DATA names the folder that holds them. A page is a PDF page, and 300 words elsewhere.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.generate import DATA
from benchmarks.office_files import ensure
from benchmarks.timing import Comparison, main
from curator.read.documents.document import Document

MARKITDOWN = "markitdown[pdf,docx,pptx,xlsx]==0.1.8"
ENVIRONMENT = DATA / "venv-markitdown"
READERS = {
    "pdf": "pdf",
    "docx": "docx",
    "pptx": "pptx",
    "xlsx": "xlsx",
    "html": "web_page",
    "epub": "epub",
    "eml": "mail",
    "md": "markdown",
}
AT_LEAST = {"pdf": 5}
"""How many times as fast we mean to be; elsewhere as fast."""

TOLERANCE = 0.002
"""Of word recall: heads that a table repeats on the next page are given once."""

_WORD = re.compile(r"[^\W_]+")
_PARAGRAPHS = re.compile(r"<(?:w|a):p[ >].*?</(?:w|a):p>", re.DOTALL)
_NUMBERS = re.compile(r'<a:fld [^>]*type="slidenum".*?</a:fld>', re.DOTALL)  # of slides
_HIDDEN = re.compile(r"<w:r[ >](?:(?!</w:r>).)*<w:vanish/>.*?</w:r>", re.DOTALL)
_RUNS = re.compile(r"<(?:w|a):(?:t)(?: [^>]*)?>([^<]*)|<(?:w|a):(?:br|tab)\b")


@dataclass(frozen=True)
class Sample:
    """Files of one kind, and the words they hold."""

    name: str
    kind: str
    paths: list[Path]
    words: Counter[str]
    pages: float


def compare(rows: int) -> list[Comparison]:  # noqa: ARG001 - the files are the same for any rows
    """Each format, generated and real; nothing where markitdown cannot be installed."""
    convert = peer()
    if convert is None:
        print(f"documents: not timed, because {MARKITDOWN} cannot be installed here")
        return []
    return [comparison(sample, convert) for sample in samples()]


def comparison(sample: Sample, convert: Callable[[list[Path]], list[str | None]]) -> Comparison:
    """Time the same files read both ways."""
    parse = import_module(f"curator.read.documents.{READERS[sample.kind]}").parse

    spent: dict[str, list[float]] = {"ours": [], "theirs": []}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        made = work()
        spent[name].append(time.perf_counter() - start)
        return made

    def ours() -> list[Document]:
        return [parse(path.read_bytes(), "utf-8") for path in sample.paths]

    def notes(made: list[Document], texts: list[str | None]) -> str:
        ours_read = recall(sample.words, "\n".join(f"{d.title}\n{d.text}" for d in made))
        theirs_read = recall(sample.words, "\n".join(text or "" for text in texts))
        failed = f", {texts.count(None)} failed" if None in texts else ""
        size = sum(path.stat().st_size for path in sample.paths)
        worse = "" if ours_read >= theirs_read - TOLERANCE else " FEWER WORDS"
        speed = ", ".join(
            f"{name} {sample.pages / s:,.0f} pages/s {size / s / 1e6:.2f} MB/s"
            for name, s in (
                ("ours", median(spent["ours"][1:])),
                ("theirs", median(spent["theirs"])),
            )
        )
        return (
            f"{len(sample.paths)} files, {sample.pages:.0f} pages, {size / 1e6:.2f} MB; {speed}; "
            f"word recall ours {ours_read:.4f}, theirs {theirs_read:.4f}{failed}{worse}"
        )

    return Comparison(
        path=f"documents, {sample.name}",
        peer="markitdown",
        ours=lambda: timed("ours", ours),
        theirs=lambda: timed("theirs", lambda: convert(sample.paths)),
        at_least=AT_LEAST.get(sample.kind, 1),
        notes=notes,
    )


def samples() -> list[Sample]:
    """Give generated files of each kind that has a reader, then the real ones."""
    found = []
    for kind, (paths, text) in ensure(DATA / "documents", tuple(READERS)).items():
        expected = words(text)
        pages = pdf_pages(paths) if kind == "pdf" else expected.total() / 300
        found.append(Sample(kind, kind, paths, expected, pages))
    if folder := os.environ.get("CURATOR_REAL_DATA"):
        for kind in ("pdf", "docx", "pptx"):
            paths = sorted(Path(folder, "plain-language", "files").glob(f"*.{kind}"))
            if paths:
                expected = sum((KNOWN[kind](path) for path in paths), Counter[str]())
                pages = pdf_pages(paths) if kind == "pdf" else expected.total() / 300
                found.append(Sample(f"real {kind}", kind, paths, expected, pages))
    return found


def words(text: str) -> Counter[str]:
    """Count words in lower case, ligatures and raised figures as plain ones."""
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))


def recall(expected: Counter[str], text: str) -> float:
    """Give what part of the expected words a text holds, each as often."""
    return (expected & words(text)).total() / expected.total()


def pdf_pages(paths: list[Path]) -> int:
    """Count the pages of all files."""
    from pypdfium2 import PdfDocument

    return sum(len(PdfDocument(path)) for path in paths)


def pdf_words(path: Path) -> Counter[str]:
    """Count the words pdfium reads, without those that most pages repeat at top and end."""
    from pypdfium2 import PdfDocument

    from curator.read.documents.pdf import text_lines

    pages = [page.get_textpage().get_text_range().splitlines() for page in PdfDocument(path)]
    left_out = text_lines.running(pages)
    kept = [
        line
        for page, spots in zip(pages, left_out, strict=True)
        for at, line in enumerate(page)
        if at not in spots
    ]
    text = re.sub(r"(?<=\d)\n(?=(?:st|nd|rd|th)\b)", "", "\n".join(kept))  # raised: 4th
    text = re.sub(r"^o (?=\S)", "", text, flags=re.MULTILINE)  # a round bullet
    return words(text.replace("\ufffe", "-"))


def office_words(path: Path) -> Counter[str]:
    """Count the words that the XML of the main text, or of the slides, shows."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/document\.xml|ppt/slides/slide\d+\.xml", name):
                xml = _HIDDEN.sub("", _NUMBERS.sub("", archive.read(name).decode()))
                for paragraph in _PARAGRAPHS.findall(xml):
                    said = "".join(text or " " for text in _RUNS.findall(paragraph))
                    found += words(unescape(said))
    return found


KNOWN: dict[str, Callable[[Path], Counter[str]]] = {
    "pdf": pdf_words,
    "docx": office_words,
    "pptx": office_words,
}


@cache
def peer() -> Callable[[list[Path]], list[str | None]] | None:
    """Give markitdown's way to read files, in a process that stays; None without the network."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "ready").exists():
        print(f"installing {MARKITDOWN} into {ENVIRONMENT} (once) ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        install = [python, "-m", "pip", "install", "--quiet", MARKITDOWN]
        if subprocess.run(list(map(str, install)), check=False).returncode:
            return None
        (ENVIRONMENT / "ready").touch()
    worker = Path(__file__).with_name("peer_markitdown.py")
    process = subprocess.Popen(
        [str(python), str(worker)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def convert(paths: list[Path]) -> list[str | None]:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(list(map(str, paths))) + "\n")
        process.stdin.flush()
        texts: list[Any] = json.loads(process.stdout.readline())
        return texts

    return convert


if __name__ == "__main__":
    main(compare)
