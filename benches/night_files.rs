//! How long the files of a large night take, format by format.
//!
//! `cargo bench --bench night_files [-- ROWS]` makes a night of so many payments (100,000), one of
//! twenty without a code, and prints seconds by the clock, bytes and peak memory. Where Chromium is
//! installed, the page is opened in it: how long until it is read, until it is laid out, and until
//! each filter shows.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::Command;

use doisoat::classify::CLASSES;
use doisoat::clock::Stopwatch;
use doisoat::domain::{Catalogue, Day, Lang, Period, Rules, RunId};
use doisoat::job::stage::peak_memory_bytes;
use doisoat::normalise::{MatchFiles, read_match_inputs};
use doisoat::report::files::{Formats, night_files};
use doisoat::report::{Digests, PageFacts, RunFacts};
use doisoat::settle::{Inputs, Settlement, settle};

const NIGHT: &str = "2022-12-05";

/// Fees and their payments; one of twenty payments names no dossier.
fn night(rows: usize) -> io::Result<Inputs> {
    let mut fees = String::from(
        "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,declared_method,\
         due_at,payer_name,status\n",
    );
    let mut bank = String::from(
        "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,payer\n",
    );
    for i in 0..rows {
        let agency = format!("H48.18.{:02}", 10 + i % 40);
        let day = i / 9_999 % 28 + 1;
        let code = format!("{agency}-2211{day:02}-{:04}", i % 9_999 + 1);
        let amount = (10 + i * 7_919 % 991) * 1_000;
        let payer = format!("NGUYEN VAN {i}");
        let memo = match i % 20 {
            0 => "nop tien cam on".to_owned(),
            _ => format!("nop le phi {code}"),
        };
        let clock = format!("{:02}:{:02}:{:02}", i / 3600 % 24, i / 60 % 60, i % 60);
        let _written = writeln!(
            fees,
            "{code},F1,phi,{amount},{agency},1.001,transfer,2022-12-31,{payer},paid"
        );
        let _written = writeln!(
            bank,
            "B{i:08},,{memo},{amount},0,{amount},{NIGHT}T{clock},success,payment,{payer}"
        );
    }
    let files = MatchFiles {
        fees: ("dossier_fees.csv", fees.as_bytes()),
        transactions: vec![("transactions_bank.csv", bank.as_bytes())],
        cash: None,
        agencies: None,
    };
    let mut inputs = read_match_inputs(&files).map_err(io::Error::other)?.inputs;
    inputs.business_date = Day::parse(NIGHT).ok();
    inputs.sort();
    Ok(inputs)
}

fn settled(inputs: &Inputs) -> io::Result<(Settlement, RunFacts)> {
    let night = Day::parse(NIGHT).map_err(io::Error::other)?;
    let rules = Rules {
        periods: vec![
            Period::night(night),
            Period::month_to(night),
            Period::year_to(night),
        ],
        ..Rules::default()
    };
    let settlement = settle(inputs, &rules, &Vec::new()).map_err(io::Error::other)?;
    let facts = RunFacts {
        run_id: RunId::new("2022-12-05-0123456789ab-1"),
        business_date: night,
        over: None,
        unrun: std::collections::BTreeSet::new(),
        lacking: Vec::new(),
        nights: None,
        known: None,
        version_of_night: 1,
        replaces: None,
        state: "published".into(),
        exit_codes: vec![0],
        program_version: env!("CARGO_PKG_VERSION").into(),
        digests: Digests::default(),
        lang: Lang::Vi,
        unit: "".into(),
        sources: Vec::new(),
        targets: Vec::new(),
        previous: None,
        changes: None,
        replaced: None,
        opened_on: BTreeMap::new(),
        changed_groups: BTreeSet::new(),
        margin_min: 950,
        calibration: None,
        estimates: Vec::new(),
        what_if: Vec::new(),
        trend: Vec::new(),
        fees: None,
        catalogue: Catalogue::default(),
        page: PageFacts::default(),
    };
    Ok((settlement, facts))
}

