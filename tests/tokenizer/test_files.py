"""Where a tokenizer is found, what its files say, and what is saved."""

import hashlib
import json
import subprocess
import sys

import pytest

from curator.errors import RecipeError
from curator.tokenizer import open_files

MODEL = '{"model": {}}'


def folder(path, **files):
    """A folder with these files; ``config`` and ``special`` are the usual JSON files."""
    names = {"config": "tokenizer_config.json", "special": "special_tokens_map.json"}
    path.mkdir(parents=True, exist_ok=True)
    (path / "tokenizer.json").write_text(MODEL)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (path / names.get(name, name.replace("__", "."))).write_text(text, "utf-8")
    return path


def test_a_folder_and_its_file_are_the_same_tokenizer(root):
    """The files beside a tokenizer.json belong to it."""
    path = root / "samples" / "tokenizer"
    whole, file = open_files(str(path)), open_files(str(path / "tokenizer.json"))
    assert (whole.json, whole.extra) == (file.json, file.extra)
    assert sorted(whole.extra) == ["chat_template.jinja", "tokenizer_config.json"]
    assert whole.name == str(path)
    assert whole.sha256 == hashlib.sha256((path / "tokenizer.json").read_bytes()).hexdigest()
    named = (whole.bos_token, whole.eos_token, whole.pad_token)
    assert named == (None, "<|im_end|>", "<|endoftext|>")
    assert "{%- generation %}" in whole.chat_template


def test_a_file_of_another_name_stands_alone(tmp_path):
    """What lies beside it may be anybody's."""
    folder(tmp_path, config={"eos_token": "</s>"})
    (tmp_path / "bpe.json").write_text(MODEL)
    files = open_files(str(tmp_path / "bpe.json"))
    assert (files.eos_token, dict(files.extra)) == (None, {})


@pytest.mark.parametrize(
    ("config", "special", "eos"),
    [
        ({"eos_token": "</s>"}, {}, "</s>"),
        ({"eos_token": {"content": "</s>", "lstrip": False}}, {}, "</s>"),
        ({}, {"eos_token": {"content": "</s>"}}, "</s>"),
        ({"eos_token": "<a>"}, {"eos_token": "<b>"}, "<b>"),
        ({"eos_token": "<a>", "added_tokens_decoder": {}}, {"eos_token": "<b>"}, "<a>"),
        ({"eos_token": None}, {}, None),
        ({"eos_token": 7}, {}, None),
    ],
)
def test_a_token_is_named_as_trainers_take_it(tmp_path, config, special, eos):
    """As text or as an object; the older file wins unless the config lists its tokens."""
    files = open_files(str(folder(tmp_path, config=config, special=special)))
    assert files.eos_token == eos


