"""Files are found by name or pattern, and opened whatever their packing; hostile ones are stopped."""

import gzip
import hashlib
import os
from pathlib import Path

import pytest
import zstandard

from curator.errors import SourceError
from curator.read.files import SourceFile, find, open_bytes


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a fresh folder, as a recipe's user does."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, data: bytes = b"text") -> SourceFile:
    """Write one file and find it again."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(data)
    return find(name)[0]


def test_a_name_gives_its_file_with_its_hash():
    """A plain name is found, and its uri is what the recipe wrote."""
    source = write("data/a.csv", b"abc")
    assert (source.uri, source.size_bytes) == ("data/a.csv", 3)
    assert source.sha256 == hashlib.sha256(b"abc").hexdigest()


def test_a_pattern_gives_its_files_sorted():
    """The order never depends on the disk."""
    for name in ("b.csv", "a.csv", "sub/c.csv", "d.txt"):
        write(name)
    assert [source.uri for source in find("*.csv")] == ["a.csv", "b.csv"]
    assert [source.uri for source in find("**/*.csv")] == ["a.csv", "b.csv", "sub/c.csv"]


def test_several_patterns_keep_their_order_and_give_no_file_twice():
    """A file that two patterns match is read once, where the first names it."""
    for name in ("a.csv", "b.csv"):
        write(name)
    assert [source.uri for source in find(("b*", "*.csv"))] == ["b.csv", "a.csv"]


def test_a_name_that_exists_is_not_a_pattern():
    """A file called ``a[1].csv`` can be named."""
    write("a[1].csv")
    assert find("a[1].csv")[0].uri == "a[1].csv"


def test_the_home_folder_stays_out_of_the_uri(folder, monkeypatch):
    """``~`` is followed, and kept as the recipe wrote it."""
    monkeypatch.setenv("HOME", str(folder / "home"))
    write("home/a.csv")
    assert [source.uri for source in find("~/*.csv")] == ["~/a.csv"]
    assert find("~/a.csv")[0].path == folder / "home/a.csv"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            "data/trian.csv",
            "data/trian.csv: no such file\n  hint: the nearest name is data/train.csv",
        ),
        ("dta/*.csv", "dta/*.csv: no file matches\n  hint: the nearest name is data"),
        ("data/q", "data/q: no such file\n  hint: there is no 'q' in data"),
        (
            "data/*.json",
            (
                "data/*.json: no file matches\n"
                "  hint: check the pattern, and the folder in which the command runs"
            ),
        ),
        ("data", "data: is a folder, not a file\n  hint: name its files, for example data/*.csv"),
        ((), "no path is given\n  hint: name a file, or a pattern such as data/*.csv"),
    ],
)
def test_what_is_not_there_is_named_with_what_is_near(path, message):
    """The error says which pattern failed and which name was likely meant."""
    write("data/train.csv")
    with pytest.raises(SourceError) as caught:
        find(path)
    assert str(caught.value) == message


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_packing_is_told_by_content(pack):
    """The name's ending plays no part."""
    assert open_bytes(write("a.csv", pack(b"abc" * 9))).read() == b"abc" * 9


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_an_archive_of_several_parts_is_read_to_its_end(pack):
    """Archives made by joining archives are common in logs."""
    assert open_bytes(write("a", pack(b"abc") + pack(b"def"))).read() == b"abcdef"


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_truncated_archive_is_an_error(name, pack):
    """The rows that are missing must not go unnoticed."""
    source = write("a.csv", pack(os.urandom(9999))[:-5])
    with pytest.raises(SourceError) as caught:
        open_bytes(source).read()
    assert str(caught.value) == (
        f"a.csv: the {name} archive is damaged or cut short: Truncated compressed stream\n"
        "  hint: copy or pack the file again"
    )


def test_an_archive_that_explodes_is_stopped():
    """A small file may not fill the machine."""
    source = write("a.csv", zstandard.compress(bytes(9_000_000)))
    with pytest.raises(SourceError) as caught:
        open_bytes(source, max_free_bytes=1_000_000).read()
    assert str(caught.value) == (
        "a.csv: the zstd archive unpacks to more than 1,000,000 bytes\n"
        "  hint: if you trust it, unpack it and name the unpacked file"
    )


def test_an_archive_within_the_ratio_is_read():
    """Size alone is no offence."""
    source = write("a.csv", gzip.compress(bytes(100_000)))
    assert len(open_bytes(source, max_ratio=10_000, max_free_bytes=1).read()) == 100_000


def test_a_file_that_may_not_be_read_is_an_error(folder):
    """The system's words are passed on."""
    source = write("a.csv")
    source.path.unlink()
    with pytest.raises(SourceError, match=r"^a.csv: cannot be read: No such file or directory$"):
        open_bytes(source)
