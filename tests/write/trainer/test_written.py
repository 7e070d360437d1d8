"""Which part of a text is whose, and the templates that cannot be trained with."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.tokenizer import TokenizerFiles
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import Options
from curator.write.trainer.template import OURS, open_template
from curator.write.trainer.written import Refused, TemplateFault, turn_starts, written

FILES = TokenizerFiles(
    name="toy", json=b"{}", sha256="", bos_token="<s>", eos_token="</s>", pad_token=None,  # noqa: S106
    chat_template=None, extra={},
)  # fmt: skip
MARKS = ("<e>", "<|end|>", "<|eot_id|>", "<|im_end|>", "<end_of_turn>")
PLAIN = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}{{ '<e>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
MARKED = (
    "{% for m in messages %}<{{ m.role }}>{% if m.role == 'assistant' %}{% generation %}"
    "{{ m.content }}<e>{% endgeneration %}{% else %}{{ m.content }}<e>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def _template(source=None, name=None):
    files = dataclasses.replace(FILES, chat_template=source)
    return open_template(Options(tokenizer="toy", template=name), files, MARKS)


def _chat(*said, **last):
    roles = ["user", "assistant"] * len(said)
    messages = [{"role": r, "content": c} for r, c in zip(roles, said, strict=False)]
    messages[-1] |= last
    return Chat(messages=messages)


def _shown(source, chat, train_on="assistant"):
    row = written(_template(source), chat, train_on)
    return row.prompt_chars, [row.text[r.start : r.end] for r in row.regions]


def _fault(source, chat, train_on="assistant"):
    with pytest.raises(TemplateFault) as fault:
        written(_template(source), chat, train_on)
    assert fault.value.row is None
    return fault.value.message, fault.value.hint


@pytest.mark.parametrize("source", [PLAIN, MARKED])
def test_answers_end_with_their_mark(source):
    """An answer is from its generation prompt to its end of turn; another message is its content."""
    prompt, shown = _shown(source, _chat("user", "a", "e", "b"))
    assert shown == ["user", "a<e>", "e", "b<e>"]
    assert prompt == (52 if source == PLAIN else 49)


def test_no_answer_has_the_last_word():
    """Then there is no completion, and earlier answers are found all the same."""
    assert _shown(PLAIN, _chat("q", "a", "r"), "completion") == (-1, ["q", "a<e>", "r"])


def test_contents_are_found_as_they_are_shown():
    """Space stays in a content that keeps it; what is doubled or left out has no part."""
    source = (
        "{% for m in messages %}{{ m.content | trim if loop.first else m.content }}|{% endfor %}"
    )
    chat = Chat(messages=[{"role": "user", "content": text} for text in (" a ", " b ", "|", "")])
    assert _shown(source, chat)[1] == ["a", " b ", "|"]
    source = "{{ messages[0].content | upper }}{{ messages[1].content }}{{ messages[1].content }}"
    assert _shown(source, _chat("ä", "b", "c"), "completion")[1] == ["Ä"]


def test_spans_that_touch_are_one_answer():
    """A template may write the end of sequence in a mark of its own."""
    source = MARKED + (
        "{% if not add_generation_prompt %}{% generation %}</s>{% endgeneration %}{% endif %}"
    )
    assert _shown(source, _chat("q", "a"))[1] == ["q", "a<e></s>"]


def test_a_mark_may_begin_with_the_space_of_its_prompt():
    """The marked text is kept as it is, so that other trainers' masks are ours."""
    source = (
        "{% for m in messages %}<{{ m.role }}>{% generation %}{{ '\n' + m.content }}<e>"
        "{% endgeneration %}{% endfor %}{{ '<assistant>\n' if add_generation_prompt }}"
    )
    row = written(_template(source), Chat(messages=[{"role": "assistant", "content": "a"}]), "all")
    assert (row.prompt_chars, row.regions[0][2:]) == (12, (11, 16))


