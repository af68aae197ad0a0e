"""The table of docs/moving-in.md and what is looked for in the browser have the same rows."""

import re
from pathlib import Path

HERE = Path(__file__).resolve()
TABLE, LOOKED_FOR = HERE.parents[2] / "docs" / "moving-in.md", HERE.with_name("test_moving_in_in_a_browser.py")


def numbers(path: Path, row: str) -> list[int]:
    return [int(number) for number in re.findall(row, path.read_text(encoding="utf-8"), re.MULTILINE)]


def test_each_of_the_fifty_rows_is_looked_for():
    fifty = list(range(1, 51))
    assert numbers(TABLE, r"^\| (\d+) \|") == fifty
    assert numbers(LOOKED_FOR, r"^    \((\d+), \"(?:visitor|member|registrant)\"") == fifty
