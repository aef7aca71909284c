"""The pictures of a report: those of findings, those of the head count, and what was done to the people in them.

A picture that does not say of itself how people in it were made unrecognisable is not shown, wherever it comes from.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from lessonproof.evidence.count_pictures import CountMoment, CountPicture, count_pictures
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.picture_note import PictureNote, Privacy, note_of
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports import formats
from lessonproof.service.reports.shapes import Picture
from lessonproof.service.reports.terms import PICTURE_CAPTIONS, looked_up

COUNT_CAPTIONS: Final[Mapping[CountMoment, Bilingual]] = {
    CountMoment.START: Bilingual("首次计数", "first count"),
    CountMoment.LOWEST: Bilingual("人数最少", "fewest people"),
    CountMoment.HIGHEST: Bilingual("人数最多", "most people"),
}
PRIVACY_NOTES: Final[Mapping[Privacy, Bilingual]] = {
    Privacy.HEADS: Bilingual(
        "画面中的人头由检测器定位并打码，不可复原；检测器可能漏掉个别人头，请勿外传。"
        "未打码的画面只能在保存录像的服务上查看，每次查看都记入保管链。",
        "Heads in the pictures were found by a detector and blurred beyond recovery. It may have missed one: do not "
        "pass the pictures on. Unblurred they can be seen only on a service that holds the recording, and every view "
        "is written into its custody ledger.",
    ),
    Privacy.WHOLE: Bilingual(
        "有的画面无法定位人头（没有可用的人员检测结果），因此整幅粗化，任何人都无法辨认。",
        "Where heads could not be located (no person detector was at hand) the whole picture was coarsened, so that "
        "nobody can be recognised.",
    ),
}


def finding_pictures(finding: Finding, pictures: Mapping[str, bytes]) -> tuple[Picture, ...]:
    """The pictures of a finding with their captions."""
    return tuple(
        _picture(looked_up(PICTURE_CAPTIONS, name.removesuffix(".jpg").rpartition("-")[2]), pictures.get(name))
        for name in finding.evidence
    )


def pictures_of_counts(dossier: Dossier, pictures: Mapping[str, bytes]) -> tuple[Picture, ...]:
    """Pictures of moments of the head count; those that were not handed in are left out."""
    chosen = ((count, pictures.get(count.name)) for count in count_pictures(dossier))
    return tuple(
        _picture(_count_caption(count, note), content)
        for count, content in chosen
        if content is not None and (note := note_of(content)) is not None
    )


def privacy_notes(pictures: Iterable[Picture]) -> tuple[Bilingual, ...]:
    """What was done to the people in pictures that are shown, once each."""
    done = {picture.privacy for picture in pictures if picture.privacy is not None}
    return tuple(words for privacy, words in PRIVACY_NOTES.items() if privacy in done)


def _picture(caption: Bilingual, content: bytes | None) -> Picture:
    note = None if content is None else note_of(content)
    return Picture(caption, None if note is None else content, None if note is None else note.privacy)


def _count_caption(picture: CountPicture, note: PictureNote) -> Bilingual:
    """``人数最多 0:20:00：12 人（区间 11–14），框出 12 人``."""
    sample, at = picture.sample, formats.clock(picture.sample.time_ns)
    why = Bilingual(
        "、".join(COUNT_CAPTIONS[moment].zh for moment in picture.moments),
        ", ".join(COUNT_CAPTIONS[moment].en for moment in picture.moments),
    )
    has_interval = sample.low is not None and sample.high is not None
    band = Bilingual(f"（区间 {sample.low}–{sample.high}）", f" (interval {sample.low} to {sample.high})")
    boxed = Bilingual(f"，框出 {note.marked} 人", f", {note.marked} boxed")
    return Bilingual(
        f"{why.zh} {at}：{sample.count} 人{band.zh if has_interval else ''}{'' if note.marked is None else boxed.zh}",
        f"{why.en} {at}: {sample.count} people{band.en if has_interval else ''}"
        f"{'' if note.marked is None else boxed.en}",
    )
