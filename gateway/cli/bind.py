"""readpoint-gateway bind, unbind: which document the passes of a door are of."""

import asyncio
import sys
from pathlib import Path

from gateway.settings.file import SettingsError, load
from gateway.shell import ask
from gateway.shell.ask import NoAnswer


def bind(config: Path, read_point: str, document: str | None) -> int:
    """`document`: its code or URI; None for none from now on."""
    try:
        said = asyncio.run(_ask(load(config).settings.gateway.socket_path, read_point, document))
    except (SettingsError, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{read_point}: {said}")
    return 0


async def _ask(socket: Path, read_point: str, document: str | None) -> str:
    async with ask.daemon(socket) as daemon:
        if daemon is None:
            raise NoAnswer(f"{socket}: no gateway runs here, and nothing passes its doors")
        if document is None:
            await daemon.ask({"do": "unbind", "read_point": read_point})
            return "no document is bound"
        bound = await daemon.ask({"do": "bind", "read_point": read_point, "document": document})
        return f"bound to {bound}"
