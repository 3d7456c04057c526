"""The check digit that ends GTIN, SSCC and GLN, and the pair of characters that ends a GMN.

GS1 General Specifications §7.9.1 and §7.9.5.
"""

from gs1.characters import CHARACTER_SET_82

_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
_PAIR_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_WEIGHTS = {character: weight for weight, character in enumerate(sorted(CHARACTER_SET_82))}


def check_digit(digits: str) -> str:
    """The digit that completes `digits`: weights 3, 1, 3, ... from the right, summed modulo 10.

    >>> check_digit("952114101234")
    '5'
    """
    codes = digits.encode()  # sums over bytes are quick; what ASCII adds to each digit comes off
    thrice, once = codes[::-2], codes[-2::-2]
    total = 3 * sum(thrice) + sum(once) - ord("0") * (3 * len(thrice) + len(once))
    return "0987654321"[total % 10]


def is_digits(text: str) -> bool:
    """Whether `text` is ASCII digits, one at least: Python takes other scripts' digits, too."""
    return text.isascii() and text.isdigit()


def is_valid(digits: str, length: int) -> bool:
    """Whether `digits` are `length` ASCII digits of which the last is the right check digit.

    >>> is_valid("9521141012345", 13), is_valid("9521141012346", 13), is_valid("95211", 13)
    (True, False, False)
    """
    return len(digits) == length and is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def check_pair(text: str) -> str:
    """The two characters that complete `text`, at most 23 of character set 82.

    >>> check_pair("1987654Ad4X4bL5ttr2310c")
    '2K'
    """
    total = sum(
        _WEIGHTS[each] * prime for each, prime in zip(reversed(text), _PRIMES, strict=False)
    )
    high, low = divmod(total % 1021, 32)
    return _PAIR_CHARACTERS[high] + _PAIR_CHARACTERS[low]
