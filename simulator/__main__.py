"""readpoint-simulate: the command. Each subcommand is a module in simulator.cli."""

import argparse
import signal
import sys


def main() -> int:
    # Ctrl-C while the program is being read ends it without a traceback: nothing has begun yet.
    # Each command takes the signal over before it begins something.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from simulator.cli import demo, reader, scanner, site
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        print(f"needs: pip install 'readpoint[demo]' (no module {missing})", file=sys.stderr)
        return 1
    parser = argparse.ArgumentParser(
        prog="readpoint-simulate", description="Far ends for gateways, and a site to look at."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    demo.add_to(commands)
    site.add_to(commands)
    reader.add_to(commands)
    scanner.add_to(commands)
    args = parser.parse_args()
    code: int = args.run(args)
    return code


if __name__ == "__main__":
    sys.exit(main())
