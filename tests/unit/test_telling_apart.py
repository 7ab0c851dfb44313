"""The test of times can see a difference where there is one, and sees none where there is none."""

from __future__ import annotations

import random
import time

import pytest

from tests.telling_apart import compared, is_told_apart, z_of


def noisy(seed: int, shift: float, number: int = 150) -> list[float]:
    """Differences of two requests of about 5 ms on a machine with other things to do."""
    chance = random.Random(seed)
    return [
        chance.lognormvariate(1.6, 0.4) + shift - chance.lognormvariate(1.6, 0.4)
        for _number in range(number)
    ]


def test_a_planted_difference_is_found() -> None:
    found = [is_told_apart(z_of(noisy(seed, shift=2.0))) for seed in range(50)]
    assert all(found)


def test_no_difference_is_found_where_there_is_none() -> None:
    assert not any(is_told_apart(z_of(noisy(seed, shift=0.0))) for seed in range(500))


@pytest.mark.parametrize("sign", [1, -1])
def test_its_sign_tells_which_is_slower(sign: int) -> None:
    assert z_of(noisy(1, shift=2.0 * sign)) * sign > 0


def test_a_planted_wait_is_found_on_this_machine_now() -> None:
    def quick(_number: int) -> None:
        time.sleep(0.002)

    def slow(_number: int) -> None:
        time.sleep(0.003)

    assert is_told_apart(compared(slow, quick, rounds=80))
