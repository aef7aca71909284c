from benchmarks.people.speed import Cost


def test_what_people_add_is_the_samples_and_the_closer_looks() -> None:
    cost = Cost(decode=40.0, without_people=100.0, with_samples=130.0, closer=20.0)
    assert cost.samples == 30
    assert cost.people == 50
    assert "one picture in ten seconds adds 30.0 (0.75 of the decode), looking closer 20.0" in cost.told()
    assert "people in all 50.0 (1.25)" in cost.told()
