"""Texts as vectors: lexical features, cached vectors, models in a folder and at an address."""

import importlib.util
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
import pytest

from curator.embed import features, open_embedder
from curator.embed.address import KEYS, Address
from curator.embed.cached import Cached
from curator.errors import MissingExtra, RecipeError, SourceError


def dense(texts: list[str | None]) -> np.ndarray:
    """Lay sparse features out as a table."""
    found = features(pl.Series(texts, dtype=pl.String))
    table = np.zeros((len(texts), found.width))
    row = np.repeat(np.arange(len(texts)), np.diff(found.offsets))
    table[row, found.dims] = found.weights
    return table


def test_features_are_cosines_of_words() -> None:
    """Case and punctuation do not count, a shared word does, and a typo leaves shared pieces."""
    table = dense(["Where is my refund?", "WHERE IS MY REFUND", "my refnd", "close the account"])
    likeness = table @ table.T
    assert likeness[0, 1] == pytest.approx(1.0)
    assert 0 < likeness[0, 2] < 1
    assert likeness[0, 3] == 0


def test_a_text_without_words_is_an_empty_row() -> None:
    """Punctuation, nothing and null have no features, and break no other row."""
    assert np.linalg.norm(dense(["...", "", None, "word"]), axis=1) == pytest.approx([0, 0, 0, 1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÜBERWEISUNG", "überweisung"),
        ("“refund”", "refund"),
        ("a — b", "a b"),
        ("don\u2019t", "don't"),
    ],
)
def test_other_letters_and_signs(one: str, other: str) -> None:
    """Case and punctuation beyond ASCII do not count either."""
    table = dense([one, other, "something else"])
    assert table[0] @ table[1] == pytest.approx(1.0)


def test_a_script_without_spaces_is_cut_into_pairs() -> None:
    """Two Chinese sentences with a word in common are alike, though no space parts the words."""
    table = dense(["我的退款在哪里", "退款还没有到", "关闭账户"])
    assert table[0] @ table[1] > 0
    assert table[0] @ table[2] == 0


def test_the_lexical_embedder_is_dense_and_of_unit_length() -> None:
    """Whoever needs a dense vector gets one without a model."""
    vectors = open_embedder(None).embed(["where is my refund", "WHERE is my refund!", ""])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0], abs=1e-6)
    assert vectors[0] @ vectors[1] == pytest.approx(1.0)


class Server:
    """A loopback address that gives each text its length and a one, after what it is told to."""

    def __init__(self, *first: tuple[int, bytes]) -> None:
        """Answer with ``first`` (status, body) before anything else."""
        self.first, self.asked, self.keys = list(first), [], []

    def __enter__(self) -> Self:
        """Listen."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.asked.append((self.path, told["model"], told["input"]))
                outer.keys.append(self.headers.get("Authorization"))
                vectors = [
                    {"index": at, "embedding": [len(text), 1]}
                    for at, text in enumerate(told["input"])
                ]
                status, body = 200, json.dumps({"data": vectors[::-1]}).encode()
                if outer.first:
                    status, body = outer.first.pop(0)
                self.send_response(status)
                self.send_header("Location", f"http://127.0.0.1:{outer.port}/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.http.server_port
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop listening."""
        self.http.shutdown()
        self.http.server_close()

    def address(self, **more) -> Address:
        """Give the address of a model here that wastes no time between tries."""
        return Address(
            url=f"http://127.0.0.1:{self.port}/v1/embeddings", model="m", pause_s=0, **more
        )


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)


def test_an_address_gives_vectors_in_order(tmp_path: Path) -> None:
    """However the server orders its reply, each text gets its own vector, of unit length."""
    with Server() as server:
        embedder = open_embedder(f"http://127.0.0.1:{server.port}/v1/#m", cache=tmp_path)
        vectors = embedder.embed(["abc", "a", "", "abc"])
    assert server.asked == [("/v1/embeddings", "m", ["abc", "a", " "])]
    assert vectors == pytest.approx(
        np.array([[3, 1], [1, 1], [1, 1], [3, 1]]) / np.sqrt([[10], [2], [2], [10]])
    )
    assert embedder.name == f"http://127.0.0.1:{server.port}/v1#m"


def test_vectors_are_asked_for_once(tmp_path: Path) -> None:
    """A second embedder finds on disk what the first was given, and asks for the rest."""
    with Server() as server:
        first = Cached(server.address(), tmp_path).embed(["abc", "a"])
        again = Cached(server.address(), tmp_path).embed(["a", "abcd", "abc"])
        assert [asked for _, _, asked in server.asked] == [["abc", "a"], ["abcd"]]
    assert (again[[2, 0]] == first).all()


