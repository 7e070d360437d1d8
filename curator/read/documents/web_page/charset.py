"""Tell in which encoding a web page is written, and decode it."""

from __future__ import annotations

import codecs
import re

from curator.read.decoding import known
from curator.read.values import Unmappable

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark begins it
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HEAD_BYTES = 8192
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(
    rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']\s*([\w.:-]+)"
    rb"|<meta\b[^>]*?[\s;\"'/]charset\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-8",  # read in a page whose letters are single bytes, so it cannot be true
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
    "utf-32": "utf-8",
    "utf-7": "cp1252",
}
"""What browsers read where the left is declared. Source: WHATWG Encoding, names and labels."""
_LABELS = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "ks_c_5601-1987": "cp949",
    "korean": "cp949",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "x-user-defined": "cp1252",
    "x-cp1252": "cp1252",
    "x-cp1251": "cp1251",
    "x-mac-roman": "mac_roman",
    "iso-8859-8-i": "iso8859-8",
    "unicode-1-1-utf-8": "utf-8",
}
_ASIAN = ("cp949", "cp932", "euc_jp", "gb18030", "big5hkscs")
_LANGUAGE = re.compile(rb"<html\b[^>]*?\slang\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_OF_LANGUAGE = {
    **dict.fromkeys(("cs", "hr", "hu", "pl", "ro", "sk", "sl"), "cp1250"),
    **dict.fromkeys(("be", "bg", "mk", "ru", "sr", "uk"), "cp1251"),
    **dict.fromkeys(("da", "de", "en", "es", "fi", "fr", "it", "nl", "no", "pt", "sv"), "cp1252"),
    "el": "cp1253",
    "tr": "cp1254",
    "he": "cp1255",
    "ar": "cp1256",
    "fa": "cp1256",
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    "th": "cp874",
    "vi": "cp1258",
}
_HIGH = re.compile(rb"[\x80-\xff]+")
_TAG = re.compile(rb"<[^>]*>")
_LOOKED_AT_BYTES = 1 << 17
_SURE = 8  # characters of two bytes or more that are UTF-8 by chance: one page in 100,000


def decode(data: bytes, encoding: str) -> tuple[str, int]:
    """
    Give the text of a web page, and how many characters could not be read (U+FFFD stands there).

    An ``encoding`` other than UTF-8 is the recipe's word and holds. Else: byte order mark, what the
    page declares unless its bytes belie it, UTF-8, and then what the bytes look like.
    Raises: Unmappable (bad encoding) when nothing fits.
    """
    if known(encoding) != "utf-8":
        text = _strict(data, known(encoding))
        if text is None:
            raise Unmappable("bad encoding", f"its bytes are not {encoding}")
        return text.removeprefix("\ufeff"), 0
    for mark, real in _MARKS.items():
        if data.startswith(mark):
            text = data.decode(real, "replace").removeprefix("\ufeff")
            return text, text.count("\ufffd")
    if not data.isascii() or b"\0" in data or b"\x1b$" in data:
        return _foreign(data)
    return data.decode("ascii"), 0


def _foreign(data: bytes) -> tuple[str, int]:
    if wide := _wide(data):
        text = data.decode(wide, "replace")
        return text, text.count("\ufffd")
    name = declared(data)
    utf8 = _strict(data, "utf-8")
    if utf8 is not None and "\x1b$" not in utf8:
        found = len(utf8) - len(utf8.encode("ascii", "ignore"))
        if name is None or name == "utf-8" or name not in _ASIAN or found >= _SURE:
            return utf8, 0
    if name is not None and name != "utf-8" and (said := _strict(data, name)) is not None:
        return said, 0
    if utf8 is not None:
        return utf8, 0
    return _damaged(data, name)


def _damaged(data: bytes, name: str | None) -> tuple[str, int]:
    """Read around single bad bytes; where most are bad, the declaration is wrong."""
    for each in dict.fromkeys((name or "utf-8", "utf-8")):
        text = data.decode(each, "replace")
        bad = text.count("\ufffd")
        if bad * 20 <= len(text) - len(text.encode("ascii", "ignore")):
            return text, bad
    likely = sniffed(data)
    if likely is not None and (found := _strict(data, likely)) is not None:
        return found, 0
    said = f"it is not {name}, as it says" if name else "it does not say its encoding"
    raise Unmappable("bad encoding", f"{said}: name it in the recipe, for example encoding: cp1251")


