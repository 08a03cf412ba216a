//! Pure: the status light, the sentence that says why, and the banners that keep it from green.

use serde::Serialize;

use crate::domain::{Completeness, Lang};
use crate::kpi::Verdict;
use crate::report::facts::{self, LateFile, LateForClosed, RunFacts, SourceNight};
use crate::text;
use crate::text::figure::percent_short;

use super::before;
use super::deciding::count;
use super::gaps::{self, stretches};
use super::shares::{ShareRow, verdict_word};
use super::span::night_words;
use super::tie::TieLine;

/// So many stretches of days in the one sentence beside the light.
const REASONS_MAX: usize = 3;

/// How serious a banner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Level {
    /// Something to decide; the night is complete.
    Note,
    /// The night is incomplete.
    Amber,
    /// Figures contradict each other.
    Red,
}

/// What keeps the night from being complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Banner {
    /// How serious.
    pub level: Level,
    /// What happened.
    pub text: String,
    /// What to do, and who does it.
    pub advice: String,
}

/// The verdict as a light. A light is a symbol and a word; the colour only repeats them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Light {
    /// What it says.
    pub verdict: Verdict,
    /// True only when it is met, every source is complete and all totals tie.
    pub green: bool,
    /// `ĐẠT`, `CHƯA ĐẠT`, `CHƯA ĐỦ CĂN CỨ`.
    pub word: String,
    /// `✓`, `✕`, `?`.
    pub symbol: &'static str,
    /// The one sentence that says why.
    pub why: String,
}

/// One banner a source that is not complete or whose own totals contradict ours, the red ones
/// first, and one for each line of the tie-out that does not come to zero.
pub(super) fn banners(facts: &RunFacts, lines: &[TieLine]) -> Vec<Banner> {
    let mut banners: Vec<Banner> = Vec::new();
    banners.extend(
        facts
            .sources
            .iter()
            .filter_map(|source| untied(facts, source)),
    );
    banners.extend(
        lines
            .iter()
            .filter(|l| !l.ties())
            .map(|line| lost(facts.lang, line)),
    );
    banners.extend(
        facts
            .sources
            .iter()
            .filter_map(|source| incomplete(facts, source)),
    );
    if facts.period().is_some() {
        let day = text::day(facts.lang, facts.end_night());
        for banner in &mut banners {
            let args = [("day", &*day), ("text", &banner.text)];
            banner.text = text::say(facts.lang, "banner-of-night", &args);
        }
    }
    banners.extend(gaps::banners(facts));
    banners.extend(before::banner(facts));
    let late = facts.page.late.iter();
    banners.extend(late.map(|late| for_closed(facts.lang, late)));
    banners
}

/// What came for a period that people had closed: what, where, and what to do.
fn for_closed(lang: Lang, late: &LateForClosed) -> Banner {
    let file = |file: &LateFile| {
        let (day, lines) = (text::day(lang, file.day), text::number(lang, file.lines));
        let args = [
            ("file", &*file.name),
            ("source", &*file.source),
            ("day", &*day),
            ("n", &*lines),
        ];
        text::say(lang, "banner-closed-file", &args)
    };
    let mut what: Vec<String> = late.files.iter().map(file).collect();
    if !late.rows.is_empty() {
        let n = text::number(lang, late.rows.count);
        let sum = text::money(lang, late.rows.sum_vnd);
        let args = [("n", &*n), ("sum", &*sum)];
        what.push(text::say(lang, "banner-closed-rows", &args));
    }
    let what = what.join("; ");
    let args = [
        ("period", &*late.period.label),
        ("by", &*late.by),
        ("at", &*late.at),
        ("what", &*what),
    ];
    Banner {
        level: Level::Note,
        text: text::say(lang, "banner-closed", &args),
        advice: text::say(lang, "banner-closed-advice", &args),
    }
}

fn untied(facts: &RunFacts, source: &SourceNight) -> Option<Banner> {
    let lang = facts.lang;
    let control = source.facts.control.filter(|control| !control.ties())?;
    let told = control
        .expected_sum
        .map_or_else(|| "?".to_owned(), |s| text::money_of(lang, s));
    let args = [
        ("source", source.facts.name.as_str()),
        ("expected", &text::number(lang, control.expected_count)),
        ("expected_sum", &told),
        ("count", &text::number(lang, control.count)),
        ("sum", &text::money_of(lang, control.sum)),
    ];
    Some(Banner {
        level: Level::Red,
        text: text::say(lang, "banner-untied", &args),
        advice: of_night(facts, "banner-untied-advice"),
    })
}

