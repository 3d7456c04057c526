"""readpoint-gateway devices: the readers and scanners here, and which of the settings answer."""

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path

from gateway.cli import scanners
from gateway.core import discovered
from gateway.settings.file import SettingsError, load
from gateway.shell import found
from gateway.shell.ask import NoAnswer
from wire import json
from wire.json import JsonObject, JsonValue


def devices(config: Path | None, seconds: float, *, as_json: bool) -> int:
    try:
        settings = None if config is None else load(config).settings
        here = asyncio.run(found.devices(settings, seconds))
    except (SettingsError, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    if as_json:
        readers: list[JsonValue] = [asdict(each) | {"told": dict(each.told)} for each in here.found]
        configured: list[JsonValue] = [asdict(each) for each in here.configured]
        said: JsonObject = {
            "found": readers,
            "configured": configured,
            "serial": [
                {"path": each.path, "also": list(each.also)} for each in here.plugged.serial
            ],
            "hid": [
                {"path": str(each.path), "model": each.model, "usb": each.usb, "twin": each.is_twin}
                for each in here.plugged.hid
            ],
        }
        print(json.encode(said))
        return 0
    if not here.found:
        print(f"no reader answered within {seconds:g} s (mDNS, _llrp._tcp.local.)")
    for reader in here.found:
        print("\n".join(discovered.described(reader)))
    for each in here.configured:
        print(discovered.plain(f"{each.name}: {each.address}: {each.why or 'answers'}"))
    for line in scanners.told(here.plugged):
        print(line)
    return 0
