//! Pure: what a source that is not complete may still bring. Asking others about it is too early.

use crate::classify::Classified;
use crate::domain::{Completeness, Lang, SourceFacts};
use crate::report::RunFacts;
use crate::text;

/// The word of the class whose money is missing.
const MISSING: &str = "missing_payment";

/// What to do about a payment that no source has, where a source has yet to tell of its day: to
/// wait for that source; about a line that equals a sum of the day: to look at that sum before
/// anybody is asked. None where nothing else than the class tells it.
pub(super) fn advice(facts: &RunFacts, row: &Classified) -> Option<String> {
    if let Some(advice) = row.advice() {
        return Some(advice.get(facts.lang).to_owned());
    }
    let sources = facts.sources.iter().map(|night| &night.facts);
    let silent = sources.filter(|source| source.carries_money && may_tell(source, row));
    let names: Vec<&str> = silent.map(|source| source.name.as_str()).collect();
    let waits = row.class == MISSING && !names.is_empty();
    waits.then(|| say(facts.lang, &names, row))
}

/// True when the money of the row's day may still come.
fn may_tell(source: &SourceFacts, row: &Classified) -> bool {
    if source.missing_days.is_empty() {
        return matches!(
            source.state,
            Completeness::Missing | Completeness::Refused | Completeness::Late
        );
    }
    source.missing_days.contains(&row.business_date)
}

fn say(lang: Lang, names: &[&str], row: &Classified) -> String {
    let day = text::day(lang, row.business_date);
    let args = [("sources", &*names.join(", ")), ("day", &*day)];
    text::say(lang, "advice-awaited", &args)
}