def test_a_prompt_that_is_not_how_answers_begin():
    """What is asked for at inference must stand before what is trained."""
    source = PLAIN.replace("<assistant>{% endif %}", "<assistant><think>{% endif %}")
    assert _fault(source, _chat("q", "a"), "completion") == (
        "message 1 is not written as it is asked for: at character 22, the generation prompt has "
        "'<user>q<e>\\n<assistant><think>', and the whole chat '<user>q<e>\\n<assistant>a<e>\\n'",
        "a template whose generation prompt is how its answers begin: template_values, such as "
        "enable_thinking, may make it so; or one of ours",
    )


def test_prefixes_that_do_not_hold():
    """Without marks, a template that writes a message by what follows cannot be trained with."""
    source = PLAIN.replace("{{ m.content }}", "{{ '*' if loop.last }}{{ m.content }}")
    message, hint = _fault(source, _chat("q", "a", "r", "b"))
    assert message.startswith("message 1 is not written as it is asked for: at character 6, the")
    assert hint.endswith("such as one of ours, or train_on: completion")


def test_earlier_reasoning_that_is_dropped():
    """Training on every turn needs a template that keeps reasoning; the last turn alone does not."""
    source = PLAIN.replace(
        "{{ m.content }}", "{{ m.content if loop.last else m.content.split('</think>')[-1] }}"
    )
    chat = _chat("q", "<think>r</think>a", "r", "<think>s</think>b")
    message, hint = _fault(source, chat)
    assert "'<user>q<e>\\n<assistant><think>r</think>a<e>'" in message
    assert hint == "train_on: completion, or a template that keeps the reasoning of earlier turns"
    assert _shown(source, chat, "completion")[1][-1] == "<think>s</think>b<e>"


def test_marked_reasoning_that_is_dropped():
    """Marks do not help where the reasoning is not in them."""
    source = MARKED.replace(
        "{{ m.content }}<e>{% end", "{{ m.content.split('</think>')[-1] }}<e>{% end"
    )
    message, hint = _fault(source, _chat("q", "<think>why</think>a"))
    assert message == ("the template leaves the reasoning of message 1 out: 'why' is not in 'a<e>'")
    assert hint == "reasoning: content, or a template that writes reasoning_content"


@pytest.mark.parametrize(
    ("last", "what"),
    [
        ({"reasoning_content": "why"}, "reasoning of message 1 out: 'why'"),
        (
            {"tool_calls": [{"function": {"name": "find"}}]},
            "function call of message 1 out: 'find'",
        ),
    ],
)
def test_what_a_template_has_no_place_for(last, what):
    """An answer is not trained without what it thinks or calls."""
    message, _ = _fault(MARKED, _chat("q", "a", **last))
    assert f"the template leaves the {what} is not in 'a<e>'" in message


def test_a_content_that_is_left_out():
    """A template for lists of contents may write none of a text."""
    message, hint = _fault(MARKED.replace("{{ m.content }}", ""), _chat("q", "a"))
    assert message == "the template leaves the content of message 1 out: 'a' is not in '<e>'"
    assert hint == "a template that writes it, such as one of ours"


def test_an_end_of_turn_outside_the_marks():
    """A model that is not trained to stop does not stop."""
    source = MARKED.replace("<e>{% endgeneration %}", "{% endgeneration %}<e>")
    assert _fault(source, _chat("q", "a")) == (
        "message 1 is written without its end of turn: it ends 'a', and '<e>' follows",
        "put the end of turn before {% endgeneration %}",
    )


def test_no_end_of_turn_at_all():
    """The hint names the tokens that could be one."""
    message, hint = _fault(PLAIN.replace("<e>", ""), _chat("q", "a"))
    assert message == "message 1 is written without its end of turn: it ends 'a', and '\\n' follows"
    assert "with a control token of the tokenizer: </s>, <e>, <end_of_turn>" in hint


