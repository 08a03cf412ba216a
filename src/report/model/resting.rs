//! Pure: fee lines that are open in the tie-out and wait for nobody: land obligations, exempt and
//! zero fees, what is not due. They are in no work list and are not carried to the next night, so
//! the two tables tell different numbers, and the page says why.

use std::collections::BTreeMap;

use crate::classify::Bucket;
use crate::report::facts::{Figure, RunFacts};
use crate::settle::Settlement;
use crate::text;

use super::Classes;

/// The sentence below the tie-out of a night; none where there is no such line, and in a period.
pub(super) fn sentence(
    settlement: &Settlement,
    facts: &RunFacts,
    classes: Classes<'_>,
) -> Option<String> {
    if facts.period().is_some() {
        return None;
    }
    let lang = facts.lang;
    let mut by_class: BTreeMap<&str, Figure> = BTreeMap::new();
    let tonight = settlement.rows.iter().filter(|row| {
        let waits = row.exception_id.is_some() && row.is_open();
        row.business_date == facts.business_date && row.bucket == Bucket::Open && !waits
    });
    let mut all = Figure::default();
    for row in tonight {
        by_class.entry(row.class).or_default().add(row.amount);
        all.add(row.amount);
    }
    if all.is_empty() {
        return None;
    }
    let of = |(class, figure): (&&str, &Figure)| {
        let name = classes.text(class, lang, |class| class.label);
        let args = [
            ("class", &*name),
            ("n", &*text::number(lang, figure.count)),
            ("sum", &*text::money(lang, figure.sum_vnd)),
        ];
        text::say(lang, "tie-resting-of", &args)
    };
    let parts: Vec<String> = by_class.iter().map(of).collect();
    let args = [
        ("n", &*text::number(lang, all.count)),
        ("sum", &*text::money(lang, all.sum_vnd)),
        ("classes", &*parts.join("; ")),
    ];
    Some(text::say(lang, "tie-resting", &args))
}
