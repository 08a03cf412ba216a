//! Closed periods with days in common: a quarter over a closed month. Each was closed with what was
//! known then, so that of the shared days there can be two closed figures. The later closing says
//! in the sealed book which they are, and whoever reads either of the two is told of the other.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracing::warn;

use super::closing_of;
use crate::domain::{Day, Lang, Period, RunId};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::job::late;
use crate::job::nightly::Decided;
use crate::job::of_nights::Telling;
use crate::job::recover;
use crate::job::report_again::{self, Asked, Span};
use crate::kpi::Fraction;
use crate::report::model::{definition_name, period_name};
use crate::store::{Apart, Beside, Closing, Measured, RunRecord, Store};
use crate::text;

/// Definition and figures of the shares of the whole unit.
type Figures = BTreeMap<&'static str, Measured>;

/// Two closings in force that have days in common.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The one that was made first.
    pub earlier: Closing,
    /// The one that names it.
    pub later: Closing,
    /// What the later one says of it.
    pub beside: Beside,
}

/// The closings in force, by their place in the book.
fn in_force(book: Vec<Closing>) -> BTreeMap<i64, Closing> {
    let last = book.into_iter().map(|one| (one.period.label.clone(), one));
    let last: BTreeMap<Box<str>, Closing> = last.collect();
    let closes = last.into_values().filter(|one| one.closes);
    closes.map(|one| (one.seq, one)).collect()
}

/// Every two closings in force with days in common.
pub async fn pairs(store: &Store) -> Result<Vec<Pair>, JobError> {
    let standing = in_force(store.closings().await?);
    let mut all = Vec::new();
    for later in standing.values() {
        for earlier in standing.range(..later.seq).map(|(_, earlier)| earlier) {
            all.extend(shared(earlier, later).map(|beside| Pair {
                earlier: earlier.clone(),
                later: later.clone(),
                beside,
            }));
        }
    }
    Ok(all)
}

/// What the later closing says of the earlier one; one of an older program compared nothing.
fn shared(earlier: &Closing, later: &Closing) -> Option<Beside> {
    let said = later.beside.iter().find(|beside| beside.seq == earlier.seq);
    said.cloned().or_else(|| {
        Some(Beside {
            seq: earlier.seq,
            days: common(&earlier.period, &later.period)?,
            apart: None,
        })
    })
}

/// First and last of the days that two periods share.
fn common(one: &Period, other: &Period) -> Option<(Day, Day)> {
    let days = (one.from.max(other.from), one.to.min(other.to));
    (days.0 <= days.1).then_some(days)
}

/// What a closing of the period, made now, has to say of those in force.
pub(super) async fn of(desk: &Desk, period: &Period) -> Result<Vec<Beside>, JobError> {
    let mut all = Vec::new();
    for (seq, other) in in_force(desk.store.closings().await?) {
        let Some(days) = common(period, &other.period) else {
            continue;
        };
        let shared = Period::range(days.0, days.1);
        let before = closed(desk, &other, &shared).await?;
        let here = today(desk, &shared).await?;
        let apart = before.zip(here).map(|(before, here)| apart(&before, &here));
        all.push(Beside { seq, days, apart });
    }
    Ok(all)
}

