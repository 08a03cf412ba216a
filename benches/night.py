"""Whole nights through the real binary: `python benches/night.py BINARY FOLDER ROWS [...]`.

Makes an office with a registry export and a bank statement (MT940) of ROWS payments of one day,
one in twenty without a code and one fee in fifty unpaid, runs `doisoat run` and prints what
`timings.json` tells, with processor time and peak memory. With `--history` FOLDER is an office of
benches/history.py; with `--postgres URL` the night runs on an empty database there.
"""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time

DAY = "2022-12-05"


def fees(rows, day=DAY):
    yield (
        "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,declared_method,"
        "due_at,payer_name,status\n"
    )
    for i in range(rows):
        status = "unpaid" if i % 50 == 7 else "paid"
        due = f"{code(i, day)},F1,phi,{amount(i)},{agency(i)},1.001,transfer,,NGUYEN VAN {i}"
        yield f"{due},{status}\n"


def agency(i):
    return f"H48.18.{10 + i % 80:02}"


def code(i, day=DAY):
    return f"{agency(i)}-{day[2:].replace('-', '')}-{i // 80 + 1:04}"


def amount(i):
    return (10 + i * 7919 % 991) * 1000


def statement(rows, day=DAY):
    short = day[2:].replace("-", "")
    total = 0
    yield f":20:B{short}\n:25:0123456789\n:28C:1/1\n:60F:C{short}VND0,\n"
    for i in range(rows):
        if i % 50 == 7:
            continue
        memo = "nop tien cam on" if i % 20 == 0 else f"nop le phi {code(i, day)}"
        total += amount(i)
        yield f":61:{short}{short[2:]}C{amount(i)},NTRFNONREF//FT{short}{i:07}\n:86:{memo}\n"
    yield f":62F:C{short}VND{total},\n-\n"


def office(binary, folder, url):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([binary, "init", str(folder)], check=True, capture_output=True)
    settings = folder / "doisoat.toml"
    head = settings.read_text().split("[[source]]")[0].split("\n# [[source]]")[0]
    head = head.replace("sqlite://doisoat.db", url)
    settings.write_text(
        head
        + '\n[[source]]\nname = "r"\nkind = "export"\npath = "inbox"\n'
        + '\n[[source]]\nname = "bank"\nkind = "statement"\npath = "inbox/bank"\n'
    )
    (folder / "inbox/bank").mkdir()


def put(folder, rows, day=DAY):
    with open(folder / f"inbox/dossier_fees_{day}.csv", "w") as out:
        out.writelines(fees(rows, day))
    with open(folder / "inbox/bank" / f"{day}.mt940", "w") as out:
        out.writelines(statement(rows, day))


def run(binary, folder, day=DAY):
    began, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [binary, "--config", str(folder / "doisoat.toml"), "run", "--date", day],
        capture_output=True,
        text=True,
    )
    wall = time.monotonic() - clock
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not (folder / f"reports/{day}/timings.json").exists():
        sys.exit(f"exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    timings = json.loads((folder / f"reports/{day}/timings.json").read_text())
    return {
        "exit": done.returncode,
        "wall": round(wall, 2),
        "user": round(ended.ru_utime - began.ru_utime, 2),
        "sys": round(ended.ru_stime - began.ru_stime, 2),
        **timings,
    }


def main():
    binary, folder, rows, *more = sys.argv[1:]
    folder, rows, binary = pathlib.Path(folder), int(rows), os.path.abspath(binary)
    url = more[1] if more[:1] == ["--postgres"] else "sqlite://doisoat.db"
    if more[:1] != ["--history"]:
        office(binary, folder, url)
    if more[:1] == ["--postgres"]:
        subprocess.run([binary, "--config", str(folder / "doisoat.toml"), "migrate"], check=True)
    put(folder, rows)
    print(json.dumps(run(binary, folder)))


if __name__ == "__main__":
    main()
