"""From a venue file's YAML to a layout, with every check and the line that each mistake stands on."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from lessonproof.documents.checking import Problem, dotted, refuse, shown, validate
from lessonproof.documents.files import decode_utf8, read_small_file
from lessonproof.documents.paths import first_link
from lessonproof.documents.venue_models import WrittenCamera, WrittenVenue
from lessonproof.documents.yaml_source import MAX_BYTES, YamlPath, load_yaml
from lessonproof.evidence.venue import (
    MIN_STATION_SIDE_PX,
    CameraView,
    Polygon,
    StationArea,
    VenueLayout,
    crosses_itself,
    side_px,
)

MAX_PICTURE_BYTES = 64 << 20


def read_venue_file(path: Path, name: str, pictures_dir: Path, recorded: frozenset[str]) -> VenueLayout:
    """Read a venue file.

    Args:
        path: where it lies; links are not followed.
        name: what the user calls it.
        pictures_dir: folder that the reference pictures' paths lead into.
        recorded: cameras of the recordings that are handed in for this venue; empty where there are none.

    Raises:
        DocumentError: names file, line, field and what was expected, for every mistake.
    """
    content = read_small_file(path, name, MAX_BYTES, follow_links=False)
    document = load_yaml(decode_utf8(content, name), name)
    written = validate(WrittenVenue, document)
    problems = [*_names(written), *_cameras(written, recorded), *_pictures(written, pictures_dir)]
    if problems:
        raise refuse(document, problems)
    return VenueLayout(
        venue=written.venue,
        cameras=tuple(_view(written, camera) for camera in written.cameras),
        overlapping=written.overlapping,
        source_sha256=hashlib.sha256(content).hexdigest(),
    )


def _view(written: WrittenVenue, camera: WrittenCamera) -> CameraView:
    return CameraView(
        camera=camera.camera,
        reference=camera.reference,
        reference_sha256=camera.sha256,
        width_px=camera.width_px,
        height_px=camera.height_px,
        stations=tuple(
            StationArea(station.name, _shares(written, camera, station.polygon)) for station in camera.stations
        ),
        teaching_area=None if camera.teaching_area is None else _shares(written, camera, camera.teaching_area),
    )


def _shares(written: WrittenVenue, camera: WrittenCamera, corners: Polygon) -> Polygon:
    if written.coordinates == "share":
        return corners
    return tuple((x / camera.width_px, y / camera.height_px) for x, y in corners)


def _names(written: WrittenVenue) -> Iterator[Problem]:
    if not written.cameras:
        yield Problem(("cameras",), "an empty list", "没有摄像头", "at least one camera", "至少一个摄像头")
    elif not any(camera.stations or camera.teaching_area for camera in written.cameras):
        yield Problem(
            ("cameras",),
            "no station and no teaching area",
            "既没有工位，也没有讲授区",
            "at least one station or teaching_area",
            "至少一个工位或讲授区",
        )
    yield from _unique(("cameras",), "camera", [camera.camera for camera in written.cameras])
    for index, camera in enumerate(written.cameras):
        yield from _unique(("cameras", index, "stations"), "name", [station.name for station in camera.stations])
    known = [camera.camera for camera in written.cameras]
    for index, pair in enumerate(written.overlapping):
        if not set(pair) <= set(known) or pair[0] == pair[1]:
            yield Problem(
                ("overlapping", index),
                *shown(list(pair)),
                f"two different cameras of {', '.join(known)}",
                f"以下摄像头中不同的两个：{'、'.join(known)}",
            )


def _unique(path: YamlPath, field: str, names: Sequence[str]) -> Iterator[Problem]:
    first_at: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first_at:
            first = dotted((*path, first_at[name]))
            yield Problem(
                (*path, index, field),
                f"{shown(name)[0]}, which is {first} already",
                f"{name} 与 {first} 重复",
                "a name of its own",
                "名称不得重复",
            )
        first_at.setdefault(name, index)


def _cameras(written: WrittenVenue, recorded: frozenset[str]) -> Iterator[Problem]:
    for index, camera in enumerate(written.cameras):
        path: YamlPath = ("cameras", index)
        if recorded and camera.camera not in recorded:
            listed = sorted(recorded)
            yield Problem(
                (*path, "camera"),
                f"{shown(camera.camera)[0]}, which no recording has",
                f"没有录像使用摄像头 {camera.camera}",
                f"one of the recordings' cameras: {', '.join(listed)}",
                f"录像的摄像头之一：{'、'.join(listed)}",
            )
        for number, station in enumerate(camera.stations):
            place = (*path, "stations", number, "polygon")
            yield from _polygon(place, written, camera, station.polygon, is_station=True)
        if camera.teaching_area is not None:
            yield from _polygon((*path, "teaching_area"), written, camera, camera.teaching_area, is_station=False)


def _polygon(
    path: YamlPath, written: WrittenVenue, camera: WrittenCamera, corners: Polygon, *, is_station: bool
) -> Iterator[Problem]:
    polygon = _shares(written, camera, corners)
    outside = [corner for corner, (x, y) in zip(corners, polygon, strict=True) if not (0 <= x <= 1 and 0 <= y <= 1)]
    if outside:
        limits = "0..1" if written.coordinates == "share" else f"0..{camera.width_px}, 0..{camera.height_px}"
        yield Problem(
            path,
            f"a corner outside of the picture: {outside[0][0]:g}, {outside[0][1]:g}",
            f"顶点在画面之外：{outside[0][0]:g}, {outside[0][1]:g}",
            f"corners in {limits}",
            f"顶点在 {limits} 之内",
        )
    if crosses_itself(polygon):
        yield Problem(
            path,
            "an outline that crosses itself",
            "轮廓自相交",
            "corners in order around the area",
            "沿作业区轮廓依次给出顶点",
        )
        return
    side = side_px(polygon, camera.width_px, camera.height_px)
    if is_station and side < MIN_STATION_SIDE_PX:
        yield Problem(
            path,
            f"an area as small as a square of {side:.0f} pixels: too small to see hands",
            f"面积只相当于边长 {side:.0f} 像素的正方形，看不清双手",
            f"one of {MIN_STATION_SIDE_PX:.0f} pixels at least",
            f"至少相当于边长 {MIN_STATION_SIDE_PX:.0f} 像素",
        )


def _pictures(written: WrittenVenue, folder: Path) -> Iterator[Problem]:
    for index, camera in enumerate(written.cameras):
        path: YamlPath = ("cameras", index, "reference")
        if first_link(folder, camera.reference) is not None:
            yield Problem(path, "a symbolic link", "这是符号链接", "the picture itself", "图片文件本身")
            continue
        if not (folder / camera.reference).is_file():
            yield Problem(path, f"no file {camera.reference}", f"没有文件 {camera.reference}", "a picture", "图片文件")
            continue
        content = read_small_file(folder / camera.reference, camera.reference, MAX_PICTURE_BYTES, follow_links=False)
        digest = hashlib.sha256(content).hexdigest()
        if digest != camera.sha256:
            yield Problem(
                ("cameras", index, "sha256"),
                f"another digest than the file's, {digest}",
                f"与文件的摘要 {digest} 不一致",
                "the digest of the picture that the stations were drawn on",
                "绘制工位时所用图片的摘要",
            )
