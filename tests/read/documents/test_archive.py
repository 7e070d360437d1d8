"""No container unpacks to more than the limits, whatever its headers say."""

import io
import struct
import zipfile
import zlib

import pytest

from curator.read.documents import archive
from curator.read.documents.archive import open_archive
from curator.read.values import Unmappable


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Give a container of ``parts``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return stream.getvalue()


def refused(data: bytes) -> str:
    """Give the words with which ``data`` is refused."""
    with pytest.raises(Unmappable) as why:
        open_archive(data)
    return str(why.value)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_parts_are_read(method):
    """Folders are none; an empty part is."""
    parts = {"b.xml": b"x" * 5_000_000, "a/": b"", "a/b": b""}
    opened = open_archive(b"junk in front" + packed(parts, method))
    assert opened.names == ("b.xml", "a/b")
    assert (opened.read("b.xml"), opened.read("a/b")) == (parts["b.xml"], b"")


def test_a_missing_part_is_damage():
    """The words name it."""
    with pytest.raises(Unmappable, match=r"^damaged file \| it holds no x: save it anew$"):
        open_archive(packed({"a": b""})).read("x")


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_container_that_breaks_off_is_damaged(cut):
    """Its directory stands at the end."""
    data = packed({"a": bytes(range(256)) * 9})
    assert refused(data[:-cut]) == ("damaged file | its ZIP directory cannot be read: save it anew")


def test_a_part_that_is_damaged_hurts_only_who_reads_it():
    """A broken picture does not keep the text away."""
    data = packed({"a": b"A" * 99, "b": b"hello"}, zipfile.ZIP_STORED).replace(b"A" * 99, b"B" * 99)
    opened = open_archive(data)
    assert opened.read("b") == b"hello"
    with pytest.raises(Unmappable, match=r"damaged file \| a is not what its checksum says"):
        opened.read("a")


def test_a_password_is_told():
    """The flag of one part is enough."""
    data = bytearray(packed({"a": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data)) == "encrypted | save it without a password"


def test_a_high_ratio_is_refused_although_the_header_denies_it(monkeypatch):
    """What counts is what comes out."""
    monkeypatch.setattr(archive, "MAX_FREE_BYTES", 1 << 20)
    data = packed({"a": b"0" * (2 << 20)})
    lie = data.replace(struct.pack("<L", 2 << 20), struct.pack("<L", 10))
    for each in (data, lie):
        assert refused(each) == (
            f"too large | {len(data):,} bytes that unpack to more than 1,048,576: split it"
        )


def test_one_part_and_all_parts_are_limited(monkeypatch):
    """Small parts add up."""
    monkeypatch.setattr(archive, "MAX_ENTRY_BYTES", 1000)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1500)
    monkeypatch.setattr(archive, "MAX_FREE_BYTES", 1500)
    assert refused(packed({"a": b"x" * 1001})) == (
        "too large | one of its parts unpacks to more than 1,000 bytes: split it"
    )
    assert "more than 1,500: split it" in refused(packed({"a": b"x" * 900, "b": b"x" * 900}))


def test_too_many_parts_are_refused():
    """Before each of them is looked at."""
    data = packed({str(at): b"" for at in range(archive.MAX_ENTRIES + 1)}, zipfile.ZIP_STORED)
    assert refused(data) == "too large | it holds more than 10,000 parts: split it"


def overlapping(count: int) -> bytes:
    """Give a container whose every directory entry names the same bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = deflate.compress(b"0" * 100_000) + deflate.flush()
    crc = zlib.crc32(b"0" * 100_000)
    sizes = struct.pack("<LLL", crc, len(kernel), 100_000)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes
    local += struct.pack("<HH", 1, 0) + b"a" + kernel
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    entry += struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(entry) * count, len(local), 0)
    return local + entry * count + b"PK\x05\x06" + end


def test_parts_that_overlap_are_refused():
    """The smallest bombs are made so; one part alone is fine."""
    assert len(open_archive(overlapping(1)).read("a")) == 100_000
    assert refused(overlapping(2)) == (
        "damaged file | its parts overlap, as in files made to do harm: save it anew"
    )