@pytest.mark.parametrize(
    ("ends", "shown"),
    [
        ("<e><e>{% endgeneration %}", "it ends 'a<e><e>', and '' follows"),
        ("<e>\n<e>{% endgeneration %}", "it ends 'a<e>\\n<e>', and '' follows"),
        ("<e>{% endgeneration %}<e>", "it ends 'a<e>', and '<e>' follows"),
    ],
)
def test_a_turn_that_ends_twice(ends, shown):
    """Two ends of turn are the template's fault, unless the row wrote one."""
    source = MARKED.replace("<e>{% endgeneration %}", ends)
    message, hint = _fault(source, _chat("q", "a"))
    assert message == f"message 1 is written with its end of turn twice: {shown}"
    assert hint == "take one of the two out of the template"
    assert _shown(MARKED, _chat("q", "a<e>"))[1] == ["q", "a<e><e>"]


def test_an_answer_of_nothing_ends_where_it_begins():
    """Without a header two ends follow each other, and each ends its own turn."""
    source = MARKED.replace("<{{ m.role }}>", "").replace("<assistant>", "")
    said = [("user", "q"), ("assistant", "a"), ("assistant", "")]
    chat = Chat(messages=[{"role": role, "content": content} for role, content in said])
    assert _shown(source, chat)[1] == ["q", "a<e>", "<e>"]


def test_a_text_that_begins_twice():
    """Two begin-of-sequence tokens are the template's fault, unless the row wrote one."""
    message, hint = _fault("{{ bos_token }}<s>" + MARKED, _chat("q", "a"))
    assert (
        message
        == "the template begins the text with '<s>' twice: '<s><s><user>q<e><assistant>a<e>'"
    )
    assert hint == "take one of the two out of the template"
    assert _shown("{{ bos_token }}{{ messages[0].content }}" + MARKED, _chat("<s>", "a"))[1]


@pytest.mark.parametrize(("body", "what"), [("", "nothing"), ("x", "2 passages")])
def test_marks_that_are_not_one_an_answer(body, what):
    """An answer without a mark would never be trained, and nobody would see it."""
    marks = "{% generation %}x{% endgeneration %}|" * 2
    source = (marks if body else "{% if false %}" + marks + "{% endif %}") + PLAIN
    message, _ = _fault(source, _chat("q", "a"))
    assert message == (
        f'the template "the tokenizer\'s own" marks {what} as generated in a chat with '
        "1 assistant messages of 2"
    )


def test_marks_that_begin_late():
    """What a model would have to write must be trained."""
    source = MARKED.replace("{% generation %}{{", "Sure: {% generation %}{{")
    message, hint = _fault(source, _chat("q", "a"))
    assert message == (
        "message 1 is marked as generated from 'a<e>' on, but the generation prompt ends before "
        "'Sure: '"
    )
    assert hint == "let {% generation %} begin where the text of add_generation_prompt ends"


def test_half_a_character_is_refused():
    """Text that UTF-8 cannot hold is the row's fault."""
    with pytest.raises(Refused, match="half a character"):
        written(_template(PLAIN), _chat("q", "\ud800"), "completion")


def test_turns_begin_where_a_user_speaks():
    """What is before such a place is the text of the messages before it."""
    text = written(_template(PLAIN), _chat("q", "a", "r", "b"), "all").text
    assert [text[at:][:7] for at in turn_starts(_template(PLAIN), _chat("q", "a", "r", "b"))] == [
        "<user>q",
        "<user>r",
    ]
    assert (
        turn_starts(_template(PLAIN + "{{ messages | length }}"), _chat("q", "a", "r", "b")) == []
    )


WORDS = st.text(st.sampled_from(" \nabuser<>{}é😀"), min_size=1, max_size=8).filter(str.strip)


@given(st.lists(WORDS, min_size=2, max_size=6), st.sampled_from(OURS))
def test_ours_show_every_message(words, name):
    """Each message is in its region, in order, and nothing is in two."""
    chat = _chat(*words)
    row = written(_template(name=name), chat, "assistant")
    assert [region.message for region in row.regions] == list(range(len(words)))
    ends = 0
    for region, word in zip(row.regions, words, strict=True):
        assert region.start >= ends
        ends = region.end
        assert word.strip() in row.text[region.start : region.end]
