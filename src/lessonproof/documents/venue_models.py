"""The venue file as it is written: a workshop's cameras, their reference pictures, and the stations on them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

from lessonproof.documents.checking import Written, described, expected
from lessonproof.documents.class_models import Digest, InnerPath
from lessonproof.documents.scalars import PositiveInt, Text
from lessonproof.evidence.venue import Point

MIN_CORNERS = 3
MAX_CORNERS = 64


def _corners(value: object) -> tuple[Point, ...]:
    pairs = value if isinstance(value, list) else []
    if not MIN_CORNERS <= len(pairs) <= MAX_CORNERS or not all(_is_pair(pair) for pair in pairs):
        raise expected(
            f"{MIN_CORNERS} to {MAX_CORNERS} corners [x, y], such as [[0.1, 0.5], [0.3, 0.5], [0.2, 0.8]]",
            f"{MIN_CORNERS} 至 {MAX_CORNERS} 个顶点 [x, y]，每个为两个数字，例如 [[0.1, 0.5], [0.3, 0.5], [0.2, 0.8]]",
        )
    return tuple((float(x), float(y)) for x, y in pairs)


def _is_pair(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in pair)
    )


Corners = Annotated[
    tuple[Point, ...], BeforeValidator(_corners), WithJsonSchema({"type": "array", "items": {"type": "array"}})
]


class WrittenStation(Written):
    """One training station on a camera's reference picture / 一个实训工位."""

    name: Text = described("name of the station, unique on this camera", "工位名称，同一摄像头内不得重复")
    polygon: Corners = described("corners of its work area, in order", "作业区的顶点，按顺序")


class WrittenCamera(Written):
    """One camera of the venue / 一个摄像头."""

    camera: Text = described("its name, as in recordings[].camera", "摄像头名称，与 recordings[].camera 一致")
    reference: InnerPath = described(
        "reference picture (JPEG or PNG) inside the folder of the class file",
        "参考画面（JPEG 或 PNG），位于班级文件所在文件夹内",
    )
    sha256: Digest = described("SHA-256 of the reference picture's file", "参考画面文件的 SHA-256")
    width_px: PositiveInt = described("width of the reference picture, pixels", "参考画面的宽度（像素）")
    height_px: PositiveInt = described("height of the reference picture, pixels", "参考画面的高度（像素）")
    stations: tuple[WrittenStation, ...] = described("the stations in its view", "画面内的工位", default=())
    teaching_area: Corners | None = described("where the teacher stands", "教师讲授区", default=None)


class WrittenVenue(Written):
    """A venue file / 场地布局文件."""

    venue: Text = described("name of the venue", "场地名称")
    coordinates: Literal["share", "px"] = described(
        "what the corners are: shares 0 to 1 of the reference picture's width and height, or its pixels",
        "顶点坐标的单位：share 为参考画面宽、高的比例（0 至 1），px 为参考画面的像素",
    )
    cameras: tuple[WrittenCamera, ...] = described("its cameras; at least one", "摄像头，至少一个")
    overlapping: tuple[tuple[Text, Text], ...] = described(
        "pairs of cameras that see a part of the room together", "画面有重叠的摄像头，成对列出", default=()
    )
