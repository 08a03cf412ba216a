//! Pure: the days of which no published night tells, in words.

use crate::domain::{Day, Lang};
use crate::report::facts::{self, RunFacts};
use crate::text;

use super::deciding::count;
use super::light::{Banner, Level};

/// So many stretches of days are named.
pub(super) const STRETCHES_MAX: usize = 12;

/// In the report of a period its days without a night, else the days before the night that were
/// left out.
pub(super) fn banners(facts: &RunFacts) -> Vec<Banner> {
    if facts.period().is_none() || facts.lacking.is_empty() {
        return unrun(facts).into_iter().collect();
    }
    let days = facts.lacking.iter();
    let days = days.flat_map(|(from, to)| from.until(to.plus(1)));
    let is_open = |day: &Day| *day > facts.business_date || facts.unrun.contains(day);
    let (open, told): (Vec<Day>, Vec<Day>) = days.partition(is_open);
    let banner = |level, days: Vec<Day>, [text, advice]: [&str; 2]| {
        let all = facts::stretches(days.into_iter());
        let days = stretches(facts.lang, &all, STRETCHES_MAX);
        (!all.is_empty()).then(|| Banner {
            level,
            text: text::say(facts.lang, text, &[("days", &days)]),
            advice: text::say(facts.lang, advice, &[]),
        })
    };
    let open = banner(
        Level::Amber,
        open,
        ["banner-lacking", "banner-lacking-advice"],
    );
    let told = banner(
        Level::Note,
        told,
        ["banner-covered", "banner-covered-advice"],
    );
    open.into_iter().chain(told).collect()
}

/// The days before the night that no published night tells of, although one was due.
fn unrun(facts: &RunFacts) -> Option<Banner> {
    let lang = facts.lang;
    let (first, last) = (facts.unrun.first()?, facts.unrun.last()?);
    let all = facts::stretches(facts.unrun.iter().copied());
    let days = stretches(lang, &all, STRETCHES_MAX);
    let n = count(lang, facts.unrun.len());
    let (from, to) = (first.to_string(), last.to_string());
    let args = [("n", &*n), ("days", &*days), ("from", &*from), ("to", &*to)];
    Some(Banner {
        level: Level::Amber,
        text: text::say(lang, "banner-unrun", &args),
        advice: text::say(lang, "banner-unrun-advice", &args),
    })
}

/// The first of the stretches in words, and how many more there are.
pub(super) fn stretches(lang: Lang, all: &[(Day, Day)], named: usize) -> String {
    let day = |day| text::day(lang, day);
    let stretch = |(from, to): &(Day, Day)| {
        if from == to {
            day(*from)
        } else {
            format!("{} – {}", day(*from), day(*to))
        }
    };
    let mut days: Vec<String> = all.iter().take(named).map(stretch).collect();
    let more = all.len() - days.len();
    if more > 0 {
        let n = count(lang, more);
        days.push(text::say(lang, "banner-lacking-more", &[("n", &n)]));
    }
    days.join("; ")
}
