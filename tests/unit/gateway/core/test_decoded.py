import pytest

from gateway.core.decoded import LINE_BYTES_MAX, answer
from gs1.trade_number import Region
from wire.json import JsonObject

NOTHING: JsonObject = {
    "key": None,
    "scheme": None,
    "ai": {},
    "epc_uri": None,
    "filter": None,
    "symbology": None,
    "error": None,
}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            b'{"epc":"3074257BF7194E4000001A85","pc":"3000"}',
            {
                "key": "https://id.gs1.org/01/80614141123458/21/6789",
                "scheme": "SGTIN-96",
                "ai": {"01": "80614141123458", "21": "6789"},
                "epc_uri": "urn:epc:id:sgtin:0614141.812345.6789",
                "filter": 3,
            },
        ),
        (
            b'{"epc":"3174257bf4499602d2000000"}',
            {
                "key": "https://id.gs1.org/00/106141412345678908",
                "scheme": "SSCC-96",
                "ai": {"00": "106141412345678908"},
                "epc_uri": "urn:epc:id:sscc:0614141.1234567890",
                "filter": 3,
            },
        ),
        (
            b'{"epc":"E2801160","pc":"1000"}',
            {"key": "urn:epc:raw:32.xE2801160", "error": "tag_scheme"},
        ),
        (b'{"epc":""}', {"key": "urn:epc:raw:0.x", "error": "tag_empty"}),
        (
            b'{"barcode":"]C1010952114101234510A-1\\u001d17271231","t":1}',
            {
                "key": "https://id.gs1.org/01/09521141012345/10/A-1",
                "scheme": "LGTIN",
                "ai": {"01": "09521141012345", "10": "A-1", "17": "271231"},
                "symbology": "]C1",
            },
        ),
        (b'{"barcode":"BIN 7"}', {"key": "urn:readpoint:code:BIN%207"}),
        (b'{"barcode":"2388060112344"}', {"key": "urn:readpoint:code:2388060100006"}),
        (
            b'{"barcode":"]E09521141012346"}',
            {
                "key": "urn:readpoint:code:9521141012346",
                "symbology": "]E0",
                "error": "code_check_digit",
            },
        ),
        (b'{"barcode":""}', {"key": "urn:readpoint:code:", "error": "code_empty"}),
        (b"", {"error": "line_empty"}),
        (b" \t", {"error": "line_empty"}),
        (b" " * 9 + b"x" * LINE_BYTES_MAX, {"error": "line_too_long"}),
        (b"\xff", {"error": "line_not_json"}),
        (b"[1]", {"error": "line_not_json"}),
        (b'{"barcode":"\\ud800"}', {"error": "line_not_json"}),
        (b"{}", {"error": "line_not_understood"}),
        (b'{"epc":7}', {"error": "line_not_understood"}),
        (b'{"epc":"E28"}', {"error": "line_not_understood"}),
        (b'{"epc":"E280","pc":"30"}', {"error": "line_not_understood"}),
        (b'{"epc":"E2 80","pc":"3000"}', {"error": "line_not_understood"}),
        (b'{"epc":"E280","pc":null}', {"error": "line_not_understood"}),
        (b'{"epc":"E280","barcode":"1"}', {"error": "line_not_understood"}),
        (b'{"epc":"E280","pc":"3000","barcode":"1"}', {"error": "line_not_understood"}),
        (b'{"barcode":1}', {"error": "line_not_understood"}),
    ],
)
def test_each_line_has_its_answer(line: bytes, said: JsonObject) -> None:
    assert answer(line, Region.SWEDEN) == {**NOTHING, **said}
