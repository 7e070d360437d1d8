"""What was published is checked as far as its files go: whatever is broken there is noticed."""

import json
import shutil
from dataclasses import replace

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curator.engine import polars as engine
from curator.manifest import load
from curator.pipeline.folder import write_json
from curator.pipeline.run import run
from curator.publish.bundle import bundled
from curator.publish.hub import Options
from curator.publish.layout import in_repository, in_run
from curator.publish.publication import entry, parse
from curator.recipe import load as recipe
from curator.verify import verify
from curator.verify.published import same_bytes

RECIPE = """\
name: desk
task:
  instruction: Name the topic.
  input: "%s"
  reasoning: %s
  output: {labels: from_data}
read:
  - jsonl: {path: rows.jsonl, map: {input: text, label: topic, group: case, context: passage, reasoning: why}}
select: [split, random: {per_label: 1}]
validate: [split_leakage]
write:
  - bank
  - instruction_set
  - trainer: {tokenizer: tokenizer, max_length: 512, overflow: drop, reasoning: %s}
"""
PLAIN = "Message: {{ input }}"


def make(folder, root, template=PLAIN, reasoning="false", place="content", *, more=()):
    """Make a run of 80 rows, some with a passage, and lay out what would be published of it."""
    rows = [
        {"text": f"{i} {i * i} {i**3} ferry {i % 7}", "topic": "fare" if i % 2 else "lost"}
        | {"case": f"c{i}", "why": f"because {i}"}
        | ({"passage": f"The pier {i * 31} is {i**2} long."} if i % 3 == 0 else {})
        for i in range(80)
    ]
    rows += [
        rows[at] if isinstance(at, int) else {**rows[0], "text": at, "case": "x"} for at in more
    ]
    (folder / "tokenizer").symlink_to(root / "samples/tokenizer")
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (folder / "desk.yaml").write_text(RECIPE % (template, reasoning, place))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run(recipe("desk.yaml"), folder / "run")
    return unpack(folder / "run", folder / "set")


def unpack(made, out, options=None):
    """Lay out what would be published, as a pull does."""
    with bundled(
        made, options or Options(repo_id="ann/desk", private=True, include=("bank", "trainer"))
    ) as bundle:
        for path, content in bundle.contents.items():
            place = out / in_run(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    return out


def reseal(folder):
    """Write hashes anew, as somebody would who wants a change to pass: card, manifest, publication."""
    manifest = load(folder)
    for path in (one for one in folder.rglob("*") if one.is_file()):
        name, found = path.relative_to(folder).as_posix(), entry(path)
        if name in manifest.artifacts and not name.endswith("README.md"):
            manifest.artifacts[name].update(sha256=found.sha256, size_bytes=found.size_bytes)
    write_json(folder / "manifest.json", manifest.as_dict(), "manifest")
    told = parse((folder / "publication.json").read_bytes(), "")
    names = {in_run(path): path for path in told.files}
    files = {path: entry(folder / name) for name, path in names.items()}
    told = replace(told, files=files, manifest_sha256=files["manifest.json"].sha256)
    (folder / "publication.json").write_bytes(told.to_bytes())


@pytest.fixture(scope="module")
def published(tmp_path_factory, root):
    """Lay out one published set."""
    return make(tmp_path_factory.mktemp("desk"), root)


@pytest.fixture
def copy(published, tmp_path):
    """Give each test files of its own to tamper with."""
    return shutil.copytree(published, tmp_path / "set")


def broken(folder):
    """Name the promises that do not hold, with what was said."""
    return {p.name: "\n".join(map(str, p.violations)) for p in verify(folder) if not p.holds}


def not_redone(folder):
    """Give what was not done anew, in words."""
    return " | ".join(what for promise in verify(folder) for what in promise.not_redone)


def rewrite(path, change):
    """Change the rows of a Parquet file, and keep its types."""
    table = pq.read_table(path)
    rows = change(table.to_pylist())
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path)


def shard(folder, split):
    """Give the one file of a split."""
    return next((folder / "dataset/data").glob(f"{split}-*.parquet"))


def test_a_set_that_nobody_touched_keeps_every_promise(copy):
    """There are no false alarms, with passages before the template's words and without."""
    assert broken(copy) == {}


def test_it_says_what_cannot_be_done_anew_without_the_records(copy):
    """A promise that was only half looked at is not called kept in silence."""
    words = not_redone(copy)
    for what in ("rows that were not kept", "2 files of the run are not published", "ids: "):
        assert what in words


def test_one_changed_byte_in_any_file_is_noticed(copy):
    """The publication names each file by its hashes; the manifest names it again."""

    def found():
        return same_bytes.check(copy, engine).violations

    for path in sorted(one for one in copy.rglob("*") if one.is_file()):
        data = path.read_bytes()
        at = (
            data.index(b"sha") + 12 if path.suffix == ".json" and b"sha" in data else len(data) // 2
        )
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert found(), path
        path.write_bytes(data)
    assert not found()


