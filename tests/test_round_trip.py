"""What a format writes, our own reader reads back as it was, without being told how."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.manifest import Ledger, Manifest
from curator.prompt.training import rejected_turns, training_turns
from curator.read import jsonl, shapes
from curator.records import RECORD, complete, identify
from curator.task import Task
from curator.write import formats

MANIFEST = Manifest(
    name="ferry",
    recipe={},
    seed=17,
    versions={},
    inputs=(),
    ledger=Ledger(read=1, kept=1, rejected={}),
)
TOOLS = (
    '[{"type":"function","function":{"name":"sailings","description":"Times.",'
    '"parameters":{"type":"object","properties":{"type":{"type":"string","enum":["OBJECT"]}}}}}]'
)


@dataclass(frozen=True, kw_only=True)
class Place:
    """What a shape has a place for beside roles and texts; the rest is known to stay behind."""

    calls: bool = False
    ids: bool = False  # of calls, as they were
    names: bool = False
    weights: str = ""  # "all", or "0": that 1 was said is forgotten
    pairs: str = ""  # "one" row, or "two"
    plain: bool = False  # system text stands above the question
    reasoning: tuple[str, ...] = ("think",)


IN_FIELDS = ("think", "reasoning_content", "thinking")
PLACES = {
    "messages": Place(
        calls=True, ids=True, names=True, weights="all", reasoning=(*IN_FIELDS, "two_messages")
    ),
    "alpaca": Place(reasoning=("think", "two_messages")),
    "sharegpt": Place(calls=True, reasoning=("think", "two_messages")),
    "prompt_completion": Place(
        calls=True, ids=True, names=True, weights="all", reasoning=IN_FIELDS
    ),
    "alpaca_preference": Place(pairs="one"),
    "sharegpt_preference": Place(calls=True, pairs="one"),
    "sharegpt_kto": Place(calls=True, pairs="two"),
    "trl_preference": Place(calls=True, ids=True, names=True, pairs="one", reasoning=IN_FIELDS),
    "trl_unpaired": Place(calls=True, ids=True, names=True, pairs="two", reasoning=IN_FIELDS),
    "trl_stepwise": Place(weights="0", plain=True, reasoning=()),
    "prompt_completion_text": Place(plain=True),
    "nemo_sft": Place(plain=True),
    "text": Place(plain=True),
    "openai_dpo": Place(calls=True, ids=True, names=True, pairs="one"),
    "axolotl_chat_template": Place(
        calls=True, ids=True, names=True, weights="all",
        reasoning=("reasoning_content", "think", "two_messages"),
    ),
    "axolotl_train_detail": Place(
        calls=True, ids=True, names=True, weights="0", reasoning=("think", "two_messages")
    ),
    "axolotl_input_output": Place(weights="0"),
    "vertex_gemini": Place(calls=True, reasoning=("think", "two_messages")),
    "bedrock_converse": Place(reasoning=("think", "reasoning_content", "two_messages")),
    "bedrock_claude": Place(reasoning=("think", "two_messages")),
    "bedrock_rft": Place(calls=True, ids=True, names=True, reasoning=()),
    "mistral": Place(calls=True, weights="all", reasoning=("think", "two_messages")),
}  # fmt: skip
SHOWN = [(target, how) for target, place in PLACES.items() for how in place.reasoning]


def test_every_format_is_tried():
    """A shape that nobody reads back would be written on trust; its name says who reads it."""
    assert tuple(sorted(PLACES)) == formats.targets()
    assert set(PLACES) <= {*shapes.SHAPES, *shapes.ALIASES}


def user(text, **fields):
    return {"role": "user", "content": text, **fields}


def assistant(text, **fields):
    return {"role": "assistant", "content": text, **fields}


def calls(*arguments, first=0, **fields):
    """Make one message of calls, each with its id."""
    made = [
        {"id": f"call_{n}", "type": "function", "function": {"name": "sailings", "arguments": each}}
        for n, each in enumerate(arguments, first)
    ]
    return assistant(fields.pop("content", None), tool_calls=json.dumps(made), **fields)


def observed(text, call=0):
    return {"role": "tool", "content": text, "tool_call_id": f"call_{call}"}


def records(*chats, tools=None, worse=None):
    """Make records of chats; ``worse`` is the dispreferred answer of each."""
    rows = [
        {"position": n, "messages": chat, "tools": tools, "rejected_messages": worse}
        for n, chat in enumerate(chats)
    ]
    return framed(rows)


def framed(rows):
    names = ("position", "messages", "tools", "rejected_messages")
    return identify(complete(pl.LazyFrame(rows, schema={n: RECORD[n] for n in names})))


def round_trip(target, frame, task, how=None):
    """Write the records in one format; give what was trained on, and what was read back."""
    with TemporaryDirectory() as folder:
        options = formats.Options(targets=(target,), reasoning=how)
        formats.write(frame, options, Path(folder), task=task, manifest=MANIFEST)
        skipped = Path(folder, target, "skipped.jsonl")
        reasons = skipped.read_text().splitlines() if skipped.exists() else []
        left_out = {json.loads(line)["id"] for line in reasons}
        path = Path(folder, target, "train.jsonl")
        options = jsonl.Options(path=str(path))
        back = jsonl.read(options).collect() if path.exists() else complete(frame.clear()).collect()
    batch = frame.collect()
    wanted = replace(task, reasoning=how is not None)
    trained = batch.with_columns(
        messages=training_turns(wanted, batch, reasoning="field").lists(),
        rejected_messages=rejected_turns(wanted, batch, reasoning="field").lists(),
    )
    return trained.filter(~pl.col("id").is_in(list(left_out))), back


def answers(place, row):
    """Give the chats that a row is read back as: one, or one for each of its answers."""
    chat, worse, tools = (row[name] for name in ("messages", "rejected_messages", "tools"))
    if place.pairs != "two":
        return [(chat, worse if place.pairs else [], tools)]
    prompt = chat[:-1] if chat[-1]["role"] == "assistant" else chat
    if len(worse) > 1 and prompt != chat:
        prompt = chat[: 1 + max(at for at, turn in enumerate(chat) if turn["role"] == "user")]
    said = [(chat, [], tools)] if prompt != chat else []
    return [*said, *([(prompt, worse, tools)] if worse else [])]


def said(target, chat):
    """Give what a shape can hold of a chat, in a form that can be compared."""
    place = PLACES[target]
    found = []
    for turn in joined(target, chat) if place.plain else chat:
        functions = [
            (each["id"] if place.ids else None, each["function"]["name"],
             json.loads(each["function"]["arguments"], parse_float=str, parse_int=str))
            for each in json.loads(turn.get("tool_calls") or "[]")
        ]  # fmt: skip
        weight = turn.get("weight")
        found.append(
            (
                turn["role"], turn["content"] or "", functions, turn.get("reasoning") or None,
                turn.get("tool_call_id") if place.ids else None,
                turn.get("name") if place.names else None,
                weight if place.weights == "all" else 0 if place.weights and weight == 0 else None,
            )
        )  # fmt: skip
    return found


def joined(target, chat):
    """Set system text above the question; in ``text`` the question above its answer."""
    if chat and chat[0]["role"] == "system":
        _, asked, *rest = chat
        chat = [asked | {"content": f"{chat[0]['content']}\n\n{asked['content']}"}, *rest]
    if target == "text" and chat and chat[0]["role"] == "user":
        asked, answer = chat
        thought = answer.get("reasoning")
        shown = (
            f"<think>\n{thought}\n</think>\n\n{answer['content']}" if thought else answer["content"]
        )
        return [assistant(f"{asked['content']}\n\n{shown}")]
    return chat


def assert_comes_back(target, frame, task=None, how=None):
    """Nothing is rejected, and every message is what it was; give how many rows."""
    trained, back = round_trip(target, frame, task or Task(), how)
    expected = [one for row in trained.to_dicts() for one in answers(PLACES[target], row)]
    found = back.select("messages", "rejected_messages", "tools").rows()
    assert back["rejected"].to_list() == [None] * len(expected)
    assert [said(target, chat) for chat, _, _ in found] == [
        said(target, chat) for chat, _, _ in expected
    ]
    assert [said(target, worse or []) for _, worse, _ in found] == [
        said(target, worse) for _, worse, _ in expected
    ]
    there = [json.loads(each) if each else None for _, _, each in found]
    assert there == [json.loads(each) if each else None for _, _, each in expected]
    return trained.height


@pytest.mark.parametrize("target", [name for name, place in PLACES.items() if not place.pairs])
@pytest.mark.parametrize(
    "chat",
    [
        [user("Is the ferry late?"), assistant("No.")],
        [{"role": "system", "content": "Be brief."}, user("Late?"), assistant("No.")],
        [user("?"), assistant("😀 \u2028 \\ \x00")],
        [user("[]"), assistant("3")],
        [user('[{"role": "user"}]'), assistant('{"from": "gpt"}')],
    ],
    ids=["single turn", "system text", "odd characters", "JSON for text", "chats for text"],
)
def test_plain_chats_come_back_from_every_format(target, chat):
    """With the task's instruction in front, or without one."""
    assert assert_comes_back(target, records(chat)) == 1
    assert assert_comes_back(target, records(chat), Task(instruction="Help the passenger.")) == 1


