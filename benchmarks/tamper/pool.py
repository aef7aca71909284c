"""Processes that render and measure side by side, each on one thread."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import cv2


def process_pool(jobs: int) -> ProcessPoolExecutor:
    """A pool of fresh processes: a fork would copy OpenCV's threads as they stand, and wait for them for ever.

    Args:
        jobs: how many processes.
    """
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_one_thread)


def _one_thread() -> None:
    cv2.setNumThreads(1)
