"""Rows written by columns equal those that Jinja writes one by one."""

import logging
from importlib.resources import files

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curator.prompt.turns import Turns
from curator.records import MESSAGE, ROLES
from curator.write.trainer import columns
from curator.write.trainer.chat import chats
from curator.write.trainer.columns import Columns, render_columns
from curator.write.trainer.template import OURS, ChatTemplate
from curator.write.trainer.written import Refused, TemplateFault, written

MARKS = ("<|im_end|>", "<end_of_turn>", "<|eot_id|>", "</s>", "<|end|>", "<|endoftext|>")
ASKED = "{% if add_generation_prompt %}<a>{% endif %}"
TEXTS = ["hi", " spaced ", "\n\nx\r\ny", "日本 語é", "", "  ", "<think>a</think>b", "<tool>z"]
TEXTS += ["user", "a\x1f", "<|im_end|>", "ok"]


def template(source, **values):
    return ChatTemplate(
        name="t",
        source=source,
        sha256="",
        values={"bos_token": "<s>", "eos_token": "</s>", **values},
        marks_generation="{% generation %}" in source or "{%- generation %}" in source,
        end_marks=MARKS,
    )


def ours(name):
    return template((files("curator.write.trainer.template") / f"{name}.jinja").read_text())


def turns(rows):
    return Turns.of(pl.Series(rows, dtype=pl.List(MESSAGE)))


def nothing(rows):
    return pl.Series([None] * len(rows), dtype=pl.String)


def said(*texts, **fields):
    roles = ["user", "assistant"] * len(texts)
    return [{"role": role, "content": text, **fields} for role, text in zip(roles, texts)]  # noqa: B905


def expected(chat_template, given_turns, tools, train_on):
    for chat in chats(given_turns, tools):
        try:
            text, prompt, regions = written(chat_template, chat, train_on)
        except Refused as refused:
            yield "", refused.message, -1, []
            continue

        def size(at, text=text):
            return len(text[:at].encode())

        areas = [(r.message, ROLES.index(r.role), size(r.start), size(r.end)) for r in regions]
        yield text, None, size(prompt) if prompt >= 0 else -1, areas


def rows_of(rendered):
    fields = (rendered.message, rendered.role, rendered.start, rendered.end)
    areas = list(zip(*(field.tolist() for field in fields), strict=True))
    ends = np.searchsorted(rendered.row, np.arange(len(rendered.texts) + 1))
    named = zip(rendered.texts, rendered.why, rendered.prompt_bytes.tolist(), strict=True)
    for at, (text, why, prompt) in enumerate(named):
        yield text, why, prompt, areas[ends[at] : ends[at + 1]]


def check(chat_template, rows, train_on="completion", tools=None):
    """Hold every row against Jinja; give the shapes that were learned."""
    tools = nothing(rows) if tools is None else tools
    known = Columns(chat_template, train_on)
    found = list(rows_of(known.render(turns(rows), tools)))
    assert found == list(expected(chat_template, turns(rows), tools, train_on))
    return [shape for shape in known._shapes.values() if shape is not None]


def pairs(count=200):
    """Give chats of one shape, with every text above but those that are blank."""
    words = [text for text in TEXTS if text.strip()]
    plain = [text for text in words if "<think>" not in text]
    return [said(f"{words[i % 10]}{i}", f"{i}{plain[i // 10 % 9]}") for i in range(count)]


