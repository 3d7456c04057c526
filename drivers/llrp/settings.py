"""What a `[[reader]]` with driver = "llrp" may say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from drivers.base import NAME_MEANING, NAME_PATTERN

LLRP_PORT = 5084  # IANA: llrp


class Antenna(BaseModel):
    """One antenna port of the reader."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: int = Field(ge=1, le=255)
    power_dbm: float | None = Field(default=None, ge=0, le=36)


class LlrpSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=NAME_PATTERN, description=NAME_MEANING)]
    driver: Literal["llrp"] = "llrp"
    host: str = Field(min_length=1)
    port: int = Field(default=LLRP_PORT, ge=1, le=65535)
    antennas: tuple[Antenna, ...] = Field(min_length=1, max_length=64)
    # Session 0: a tag answers in every round, and a direction needs many reads of each tag.
    session: int = Field(default=0, ge=0, le=3)
    population: int = Field(default=32, ge=1, le=65535)
    # A pass closes when its reader was heard behind it: at an empty door, so much later.
    keepalive_s: float = Field(default=2.0, ge=0.1, le=300)
    connect_s: float = Field(default=5.0, gt=0, le=60)
    response_s: float = Field(default=10.0, gt=0, le=60)

    @field_validator("antennas")
    @classmethod
    def _each_port_once(cls, antennas: tuple[Antenna, ...]) -> tuple[Antenna, ...]:
        ports = [antenna.port for antenna in antennas]
        if len(set(ports)) != len(ports):
            raise ValueError("an antenna port stands here twice")
        return antennas

    @property
    def antenna_ports(self) -> tuple[int, ...]:
        return tuple(antenna.port for antenna in self.antennas)
