"""Putting the service together: from settings to the database, store, rules and analysis configuration in use."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lessonproof.models.clock_reader_registry import find_clock_reader
from lessonproof.models.errors import WeightsMissingError
from lessonproof.models.speech_detector_registry import find_speech_detector
from lessonproof.policy.packs import load_packs
from lessonproof.service.counting import find_weights
from lessonproof.service.settings import Settings
from lessonproof.storage.database import Database
from lessonproof.storage.objects import ObjectStore, StoreSpec
from lessonproof.storage.planning import WorkConfig
from lessonproof.storage.registry import open_store
from lessonproof.storage.staging import disk_errors, make_folder
from lessonproof.workers.configuration import AnalysisConfig, CounterSpec
from lessonproof.workers.judging import Rules
from lessonproof.workers.stamping import AnalysisSettings

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What requests and jobs work with.

    Attributes:
        settings: as read at the entry point.
        database: rows.
        store: objects.
        rules: by what units are judged.
        analysis: with what recordings are analysed.
        clock: the present moment, UTC.
    """

    settings: Settings
    database: Database
    store: ObjectStore
    rules: Rules
    analysis: AnalysisConfig
    clock: Callable[[], datetime]

    @property
    def work(self) -> WorkConfig:
        """With what new work is done."""
        return WorkConfig(self.analysis.config_hash, self.rules.rules_hash)

    @property
    def transfer_folder(self) -> Path:
        """A folder on the disk that uploads are written to first."""
        return store_spec(self.settings).folder


def open_services(settings: Settings) -> Services:
    """Open what ``settings`` name. The tables are expected to be there.

    Raises:
        InfrastructureError: the data folder, the database or the store cannot be used, or weights are damaged.
        InputError: weights of an unknown name are asked for.
    """
    with disk_errors(f"opening the data folder {settings.data_dir}"):
        make_folder(settings.data_dir.absolute())
    return Services(
        settings=settings,
        database=Database(database_url(settings)),
        store=open_store(store_spec(settings)),
        rules=Rules(load_packs(), settings.enabled_drafts),
        analysis=analysis_config(settings),
        clock=utc_now,
    )


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def database_url(settings: Settings) -> str:
    """Where the database is."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{settings.data_dir.absolute() / 'lessonproof.db'}"


def store_spec(settings: Settings) -> StoreSpec:
    """Where the objects are."""
    folder = settings.data_dir.absolute() / "store"
    if settings.store == "local":
        return StoreSpec("local", folder)
    return StoreSpec(
        "s3",
        folder,
        endpoint=settings.s3_endpoint,
        bucket=settings.s3_bucket,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        is_secure=settings.s3_secure,
    )


def analysis_config(settings: Settings) -> AnalysisConfig:
    """With what recordings are analysed; without weights people are not counted, and the log says so.

    Raises:
        WeightsMissingError: weights were asked for by name and are not there.
        WeightsAlteredError: bytes differ from the manifest.
    """
    chosen = AnalysisSettings(with_people=settings.people)
    reader = find_clock_reader()
    if reader is None:
        _LOG.warning("burned-in clocks are not read: no reader is installed (extra 'worker')")
    listener = find_speech_detector()
    if listener is None:
        _LOG.warning("roll calls are not listened for: no speech detector is installed (extra 'worker')")
    return AnalysisConfig(chosen, _counter_spec(settings) if settings.people else None, reader, listener)


def _counter_spec(settings: Settings) -> CounterSpec | None:
    try:
        found = find_weights(settings.weights, settings.models)
    except WeightsMissingError as error:
        if settings.weights is not None:
            raise
        _LOG.warning("people are not counted: %s", error)
        return None
    spec = found.detector_spec(device=settings.device)
    return CounterSpec(spec, found.entry.calibration, found.stamp)
