from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.lessons import Edit, EditKind, HonestEvent, HonestKind, SpecError, parse_edit, parse_honest


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("cut@120:30", Edit(EditKind.CUT, 120, 30)),
        ("cut@120:30,keep_audio=yes", Edit(EditKind.CUT, 120, 30, keep_audio=True)),
        ("speed@60:30,factor=1.5", Edit(EditKind.SPEED, 60, 30, factor=1.5)),
        ("splice@6:3,foreign_seed=9,same_room=yes", Edit(EditKind.SPLICE, 6, 3, foreign_seed=9, same_room=True)),
        ("clock_jump@100,shift_s=-600", Edit(EditKind.CLOCK_JUMP, 100, shift_s=-600)),
        ("reencoded", Edit(EditKind.REENCODED)),
        ("concatenated@300.5", Edit(EditKind.CONCATENATED, 300.5)),
    ],
)
def test_edits_as_typed(text: str, edit: Edit) -> None:
    assert parse_edit(text) == edit


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("snip@3:4", "unknown edit 'snip'"),
        ("cut@three:4", "expected a number of seconds, got 'three'"),
        ("cut@3:4,colour=red", "unknown field 'colour=red'"),
        ("speed@3:4,factor=fast", "factor: cannot read 'fast'"),
        ("cut@3:4,keep_audio=maybe", "expected yes or no"),
        ("cut@3:4,keep_audio", "unknown field"),
    ],
)
def test_a_wrong_edit_says_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        parse_edit(text)


def test_honest_events_as_typed() -> None:
    assert parse_honest("knock@30:1.5") == HonestEvent(HonestKind.KNOCK, 30, 1.5)
    assert parse_honest("walker_close@7") == HonestEvent(HonestKind.WALKER_CLOSE, 7, 2)
    with pytest.raises(SpecError, match="unknown honest event 'sneeze'"):
        parse_honest("sneeze@3")


@given(st.text(max_size=40) | st.from_regex(r"(cut|gap|loop|speed)@[0-9.:,=a-z_-]{0,30}", fullmatch=True))
def test_any_text_is_an_edit_or_a_clear_refusal(text: str) -> None:
    for parse in (parse_edit, parse_honest):
        with contextlib.suppress(SpecError):
            assert parse(text).start_s >= 0
