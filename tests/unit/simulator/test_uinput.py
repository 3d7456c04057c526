"""What the simulated keyboard scanner types is what the driver reads; no kernel in between."""

import pytest

from drivers.hid.protocol.codes import Event
from drivers.hid.protocol.decoder import Decoder
from drivers.hid.protocol.keymap import US
from simulator.scanner.uinput import _strokes


def test_all_that_it_types_is_read_back() -> None:
    text = "".join(map(chr, range(0x20, 0x7F))) + "\x1d"
    events = [Event(1, code, int(down)) for each in text for code, down in _strokes(each)]

    assert Decoder(US).receive(events) == [text.encode()]


def test_what_has_no_key_in_the_us_is_refused() -> None:
    with pytest.raises(ValueError, match="'ä': no key of a US keyboard types it"):
        list(_strokes("ä"))
