"""What is here to read with: readers on the network, scanners at this host, a daemon's devices."""

from dataclasses import dataclass

from gateway.core.discovered import Reader
from gateway.settings.file import GatewaySettings
from gateway.shell import ask, plugged


@dataclass(frozen=True, slots=True)
class Configured:
    """A reader of the settings; `why` it cannot be read, empty where it can."""

    name: str
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class Devices:
    found: list[Reader]
    configured: list[Configured]
    plugged: plugged.Plugged


async def devices(settings: GatewaySettings | None, seconds: float) -> Devices:
    """What is on the network, and of the settings. Raises NoAnswer, OSError."""
    from gateway.shell import discovery  # mDNS is of this command alone

    found = await discovery.found(seconds)
    here = plugged.plugged()
    if settings is None:
        return Devices(found, [], here)
    async with ask.daemon(settings.gateway.socket_path) as daemon:
        if daemon is not None:
            said = await daemon.ask({"do": "devices"})
            whys = said if isinstance(said, dict) else {}
            answers = [str(whys.get(each.name, "not of the daemon")) for each in settings.reader]
        else:
            answers = await discovery.refusals([(each.host, each.port) for each in settings.reader])
    configured = [
        Configured(each.name, f"{each.host}:{each.port}", why)
        for each, why in zip(settings.reader, answers, strict=True)
    ]
    return Devices(found, configured, here)


async def scanned(
    settings: GatewaySettings | None, seconds: float, tell: plugged.Tell
) -> plugged.Said | None:
    """The first scan of any scanner here. Raises NoAnswer, ImportError."""
    found = plugged.plugged()
    if settings is None:
        return await plugged.scan(found, None, seconds, tell)
    async with ask.daemon(settings.gateway.socket_path) as daemon:
        if daemon is not None:
            held = [str(each.device) for each in settings.scanner if each.driver != "tcp"]
            found = plugged.without(found, held)
        return await plugged.scan(found, daemon, seconds, tell)
