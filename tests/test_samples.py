"""The samples hold what samples/README.md and samples/truth.json say of them."""

import csv
import email
import json
import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from operator import add, mul, sub, truediv

import docx
import openpyxl
import pytest
from pptx import Presentation
from pypdfium2 import PdfDocument

SIGNS = {
    "\N{MULTIPLICATION SIGN}": mul,
    "\N{DIVISION SIGN}": truediv,
    "+": add,
    "\N{MINUS SIGN}": sub,
}
STEP = rf"((?:half|[\d.]+%?)(?: (?:of|[{''.join(SIGNS)}]) [\d.]+)+) = ([\d.]*\d)"
MONEY = r"€([\d,]+\.\d\d)"
CARD, PHONE = r"\b(?:\d[ -]?){15}\d\b", r"(?:\+44 ?|\b0)7700 ?900 ?\d{3}\b"
EMAIL, IBAN = r"\b[\w.]+@[\w.-]+\w", r"\b[A-Z]{2}\d{2}[ \dA-Z]{11,30}\d\b"


@pytest.fixture(scope="module")
def samples(root):
    """The folder of the samples."""
    return root / "samples"


@pytest.fixture(scope="module")
def truth(samples):
    """What was planted where."""
    return json.loads((samples / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def rows(samples):
    """The records of messages.csv from 1 on, and at 0 the header; bad bytes become surrogates."""
    with (samples / "messages.csv").open(
        encoding="utf-8", errors="surrogateescape", newline=""
    ) as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def planted(truth):
    """The truth about messages.csv."""
    return truth["messages.csv"]


def sound_lines(samples, truth, name):
    """The objects of a JSONL file by line, broken lines left out."""
    broken = {flaw["line"] for flaw in truth[name]["broken"]}
    lines = (samples / name).read_bytes().splitlines()
    return {n: json.loads(line) for n, line in enumerate(lines, 1) if n not in broken}


OFFICE = {
    "winter-timetable.docx",
    "winter-timetable.pdf",
    "port-services.xlsx",
    "safety-talk.pptx",
    "harbour-walk.html",
    "answer-about-a-lost-ticket.eml",
    "gangway-announcement.vtt",
    "pier-notice-scanned.pdf",
}


def words(text):
    """The words of a text, without case and punctuation."""
    return re.findall(r"(?:[0-9a-z]|[^\x00-\x7f])+", text.lower())


def jaccard(left, right):
    """How much of two texts' sets of 3-word shingles is shared."""
    one, two = (
        {*zip(w, w[1:], w[2:], strict=False)} or {tuple(w)} for w in map(words, (left, right))
    )
    return len(one & two) / len(one | two)


def value(step):
    """What one written step comes to: a share of an amount, or numbers with signs between them."""
    first, *rest = step.split()
    total = Decimal("0.5" if first == "half" else first.strip("%"))
    total = total / 100 if first.endswith("%") else total
    for sign, number in zip(rest[::2], rest[1::2], strict=True):
        total = SIGNS.get(sign, mul)(total, Decimal(number))
    return total


def luhn(digits):
    """Whether the last digit is the right check digit."""
    doubled = (int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def test_the_truth_explains_its_keys(truth):
    """Each kind of flaw is described at the top of the file."""
    kinds = {key for name in ("messages.csv", "chats.jsonl", "fares.jsonl") for key in truth[name]}
    baits = {f"leak_bait.{key}" for key in truth["messages.csv"]["leak_bait"]}
    assert (kinds - {"leak_bait"}) | baits <= truth["schema"].keys()


def test_readme_counts_are_true(samples, truth):
    """The table of the README gives the numbers of the truth file, and the handbook's pages."""
    text = (samples / "README.md").read_text("utf-8")
    pages = len(list((samples / "handbook").glob("*.md")))
    assert f"| `handbook/` | {pages} Markdown pages |" in text
    units = {"messages.csv": "records", "chats.jsonl": "lines", "fares.jsonl": "lines"}
    for name, unit in units.items():
        one = truth[name]
        assert f"| `{name}` | {one[unit]} {unit}, {one['sound']} of them sound |" in text
    planted = truth["messages.csv"]
    assert f"one of {len(planted['topics'])} topics" in text
    assert f"{len(planted['leak_bait']['shared_case'])} cases whose messages" in text


def test_messages_add_up(rows, planted):
    """Sound rows and planted rows together are all the records."""
    assert rows[0] == ["message", "topic", "channel", "case_id"]
    kinds = ("exact_repeats", "near_repeats", "label_conflicts", "broken")
    extra = [len(planted[kind]) for kind in kinds]
    bait = len(planted["leak_bait"]["case_and_punctuation"])
    assert extra == [15, 15, 5, 6]
    assert len(rows) - 1 == planted["records"] == planted["sound"] + sum(extra) + bait


def test_topics_of_sound_messages(rows, planted):
    """Each label has as many sound messages as the truth says."""
    bait = planted["leak_bait"]["case_and_punctuation"]
    copies = [*planted["exact_repeats"], *planted["near_repeats"], *planted["broken"], *bait]
    extra = {flaw["row"] for flaw in copies}
    extra |= {flaw["rows"][1] for flaw in planted["label_conflicts"]}
    topics = Counter(row[1] for n, row in enumerate(rows) if n and n not in extra)
    assert topics == planted["topics"]
    assert sum(topics.values()) == planted["sound"] == 600


def test_exact_repeats(rows, planted):
    """Exactly the named rows repeat an earlier message and topic letter for letter."""
    first, found = {}, []
    broken = {flaw["row"] for flaw in planted["broken"]}
    for n, row in enumerate(rows):
        if n and n not in broken and first.setdefault((row[0], row[1]), n) != n:
            found.append({"row": n, "of": first[row[0], row[1]]})
    assert found == planted["exact_repeats"]


def test_near_repeats(rows, planted):
    """Each near-repeat shares at least 80 % of its shingles with the row it comes from, not all."""
    for flaw in planted["near_repeats"]:
        (new, topic, *_), (old, same, *_) = rows[flaw["row"]], rows[flaw["of"]]
        assert topic == same
        assert flaw["of"] < flaw["row"]
        assert 0.8 <= flaw["jaccard"] < 1
        assert round(jaccard(new, old), 4) == flaw["jaccard"]


def test_no_other_rows_are_alike(rows, planted):
    """No pair of rows reaches half of its shingles in common, but those that were planted."""
    bait = planted["leak_bait"]["case_and_punctuation"]
    copies = [*planted["exact_repeats"], *planted["near_repeats"], *bait]
    pairs = {(flaw["of"], flaw["row"]) for flaw in copies}
    pairs |= {tuple(flaw["rows"]) for flaw in planted["label_conflicts"]}
    holders = {}
    for n, (text, *_) in enumerate(rows[1:], 1):
        for shingle in {*zip(words(text), words(text)[1:], words(text)[2:], strict=False)}:
            holders.setdefault(shingle, []).append(n)
    candidates = {(a, b) for held in holders.values() for b in held for a in held if a < b}
    alike = {(a, b) for a, b in candidates if jaccard(rows[a][0], rows[b][0]) >= 0.5}
    assert alike <= pairs


def test_label_conflicts(rows, planted):
    """Exactly the named pairs have one message and two topics."""
    topics = {}
    for n, row in enumerate(rows[1:], 1):
        if len(row) == 4:
            topics.setdefault(row[0], []).append((row[1], n))
    found = [v for v in topics.values() if len({topic for topic, _ in v}) > 1]
    assert sorted([n for _, n in v] for v in found) == sorted(
        flaw["rows"] for flaw in planted["label_conflicts"]
    )
    for flaw in planted["label_conflicts"]:
        assert flaw["topics"] == [rows[n][1] for n in flaw["rows"]]


def test_broken_rows(samples, rows, planted):
    """Exactly the named rows have a wrong number of cells or a byte that is not UTF-8."""
    bad = {
        n
        for n, row in enumerate(rows)
        if len(row) != 4 or re.search("[\udc80-\udcff]", "".join(row))
    }
    assert bad == {flaw["row"] for flaw in planted["broken"]}
    lines = (samples / "messages.csv").read_bytes().split(b"\n")
    for flaw in planted["broken"]:
        row = rows[flaw["row"]]
        kind = "bad encoding" if len(row) == 4 else f"too {'many' if len(row) > 4 else 'few'} cells"
        start = row[0].encode("utf-8", "surrogateescape")[:20]
        assert flaw["flaw"].split(":")[0] == kind
        assert lines[flaw["line"] - 1].lstrip(b'"').startswith(start)


def test_personal_data(rows, planted):
    """Exactly the named values look like e-mail, phone, card (Luhn) or IBAN (check digits)."""
    found = set()
    for n, (text, *_) in enumerate(rows[1:], 1):
        rest = re.sub(IBAN, "", text)
        found |= {(n, "iban", value) for value in re.findall(IBAN, text)}
        found |= {(n, "email", value) for value in re.findall(EMAIL, text)}
        found |= {(n, "phone", value) for value in re.findall(PHONE, text)}
        found |= {(n, "card", v) for v in re.findall(CARD, rest) if luhn(re.sub(r"\D", "", v))}
    flaws = planted["personal_data"]
    assert found == {(flaw["row"], v["type"], v["value"]) for flaw in flaws for v in flaw["found"]}
    assert len(flaws) == 10
    ibans = [value.replace(" ", "") for _, kind, value in found if kind == "iban"]
    assert all(int("".join(str(int(c, 36)) for c in v[4:] + v[:4])) % 97 == 1 for v in ibans)


def test_decoys_fail_the_check(rows, planted):
    """What only looks like a card number fails the Luhn check."""
    for flaw in planted["decoys"]:
        assert flaw["value"] in rows[flaw["row"]][0]
        assert not luhn(flaw["value"].replace(" ", ""))


def test_leak_bait(rows, planted):
    """Bait differs in case and punctuation only; exactly the named rows share a case."""
    for flaw in planted["leak_bait"]["case_and_punctuation"]:
        new, old = rows[flaw["row"]][0], rows[flaw["of"]][0]
        assert new != old
        assert words(new) == words(old)
    cases = {}
    for n, row in enumerate(rows[1:], 1):
        if len(row) == 4:
            cases.setdefault(row[3], []).append(n)
    shared = [{"case_id": case, "rows": held} for case, held in cases.items() if len(held) > 1]
    assert shared == planted["leak_bait"]["shared_case"]


@pytest.mark.parametrize("name", ["chats.jsonl", "fares.jsonl"])
def test_broken_lines(samples, truth, name):
    """Each named line breaks the rule it is said to break, and no other line does."""
    lines, said = (samples / name).read_bytes().splitlines(), truth[name]
    found = {}
    for n, line in enumerate(lines, 1):
        try:
            pairs = json.loads(line.decode("utf-8"), object_pairs_hook=list)
            fields = dict(pairs)
        except UnicodeDecodeError:
            found[n] = "bad encoding"
        except json.JSONDecodeError:
            found[n] = "broken"
        else:
            chats, working = fields.get("messages", []), fields.get("working", "")
            if len(fields) < len(pairs):
                found[n] = "duplicate key"
            elif not (isinstance(chats, list) and isinstance(working, str)):
                found[n] = "wrong type"
    assert found == {flaw["line"]: flaw["flaw"].split(":")[0] for flaw in said["broken"]}
    assert len(lines) == said["lines"] == said["sound"] + 4


def test_chats_answer_every_tool_call(samples, truth):
    """Each call is declared, has JSON arguments that fit, and is answered in order before anyone speaks."""
    for chat in sound_lines(samples, truth, "chats.jsonl").values():
        tools = {t["function"]["name"]: t["function"]["parameters"] for t in chat.get("tools", [])}
        waiting = []
        for message in chat["messages"]:
            if message["role"] == "tool":
                assert message["tool_call_id"] == waiting.pop(0)
                json.loads(message["content"])
                continue
            assert waiting == []
            for call in message.get("tool_calls", []):
                arguments = json.loads(call["function"]["arguments"])
                allowed = tools[call["function"]["name"]]
                assert set(allowed["required"]) <= arguments.keys() <= allowed["properties"].keys()
                waiting.append(call["id"])
        assert waiting == []


def test_chats_end_in_an_answer(samples, truth):
    """Every chat has its own id and ends in an assistant's words, save the two that are named."""
    chats = sound_lines(samples, truth, "chats.jsonl")
    assert [chat["id"] for chat in chats.values()] == [f"chat-{n:03d}" for n in range(1, 61)]
    ends = [
        {"line": n, "id": chat["id"], "ends_in": chat["messages"][-1]["role"]}
        for n, chat in chats.items()
        if not chat["messages"][-1].get("content") or chat["messages"][-1]["role"] != "assistant"
    ]
    assert ends == truth["chats.jsonl"]["unfinished"]
    assert len(ends) == 2


def test_chats_take_turns(samples, truth):
    """After an optional system text the user begins, and nobody speaks twice in a row."""
    for chat in sound_lines(samples, truth, "chats.jsonl").values():
        roles = [message["role"] for message in chat["messages"]]
        spoken = roles[1:] if roles[0] == "system" else roles
        assert spoken[0] == "user"
        assert all(one != two or one == "tool" for one, two in pairwise(spoken))
        assert "system" not in spoken


def test_fares_calculate_right(samples, truth):
    """Each of the 179 products, sums, differences and shares in the workings is right."""
    checked = 0
    for fare in sound_lines(samples, truth, "fares.jsonl").values():
        text = re.sub(r"(?<=\d),(?=\d{3})|€", "", fare["working"])
        steps = re.findall(STEP, text)
        assert len(steps) == text.count("=")
        for left, right in steps:
            assert value(left) == Decimal(right), fare["working"]
        checked += len(steps)
    assert checked == 179


def test_fares_use_the_handbook_and_end_in_the_answer(samples, truth):
    """Amounts come from the handbook, the question or a step before; the answer stands in the working."""
    book = "\n".join(page.read_text("utf-8") for page in (samples / "handbook").glob("*.md"))
    fares = sound_lines(samples, truth, "fares.jsonl").values()
    assert len({fare["question"] for fare in fares}) == len(fares) == 80
    for fare in fares:
        assert re.fullmatch(MONEY, fare["answer"])
        known = {*re.findall(MONEY, book), *re.findall(MONEY, fare["question"])}
        for result, amount in re.findall(r"(= )?" + MONEY, fare["working"]):
            assert result or amount in known, fare["working"]
            known.add(amount)
        assert fare["answer"][1:] in known | {"0.00"}


def test_handbook_pages_have_what_recipes_look_for(samples):
    """Pages are 60 to 150 lines, one has front matter, most have questions, tables and steps, all define words."""
    pages = {page.name: page.read_text("utf-8") for page in (samples / "handbook").glob("*.md")}
    assert all(60 <= text.count("\n") <= 150 for text in pages.values())
    assert [name for name, text in pages.items() if text.startswith("---\n")] == ["fares.md"]
    for sign, least in (
        ("?\n\n", 12),
        ("|---|", 13),
        ("\n1. ", 12),
        ("**Before:**", 3),
        (" when ", 12),
    ):
        assert sum(sign in text for text in pages.values()) >= least, sign
    assert all(
        re.search(r"\*\*[^*]+\*\*(?: is | means |: | are )", text) for text in pages.values()
    )


@pytest.fixture(scope="module")
def office(samples):
    """The folder of papers that are not Markdown."""
    return samples / "office"


def printed(path):
    """What the pages of a PDF say, by a library that reads nothing else."""
    pages = PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in pages)


def test_every_paper_is_described(samples, office):
    """The README has a row for each, and no other."""
    text = (samples / "README.md").read_text("utf-8")
    section = text.partition("### office/\n")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)) == OFFICE
    assert {path.name for path in office.iterdir()} == OFFICE
    assert f"| `office/` | {len(OFFICE)} files, {len(OFFICE) - 1} of them with text |" in text


