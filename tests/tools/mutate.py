"""How many deliberate bugs the tests see: mutmut changes the code in a copy, one place at a time, and runs the tests.

`make mutate` for all of it, which takes hours; `make mutate ARGS="safety checks"` for two folders. It goes on where it
was stopped. It fails where a folder's tests see less than their share; what nobody can see is told in ``LIVES``.
"""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("safety", "checks", "reading", "package", "published")
SHARE = 0.85
SEEN = ("killed", "timeout", "segfault", "caught by type check")
# Mutants that do the same as the code, so no test can tell them from it; by name (`mutmut show NAME`), with the reason.
LIVES = {
    "pipeline.safety.escape.x_scalar__mutmut_2": "ensure_ascii=None is as false as False",
}


def mutmut(*words: str, quiet: bool = False) -> str:
    """Runs mutmut at the top of the repository; what it printed, where it is not shown."""
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *words], cwd=ROOT, check=not quiet, text=True, capture_output=quiet
    )
    return done.stdout or ""


def results() -> dict[str, str]:
    """Mutant → what came of it, of all that were run."""
    lines = mutmut("results", "--all", "true", quiet=True).splitlines()
    pairs = (line.strip().partition(": ") for line in lines if ": " in line)
    return {name: state for name, _, state in pairs if state != "not checked"}


def folder_of(mutant: str) -> str:
    return mutant.split(".")[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="*", default=FOLDERS, help=f"of {' '.join(FOLDERS)}")
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args()
    mutmut("run", "--max-children", str(chosen.jobs), *(f"pipeline.{one}.*" for one in chosen.folders))
    found = {name: state for name, state in results().items() if folder_of(name) in chosen.folders}
    alive = sorted(name for name, state in found.items() if state not in SEEN and name not in LIVES)
    total = Counter(folder_of(name) for name in found.keys() - LIVES.keys())
    lost = Counter(folder_of(name) for name in alive)
    print(*alive, sep="\n")
    for folder in chosen.folders:
        seen = 1 - lost[folder] / total[folder] if total[folder] else 0
        print(f"{folder:<10} {total[folder]:>5} 处 mutants · {100 * seen:5.1f} % 看出来 seen")
    return int(any(lost[folder] > (1 - SHARE) * total[folder] for folder in chosen.folders))


if __name__ == "__main__":
    sys.exit(main())
