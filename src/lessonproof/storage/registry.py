"""Which object stores there are."""

from collections.abc import Callable, Mapping
from typing import Final

from lessonproof.storage.local_objects import LocalObjectStore
from lessonproof.storage.objects import ObjectStore, StoreSpec


def _open_s3(spec: StoreSpec) -> ObjectStore:
    # The client is imported only where a bucket is used: one machine needs none.
    from lessonproof.storage.s3_objects import S3ObjectStore  # noqa: PLC0415

    return S3ObjectStore(spec)


STORES: Final[Mapping[str, Callable[[StoreSpec], ObjectStore]]] = {"local": LocalObjectStore, "s3": _open_s3}


def open_store(spec: StoreSpec) -> ObjectStore:
    """Open the store that ``spec`` describes.

    Raises:
        InfrastructureError: the folder cannot be used, or the bucket does not answer.
        KeyError: there is no such kind of store.
    """
    return STORES[spec.kind](spec)
