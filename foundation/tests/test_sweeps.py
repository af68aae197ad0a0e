"""A sweep lets one in trouble hold up nobody."""

import logging

from foundation.sweeps import sweep


def test_one_in_trouble_holds_up_nobody_and_is_logged_without_its_values(caplog):
    done, address = [], "jane@example.edu"

    def act(number: int) -> None:
        if number == 2:
            raise ValueError(address)
        done.append(number)

    with caplog.at_level(logging.ERROR):
        sweep([1, 2, 3], act, "number {} was not counted")
    assert done == [1, 3]
    first, *rest = caplog.records[0].getMessage().splitlines()
    assert first == "number 2 was not counted; the next sweep tries again: ValueError"
    assert "in act" in "".join(rest)
    assert address not in caplog.text
