//! The tables of `docs/BENCHMARKS.md`.

use std::fmt::Write as _;

use doisoat::domain::Fraction;

use super::{ClassTally, Score, Tally};

/// Four decimals; a dash where there is nothing.
fn ratio((part, whole): (u32, u32)) -> String {
    let fraction = Fraction::new(i128::from(part), i128::from(whole));
    fraction.map_or_else(|| "-".to_owned(), |f| f.half_up(4))
}

/// Groups of three digits.
fn dong(amount: i64) -> String {
    let digits = amount.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl Score {
    /// Links by defect, all links, and classes by side.
    pub(crate) fn table(&self) -> String {
        let mut out = String::from(
            "| defect | right | wrong | missed | lucky | left open, dong |\n|---|--:|--:|--:|--:|--:|\n",
        );
        let mut line = |name: &str, t: &Tally| {
            let open = if t.open == 0 {
                "0".to_owned()
            } else {
                dong(t.open)
            };
            writeln!(
                out,
                "| {name} | {} | {} | {} | {} | {open} |",
                t.right, t.wrong, t.missed, t.lucky
            )
            .unwrap();
        };
        for (defect, t) in &self.links {
            line(defect, t);
        }
        line("**all links**", &self.total);
        if self.slips != Tally::default() {
            line("**slips, not counted**", &self.slips);
        }
        for (side, t) in &self.sides {
            line(&format!("**classes: {side}**"), t);
        }
        out
    }

    /// Precision and recall with the money left open, and by class.
    pub(crate) fn quality(&self) -> String {
        let mut out =
            String::from("| | precision | recall | left open, dong |\n|---|--:|--:|--:|\n");
        let all = self.all_sides();
        for (name, t) in [("links", self.total), ("classes", all)] {
            let (p, r) = (ratio(t.precision()), ratio(t.recall()));
            let open = if name == "links" {
                dong(t.open)
            } else {
                String::new()
            };
            writeln!(out, "| {name} | {p} | {r} | {open} |").unwrap();
        }
        out.push_str("\n| class | rows | given | precision | recall |\n|---|--:|--:|--:|--:|\n");
        for (class, t) in &self.classes {
            let ClassTally {
                rows,
                found,
                given,
                right,
            } = *t;
            let (p, r) = (ratio((right, given)), ratio((found, rows)));
            writeln!(out, "| `{class}` | {rows} | {given} | {p} | {r} |").unwrap();
        }
        out
    }
}