def declared(data: bytes) -> str | None:
    """Give the encoding that the page names at its beginning, as browsers understand the name."""
    head = _COMMENT.sub(b"", data[:_HEAD_BYTES])
    for match in _DECLARED.finditer(head):
        label = (match[1] or match[2]).decode("ascii", "replace").lower()
        try:
            name = _LABELS.get(label) or codecs.lookup(label).name
            "a".encode(name)  # refuses codecs that are not for text
        except (LookupError, UnicodeError):
            continue
        return _MEANT.get(name, name)
    return None


def _wide(data: bytes) -> str | None:
    """Tell UTF-16 without a mark: every other byte of markup is zero."""
    head = data[:1024]
    half = len(head) // 2 * 0.4
    if head[1::2].count(0) > half and head[::2].count(0) < half / 8:
        return "utf-16-le"
    if head[::2].count(0) > half and head[1::2].count(0) < half / 8:
        return "utf-16-be"
    return None


def _strict(data: bytes, name: str) -> str | None:
    codecs.register_error("curator.holes", _controls_in_holes)
    try:
        return data.decode(name, "curator.holes" if name.startswith("cp125") else "strict")
    except UnicodeDecodeError:
        return None


def _controls_in_holes(error: UnicodeError) -> tuple[str, int]:
    """Give a control character for a byte that a code page leaves out, as browsers do."""
    if isinstance(error, UnicodeDecodeError) and 0x80 <= error.object[error.start] <= 0x9F:
        return chr(error.object[error.start]), error.start + 1
    raise error


def sniffed(data: bytes) -> str | None:
    """
    Guess the encoding of a page that declares none and is not UTF-8.

    Cyrillic is mostly small letters, and East Asian texts mostly letters that are much used; then
    the page's language counts; Western European bytes beyond ASCII stand alone between letters.
    """
    words = _TAG.sub(b" ", data)
    first = _HIGH.search(words)
    if first is None:
        return None
    words = words[first.start() : first.start() + _LOOKED_AT_BYTES]
    runs = _HIGH.findall(words)
    best = max((_likeness(words, name), -at, name) for at, name in enumerate(_ASIAN))
    match = _LANGUAGE.search(data[:_HEAD_BYTES])
    language = match[1].decode().lower()[:2] if match else ""
    alone = sum(len(run) <= 2 for run in runs) / len(runs)
    cyrillic = max((_small_cyrillic(words, name), name) for name in ("cp1251", "koi8_r"))
    if cyrillic[0] > 0.8 and alone < 0.5:
        return "cp1255" if _is_hebrew(words) else cyrillic[1]
    if best[0] > 0.7 and not (alone > 0.8 and language in _OF_LANGUAGE):
        return best[2]
    if language in _OF_LANGUAGE:
        return _OF_LANGUAGE[language]
    return "cp1252" if alone > 0.7 else None


def _likeness(words: bytes, name: str) -> float:
    """Give the share of characters beyond ASCII that a text in this encoding is mostly made of."""
    text = words.decode(name, "replace")
    far = [char for char in text if char > "\x7f"]
    if not far:
        return 0.0
    if name in ("cp932", "euc_jp"):
        kana = sum("\u3041" <= char <= "\u30fe" for char in far)
        fits = sum(_lead(char, "shift_jis", 0x88, 0x97) for char in far)
        return (kana + fits + _marks(far)) / len(far) if kana * 8 > len(far) else 0.0
    if name == "cp949":
        return (sum(_lead(char, "euc_kr", 0xB0, 0xC8) for char in far) + _marks(far)) / len(far)
    if name == "gb18030":
        return (sum(_lead(char, "gb2312", 0xB0, 0xD7) for char in far) + _marks(far)) / len(far)
    return (sum(_lead(char, "big5", 0xA4, 0xC6) for char in far) + _marks(far)) / len(far)


def _marks(far: list[str]) -> int:
    return sum("\u3000" <= char <= "\u301f" or "\uff01" <= char <= "\uff5e" for char in far)


def _lead(char: str, name: str, first: int, last: int) -> bool:
    data = char.encode(name, "ignore")
    return len(data) == 2 and first <= data[0] <= last


def _small_cyrillic(words: bytes, name: str) -> float:
    far = [char for char in words.decode(name, "replace") if char > "\x7f"]
    small = sum("\u0430" <= char <= "\u044f" for char in far)
    return small / max(1, len(far))


def _is_hebrew(words: bytes) -> bool:
    """Tell Hebrew from small Cyrillic: no capitals, and none of the last letters, each frequent."""
    letters = b"".join(_HIGH.findall(words))
    return len(letters) > 50 and not re.search(rb"[\xc0-\xdf\xfb-\xff]", letters)
