from gs1.symbology import Carries, carries, split


def test_an_identifier_is_three_characters() -> None:
    assert split(b"]C1A") == ("]C1", b"A")
    assert split(b"]C") == (None, b"]C")
    assert split(b"A]C1") == (None, b"A]C1")


def test_an_identifier_that_is_not_of_gs1_promises_nothing() -> None:
    assert (carries("]C1"), carries("]z0")) == (Carries.ELEMENTS, Carries.ANYTHING)
