//! What was asked for in the report of a period, and what each block of the document is of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Day;
use crate::report::facts::{self, RunFacts};
use crate::report::model::{OfNights, Outside};

/// The month or range that was asked for.
#[derive(Serialize)]
pub(super) struct PeriodJson<'a> {
    label: &'a str,
    from: String,
    to: String,
    /// The stretches of it without a published night.
    lacking: Vec<StretchJson>,
    /// The nights that are added up.
    nights: Vec<String>,
    /// Those that an older program published, without the sums of the blocks that are left out.
    untold: Vec<String>,
    /// The nights of which no rows are at hand for `links.csv` and `fee_table`.
    without_rows: Vec<String>,
    /// Money rows of the period's days that are in no night's sums.
    outside: &'a [Outside],
    /// What each block of the document, and each file beside it, is of.
    blocks: BTreeMap<&'static str, Of>,
}

/// What a block is of.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    /// The period itself, measured over its days, each entry under its own label.
    Period,
    /// The sum of the nights, each as it was published.
    Nights,
    /// What was open before the first night, moved in the nights, and was open after the last one.
    Chain,
    /// What was open, or linked, after the last night.
    End,
    /// What of the period's days, and of those before, a night after it still knows as open.
    Later,
}

/// The blocks of the document and the files beside it. What cannot be told is in none.
fn blocks(nights: &OfNights, later: bool) -> BTreeMap<&'static str, Of> {
    let open = || if later { Of::Later } else { Of::End };
    let mut blocks = BTreeMap::from([
        ("sources", Of::Nights),
        ("totals", Of::Nights),
        ("share", Of::Period),
        ("exceptions", open()),
        ("breakdown", Of::Period),
        ("grey", Of::Period),
        ("fee_table", Of::Nights),
        ("share.csv", Of::Period),
        ("exceptions.csv", open()),
        ("links.csv", Of::End),
    ]);
    if let Some(figures) = &nights.figures {
        if figures.held.is_some() {
            blocks.extend([
                ("gateway_bridge", Of::Chain),
                ("gateway_days", Of::Nights),
                ("gateway_chain", Of::Nights),
            ]);
        }
        blocks.extend([
            ("tie_out", Of::Nights),
            ("money_bridge", Of::Nights),
            ("open_bridge", Of::Chain),
            ("instruments", Of::Nights),
            ("provider_fees", Of::Nights),
            ("work", Of::Chain),
        ]);
    }
    blocks
}

/// First and last day of a stretch.
#[derive(Serialize, Deserialize)]
pub(super) struct StretchJson {
    from: String,
    to: String,
}

/// Days without a published night although one was due.
#[derive(Serialize)]
pub(super) struct LackingJson {
    /// How many.
    count: u64,
    /// Their stretches.
    days: Vec<StretchJson>,
}

/// The days over which no share is proven, because no night was published; none where there are
/// none.
pub(super) fn nights_lacking(facts: &RunFacts) -> Option<LackingJson> {
    let stretches = facts::stretches(facts.unrun.iter().copied());
    let count = u64::try_from(facts.unrun.len()).unwrap_or(u64::MAX);
    (count > 0).then(|| LackingJson {
        count,
        days: stretches.iter().copied().map(StretchJson::of).collect(),
    })
}

impl StretchJson {
    pub(super) fn of((from, to): (Day, Day)) -> Self {
        Self {
            from: from.to_string(),
            to: to.to_string(),
        }
    }

    /// The days, where both can be read.
    pub(super) fn days(&self) -> Option<(Day, Day)> {
        Day::parse(&self.from).ok().zip(Day::parse(&self.to).ok())
    }
}

/// What was asked for, in the report of a period.
pub(super) fn period(facts: &RunFacts) -> Option<PeriodJson<'_>> {
    let period = facts.period()?;
    let nights = facts.of_nights()?;
    let days = |days: &[Day]| days.iter().map(Day::to_string).collect();
    Some(PeriodJson {
        label: &period.label,
        from: period.from.to_string(),
        to: period.to.to_string(),
        lacking: facts.lacking.iter().copied().map(StretchJson::of).collect(),
        nights: days(&nights.nights),
        untold: days(&nights.untold),
        without_rows: days(&nights.without_rows),
        outside: &nights.outside,
        blocks: blocks(nights, facts.is_told_later()),
    })
}
