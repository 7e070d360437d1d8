"""Mails: subject, body and names of attachments, whatever the parts, charsets and damages."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.read.documents import mail
from curator.read.values import Unmappable

HEAD = (
    "From: Ida <ida@ferry.example>\nTo: desk@ferry.example\nSubject: Dogs on board\n"
    "Date: Mon, 4 Mar 2024 09:30:00 +0100\nMessage-ID: <1@ferry.example>\n"
)


def read(body, head="Content-Type: text/plain; charset=utf-8\n"):
    """Read a mail with this body; bytes are added as they are."""
    data = body if isinstance(body, bytes) else body.encode()
    return mail.parse(f"{HEAD}{head}\n".encode() + data, "utf-8")


def said(document):
    """Give each block's kind and text."""
    return [(each.kind, document.text[each.start : each.end]) for each in document.blocks]


def test_a_mail_is_its_subject_body_and_attachments(tmp_path):
    """Who wrote to whom, and when, is meta."""
    made = EmailMessage()
    made["From"], made["To"] = "Ida Bø <ida@ferry.example>", "desk@ferry.example"
    made["Subject"], made["Date"] = "Hünde an Bord: fünf Fragen", "Mon, 4 Mar 2024 09:30:00 +0100"
    made.set_content("May dogs come?\n\n- small ones\n- large ones\n")
    made.add_alternative("<p>May <b>dogs</b> come?</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="règles.pdf")
    made.add_attachment("a,b\n", subtype="csv", filename="fares.csv")
    document = mail.parse(bytes(made), "utf-8")
    assert mail.recognises(bytes(made))
    assert document.title == "Hünde an Bord: fünf Fragen"
    assert said(document) == [
        ("heading", "# Hünde an Bord: fünf Fragen"),
        ("paragraph", "May dogs come?"),
        ("list", "- small ones\n- large ones"),
        ("paragraph", "Attachments: règles.pdf, fares.csv"),
    ]
    assert document.meta == {
        "from": "Ida Bø <ida@ferry.example>",
        "to": "desk@ferry.example",
        "date": "2024-03-04T09:30:00+01:00",
        "attachments": ["règles.pdf", "fares.csv"],
    }
    assert document.left_out == ("attachments | règles.pdf, fares.csv",)


def test_a_page_is_read_where_there_is_no_plain_text():
    """Its headings and lists are kept, its styles are not."""
    page = (
        "<style>p {}</style><h2>Rules</h2><p>Dogs may <a href='x'>come</a>.</p><ul><li>a<li>b</ul>"
    )
    document = read(page, "Content-Type: text/html; charset=utf-8\n")
    assert [kind for kind, _ in said(document)] == ["heading", "heading", "paragraph", "list"]
    assert "Dogs may" in document.text
    assert "p {}" not in document.text


def test_what_is_quoted_stands_apart():
    """The reply, who wrote before, each depth of quotation, and the signature."""
    body = "Yes.\nOn Mon, 4 Mar 2024 at 09:30,\nIda <ida@ferry.example> wrote:\n> May dogs\n> come?\n>\n> Ida\nThey may.\n-- \nThe desk\n-----Original Message-----\nFrom: Ida\n"
    assert [text for _, text in said(read(body))][1:] == [
        "Yes.",
        "On Mon, 4 Mar 2024 at 09:30,\nIda <ida@ferry.example> wrote:",
        "> May dogs\n> come?",
        "> Ida",
        "They may.",
        "--\nThe desk",
        "-----Original Message-----\nFrom: Ida",
    ]


def test_flowed_lines_are_joined():
    """Soft breaks go, hard ones stay, stuffed spaces go, and quotations keep their depth."""
    head = "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=no\n"
    body = "One line \nthat goes on.\nAnother.\n From the start\n> quoted \n> too\n>> deep \nout \n-- \nIda\n"
    assert read(body, head).text.split("\n\n", 1)[1] == (
        "One line that goes on.\nAnother.\nFrom the start\n\n> quoted too\n>> deep\n\nout\n\n--\nIda"
    )


@pytest.mark.parametrize(
    ("data", "head"),
    [
        ("é € 5".encode("cp1252"), "Content-Type: text/plain; charset=iso-8859-1\n"),
        ("é € 5".encode(), "Content-Type: text/plain\n"),
        ("é € 5".encode("cp1252"), "Content-Type: text/plain; charset=utf-8\n"),
        ("é € 5".encode(), "Content-Type: text/plain; charset=klingon\n"),
        (
            b"=C3=A9 =E2=82=\n=AC 5",
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
        ),
        (
            b"w6kg4oKsIDU=",
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n",
        ),
    ],
)
def test_charsets_and_encodings_are_undone(data, head):
    """Also those that are wrong, or unknown."""
    assert said(read(data, head))[1:] == [("paragraph", "é € 5")]


def test_pictures_of_a_page_and_seals_are_no_attachments():
    """They belong to what is read; a picture beside it is attached."""
    picture = "Content-Type: image/png; name={}.png\n\nx\n"
    body = (
        "--b\nContent-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>Dogs</p>\n"
        f"--c\n{picture.format('logo')}--c--\n--b\n{picture.format('map')}--b--\n"
    )
    document = read(body, "Content-Type: multipart/mixed; boundary=b\n")
    assert [text for _, text in said(document)][1:] == ["Dogs", "Attachments: map.png"]


def test_a_forwarded_mail_stands_under_its_subject():
    """With who wrote it, and its attachments among the others."""
    inner = EmailMessage()
    inner["Subject"], inner["From"] = "Fares", "Bo <bo@x.example>"
    inner.set_content("How much?")
    inner.add_attachment(b"x", maintype="image", subtype="png", filename="map.png")
    outer = EmailMessage()
    outer["Subject"], outer["From"], outer["Message-ID"] = "Fwd: Fares", "a@x.example", "<2@x>"
    outer.set_content("See below.")
    outer.add_attachment(inner)
    assert mail.parse(bytes(outer), "utf-8").text == (
        "# Fwd: Fares\n\nSee below.\n\n### Fares\n\nFrom: Bo <bo@x.example>\n\nHow much?\n\n"
        "Attachments: map.png"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"# Dogs\n\nFrom: here\n",
        b"From: Ida\nTo: Desk\nSubject: Dogs\n\nA memo, not a mail.\n",
        b"---\ntitle: x\nMessage-ID: y\n---\n",
        b"",
    ],
)
def test_what_looks_a_little_like_a_mail_is_none(data):
    """Only what no other text begins with is certain."""
    assert not mail.recognises(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"From a Mon Mar  4 09:30:00 2024\nSubject: 1\n\na\n\nFrom b Mon Mar  4 09:30:00 2024\nSubject: 2\n\nb\n",
            "several mails in one file | 2 mails: save each as .eml",
        ),
        (
            HEAD.encode() + b"Content-Type: multipart/encrypted; boundary=x\n\n--x--\n",
            "encrypted | save it decrypted from the mail program",
        ),
        (
            HEAD.encode()
            + b"".join(
                b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(60)
            ),
            "nested too deep | more than 30 levels or 1000 parts",
        ),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    """With what to do about it."""
    with pytest.raises(Unmappable) as why:
        mail.parse(data, "utf-8")
    assert str(why.value) == reason


