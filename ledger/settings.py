"""What the ledger's configuration file may say. Every key has a default that works."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from wire import toml


class SettingsError(Exception):
    """The file cannot be used; each line says where, what and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LedgerTable(_Table):
    data_dir: Path = Path("data")

    @property
    def database(self) -> Path:
        return self.data_dir / "ledger.sqlite"


class HttpTable(_Table):
    host: toml.Host = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)  # 0: any free one
    names: tuple[toml.Host, ...] = Field(default=(), description=toml.HOST_MEANING)


class MqttTable(_Table):
    host: toml.Host = "127.0.0.1"
    port: int = Field(default=1883, ge=1, le=65535)
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "readpoint-ledger"
    username: str | None = None
    password_file: Path | None = None

    @model_validator(mode="after")
    def _password_of_somebody(self) -> Self:
        if self.password_file is not None and self.username is None:
            raise ValueError("password_file without username: whose password is it?")
        return self

    def password(self) -> str | None:
        """Raises SettingsError."""
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"mqtt.password_file: {error}") from None


class LogTable(_Table):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class LedgerSettings(_Table):
    ledger: LedgerTable = LedgerTable()
    http: HttpTable = HttpTable()
    mqtt: MqttTable = MqttTable()
    log: LogTable = LogTable()


def load(path: Path | None) -> LedgerSettings:
    """Raises SettingsError with every problem of the file; no file gives the defaults."""
    if path is None:
        return LedgerSettings()
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from None
    found = toml.read(text, LedgerSettings)
    if isinstance(found, toml.Problems):
        raise SettingsError("\n".join(f"{path}: {problem}" for problem in found.found))
    return found
