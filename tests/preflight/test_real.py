"""Real conversations with tools, held against vendors: what is found is pinned."""

import json

import pytest

from curator.preflight import check
from curator.preflight.mend import fix

pytestmark = pytest.mark.real

FOUND = {
    "openai": {"openai_sft.ends_with_answer": (200, 200)},
    "together": {},
    "fireworks": {},
    "mistral": {
        "mistral_sft.calls_and_content": (90, 61),
        "mistral_sft.last_role": (200, 200),
        "mistral_sft.call_id": (1164, 182),
        "mistral_sft.reply_id": (1164, 182),
    },
}


@pytest.fixture(scope="module")
def chats(real_data, tmp_path_factory):
    """Two hundred chats of an airline's agent, a line each."""
    told = json.loads((real_data / "airline-function-chats" / "gpt-4o-airline.json").read_text())
    path = tmp_path_factory.mktemp("real") / "chats.jsonl"
    path.write_text("".join(json.dumps({"messages": each["traj"]}) + "\n" for each in told))
    return path


@pytest.mark.parametrize("vendor", FOUND)
def test_what_vendors_would_say_of_real_chats(vendor, chats, today):
    """Each finding counted, with its rows."""
    counts = check(chats, vendor, today=today).counts
    told = {rule: (each.findings, each.rows) for rule, each in counts.items() if each.rows}
    assert told == FOUND[vendor]


def test_real_chats_are_mended_for_mistral(chats, today):
    """All rows stay: a last question goes, ids are shortened, words beside a call are left out."""
    fixed = fix(chats, "mistral")
    assert (fixed.mended, fixed.dropped) == (200, 0)
    assert fixed.edits == {"trim_end": 200, "call_ids": 182, "drop_inner": 61}
    assert check(fixed.out, "mistral", today=today).holds()
