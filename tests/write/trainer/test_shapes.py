"""What is learned of a shape of chats: the literals, the slots, and where messages are shown."""

import pytest

from curator.write.trainer.chat import Chat
from curator.write.trainer.probe import WHITESPACE, Cut, Slot, Unforeseen
from curator.write.trainer.shapes import Area, Place, learn
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.watched import WatchedTemplate

BOTH = (Cut("start", WHITESPACE), Cut("end", WHITESPACE))
CHAT = Chat(messages=[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}])


def learned(
    body, chat=CHAT, train_on="completion", ask="{% if add_generation_prompt %}<a>{% endif %}"
):
    source = "é{% for m in messages %}<{{ m.role[0] }}>" + body + "</s>{% endfor %}" + ask
    template = ChatTemplate(
        name="t", source=source, sha256="", values={}, marks_generation=False, end_marks=("</s>",)
    )
    return learn(WatchedTemplate.of(template), chat, train_on)


def test_a_shape_has_what_stands_between_the_texts():
    """Places are counted in slots and in bytes of literals; an answer ends with its turn."""
    shape = learned("{{ m.content | trim }}")
    user, answer = Slot(0, "content", BOTH), Slot(1, "content", BOTH)
    assert shape.parts == ("é<u>", user, "</s><a>", answer, "</s>")
    assert shape.areas == (
        Area(0, 1, Place(0, 5), Place(1, 5)),
        Area(1, 2, Place(1, 12), Place(2, 16)),
    )
    assert shape.prompt == Place(1, 12)
    assert shape.guards == ()


def test_a_content_shown_twice_has_no_area():
    """Nobody can say which of the two is meant."""
    shape = learned("{{ m.content }}{{ m.content if m.role == 'user' }}")
    assert [area.message for area in shape.areas] == [1]


@pytest.mark.parametrize("body", ["{{ m.content.lstrip() if m.role == 'user' else m.content }}"])
def test_a_content_cut_on_one_side(body):
    """Where its area would begin depends on the other side: left to Jinja."""
    with pytest.raises(Unforeseen, match="message 0 is cut in a way of its own"):
        learned(body)


def test_an_answer_that_may_be_proven_or_not():
    """A thought before the last answer alone: earlier ones must not begin as it does."""
    twice = Chat(messages=CHAT.messages * 2)
    body = "{{ '<think>' if m.role == 'assistant' and loop.last }}{{ m.content }}"
    shape = learned(body, twice, ask="{% if add_generation_prompt %}<a><think>{% endif %}")
    assert [area.message for area in shape.areas] == [0, 2, 3]
    assert shape.guards == ((1, "content", ("<",)),)


def test_an_answer_cut_unless_it_is_the_last():
    """Whether its text is the same in a shorter chat depends on its white space."""
    twice = Chat(messages=CHAT.messages * 2)
    with pytest.raises(Unforeseen, match="answer 1 is not proven for every content"):
        learned(
            "{{ m.content | trim if m.role == 'assistant' and not loop.last else m.content }}",
            twice,
        )
