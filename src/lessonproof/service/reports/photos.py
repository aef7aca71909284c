"""The photographs of a unit as its report shows them: small and veiled, what was measured, and the twin of a duplicate.

A picture that does not say of itself how people in it were made unrecognisable is not shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.kind_words import KIND_WORDS
from lessonproof.evidence.photo import Clarity, FailedPhoto, PhotoFacts, PhotoPeople, PhotoResult, PhotoSide, frame_key
from lessonproof.evidence.picture_note import Privacy, note_of
from lessonproof.evidence.reason_words import reason_words
from lessonproof.evidence.training import SHANGHAI
from lessonproof.evidence.verdict import Bilingual, UnitCase
from lessonproof.service.reports.formats import clock
from lessonproof.service.reports.measured import percent_words
from lessonproof.service.reports.pictured import PRIVACY_NOTES
from lessonproof.service.reports.terms import NO_HEADCOUNT, looked_up

_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  shown times have no zone
CLARITIES: Final[Mapping[str, Bilingual]] = {
    Clarity.CLEAR: Bilingual("清晰", "clear"),
    Clarity.UNSHARP: Bilingual("疑似模糊", "seems unsharp"),
    Clarity.DARK: Bilingual("疑似过暗", "seems too dark"),
    Clarity.BLANK: Bilingual("疑似没有内容", "seems to show nothing"),
    Clarity.UNKNOWN: Bilingual("像素太少，无法判断", "too few pixels to tell"),
}
METHODS: Final[Mapping[str, Bilingual]] = {
    "same_bytes": Bilingual("文件完全相同", "the same file, byte by byte"),
    "same_pixels": Bilingual("画面逐点相同", "the same picture, pixel by pixel"),
    "same_exposure": Bilingual(
        "对齐后人物与其他部分一样逐点吻合，疑似同一次拍摄另存（压缩、缩放、裁剪或更换水印）",
        "laid over each other, people agree as closely as the rest: apparently one exposure saved again "
        "(compressed, scaled, cropped or with another watermark)",
    ),
    "recorded_frame": Bilingual(
        "对齐后人物与其他部分一样逐点吻合，而在录像的其他时刻人物并不吻合",
        "laid over each other, people agree as closely as the rest, and at other moments of the recording they do not",
    ),
}
POOR_REASONS: Final[Mapping[str, Bilingual]] = {
    "unsharp": CLARITIES[Clarity.UNSHARP],
    "dark": CLARITIES[Clarity.DARK],
    "blank": CLARITIES[Clarity.BLANK],
    "nobody_seen": Bilingual("没有发现人，请人工核对", "nobody was found; please look"),
}
_SIDES: Final[Mapping[str, Bilingual]] = {
    PhotoSide.FRONT: Bilingual("前", "front"),
    PhotoSide.BACK: Bilingual("后", "back"),
}
_NOT_DECLARED: Final = Bilingual("未申报", "not declared")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One finding of a photograph, in words; ``twin`` is the veiled JPEG of the photograph or frame that it equals."""

    name: Bilingual
    text: Bilingual
    confidence: Bilingual
    twin: bytes | None


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photograph: its name, veiled JPEG, facts in pairs, findings, or why it could not be read."""

    file: str
    picture: bytes | None
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    suspicions: tuple[Suspicion, ...]
    problem: Bilingual | None


@dataclass(frozen=True, slots=True)
class PhotosView:
    """All photographs of a unit, and what was done to the people in the pictures."""

    photos: tuple[PhotoView, ...]
    privacy: tuple[Bilingual, ...]
    has_hidden: bool

    @property
    def suspected(self) -> int:
        """Number of findings on all photographs."""
        return sum(len(photo.suspicions) for photo in self.photos)


def picture_name(sha256: str) -> str:
    """Under which a photograph's veiled picture is handed to the report."""
    return f"photos/{sha256}.jpg"


def photos_view(case: UnitCase, pictures: Mapping[str, bytes]) -> PhotosView | None:
    """What the report shows; ``None`` where nothing was measured.

    Args:
        case: the unit's.
        pictures: veiled JPEG by :func:`picture_name`.
    """
    if case.photos is None:
        return None
    photos = tuple(_photo(item, pictures) for item in case.photos.photos)
    shown = [view.picture for view in photos] + [s.twin for view in photos for s in view.suspicions]
    done: set[Privacy] = {note.privacy for one in shown if one is not None and (note := note_of(one)) is not None}
    hidden = any(view.picture is None and view.problem is None for view in photos)
    return PhotosView(photos, tuple(PRIVACY_NOTES[privacy] for privacy in Privacy if privacy in done), hidden)


