//! How the cost of `match` grows with its input: the usual mix, and mixes that are made to hurt.
//!
//! `cargo bench --bench scale [-- MIX...]` runs each mix at a quarter, a half and the whole of its
//! size, every run in a process of its own, and prints time on the processors, peak memory and what
//! doubling the input costs: about 2 is linear, 4 is quadratic.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::io;
use std::process::Command;

use doisoat::classify::CLASSES;
use doisoat::domain::{Lang, Rules};
use doisoat::job::stage::peak_memory_bytes;
use doisoat::normalise::{MatchFiles, read_match_inputs};
use doisoat::report::csv::{self, Style};
use doisoat::settle::{Keep, settle_keeping};

/// A mix: its name, its greatest size, and how its files are made.
type Mix = (&'static str, usize, fn(usize) -> Files);

const MIXES: &[Mix] = &[
    ("usual", 400_000, usual),
    ("equal-amounts-one-day", 100_000, equal_amounts),
    ("memo-lines", 100_000, memo_lines),
    ("memo-lines-one-edit-off", 100_000, mistyped),
    ("one-payer", 50_000, one_payer),
    ("one-dossier", 20_000, one_dossier),
    ("many-lines", 20_000, many_lines),
    ("open-rows-one-dossier", 8_000, open_rows),
    ("open-rows-many-repeats", 8_000, repeats),
    ("part-refunds-one-dossier", 8_000, part_refunds),
    ("identical-rows", 400_000, identical),
];

/// The files of one run.
struct Files {
    fees: String,
    gateway: String,
    bank: String,
    cash: String,
}

const FEE_HEAD: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                        declared_method,due_at,payer_name,status\n";
const TXN_HEAD: &str = "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,\
                        kind,payer\n";
const CASH_HEAD: &str = "receipt_id,receipt_no,dossier_code,fee_id,amount_vnd,collected_at,\
                         cashier,agency_code,status\n";

impl Files {
    fn new() -> Self {
        Self {
            fees: FEE_HEAD.into(),
            gateway: TXN_HEAD.into(),
            bank: TXN_HEAD.into(),
            cash: CASH_HEAD.into(),
        }
    }

    fn fee(&mut self, i: usize, amount: usize, payer: &str, status: &str) {
        let (code, agency) = (code(i), agency(i));
        let _written = writeln!(
            self.fees,
            "{code},F{i:07},phi,{amount},{agency},1.001,qr,2022-12-31,{payer},{status}"
        );
    }

    fn paid(&mut self, i: usize, amount: usize, payer: &str) {
        let (code, clock) = (code(i), clock(i));
        let _written = writeln!(
            self.gateway,
            "G{i:08},{code},,{amount},0,{amount},2022-12-05T{clock},success,payment,{payer}"
        );
    }

    /// A row of the gateway by the reference of a dossier; `what` is its status and kind.
    fn came(&mut self, i: usize, dossier: usize, amount: usize, what: &str) {
        let (code, clock) = (code(dossier), clock(i));
        let _written = writeln!(
            self.gateway,
            "G{i:08},{code},,{amount},0,{amount},2022-12-05T{clock},{what},NGUYEN VAN A"
        );
    }

    fn banked(&mut self, i: usize, memo: &str, amount: usize, payer: &str) {
        let clock = clock(i);
        let _written = writeln!(
            self.bank,
            "B{i:08},,{memo},{amount},0,{amount},2022-12-05T{clock},success,payment,{payer}"
        );
    }

    fn receipt(&mut self, i: usize, amount: usize) {
        let (code, agency, clock) = (code(i), agency(i), clock(i));
        let _written = writeln!(
            self.cash,
            "R{i:08},{i},{code},F{i:07},{amount},2022-12-05T{clock},NGUYEN VAN A,{agency},valid"
        );
    }
}

fn agency(i: usize) -> String {
    format!("H48.18.{:02}", 10 + i % 40)
}

/// A code of its own for each number: 9,999 a day, then the next day.
fn code(i: usize) -> String {
    let (sequence, day) = (i % 9_999 + 1, i / 9_999);
    let (day, month) = (day % 28 + 1, day / 28 % 12 + 1);
    let agency = agency(i);
    format!("{agency}-22{month:02}{day:02}-{sequence:04}")
}

fn clock(i: usize) -> String {
    format!("{:02}:{:02}:{:02}", i / 3600 % 24, i / 60 % 60, i % 60)
}

/// Whole thousands between 10,000 and 1,000,000.
fn tariff(i: usize) -> usize {
    (10 + i * 7_919 % 991) * 1_000
}

fn person(i: usize) -> String {
    let letter = |n: usize| char::from_u32(65 + u32::try_from(n % 26).unwrap_or(0)).unwrap_or('A');
    format!("NGUYEN {}{} {}", letter(i), letter(i / 26), letter(i / 676))
}

/// Six of ten fees paid through a gateway, one by a bank line, two in cash, one not at all.
fn usual(n: usize) -> Files {
    let mut files = Files::new();
    for i in 0..n {
        let (amount, payer) = (tariff(i), person(i));
        files.fee(
            i,
            amount,
            &payer,
            if i % 10 == 9 { "unpaid" } else { "paid" },
        );
        match i % 10 {
            0..6 => files.paid(i, amount, &payer),
            6 => files.banked(i, &format!("Nop phi {}", code(i)), amount, &payer),
            7 | 8 => files.receipt(i, amount),
            _ => {}
        }
    }
    files
}

/// Open fees and lines without a code, all of one amount on one day.
fn equal_amounts(n: usize) -> Files {
    let mut files = Files::new();
    for i in 0..n {
        files.fee(i, 50_000, &person(i), "paid");
        files.banked(i, "CHUYEN TIEN", 50_000, &person(i + 1));
    }
    files
}

/// Bank lines whose code stands in free text.
fn memo_lines(n: usize) -> Files {
    let mut files = Files::new();
    for i in 0..n {
        files.fee(i, tariff(i), &person(i), "paid");
        let memo = code(i).replace(['.', '-'], " ");
        let memo = format!("MBVCB.{i}.{memo}.CT tu 0123499999 toi 1017 UBND huyen");
        files.banked(i, &memo, tariff(i), &person(i));
    }
    files
}

/// The same with a letter for a digit in each code.
fn mistyped(n: usize) -> Files {
    let mut files = Files::new();
    for i in 0..n {
        files.fee(i, tariff(i), &person(i), "paid");
        let memo = format!("nop phi {}", code(i).replacen("-22", "-Z2", 1));
        files.banked(i, &memo, tariff(i), &person(i));
    }
    files
}

/// One person with all the dossiers; all in free text, all of one amount.
fn one_payer(n: usize) -> Files {
    let mut files = Files::new();
    for i in 0..n {
        files.fee(i, 50_000, "NGUYEN VAN A", "paid");
        files.banked(i, &format!("nop phi {}", code(i)), 50_000, "NGUYEN VAN A");
    }
    files
}

/// One dossier that is paid again and again.
fn one_dossier(n: usize) -> Files {
    let mut files = Files::new();
    files.fee(0, 50_000, "NGUYEN VAN A", "paid");
    for i in 0..n {
        files.banked(i, &format!("nop phi {}", code(0)), 50_000, "NGUYEN VAN A");
    }
    files
}

/// One dossier with many lines, each paid by itself.
fn many_lines(n: usize) -> Files {
    let mut files = Files::new();
    let (code, agency) = (code(0), agency(0));
    for i in 0..n {
        let amount = 10_000 + 1_000 * i;
        let _written = writeln!(
            files.fees,
            "{code},F{i:07},phi,{amount},{agency},1.001,qr,2022-12-31,NGUYEN VAN A,paid"
        );
        files.banked(i, &format!("nop phi {code}"), amount, "NGUYEN VAN A");
    }
    files
}

/// One dossier with instalments by memo, and as many payments of it that are pending.
fn open_rows(n: usize) -> Files {
    let mut files = Files::new();
    files.fee(0, 1_000 * n, "NGUYEN VAN A", "paid");
    for i in 0..n / 2 {
        files.banked(i, &format!("nop phi {}", code(0)), 1_000, "NGUYEN VAN A");
        files.came(i + n, 0, 1_000, "pending,payment");
    }
    files
}

/// One dossier that is paid again and again by its reference, and as many that are pending.
fn repeats(n: usize) -> Files {
    let mut files = Files::new();
    files.fee(0, 50_000, "NGUYEN VAN A", "paid");
    for i in 0..n / 2 {
        files.came(i, 0, 50_000, "success,payment");
        files.came(i + n, 0, 50_000, "pending,payment");
    }
    files
}

/// One dossier with instalments, and as many refunds of a part of one.
fn part_refunds(n: usize) -> Files {
    let mut files = Files::new();
    files.fee(0, 1_000 * n, "NGUYEN VAN A", "paid");
    for i in 0..n / 2 {
        files.came(i, 0, 2_000, "success,payment");
        files.came(i + n, 0, 700 + i % 5, "success,refund");
    }
    files
}

/// One row, again and again.
fn identical(n: usize) -> Files {
    let mut files = Files::new();
    for _ in 0..n {
        files.fee(1, 50_000, "NGUYEN VAN A", "paid");
        files.paid(1, 50_000, "NGUYEN VAN A");
    }
    files
}

/// Hundredths of a second on the processors so far, of all threads.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<u64> = behind_name
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    fields.get(11..13).map_or(0, |times| times.iter().sum())
}

