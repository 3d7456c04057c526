"""readpoint-gateway: the command. Each subcommand is a module in gateway.cli."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

# argparse has no public name for it.

# Those of gs1.trade_number, which is imported with its library, and only where it is used.
REGIONS = ("de", "dk", "ee", "fi", "gb", "lt", "lv", "no", "se")

SECONDS_MAX = 60.0  # a reader answers within one; a person waits no longer


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="readpoint-gateway", description="Drive readers and scanners; say what moved."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _command(commands, "run", "the daemon", _run)
    _command(commands, "check", "every error of a configuration", _check)
    record = _command(commands, "record", "what the devices say, as NDJSON", _record)
    record.add_argument("-o", dest="output", required=True, metavar="FILE", help='"-": stdout')
    record.add_argument("--append", action="store_true", help="to a FILE that is there already")
    _recording_commands(commands)
    devices = _command(
        commands, "devices", "readers and scanners here", _devices, needs_config=False
    )
    devices.add_argument("--seconds", type=_seconds, default=3.0, help="how long to wait: 3")
    scan = devices.add_mutually_exclusive_group()
    scan.add_argument("--json", action="store_true", help="one line of JSON")
    scan.add_argument("--identify", action="store_true", help="scan now: which scanner was it?")
    scan.add_argument(
        "--calibrate",
        type=Path,
        metavar="HTML",
        help="write a sheet; its scan tells the keymap",
    )
    decode = _command(commands, "decode", "what tags and codes name", _decode, needs_config=False)
    decode.add_argument("file", metavar="FILE", help='NDJSON; "-": stdin')
    decode.add_argument("--region", choices=REGIONS, help="whose restricted numbers: ISO 3166-1")
    _tag_commands(commands)
    _door_commands(commands)
    sheet = _command(commands, "sheet", "the codes that a station understands, to print", _sheet)
    sheet.add_argument("--read-point", required=True, metavar="NAME", help="of kind station")
    sheet.add_argument("--operator", action="append", default=[], metavar="NAME", help="a badge")
    sheet.add_argument("-o", dest="output", type=Path, required=True, metavar="HTML")
    args = parser.parse_args()
    try:
        return int(args.call(args))
    except KeyboardInterrupt:
        print("readpoint-gateway: interrupted", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        print(f"needs: pip install 'readpoint[gateway]' (no module {missing})", file=sys.stderr)
        return 1


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    does: str,
    call: Callable[[argparse.Namespace], int],
    *,
    needs_config: bool = True,
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=does, description=does)
    command.add_argument("--config", type=Path, required=needs_config, metavar="FILE")
    command.set_defaults(call=call)
    return command


def _recording_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = _command(commands, "replay", "the events that a recording gives", _replay)
    replay.add_argument("file", metavar="FILE", help='NDJSON, as of record; "-": stdin')
    replay.add_argument("--verdicts", action="store_true", help="also stray and uncertain tags")
    replay.add_argument(
        "--compare", type=Path, metavar="OTHER", help="the movements that differ under these"
    )
    replay.add_argument("--json", action="store_true", help="of --compare: a line of JSON for each")
    replay.set_defaults(misused=replay.error)
    export = _command(
        commands, "export-ring", "the last observations, as a recording", _export_ring
    )
    for name, does in (("--from", "the first instant"), ("--to", "the instant behind the last")):
        export.add_argument(
            name,
            dest=f"{name[2:]}_us",
            type=_instant,
            required=True,
            metavar="T",
            help=f"{does}: ISO 8601 with offset, as 2025-11-22T08:00:00+01:00",
        )
    export.add_argument("-o", dest="output", required=True, metavar="FILE", help='"-": stdout')
    export.set_defaults(misused=export.error)


def _tag_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tags = commands.add_parser("tag", help="read or write the one tag at an antenna")
    verbs = tags.add_subparsers(dest="verb", required=True)
    read = _command(verbs, "read", "EPC, key, TID and user memory of the one tag", _tag)
    write = _command(verbs, "write", "give the one tag the EPC of a key", _tag)
    for each in (read, write):
        each.add_argument("--reader", required=True, metavar="NAME")
        each.add_argument("--antenna", required=True, type=int, metavar="PORT")
        each.add_argument("--rssi-min", dest="rssi_min_dbm", type=float, metavar="DBM")
        each.add_argument("--access-password", type=_password, metavar="HEX8", default=0)
    write.add_argument("--key", required=True, metavar="URI", help="with serial, or an SSCC")
    write.add_argument("--company-prefix", metavar="DIGITS", help="with which the key begins")
    write.add_argument("--filter", dest="filter_value", type=int, default=0, metavar="N")
    write.add_argument("--lock", action="store_true", help="its EPC, by the access password")
    write.add_argument("--replace", action="store_true", help="also what the ledger knows")
    write.add_argument("--user", default="", metavar="HEX", help="for the user memory")


def _door_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bind = _command(commands, "bind", "from now on a door's passes are of a document", _bind)
    unbind = _command(commands, "unbind", "a door's passes are of no document any more", _bind)
    for each in (bind, unbind):
        each.add_argument("--read-point", required=True, metavar="NAME")
    bind.add_argument("--document", required=True, metavar="CODE", help="its code or its URI")


# Each imports what it needs: a command whose extra is absent says so, and the others work.


def _run(args: argparse.Namespace) -> int:
    from gateway.cli.run import run

    return run(args.config)


def _check(args: argparse.Namespace) -> int:
    from gateway.cli.check import check

    return check(args.config)


def _record(args: argparse.Namespace) -> int:
    from gateway.cli.record import record

    return record(args.config, args.output, append=args.append)


def _replay(args: argparse.Namespace) -> int:
    from gateway.cli.replay import replay, replay_and_compare

    if args.compare is None:
        if args.json:
            args.misused("--json is of --compare: events are JSON always")
        return replay(args.file, args.config, verdicts=args.verdicts)
    if args.verdicts:
        args.misused("--compare lists movements: expected no --verdicts")
    return replay_and_compare(args.file, args.config, args.compare, as_json=args.json)


def _export_ring(args: argparse.Namespace) -> int:
    from gateway.cli.export_ring import export_ring

    if args.from_us >= args.to_us:
        args.misused("--from: expected an instant before --to")
    return export_ring(args.config, args.from_us, args.to_us, args.output)


def _devices(args: argparse.Namespace) -> int:
    if args.identify or args.calibrate:
        from gateway.cli.scanners import identify

        return identify(args.config, args.calibrate)
    from gateway.cli.devices import devices

    return devices(args.config, args.seconds, as_json=args.json)


def _decode(args: argparse.Namespace) -> int:
    from gateway.cli.decode import decode

    return decode(args.file, args.region)


def _tag(args: argparse.Namespace) -> int:
    from gateway.cli.tag import tag

    said = vars(args)
    order = {key: said[key] for key in said if key not in ("command", "verb", "config", "call")}
    return tag(args.config, {"do": f"tag_{args.verb}", **order})


def _sheet(args: argparse.Namespace) -> int:
    from gateway.cli.sheet import sheet

    return sheet(args.config, args.read_point, args.operator, args.output)


def _bind(args: argparse.Namespace) -> int:
    from gateway.cli.bind import bind

    return bind(args.config, args.read_point, getattr(args, "document", None))


def _instant(text: str) -> int:
    from wire import instant

    try:
        return instant.to_us(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _password(text: str) -> int:
    if len(text) != 8:
        raise ValueError(text)
    return int(text, 16)


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= SECONDS_MAX:
        raise ValueError(text)
    return value


if __name__ == "__main__":
    sys.exit(main())
