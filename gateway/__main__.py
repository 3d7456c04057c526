"""readpoint-gateway: the command. Each subcommand is a module in gateway.cli."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="readpoint-gateway", description="Drive readers and scanners; say what moved."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (("run", "the daemon"), ("check", "every error of a configuration")):
        command = commands.add_parser(name, help=does)
        command.add_argument("--config", type=Path, required=True, metavar="FILE")
    args = parser.parse_args()
    try:
        if args.command == "run":
            from gateway.cli.run import run

            return run(args.config)
        from gateway.cli.check import check

        return check(args.config)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        print(f"needs: pip install 'readpoint[gateway]' (no module {missing})", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
