"""Units of measure: the codes of UN/ECE Recommendation 20 that a quantity may have.

Packages (a case, a pallet) are no units: they are pack levels, each with a GTIN of its own.
"""

from gs1.refusal import CodeReason, Refusal, shown
from gs1.unit_names import digits_to_e, f_to_z, gone

NAMES: dict[str, str] = {
    code: name
    for line in (digits_to_e.NAMES + f_to_z.NAMES).splitlines()
    for code, _, name in (line.partition(" "),)
    if code
}
DELETED = frozenset(gone.DELETED.split())
DEPRECATED = frozenset(gone.DEPRECATED.split())


def refuse(code: str) -> Refusal | None:
    """Why a quantity may not have this unit; None where it may.

    >>> refuse("KGM"), refuse("kg").why
    (None, "unit 'kg': expected a code of UN/ECE Recommendation 20, as KGM or C62")
    """
    if code in NAMES:
        return None
    if code in DELETED:
        return Refusal(
            CodeReason.UNIT_DELETED,
            f"unit {shown(code)}: expected a code that UN/ECE Recommendation 20 still has",
        )
    if code in DEPRECATED:
        return Refusal(
            CodeReason.UNIT_DEPRECATED,
            f"unit {shown(code)}: expected a code that is not deprecated"
            " in UN/ECE Recommendation 20",
        )
    return Refusal(
        CodeReason.UNIT_UNKNOWN,
        f"unit {shown(code)}: expected a code of UN/ECE Recommendation 20, as KGM or C62",
    )
