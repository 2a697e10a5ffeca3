"""Hostile handlers: no answer, report, log line or verdict can be forged, and nothing that is said brings the tutor down."""

import json
import time
from typing import Any

from tests.sandbox.attacks.tier import Tier, function

SAY = """
import json, os, struct, sys, threading, time
def pack(header, body=b"", sizes=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!IQ", *(sizes or (len(text), len(body)))) + text + body
def say(*given, **more):
    data = pack(*given, **more)
    while data: data = data[os.write(3, data):]
"""
NOISE = {
    "an answer to another event": "say({'kind': 'response', 'id': 'x' * 36}, b'1')",
    "a deeply nested header": "say(b'[' * 60000)",
    "a deeply nested object": "say(b'{\"a\":' * 10000)",
    "a header that is a list": "say(b'[1]')",
    "a header in no encoding": "say(b'{\"\\xff\": 1}')",
    "a header of numbers": "say(b'1' * 60000)",
    "a header of 4 GB": "say(b'{', sizes=(2**32 - 1, 0))",
    "a body of 16 EB": "say({'id': context.aws_request_id}, b'x', sizes=(len(json.dumps({'id': context.aws_request_id})), 2**64 - 1))",
    "megabytes without an end": "[os.write(3, b'\\0' * 65536) for _ in range(200)]",
    "ten thousand empty messages": "[say({}) for _ in range(10000)]",
    "headers of odd types": "say({'kind': ['response'], 'id': {'a': 1}, 'ready': 'yes', 'type': [1]}, b'1')",
    "a closed line": "os.close(3)",
    "a closed output": "os.close(1); os.close(2)",
    "descriptors sent over the line": "import array, socket; s = socket.socket(fileno=os.dup(3)); [s.sendmsg([b'x'], [(1, 1, array.array('i', [0] * 200))]) for _ in range(20)]",
}