MESSAGES = st.lists(
    st.tuples(st.sampled_from(TEXTS), st.sampled_from(TEXTS)), min_size=1, max_size=2
).map(lambda texts: said(*(text for pair in texts for text in pair)))


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("train_on", ["completion", "assistant", "all"])
@settings(max_examples=8, deadline=None)
@given(rows=st.lists(MESSAGES, min_size=1, max_size=40))
def test_our_templates_by_columns(name, train_on, rows):
    """Texts, regions, prompts and refusals of random chats are those of Jinja."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "MIN_ROWS", 2)
        check(ours(name), rows, train_on)


@pytest.mark.parametrize("name", OURS)
def test_all_shapes_of_our_templates_are_learned(name):
    """Chats of two and four messages, with system text and without, need no Jinja."""
    system = [{"role": "system", "content": "be brief"}]
    rows = [chat + more for chat in pairs(60) for more in ([], said("and", "so"))]
    assert len(check(ours(name), rows)) == 2
    assert len(check(ours(name), [system + chat for chat in rows])) == 2


TURN = "{% for m in messages %}<{{ m.role[0] }}>BODY</s>{% endfor %}" + ASKED
LEARNED = {
    "trim": "{{ m.content | trim }}",
    "strip of new lines, then of all": "{{ m.content.strip('\n').strip() }}",
    "set": "{% set c = m.content %}{{ c }}",
    "concatenation": "{{ '[' ~ m.content + ']' }}",
    "macro": "{% macro show(c) %}({{ c | trim }}){% endmacro %}{{ show(m.content) | trim }}",
    "block": "{% set c %} {{ m.content }} {% endset %}{{ c | trim }}",
    "what follows a thought": "{{ m.content.split('</think>')[-1] }}",
    "looked for": "{{ 'tool: ' if '<tool' in m.content else '' }}{{ m.content }}",
    "how it begins": "{{ 'T' if m.content.startswith('<tool') else 'F' }}{{ m.content }}",
    "how it ends": "{{ 'T' if m.content.endswith('b') else 'F' }}{{ m.content }}",
    "replaced": "{{ m.content | replace('é', 'e') if m.role == 'user' else m.content }}",
    "is it something": "{{ 'T' if m.content and m.content | length > 0 }}{{ m.content }}",
    "is it a text": "{{ m.content if m.content is string else 'x' }}",
    "is it one of": "{{ 'T' if m.content in ['ok9', 'no'] }}{{ m.content }}",
    "first": "{{ '' if loop.first else ' ' }}{{ m.content }}",
    "joined": "{{ ['a', m.content] | join('-') }}",
}


@pytest.mark.parametrize("body", LEARNED.values(), ids=LEARNED)
def test_templates_that_are_learned(body):
    """What they do to a content is foretold, or the texts for which it is not are guarded."""
    assert check(template(TURN.replace("BODY", body)), pairs())


UNFORESEEN = {
    "slice": "{{ m.content[:3] }}{{ m.content }}",
    "upper": "{{ m.content }}{{ m.content | upper }}",
    "tojson": "{{ m | tojson }}{{ m.content }}",
    "length": "{{ 'long' if m.content | length > 5 }}{{ m.content }}",
    "its length": "{{ m.content | length }}{{ m.content }}",
    "key": "{{ {'ok0': 1}[m.content] }}{{ m.content }}",
    "within a text": "{{ 'T' if m.content in 'user16' }}{{ m.content }}",
    "order": "{{ m.content > 'm' }}{{ m.content }}",
    "letters": "{% for c in m.content %}{{ c }}{% endfor %}",
    "format": "{{ '%s' | format(m.content) }}",
    "other format": "{{ '{}'.format(m.content) }}",
    "quotes": "{{ m.content.strip('h0') }}{{ m.content }}",
    "number": "{{ m.content | int }}{{ m.content }}",
    "test": "{{ m.content is lower }}{{ m.content }}",
    "across": "{{ 'T' if 'x0' in 'x' ~ m.content }}{{ m.content }}",
    "place": "{{ ('hi0 and hi1').find(m.content) }}{{ m.content }}",
    "comparison": "{{ m.content == messages[0].content }}{{ m.content }}",
}


@pytest.mark.parametrize("body", UNFORESEEN.values(), ids=UNFORESEEN)
def test_templates_that_are_left_to_jinja(body):
    """A template that decides by what a content is in a way nobody foretells is not learned."""
    assert not check(template(TURN.replace("BODY", body)), pairs(40))


def test_rows_whose_texts_hold_a_guarded_literal():
    """One row in a learned shape has a thought, and is written without it as Jinja does."""
    split = template(TURN.replace("BODY", "{{ m.content.split('</think>')[-1] }}"))
    rows = [*pairs(20), said("why </think>so", "ok"), *pairs(20)]
    (shape,) = check(split, rows)
    assert shape.guards == ((0, "content", ("</think>",)), (1, "content", ("</think>",)))


def test_blank_texts_are_left_to_jinja():
    """A text of white space is there, but not when it is cut: no shape foretells what follows."""
    body = "{{ 'T' if m.content.strip() else 'F' }}{{ m.content }}"
    rows = pairs(60)
    rows[31] = said(" \x1f\u3000", "ok")
    assert len(check(template(TURN.replace("BODY", body)), rows)) == 1


def test_a_refusing_template():
    """Chats that do not alternate are refused with the template's own words, the others kept."""
    strict = template(
        "{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('roles must alternate') }}{% endif %}"
        + TURN.removeprefix("{% for m in messages %}").replace("BODY", "{{ m.content }}")
    )
    wrong = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    rows = [chat for pair in zip(pairs(20), [wrong] * 20, strict=True) for chat in pair]
    assert len(check(strict, rows)) == 1
    assert (
        render_columns(strict, turns(rows), nothing(rows), "all").why[1] == "roles must alternate"
    )


