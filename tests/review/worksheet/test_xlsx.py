"""The worksheet as an Excel file."""

import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import MissingExtra, ReviewError
from curator.review.worksheet.xlsx import _unescaped, escaped

MANY = [f"a label with a long name, number {n}" for n in range(77)]


@given(st.text() | st.text(alphabet=[*"_x0ABf5\x0b\r"]))
def test_escapes_are_undone_exactly(text):
    """For any text at all, those that look like escapes among them."""
    assert _unescaped(escaped(text)) == text
    assert not re.search("[\x00-\x08\x0b-\x1f]", escaped(text))


def test_the_sheet_is_made_for_a_person(labels):
    """The header stays, texts wrap, long columns are wide, and rows can be filtered."""
    labels.send(labels.item("a1" * 16, "x " * 99, label="refund"), file="w.xlsx")
    page = openpyxl.load_workbook(labels.path)["review"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("B2", "A1:L2")
    assert page["C2"].alignment.wrap_text
    assert [cell.fill.fill_type for cell in page[2]] == [None] * 6 + ["solid"] * 6
    assert page.column_dimensions["A"].width < page.column_dimensions["E"].width
    assert [cell.value for cell in page[1]] == [
        "id", "why", "prompt", "passage", "answer now", "label now",
        "verdict", "label", "reasons", "rating", "comment", "reviewer",
    ]  # fmt: skip


def test_choices_are_lists_to_choose_from(labels):
    """Verdict, label and rating; the labels stand on a hidden sheet, commas and all."""
    labels.send(labels.item("a1"), labels.item("b2"), file="w.xlsx")
    book = openpyxl.load_workbook(labels.path)
    lists = {str(one.sqref): one.formula1 for one in book["review"].data_validations.dataValidation if one.type == "list"}  # fmt: skip
    assert lists == {
        "G2:G3": "lists!$A$1:$A$3",
        "H2:H3": "lists!$B$1:$B$3",
        "J2:J3": "lists!$C$1:$C$5",
    }
    assert book["lists"].sheet_state == "hidden"
    columns = [[cell.value for cell in column if cell.value] for column in book["lists"].columns]
    assert columns == [["keep", "fix", "reject"], ["refund", "card, lost", "007"], [1, 2, 3, 4, 5]]


def test_a_sheet_without_rows_has_ranges_that_excel_takes(desk):
    """From a first row to a last one, not back."""
    desk.send(desk.item(people=0), file="w.xlsx")
    page = openpyxl.load_workbook(desk.path)["review"]
    assert {str(one.sqref) for one in page.data_validations.dataValidation} == {"A2:F2", "G2", "J2"}
    assert desk.collect() == []


def test_what_is_shown_refuses_to_be_typed_over(desk):
    """And can still be sorted, which a locked column cannot."""
    desk.send(file="w.xlsx")
    page = openpyxl.load_workbook(desk.path)["review"]
    (shown,) = [one for one in page.data_validations.dataValidation if one.type == "custom"]
    assert (str(shown.sqref), shown.formula1, shown.showErrorMessage) == ("A2:F2", "FALSE", True)
    assert not page.protection.sheet


def test_no_cell_is_a_formula_or_an_error(desk):
    """All texts are texts, and what is typed into their cells stays one."""
    bad = ["=1+1", "#N/A", "+1", "@x"]
    desk.send(*[desk.item(f"a{n}", text, why=text, metadata={"source": text}) for n, text in enumerate(bad)], guidelines="=1\n#REF!", file="w.xlsx")  # fmt: skip
    book = openpyxl.load_workbook(desk.path)
    cells = [cell for page in book for line in page.iter_rows() for cell in line]
    with zipfile.ZipFile(desk.path) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]
        assert not [name for name in parts.namelist() if b't="e"' in parts.read(name)]
    assert {cell.number_format for cell in cells if cell.value in bad} == {"@"}


def test_the_guidelines_are_the_second_sheet(desk):
    """With what each question means, and its choices."""
    desk.send(guidelines="## Be *kind*.\n\n- **Be** brief\\_er.\n```\n*x*\\n\n```", file="w.xlsx")
    book = openpyxl.load_workbook(desk.path)
    lines = [line[0] for line in book["guidelines"].iter_rows(values_only=True)]
    assert [book["guidelines"][cell].font.bold for cell in ("A1", "A3")] == [True, False]
    assert book.sheetnames == ["review", "guidelines", "lists"]
    assert lines[:5] == ["Be kind.", None, "- Be brief_er.", "```", "*x*\\n"]
    assert "verdict: Keep it as it is, fix it below, or reject it. (keep, fix, reject)" in lines