@pytest.mark.parametrize(
    "target", ["messages", "alpaca", "sharegpt", "prompt_completion", "axolotl_chat_template",
               "axolotl_train_detail", "axolotl_input_output", "vertex_gemini", "bedrock_converse",
               "bedrock_claude", "bedrock_rft", "mistral"]
)  # fmt: skip
def test_chats_of_many_turns_come_back(target):
    """Every turn by who said it."""
    chat = [
        user("Late?"),
        assistant("No."),
        user("Sure?\n\nReally?"),
        assistant('"Yes", [so] {x}.'),
    ]
    assert assert_comes_back(target, records(chat)) == 1


@pytest.mark.parametrize(
    "target", [name for name, place in PLACES.items() if place.calls and not place.pairs]
)
@pytest.mark.parametrize(
    "arguments", ['{"day": "Sunday", "n": 1.50}', "{}", '{"a":{"b":[1e30, 1.50]}}']
)  # fmt: skip
def test_calls_come_back_with_their_arguments(target, arguments):
    """Numbers to the letter; answers of tools stay with their calls, tools beside them."""
    chat = [user("When?"), calls(arguments), observed("08:15"), assistant("At 08:15.")]
    assert assert_comes_back(target, records(chat, tools=TOOLS)) == 1


@pytest.mark.parametrize("target", ["messages", "prompt_completion", "sharegpt", "bedrock_rft"])
def test_arguments_come_back_to_the_letter(target):
    """Where a shape keeps them as text, their blanks too."""
    arguments = '{"day":  "Sunday" , "n": 1.50}'
    chat = [user("When?"), calls(arguments), observed("08:15"), assistant("At 08:15.")]
    _, back = round_trip(target, records(chat, tools=TOOLS), Task())
    (call,) = json.loads(back["messages"][0][1]["tool_calls"])
    assert call["function"]["arguments"] == arguments


