from gateway.core.discovered import Reader, described


def test_a_reader_is_told_with_the_settings_that_would_read_it() -> None:
    reader = Reader(
        "SpeedwayR-12-34-56",
        "speedwayr-12-34-56.local",
        5084,
        ("192.0.2.21", "fe80::1"),
        (("model", "R420"), ("fw", "6.4")),
    )

    assert described(reader) == [
        "SpeedwayR-12-34-56: speedwayr-12-34-56.local:5084 (192.0.2.21, fe80::1)",
        "  model=R420, fw=6.4",
        "  [[reader]]",
        '  name = "speedwayr-12-34-56"',
        '  driver = "llrp"',
        '  host = "192.0.2.21"',
        "  antennas = [{ port = 1 }]  # those that are connected",
    ]


def test_what_a_reader_says_moves_no_cursor_and_another_port_is_kept() -> None:
    assert described(Reader("\x1b[2J", "r.local.", 5085, ())) == [
        "?[2J: r.local.:5085 ()",
        "  [[reader]]",
        '  name = "2j"',
        '  driver = "llrp"',
        '  host = "r.local"',
        "  port = 5085",
        "  antennas = [{ port = 1 }]  # those that are connected",
    ]


def test_a_reader_whose_name_has_no_letter_is_called_a_reader() -> None:
    assert described(Reader("§", "", 5084, ("192.0.2.9",)))[2] == '  name = "reader"'
