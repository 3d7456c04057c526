"""A million random tags: none may raise, and none may be anything but a tag or unknown.

python -m benchmarks.fuzz_epc [COUNT [SEED]]

Half of them begin with the header of a scheme, since other headers are refused at once. Exits 1,
with the bytes, at the first that raises.
"""

import random
import sys
import time
from collections import Counter

from gs1.epc.codec import decode
from gs1.epc.model import Tag

COUNT = 1_000_000
EPC_BYTES_MAX = 62
HEADERS = [*range(0x2C, 0x42), *range(0xF0, 0xFC)]


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else COUNT
    chance = random.Random(arguments[1] if len(arguments) > 1 else "epc")
    found: Counter[str] = Counter()
    begin_s = time.monotonic()
    for number in range(count):
        bits = chance.randbytes(chance.randint(0, EPC_BYTES_MAX))
        if number % 2:
            size = chance.choice([12, 12, 14, 22, 26, 28, len(bits)])
            bits = bytes([chance.choice(HEADERS)]) + bits[: size - 1].ljust(size - 1, b"\0")
        pc = chance.choice([None, len(bits) // 2 << 11, None, chance.getrandbits(16)])
        try:
            tag = decode(bits, pc)
            told = (tag.key, tag.epc_uri, tag.tag_uri) if isinstance(tag, Tag) else tag.raw
            assert told
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a defect
            print(f"{bits.hex()} {pc}: {error!r}", file=sys.stderr)
            return 1
        found[tag.scheme if isinstance(tag, Tag) else tag.reason.value] += 1
    print(f"{count} tags in {time.monotonic() - begin_s:.0f} s, none raised")
    for name, times in found.most_common():
        print(f"  {name:18}{times:9}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
