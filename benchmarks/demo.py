"""What a minute of three dock doors comes to: shares of the truth, judged from outside.

python -m benchmarks.demo [SEED ...]
"""

import json
import subprocess
import sys

SECONDS = 60
DOORS = 3


def main(seeds: list[str]) -> int:
    worst = 0
    for seed in seeds or ["1", "2", "3"]:
        command = [sys.executable, "-P", "-m", "simulator", "demo", "--json"]
        figures = ["--seconds", str(SECONDS), "--doors", str(DOORS), "--seed", seed]
        done = subprocess.run([*command, *figures], capture_output=True, text=True, check=False)
        worst = max(worst, done.returncode)
        if not done.stdout:
            print(done.stderr, file=sys.stderr)
            continue
        said = json.loads(done.stdout)
        right = said["truth"] - said["lost"] - said["wrong_direction"]
        print(
            f"seed {seed}, {DOORS} doors, {SECONDS} s:"
            f" booked {said['booked']}/{said['published']} of the published,"
            f" right {right}/{said['truth']} of the crossings,"
            f" lost {said['lost']}, doubled {said['duplicated']},"
            f" stock {'matches' if said['stock_matches'] else 'DOES NOT MATCH'},"
            f" {said['review']} tags for review"
        )
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
