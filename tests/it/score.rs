//! Scores a settlement against a truth: links at fee level, classes, wrong guesses, per defect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use doisoat::settle::Settlement;

/// One row of `truth.csv`.
pub(crate) struct TruthRow {
    pub(crate) side: String,
    pub(crate) id: String,
    pub(crate) links: BTreeSet<String>,
    pub(crate) classes: BTreeSet<String>,
    pub(crate) defect: String,
    pub(crate) identifiable: String,
}

/// Right, wrong and missed of one defect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) right: u32,
    pub(crate) wrong: u32,
    pub(crate) missed: u32,
    pub(crate) lucky: u32,
}

/// The score of a settlement.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// Links of transactions to fee lines, by defect.
    pub(crate) links: BTreeMap<String, Tally>,
    /// Classes given, by side.
    pub(crate) classes: BTreeMap<String, Tally>,
    /// (side, truth class, given class) of every wrong or missed class.
    pub(crate) confusions: BTreeMap<(String, String, String), u32>,
    /// Transactions of adversarial groups that were linked: (defect, id).
    pub(crate) guesses: Vec<(String, String)>,
    /// Traps linked to the wrong dossier.
    pub(crate) trapped: Vec<String>,
}

/// The groups where every link is a guess.
const ADVERSARIAL: [&str; 5] = [
    "adv_noref",
    "two_codes_ambiguous",
    "foreign",
    "orphan",
    "noise",
];

/// Reads `truth.csv`.
pub(crate) fn truth(bytes: &[u8]) -> Vec<TruthRow> {
    let mut reader = csv::Reader::from_reader(bytes);
    let split = |text: &str, by: char| {
        text.split(by)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            TruthRow {
                side: record[0].to_owned(),
                id: record[1].to_owned(),
                links: split(&record[3], ';'),
                classes: split(&record[4], '|'),
                defect: record[5].to_owned(),
                identifiable: record[6].to_owned(),
            }
        })
        .collect()
}

/// Scores links and classes.
pub(crate) fn score(settlement: &Settlement, truth: &[TruthRow]) -> Score {
    let mut score = Score::default();
    let mut got: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for leg in settlement.groups.iter().flat_map(|group| &group.legs) {
        if let (doisoat::domain::Side::Txn, Some(fee)) = (leg.money.side, &leg.fee_id) {
            got.entry(&leg.money.id).or_default().insert(fee.as_str());
        }
    }
    let none = BTreeSet::new();
    for row in truth.iter().filter(|row| row.side == "txn") {
        let linked = got.get(row.id.as_str()).unwrap_or(&none);
        let needed = row.identifiable == "yes" || row.identifiable == "fuzzy";
        let tally = score.links.entry(row.defect.clone()).or_default();
        for fee in linked {
            match row.links.contains(*fee) {
                true if needed => tally.right += 1,
                true => tally.lucky += 1,
                false => tally.wrong += 1,
            }
        }
        if needed {
            let missed = row
                .links
                .iter()
                .filter(|fee| !linked.contains(fee.as_str()))
                .count();
            tally.missed += u32::try_from(missed).unwrap();
        }
        if ADVERSARIAL.contains(&row.defect.as_str()) && !linked.is_empty() {
            score.guesses.push((row.defect.clone(), row.id.clone()));
        }
        let wrong = linked.iter().any(|fee| !row.links.contains(*fee));
        if row.identifiable == "trap" && wrong {
            score.trapped.push(row.id.clone());
        }
    }
    classes(settlement, truth, &mut score);
    score
}

fn classes(settlement: &Settlement, truth: &[TruthRow], score: &mut Score) {
    let mut given: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in &settlement.rows {
        given.insert((row.key.side.id(), &row.key.id), row.class);
    }
    for row in truth {
        let class = given.get(&(row.side.as_str(), row.id.as_str())).copied();
        let class = match class {
            None | Some("failed" | "void") => "ok",
            Some(class) => class,
        };
        let right = row.classes.contains(class);
        let strict = !row.classes.contains("ok");
        let tally = score.classes.entry(row.side.clone()).or_default();
        if class != "ok" && right {
            tally.right += 1;
        }
        if class != "ok" && !right {
            tally.wrong += 1;
        }
        if strict && !right {
            tally.missed += 1;
        }
        if !right {
            let expected = row.classes.iter().cloned().collect::<Vec<_>>().join("|");
            let key = (
                row.side.clone(),
                format!("{expected} ({})", row.defect),
                class.to_owned(),
            );
            *score.confusions.entry(key).or_default() += 1;
        }
    }
}

impl Score {
    /// All defects together.
    pub(crate) fn total(&self) -> Tally {
        self.links
            .values()
            .fold(Tally::default(), |sum, tally| Tally {
                right: sum.right + tally.right,
                wrong: sum.wrong + tally.wrong,
                missed: sum.missed + tally.missed,
                lucky: sum.lucky + tally.lucky,
            })
    }

    /// The table of `docs/BENCHMARKS.md`.
    pub(crate) fn table(&self) -> String {
        let mut out =
            String::from("| defect | right | wrong | missed | lucky |\n|---|--:|--:|--:|--:|\n");
        for (defect, t) in &self.links {
            writeln!(
                out,
                "| {defect} | {} | {} | {} | {} |",
                t.right, t.wrong, t.missed, t.lucky
            )
            .unwrap();
        }
        let t = self.total();
        writeln!(
            out,
            "| **all links** | {} | {} | {} | {} |",
            t.right, t.wrong, t.missed, t.lucky
        )
        .unwrap();
        for (side, t) in &self.classes {
            writeln!(
                out,
                "| **classes: {side}** | {} | {} | {} | |",
                t.right, t.wrong, t.missed
            )
            .unwrap();
        }
        out
    }
}