/// One run in this process: `ticks of read, settle and write, peak KiB, rows`.
fn one(make: fn(usize) -> Files, n: usize) -> io::Result<String> {
    let files = make(n);
    let start = ticks();
    let named = MatchFiles {
        fees: ("dossier_fees.csv", files.fees.as_bytes()),
        transactions: vec![
            ("transactions_vnpay.csv", files.gateway.as_bytes()),
            ("transactions_bank.csv", files.bank.as_bytes()),
        ],
        cash: Some(("cash_receipts.csv", files.cash.as_bytes())),
        agencies: None,
    };
    let mut read = read_match_inputs(&named).map_err(io::Error::other)?;
    read.inputs.sort();
    let was_read = ticks();
    let settlement = settle_keeping(&read.inputs, &Rules::default(), &Vec::new(), Keep::Open);
    let settlement = settlement.map_err(io::Error::other)?;
    let settled = ticks();
    let style = Style::plain(Lang::Vi);
    csv::write_links(io::sink(), &settlement.groups, style)?;
    let rows = csv::exceptions(&settlement, CLASSES, Lang::Vi);
    csv::write_exceptions(io::sink(), rows, style)?;
    let written = ticks();
    let peak = peak_memory_bytes().unwrap_or(0) / 1024;
    let times = [
        was_read - start,
        settled - was_read,
        written - settled,
        peak,
    ];
    Ok(times.map(|time| time.to_string()).join(" "))
}

