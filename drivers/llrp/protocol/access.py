"""What became of an AccessSpec: the OpSpecResults in a tag's report (LLRP 1.0.1 §16.3.1.5)."""

from dataclasses import dataclass

from drivers.llrp.protocol.tables import OP_SPEC_RESULTS, OpSpecKind


@dataclass(frozen=True, slots=True)
class OpSpecResult:
    """What one operation came to."""

    op_spec_id: int
    kind: OpSpecKind
    code: int  # an index into OP_SPEC_RESULTS[kind]; readers may say others
    data: bytes = b""  # what was read
    words: int = 0  # how many were written

    @property
    def why(self) -> str:
        """What the code says; empty where all went well."""
        if self.code == 0:
            return ""
        said = OP_SPEC_RESULTS[self.kind]
        return said[self.code] if self.code < len(said) else f"result code {self.code}"


@dataclass(frozen=True, slots=True)
class AccessResult:
    """What an AccessSpec did to one tag, operation by operation as the reader told them."""

    access_spec_id: int  # 0 where the reader told none
    epc: bytes
    antenna: int
    operations: tuple[OpSpecResult, ...]