def _photo(item: PhotoResult, pictures: Mapping[str, bytes]) -> PhotoView:
    result = item.result
    if isinstance(result, FailedPhoto):
        return PhotoView(item.ref.file, None, (), (), Bilingual(result.zh, result.en))
    suspicions = tuple(_suspicion(finding, pictures) for finding in item.findings)
    return PhotoView(item.ref.file, _veiled(result.sha256, pictures), _facts(item, result), suspicions, None)


def _veiled(sha256: object, pictures: Mapping[str, bytes]) -> bytes | None:
    content = pictures.get(picture_name(sha256)) if isinstance(sha256, str) else None
    return None if content is None or note_of(content) is None else content


def _facts(item: PhotoResult, facts: PhotoFacts) -> tuple[tuple[Bilingual, Bilingual], ...]:
    ref, exif, mark = item.ref, facts.exif, facts.watermark
    declared = _NOT_DECLARED if ref.taken_at is None else _same(f"{ref.taken_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    place = [*mark.place]
    if exif.latitude_deg is not None and exif.longitude_deg is not None:
        place.append(f"{exif.latitude_deg:.5f}, {exif.longitude_deg:.5f}")
    size = f"{facts.width_px} × {facts.height_px}"
    copies, frames = (_searched(reason) for reason in (facts.copies_unsearched, facts.frames_unsearched))
    return (
        (Bilingual("申报时间", "Declared time"), declared),
        (Bilingual("水印时间", "Time in the watermark"), _times(mark.shown_s, mark.reason)),
        (Bilingual("EXIF 时间", "Time in EXIF"), _times(() if exif.taken_s is None else (exif.taken_s,), exif.reason)),
        (Bilingual("地点", "Place"), _same("; ".join(place)) if place else Bilingual("不明", "unknown")),
        (Bilingual("拍摄方向", "Side"), _NOT_DECLARED if ref.side is None else _SIDES[ref.side]),
        (Bilingual("画面人数", "People in view"), _people(facts.people)),
        (Bilingual("清晰度", "Clearness"), CLARITIES[facts.clarity]),
        (Bilingual("另存副本检查", "Copies saved again"), copies),
        (Bilingual("录像画面检查", "Frames of recordings"), frames),
        (Bilingual("设备", "Device"), Bilingual("不明", "unknown") if exif.device is None else _same(exif.device)),
        (Bilingual("像素", "Pixels"), _same(size)),
    )


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)


def _searched(reason: str | None) -> Bilingual:
    return Bilingual("已检查", "searched") if reason is None else _why(reason)


def _why(code: str) -> Bilingual:
    return NO_HEADCOUNT[code] if code in NO_HEADCOUNT else reason_words(code)


def _times(shown_s: tuple[int, ...], reason: str | None) -> Bilingual:
    if reason is not None:
        return reason_words(reason)
    texts = [f"{_EPOCH + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}" for second in shown_s]
    return Bilingual(" 或 ".join(texts), " or ".join(texts))


def _people(people: PhotoPeople) -> Bilingual:
    if people.count is None:
        return Bilingual("不明", "unknown") if people.reason is None else _why(people.reason)
    if people.low is None or people.high is None:
        return Bilingual(f"{people.count}（误差未知）", f"{people.count} (error unknown)")
    return Bilingual(
        f"{people.count}（区间 {people.low}–{people.high}）", f"{people.count} (interval {people.low} to {people.high})"
    )


def _suspicion(finding: Finding, pictures: Mapping[str, bytes]) -> Suspicion:
    detail, twin = finding.detail, finding.detail.get("other")
    start_s = detail.get("other_start_s")
    if finding.kind is FindingKind.PHOTO_DUPLICATE and isinstance(start_s, int | float):
        where = f"{detail.get('other_unit')} / {detail.get('other_file')}"
        at, how = clock(round(start_s * NS_PER_S), with_fraction=True), METHODS["recorded_frame"]
        text = Bilingual(
            f"疑似录像 {where} 中 {at} 的画面：{how.zh}",
            f"apparently the picture at {at} of the recording {where}: {how.en}",
        )
        twin = frame_key(str(twin), start_s)
    elif finding.kind is FindingKind.PHOTO_DUPLICATE:
        how = looked_up(METHODS, str(detail.get("method")))
        where = f"{detail.get('other_unit')} / {detail.get('other_file')}"
        text = Bilingual(f"与 {where} 疑似同一张照片：{how.zh}", f"apparently the photograph {where}: {how.en}")
    else:
        reasons = detail.get("reasons")
        words = [looked_up(POOR_REASONS, str(one)) for one in (reasons if isinstance(reasons, list | tuple) else ())]
        text = Bilingual("；".join(word.zh for word in words), "; ".join(word.en for word in words))
    name = KIND_WORDS[finding.kind].name
    return Suspicion(name, text, percent_words(finding.confidence), _veiled(twin, pictures))
