"""How a picture's place on a reference picture is proposed and made exact; whether it holds is judged elsewhere."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

MIN_INLIERS: Final = 20
MIN_INLIER_SHARE: Final = 0.25
_FEATURES: Final = 1200
_RATIO: Final = 0.8
"""Lowe (2004), "Distinctive Image Features from Scale-Invariant Keypoints", 7.1."""
_REPROJECTION_PX: Final = 3.0
_ECC_STEPS: Final = 30
_ECC_EPSILON: Final = 1e-4
_ECC_SMOOTHING_PX: Final = 5

Matrix = NDArray[np.float64]


def homography(
    here: NDArray[np.float32],
    here_descriptors: NDArray[np.uint8],
    there: NDArray[np.float32],
    there_descriptors: NDArray[np.uint8],
) -> Matrix | None:
    """The homography that takes features of one picture to those of another; ``None`` where too few agree.

    By ORB features (Rublee et al., 2011) and RANSAC (Fischler and Bolles, 1981).

    Args:
        here: shape ``(N, 2)``, places in the one picture.
        here_descriptors: shape ``(N, 32)``.
        there: shape ``(M, 2)``, places in the other.
        there_descriptors: shape ``(M, 32)``.
    """
    if len(here) < MIN_INLIERS or len(there) < MIN_INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(here_descriptors, there_descriptors, k=2)
    good = [pair[0] for pair in pairs if len(pair) > 1 and pair[0].distance < _RATIO * pair[1].distance]
    if len(good) < MIN_INLIERS:
        return None
    first = here[[match.queryIdx for match in good]]
    second = there[[match.trainIdx for match in good]]
    cv2.setRNGSeed(0)  # the same pictures give the same place
    fitted: tuple[Any, Any] = cv2.findHomography(first, second, cv2.RANSAC, _REPROJECTION_PX)
    found, inliers = fitted
    if found is None or inliers is None:
        return None
    count = int(inliers.sum())
    return np.asarray(found, np.float64) if count >= max(MIN_INLIERS, MIN_INLIER_SHARE * len(good)) else None


def refined(
    reference: NDArray[np.float32],
    structure: NDArray[np.float32],
    matrix: Matrix,
    people_px: NDArray[np.float32] | None,
) -> Matrix | None:
    """A place made exact on the structure of the whole picture; ``None`` where that does not settle.

    Args:
        reference: shape ``(H, W)``, structure of the reference picture.
        structure: shape ``(H, W)``, structure of the picture.
        matrix: where to begin.
        people_px: shape ``(K, 4)``, boxes that are left out.

    Source: Evangelidis and Psarakis (2008), "Parametric Image Alignment Using Enhanced Correlation Coefficient
    Maximization".
    """
    shown = np.full(structure.shape, 255, np.uint8)
    for left, top, right, bottom in [] if people_px is None else people_px.round().astype(int).tolist():
        shown[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 0
    start = np.asarray(matrix / matrix[2, 2], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, _ECC_EPSILON)
    try:
        _, found = cv2.findTransformECC(
            reference, structure, start, cv2.MOTION_HOMOGRAPHY, criteria, shown, _ECC_SMOOTHING_PX
        )
    except cv2.error:  # it found no way to more agreement
        return None
    return np.asarray(found, np.float64)


def features(small: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Places of shape ``(N, 2)`` and ORB descriptors of shape ``(N, 32)`` of a picture."""
    orb = cv2.ORB.create(nfeatures=_FEATURES, fastThreshold=8)
    seen: tuple[Any, Any] = orb.detectAndCompute(small, None)
    found, descriptors = seen
    if descriptors is None:
        return np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8)
    return np.array([point.pt for point in found], np.float32), np.asarray(descriptors, np.uint8)