fn apart(before: &Figures, here: &Figures) -> Vec<Apart> {
    let mut names: Vec<&str> = before.keys().chain(here.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let both = names.into_iter().map(|name| Apart {
        definition: name.into(),
        before: before.get(name).cloned(),
        here: here.get(name).cloned(),
    });
    both.filter(|one| one.before != one.here).collect()
}

/// As the closing knows these days.
async fn closed(
    desk: &Desk,
    closing: &Closing,
    shared: &Period,
) -> Result<Option<Figures>, JobError> {
    let Some(run) = run_of(desk, &closing.run_id).await? else {
        return Ok(None);
    };
    let over = (shared, Telling::SUMS);
    let told = Box::pin(recover::as_closed(desk, desk, (closing, &run), over)).await;
    figures(told, shared)
}

/// As the last night knows them, by which a period is closed.
async fn today(desk: &Desk, shared: &Period) -> Result<Option<Figures>, JobError> {
    let Some(run) = desk.store.last_run().await? else {
        return Ok(None);
    };
    let told = Box::pin(recover::with_sums_of_today(desk, desk, &run, shared)).await;
    figures(told, shared)
}

async fn run_of(desk: &Desk, id: &RunId) -> Result<Option<RunRecord>, JobError> {
    Ok(desk.store.run(id).await?)
}

/// None where it cannot be measured again.
fn figures(
    told: Result<Option<Decided>, JobError>,
    shared: &Period,
) -> Result<Option<Figures>, JobError> {
    let decided = match told {
        Err(JobError::Usage { .. } | JobError::Erased { .. }) => return Ok(None),
        told => told?,
    };
    let Some(decided) = decided else {
        return Ok(None);
    };
    let shares = decided.settlement.shares.iter();
    let whole = shares.filter(|share| {
        share.period.is_told_by(shared) && share.agency.is_none() && share.cell.is_none()
    });
    let whole_number = |n: i128| i64::try_from(n).unwrap_or(i64::MAX);
    let figures = whole.map(|share| {
        let measured = Measured {
            numerator: whole_number(share.numerator),
            denominator: whole_number(share.denominator),
            low: share.low.map(|low| low.down(4).into()),
            high: share.high.map(|high| high.up(4).into()),
        };
        (share.definition, measured)
    });
    Ok(Some(figures.collect()))
}

/// What is to be said on the report of a closing: of those before that it names, and of later ones
/// that name it.
pub(super) async fn notes(
    desk: &Desk,
    lang: Lang,
    closing: &Closing,
) -> Result<Vec<String>, JobError> {
    if !closing.closes {
        return Ok(Vec::new());
    }
    let standing = in_force(desk.store.closings().await?);
    let others = standing.values().filter(|other| other.seq != closing.seq);
    let notes = others.filter_map(|other| {
        // one that is being made has no place yet
        let is_later = closing.seq != 0 && other.seq > closing.seq;
        let beside = if is_later {
            shared(closing, other)
        } else {
            shared(other, closing)
        };
        Some(note(lang, other, &beside?, is_later))
    });
    Ok(notes.collect())
}

/// Of another closed period: which days are shared, and whether the two tell the same of them.
fn note(lang: Lang, other: &Closing, beside: &Beside, other_is_later: bool) -> String {
    let [from, to] = [beside.days.0, beside.days.1].map(|day| text::day(lang, day));
    let period = period_name(lang, &other.period);
    let at = late::at(lang, other);
    let days = [
        ("from", &*from),
        ("to", &*to),
        ("other", &*period),
        ("by", &*other.by),
        ("at", &*at),
    ];
    let Some(apart) = &beside.apart else {
        return text::say(lang, "closed-beside-untold", &days);
    };
    let Some(first) = apart.first() else {
        return text::say(lang, "closed-beside-same", &days);
    };
    let definition = definition_name(lang, &first.definition);
    let [before, here] = [&first.before, &first.here].map(|of| words(lang, of.as_ref()));
    let (there, here) = if other_is_later {
        (here, before)
    } else {
        (before, here)
    };
    let n = text::number(lang, u64::try_from(apart.len()).unwrap_or(u64::MAX));
    let figures = [
        ("definition", &*definition),
        ("there", &*there),
        ("here", &*here),
        ("n", &*n),
    ];
    let args = [&days[..], &figures[..]].concat();
    text::say(lang, "closed-beside-apart", &args)
}

/// `73,18 % (72,41 % – 77,67 %), 15.515.000 / 21.201.000`.
fn words(lang: Lang, measured: Option<&Measured>) -> String {
    let Some(told) = measured else {
        return "—".to_owned();
    };
    let bound = |raw: &Option<Box<str>>| {
        let units = raw.as_ref()?.replace('.', "").parse().ok()?;
        Some(text::percent(lang, Fraction::new(units, 10_000)?))
    };
    let point = Fraction::new(told.numerator.into(), told.denominator.into());
    let point = point.map_or_else(|| "—".to_owned(), |point| text::percent(lang, point));
    let bounds = bound(&told.low).zip(bound(&told.high));
    let bounds = bounds.map_or_else(String::new, |(low, high)| format!(" ({low} – {high})"));
    let [n, of] = [told.numerator, told.denominator].map(|n| text::number(lang, n));
    format!("{point}{bounds}, {n} / {of}")
}

impl Pair {
    /// The two in a sentence, for lists.
    pub fn say(&self, lang: Lang) -> String {
        let own = period_name(lang, &self.later.period);
        let said = note(lang, &self.earlier, &self.beside, false);
        let args = [("period", &*own), ("said", &*said)];
        text::say(lang, "closed-beside-of", &args)
    }

    /// The two for programs.
    pub fn json(&self) -> Value {
        json!({
            "earlier": self.earlier.period.label,
            "later": self.later.period.label,
            "from": self.beside.days.0.to_string(),
            "to": self.beside.days.1.to_string(),
            "apart": self.beside.apart,
        })
    }
}

/// Writes the folders of the closed periods again that a closing names: the closed files stay to
/// the byte, a file beside them tells of the other closing.
pub(super) async fn show(desk: &Desk, closing: &Closing) {
    for beside in &closing.beside {
        if let Err(error) = Box::pin(show_one(desk, beside)).await {
            warn!(stage = "period", %error, "the folder of a period closed before does not name the new one");
        }
    }
}

async fn show_one(desk: &Desk, beside: &Beside) -> Result<(), JobError> {
    let standing = in_force(desk.store.closings().await?);
    let Some(other) = standing.get(&beside.seq) else {
        return Ok(());
    };
    let asked = Asked::of(Span::Days(other.period.clone()));
    let made = Box::pin(report_again::make(desk, &asked)).await?;
    report_again::show(&desk.config.report_dir, &made)?;
    Ok(())
}

/// The file that stands beside the closed ones where a later closing has days in common: its name
/// and its text; none where there is none.
pub(in crate::job) async fn file(
    desk: &Desk,
    lang: Lang,
    period: &Period,
) -> Result<Option<(&'static str, String)>, JobError> {
    let Some(closing) = closing_of(desk, period).await? else {
        return Ok(None);
    };
    let pairs = pairs(&desk.store).await?.into_iter();
    let later = pairs.filter(|pair| pair.earlier.seq == closing.seq);
    let notes: Vec<String> = later
        .map(|pair| note(lang, &pair.later, &pair.beside, true) + "\n")
        .collect();
    Ok((!notes.is_empty()).then(|| ("closed_beside.txt", notes.concat())))
}
