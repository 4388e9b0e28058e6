"""How the use of the granted rate is counted."""

import pytest

from bench.parts.throttled import Lane, in_flight, merged, share_of_the_lane, used


def lane(*worked: tuple[float, float]) -> Lane:
    return Lane(place=None, waiting=None, worked=list(worked))  # type: ignore[arg-type]


def test_times_of_several_are_each_counted_once() -> None:
    assert merged([(5, 6), (0, 2), (1, 3), (3, 4)]) == [(0, 4), (5, 6)]


def test_the_rate_is_granted_to_each_while_he_works() -> None:
    # Ten a second for each; the second works half as long.
    lanes = [lane((0, 10)), lane((0, 3), (6, 8))]
    taken = [second + tenth / 10 for second in range(10) for tenth in range(10)]
    taken += [second + tenth / 10 + 0.05 for second in (0, 1, 2, 6, 7) for tenth in range(10)]
    assert used(lanes, taken, granted=10) == pytest.approx(1.0)
    assert used(lanes, taken[::2], granted=10) == pytest.approx(0.5, rel=0.02)


def test_what_is_taken_while_nobody_works_does_not_count() -> None:
    assert used([lane((0, 1))], [0.5, 7.0], granted=1) == 1.0


def test_the_senders_source_names_its_share_and_what_it_has_in_flight() -> None:
    assert 0 < share_of_the_lane() <= 1
    assert in_flight(5) == 5
    assert 5 < in_flight(1e6) < 1000
