import pytest

from drivers.llrp.protocol.framing import (
    MESSAGE_BYTES_MAX,
    Frame,
    FrameReader,
    LlrpError,
    Parameter,
    encode_message,
    encode_tlv,
    parameters,
)


def frames(*chunks: bytes) -> list[Frame]:
    reader = FrameReader()
    found = []
    for chunk in chunks:
        reader.receive(chunk)
        while (frame := reader.next_frame()) is not None:
            found.append(frame)
    return found


def test_a_frame_is_a_header_of_ten_bytes_and_a_body() -> None:
    assert encode_message(Frame(62, 7, b"")) == bytes.fromhex("043e 0000000a 00000007")
    assert encode_message(Frame(61, 1, b"ab", version=2)) == bytes.fromhex(
        "083d 0000000c 00000001 6162"
    )


def test_frames_come_out_of_any_pieces() -> None:
    sent = [Frame(61, 1, b"abc"), Frame(62, 2, b""), Frame(1023, 3, b"x" * 100, version=2)]
    data = b"".join(encode_message(frame) for frame in sent)

    assert frames(data) == sent
    assert frames(*(data[at : at + 1] for at in range(len(data)))) == sent
    for cut in range(len(data)):
        assert frames(data[:cut], data[cut:]) == sent
        assert frames(data[:cut], data[cut : cut + 30], data[cut + 30 :]) == sent


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("043d 00000009 00000001", "message of 9 bytes: expected 10 to 4194304"),
        ("043d 00400001 00000001", "message of 4194305 bytes: expected 10 to 4194304"),
        ("003d 0000000a 00000001", "message of LLRP version 0: expected 1 or 2"),
        ("1c3d 0000000a 00000001", "message of LLRP version 7: expected 1 or 2"),
    ],
)
def test_a_header_that_cannot_be_ends_the_connection(header: str, why: str) -> None:
    with pytest.raises(LlrpError) as broken:
        frames(bytes.fromhex(header))

    assert str(broken.value) == why


def test_the_largest_message_is_read() -> None:
    largest = Frame(61, 1, bytes(MESSAGE_BYTES_MAX - 10))

    assert frames(encode_message(largest)) == [largest]


def test_parameters_are_tv_or_tlv() -> None:
    assert list(parameters(bytes.fromhex("81 0002 011f 0006 aabb 86 c9"))) == [
        Parameter(1, b"\x00\x02"),
        Parameter(287, b"\xaa\xbb"),
        Parameter(6, b"\xc9"),
    ]


def test_an_unknown_tlv_has_a_length_and_is_given() -> None:
    assert list(parameters(encode_tlv(999, b"xyz"))) == [Parameter(999, b"xyz")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("ff 00", "unknown TV parameter 127 at byte 0"),
        ("81 00", "parameter 1 at byte 0: cut short by 1 bytes"),
        ("011f 00", "3 bytes at 0: expected a parameter header"),
        ("011f 0003", "parameter 287 of 3 bytes: expected at least 4"),
        ("81 0001 011f 0008 00", "parameter 287 at byte 3: cut short by 3 bytes"),
    ],
)
def test_a_broken_parameter_says_where(data: str, why: str) -> None:
    with pytest.raises(LlrpError) as broken:
        list(parameters(bytes.fromhex(data)))

    assert str(broken.value) == why


def test_a_parameter_that_does_not_fit_its_length_is_refused() -> None:
    with pytest.raises(LlrpError, match="parameter 177 of 65536 bytes: expected at most 65535"):
        encode_tlv(177, bytes(65532))