@pytest.mark.parametrize(
    ("given", "template"),
    [
        ({"chat_template__jinja": "file", "config": {"chat_template": "config"}}, "file"),
        ({"chat_template__json": {"chat_template": "older"}}, "older"),
        ({"config": {"chat_template": "config"}}, "config"),
        ({"config": {"chat_template": [{"name": "tool_use", "template": "t"},
                                       {"name": "default", "template": "d"}]}}, "d"),
        ({"config": {"chat_template": [{"name": "rag", "template": "r"}]}}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_the_chat_template_is_found_where_it_may_be(tmp_path, given, template):
    """A file of its own first; of several in a config, the default one."""
    assert open_files(str(folder(tmp_path, **given))).chat_template == template


def test_a_saved_tokenizer_opens_the_same_with_the_template_in_use(tmp_path):
    """One template, in a file; no code of others; the rest byte for byte."""
    config = {"chat_template": "old", "auto_map": {"AutoTokenizer": "code.py"}, "é": 1}
    files = open_files(
        str(folder(tmp_path / "in", config=config, special={"eos_token": "</s>"}, x="other"))
    )
    saved = files.save(tmp_path / "out", chat_template="new\n")
    names = ["chat_template.jinja", "special_tokens_map.json", "tokenizer.json"]
    assert [path.name for path in saved] == [*names, "tokenizer_config.json"]
    told = json.loads((tmp_path / "out" / "tokenizer_config.json").read_text("utf-8"))
    assert told == {"é": 1, "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>"}
    again = open_files(str(tmp_path / "out"))
    assert (again.json, again.chat_template, again.eos_token) == (files.json, "new\n", "</s>")


def test_a_tokenizer_without_a_template_is_saved_without(tmp_path):
    """And with its own, unless another is in use."""
    plain = open_files(str(folder(tmp_path / "a")))
    assert [path.name for path in plain.save(tmp_path / "b")] == [
        "tokenizer.json", "tokenizer_config.json",
    ]  # fmt: skip
    own = open_files(str(folder(tmp_path / "c", config={"chat_template": "own"})))
    own.save(tmp_path / "d")
    assert (tmp_path / "d" / "chat_template.jinja").read_text() == "own"


def test_a_sentencepiece_model_alone_is_refused(tmp_path):
    """The hint says what makes it readable."""
    (tmp_path / "tokenizer.model").write_bytes(b"\n")
    with pytest.raises(RecipeError) as caught:
        open_files(str(tmp_path))
    assert caught.value.message.endswith(
        " holds only a tokenizer.model, and curator reads a tokenizer.json"
    )
    assert caught.value.hint == (
        "save it as a fast tokenizer first: AutoTokenizer.from_pretrained(...)"
        ".save_pretrained(...) of transformers writes one"
    )


@pytest.mark.parametrize("name", ["tokenizer_config.json", "special_tokens_map.json"])
def test_a_damaged_file_is_named(tmp_path, name):
    """No JSON, or none that is an object."""
    (folder(tmp_path) / name).write_text("{")
    with pytest.raises(RecipeError, match=f"^{name} of .* is no JSON: "):
        open_files(str(tmp_path))
    (tmp_path / name).write_text("[1]")
    with pytest.raises(RecipeError, match=rf"^{name} of .* is no JSON object: \[1\]"):
        open_files(str(tmp_path))


@pytest.mark.parametrize("spec", ["./missing", "a/b/c", "missing/x/tokenizer.json"])
def test_what_can_be_no_name_on_the_hub_is_not_looked_for(spec):
    """It is a path, and nothing is there."""
    with pytest.raises(RecipeError) as caught:
        open_files(spec)
    assert str(caught.value) == (
        f"there is no tokenizer at {spec}\n"
        "  hint: name a folder with a tokenizer.json, the file itself, or a tokenizer on the Hub"
    )


def offline(cache, spec, code=""):
    """Open ``spec`` in a process that may not use the network, with this cache."""
    script = f"{code}\nfrom curator.tokenizer import open_files\nprint(open_files({spec!r}))"
    env = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(cache), "PATH": ""}
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env
    )


def test_a_name_that_cannot_be_fetched_is_one_error(tmp_path):
    """Without a network, and with nothing fetched before."""
    done = offline(tmp_path, "nobody/nothing")
    last = done.stderr.strip().splitlines()
    assert last[-2].startswith(
        "curator.errors.RecipeError: there is no tokenizer at nobody/nothing,"
        " and none was fetched from the Hub: "
    )
    assert last[-1] == (
        "  hint: name a folder that is here; for the Hub, check the name, the network, and for a"
        " private or gated tokenizer the login"
    )


def test_a_name_that_was_fetched_before_opens_without_a_network(tmp_path):
    """From the cache of huggingface_hub, where it lies as links."""
    held = tmp_path / "hub" / "models--ours--small"
    folder(held / "snapshots" / ("a" * 40), config={"eos_token": "</s>"})
    (held / "refs").mkdir()
    (held / "refs" / "main").write_text("a" * 40)
    done = offline(tmp_path, "ours/small")
    assert "eos_token='</s>'" in done.stdout, done.stderr
