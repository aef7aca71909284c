"""Why a photograph of a sign-in sheet is not read: one reason each, so that the next photograph can be better."""

from typing import ClassVar

from lessonproof.evidence.errors import InputError


class SheetPhotoError(InputError):
    """A photograph of a sign-in sheet cannot be read (exit code 3); never is a sheet guessed."""

    code: ClassVar[str] = "sheet_photo_error"


class PhotoUnreadableError(SheetPhotoError):
    """The file is no JPEG or PNG picture, is damaged, or is larger than is opened here."""

    code: ClassVar[str] = "photo_unreadable"


class SheetMarkerMissingError(SheetPhotoError):
    """A corner marker is not in the picture, is covered, or is there twice."""

    code: ClassVar[str] = "sheet_marker_missing"


class SheetTooSmallError(SheetPhotoError):
    """Too few pixels fall on a cell."""

    code: ClassVar[str] = "sheet_too_small"


class SheetBlurredError(SheetPhotoError):
    """Printed edges are wider than handwriting."""

    code: ClassVar[str] = "sheet_too_blurred"


class SheetGridMissingError(SheetPhotoError):
    """The printed lines are not where they must be: covered, curled, or glaring."""

    code: ClassVar[str] = "sheet_grid_missing"


class SheetCodeUnreadableError(SheetPhotoError):
    """The QR code cannot be read, or is none of a sheet that this version knows."""

    code: ClassVar[str] = "sheet_code_unreadable"


class SheetForeignError(SheetPhotoError):
    """The sheet is another class's, another unit's, printed from another roster, or the same page once more."""

    code: ClassVar[str] = "sheet_foreign"
