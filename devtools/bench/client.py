"""A client that asks for one page again and again: `python -m devtools.bench.client`, the order on standard input.

It only opens a socket, writes, reads to the end and looks at what came, so that it takes little of the processor it
shares with the servers. gunicorn's synchronous workers close each connection, so every request opens one.
"""

import json
import socket
import sys
import threading
import time
from typing import Any


def ask(address: str, request: bytes) -> bytes:
    """Send one request to the Unix socket at `address` and return all of the answer."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        connection.connect(address)
        connection.sendall(request)
        parts = []
        while part := connection.recv(1 << 18):
            parts.append(part)
    return b"".join(parts)


def problem(answer: bytes, must: dict[str, int]) -> str:
    """Say what is wrong with an answer that should be 200 and hold each text of `must` that often, or return ""."""
    status = answer.partition(b"\r\n")[0].decode(errors="replace")
    if " 200 " not in f"{status} ":
        return f"the answer is {status!r}"
    for text, times in must.items():
        if (found := answer.count(text.encode())) != times:
            return f"{text!r} stands there {found} times, not {times}"
    return ""


def load(address: str, request: str, must: dict[str, int], connections: int, requests: int) -> dict[str, Any]:
    """Ask `requests` times on each of `connections` at once. Returns the seconds, in all and of each, and problems."""
    latencies: list[float] = []
    problems: list[str] = []
    sent = request.encode()
    start = threading.Barrier(connections + 1)

    def keep_asking() -> None:
        start.wait()
        for _ in range(requests):
            began = time.perf_counter()
            answer = ask(address, sent)
            latencies.append(time.perf_counter() - began)
            if wrong := problem(answer, must):
                problems.append(wrong)
                return

    threads = [threading.Thread(target=keep_asking) for _ in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "latencies": latencies, "problems": problems}


if __name__ == "__main__":
    print(json.dumps(load(**json.load(sys.stdin))))
