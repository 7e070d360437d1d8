"""Find the rows of an XML file while it is read: no DTD, no entities, nothing held but a row."""

from __future__ import annotations

import codecs
import html.entities
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from curator.errors import RecipeError
from curator.read.decoding import known
from curator.read.values import MAX_DEPTH, Unmappable
from curator.read.xml_paths import Place, Rows
from curator.read.xml_tree import MAX_NEAR, MAX_NEAR_CHARS, Element, fields, text_of

PIECE_BYTES = 1 << 20
MAX_HELD = 64 << 20
"""A row may hold so many characters, an element counting as 100 more."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")
_OWN = ("amp", "lt", "gt", "quot", "apos")
_NAMED = {name: code for name, code in html.entities.name2codepoint.items() if name not in _OWN}
_NAMED_DTD = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in sorted(_NAMED.items()))
_REFERENCE = re.compile(r"&([^\W\d][\w.:-]*);")
_VERBATIM = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_OPENS = re.compile(r"<!\[CDATA\[|<!--|<\?")


def rows_in(
    stream: BinaryIO, rows: Rows, places: dict[str, Place]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """
    Yield the rows of one file in order: the line on which each begins, and its fields.

    The entities that HTML names (``&nbsp;``) are known without a declaration. The declared encoding
    is honoured. Elements around a row are read up to the row, not behind it.
    Raises: Unmappable, also after some rows: the file is damaged, declares entities, is nested
    deeper than 200 elements, or holds a row that is too large.
    """
    finder = _Finder(rows, places)
    for text in _pieces(stream):
        yield from finder.feed(text)
    yield from finder.feed("", is_last=True)
    if not finder.row_count:
        raise Unmappable("no row", finder.outline())


class _Finder:
    def __init__(self, rows: Rows, places: dict[str, Place]) -> None:
        self._rows, self._places = rows, places
        self._wanted = {p.steps[-1] for p in places.values() if p.is_outside and p.steps}
        self._path: list[str] = []
        self._around: list[Element] = []  # open, outside of rows
        self._row: list[Element] = []  # open, the row first
        self._found: list[tuple[int, dict[str, Any]]] = []
        self._held = self._fed = self.row_count = 0
        self._lines = 1
        self._seen: dict[str, None] = {}
        self._parser = self._expat()

    def _expat(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.specified_attributes = True
        parser.UseForeignDTD(True)  # noqa: FBT003 - C function
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_ALWAYS)
        parser.ExternalEntityRefHandler = self._dtd
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def feed(self, text: str, *, is_last: bool = False) -> Iterator[tuple[int, dict[str, Any]]]:
        """Read on, and yield the rows that have become whole."""
        data = text.encode("utf-8", "surrogatepass")
        self._fed += len(data)
        wrong: Unmappable | None = None
        try:
            self._parser.Parse(data, is_last)
            self._check_references(text)
        except expat.ExpatError as error:
            what = expat.errors.messages[error.code]
            wrong = Unmappable("damaged XML", f"{what}, {self._place(error.lineno, error.offset)}")
        except Unmappable as error:
            wrong = error
        yield from self._found
        self._found.clear()
        if wrong is None and self._fed - self._parser.CurrentByteIndex > MAX_HELD:
            wrong = self._too_large()
        if wrong is not None:
            raise wrong

    def outline(self) -> str:
        """Say what stands where rows were looked for."""
        root, *inside = self._seen
        steps = "/".join(self._rows.steps[not self._rows.is_anywhere :])
        sought = f"//{steps}" if self._rows.is_anywhere else steps or self._rows.steps[0]
        holds = f"holds {', '.join(inside)}" if inside else "holds no element"
        return f"nothing at {sought}: the root is {root}, and {holds}"

    def _check_references(self, text: str) -> None:
        """Refuse entities nobody knows: the parser leaves them out of attributes in silence."""
        unknown = [m for m in _REFERENCE.finditer(text) if m[1] not in _NAMED and m[1] not in _OWN]
        verbatim = iter(_verbatim(text) if unknown else ())
        span = next(verbatim, None)
        for found in unknown:
            while span and span[1] < found.start():
                span = next(verbatim, None)
            if span and span[0] < found.start():
                continue
            line = self._lines + text.count("\n", 0, found.start())
            self._found.clear()  # which of them lost something is not known
            raise Unmappable(
                "unknown entity", f"&{found[1]}; on line {line}: write the character itself"
            )
        self._lines += text.count("\n")

    def _dtd(self, context: str | None, *_: str | None) -> int:
        """Read our list of names wherever the file points to a DTD, or to none."""
        inner = self._parser.ExternalEntityParserCreate(context)
        inner.EntityDeclHandler = None
        inner.Parse(_NAMED_DTD, True)  # noqa: FBT003 - C function
        return 1

    def _refuse(self, name: str, *_: object) -> None:
        raise Unmappable(
            "entity declarations",
            f"<!ENTITY {name}> {self._here()}: it may unpack to anything. If you trust the file,"
            " let xmllint --noent --dropdtd write it out",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise Unmappable("nested too deep", f"more than {MAX_DEPTH} levels, {self._here()}")
        element = Element(name, attributes, self._parser.CurrentLineNumber)
        if self._row:
            self._hold(100 + sum(map(len, attributes.values())))
            self._row[-1].take(element)
            self._row.append(element)
            return
        if len(self._path) < 3 and len(self._seen) < 10:
            self._seen[f"<{name}>"] = None
        if self._rows.match(self._path):
            for each in self._around:
                each.parts = None
            self._held = 0
            self._row.append(element)
            return
        parent = self._around[-1] if self._around else None
        element.is_wanted = name in self._wanted or (parent is not None and parent.is_wanted)
        if parent is not None and parent.parts is not None:
            if parent.is_wanted:
                parent.parts.append(element)
            else:
                parent.parts = None
        self._around.append(element)

    def _text(self, data: str) -> None:
        open_element = self._row[-1] if self._row else self._around[-1]
        if open_element.parts is None:
            return
        open_element.parts.append(data)
        if self._row or open_element.is_wanted:
            self._hold(len(data))
        else:
            open_element.size += len(data)
            if open_element.size > 4 * MAX_NEAR_CHARS:
                open_element.parts = None

    def _end(self, name: str) -> None:
        self._path.pop()
        if self._row:
            row = self._row.pop()
            if not self._row:
                self.row_count += 1
                self._found.append((row.line, fields(row, self._around, self._places)))
            return
        closed = self._around.pop()
        if not self._around:
            return
        near = self._around[-1].near
        is_asked = name in self._wanted
        if closed.parts is not None and (is_asked or name in near or len(near) < MAX_NEAR):
            near[name] = text_of(closed)
        if is_asked:
            near |= {f"{name}/@{key}": value for key, value in closed.attributes.items()}
        for inner, value in closed.near.items():
            if inner.rpartition("/@")[0].rpartition("/")[2] in self._wanted or (
                inner.rpartition("/")[2] in self._wanted
            ):
                near[f"{name}/{inner}"] = value
        if not any(each.is_wanted for each in self._around):
            self._held = 0

    def _hold(self, size: int) -> None:
        self._held += size
        if self._held > MAX_HELD:
            raise self._too_large()

    def _too_large(self) -> Unmappable:
        return Unmappable(
            "too large", f"one element holds over {MAX_HELD:,} characters, {self._here()}"
        )

    def _here(self) -> str:
        return self._place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber)

    @staticmethod
    def _place(line: int, column: int) -> str:
        return f"line {line}, column {column + 1}"


def _verbatim(text: str) -> list[tuple[int, int]]:
    """Give the spans in which ``&name;`` is no reference."""
    spans, at = [], 0
    while opens := _OPENS.search(text, at):
        end = text.find(_VERBATIM[opens[0]], opens.end())
        at = len(text) if end < 0 else end
        spans.append((opens.start(), at))
    return spans


def _pieces(stream: BinaryIO) -> Iterator[str]:
    """Yield the text, cut behind a ``>`` where one is near, so that no reference is torn."""
    data = stream.read(PIECE_BYTES)
    name = _encoding(data)
    try:
        decoder = codecs.getincrementaldecoder(known(name))()
    except (RecipeError, LookupError):
        raise Unmappable("bad encoding", f"the file says {name}, which is not known") from None
    line, rest = 1, ""
    while True:
        try:
            text = decoder.decode(data, final=not data)
        except UnicodeError as error:
            said = getattr(error, "object", b"")[: getattr(error, "start", 0)]
            at = line + rest.count("\n") + said.count(b"\n")
            raise Unmappable("bad encoding", f"line {at} is not {name}") from error
        text = (rest + text).removeprefix("\ufeff") if line == 1 else rest + text
        if not data:
            yield text
            return
        cut = text.rfind(">") + 1 or (len(text) if len(text) > PIECE_BYTES else 0)
        rest, text = text[cut:], text[:cut]
        if text:
            yield text
        line += text.count("\n")
        data = stream.read(PIECE_BYTES)


def _encoding(data: bytes) -> str:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            return name
    declared = _DECLARED.match(data)
    name = declared[1].decode("ascii") if declared else "utf-8"
    return "utf-8" if name.lower().startswith(("utf-16", "utf-32")) else name
