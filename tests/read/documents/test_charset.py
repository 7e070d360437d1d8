"""The encoding of a web page is told from what it says and from what its bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents.web_page.charset import declared, decode
from curator.read.values import Unmappable

SAID = {
    "cp949": "안녕하세요. 휴가는 열흘 전에 신청해야 합니다.",
    "cp932": "これは日本語の文書です。休暇は十日前に申請してください。",
    "euc_jp": "これは日本語の文書です。休暇は十日前に申請してください。",
    "iso2022_jp": "これは日本語の文書です。",
    "gb18030": "这是一个中文文档。请提前十天申请休假。如有疑问请联系负责人。",
    "big5": "這是一個中文文件。請提前十天申請休假。如有疑問請聯絡負責人。",
    "cp1252": "Le café est fermé à midi… “sauf” le dimanche.",
    "cp1251": "Это русский документ. Отпуск нужно оформить за десять дней.",
    "koi8_r": "Это русский документ. Отпуск нужно оформить за десять дней.",
    "utf-8": "Café, 안녕, これは.",
}
LABELS = {
    "cp949": "EUC-KR",
    "cp932": "Shift_JIS",
    "euc_jp": "euc-jp",
    "iso2022_jp": "ISO-2022-JP",
    "gb18030": "gb2312",
    "big5": "Big5",
    "cp1252": "ISO-8859-1",
    "cp1251": "windows-1251",
    "koi8_r": "koi8-r",
    "utf-8": "utf8",
}


def page(said: str, head: str = "") -> str:
    """Give a small page."""
    return f"<html><head>{head}<title>T</title></head><body><h1>x</h1><p>{said}</p></body></html>"


@pytest.mark.parametrize(
    "head",
    [
        "<meta charset={}>",
        "<META CharSet = '{}' />",
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        '<meta content="text/html;charset={}" http-equiv="content-type"/>',
        "<!-- <meta charset=utf-16> --><meta name=a content=b><meta charset={}>",
    ],
)
@pytest.mark.parametrize("encoding", SAID)
def test_a_declared_encoding_is_read_as_browsers_read_it(encoding, head):
    """Latin-1 is Windows-1252 there, and EUC-KR its larger brother."""
    text = page(SAID[encoding], head.format(LABELS[encoding]))
    assert decode(text.encode(encoding), "utf-8") == (text, 0)


def test_an_xml_declaration_counts():
    """XHTML declares there."""
    text = '<?xml version="1.0" encoding="EUC-KR"?>' + page(SAID["cp949"])
    assert decode(text.encode("cp949"), "utf-8") == (text, 0)


@pytest.mark.parametrize("encoding", [each for each in SAID if each != "iso2022_jp"])
def test_an_undeclared_encoding_is_told_by_its_letters(encoding):
    """UTF-8 by its form, the others by the letters that texts are made of."""
    text = page(SAID[encoding])
    assert decode(text.encode(encoding), "utf-8") == (text, 0)


def test_hebrew_is_not_taken_for_small_cyrillic():
    """Both are written in the same bytes; Russian has capitals, and letters at the end."""
    text = page("כל כלב רשאי לעלות על הסיפון בליווי בעליו ובתנאי שהוא קשור ברצועה קצרה.")
    assert decode(text.encode("cp1255"), "utf-8") == (text, 0)


def test_the_language_of_the_page_tells_code_pages_apart():
    """Bytes alone could be French."""
    text = page("Zażółć gęślą jaźń.").replace("<html", '<html lang="pl"')
    assert decode(text.encode("cp1250"), "utf-8") == (text, 0)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_is_known_by_its_mark_or_its_zeros(encoding):
    """Whatever the page declares."""
    text = page("Café, 안녕.", "<meta charset=euc-kr>")
    assert decode(text.encode(encoding), "utf-8") == (text, 0)


@pytest.mark.parametrize(
    ("wrong", "real"),
    [("iso-8859-1", "utf-8"), ("utf-8", "cp949"), ("utf-8", "cp1252"), ("euc-kr", "utf-8"),
     ("shift_jis", "utf-8"), ("utf-16", "utf-8"), ("no-such", "cp932")],
)  # fmt: skip
def test_a_wrong_declaration_is_found_out(wrong, real):
    """When bytes are no text in it, or when they are beyond doubt UTF-8."""
    text = page(SAID[real], f"<meta charset={wrong}>")
    assert decode(text.encode(real), "utf-8") == (text, 0)


def test_one_bad_byte_does_not_change_the_encoding():
    """It is counted, and a mark stands for it."""
    text = page("été " * 30, "<meta charset=utf-8>")
    data = text.encode().replace(b"</p>", b"\xc3</p>")
    assert decode(data, "utf-8") == (text.replace("</p>", "\ufffd</p>"), 1)


def test_the_recipe_has_the_last_word():
    """For pages that lie."""
    text = page("Это.", "<meta charset=utf-8>")
    assert decode(text.encode("cp1251"), "cp1251") == (text, 0)


@pytest.mark.parametrize(
    ("data", "encoding", "detail"),
    [
        (
            b"<p>" + bytes(range(0xA0, 0xFF)) * 2,
            "utf-8",
            "it does not say its encoding: name it in the recipe, for example encoding: cp1251",
        ),
        (b"<p>\x81", "euc-kr", "its bytes are not euc-kr"),
    ],
)
def test_bytes_that_nothing_fits_are_refused(data, encoding, detail):
    """A guess would make nonsense of the whole page."""
    with pytest.raises(Unmappable) as error:
        decode(data, encoding)
    assert (error.value.reason, error.value.detail) == ("bad encoding", detail)


@given(st.binary(max_size=60), st.sampled_from(["", "<meta charset=euc-kr>", "<html lang=ru>"]))
def test_any_bytes_are_text_or_are_refused(data, head):
    """Nothing else happens, and what is pure ASCII is never refused."""
    try:
        text, bad = decode(head.encode() + data, "utf-8")
    except Unmappable as error:
        assert error.reason == "bad encoding"  # noqa: PT017
        assert not data.isascii()
    else:
        assert text.startswith(head) or b"\0" in data or data[:1] >= b"\xef"
        assert bad >= 0


def test_what_is_declared_after_a_script_or_wrongly_is_passed_over():
    """The first name that is one counts."""
    assert declared(b"<script>x</script><meta charset=nonsense><meta charset=gbk>") == "gb18030"
    assert declared(b"<p>charset=gbk") is None