@pytest.mark.parametrize("name", ["leakage.json", "bank/exemplars.parquet", "dataset/README.md"])
def test_a_file_that_is_gone_or_strange_is_named(copy, name):
    """Nothing is missing, and nothing was put beside it."""
    (copy / name).rename(copy / "other")
    found = broken(copy)["same bytes"]
    assert f"{name}: the publication lists this file, but it is gone" in found
    assert "other: the publication does not list this file" in found


def test_a_publication_of_something_else_is_held_against_the_manifest(copy):
    """New hashes in the publication alone do not help."""
    rewrite(shard(copy, "test"), lambda rows: rows[1:])
    told = parse((copy / "publication.json").read_bytes(), "")
    path = in_repository(shard(copy, "test").relative_to(copy).as_posix())
    told.files[path] = entry(shard(copy, "test"))
    (copy / "publication.json").write_bytes(told.to_bytes())
    assert "what was pushed is not what the run wrote" in broken(copy)["same bytes"]


def test_an_edited_card_is_not_the_card_of_the_run(copy):
    """Its new configs can be taken away, and nothing else may differ."""
    card = copy / "dataset/README.md"
    card.write_text(card.read_text().replace("Name the topic.", "Name the tropic."))
    reseal(copy)
    assert "it is not the card of the run" in broken(copy)["same bytes"]


def test_exemplars_that_are_loaded_are_those_of_the_bank(copy):
    """The table was made for the repository: it is made again."""
    rewrite(copy / "bank/exemplars.parquet", lambda rows: rows[::-1])
    reseal(copy)
    assert "does not hold what exemplars.jsonl holds" in broken(copy)["same bytes"]


def test_a_row_that_is_missing_is_counted(copy):
    """Manifest, card and trainer export each know how many there were."""
    gone = pq.read_table(shard(copy, "train"))["id"][3].as_py()
    rewrite(shard(copy, "train"), lambda rows: rows[:3] + rows[4:])
    reseal(copy)
    found = broken(copy)["nothing is lost"]
    assert "the manifest says kept 80, the dataset holds 79" in found
    assert "train: the card says" in found
    assert f"the row {gone}" in found or gone in found


def test_a_sum_that_does_not_close_is_told(copy):
    """The manifest's own counts are added up."""
    manifest = load(copy)
    write_json(
        copy / "manifest.json",
        replace(manifest, ledger=replace(manifest.ledger, read=99)).as_dict(),
        "manifest",
    )
    reseal(copy)
    assert "the manifest's sum does not close: read 99 = kept 80" in broken(copy)["nothing is lost"]


def test_a_text_in_two_splits_is_found(copy):
    """Whatever the certificate says, the texts themselves are compared."""
    said = pq.read_table(shard(copy, "train")).to_pylist()[0]["messages"]
    rewrite(shard(copy, "test"), lambda rows: [{**rows[0], "messages": said}, *rows[1:]])
    reseal(copy)
    assert "has the same words as test row" in broken(copy)["nothing leaks"]


def test_a_near_repeat_in_two_splits_is_found_under_the_words_of_the_template(copy):
    """The template is alike in all rows; what stands in it is compared."""
    said = "Message: " + " ".join(f"word{i}" for i in range(20))
    for split, end in (("train", ""), ("test", " please")):

        def edit(rows, end=end):
            rows[0]["messages"][1]["content"] = said + end
            return rows

        rewrite(shard(copy, split), edit)
    reseal(copy)
    assert "is a near-duplicate of test row" in broken(copy)["nothing leaks"]


def test_the_words_of_a_long_template_make_no_two_rows_alike(tmp_path, root):
    """They are taken off before texts are compared."""
    words = " ".join(f"word{i}" for i in range(40))
    assert broken(make(tmp_path, root, template=f"{words}: {{{{ input }}}} {words}")) == {}


def test_a_group_in_two_splits_is_found(copy):
    """One customer, two splits."""
    group = pq.read_table(shard(copy, "train"))["group"][0].as_py()
    rewrite(shard(copy, "test"), lambda rows: [{**rows[0], "group": group}, *rows[1:]])
    reseal(copy)
    assert "shares a group with" in broken(copy)["nothing leaks"]


def test_an_exemplar_that_is_no_train_row_is_found(copy):
    """The bank is looked up in the dataset."""
    test = pq.read_table(shard(copy, "test"))["id"][0].as_py()
    path = copy / "bank/exemplars.jsonl"
    first, *rest = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([orjson.dumps({**orjson.loads(first), "id": test}), *rest]) + b"\n")
    assert f"exemplar 0 ({test}) is a test row" in broken(copy)["nothing leaks"]


def test_a_segment_in_the_files_of_another_split_is_found(copy):
    """A test row must not be trained on, whoever says that it is one."""

    def edit(rows):
        at = next(n for n, row in enumerate(rows) if row["split"] == "test")
        rows[at]["split"] = "train"
        return rows

    rewrite(copy / "trainer/segments.parquet", edit)
    reseal(copy)
    assert "is test, but a segment of it stands in pack 0 of train" in broken(copy)["nothing leaks"]


