"""How fast a bar code is read and judged, against biip, which reads it alone: a ratio.

python -m benchmarks.barcode

Both get the same codes, in turns, and the figures are medians of CPU time. What each does with one:

- readpoint: gs1.barcode.parse: the pairs, each judged by its table row and all by their relations,
  and the key that they name
- biip: biip.parse: the pairs, with what it makes of dates, weights and GTINs
"""

import time
from collections.abc import Callable
from statistics import median

import biip

from gs1 import barcode

ROUNDS = 15
REPEATS = 300
RATIO_MAX = 2.0  # readpoint's time for reading and judging, in biip's time for reading

CODES = [
    "]C100195211411234567899",
    "]C101095211410123451727123110A-1",
    "]C1010952114101234531030012503922599",
    "]d20109521141012345172712312132aB\x1d10LOT-7",
    "]Q3414952114112345425412",
    "]e0010952114101234515271231",
    "]E09521141012345",
    "]E496385074",
    "]I109521141012345",
    "9521141012345",
    "https://id.gs1.org/01/09521141012345/10/A-1/21/7?17=271231",
]


def cpu_s(work: Callable[[], None]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def with_readpoint() -> None:
    for _ in range(REPEATS):
        for code in CODES:
            barcode.parse(code.encode())


def with_biip() -> None:
    for _ in range(REPEATS):
        for code in CODES:
            biip.parse(code)


def main() -> None:
    for code in CODES:
        assert isinstance(barcode.parse(code.encode()), barcode.Identified), code
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(cpu_s(with_readpoint))
        theirs.append(cpu_s(with_biip))
    codes = REPEATS * len(CODES)
    print(f"readpoint  {median(ours) / codes * 1e6:6.1f} us a code, read and judged")
    print(f"biip       {median(theirs) / codes * 1e6:6.1f} us a code, read")
    ratio = median(ours) / median(theirs)
    print(f"ratio      {ratio:6.2f} (at most {RATIO_MAX:g})")


if __name__ == "__main__":
    main()
