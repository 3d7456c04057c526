"""readpoint-gateway sheet: the codes that a station understands, as a page to print."""

import sys
from collections.abc import Sequence
from pathlib import Path

from drivers import registry
from gateway.core.commands import operator_named
from gateway.core.station_sheet import sheet as drawn
from gateway.settings.file import SettingsError, load_for_replay
from gateway.settings.station import StationTable
from wire import toml


def sheet(config: Path, read_point: str, operators: Sequence[str], output: Path) -> int:
    """1 where there is no such station, or its page cannot be made."""
    try:
        points = load_for_replay(config).settings.read_point
        stations = {each.name: each for each in points if isinstance(each, StationTable)}
        station = stations.get(read_point)
        if station is None:
            why = f'no station "{read_point}"{toml.nearest(read_point, stations)}'
            print(f"{config}: {why}", file=sys.stderr)
            return 1
        for name in operators:
            if operator_named(name) is None:
                print(f"--operator {name!r}: expected a-z, A-Z, 0-9 and -", file=sys.stderr)
                return 1
        page = drawn(station.name, station.locations, operators, registry.code_128)
        output.write_text(page)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError:
        print("needs: pip install 'readpoint[hid]'", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    print(f"{output}: print it at 100 %", file=sys.stderr)
    return 0
