//! Scores a settlement against a truth: links at fee level, classes, wrong guesses, and what is
//! left open, by defect and by class.

use std::collections::{BTreeMap, BTreeSet};

use doisoat::domain::Side;
use doisoat::matching::Role;
use doisoat::settle::Settlement;

mod calibrate;
mod table;

pub(crate) use calibrate::{Graded, false_matches};

/// Mistyped codes are suggestions to a person at this stage, not links: they are a group of their
/// own, which no threshold counts. Once they are linked this is `true`, and they count too.
pub(crate) const SLIPS_ARE_LINKED: bool = true;

/// One row of `truth.csv`.
pub(crate) struct TruthRow {
    pub(crate) side: String,
    pub(crate) id: String,
    /// Rows of the other side, with the amount where the truth tells it.
    pub(crate) links: BTreeMap<String, Option<i64>>,
    /// The right class first; further ones are right too.
    pub(crate) classes: Vec<String>,
    /// What was done to it: one or several.
    pub(crate) defects: Vec<String>,
    pub(crate) identifiable: String,
}

impl TruthRow {
    /// A code with one slip of which one dossier can be meant.
    fn is_slip(&self) -> bool {
        matches!(self.identifiable.as_str(), "typo" | "fuzzy")
    }

    /// The rules have one reading for it.
    fn is_needed(&self) -> bool {
        self.identifiable == "yes" || self.is_slip()
    }

    /// The class is right for it.
    fn allows(&self, class: &str) -> bool {
        self.classes.iter().any(|right| right == class)
    }

    /// The thresholds count it.
    fn counts(&self) -> bool {
        SLIPS_ARE_LINKED || !self.is_slip()
    }
}

/// Right, wrong and missed, with the money that was not linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) right: u32,
    pub(crate) wrong: u32,
    pub(crate) missed: u32,
    /// Right, although nothing could tell.
    pub(crate) lucky: u32,
    /// Right pair, but another part of the money.
    pub(crate) parts: u32,
    /// Dong of the payments that really belong to fees and are not linked to them.
    pub(crate) open: i64,
}

/// One class: rows that have it, rows that were given it, and how many of both are right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClassTally {
    pub(crate) rows: u32,
    pub(crate) found: u32,
    pub(crate) given: u32,
    pub(crate) right: u32,
}

/// The score of a settlement.
#[derive(Debug, Default)]
pub(crate) struct Score {
    /// Links of transactions to fee lines, by defect; a row with several stands under each.
    pub(crate) links: BTreeMap<String, Tally>,
    /// All links once, those of slips apart unless they count.
    pub(crate) total: Tally,
    /// Links of slips, while they do not count.
    pub(crate) slips: Tally,
    /// Classes given, by side.
    pub(crate) sides: BTreeMap<String, Tally>,
    /// By class, rows in order among them.
    pub(crate) classes: BTreeMap<String, ClassTally>,
    /// (side, truth class and defects, given class) of every wrong or missed class.
    pub(crate) confusions: BTreeMap<(String, String, String), u32>,
    /// Linked transactions of which nothing can tell what they are for: (defects, id).
    pub(crate) guesses: Vec<(String, String)>,
    /// Traps linked to the wrong dossier.
    pub(crate) trapped: Vec<String>,
    /// Every link with its score and whether it is right: what a calibration reads.
    pub(crate) graded: Vec<Graded>,
}

/// Reads `truth.csv`, columns by name.
pub(crate) fn truth(bytes: &[u8]) -> Vec<TruthRow> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|h| h == name).unwrap();
    let names = ["side", "id", "links", "class", "defect", "identifiable"];
    let [side, id, links, class, defect, identifiable] = names.map(column);
    let split = |text: &str, by: char| -> Vec<String> {
        let parts = text.split(by).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    let link = |text: String| match text.split_once('=') {
        Some((id, amount)) => (id.to_owned(), amount.parse().ok()),
        None => (text, None),
    };
    let row = |record: csv::StringRecord| TruthRow {
        side: record[side].to_owned(),
        id: record[id].to_owned(),
        links: split(&record[links], ';').into_iter().map(link).collect(),
        classes: split(&record[class], '|'),
        defects: split(&record[defect], '+'),
        identifiable: record[identifiable].to_owned(),
    };
    reader
        .records()
        .map(|record| row(record.unwrap()))
        .collect()
}

/// What a transaction was linked to: the part of each fee, the score and the margin.
#[derive(Default)]
struct Linked<'s> {
    parts: BTreeMap<&'s str, i64>,
    score: u16,
    margin: Option<u16>,
}

