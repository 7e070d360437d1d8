"""Chat templates: as transformers renders them, and harmless."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.errors import RecipeError
from curator.tokenizer import TokenizerFiles
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import Options
from curator.write.trainer.template import OURS, open_template
from curator.write.trainer.template.faults import Refused, TemplateFault

FILES = TokenizerFiles(
    name="toy",
    json=b"{}",
    sha256="",
    bos_token="<s>",  # noqa: S106
    eos_token="</s>",  # noqa: S106
    pad_token=None,
    chat_template=None,
    extra={},
)
MARKS = ("</s>", "<|end|>", "<|eot_id|>", "<|im_end|>", "<end_of_turn>")
CHAT = Chat(messages=[{"role": "user", "content": "<b>{{ 7 * 7 }}"}])
CALL = {"function": {"name": "find", "arguments": {"to": "Å"}}}
LONG = Chat(
    messages=[
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL, CALL]},
        {"role": "tool", "content": "[9]"},
        {"role": "assistant", "content": "At 9."},
        {"role": "user", "content": "Thanks"},
        {"role": "assistant", "content": "Bye."},
    ],
    tools=[{"type": "function", "function": {"name": "find", "parameters": {}}}],
)


def _open(source, **options):
    files = dataclasses.replace(FILES, chat_template=source)
    return open_template(Options(tokenizer="toy", **options), files, MARKS)


def _render(source, chat=CHAT, **options):
    return _open(source, **options).render(chat)


def test_a_tokenizer_without_a_template_names_ours():
    """Nothing is guessed where no template is given."""
    with pytest.raises(RecipeError) as error:
        _open(None)
    assert str(error.value) == (
        "the tokenizer 'toy' has no chat template\n"
        "  hint: template: chatml, gemma, llama3, mistral, phi, qwen, or a .jinja file"
    )


def test_a_file_is_a_template(tmp_path):
    """The file's line ends are the template's."""
    path = tmp_path / "own.jinja"
    path.write_bytes(b"{{ bos_token }}{% for m in messages %}\r\n{{ m.content }}{% endfor %}")
    template = _open(None, template=str(path))
    assert template.render(CHAT) == "<s><b>{{ 7 * 7 }}"
    assert not template.marks_generation


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% if %}", 'the chat template "the tokenizer\'s own" is not one: Expected an'),
        ("{% for x in y %}" * 25 + "{% endfor %}" * 25, "too many statically nested blocks"),
        ("{% include 'x' %}", "it reads another file (line 1)"),
        ("{{ [1] | random }}", "No filter named 'random'"),
        ("x" * 262_145, "has 262,145 characters"),
        ("{{ " + "(" * 9000 + ")" * 9000 + " }}", "maximum recursion depth exceeded"),
    ],
)
def test_what_is_no_template_is_a_bad_request(source, said):
    """The recipe is wrong, whatever the rows are."""
    with pytest.raises(RecipeError) as error:
        _open(source)
    assert said in str(error.value)


def test_values_of_the_recipe_reach_the_template():
    """Its tokens and values are names in the template; values have no methods of their own."""
    text = _render(
        "{{ bos_token }}{{ eos_token }}{{ deep.day }}", template_values={"deep": {"day": 3}}
    )
    assert text == "<s></s>3"


def test_json_is_written_as_it_is():
    """The filter escapes no HTML and no letters, and takes what transformers takes."""
    chat = Chat(messages=[{"b": "<é>", "a": 1}])
    assert _render("{{ messages[0] | tojson }}", chat) == '{"b": "<é>", "a": 1}'
    source = "{{ messages[0] | tojson(sort_keys=true, separators=[',', ':']) }}"
    assert _render(source, chat) == '{"a":1,"b":"<é>"}'


def test_blocks_take_their_line_end_and_indent():
    """Blocks are trimmed and stripped on the left; loops can be left."""
    source = "a\n   {% for m in [1, 2] %}\n{{ m }}\n{% break %}\n{% endfor %}\nb ~ {{ 1 ~ 2 }}"
    assert _render(source) == "a\n1\nb ~ 12"


def test_what_is_generated_is_marked():
    """Spans are those of the text, in code points."""
    source = "é{% for m in [1, 2] %}<{% generation %}x{{ m }}{% endgeneration %}>{% endfor %}"
    template = _open(source)
    assert template.marks_generation
    assert template.render_marked(CHAT) == ("é<x1><x2>", [(2, 4), (6, 8)])


def test_a_date_is_the_recipes():
    """The template is told a day, never today."""
    source = "{{ strftime_now('%d %b %Y') }}"
    assert _render(source, date="2026-01-31") == "31 Jan 2026"
    with pytest.raises(TemplateFault) as fault:
        _render(source)
    assert fault.value.message == "the template \"the tokenizer's own\" asks for today's date"
    assert fault.value.hint == "date: 2026-01-31; today's would make other bytes tomorrow"
    with pytest.raises(RecipeError, match="date: 'today' is not a day"):
        _open("x", date="today")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{{ raise_exception('no system') }}", "no system"),
        ("{{ 'a' + none }}", 'TypeError: can only concatenate str (not "NoneType") to str'),
        ("{{ nothing.at_all }}", "UndefinedError: 'nothing' is undefined"),
        ("{{ 1 // 0 }}", "ZeroDivisionError: integer division or modulo by zero"),
    ],
)
def test_a_row_may_be_refused(source, why):
    """What a template raises about a row is the row's."""
    with pytest.raises(Refused) as refused:
        _render(source)
    assert refused.value.message == why


