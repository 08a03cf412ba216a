//! Writes a labelled corpus into a folder, for runs by hand and for measurements:
//! `cargo bench --bench corpus -- FOLDER MIX FEES [SEED]`, where MIX is everyday, hard,
//! equal_amounts, memo_only or one_payer, and FEES the number of fee lines.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::panic,
    reason = "a tool for developers: it ends with a message"
)]

#[allow(dead_code, reason = "the tests read more of a corpus than this does")]
#[path = "../tests/it/corpus/mod.rs"]
mod corpus;

use corpus::{Mix, Plan, make};

const USAGE: &str = "write: FOLDER everyday|hard|equal_amounts|memo_only|one_payer FEES [SEED]";

/// The mix with this name; adversarial ones in their full size.
fn mix(name: &str) -> Option<Mix> {
    Some(match name {
        "everyday" => Mix::Everyday,
        "hard" => Mix::Hard,
        "equal_amounts" => Mix::EqualAmounts(100_000),
        "memo_only" => Mix::MemoOnly(100_000),
        "one_payer" => Mix::OnePayer(50_000),
        _ => return None,
    })
}

fn main() {
    // cargo adds `--bench`
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let [folder, name, fees, seed @ ..] = args.as_slice() else {
        println!("{USAGE}");
        return;
    };
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let made = make(&Plan {
        seed: seed.first().map_or(1, |seed| seed.parse().expect(USAGE)),
        mix: mix(name).expect(USAGE),
        fees: fees.parse().expect(USAGE),
        folder: Some(folder.into()),
    });
    println!(
        "{}: {} fee lines, {} transactions",
        folder, made.fees, made.txns
    );
}