def test_a_mail_cut_short_is_read_as_far_as_it_goes():
    """A missing end mark loses nothing that is there."""
    body = "--b\nContent-Type: text/plain\n\nMay dogs come?\n--b\nContent-Type: application/pdf; name=a.pdf\n"
    document = read(body, "Content-Type: multipart/mixed; boundary=b\n")
    assert [text for _, text in said(document)][1:] == ["May dogs come?", "Attachments: a.pdf"]


def test_parts_without_their_marks_are_read_as_text():
    """The head promises parts that are not there."""
    head = "Content-Type: multipart/mixed; boundary=b\n"
    assert said(read("Dogs are welcome.\n", head))[1:] == [("paragraph", "Dogs are welcome.")]


@given(st.text("ab >\n-.:Onwrote é\u00a0", max_size=80))
def test_no_word_is_lost_and_every_span_is_exact(body):
    """Blocks hold the words of the body in order, and nothing stands around them."""
    document = read(body)
    told = " ".join(text for _, text in said(document)[1:]).replace(">", " ").split()
    assert told == body.replace(">", " ").split()
    assert all(text == text.strip("\n") and text for _, text in said(document))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_a_reason(data):
    """Never a crash."""
    try:
        document = mail.parse(HEAD.encode() + data, "utf-8")
    except Unmappable:
        return
    assert document.text.startswith("# Dogs on board")