GROW = "{{% set n = namespace(s='ab') %}}{{% for i in range(60) %}}{}{{% endfor %}}{{{{ n.s }}}}"


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{{ range(10**9) }}",
        "{{ 'a' * 10**9 }}",
        "{{ 9**999 }}",
        "{{ 'a' | center(10**9) }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ '%999999d' % 1 }}",
        "{{ '{:999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 999999) }}",
        "{{ 1 | tojson(indent=10**9) }}",
        "{{ ('a' * 9999).replace('a', 'a' * 9999) }}",
        "{{ ('a' * 9999) | list | join('a' * 9999) }}",
        GROW.format("{% set n.s = n.s + n.s %}"),
        GROW.format("{% set n.s = n.s ~ n.s %}"),
        GROW.format("{% set n.s = [n.s, n.s] %}"),
        GROW.format("{% set n.s = {1: n.s, 2: n.s} %}"),
        GROW.format("{% set n.s = [n.s, n.s] | join %}"),
        GROW.format("{% set n.s = '%s%s' % (n.s, n.s) %}"),
        GROW.format("{% set n.s %}{{ n.s }}{{ n.s }}{% endset %}"),
        "{{ ''.__class__.__mro__ }}",
        "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}"
        "{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace(_x=1) }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].update(role='x') }}",
    ],
)
def test_a_hostile_template_is_stopped(source):
    """No template works without end, fills the memory, climbs to Python or changes the row."""
    before = json.dumps(CHAT.messages)
    with pytest.raises(TemplateFault):
        _render(source)
    assert json.dumps(CHAT.messages) == before


@pytest.mark.parametrize("name", OURS)
def test_ours_hold_what_is_said(name):
    """Each answer is one span with its end of turn in it; every part of the chat is shown."""
    text, spans = _open(None, template=name).render_marked(LONG)
    answers = [text[start:end] for start, end in spans]
    assert len(answers) == 3
    assert all(answer.endswith(MARKS) for answer in answers)
    assert answers[0].count("find") == 2
    assert answers[0].count('{"to": "Å"}') == 2
    assert all(
        part in text for part in ("Be brief.", "When?", '"parameters"', "[9]", "At 9.", "Bye.")
    )


@pytest.mark.parametrize("name", OURS)
def test_ours_never_change_what_is_before(name):
    """More messages leave the text alone; the generation prompt is how an answer begins."""
    template = _open(None, template=name)
    whole = template.render(LONG)
    for count in range(1, len(LONG.messages)):
        assert whole.startswith(template.render(LONG, messages=count))
        if LONG.messages[count]["role"] == "assistant":
            prompt = template.render(LONG, messages=count, add_generation_prompt=True)
            assert whole.startswith(prompt)


@pytest.mark.parametrize("name", ["mistral", "phi", "qwen"])
def test_reasoning_has_its_place(name):
    """Where a family has a place for reasoning it is in the answer, before it, in every turn."""
    said = {"role": "assistant", "content": "4", "reasoning_content": "2 + 2"}
    asked = {"role": "user", "content": "?"}
    text, spans = _open(None, template=name).render_marked(
        Chat(messages=[asked, said, asked, said])
    )
    assert [text[s:e].index("2 + 2") < text[s:e].index("4") for s, e in spans] == [True, True]


@given(content=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_contents_stay_text(content):
    """Nothing that a row says is run."""
    chat = Chat(messages=[{"role": "user", "content": content}])
    assert _render("{{ messages[0]['content'] }}", chat) == content
