"""Which character a key types in the countries that scanners are set to.

A scanner that plays a keyboard sends places of keys, as if somebody typed its code on a keyboard of
the country that it is set to. The host must know that country; nothing on the wire tells it. The
layouts are those of Windows, since the makers of scanners follow them.

A dead key types nothing until the next key, and changes that. It stands here as the combining
character that it adds. Only characters of ISO 8859-1 are here: a scan is bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.hid.protocol.codes import SPACE

GRAVE, ACUTE, CIRCUMFLEX, TILDE, DIAERESIS = "\u0300", "\u0301", "\u0302", "\u0303", "\u0308"

# What a dead key types before a space, or before what it does not go with.
SPACING = {GRAVE: "`", ACUTE: "´", CIRCUMFLEX: "^", TILDE: "~", DIAERESIS: "¨"}

# The places that differ, row by row as they lie; 43 is beside Enter, 86 left of the lowest row.
ROWS = (
    (41, *range(2, 14)),
    tuple(range(16, 28)),
    (*range(30, 41), 43),
    (86, *range(44, 54)),
)
KEYPAD_SIGNS = {55: "*", 74: "-", 78: "+", 98: "/"}  # its point is a comma in some countries


@dataclass(frozen=True, slots=True)
class Keymap:
    """A country's keyboard: what each key types alone, with Shift, AltGr, and both of them."""

    name: str
    plain: Mapping[int, str]
    shift: Mapping[int, str]
    alt_gr: Mapping[int, str]
    shift_alt_gr: Mapping[int, str]

    def typed(self, code: int, *, shift: bool, alt_gr: bool) -> str | None:
        """The character, a combining one where the key is dead; None where it types nothing."""
        if alt_gr:
            return (self.shift_alt_gr if shift else self.alt_gr).get(code)
        return (self.shift if shift else self.plain).get(code)


def _keymap(
    name: str,
    plain: tuple[str, str, str, str],
    shift: tuple[str, str, str, str],
    alt_gr: Mapping[int, str] | None = None,
    shift_alt_gr: Mapping[int, str] | None = None,
) -> Keymap:
    """`plain` and `shift` have one character a key of ROWS; a blank where it types nothing."""
    return Keymap(name, _level(plain), _level(shift), alt_gr or {}, shift_alt_gr or {})


def _level(rows: tuple[str, str, str, str]) -> dict[int, str]:
    typed = {
        code: character
        for codes, characters in zip(ROWS, rows, strict=True)
        for code, character in zip(codes, characters, strict=True)
        if character != " "
    }
    return typed | {SPACE: " "} | KEYPAD_SIGNS


US = _keymap(
    "us",
    ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'\\", "\\zxcvbnm,./"),
    ("~!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"|', "|ZXCVBNM<>?"),
)
UK = _keymap(
    "uk",
    ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'#", "\\zxcvbnm,./"),
    ('¬!"£$%^&*()_+', "QWERTYUIOP{}", "ASDFGHJKL:@~", "|ZXCVBNM<>?"),
    {41: "¦", 18: "é", 22: "ú", 23: "í", 24: "ó", 30: "á"},
    {18: "É", 22: "Ú", 23: "Í", 24: "Ó", 30: "Á"},
)
DE = _keymap(
    "de",
    (f"{CIRCUMFLEX}1234567890ß{ACUTE}", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
    (f'°!"§$%&/()=?{GRAVE}', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
    {3: "²", 4: "³", 8: "{", 9: "[", 10: "]", 11: "}", 12: "\\"}
    | {16: "@", 27: "~", 50: "µ", 86: "|"},
)
FR = _keymap(
    "fr",
    ("²&é\"'(-è_çà)=", f"azertyuiop{CIRCUMFLEX}$", "qsdfghjklmù*", "<wxcvbn,;:!"),
    (" 1234567890°+", f"AZERTYUIOP{DIAERESIS}£", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
    {3: TILDE, 4: "#", 5: "{", 6: "[", 7: "|", 8: GRAVE, 9: "\\", 10: "^"}
    | {11: "@", 12: "]", 13: "}", 27: "¤"},
)
BE = _keymap(
    "be",
    ("²&é\"'(§è!çà)-", f"azertyuiop{CIRCUMFLEX}$", "qsdfghjklmùµ", "<wxcvbn,;:="),
    ("³1234567890°_", f"AZERTYUIOP{DIAERESIS}*", "QSDFGHJKLM%£", ">WXCVBN?./+"),
    {2: "|", 3: "@", 4: "#", 7: "^", 10: "{", 11: "}", 26: "[", 27: "]"}
    | {40: ACUTE, 43: GRAVE, 53: TILDE, 86: "\\"},
)
IT = _keymap(
    "it",
    ("\\1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "<zxcvbnm,.-"),
    ('|!"£$%&/()=?^', "QWERTYUIOPé*", "ASDFGHJKLç°§", ">ZXCVBNM;:_"),
    # Windows has no key for ` and ~ and none for braces without Shift; Linux has these.
    {8: "{", 11: "}", 12: "`", 13: "~", 26: "[", 27: "]", 39: "@", 40: "#"},
    {26: "{", 27: "}"},
)
ES = _keymap(
    "es",
    ("º1234567890'¡", f"qwertyuiop{GRAVE}+", f"asdfghjklñ{ACUTE}ç", "<zxcvbnm,.-"),
    ('ª!"·$%&/()=?¿', f"QWERTYUIOP{CIRCUMFLEX}*", f"ASDFGHJKLÑ{DIAERESIS}Ç", ">ZXCVBNM;:_"),
    {41: "\\", 2: "|", 3: "@", 4: "#", 5: TILDE, 7: "¬", 26: "[", 27: "]", 40: "{", 43: "}"},
)

KEYMAPS = {keymap.name: keymap for keymap in (US, UK, DE, FR, BE, IT, ES)}
