//! The night under neighbouring settings of the rules, in words.

use serde::Serialize;

use crate::report::RunFacts;
use crate::report::facts::WhatIf;
use crate::text;

/// One setting and what it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIfRow {
    /// The rule and the value tried.
    pub setting: String,
    /// Payments won, their sum, and how many of them are ambiguous now.
    pub won: String,
    /// Payments lost, and their sum.
    pub lost: String,
    /// The headline's share with its bounds.
    pub share: String,
}

/// Settings that would change a link or the share; the others are told by their number.
pub(super) fn rows(facts: &RunFacts, headline: Option<&str>) -> Vec<WhatIfRow> {
    let row = |tried: &WhatIf| row(facts, tried);
    let differs = |row: &WhatIfRow, tried: &WhatIf| {
        tried.won.count + tried.lost.count > 0 || Some(row.share.as_str()) != headline
    };
    let rows = facts.what_if.iter().map(|tried| (row(tried), tried));
    rows.filter(|(row, tried)| differs(row, tried))
        .map(|(row, _)| row)
        .collect()
}

/// A share with its bounds; a dash without data.
pub(super) fn share_text(facts: &RunFacts, share: Option<&crate::kpi::Share>) -> String {
    let bounds = share.and_then(|share| Some((share.point()?, share.low?, share.high?)));
    let Some((point, low, high)) = bounds else {
        return "—".to_owned();
    };
    let lang = facts.lang;
    let (low, high) = (text::percent_down(lang, low), text::percent_up(lang, high));
    format!("{} ({low} – {high})", text::percent(lang, point))
}

fn row(facts: &RunFacts, tried: &WhatIf) -> WhatIfRow {
    let lang = facts.lang;
    let figure = |figure: crate::report::Figure| {
        let sum = text::money(lang, figure.sum_vnd);
        format!("{} – {sum}", text::number(lang, figure.count))
    };
    let mut won = figure(tried.won);
    if tried.ambiguous > 0 {
        let n = text::number(lang, tried.ambiguous);
        won = format!(
            "{won} {}",
            text::say(lang, "what-if-ambiguous", &[("n", &n)])
        );
    }
    WhatIfRow {
        setting: format!("{} = {}", tried.setting.rule, tried.setting.value),
        won,
        lost: figure(tried.lost),
        share: share_text(facts, tried.share.as_ref()),
    }
}
