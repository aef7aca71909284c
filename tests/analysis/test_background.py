import numpy as np

from lessonproof.analysis.background import distances, features, sign_matrix, structure, usual_look


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, 36, 64)).astype(np.uint8)


def test_signs_are_fixed_for_ever() -> None:
    signs = sign_matrix(40, 8)
    assert signs.shape == (40, 8)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert abs(float(signs.mean())) < 0.2
    # Stored fingerprints of other recordings depend on these very signs.
    assert (signs[0] > 0).tolist() == [True, False, False, True, False, False, False, True]


def test_features_keep_distances() -> None:
    luma = pictures(12)
    look = usual_look(luma)
    rest = np.clip(structure(luma) - look, -40, 40).reshape(12, -1)
    true = np.sqrt(((rest[:, None] - rest[None]) ** 2).mean(axis=2))
    made = distances(features(luma, look), features(luma, look))
    away = ~np.eye(12, dtype=bool)
    np.testing.assert_allclose(made[away], true[away], rtol=0.2)
    np.testing.assert_allclose(np.diag(made), 0.0, atol=0.1)


def test_a_slow_gradient_of_light_is_no_structure() -> None:
    ramp = np.tile(np.linspace(60, 180, 64), (36, 1)).astype(np.uint8)[None]
    assert np.abs(structure(ramp)[:, 10:-10, 10:-10]).max() < 2.0
