from benchmarks.people.decisions import Decision
from benchmarks.people.measuring import RoomScore
from benchmarks.people.scores import PassageScore, Reading, StillScore
from benchmarks.people.table import line, room_lines
from lessonproof.evidence.verdict import ClauseStatus


def score(seed: int, roster: int, reading: Reading, decision: Decision) -> RoomScore:
    return RoomScore(
        seed=seed,
        scene="classroom",
        roster=roster,
        frames=[reading],
        alone=[reading],
        minutes=[reading],
        stills=StillScore(posters=2, found=2, excluded=1),
        passages=PassageScore(told=3, right=2),
        decisions=[decision],
        refound_share=0.9,
    )


def test_a_row_tells_frames_and_minutes() -> None:
    reading = Reading(10, 10, 8, (5, 12), 4)
    told = " ".join(line("here", [reading], [reading]).split())
    assert told == "here 1 10.00 2.00 6.00 1.000 7.00 | 1 2.00 6.00 1.000 7.00"
    assert "|" not in line("here", [reading], [])
    assert line("here", [], []).split() == ["here", "0"]


def test_rooms_are_told_by_size_and_sums_are_sums() -> None:
    honest = Decision(10, 10, ClauseStatus.PASS, ())
    invented = Decision(70, 50, ClauseStatus.PASS, ())
    lines = room_lines(
        [score(1, 10, Reading(8, 8, 8, (0, 9), 1), honest), score(2, 50, Reading(50, 50, 30, (0, 9), 9), invented)]
    )
    by_name = {row[:34].strip(): row[34:].split() for row in lines if row.startswith("rooms")}
    assert by_name["rooms with 4 to 10"][:5] == ["1", "8.00", "0.00", "7.00", "1.000"]
    assert by_name["rooms with 41 to 60"][:5] == ["1", "50.00", "20.00", "41.00", "0.000"]
    assert by_name["rooms, all"][:3] == ["2", "29.00", "10.00"]
    assert "rooms with 11 to 20" not in by_name
    told = "\n".join(lines)
    assert "honest classes:         1 classes, wrong 0" in told
    assert "wrong 1: pass 1.00; told of 0" in told
    assert "posters of a person: 4, of which the detector takes 4 for people; excluded 2" in told
    assert "6 told, 4 right" in told
