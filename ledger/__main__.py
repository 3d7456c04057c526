"""readpoint-ledger: the command. Each subcommand is a module in ledger.cli."""

import argparse
import sys
from pathlib import Path


def main() -> int:
    args = _parser().parse_args()
    try:
        return _run(args)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        print(f"needs: pip install 'readpoint[ledger]' (no module {missing})", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="readpoint-ledger", description="Book stock movements; say what is where."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, does in (
        ("serve", "book events and answer requests"),
        ("import", "take master data from a CSV file"),
        ("migrate", "bring the database to this release's schema"),
        ("verify", "prove the books from their rows"),
    ):
        command = commands.add_parser(name, help=does)
        command.add_argument("--config", type=Path, metavar="FILE", help="default: ./data, 8080")
        if name == "import":
            command.add_argument("file", type=Path, metavar="FILE.csv")
            command.add_argument("--dry-run", action="store_true", help="only say what is wrong")
    return parser


def _run(args: argparse.Namespace) -> int:
    match args.command:
        case "serve":
            from ledger.cli.serve import serve

            return serve(args.config)
        case "import":
            from ledger.cli.import_ import import_

            return import_(args.config, args.file, dry_run=args.dry_run)
        case "migrate":
            from ledger.cli.migrate import migrate

            return migrate(args.config)
        case _:
            from ledger.cli.verify import verify

            return verify(args.config)


if __name__ == "__main__":
    sys.exit(main())
