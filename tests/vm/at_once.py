"""Runs at the host: keyboards of the guest type at once, an event of each in turn.

    python at_once.py GUEST_PY RUN INTERVAL_S  SCANNER TEXT  SCANNER TEXT ...

QEMU's control socket takes one client at a time: two programs would type one after the other.
"""

import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from itertools import zip_longest
from typing import Any


def scripts(path: str) -> Any:
    """The module of the scripts that boot the guest: it is no part of the project."""
    spec = spec_from_file_location("guest", path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    path, run, interval_s, *words = sys.argv[1:]
    guest = scripts(path)
    machine = guest.Guest(run=run)
    displays = [machine.state["devices"][name]["display"] for name in words[::2]]
    texts = [text.encode().decode("unicode_escape") for text in words[1::2]]
    with machine.qmp() as control:
        for events in zip_longest(*map(guest.strokes, texts)):
            for display, event in zip(displays, events, strict=True):
                if event is not None:
                    key = {"type": "qcode", "data": event[0]}
                    pressed = [{"type": "key", "data": {"down": event[1], "key": key}}]
                    control("input-send-event", device=display, head=0, events=pressed)
            time.sleep(float(interval_s))


if __name__ == "__main__":
    main()