def test_the_timetable_says_the_same_as_word_and_as_pdf(office):
    """Word for word; only numbers of steps and bullets are drawn in one and not in the other."""
    paper = docx.Document(office / "winter-timetable.docx")
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    written = Counter(words("\n".join([*(each.text for each in paper.paragraphs), *cells])))
    drawn = Counter(words(printed(office / "winter-timetable.pdf")))
    assert sum(written.values()) > 150
    assert written - drawn == Counter()
    assert all(word.isdigit() or word == "•" for word in drawn - written)


def test_the_scan_is_a_picture_and_nothing_else(office):
    """One page, no text."""
    path = office / "pier-notice-scanned.pdf"
    [page] = PdfDocument(path)
    assert printed(path).strip() == ""
    assert len(list(page.get_objects())) == 1


def test_sheets_and_slides_are_as_described(office):
    """Two sheets, three slides, one of them with notes."""
    book = openpyxl.load_workbook(office / "port-services.xlsx")
    assert book.sheetnames == ["Port services", "Parking"]
    slides = list(Presentation(office / "safety-talk.pptx").slides)
    assert [slide.has_notes_slide for slide in slides] == [False, True, False]


def test_the_page_the_mail_and_the_subtitles_are_as_described(office):
    """Each holds what surrounds its text, too."""
    page = (office / "harbour-walk.html").read_text("utf-8")
    assert all(mark in page for mark in ("<nav", "<footer", "<main"))
    mail = email.message_from_bytes((office / "answer-about-a-lost-ticket.eml").read_bytes())
    assert (mail["Subject"], mail.is_multipart()) == ("Your question about a lost ticket", False)
    subtitles = (office / "gangway-announcement.vtt").read_text("utf-8")
    assert (subtitles.count("-->"), set(re.findall(r"<v (\w+)>", subtitles))) == (3, {"Purser"})


def test_what_must_be_derived_stands_in_the_handbook(samples, truth):
    """133 examples, each on the page that it is said to be from."""
    pages = {
        page.name: " ".join(
            re.sub(r"[*`#>]|\n *(?:\d+\.|-)? *", " ", page.read_text("utf-8")).split()
        )
        for page in (samples / "handbook").glob("*.md")
    }
    told = truth["handbook"]
    kinds = [kind for kind in told if kind != "must_not"]
    assert sum(len(told[kind]) for kind in kinds) == 133
    assert len(told["must_not"]) == 16
    for kind in kinds:
        for each in told[kind]:
            said = {key: each[key] for key in ("question", "heading", "first_step") if key in each}
            for value in said.values():
                assert " ".join(words(value)) in " ".join(words(pages[each["page"]])), each