fn lost(lang: Lang, line: &TieLine) -> Banner {
    let (rows, dong) = line.difference();
    let args = [
        ("source", &*line.source),
        ("kind", line.kind),
        ("rows", &text::number(lang, rows)),
        ("sum", &text::money(lang, dong)),
    ];
    Banner {
        level: Level::Red,
        text: text::say(lang, "banner-lost", &args),
        advice: text::say(lang, "banner-lost-advice", &[]),
    }
}

/// A sentence about the night that the sources are of.
fn of_night(facts: &RunFacts, key: &str) -> String {
    text::say(facts.lang, key, &[("night", &night_words(facts))])
}

fn incomplete(facts: &RunFacts, source: &SourceNight) -> Option<Banner> {
    let lang = facts.lang;
    let (key, advice) = match source.facts.state {
        Completeness::Complete => return None,
        Completeness::Late => ("banner-late", "banner-late-advice"),
        Completeness::Partial => ("banner-partial", "banner-partial-advice"),
        Completeness::Missing => ("banner-missing", "banner-missing-advice"),
        Completeness::Refused => ("banner-refused", "banner-refused-advice"),
    };
    // something came, or was tried, and was of no use: the trouble says what
    let key = match (key, &source.facts.trouble) {
        ("banner-late", Some(_)) => "banner-late-useless",
        ("banner-missing", Some(_)) => "banner-missing-useless",
        (key, _) => key,
    };
    let days = source.facts.missing_days.iter();
    let days: Vec<String> = days.map(|day| text::day(lang, *day)).collect();
    let key = match key {
        "banner-partial" | "banner-missing-useless" if !days.is_empty() => "banner-partial-days",
        key => key,
    };
    let args = [
        ("source", source.facts.name.as_str()),
        ("days", &*days.join(", ")),
    ];
    let mut text = text::say(lang, key, &args);
    if let Some(trouble) = &source.facts.trouble {
        text = format!("{text} ({trouble})");
    }
    Some(Banner {
        level: Level::Amber,
        text,
        advice: of_night(facts, advice),
    })
}

/// The light: the headline's verdict, held back from green while anything is missing or untied.
pub(super) fn light(headline: Option<&ShareRow>, facts: &RunFacts, banners: &[Banner]) -> Light {
    let lang = facts.lang;
    let red = banners.iter().any(|banner| banner.level == Level::Red);
    let shown = headline.and_then(|h| h.verdict).unwrap_or(Verdict::NoData);
    let no_target = headline.is_some_and(|h| h.target.is_none() && h.point.is_some());
    let verdict = if red || no_target {
        Verdict::Undecided
    } else {
        shown
    };
    let whole = banners.iter().all(|banner| banner.level == Level::Note);
    let green = verdict == Verdict::Met && whole;
    let why = match headline {
        _ if red => text::say(lang, "why-untied", &[]),
        Some(row) if row.point.is_some() && no_target => match lacks(row, facts) {
            None => say_why(facts, "why-no-target", row, ""),
            Some(reason) => say_why(facts, "why-no-target-lacking", row, &reason),
        },
        Some(row) if row.point.is_some() => why(verdict, row, facts),
        _ => no_data(facts),
    };
    let symbol = match verdict {
        Verdict::Met if green => "✓",
        Verdict::Met => "!",
        Verdict::Missed => "✕",
        Verdict::Undecided | Verdict::NoData => "?",
    };
    Light {
        verdict,
        green,
        word: verdict_word(lang, verdict).to_uppercase(),
        symbol,
        why,
    }
}

/// Why there is no figure: nothing came, nothing of it could be read, or nothing was paid.
fn no_data(facts: &RunFacts) -> String {
    let lang = facts.lang;
    let unread = facts.sources.iter().filter(|source| source.rejects > 0);
    let unread = names(unread.filter(|source| !source.is_complete()));
    let told = |key: &str, sources: &str| text::say(lang, key, &[("sources", sources)]);
    if !unread.is_empty() {
        told("why-no-data-unread", &unread)
    } else if !facts.is_complete() {
        told("why-no-data-incomplete", &incomplete_names(facts))
    } else {
        text::say(lang, "why-no-data", &[])
    }
}