/// Scores links and classes.
pub(crate) fn score(settlement: &Settlement, truth: &[TruthRow]) -> Score {
    let mut score = Score::default();
    let mut got: BTreeMap<&str, Linked> = BTreeMap::new();
    for group in &settlement.groups {
        for leg in &group.legs {
            let (Side::Txn, Some(fee)) = (leg.money.side, &leg.fee_id) else {
                continue;
            };
            let linked = got.entry(&leg.money.id).or_default();
            (linked.score, linked.margin) = (group.score, group.margin);
            let part = linked.parts.entry(fee.as_str()).or_default();
            if leg.role != Role::Surplus {
                *part += leg.amount.get();
            }
        }
    }
    let nothing = Linked::default();
    let amounts = settlement
        .rows
        .iter()
        .filter(|row| row.key.side == Side::Txn);
    let amounts: BTreeMap<&str, i64> = amounts
        .map(|row| (&*row.key.id, row.amount.get()))
        .collect();
    for row in truth.iter().filter(|row| row.side == "txn") {
        let linked = got.get(row.id.as_str()).unwrap_or(&nothing);
        let amount = amounts.get(row.id.as_str()).copied().unwrap_or(0);
        links(row, amount, linked, &mut score);
    }
    classes(settlement, truth, &mut score);
    score
}

fn links(row: &TruthRow, amount: i64, linked: &Linked, score: &mut Score) {
    let mut tally = Tally::default();
    for (fee, part) in &linked.parts {
        match row.links.get(*fee) {
            Some(_) if !row.is_needed() => tally.lucky += 1,
            Some(told) => {
                tally.right += 1;
                tally.parts += u32::from(told.is_some_and(|told| told != *part));
            }
            None => tally.wrong += 1,
        }
        score.graded.push(Graded {
            score: linked.score,
            margin: linked.margin,
            right: row.links.contains_key(*fee),
            amount: *part,
        });
    }
    for (fee, part) in &row.links {
        if !linked.parts.contains_key(fee.as_str()) {
            tally.missed += u32::from(row.is_needed());
            // a truth without parts leaves the whole payment open
            tally.open = part.map_or(amount, |part| tally.open + part.max(0));
        }
    }
    for defect in &row.defects {
        score.links.entry(defect.clone()).or_default().add(tally);
    }
    let group = if row.counts() {
        &mut score.total
    } else {
        &mut score.slips
    };
    group.add(tally);
    if row.identifiable == "no" && !linked.parts.is_empty() {
        score.guesses.push((row.defects.join("+"), row.id.clone()));
    }
    if row.identifiable == "trap" && tally.wrong > 0 {
        score.trapped.push(row.id.clone());
    }
}

fn classes(settlement: &Settlement, truth: &[TruthRow], score: &mut Score) {
    let mut given: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in &settlement.rows {
        given.insert((row.key.side.id(), &row.key.id), row.class);
    }
    // an older truth has no word for what came to nothing
    let told: BTreeSet<&str> = truth
        .iter()
        .flat_map(|row| &row.classes)
        .map(String::as_str)
        .collect();
    for row in truth {
        let class = given.get(&(row.side.as_str(), row.id.as_str())).copied();
        let class = match class {
            None => "no row",
            Some(class @ ("failed" | "void")) if !told.contains(class) => "ok",
            Some(class) => class,
        };
        let right = row.allows(class);
        if row.counts() {
            score.class(row, class, right);
        }
        if !right {
            let expected = format!("{} ({})", row.classes.join("|"), row.defects.join("+"));
            let key = (row.side.clone(), expected, class.to_owned());
            *score.confusions.entry(key).or_default() += 1;
        }
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.lucky += other.lucky;
        self.parts += other.parts;
        self.open += other.open;
    }

    /// (right, all that were given).
    pub(crate) fn precision(&self) -> (u32, u32) {
        (self.right, self.right + self.wrong)
    }

    /// (right, all that were there).
    pub(crate) fn recall(&self) -> (u32, u32) {
        (self.right, self.right + self.missed)
    }
}

impl Score {
    /// Counts the class that a row was given.
    fn class(&mut self, row: &TruthRow, class: &str, right: bool) {
        let tally = self.sides.entry(row.side.clone()).or_default();
        tally.right += u32::from(class != "ok" && right);
        tally.wrong += u32::from(class != "ok" && !right);
        tally.missed += u32::from(!row.allows("ok") && !right);
        let own = self.classes.entry(row.classes[0].clone()).or_default();
        own.rows += 1;
        own.found += u32::from(right);
        let named = self.classes.entry(class.to_owned()).or_default();
        named.given += 1;
        named.right += u32::from(right);
    }

    /// Classes of all sides together, rows in order left out.
    pub(crate) fn all_sides(&self) -> Tally {
        self.sides
            .values()
            .fold(Tally::default(), |mut sum, tally| {
                sum.add(*tally);
                sum
            })
    }
}

/// True when `part / whole` is at least `num / den`; nothing is as good as all.
pub(crate) fn at_least((part, whole): (u32, u32), num: u64, den: u64) -> bool {
    u64::from(part) * den >= u64::from(whole) * num
}