def test_many_texts_are_asked_in_batches() -> None:
    """No request holds more than 128 texts, and the order is kept."""
    with Server() as server:
        vectors = server.address().embed(["x" * (at + 1) for at in range(300)])
    assert sorted(len(asked) for _, _, asked in server.asked) == [44, 128, 128]
    assert vectors[:, 0].tolist() == list(range(1, 301))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_tried_again(status: int) -> None:
    """Too many requests and trouble of the server are waited out."""
    with Server((status, b"busy"), (status, b"")) as server:
        assert server.address().embed(["ab"]).tolist() == [[2, 1]]
    assert len(server.asked) == 3


def test_patience_has_an_end() -> None:
    """After six tries the error says what the last one met."""
    with (
        Server(*[(503, b'{"error": {"message": "overloaded"}}')] * 6) as server,
        pytest.raises(SourceError) as caught,
    ):
        server.address().embed(["ab"])
    assert str(caught.value) == (
        f"{server.address().name}: no vectors after 6 tries: HTTP 503: overloaded\n"
        "  hint: run it again later: what was given is cached"
    )


def test_nobody_there_is_said() -> None:
    """A refused connection is tried again, and then told."""
    with Server() as server:
        gone = server.address()
    with pytest.raises(SourceError, match="Connection refused"):
        gone.embed(["ab"])


def test_a_wrong_key_is_not_tried_again_nor_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is sent, and never told, even if the server repeats it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with (
        Server((401, b'{"error": {"message": "bad key sk-secret"}}')) as server,
        pytest.raises(RecipeError) as caught,
    ):
        server.address().embed(["ab"])
    assert server.keys == ["Bearer sk-secret"]
    assert str(caught.value) == (
        f"{server.address().name}: HTTP 401: bad key ***\n"
        "  hint: set CURATOR_EMBEDDINGS_KEY or OPENAI_API_KEY to a key for it"
    )


