"""What can go wrong while keeping things: full disks, missing rows and objects, lost leases, broken chains."""

from typing import ClassVar

from lessonproof.evidence.errors import InfrastructureError, InputError, IntegrityError, ServiceUnreachableError


class StoreFullError(InfrastructureError):
    """The disk or bucket has no room left (or a quota is used up); nothing of the write was kept."""

    code: ClassVar[str] = "store_full"


class ObjectMissingError(IntegrityError):
    """The database names an object that the store does not have."""

    code: ClassVar[str] = "object_missing"


class ObjectStoreUnreachableError(ServiceUnreachableError):
    """The object store does not answer, or refuses the credentials."""

    code: ClassVar[str] = "object_store_unreachable"


class ObjectStoreSettingsError(InputError):
    """The endpoint or the bucket's name cannot be one."""

    code: ClassVar[str] = "object_store_settings"


class DatabaseUnreachableError(ServiceUnreachableError):
    """The database cannot be opened, is locked for too long, or its disk is full."""

    code: ClassVar[str] = "database_unreachable"


class DatabaseVersionError(InfrastructureError):
    """The database was written by a newer version of this software."""

    code: ClassVar[str] = "database_version"


class CustodyBrokenError(IntegrityError):
    """The custody ledger's chain of hashes does not hold: an entry was altered, removed or put in."""

    code: ClassVar[str] = "custody_broken"


class LeaseLostError(InfrastructureError):
    """The job is no longer held by this worker; what it did after its lease ran out is not recorded."""

    code: ClassVar[str] = "lease_lost"


class NotFoundError(InputError):
    """There is no such class, unit, recording, job or picture."""

    code: ClassVar[str] = "not_found"


class AlreadyReceivedError(InputError):
    """Another recording was received under this name before; replacing it has to be asked for."""

    code: ClassVar[str] = "already_received"


class UnexpectedRecordingError(InputError):
    """No unit of the class names a recording of this name."""

    code: ClassVar[str] = "unexpected_recording"


class AmbiguousNameError(InputError):
    """Two different recordings of a class file end in the same file name, so an upload could be either."""

    code: ClassVar[str] = "ambiguous_name"


class WrongDigestError(InputError):
    """The bytes that arrived do not have the digest that was announced for them."""

    code: ClassVar[str] = "wrong_digest"