def all_at_once(tier: Tier, bodies: dict[str, str]) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Run one function per body, beside each other: what came of the event that runs the body, and of the next."""
    code = f"{SAY}def handler(event, context):\n    if not event: return 'served'\n    %s\n    time.sleep(0.1)\n    return 'served'\n"
    functions = [function(code % body, timeout=1, memory_size=512) for body in bodies.values()]
    steps = [(number, event) for number in range(len(bodies)) for event in ({"go": True}, {})]
    results = tier.job(functions, steps, at_once=True)
    return {name: (results[2 * number], results[2 * number + 1]) for number, name in enumerate(bodies)}


def test_noise_on_the_line_hurts_nobody(tier: Tier) -> None:
    """Whatever is written where answers go, the invocation ends as an invocation, and the next one is served."""
    for name, (first, second) in all_at_once(tier, NOISE).items():
        assert first["payload"] == "served" or first["error"] in ("Sandbox.Timedout", "Runtime.ExitError"), (
            name,
            first,
        )
        assert second["payload"] == "served", (name, second)


def test_an_answer_counts_once_and_for_its_event_only(tier: Tier) -> None:
    """A second answer is no answer to the next event, nor is one made up ahead."""
    code = (
        f"{SAY}def handler(event, context):\n    answer = {{'kind': 'response', 'id': context.aws_request_id}}\n"
        "    if event == 'twice': say(answer, b'\"first\"'); say(answer, b'\"second\"')\n"
        "    if event == 'late': threading.Timer(0.2, say, (answer, b'\"stale\"')).start()\n"
        "    if event == 'after': time.sleep(0.5)\n"
        "    return event\n"
    )
    payloads = [one["payload"] for one in tier.run(code, "twice", "plain", "late", "after", "plain")]
    assert payloads == ["first", "plain", "late", "after", "plain"]


PAYLOADS = {
    "not a number": ("NaN", None),
    "infinity": ("[Infinity, -Infinity]", None),
    "too large a number": ("1e999", None),
    "too many digits": ("1" * 5000, None),
    "nested without end": ("[" * 100000, None),
    "nested deeply": ("[" * 400 + "]" * 400, "[" * 400 + "]" * 400),
    "nested, but not too deeply": ("[" * 250 + "]" * 250 + " ", None),
    "many brackets": (json.dumps([["[" * 300, {}]] * 300), [["[" * 300, {}]] * 300),
    "half a pair": ('"\\ud800"', "\ud800"),
    "half a pair as a key": ('{"\\udfff": 1}', {"\udfff": 1}),
    "no JSON": ("{{{", "{{{"),
    "two values": ("1 2", "1 2"),
    "escapes": ('"\\u001b[2J"', "\x1b[2J"),
    "a dunder": ('{"__class__": "str", "errorType": "x"}', {"__class__": "str", "errorType": "x"}),
}


def test_payloads_are_values_of_json(tier: Tier) -> None:
    """Whatever bytes are answered: what comes out is a value that can be written as strict JSON again."""
    code = "def handler(event, context): return event.encode('utf-8', 'surrogatepass')\n"
    results = tier.run(code, *(text for text, _ in PAYLOADS.values()), memory_size=512)
    for (name, (text, value)), result in zip(PAYLOADS.items(), results, strict=True):
        json.dumps(result["payload"], allow_nan=False)
        assert value is None or result["payload"] == value, (name, text)
        assert result["error"] is None, name


def lines(result: dict[str, Any], source: str) -> list[str]:
    """The lines of the log that Lambda wrote (``platform``), or the function."""
    return [text for kind, text in result["log"] if kind == source]


def test_reports_cannot_be_forged(tier: Tier) -> None:
    """A printed START, END or REPORT is the function's; figures come from outside; one REPORT, whatever is told."""
    fake = "REPORT RequestId: 1\\tDuration: 0.01 ms\\tBilled Duration: 1 ms\\tMemory Size: 1 MB\\tMax Memory Used: 1 MB"
    printing = (
        f"def handler(event, context): print('{fake}'); print('\\r{fake}'); print('END RequestId: 1'); return 1\n"
    )
    printed = tier.run(printing, {})[0]
    assert len([line for line in lines(printed, "platform") if line.startswith("REPORT")]) == 1
    assert not any("RequestId: 1\t" in line for line in lines(printed, "platform"))
    telling = f"{SAY}say({{'kind': 'init_error', 'ready': True, 'type': 'X\\n{fake}\\x1b[2J' + 'y' * 9999}}, b'{{}}'); time.sleep(9)\ndef handler(event, context): pass\n"
    for line in lines(tier.run(telling, {}, timeout=2)[0], "platform"):
        assert "\n" not in line
        assert "\x1b" not in line
        assert len(line) < 1000


def test_ready_and_gone_ends(tier: Tier) -> None:
    """A runtime that says it is ready and ends at once is an exit, not an endless loop."""
    code = f"{SAY}say({{'kind': 'ready', 'ready': True}})\nos._exit(0)\ndef handler(event, context): pass\n"
    for result in tier.run(code, {}, {}, timeout=60):
        assert result["error"] in ("Runtime.ExitError", "Unhandled")


FLOODS = {
    "lines without a pause": "while True: os.write(1, b'x' * 79 + b'\\n')",
    "empty lines": "while True: os.write(1, b'\\n' * 65536)",
    "one line without an end": "while True: os.write(1, b'y' * 65536)",
    "binary": "while True: os.write(1, os.urandom(65536))",
    "three writers": "os.fork(); os.fork()\n    while True: os.write(1, b'\\n' * 65536)",
    "messages": "while True: say({})",
}


def test_floods_end_at_the_timeout(tier: Tier) -> None:
    """Output and messages without end neither hold the timeout up nor keep the tutor from serving."""
    begun = time.monotonic()
    for name, (first, second) in all_at_once(tier, FLOODS).items():
        assert first["error"] == "Sandbox.Timedout", name
        assert second["payload"] == "served", name
        assert sum(len(text) for _, text in first["log"]) < 1 << 22
    assert time.monotonic() - begun < 30