/// One run in a process of its own.
fn apart(name: &str, n: usize) -> io::Result<Vec<u64>> {
    let own = std::env::current_exe()?;
    let ran = Command::new(own)
        .args(["--one", name, &n.to_string()])
        .output()?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let numbers = said
        .split_whitespace()
        .map(|number| number.parse().unwrap_or(0));
    let numbers: Vec<u64> = numbers.collect();
    match numbers.len() {
        4 => Ok(numbers),
        _ => Err(io::Error::other(format!("{name} {n}: {}", ran.status))),
    }
}

fn table(wanted: &[String]) -> io::Result<()> {
    println!("| mix | rows | read s | settle s | write s | peak MB | doubling costs |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (name, most, _) in MIXES {
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        let mut before: Option<u64> = None;
        for n in [most / 4, most / 2, *most] {
            let ran = apart(name, n)?;
            let total: u64 = ran[..3].iter().sum();
            let ratio = before
                .filter(|before| *before > 0)
                .map_or_else(String::new, |before| {
                    let hundredths = total * 100 / before;
                    format!("{}.{:02}", hundredths / 100, hundredths % 100)
                });
            let times: Vec<String> = ran[..3]
                .iter()
                .map(|ticks| format!("{}.{:02}", ticks / 100, ticks % 100))
                .collect();
            let (times, peak) = (times.join(" | "), ran[3] / 1024);
            println!("| {name} | {n} | {times} | {peak} | {ratio} |");
            before = Some(total);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, n] = args.as_slice()
        && flag == "--one"
    {
        let mix = MIXES.iter().find(|(known, _, _)| known == name);
        let mix = mix.ok_or_else(|| io::Error::other(format!("no mix {name}")))?;
        let n = n.parse().map_err(io::Error::other)?;
        println!("{}", one(mix.2, n)?);
        return Ok(());
    }
    let wanted: Vec<String> = args
        .into_iter()
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    table(&wanted)
}
