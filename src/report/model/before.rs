//! Pure: the five numbers of a period beside those of the period before, of the same kind. Where
//! days of one of the two are missing, the earlier figure stands alone and the days are named.

use crate::domain::{Day, Fraction, Period};
use crate::report::facts::{AtEnd, BeforeFigures, Figure, PeriodBefore, RunFacts};
use crate::text;

use super::gaps::{STRETCHES_MAX, stretches};
use super::light::{Banner, Level, lower_first};
use super::shares::period_name;
use super::span::period_words;
use super::tiles::{count_change, money_change};

/// Whether the figures of both periods tell the same.
type IsAlike = fn(&RunFacts, &PeriodBefore, &BeforeFigures) -> bool;
/// The earlier figure, and how far the present one is from it.
type Compared = (String, Option<String>);

/// The period before, in the report of a period.
fn before(facts: &RunFacts) -> Option<&PeriodBefore> {
    let before = facts.page.period_before.as_deref();
    before.filter(|_| facts.period().is_some())
}

/// The period before in words, within a sentence; a free range is named as what it is.
fn words(facts: &RunFacts, before: &Period) -> String {
    let lang = facts.lang;
    if !before.label.contains('/') || before.name().is_some() {
        return lower_first(&period_name(lang, before));
    }
    let n = text::number(lang, i128::from(before.to.days_since(before.from)) + 1);
    let [from, to] = [before.from, before.to].map(|day| text::day(lang, day));
    let args = [("n", &*n), ("from", &*from), ("to", &*to)];
    text::say(lang, "before-range", &args)
}

/// The required sources of the period itself that did not tell some of its nights in full.
fn short(facts: &RunFacts) -> Vec<(Box<str>, Vec<Day>)> {
    let spans = facts.of_nights().map_or(&[][..], |nights| &nights.sources);
    let short = spans.iter().filter_map(|span| {
        let days = span.short();
        let name = span.all.facts.name.as_str();
        (span.all.facts.required && !days.is_empty()).then(|| (name.into(), days))
    });
    short.collect()
}

/// True where the sums of both periods are of all their days.
fn come_whole(facts: &RunFacts, before: &PeriodBefore, _told: &BeforeFigures) -> bool {
    before.is_whole() && facts.lacking.is_empty() && short(facts).is_empty()
}

/// True where each tells what was open by the last night of its own days.
fn end_alike(facts: &RunFacts, before: &PeriodBefore, told: &BeforeFigures) -> bool {
    told.last == before.period.to && !facts.is_told_later()
}

fn line(
    facts: &RunFacts,
    (key, is_alike): (&str, IsAlike),
    of: impl Fn(&BeforeFigures) -> Option<Compared>,
) -> String {
    let Some(before) = before(facts) else {
        return String::new();
    };
    let period = words(facts, &before.period);
    let say = |key: &str, args: &[(&str, &str)]| {
        let args = [&[("period", &*period)], args].concat();
        text::say(facts.lang, key, &args)
    };
    let Some(told) = &before.told else {
        return say("before-none", &[]);
    };
    let Some((value, moved)) = of(told) else {
        return say("before-untold", &[]);
    };
    let day = text::day(facts.lang, told.last);
    match moved.filter(|_| is_alike(facts, before, told)) {
        Some(moved) => say(key, &[("moved", &moved), ("value", &value), ("day", &day)]),
        None => say("before-value", &[("value", &value)]),
    }
}

/// The transactions of the nights.
pub(super) fn transactions(facts: &RunFacts, now: Figure) -> String {
    line(facts, ("change-period", come_whole), |told| {
        let moved = count_change(facts, now, told.transactions);
        let value = text::number(facts.lang, told.transactions.count);
        Some((value, Some(moved)))
    })
}

/// The share of the period.
pub(super) fn share(facts: &RunFacts, now: Option<Fraction>) -> String {
    let lang = facts.lang;
    line(facts, ("change-period", come_whole), |told| {
        let then = told.share?;
        let moved = now.map(|now| {
            let points = text::points(lang, then, now);
            text::say(lang, "change-points", &[("points", &points)])
        });
        Some((text::percent(lang, then), moved))
    })
}

/// Money that is open at the end.
pub(super) fn money(facts: &RunFacts, now: Figure, part: fn(&AtEnd) -> Figure) -> String {
    line(facts, ("change-period-end", end_alike), |told| {
        let then = part(told.end.as_ref()?);
        let value = text::money(facts.lang, then.sum_vnd);
        Some((value, Some(money_change(facts, now, then))))
    })
}

/// Rows that are open at the end.
pub(super) fn rows(facts: &RunFacts, now: Figure, part: fn(&AtEnd) -> Figure) -> String {
    line(facts, ("change-period-end", end_alike), |told| {
        let then = part(told.end.as_ref()?);
        let value = text::number(facts.lang, then.count);
        Some((value, Some(count_change(facts, now, then))))
    })
}

/// Why figures are not compared, with the days that are missing; none where all are.
pub(super) fn banner(facts: &RunFacts) -> Option<Banner> {
    let lang = facts.lang;
    let before = before(facts)?;
    let (period, own) = (words(facts, &before.period), period_words(facts)?);
    let noted = |key: &str, why: &str| {
        let args = [("period", &*period), ("why", why)];
        Some(Banner {
            level: Level::Note,
            text: text::say(lang, key, &args),
            advice: text::say(lang, "before-advice", &[]),
        })
    };
    if before.told.is_none() {
        return noted("before-note-none", "");
    }
    let mut why = Vec::new();
    let both = [
        (&period, &before.lacking, &before.short),
        (&own, &facts.lacking, &short(facts)),
    ];
    for (period, lacking, short) in both {
        if !lacking.is_empty() {
            let days = stretches(lang, lacking, STRETCHES_MAX);
            let args = [("period", &**period), ("days", &days)];
            why.push(text::say(lang, "before-lacks", &args));
        }
        for (source, days) in short {
            let days: Vec<(Day, Day)> = days.iter().map(|day| (*day, *day)).collect();
            let days = stretches(lang, &days, STRETCHES_MAX);
            let args = [
                ("period", &**period),
                ("source", &**source),
                ("days", &days),
            ];
            why.push(text::say(lang, "before-short", &args));
        }
    }
    if facts.is_told_later() {
        let day = text::day(lang, facts.business_date);
        why.push(text::say(lang, "before-later", &[("day", &day)]));
    }
    let why = why.join("; ");
    (!why.is_empty()).then(|| noted("before-note", &why))?
}
