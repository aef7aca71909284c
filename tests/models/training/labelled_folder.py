"""A folder of labelled pictures, tiny but real: JPEG files with bright squares for people."""

from pathlib import Path

import cv2
import numpy as np

SOURCES = "set,repo,commit,licence,classes_labelled\nrooms,me/rooms,abc,CC BY 4.0,person\nheads,me/heads,def,MIT,head\n"


def write_labelled(root: Path, *, pictures: int = 4) -> Path:
    """Two sets, ``rooms`` (persons) and ``heads``; of each the last picture is for testing."""
    rng = np.random.default_rng(1)
    rows = ["set,image,scene,split"]
    for set_name, class_index in (("rooms", 0), ("heads", 1)):
        for folder in ("images", "labels", "ignore"):
            (root / set_name / folder).mkdir(parents=True, exist_ok=True)
        for number in range(pictures):
            pixels = rng.integers(0, 60, (48, 64, 3), dtype=np.uint8)
            pixels[12:36, 16:32] = 250
            cv2.imwrite(str(root / set_name / "images" / f"{number}.jpg"), pixels)
            (root / set_name / "labels" / f"{number}.txt").write_text(f"{class_index} 0.375 0.5 0.25 0.5\n", "utf-8")
            split = "test" if number == pictures - 1 else "train"
            rows.append(f"{set_name},{number}.jpg,scene{number},{split}")
    (root / "rooms" / "ignore" / "0.txt").write_text("0 0.75 0.5 0.25 0.5\n", "utf-8")
    (root / "split.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (root / "SOURCES.csv").write_text(SOURCES, "utf-8")
    return root
