#!/usr/bin/env python3
"""A mutation campaign on matching, money and kpi: a seeded draw of the mutants that cargo-mutants
lists, each held against the tests that fence the core. docs/campaigns/mutation.md says how to run
it and what came out.

    mutation.py WORK draw SEED COUNT     list, draw, weave and build; WORK/SEED/ keeps everything
    mutation.py WORK run SEED [MINUTES]  test what has no result yet; can be stopped and run again
    mutation.py WORK again SEED          forget the survivors' results, to test them anew
    mutation.py WORK show SEED           counts by folder, and the survivors
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import core
import weave

FILES = ["src/matching/**", "src/kpi/**", "src/domain/vnd.rs", "src/domain/fraction.rs"]

# Phases: which tests, and after how many times the time that the program without mutants takes a
# mutant counts as hanging. Survivors of one see the next.
UNITS = ["domain::", "kpi::", "matching::", "classify::", "settle::", "normalise::"]
PHASES = [
    ("lib", UNITS),
    ("it", ["cases::", "core_fence::", "share_bounds::", "sample::"]),
    ("it", ["passes_properties::", "passes_precision::", "settle_properties::"]),
    ("it", ["prove::the_sample_is_proved", "prove::every_case_is_proved"]),
    ("it", ["quality::"]),
]
SLOW = 5
# Randomness of the property tests is fixed, and a failure is not made smaller.
ENV = {"PROPTEST_RNG_SEED": "1", "PROPTEST_MAX_SHRINK_ITERS": "0", "RUST_BACKTRACE": "0",
       "RUST_TEST_THREADS": "2"}


def folder(mutant):
    part = mutant["file"].split("/")[1]
    return "money" if part == "domain" else part


def listed(work):
    """Every mutant of the checkout, by place."""
    tool = os.environ.get("CARGO_MUTANTS", "cargo-mutants")
    call = [tool, "mutants", "--list", "--json", *[x for f in FILES for x in ("-f", f)]]
    said = subprocess.run(call, cwd=core.ROOT, capture_output=True, text=True, check=True)
    mutants = json.loads(said.stdout)
    for mutant in mutants:
        mutant.pop("diff", None)
    mutants.sort(key=lambda m: (m["file"], m["span"]["start"]["line"],
                                m["span"]["start"]["column"], m["name"]))
    return mutants


def head():
    call = ["git", "rev-parse", "HEAD"]
    said = subprocess.run(call, cwd=core.ROOT, capture_output=True, text=True, check=True)
    return said.stdout.strip()


def draw(work, seed, count):
    """A draw over all, at least a tenth of it from each folder."""
    home = work / str(seed)
    home.mkdir(parents=True, exist_ok=True)
    mutants = listed(work)
    dice = random.Random(seed)
    by_folder = {}
    for mutant in mutants:
        by_folder.setdefault(folder(mutant), []).append(mutant)
    drawn = []
    for name in sorted(by_folder):
        mine = by_folder[name]
        share = max(round(count * len(mine) / len(mutants)), count // 10)
        drawn += dice.sample(mine, min(share, len(mine)))
    for number, mutant in enumerate(drawn, 1):
        mutant["id"] = number
    counts = {name: len(mine) for name, mine in by_folder.items()}
    (home / "draw.json").write_text(json.dumps(
        {"seed": seed, "commit": head(), "listed": counts, "drawn": drawn}, indent=1))
    return drawn


def by_file(mutants):
    files = {}
    for mutant in mutants:
        files.setdefault(mutant["file"], []).append(mutant)
    return files


def woven(crate, drawn):
    """Weaves what can be woven, drops what does not compile, builds; the ids that are switches."""
    alone = set()
    for _ in range(25):
        core.make(crate)
        for file, mutants in by_file(drawn).items():
            source = weave.Source((core.ROOT / file).read_text())
            edits, left = weave.edits_of(source, [m for m in mutants if m["id"] not in alone])
            alone |= {m["id"] for m in left}
            (crate / file).write_text(weave.weave(source, edits))
        call = ["cargo", "check", "--offline", "--lib", "--message-format", "json"]
        said = core.cargo(call, crate)
        if said.returncode == 0:
            return [m["id"] for m in drawn if m["id"] not in alone]
        bad = set()
        for line in said.stdout.splitlines():
            message = json.loads(line).get("message") or {}
            if message.get("level") != "error":
                continue
            for span in message.get("spans", []):
                path = crate / span["file_name"]
                if path.is_file():
                    bad |= weave.blamed(path.read_text(), span["byte_start"], span["byte_end"])
        print(f"{len(bad)} do not compile as switches: {sorted(bad)}", flush=True)
        if not bad - alone:
            sys.exit(said.stdout[-3000:] + said.stderr[-3000:])
        alone |= bad
    sys.exit("the switches do not compile")


def binaries(crate):
    """The test programs, built."""
    said = core.build(crate)
    if said.returncode != 0:
        return None
    found = {}
    for line in said.stdout.splitlines():
        line = json.loads(line)
        if line.get("executable") and line.get("profile", {}).get("test"):
            found["it" if "test" in line["target"]["kind"] else "lib"] = line["executable"]
    return found


def tested(program, crate, filters, mutant, limit):
    """`caught`, `survived` or `hung`, the test that failed, and the seconds."""
    env = {**os.environ, **ENV, "MUTANT": str(mutant), "CARGO_MANIFEST_DIR": str(crate)}
    begun = time.monotonic()
    process = subprocess.Popen([program, *filters], cwd=crate, env=env, bufsize=0,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               start_new_session=True)
    os.set_blocking(process.stdout.fileno(), False)
    text, end = "", None
    while end is None:
        end = process.poll()
        text += (process.stdout.read() or b"").decode(errors="replace")
        failed = re.search(r"^test (\S+) .*?\.\.\. FAILED", text, re.M)
        failed = failed or re.search(r"^test (\S+) \.\.\. [^\n]*FAILED", text, re.M)
        late = time.monotonic() - begun > limit
        if end is None and (failed or late):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if failed or late:
            name = failed.group(1) if failed else f"more than {limit:.0f} s"
            return ("caught" if failed else "hung"), name, time.monotonic() - begun
        if end is None:
            time.sleep(0.05)
    text += (process.stdout.read() or b"").decode(errors="replace")
    if end == 0:
        return "survived", "", time.monotonic() - begun
    failed = re.search(r"^    (\S+::\S+)$", text, re.M)
    return "caught", failed.group(1) if failed else f"ended with {end}", time.monotonic() - begun


class Campaign:
    def __init__(self, work, seed):
        self.home = work / str(seed)
        self.crate = self.home / "core"
        told = json.loads((self.home / "draw.json").read_text())
        self.drawn, self.told = told["drawn"], told
        self.log = self.home / "log.jsonl"

    def results(self):
        if not self.log.exists():
            return {}
        lines = map(json.loads, self.log.read_text().splitlines())
        return {line["id"]: line for line in lines}

    def note(self, mutant, result, phase, by, seconds):
        line = {"id": mutant["id"], "name": mutant["name"], "result": result,
                "phase": phase, "by": by, "seconds": round(seconds, 1)}
        with self.log.open("a") as log:
            log.write(json.dumps(line) + "\n")
        print(f"{result:9} {seconds:6.1f} s  {mutant['name']}  {by}", flush=True)

    def build(self):
        """Weaves and builds once; what the program without mutants takes, by phase."""
        ids = woven(self.crate, self.drawn)
        programs = binaries(self.crate)
        if programs is None:
            sys.exit("the tests do not build")
        for name, path in programs.items():
            shutil.copy(path, self.home / name)
        times = []
        for kind, filters in PHASES:
            result, by, seconds = tested(self.home / kind, self.crate, filters, 0, 3600)
            print(f"without mutants: {kind} {filters} {result} {by} {seconds:.1f} s", flush=True)
            if result != "survived":
                sys.exit("the tests fail without any mutant")
            times.append(seconds)
        (self.home / "built.json").write_text(json.dumps({"switches": ids, "times": times}))

    def same_program(self):
        """Places of a draw hold only in the program that was drawn from."""
        if head() != self.told["commit"]:
            sys.exit(f"this draw is of commit {self.told['commit']}: check that out, or draw anew")

    def unchanged_builds(self):
        """Without any mutant the crate must build, else nothing can be told of those that do not."""
        core.make(self.home.parent / "alone")
        if binaries(self.home.parent / "alone") is None:
            sys.exit("the crate does not build even without a mutant")

    def run(self, minutes):
        self.same_program()
        built = json.loads((self.home / "built.json").read_text())
        until = time.monotonic() + 60 * minutes
        done, switches = self.results(), set(built["switches"])
        left = [m for m in self.drawn if m["id"] not in done]
        left.sort(key=lambda m: m["id"] not in switches)
        if any(m["id"] not in switches for m in left):
            self.unchanged_builds()
        for mutant in left:
            if time.monotonic() > until:
                break
            if mutant["id"] in switches:
                programs = {kind: self.home / kind for kind in ("lib", "it")}
                self.one(mutant, programs, mutant["id"], built["times"])
            else:
                self.alone(mutant, built["times"])

    def one(self, mutant, programs, number, times):
        spent = 0
        for at, (kind, filters) in enumerate(PHASES):
            limit = max(20, SLOW * times[at])
            result, by, seconds = tested(programs[kind], self.crate, filters, number, limit)
            spent += seconds
            if result != "survived":
                return self.note(mutant, result, at, by, spent)
        return self.note(mutant, "survived", len(PHASES), "", spent)

    def alone(self, mutant, times):
        """Built by itself, in a crate without switches."""
        crate = self.home.parent / "alone"
        core.make(crate)
        source = weave.Source((core.ROOT / mutant["file"]).read_text())
        (crate / mutant["file"]).write_text(weave.plain(source, mutant))
        begun = time.monotonic()
        call = ["cargo", "check", "--offline", "--lib"]
        viable = core.cargo(call, crate).returncode == 0
        programs = binaries(crate) if viable else None
        if programs is None:
            return self.note(mutant, "unviable", -1, "does not compile", time.monotonic() - begun)
        return self.one(mutant, programs, 0, times)

    def again(self):
        """Survivors are open once more."""
        lines = [line for line in self.results().values() if line["result"] != "survived"]
        self.log.write_text("".join(json.dumps(line) + "\n" for line in lines))

    def show(self):
        results = self.results()
        counts = {}
        for mutant in self.drawn:
            result = results.get(mutant["id"], {}).get("result", "open")
            for name in (folder(mutant), "all"):
                row = counts.setdefault(name, {})
                row[result] = row.get(result, 0) + 1
        print(f"seed {self.told['seed']}, commit {self.told['commit']}")
        for name, row in sorted(counts.items()):
            caught = row.get("caught", 0) + row.get("hung", 0)
            viable = caught + row.get("survived", 0)
            share = f"{100 * caught / viable:.1f} %" if viable else "-"
            print(f"{name:9} {share:>8}  {row}")
        for line in results.values():
            if line["result"] == "survived":
                print(line["id"], line["name"])


def main():
    work, command, seed = Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3])
    if command == "draw":
        draw(work, seed, int(sys.argv[4]))
        Campaign(work, seed).build()
    elif command == "build":
        Campaign(work, seed).build()
    elif command == "run":
        Campaign(work, seed).run(float(sys.argv[4]) if len(sys.argv) > 4 else 1e9)
    elif command == "again":
        Campaign(work, seed).again()
    elif command == "show":
        Campaign(work, seed).show()
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
