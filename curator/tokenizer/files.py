"""The files of a tokenizer: read from a folder or from the Hub, and saved for a trainer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curator.errors import RecipeError, shorten

TOKENIZER = "tokenizer.json"
CONFIG = "tokenizer_config.json"
SPECIAL = "special_tokens_map.json"
TEMPLATE = "chat_template.jinja"
OLD_TEMPLATE = "chat_template.json"
EXTRA = (CONFIG, SPECIAL, "added_tokens.json", TEMPLATE, OLD_TEMPLATE)
SENTENCEPIECE = "tokenizer.model"
CLASS = "PreTrainedTokenizerFast"

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?")
_HINT = f"name a folder with a {TOKENIZER}, the file itself, or a tokenizer on the Hub"


@dataclass(frozen=True, kw_only=True)
class TokenizerFiles:
    """A tokenizer as its files say it; what they do not say is None."""

    name: str  # as the recipe names it
    json: bytes  # tokenizer.json
    sha256: str  # of tokenizer.json
    bos_token: str | None
    eos_token: str | None
    pad_token: str | None
    chat_template: str | None
    extra: Mapping[str, bytes]  # the other small files by name, as they were

    @property
    def begins_with(self) -> str:
        """What the tokenizer puts before every text of its own accord; often nothing."""
        found = json.loads(self.json).get("post_processor") or {}
        for step in (found, *found.get("processors", ())):
            if step.get("type") == "TemplateProcessing":
                parts = step.get("single", ())
                text = next((at for at, part in enumerate(parts) if "Sequence" in part), 0)
                return "".join(part["SpecialToken"]["id"] for part in parts[:text])
            if step.get("type") in {"BertProcessing", "RobertaProcessing"}:
                return str(step["cls"][0])
        return ""

    def save(self, folder: Path, *, chat_template: str | None = None) -> list[Path]:
        """
        Leave in ``folder`` what transformers' AutoTokenizer opens, and give the paths.

        Keeps: the bytes of every file but the config, which names a class, no code of its own and
               no template. ``chat_template`` takes the place of the tokenizer's own.
        """
        config = dict(_object(self.extra, CONFIG, self.name))
        config.pop("chat_template", None)
        config.pop("auto_map", None)  # its code is not here, and tokenizer.json says it all
        config["tokenizer_class"] = CLASS  # others may build a tokenizer of their own
        told = {"bos_token": self.bos_token, "eos_token": self.eos_token}
        for key, token in {**told, "pad_token": self.pad_token}.items():
            if token is not None:
                config.setdefault(key, token)
        template = self.chat_template if chat_template is None else chat_template
        replaced = {CONFIG, TEMPLATE, OLD_TEMPLATE}
        out = {name: data for name, data in self.extra.items() if name not in replaced}
        out |= {TOKENIZER: self.json, CONFIG: _dumped(config)}
        if template is not None:
            out[TEMPLATE] = template.encode()
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in out.items():
            (folder / name).write_bytes(content)
        return [folder / name for name in sorted(out)]


def open_files(spec: str) -> TokenizerFiles:
    """
    Read the tokenizer in a folder, in a tokenizer.json, or of that name on the Hub.

    What lies at ``spec`` here wins; only the small files are fetched, and only if they are new.

    Raises: RecipeError if there is none, or if it is of a kind that cannot be read.
    """
    path = Path(spec).expanduser()
    if path.is_dir():
        return _folder(spec, path)
    if path.is_file():
        beside = path.parent if path.name == TOKENIZER else None
        return _read(spec, path, beside)
    return _folder(spec, _fetched(spec))


def _folder(spec: str, folder: Path) -> TokenizerFiles:
    if (folder / TOKENIZER).is_file():
        return _read(spec, folder / TOKENIZER, folder)
    if (folder / SENTENCEPIECE).is_file():
        raise RecipeError(
            f"{shorten(spec)} holds only a {SENTENCEPIECE}, and curator reads a {TOKENIZER}",
            hint="save it as a fast tokenizer first: AutoTokenizer.from_pretrained(...)"
            ".save_pretrained(...) of transformers writes one",
        )
    raise RecipeError(f"there is no {TOKENIZER} in {shorten(spec)}", hint=_HINT)


def _read(spec: str, file: Path, beside: Path | None) -> TokenizerFiles:
    data = file.read_bytes()
    found = () if beside is None else tuple(n for n in EXTRA if (beside / n).is_file())
    extra = {name: (beside / name).read_bytes() for name in found if beside is not None}
    config = _object(extra, CONFIG, spec)
    special = _object(extra, SPECIAL, spec)

    def token(key: str) -> str | None:
        value = config.get(key)
        if key not in config or (key in special and "added_tokens_decoder" not in config):
            value = special.get(key)  # what trainers believe where the two differ
        text = value.get("content") if isinstance(value, dict) else value
        return text if isinstance(text, str) else None

    return TokenizerFiles(
        name=spec,
        json=data,
        sha256=hashlib.sha256(data).hexdigest(),
        bos_token=token("bos_token"),
        eos_token=token("eos_token"),
        pad_token=token("pad_token"),
        chat_template=_template(extra, config, spec),
        extra=extra,
    )


def _template(extra: Mapping[str, bytes], config: dict[str, Any], spec: str) -> str | None:
    if TEMPLATE in extra:
        return _decoded(extra[TEMPLATE], TEMPLATE, spec)
    told = _object(extra, OLD_TEMPLATE, spec).get("chat_template") or config.get("chat_template")
    if isinstance(told, list):  # several, each with a name
        named = {each.get("name"): each.get("template") for each in told if isinstance(each, dict)}
        told = named.get("default")
    return told if isinstance(told, str) else None


def _object(files: Mapping[str, bytes], name: str, spec: str) -> dict[str, Any]:
    if name not in files:
        return {}
    try:
        value = json.loads(files[name])
    except ValueError as error:
        raise RecipeError(f"{name} of {shorten(spec)} is no JSON: {shorten(str(error))}") from error
    if not isinstance(value, dict):
        raise RecipeError(f"{name} of {shorten(spec)} is no JSON object: {shorten(value)}")
    return value


def _decoded(data: bytes, name: str, spec: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecipeError(f"{name} of {shorten(spec)} is not UTF-8: {error.reason}") from error


def _dumped(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _fetched(spec: str) -> Path:
    """Give the folder that holds the small files of the repository ``spec``."""
    if not _HUB_NAME.fullmatch(spec):
        raise RecipeError(f"there is no tokenizer at {shorten(spec)}", hint=_HINT)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined]
    from huggingface_hub.utils.tqdm import silent_tqdm

    wanted = [TOKENIZER, SENTENCEPIECE, *EXTRA]
    try:
        return Path(str(snapshot_download(spec, allow_patterns=wanted, tqdm_class=silent_tqdm)))
    except (HfHubHTTPError, HTTPError, OSError, ValueError) as error:
        words = str(error).strip().splitlines()[:1]
        raise RecipeError(
            f"there is no tokenizer at {shorten(spec)}, and none was fetched from the Hub:"
            f" {shorten(words[0] if words else type(error).__name__, 200)}",
            hint="name a folder that is here; for the Hub, check the name, the network, and for a"
            " private or gated tokenizer the login",
        ) from error