@pytest.mark.parametrize(
    ("text", "units"), [("x" * 32_768, 32_768), ("😀" * 16_384, 32_768), ("\x01" * 5000, 35_000)]
)
def test_a_text_that_no_cell_holds_is_refused(desk, text, units):
    """Excel counts UTF-16 units, and openpyxl would cut."""
    with pytest.raises(ReviewError) as caught:
        desk.send(desk.item("a1", text), file="w.xlsx")
    assert caught.value.where == "record a1"
    assert (
        caught.value.message
        == f"answer now has {units:,} characters, and a cell of an Excel file holds 32,767"
    )
    assert caught.value.hint == "set path to a .jsonl or .csv file"
    assert list(desk.folder.iterdir()) == []


def test_a_text_that_just_fits_comes_back_whole(desk):
    """To the last character."""
    desk.send(desk.item("a1", "é" * 32_767), file="w.xlsx")
    desk.fill(verdict="keep")
    assert [one.values for one in desk.collect()] == [{"verdict": "keep"}]


def test_a_number_that_is_none_does_not_break_the_file(desk):
    """Excel refuses a file with nan in a number."""
    desk.send(desk.item("a1", metadata={"confidence": float("nan")}), file="w.xlsx")
    assert openpyxl.load_workbook(desk.path)["review"]["M2"].value == "nan"


def test_sheets_may_be_renamed_and_moved(desk):
    """The sheet with the ids is the one; messages call it by its new name."""
    desk.send(file="w.xlsx")
    book = openpyxl.load_workbook(desk.path)
    book["review"]["G2"] = "yes"
    book["review"].title = "Sheet1"
    book.move_sheet("Sheet1", 2)
    book.save(desk.path)
    with pytest.raises(ReviewError) as caught:
        desk.collect()
    assert caught.value.violations[0].where == f"{desk.path}!Sheet1!G2"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no", b"id,verdict\n"])
def test_a_file_that_is_no_excel_file_is_named(desk, data):
    """Nothing of it reaches the user but words."""
    desk.send(file="w.xlsx").write_bytes(data)
    with pytest.raises(ReviewError, match="this is no Excel file that can be read") as caught:
        desk.collect()
    assert caught.value.where == str(desk.path)


def test_a_file_without_its_header_is_named(desk):
    """It may be another file altogether."""
    openpyxl.Workbook().save(desk.send(file="w.xlsx"))
    with pytest.raises(ReviewError, match="no sheet has a column 'id' in its first row"):
        desk.collect()


def _repacked(path, name, data):
    with zipfile.ZipFile(path) as parts:
        held = {one: parts.read(one) for one in parts.namelist()}
    held[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        for one, packed in held.items():
            parts.writestr(one, packed)


def test_a_file_that_unpacks_without_end_is_refused(desk, monkeypatch):
    """Before any of it is unpacked."""
    monkeypatch.setattr("curator.review.worksheet.xlsx.MAX_UNPACKED_BYTES", 1 << 20)
    path = desk.send(file="w.xlsx")
    _repacked(path, "docProps/app.xml", b" " * (2 << 20))
    with pytest.raises(ReviewError, match="unpacks to 2,"):
        desk.collect()


def test_entities_are_not_followed(desk):
    """A file from outside reads no other file."""
    secret = desk.folder / "secret.txt"
    secret.write_text("our secret")
    path = desk.send(file="w.xlsx")
    head = f'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    _repacked(path, "xl/worksheets/sheet1.xml", head + sheet.replace(b"It is paid back.", b"&e;"))
    with pytest.raises(ReviewError, match="this is no Excel file that can be read") as caught:
        desk.collect()
    assert "our secret" not in str(caught.value)


def test_without_openpyxl_the_extra_is_named(desk, monkeypatch):
    """CSV and JSON lines need nothing."""
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(MissingExtra) as caught:
        desk.send(file="w.xlsx")
    assert caught.value.hint == "pip install 'curator-toolkit[review]'"
    assert desk.send(file="w.csv").is_file()


def test_many_labels_fit_a_list(labels):
    """A list written into the cell itself ends at 255 characters."""
    from curator.task import Task

    labels.task = Task.from_dict({"output": {"labels": MANY}})
    labels.send(labels.item("a1", label=MANY[0]), file="w.xlsx")
    labels.fill(verdict="fix", label=MANY[-1])
    assert labels.collect()[0].values["label"] == MANY[-1]