fn main() -> io::Result<()> {
    let wanted = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let inputs = night(wanted.unwrap_or(100_000))?;
    let (settlement, facts) = settled(&inputs)?;
    let open = settlement
        .rows
        .iter()
        .filter(|row| row.exception_id.is_some());
    println!(
        "rows {}, exceptions {}",
        settlement.rows.len(),
        open.count()
    );
    let none = Formats {
        html: false,
        xlsx: false,
        csv: false,
        pdf: false,
    };
    let every = Formats {
        html: true,
        xlsx: true,
        csv: true,
        pdf: true,
    };
    let formats = [
        ("json", none),
        ("html", Formats { html: true, ..none }),
        ("csv", Formats { csv: true, ..none }),
        ("xlsx", Formats { xlsx: true, ..none }),
        ("pdf", Formats { pdf: true, ..none }),
        ("all", every),
    ];
    let mut page = None;
    println!("| formats | s | bytes | peak MB |");
    println!("|---|--:|--:|--:|");
    for (name, formats) in formats {
        let watch = Stopwatch::start();
        let files = night_files(&inputs, &settlement, &facts, CLASSES, formats)?;
        let took = watch.elapsed().as_millis();
        if name == "html" {
            page = files
                .iter()
                .find(|file| &*file.name == "index.html")
                .cloned();
        }
        let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
        let peak = peak_memory_bytes().unwrap_or(0) >> 20;
        println!(
            "| {name} | {}.{:02} | {bytes} | {peak} |",
            took / 1000,
            took % 1000 / 10
        );
    }
    if let Some(page) = page.filter(|_| Path::new(CHROMIUM).exists()) {
        for line in in_chromium(&page.bytes)? {
            println!("{line}");
        }
    }
    Ok(())
}

const CHROMIUM: &str = "/usr/bin/chromium";

/// What the page itself measures, in milliseconds: until its end is read, until it is laid out, and
/// every filter from the choice until the list is laid out again. The last line is the page's heap.
const MEASURE: &str = "<script>addEventListener('load', () => {
  const at = performance.getEntriesByType('navigation')[0];
  const before = performance.now();
  document.body.offsetHeight;
  const lines = [`read ${Math.round(at.domContentLoadedEventEnd)}`,
    `laid out ${Math.round(at.domContentLoadedEventEnd + performance.now() - before)}`,
    `elements ${document.querySelectorAll('*').length}`];
  for (const choice of document.querySelectorAll('select[data-key]')) {
    if (choice.options.length < 2) continue;
    const begun = performance.now();
    choice.value = choice.options[1].value;
    choice.dispatchEvent(new Event('input', { bubbles: true }));
    document.body.offsetHeight;
    lines.push(`filter ${choice.dataset.key} ${Math.round(performance.now() - begun)}`);
    choice.value = '';
    choice.dispatchEvent(new Event('input', { bubbles: true }));
  }
  lines.push(`heap MB ${Math.round((performance.memory?.usedJSHeapSize ?? 0) / 1048576)}`);
  document.title = lines.join(';');
});</script>";

/// Opens the page in a browser, with a script of ours in place of its policy against such.
fn in_chromium(page: &[u8]) -> io::Result<Vec<String>> {
    let page = String::from_utf8_lossy(page);
    let (head, policy) = page
        .split_once("<meta http-equiv=\"Content-Security-Policy\"")
        .ok_or_else(|| io::Error::other("the page has no policy"))?;
    let (_, rest) = policy
        .split_once('>')
        .ok_or_else(|| io::Error::other("the policy does not end"))?;
    let dir = std::env::temp_dir().join(format!("doisoat-page-{}", std::process::id()));
    std::fs::create_dir_all(&dir)?;
    let file = dir.join("index.html");
    std::fs::write(&file, format!("{head}{MEASURE}{rest}"))?;
    let output = Command::new(CHROMIUM)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output();
    let removed = std::fs::remove_dir_all(&dir);
    let dom = String::from_utf8_lossy(&output?.stdout).into_owned();
    removed?;
    let title = dom
        .split_once("<title>")
        .and_then(|(_, rest)| rest.split_once("</title>"));
    let (title, _) = title.ok_or_else(|| io::Error::other("the browser showed no page"))?;
    Ok(title.split(';').map(str::to_owned).collect())
}
