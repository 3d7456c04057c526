"""How fast tags become identities, against the EPC library that others wrote: ratios.

python -m benchmarks.epc

Both sides get the same bytes, made by our encoder, in turns, and the figures are medians of CPU
time. Ours becomes a Tag with its AI pairs; epcpy's hex becomes its scheme object, and that an
element string, or where the scheme has none its pure identity URI: of both, what a tag says in
GS1's words. `cached` is what the gateway pays for a tag that it saw before.

`exceptions` gives both random bytes behind headers that are real, and counts what each raises.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from statistics import median

from epcpy import hex_to_tag_encodable
from epcpy.epc_schemes.base_scheme import GS1Element

from gs1.epc.codec import decode, encode
from gs1.epc.model import Adi, Gid, Identity, Tag, Usdod
from gs1.keys import Cpid, Gcn, Gdti, Giai, Grai, Gsrn, Gsrnp, Itip, Sgln, Sgtin, Sscc

ROUNDS = 15
TAGS = 200  # of each scheme in a round
RANDOM_TAGS = 20_000
PREFIX_DIGITS = 7
GTIN, GLN, UNIT = "80614141123458", "0614141123452", "061414112345678902"

IDENTITIES: dict[str, Callable[[int], Identity]] = {
    "SGTIN-96": lambda n: Sgtin(GTIN, str(n)),
    "SGTIN-198": lambda n: Sgtin(GTIN, f"32a/b{n}"),
    "SSCC-96": lambda n: Sscc("106141412345678908"),
    "SGLN-96": lambda n: Sgln(GLN, str(n + 1)),
    "SGLN-195": lambda n: Sgln(GLN, f"32a/b{n}"),
    "GRAI-96": lambda n: Grai(GLN, str(n)),
    "GRAI-170": lambda n: Grai(GLN, f"32a/b{n}"),
    "GIAI-96": lambda n: Giai(f"0614141{n}"),
    "GIAI-202": lambda n: Giai(f"061414132a/b{n}"),
    "GSRN-96": lambda n: Gsrn(UNIT),
    "GSRNP-96": lambda n: Gsrnp(UNIT),
    "GDTI-96": lambda n: Gdti(GLN, str(n)),
    "GDTI-174": lambda n: Gdti(GLN, f"ABC{n}"),
    "CPI-96": lambda n: Cpid("061414198765", str(n)),
    "CPI-var": lambda n: Cpid("06141415PQ7/Z43", str(n)),
    "SGCN-96": lambda n: Gcn(GLN, str(n)),
    "ITIP-110": lambda n: Itip(GTIN, "01", "02", str(n)),
    "ITIP-212": lambda n: Itip(GTIN, "01", "02", f"mw{n}"),
    "GID-96": lambda n: Gid(31415, 271828, n),
    "USDOD-96": lambda n: Usdod("CAGEY", n),
    "ADI-var": lambda n: Adi("35962", "PQ7VZ4", f"M37{n}"),
    "SGTIN+": lambda n: Sgtin(GTIN, f"32a/b{n}"),
    "GIAI+": lambda n: Giai(f"061414132a/b{n}"),
}


def made(scheme: str) -> list[bytes]:
    tags = []
    for number in range(TAGS):
        bits = encode(IDENTITIES[scheme](100_000 + number), scheme, 0, PREFIX_DIGITS)
        assert isinstance(bits, bytes), bits
        tags.append(bits)
    return tags


def ours(bits: bytes) -> str:
    tag = decode(bits, len(bits) // 2 << 11)
    assert isinstance(tag, Tag)
    return "".join([f"({ai}){value}" for ai, value in tag.pairs]) or tag.key


def theirs(bits: bytes) -> str:
    tag = hex_to_tag_encodable(bits.hex())
    return str(tag.gs1_element_string() if isinstance(tag, GS1Element) else tag.epc_uri)


def can(work: Callable[[bytes], str], bits: bytes) -> bool:
    try:
        work(bits)
    except Exception:  # noqa: BLE001 - whatever it is, it is what is asked
        return False
    return True


def spent_us(work: Callable[[bytes], object], tags: list[bytes]) -> float:
    begin_s = time.process_time()
    for bits in tags:
        work(bits)
    return (time.process_time() - begin_s) / len(tags) * 1e6


def speed() -> None:
    print(f"{'one tag':14}{'readpoint':>12}{'epcpy':>12}{'ratio':>9}")
    sums = [0.0, 0.0]
    slowest, least = 0.0, float("inf")
    for scheme in IDENTITIES:
        tags = made(scheme)
        both = can(theirs, tags[0])
        costs: list[tuple[float, float]] = [
            (spent_us(ours, tags), spent_us(theirs, tags) if both else 0.0) for _ in range(ROUNDS)
        ]
        mine, its = (median(column) for column in zip(*costs, strict=True))
        slowest = max(slowest, mine)
        if both:
            ratio = median(other / own for own, other in costs)
            least = min(least, ratio)
            sums = [sums[0] + mine, sums[1] + its]
        told = f"{its:9.2f} µs{ratio:7.1f} x" if both else f"{'cannot':>12}"
        print(f"{scheme:14}{mine:9.2f} µs{told}")
    print(f"slowest {slowest:.2f} µs; all: {sums[1] / sums[0]:.1f} x, least {least:.1f} x")


def cached() -> None:
    tags = [(bits, len(bits) // 2 << 11) for scheme in IDENTITIES for bits in made(scheme)]
    held = lru_cache(65_536)(decode)
    for tag in tags:
        held(*tag)
    costs = []
    for _ in range(ROUNDS):
        begin_s = time.process_time()
        for tag in tags:
            held(*tag)
        costs.append((time.process_time() - begin_s) / len(tags) * 1e6)
    print(f"cached: {median(costs):.2f} µs")


def exceptions() -> None:
    chance = random.Random(1)
    headers = [0x2C, 0x2D, 0x2E, 0x2F, *range(0x30, 0x42), *range(0xF0, 0xFC)]
    tags = [
        bytes([chance.choice(headers)]) + chance.randbytes(chance.randint(0, 61))
        for _ in range(RANDOM_TAGS)
    ]
    works: list[Callable[[bytes], str]] = [lambda bits: str(decode(bits)), theirs]
    raised = [sum(not can(work, bits) for bits in tags) for work in works]
    print(f"exceptions of {RANDOM_TAGS} random tags: readpoint {raised[0]}, epcpy {raised[1]}")


def main() -> int:
    speed()
    cached()
    exceptions()
    return 0


if __name__ == "__main__":
    sys.exit(main())