fn why(verdict: Verdict, row: &ShareRow, facts: &RunFacts) -> String {
    match verdict {
        Verdict::Met => say_why(facts, "why-met", row, ""),
        Verdict::Missed => say_why(facts, "why-missed", row, ""),
        _ => match lacks(row, facts) {
            Some(reason) => say_why(facts, "why-incomplete", row, &reason),
            None if row.deciding.is_empty() => say_why(facts, "why-undecided", row, ""),
            None => say_why(facts, "why-undecided-list", row, ""),
        },
    }
}

/// What keeps the interval of a share from being proven: days without a night, and sources that are
/// not complete. None where nothing does.
fn lacks(row: &ShareRow, facts: &RunFacts) -> Option<String> {
    let lang = facts.lang;
    let mut reasons = Vec::new();
    let n = facts.unrun_in(&row.over).count();
    if n > 0 {
        let days = facts::stretches(facts.unrun_in(&row.over));
        let days = stretches(lang, &days, REASONS_MAX);
        let args = [("n", count(lang, n)), ("days", days)];
        let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
        reasons.push(text::say(lang, "lacks-nights", &args));
    }
    if !facts.is_complete() {
        let names = incomplete_names(facts);
        reasons.push(text::say(lang, "lacks-sources", &[("sources", &names)]));
    }
    (!reasons.is_empty()).then(|| reasons.join("; "))
}

/// Up to so many exceptions are a list that somebody can settle; more are a backlog.
const FEW_MAX: usize = 100;

/// The sentences of a list, and of a backlog.
const MET: [&str; 2] = ["why-way-met", "why-many-met"];
const MISSED: [&str; 2] = ["why-way-missed", "why-many-missed"];
/// The same of lists that prove nothing.
const MET_PERHAPS: [&str; 2] = ["why-way-met-perhaps", "why-many-met-perhaps"];
const MISSED_PERHAPS: [&str; 2] = ["why-way-missed-perhaps", "why-many-missed-perhaps"];

/// What proves which verdict: "3 ... met", "2 ... missed", or both.
fn ways(lang: Lang, row: &ShareRow) -> String {
    let target = row
        .target
        .map_or_else(String::new, |f| percent_short(lang, f));
    let way = |keys: [&str; 2], list: &[crate::domain::ExceptionId]| {
        let key = keys[usize::from(list.len() > FEW_MAX)];
        let n = i128::try_from(list.len()).unwrap_or(i128::MAX);
        let args = [("n", &*text::number(lang, n)), ("target", &*target)];
        text::say(lang, key, &args)
    };
    let (met, missed) = (&row.deciding.met, &row.deciding.missed);
    let [to_met, to_missed] = if row.deciding.proved {
        [MET, MISSED]
    } else {
        [MET_PERHAPS, MISSED_PERHAPS]
    };
    match (met.is_empty(), missed.is_empty()) {
        (_, true) => way(to_met, met),
        (true, false) => way(to_missed, missed),
        (false, false) => {
            let (met, missed) = (way(to_met, met), way(to_missed, missed));
            text::say(lang, "why-ways", &[("met", &met), ("missed", &missed)])
        }
    }
}

fn say_why(facts: &RunFacts, key: &str, row: &ShareRow, reason: &str) -> String {
    let lang = facts.lang;
    let mut period = lower_first(&row.period);
    if row.over.to > facts.business_date {
        let day = text::day(lang, facts.business_date);
        period = text::say(lang, "why-to-date", &[("period", &period), ("day", &day)]);
    }
    let dash = || "—".to_owned();
    let args = [
        ("name", row.name.as_str()),
        ("period", &period),
        (
            "share",
            &row.point.map_or_else(dash, |f| text::percent(lang, f)),
        ),
        (
            "low",
            &row.low.map_or_else(dash, |f| text::percent_down(lang, f)),
        ),
        (
            "high",
            &row.high.map_or_else(dash, |f| text::percent_up(lang, f)),
        ),
        (
            "target",
            &row.target.map_or_else(dash, |f| percent_short(lang, f)),
        ),
        ("ways", &ways(lang, row)),
        ("reason", reason),
    ];
    text::say(lang, key, &args)
}

fn incomplete_names(facts: &RunFacts) -> String {
    names(facts.sources.iter().filter(|source| !source.is_complete()))
}

fn names<'f>(sources: impl Iterator<Item = &'f SourceNight>) -> String {
    let names = sources.map(|source| source.facts.name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