@pytest.mark.parametrize(
    "target", [name for name, place in PLACES.items() if place.names and not place.pairs]
)
def test_several_calls_text_beside_them_and_names_come_back(target):
    """Where the shape has a place for all of it."""
    beside = calls("{}", '{"to": "Vessay"}', content="Let me look.")
    replies = [observed("08:15"), observed("09:30", call=1)]
    chat = [user("When?", name="Ann"), beside, *replies, assistant("08:15 or 09:30.")]
    assert assert_comes_back(target, records(chat, tools=TOOLS)) == 1


def test_replies_of_several_calls_find_them_by_name_where_there_are_no_ids():
    """Gemini's parts name the function; calls of one function are answered in their order."""
    chat = [user("When?"), calls('{"a": 1}', '{"a": 2}'), observed("1"), observed("2", call=1), assistant(".")]  # fmt: skip
    _, back = round_trip("vertex_gemini", records(chat, tools=TOOLS), Task())
    assert [turn["tool_call_id"] for turn in back["messages"][0][2:4]] == ["call_0", "call_1"]


@pytest.mark.parametrize(
    "target", [name for name, place in PLACES.items() if place.weights and not place.plain]
)
def test_what_is_not_trained_comes_back_with_its_weight(target):
    """A weight of nought stays nought."""
    chat = [user("a"), assistant("b", weight=0), user("c"), assistant("d", weight=1)]
    assert assert_comes_back(target, records(chat)) == 1


@pytest.mark.parametrize("target", [name for name, place in PLACES.items() if place.pairs])
def test_pairs_come_back(target):
    """As one record, or as one for each answer."""
    chat = [user("Late?"), assistant("No.")]
    assert assert_comes_back(target, records(chat, worse=[assistant("Go away.")])) == 1


@pytest.mark.parametrize("target", ["sharegpt_kto", "trl_unpaired"])
def test_an_answer_that_was_only_disliked_comes_back(target):
    """Its record has the prompt as messages, and the answer as the dispreferred one."""
    assert assert_comes_back(target, records([user("Late?")], worse=[assistant("Shut up.")])) == 1