@pytest.mark.parametrize(
    ("place", "text", "words"),
    [
        (0, "Name it.", "its prompt does not begin with the task's own words"),
        (1, "Massage: 3", "its question does not stand in the task's input template"),
    ],
)
def test_a_row_that_the_task_does_not_write_is_named(copy, place, text, words):
    """Prompts are what the task in the manifest makes of a text."""

    def edit(rows):
        rows[2]["messages"][place]["content"] = text
        return rows

    rewrite(shard(copy, "train"), edit)
    reseal(copy)
    found = broken(copy)["masks are proven"]
    name = pq.read_table(shard(copy, "train"))["id"][2].as_py()
    assert f"{name}: {words}" in found


def test_a_token_of_the_trainer_export_is_held_against_its_row(copy):
    """Tokens are made of the rows of the dataset again."""
    path = next((copy / "trainer/packed").glob("train-*.parquet"))
    table = pq.read_table(path)
    ids = table["input_ids"].to_pylist()
    ids[0][5] += 1
    column = pa.array(ids, type=table.schema.field("input_ids").type)
    at = table.schema.get_field_index("input_ids")
    pq.write_table(table.set_column(at, table.schema.field(at), column), path)
    reseal(copy)
    assert "(train, pack 0): packed: token 5 is" in broken(copy)["masks are proven"]


def test_an_edited_answer_is_no_longer_what_the_tokens_say(copy):
    """Where the export went along, it is a second witness of each row."""

    def edit(rows):
        rows[0]["messages"][-1]["content"] = "something else"
        return rows

    rewrite(shard(copy, "test"), edit)
    reseal(copy)
    assert "packed: token" in broken(copy)["masks are proven"]


@pytest.mark.parametrize(
    ("field", "words"),
    [("uri", "does not say which row of which file"), ("sha256", "the manifest does not list")],
)
def test_a_row_of_a_file_that_was_not_read_is_named(copy, field, words):
    """Each row names a row of a file that the manifest lists, by its hash."""

    def edit(rows):
        rows[0]["provenance"][field] = None if field == "uri" else "0" * 64
        return rows

    rewrite(shard(copy, "test"), edit)
    reseal(copy)
    assert words in broken(copy)["rows tell their life"]


def test_a_shard_that_is_no_parquet_breaks_promises_and_nothing_else(copy):
    """No traceback: what cannot be read is told."""
    shard(copy, "test").write_bytes(b"PAR1 not really PAR1")
    found = broken(copy)
    assert "a file cannot be read: " in found["nothing leaks"]
    assert "its bytes are not those that were pushed" in found["same bytes"]


def test_reasoning_before_the_answer_is_held_against_its_column(tmp_path, root):
    """A completion with reasoning is what the task writes, and its tokens are made again."""
    folder = make(tmp_path, root, reasoning="true")
    assert broken(folder) == {}

    def edit(rows):
        rows[0]["reasoning"] = "because not"
        return rows

    rewrite(shard(folder, "train"), edit)
    reseal(folder)
    assert "its answer does not follow its reasoning" in broken(folder)["masks are proven"]


def test_reasoning_in_a_place_of_its_own_is_not_made_again_and_says_so(tmp_path, root):
    """The dataset has it in the answers: the tokens cannot be made of these."""
    folder = make(tmp_path, root, reasoning="true", place="field")
    assert broken(folder) == {}
    assert "the tokens have it in a place of its own" in not_redone(folder)


def test_a_template_that_does_more_than_put_words_around_is_said_not_to_be_redone(tmp_path, root):
    """Its words are alike in all rows, so only equal texts are looked for."""
    folder = make(tmp_path, root, template="Message: {{ input | upper }} and that is all of it")
    assert broken(folder) == {}
    assert "the words of the input template are alike in all rows" in not_redone(folder)
    assert "it does more than put words around a text" in not_redone(folder)


def test_repeats_and_rows_too_long_for_the_export_are_told_apart(tmp_path, root):
    """Segments name rows of the run by number; here they are found by their id and their turn."""
    long = [" ".join(f"w{i}x{n}" for i in range(400)) for n in range(4)]
    folder = make(tmp_path, root, more=[3, long[0], 5, 3, long[1], 7, long[2], long[3], 3])
    assert (folder / "trainer/skipped.jsonl").is_file()
    assert broken(folder) == {}


def test_without_the_trainer_export_its_proof_is_all_there_is(published, tmp_path):
    """It is said that tokens were not looked at."""
    made = published.parent / "run"
    folder = unpack(made, tmp_path / "set", Options(repo_id="ann/desk", private=True))
    assert broken(folder) == {}
    assert "tokens are not published: masks.json says what was proven of them" in not_redone(folder)
