"""Workers give what one process would give, in order, and never more trouble than one reject."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pytest

from curator.errors import MissingExtra, SourceError
from curator.read.documents import Options, read
from curator.read.documents.pool import Limits, parsed
from curator.read.files import find

LIMITS = Limits(encoding="utf-8", max_bytes=10**8, max_chars=10**7, max_seconds=60)
SLOW = "- a\n" * 2_000_000
"""Markdown that takes a minute."""
WAIT_S = 20


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder."""
    monkeypatch.chdir(tmp_path)


def results(pattern: str, workers: int | None, **limits) -> list:
    """Read files, and give what can be compared."""
    found = parsed(find(pattern), Limits(**{**vars(LIMITS), **limits}), workers)
    return [str(each) if isinstance(each, Exception) else each for each in found]


def worker_ids(parent: int | None = None) -> list[int]:
    """Give the processes that ``parent``, or else this process, has started as workers."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            stat = (place / "stat").read_text().rsplit(")", 1)[1].split()
            told = (place / "cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat[1]) == (parent or os.getpid()) and b"documents.worker" in told:
            found.append(int(place.name))
    return sorted(found)


def at_work(parent: int | None = None) -> list[int]:
    """Give the workers that have computed for half a second."""
    return [each for each in worker_ids(parent) if ticks(each) > 50]


def ticks(process_id: int) -> int:
    """Give the processor time, in hundredths of a second."""
    return int(Path(f"/proc/{process_id}/stat").read_text().rsplit(")", 1)[1].split()[11])


def wait_for(what: Callable[[], object]) -> object:
    """Give the first true answer."""
    end = time.monotonic() + WAIT_S
    while not (answer := what()):
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
    return answer


def is_alive(process_id: int) -> bool:
    """Say whether it still runs; one that ended and was not fetched does not."""
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False


def test_order_and_results_do_not_depend_on_workers():
    """Large files come back after small ones that were given out later."""
    for at in range(30):
        text = f"# Title {at}\n\n" + "word " * (20_000 if at % 7 == 0 else 5)
        Path(f"{at:02}.md").write_text(text if at != 13 else "")
    here = results("*.md", None)
    assert [each.title for at, each in enumerate(here) if at != 13] == [
        f"Title {at}" for at in range(30) if at != 13
    ]
    assert here[13] == "empty document"
    assert results("*.md", 1) == results("*.md", 2) == results("*.md", 5) == here


def test_few_little_texts_start_no_worker():
    """What is none, or unpacks to more, goes to a worker all the same."""
    Path("a.md").write_text("# A")
    Path("b.txt").write_text("<!doctype html><title>B</title><p>Birds may fly here.")
    found = parsed(find(("a.md", "b.txt")), LIMITS)
    assert (next(found).title, worker_ids()) == ("A", [])
    assert (next(found).title, len(worker_ids())) == ("B", 1)
    found.close()
    assert worker_ids() == []


def test_a_file_that_takes_too_long_is_a_reject():
    """The others are read."""
    Path("a.md").write_text("A.")
    Path("b.md").write_text(SLOW)
    Path("c.md").write_text("C.")
    found = results("*.md", 1, max_seconds=3)
    assert found[1] == "took too long | longer than 3 s"
    assert [found[0].text, found[2].text] == ["A.", "C."]


def test_a_worker_that_is_killed_costs_one_file():
    """A fresh one takes its place."""
    Path("a.md").write_text(SLOW)
    Path("b.md").write_text("B.")
    with ThreadPoolExecutor() as threads:
        threads.submit(lambda: os.kill(wait_for(at_work)[0], signal.SIGKILL))
        found = results("?.md", 1)
    assert found[0] == (
        "the parser broke down on it | open it in the program that wrote it, and save it anew"
    )
    assert found[1].text == "B."


def test_a_worker_that_ends_while_idle_costs_nothing():
    """No file is to blame."""
    for name in "abcdefghij":
        Path(f"{name}.md").write_text(name)
    found = parsed(find("?.md"), LIMITS, 1)
    assert next(found).text == "a"
    [worker] = worker_ids()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: not is_alive(worker))
    assert [each.text for each in found] == list("bcdefghij")


def test_a_file_that_swells_is_a_reject():
    """The kernel refuses the memory; a fresh worker has it again."""
    Path("a.md").write_text("A.")
    Path("b.txt").write_text("b\n\n" * 1_000_000)
    Path("c.md").write_text("C.")
    found = parsed(find("?.*"), LIMITS, 1)
    assert next(found).text == "A."
    little = 100 << 20
    resource.prlimit(worker_ids()[0], resource.RLIMIT_DATA, (little, little))
    assert str(next(found)) == "needs too much memory | more than 2 GiB: split it"
    assert [each.text for each in found] == ["C."]


def test_a_missing_library_ends_the_run(monkeypatch):
    """It is not the fault of the file."""
    Path("lib").mkdir()
    Path("lib/mammoth.py").write_text("raise ImportError")
    monkeypatch.syspath_prepend(Path("lib").resolve())
    file = docx.Document()
    file.add_paragraph("Dogs may live here.")
    file.save("a.docx")
    with pytest.raises(MissingExtra) as error:
        results("a.docx", None)
    assert str(error.value) == (
        "mammoth is not installed\n  hint: pip install 'curator-toolkit[docs]'"
    )
    with pytest.raises(MissingExtra):
        read(Options(path="a.docx")).collect()


def test_a_file_that_is_gone_ends_the_run():
    """As for every reader."""
    Path("a.html").write_text("A.")
    files = find("a.html")
    Path("a.html").unlink()
    with pytest.raises(SourceError, match=r"^a\.html: cannot be read: No such file or directory$"):
        list(parsed(files, LIMITS))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_who_asked(end):
    """Not even one that is at a long file, when nobody was left to end it."""
    Path("a.md").write_text(SLOW)
    limits = "Limits(encoding='utf-8', max_bytes=10**8, max_chars=10**7, max_seconds=8)"
    script = f"""
from curator.read.documents.pool import Limits, parsed
from curator.read.files import find
list(parsed(find("a.md"), {limits}, 1))
"""
    with subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL) as process:
        [worker] = wait_for(lambda: at_work(process.pid))
        process.send_signal(end)
        assert process.wait(WAIT_S) == -end
    wait_for(lambda: not is_alive(worker))
