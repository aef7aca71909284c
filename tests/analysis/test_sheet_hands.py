import numpy as np
from numpy.typing import NDArray

from benchmarks.sheets.hands import PENS, Hand, Pen, copied, random_hand, write
from lessonproof.analysis.sheet_hands import similar_signatures


def _drawn(hand: Hand, rng: np.random.Generator) -> NDArray[np.bool_]:
    page = np.ones((80, 360, 3), np.float32)
    write(page, Hand(hand.strokes, Pen(PENS[0].rgb, 1.0, 0.5)), (3.0, 6.0), 6.0, rng)
    return np.asarray(page[..., 0] < 0.7)


def test_a_name_drawn_twice_is_a_hint_and_other_names_are_none() -> None:
    rng = np.random.default_rng(5)
    hands = {row: random_hand(rng, 3) for row in range(1, 31)}
    hands[40] = copied(rng, hands[7])
    pairs = similar_signatures({row: _drawn(hand, rng) for row, hand in hands.items()})
    assert [(pair.first_row, pair.second_row) for pair in pairs] == [(7, 40)]
    assert 0.7 < pairs[0].similarity <= 1


def test_one_signature_or_none_has_no_pair() -> None:
    rng = np.random.default_rng(6)
    assert similar_signatures({}) == ()
    assert similar_signatures({3: _drawn(random_hand(rng, 2), rng)}) == ()
    assert similar_signatures({3: np.zeros((5, 5), bool), 4: np.zeros((5, 5), bool)}) == ()