@pytest.mark.parametrize("target", ["trl_preference", "trl_unpaired"])
def test_dispreferred_answers_of_several_messages_come_back(target):
    """A call, its reply and a text."""
    chat = [user("When?"), calls("{}"), observed("08:15"), assistant("08:15.")]
    worse = [calls("{}", first=1), observed("?", call=1), assistant("Never.")]
    assert assert_comes_back(target, records(chat, worse=worse, tools=TOOLS)) == 1


def test_steps_come_back_with_their_labels():
    """A step that is wrong has weight 0."""
    chat = [user("9.8 or 9.11?"), assistant("0.8 > 0.11."), assistant("So 9.11.", weight=0)]
    assert assert_comes_back("trl_stepwise", records(chat)) == 1


@pytest.mark.parametrize(("target", "how"), SHOWN)
def test_reasoning_comes_back_from_where_the_shape_has_it(target, how):
    """With its line breaks, and of the dispreferred answer too."""
    chat = [user("1 + 1?"), assistant("\n2", reasoning="\nOne and\n\none.\n")]
    worse = [assistant("3", reasoning="A guess.")] if PLACES[target].pairs else None
    assert assert_comes_back(target, records(chat, worse=worse), how=how) == 1


def test_what_a_shape_cannot_hold_is_left_out_and_not_bent():
    """Alpaca has no calls: the chat is skipped, the others are read back."""
    chat = [user("When?"), calls("{}"), observed("08:15"), assistant("At 08:15.")]
    assert assert_comes_back("alpaca", records(chat, [user("a"), assistant("b")])) == 1


_text = st.text(max_size=6) | st.sampled_from(
    ["", " ", "{{ input }}", "####", '[["a", "b"]]', "null", "\r\n", "\n\n", "true", "</think>"]
)
_weight = st.sampled_from([None, None, 0, 1])
_reasoning = st.none() | st.text(min_size=1, max_size=6).filter(str.strip) | st.just("a</think>b")
_asked = st.builds(user, _text, name=st.none() | st.just("Ann"))
_answered = st.builds(assistant, _text, weight=_weight, reasoning=_reasoning)
_arguments = st.builds(
    json.dumps, st.dictionaries(st.text(max_size=3), st.none() | st.integers() | _text, max_size=2)
)


@st.composite
def _called(draw):
    """One or two calls, and the reply to each."""
    made = draw(st.lists(_arguments | st.just("[1]"), min_size=1, max_size=2))
    said = calls(*made, content=draw(st.none() | st.just("So.")), weight=draw(_weight))
    return [said, *(observed(draw(_text), call=at) for at in range(len(made)))]


@st.composite
def _row(draw):
    """A chat of turns that may call, with or without tools, and perhaps a worse answer."""
    if draw(st.booleans()):
        answers = st.builds(assistant, _text.filter(bool), reasoning=_reasoning)
        worse = draw(st.none() | st.lists(answers, min_size=1, max_size=1))
        said = [user(draw(_text.filter(bool))), draw(answers)]
        return {"messages": said, "tools": None, "rejected_messages": worse}
    guide = draw(st.just([]) | st.builds(lambda t: [{"role": "system", "content": t}], _text))
    called = draw(st.just([]) | _called())
    rounds = [[draw(_asked), draw(_answered)] for _ in range(draw(st.integers(0, 2)))]
    asked, answered = draw(_asked), draw(_answered)
    worse = draw(st.none() | st.lists(_answered, min_size=1, max_size=1))
    is_open = worse is not None and draw(st.booleans())
    chat = [*guide, *(turn for each in rounds for turn in each), asked, *called]
    return {
        "messages": chat if is_open else [*chat, answered],
        "tools": draw(st.none() | st.just(TOOLS)),
        "rejected_messages": worse,
    }


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from([*SHOWN, *((target, None) for target in PLACES)]),
    st.lists(_row(), min_size=1, max_size=4),
    st.sampled_from(["", "Help."]),
)
def test_whatever_a_format_holds_comes_back(shown, rows, instruction):
    """Any text, any number of turns, with and without calls; the first row decides the shape."""
    target, how = shown
    frame = framed([{"position": n, **row} for n, row in enumerate(rows)])
    assert_comes_back(target, frame, Task(instruction=instruction), how)