def test_redirects_are_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can send the key elsewhere."""
    monkeypatch.setenv("CURATOR_EMBEDDINGS_KEY", "secret")
    with Server((302, b"")) as server, pytest.raises(RecipeError, match="HTTP 302"):
        server.address().embed(["ab"])
    assert [path for path, _, _ in server.asked] == ["/v1/embeddings"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "the reply holds no vectors: Expecting value"),
        (b'{"data": []}', "the reply holds no vectors: 0 vectors for 1 texts"),
        (b'{"data": [{"index": 0, "embedding": "aGk="}]}', "the reply holds no vectors: could not"),
        (b'{"data": [{"index": 0, "embedding": []}]}', "the reply holds no vectors: no lists of"),
        (
            b'{"data": [{"index": 0, "embedding": [NaN]}]}',
            "gave no proper vector for each of 1 texts",
        ),
        (b"[1]", "the reply holds no vectors: list indices"),
    ],
)
def test_a_reply_without_vectors_is_said(tmp_path: Path, body: bytes, message: str) -> None:
    """What is no vector is never cached."""
    with Server((200, body)) as server, pytest.raises(SourceError, match=message):
        Cached(server.address(), tmp_path).embed(["ab"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "https://host/v1",
            "https://host/v1 does not name a model\n  hint: write it behind the address: https://host/v1#model",
        ),
        (
            "https://me:secret@host/v1#m",
            "https://host/v1: an address holds no user or password\n  hint: put the key into CURATOR_EMBEDDINGS_KEY",
        ),
        ("http://[::1/v1#m", "this is no address of an embedder: Invalid IPv6 URL"),
        (
            "/no/such/folder",
            "there is no embedder at /no/such/folder\n  hint: name a folder with a model2vec or sentence-transformers model, or an address such as https://host/v1#model",
        ),
    ],
)
def test_what_names_no_embedder_is_said(spec: str, message: str) -> None:
    """The hint shows how one is named, and no secret is repeated."""
    with pytest.raises(RecipeError) as caught:
        open_embedder(spec)
    assert str(caught.value) == message


def test_the_model_may_stand_in_the_query() -> None:
    """Other parameters of an address are sent on, and are no part of the name."""
    address = Address.from_spec("https://host/v1?model=big&api-version=2")
    assert (address.url, address.model) == ("https://host/v1/embeddings?api-version=2", "big")
    assert address.name == "https://host/v1#big"


class Lengths:
    """A model that gives lengths, and remembers what it was asked."""

    name = "lengths"

    def __init__(self) -> None:
        """Remember nothing yet."""
        self.asked: list[str] = []

    def embed(self, texts: list[str]) -> np.ndarray:
        """Give the length of each text and a one."""
        self.asked += texts
        return np.array([[len(text), 1] for text in texts], np.float32)


def test_processes_share_the_cache(tmp_path: Path) -> None:
    """What many add at once is all there, and whole."""

    def add(part: int) -> None:
        for at in range(20):
            Cached(Lengths(), tmp_path).embed([f"{part} {'x' * at}"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    model = Lengths()
    texts = [f"{part} {'x' * at}" for part in range(4) for at in range(20)]
    vectors = Cached(model, tmp_path).embed(texts)
    assert model.asked == []
    assert (vectors[:, 0] / vectors[:, 1]).round().tolist() == [len(text) for text in texts]


@pytest.mark.parametrize("cut", [5, 24, 600])
def test_a_cache_cut_short_is_mended(tmp_path: Path, cut: int) -> None:
    """A row that a crash left half, or a head, costs a second computation and nothing else."""
    cached = Cached(Lengths(), tmp_path)
    cached.embed(["a", "bb"])
    path = cached.path
    os.truncate(path, max(path.stat().st_size - cut, 0))
    for _ in range(2):
        model = Lengths()
        vectors = Cached(model, tmp_path).embed(["ccc", "a", "bb"])
        assert (vectors[:, 0] / vectors[:, 1]).round().tolist() == [3, 1, 2]
    assert model.asked == []


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path: Path) -> None:
    """Vectors are given all the same."""
    (tmp_path / "file").write_text("")
    assert Cached(Lengths(), tmp_path / "file" / "cache").embed(["a"]).shape == (1, 2)


def test_the_cache_lies_where_caches_lie(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME decides."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Cached(Lengths()).path.parent == tmp_path / "curator" / "embeddings"


def safetensors(path: Path, **arrays: np.ndarray) -> None:
    """Write arrays as the format says."""
    names = {"float32": "F32", "float16": "F16", "int64": "I64"}
    head, data = {}, b""
    for name, array in arrays.items():
        head[name] = {
            "dtype": names[array.dtype.name],
            "shape": array.shape,
            "data_offsets": [len(data), len(data) + array.nbytes],
        }
        data += array.tobytes()
    told = json.dumps(head).encode()
    path.write_bytes(len(told).to_bytes(8, "little") + told + data)


def static_model(folder: Path, **more: np.ndarray) -> Path:
    """Make a model2vec folder of four words, of which the first stands for all unknown ones."""
    tokenizers = pytest.importorskip("tokenizers")
    words = {"[UNK]": 0, "red": 1, "green": 2, "blue": 3}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, "[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text('{"model_type": "model2vec", "normalize": true}')
    table = np.array([[9, 9], [1, 0], [0, 1], [3, 4]], np.float16)
    safetensors(folder / "model.safetensors", **{"embeddings": table, **more})
    return folder


def test_a_model2vec_folder_is_read(tmp_path: Path) -> None:
    """A text is the mean of the vectors of its known words, to unit length."""
    embedder = open_embedder(str(static_model(tmp_path / "colours")), cache=tmp_path / "cache")
    vectors = embedder.embed(["red green", "blue sky", "sky", "red red red"])
    half = 0.5**0.5
    assert vectors == pytest.approx(np.array([[half, half], [0.6, 0.8], [0, 0], [1, 0]]), abs=1e-6)
    assert embedder.name.startswith("colours ")


def test_a_quantised_model2vec_folder_is_read(tmp_path: Path) -> None:
    """Tokens may share vectors and have weights of their own."""
    shared = {"mapping": np.array([0, 1, 2, 1]), "weights": np.array([1, 1, 3, 1], np.float32)}
    folder = static_model(tmp_path / "colours", **shared)
    vectors = open_embedder(str(folder), cache=tmp_path / "cache").embed(["green blue", "blue"])
    assert vectors == pytest.approx(np.array([[1, 3], [1, 0]]) / [[10**0.5], [1]], abs=1e-6)


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 8, b"\x02" + b"\0" * 7 + b"[]", b"\x40" + b"\0" * 7 + b"{}"]
)
def test_a_damaged_model_is_said(tmp_path: Path, data: bytes) -> None:
    """What is no safetensors file is named."""
    folder = static_model(tmp_path / "colours")
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(SourceError, match=r"model.safetensors: is no safetensors file: "):
        open_embedder(str(folder), cache=tmp_path)


def test_sentence_transformers_is_an_extra(tmp_path: Path) -> None:
    """Without the library, the error says which command installs it."""
    if importlib.util.find_spec("sentence_transformers"):
        pytest.skip("it is installed")
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(MissingExtra) as caught:
        open_embedder(str(tmp_path))
    assert str(caught.value) == (
        "sentence-transformers is not installed\n  hint: pip install 'curator-toolkit[embed]'"
    )
