//! Why rows were matched: rule, evidence, score, margin, and what came second.

use serde::Serialize;

use super::{groups, print_day, show::print_key};
use crate::domain::{Day, DossierCode, Lang, Text};
use crate::matching::{Evidence, Leg, MatchGroup};
use crate::store::Matched;

/// One group in the JSON document.
#[derive(Serialize)]
pub(super) struct MatchJson<'a> {
    since: Day,
    run_id: &'a str,
    #[serde(flatten)]
    group: &'a MatchGroup,
}

impl<'a> MatchJson<'a> {
    pub(super) fn new(matched: &'a Matched) -> Self {
        Self {
            since: matched.since,
            run_id: matched.run.as_str(),
            group: &matched.group,
        }
    }
}

/// What the document of a matched name holds.
#[derive(Serialize)]
pub(super) struct MatchesDocument<'a> {
    pub(super) schema_version: u32,
    pub(super) groups: Vec<MatchJson<'a>>,
}

/// The groups for people, one after the other; `say` says the evidence.
pub(super) fn print(
    groups: &[Matched],
    lang: Lang,
    say: &dyn Fn(&Evidence) -> String,
) -> Vec<String> {
    groups
        .iter()
        .flat_map(|matched| one(matched, lang, say))
        .collect()
}

fn one(matched: &Matched, lang: Lang, say: &dyn Fn(&Evidence) -> String) -> Vec<String> {
    let group = &matched.group;
    let title = Text {
        vi: "Đã ghép",
        en: "Matched",
    };
    let (rule, id) = (group.label().get(lang), group.pass);
    let mut lines = vec![format!("\n{}: {rule} ({id})", title.get(lang))];
    lines.extend(group.legs.iter().map(|leg| print_leg(leg, lang, say)));
    for said in &group.evidence {
        lines.push(format!("  + {}", say(said)));
    }
    if let Some(margin) = group.margin {
        let score = group.score;
        lines.push(match lang {
            Lang::Vi => format!("  = {score}/1000 điểm, hơn cách ghép kế tiếp {margin}/1000"),
            Lang::En => format!("  = {score}/1000, {margin}/1000 ahead of the next best pairing"),
        });
    }
    if let Some(near) = &group.runner_up {
        let second = Text {
            vi: "cách ghép kế tiếp",
            en: "next best pairing",
        };
        lines.push(format!("  ~ {}: {}", second.get(lang), near.say(lang)));
    }
    if let Some(left) = group.difference {
        let (label, dong) = (
            super::label(left.class, lang),
            groups(left.amount.wide(), lang),
        );
        lines.push(format!("  ! {label}: {dong} đ"));
    }
    let since = Text {
        vi: "từ đêm",
        en: "since the night of",
    };
    let (night, run) = (print_day(matched.since, lang), &matched.run);
    lines.push(format!("  {} {night} ({run})", since.get(lang)));
    lines
}

fn print_leg(leg: &Leg, lang: Lang, say: &dyn Fn(&Evidence) -> String) -> String {
    let fee = leg.fee_id.as_ref();
    let fee = fee.map_or_else(String::new, |id| format!(" {id}"));
    let dossier = leg.dossier_code.as_ref().map_or("", DossierCode::as_str);
    let (role, money, amount) = (leg.role.id(), print_key(&leg.money), leg.amount.wide());
    let amount = groups(amount, lang);
    format!(
        "  - {role} {money} -> {dossier}{fee}: {amount} đ; {}",
        say(&leg.why)
    )
}
