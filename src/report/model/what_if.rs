//! The night under neighbouring settings of the rules, a sentence each.

use serde::Serialize;

use crate::domain::Lang;
use crate::kpi::Share;
use crate::report::facts::WhatIf;
use crate::report::{Figure, RunFacts};
use crate::text;

/// One setting and what it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhatIfRow {
    /// What would be otherwise, and what of it.
    pub text: String,
    /// The rule and the value tried, as the configuration has them.
    pub setting: String,
}

/// Settings that would change a link or the share; the others are not told.
pub(super) fn rows(facts: &RunFacts, standing: Option<&Share>) -> Vec<WhatIfRow> {
    let headline = share_text(facts, standing);
    let differs = |tried: &&WhatIf| {
        let share = share_text(facts, tried.share.as_ref());
        tried.won.count + tried.lost.count > 0 || share != headline
    };
    let tried = facts.what_if.iter().filter(differs);
    tried.map(|tried| row(facts, tried)).collect()
}

/// A share with its bounds; a dash without data.
fn share_text(facts: &RunFacts, share: Option<&Share>) -> String {
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
    let (rule, value) = (tried.setting.rule, &*tried.setting.value);
    let key = match rule {
        "margin_min" => "what-if-margin",
        "pairing_days" => "what-if-pairing",
        "deposit_days" => "what-if-deposit",
        "net_rates" => "what-if-net",
        _ => "what-if-other",
    };
    let setting = text::say(lang, key, &[("rule", rule), ("value", value)]);
    let share = share_text(facts, tried.share.as_ref());
    let args = [
        ("setting", &*setting),
        ("change", &*change(lang, tried)),
        ("share", &*share),
    ];
    WhatIfRow {
        text: text::say(lang, "what-if-said", &args),
        setting: format!("{rule} = {value}"),
    }
}

/// Payments won and lost; that there are none is said too.
fn change(lang: Lang, tried: &WhatIf) -> String {
    let say = |key: &str, figure: Figure, ambiguous: u64| {
        let n = text::number(lang, figure.count);
        let sum = text::money(lang, figure.sum_vnd);
        let said = text::say(lang, key, &[("n", &n), ("sum", &sum)]);
        if ambiguous == 0 {
            return said;
        }
        let n = text::number(lang, ambiguous);
        let more = text::say(lang, "what-if-ambiguous", &[("n", &n)]);
        format!("{said} {more}")
    };
    let mut parts = Vec::new();
    if tried.won.count > 0 {
        parts.push(say("what-if-won", tried.won, tried.ambiguous));
    }
    if tried.lost.count > 0 {
        parts.push(say("what-if-lost", tried.lost, 0));
    }
    if parts.is_empty() {
        return text::say(lang, "what-if-same", &[]);
    }
    parts.join("; ")
}
