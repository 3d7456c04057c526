"""How a '+' tag holds the value of each application identifier (TDS 2.2 tables F and K).

A format is one or two pieces, each a word for the encoding and its numbers:

    bcd N         N digits of four bits each
    int N         N digits as one number, in as many bits as N digits need
    text L M      three bits of encoding, L bits of length, then text of at most M characters
    digits L M    L bits of length, then at most M digits as one number
    part L M      digits of four bits, ended; then the rest as text, where there is one
    date, time    day in 16 bits; day, hour and minute in 27
    bit           0 or 1
    letters N     N characters of six bits (base64url)
    minus         a minus sign, or nothing
    order         two digits with a slash between them

An AI without a format here has one of variable precision (7007, 7011, 8008), or is not encoded.
"""

from typing import Literal, NamedTuple

Kind = Literal[
    "bcd", "int", "text", "digits", "part", "date", "time", "bit", "letters", "minus", "order"
]


class Piece(NamedTuple):
    kind: Kind
    fixed: int = 0  # digits or characters of a fixed length
    length_bits: int = 0
    characters_max: int = 0


_TABLE = """
00 8006 8017 8018 8026 = bcd 18
01 02 = bcd 14
410-417 = bcd 13
7241 = bcd 2
253 = bcd 13, text 5 17
8003 = bcd 14, text 5 16
255 = bcd 13, digits 4 12
20 = int 2
3100-3105 3110-3115 3120-3125 3130-3135 3140-3145 3150-3155 3160-3165 3200-3205 = int 6
3210-3215 3220-3225 3230-3235 3240-3245 3250-3255 3260-3265 3270-3275 3280-3285 = int 6
3290-3295 3300-3305 3310-3315 3320-3325 3330-3335 3340-3345 3350-3355 3360-3365 = int 6
3370-3375 3400-3405 3410-3415 3420-3425 3430-3435 3440-3445 3450-3455 3460-3465 = int 6
3470-3475 3480-3485 3490-3495 3500-3505 3510-3515 3520-3525 3530-3535 3540-3545 = int 6
3550-3555 3560-3565 3570-3575 3600-3605 3610-3615 3620-3625 3630-3635 3640-3645 = int 6
3650-3655 3660-3665 3670-3675 3680-3685 3690-3695 3950-3953 8005 = int 6
3910-3919 3930-3939 = int 3, digits 4 15
3940-3943 8111 = int 4
402 = int 17
421 = int 3, text 4 9
422 424 426 = int 3
4309 = int 20
4330-4333 = int 6, minus
7001 = int 13
7030-7039 = int 3, text 5 27
7250 = int 8
7251 = int 12
7252 = int 1
8001 = int 14
11 12 13 15 16 17 4326 7006 = date
4324 4325 7003 = time
4307 4317 = letters 2
4321-4323 = bit
7258 = order
10 21 22 243 254 420 4318 7020-7022 710-716 7240 8002 8012 = text 5 20
235 = text 5 28
240 241 250 251 400 401 403 4308 4319 7002 7230-7239 90 = text 5 30
427 7008 = text 2 3
4300 4301 4310 4311 4320 = text 6 35
4302-4306 4312-4316 7257 8110 8112 8200 = text 7 70
7005 = text 4 12
7009 7255 = text 4 10
7010 = text 2 2
7040 7041 = text 3 4
7242 8013 8020 = text 5 25
7253 7254 7259 = text 6 40
7256 8030 91-99 = text 7 90
8007 = text 5 24
8009 = text 6 50
242 = digits 3 6
30 37 = digits 4 8
3900-3909 3920-3929 423 425 = digits 4 15
7004 = digits 3 4
8011 = digits 4 12
8019 = digits 4 10
7023 8004 8010 = part 5 30
"""

# How many digits an AI has, by its first two (table K); other beginnings are no AI.
AI_DIGITS = {
    start: digits
    for digits, starts in (
        (2, "00 01 02 10 11 12 13 15 16 17 20 21 22 30 37 90 91 92 93 94 95 96 97 98 99"),
        (3, "23 24 25 40 41 42 71"),
        (4, "31 32 33 34 35 36 39 43 70 72 80 81 82"),
    )
    for start in starts.split()
}


def _piece(text: str) -> Piece:
    kind, *numbers = text.split()
    values = list(map(int, numbers))
    if len(values) == 2:
        return Piece(kind, 0, *values)  # type: ignore[arg-type]
    return Piece(kind, *values)  # type: ignore[arg-type]


def _formats() -> dict[str, tuple[Piece, ...]]:
    made = {}
    for line in _TABLE.strip().splitlines():
        names, _, spelled = line.partition(" = ")
        pieces = tuple(_piece(piece) for piece in spelled.split(", "))
        for name in names.split():
            first, _, last = name.partition("-")
            for ai in range(int(first), int(last or first) + 1):
                made[f"{ai:0{len(first)}d}"] = pieces
    return made


FORMATS = _formats()
