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


def test_a_serial_port_has_a_name_and_nothing_else_to_say() -> None:
    assert block("/dev/serial/by-id/x", driver="serial") == [
        "[[scanner]]",
        'name = "scanner-1"',
        'driver = "serial"',
        'device = "/dev/serial/by-id/x"',
    ]
