"""North American coupons: what AI 8110 and AI 8112 hold, digit by digit.

Both are a row of fields of which many begin with a digit that says how long they are (GS1 US, North
American Coupon Application Guideline; Coupon Data Specification for AI 8112). A `_Reader` takes
one field after the other and keeps the first thing that is wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Reader:
    digits: str
    at: int = 0
    wrong: str | None = None

    def take(self, count: int, what: str) -> str:
        """The next digits; the empty text once something is wrong."""
        if self.wrong is not None:
            return ""
        taken = self.digits[self.at : self.at + count]
        if len(taken) < count:
            self.wrong = f"{what} of {count} digits, found {len(taken)}"
            return ""
        self.at += count
        return taken

    def one_of(self, choices: str, what: str) -> str:
        """The next digit, which is one of `choices`."""
        digit = self.take(1, what)
        if digit and digit not in choices:
            self.wrong = f"{what} to be one of {choices}, found {digit}"
            return ""
        return digit

    def sized(self, choices: str, more: int, what: str) -> str:
        """A field behind the digit of its length, which counts from `more`; 9 is no field."""
        size = self.one_of(choices, f"length of the {what}")
        return self.take(int(size) + more, what) if size and (size != "9" or more == 0) else ""

    def option(self, mark: str) -> bool:
        """Whether the field that begins with `mark` is here."""
        here = self.wrong is None and self.digits[self.at : self.at + 1] == mark
        self.at += here
        return here


def coupon(digits: str, is_date: Callable[[str], bool]) -> str | None:
    """What AI 8110 should have had, or None where `digits` are right."""
    reader = _Reader(digits)
    reader.sized("0123456", 6, "company prefix")
    reader.take(6, "offer code")
    reader.sized("12345", 0, "save value")
    _purchase(reader, "first")
    if reader.option("1"):
        reader.one_of("0123", "rule of the additional purchases")
        _purchase(reader, "second")
        reader.sized("01234569", 6, "second company prefix")
    if reader.option("2"):
        _purchase(reader, "third")
        reader.sized("01234569", 6, "third company prefix")
    _dates(reader, is_date)
    if reader.option("5"):
        _serial(reader)
    if reader.option("6"):
        reader.sized("1234567", 6, "retailer")
    if reader.option("9"):
        reader.one_of("01256", "save value code")
        reader.one_of("012", "item that the value applies to")
        reader.take(1, "store coupon flag")
        reader.one_of("01", "do-not-multiply flag")
    return _end(reader)


def offer(digits: str) -> str | None:
    """What AI 8112 should have had, or None where `digits` are right."""
    reader = _Reader(digits)
    reader.one_of("01", "format")
    reader.sized("0123456", 6, "funder")
    reader.take(6, "offer code")
    _serial(reader)
    return _end(reader)


def _purchase(reader: _Reader, which: str) -> None:
    reader.sized("12345", 0, f"{which} purchase requirement")
    reader.one_of("012349", f"{which} purchase requirement code")
    reader.take(3, f"{which} purchase family code")


def _dates(reader: _Reader, is_date: Callable[[str], bool]) -> None:
    ends = starts = ""
    if reader.option("3"):
        ends = reader.take(6, "expiration date")
    if reader.option("4"):
        starts = reader.take(6, "start date")
    for date in (ends, starts):
        if date and not is_date(date):
            reader.wrong = f"date as YYMMDD, found {date}"
    if ends and starts > ends and reader.wrong is None:
        reader.wrong = f"expiration not before the start {starts}, found {ends}"


def _serial(reader: _Reader) -> None:
    size = reader.take(1, "length of the serial number")
    reader.take(int(size or 0) + 6, "serial number")


def _end(reader: _Reader) -> str | None:
    left = len(reader.digits) - reader.at
    if reader.wrong is None and left:
        return f"an end, found {left} more digits"
    return reader.wrong