def test_what_was_learned_is_proven(caplog, monkeypatch):
    """A difference in one of the proven rows leaves the shape to Jinja, in later batches too."""
    honest = columns.learn
    monkeypatch.setattr(columns, "learn", lambda *given: _without_end(honest(*given)))
    caplog.set_level(logging.DEBUG, "curator.write")
    assert not check(template(TURN.replace("BODY", "{{ m.content }}")), pairs(40))
    assert caplog.messages == ["what was learned does not hold: row 0 differs"]


def _without_end(shape):
    return type(shape)(**{**vars(shape), "parts": shape.parts[:-1]})


def test_a_dropped_thought_is_no_region():
    """An earlier answer that Jinja cannot prove has no region, and neither has it by columns."""
    body = "{{ '<think></think>' if m.role == 'assistant' and loop.last else '' }}{{ m.content }}"
    source = TURN.replace("BODY", body).replace("<a>{%", "<a><think></think>{%")
    rows = [said("a", text, "b", f"{i}") for i in range(20) for text in ("so", "<t", "<")]
    (shape,) = check(template(source), rows)
    assert [area.message for area in shape.areas] == [0, 2, 3]


def test_marked_answers_with_reasoning():
    """A template with generation marks and a field for reasoning is learned."""
    body = (
        "{% if m.role == 'assistant' %}{% generation %}{% if m.thinking %}"
        "[{{ m.thinking | trim }}]{% endif %}{{ m.content }}</s>{% endgeneration %}"
        "{% else %}{{ m.content }}</s>{% endif %}"
    )
    source = TURN.replace("BODY</s>", body)
    rows = [said(f"q{i}", f"é{i}", reasoning=text) for i in range(30) for text in ("x ", "\ny", "")]
    lists = [
        [{**m, "reasoning": m["reasoning"] if i else None} for i, m in enumerate(row)]
        for row in rows
    ]
    assert len(check(template(source), lists)) == 2


def test_tools_that_many_rows_share():
    """The text of a list of tools is learned once; calls, and rare lists, are left to Jinja."""
    body = "{{ m.content }}{{ m.tool_calls | tojson if m.tool_calls }}"
    source = "{% if tools %}{{ tools | tojson }}{% endif %}" + TURN.replace("BODY", body)
    rows = pairs(61)
    rows[6] = said("x", "y", tool_calls='[{"name": "y", "arguments": {}}]')
    lists = ['[{"name": "f"}]' if i % 3 else None for i in range(60)]
    tools = pl.Series([*lists, '[{"name": "\ue000\ue010\ue001"}]'], dtype=pl.String)
    assert len(check(template(source), rows, tools=tools)) == 2


def test_a_fault_names_the_first_row():
    """A template that cannot be trained with is a fault of the first row that shows it."""
    source = TURN.replace("BODY", "{{ m.content if loop.last else m.content | trim }}")
    rows = [said("a", f"{i}", "c", " d") for i in range(20)]
    rows[7], rows[12] = said("a", " 7", "c", "d"), said("a", " 12", "c", "d")
    with pytest.raises(TemplateFault, match="message 1 is not written as it is asked for") as fault:
        render_columns(template(source), turns(rows), nothing(rows), "assistant")
    assert fault.value.row == 7


def test_batches_and_their_edges():
    """No rows, rows without messages or texts, and rows of one shape in a later batch."""
    plain = template(TURN.replace("BODY", "{{ m.content }}"))
    assert check(plain, []) == []
    check(plain, [[], *[said("", "")] * 20, *[said(None)] * 20, []])
    known = Columns(plain, "completion")
    known.render(turns(pairs(20)), nothing(pairs(20)))
    (learned,) = known._shapes.values()
    later = list(rows_of(known.render(turns(pairs(30)), nothing(pairs(30)))))
    assert later == list(expected(plain, turns(pairs(30)), nothing(pairs(30)), "completion"))
    assert list(known._shapes.values()) == [learned]


def test_long_rows_and_rare_shapes_are_left_to_jinja(monkeypatch):
    """They are written the same, by the limits of a template."""
    monkeypatch.setattr("curator.write.trainer.shaped.MAX_BYTES", 100)
    plain = template(TURN.replace("BODY", "{{ m.content }}"))
    check(plain, [*pairs(20), said("x" * 101, "y")])
    assert check(plain, pairs(columns.MIN_ROWS - 1)) == []
