from gateway.core.plugged import block


def test_the_lines_to_paste_leave_out_what_is_so_anyway() -> None:
    assert block("/dev/input/by-path/x-event-kbd", "us", None, "line") == [
        "[[scanner]]",
        'name = "scanner-1"',
        'driver = "hid"',
        'device = "/dev/input/by-path/x-event-kbd"',
        'keymap = "us"',
    ]


def test_the_lines_to_paste_are_toml() -> None:
    assert block("/dev/input/x", "de", "\\", "none")[3:] == [
        'device = "/dev/input/x"',
        'keymap = "de"',
        'gs_key = "\\\\"',
        'terminator = "none"',
    ]
    assert block("/dev/input/x")[3:] == ['device = "/dev/input/x"']
    assert block("/dev/input/x", gs_key='"')[4:] == ['gs_key = "\\""']
