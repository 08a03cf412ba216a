"""What years of nights cost: `python benches/years.py BINARY FOLDER ROWS NIGHTS [NIGHTS ...]`.

Makes an office of benches/night.py with ROWS payments a night and runs that many nights for real,
so that chain, seals, evidence and places of rows are those of a program at work. At each of the
numbers it prints, with processor time and peak memory: one more night, `report` of a month of the
past with and without `--as-of`, `verify --date` of a night in the middle, `status`.
"""

import datetime
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

from night import office, put

FIRST = datetime.date(2013, 1, 1)


def timed(binary, folder, *words):
    read, write = os.pipe()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(read)
        done = subprocess.run(
            [binary, "--config", str(folder / "doisoat.toml"), *words],
            capture_output=True,
            text=True,
        )
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        said = {
            "exit": done.returncode,
            "cpu": round(used.ru_utime + used.ru_stime, 2),
            "peak_mb": used.ru_maxrss // 1024,
        }
        if done.returncode not in (0, 3):
            said["said"] = (done.stdout + done.stderr)[-400:]
        os.write(write, json.dumps(said).encode())
        os._exit(0)
    os.close(write)
    said = json.loads(os.read(read, 65536))
    os.waitpid(child, 0)
    return {**said, "wall": round(time.monotonic() - began, 2)}


def main():
    binary, folder, rows, *counts = sys.argv[1:]
    folder, rows, binary = pathlib.Path(folder), int(rows), os.path.abspath(binary)
    office(binary, folder, "sqlite://doisoat.db")
    made = 0
    for count in map(int, counts):
        days = [FIRST + datetime.timedelta(days=n) for n in range(made, count)]
        for day in days:
            put(folder, rows, day.isoformat())
        span = ["--from", days[0].isoformat(), "--to", days[-1].isoformat()]
        all_nights = timed(binary, folder, "backfill", *span)
        made = count + 1
        last = FIRST + datetime.timedelta(days=count)
        put(folder, rows, last.isoformat())
        middle = FIRST + datetime.timedelta(days=count // 2)
        month = middle.replace(day=1).isoformat()[:7]
        known = (middle.replace(day=28)).isoformat()
        out = str(folder / "again")
        steps = {
            "night": ["run", "--date", last.isoformat()],
            "report": ["report", "--month", month, "--out", out],
            "as_of": ["report", "--month", month, "--as-of", known, "--out", out],
            "verify": ["verify", "--date", middle.isoformat()],
            "status": ["status"],
        }
        measured = {name: timed(binary, folder, *words) for name, words in steps.items()}
        size = (folder / "doisoat.db").stat().st_size // 2**20
        print(json.dumps({"nights": count, "made": all_nights, "db_mb": size, **measured}), flush=True)


main()
