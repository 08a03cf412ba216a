//! One exception for a terminal: what was seen, the nearest, the links, the history.

use super::{label, print_day};
use crate::classify;
use crate::domain::vnd::grouped;
use crate::domain::{DossierCode, Lang, RowKey, Text};
use crate::matching::Leg;
use crate::store::{ExceptionDetail, ExceptionRecord, Spell};

pub(super) fn print(detail: &ExceptionDetail, lang: Lang) -> String {
    let record = &detail.record;
    let mut lines = headline(record, lang);
    let mut part = |title: Text, items: Vec<String>| {
        lines.push(format!("\n{}", title.get(lang)));
        lines.extend(items.into_iter().map(|item| format!("  {item}")));
    };
    let seen = record.evidence.iter();
    part(
        Text {
            vi: "Đã thấy",
            en: "Seen",
        },
        seen.map(|e| format!("- {}", e.say(lang))).collect(),
    );
    if !record.nearest.is_empty() {
        let nearest = record.nearest.iter();
        part(
            Text {
                vi: "Gần nhất",
                en: "Nearest",
            },
            nearest.map(|n| format!("- {}", n.say(lang))).collect(),
        );
    }
    if !detail.legs.is_empty() {
        part(
            Text {
                vi: "Đã ghép",
                en: "Linked",
            },
            detail.legs.iter().map(link).collect(),
        );
    }
    part(
        Text {
            vi: "Diễn biến",
            en: "History",
        },
        detail.history.iter().map(|s| past(s, lang)).collect(),
    );
    lines.join("\n") + "\n"
}

fn headline(record: &ExceptionRecord, lang: Lang) -> Vec<String> {
    let amount = grouped(record.amount.wide());
    let label = label(&record.class, lang);
    let dossier = record
        .dossier_code
        .as_ref()
        .map_or_else(String::new, |code| format!(", {code}"));
    let mut lines = vec![
        format!("{}  {label}  {amount} đ", record.id),
        format!("  {}{dossier}", row(&record.key)),
    ];
    if let Some(class) = classify::class(&record.class) {
        lines.push(String::new());
        lines.push(class.explanation.get(lang).to_owned());
        lines.push(class.advice.get(lang).to_owned());
    }
    lines
}

fn link(leg: &Leg) -> String {
    let fee = leg
        .fee_id
        .as_ref()
        .map_or_else(String::new, |id| format!(" {id}"));
    let dossier = leg.dossier_code.as_ref().map_or("", DossierCode::as_str);
    let (role, money) = (leg.role.id(), row(&leg.money));
    let amount = grouped(leg.amount.wide());
    format!("- {role} {money} -> {dossier}{fee}: {amount}")
}

fn past(spell: &Spell, lang: Lang) -> String {
    let until = spell
        .until
        .map_or_else(String::new, |day| print_day(day, lang));
    let (from, label) = (print_day(spell.from, lang), label(&spell.class, lang));
    format!("- {from} .. {until}  {label}  ({})", spell.run)
}

fn row(key: &RowKey) -> String {
    match key.source.as_str() {
        "" => format!("{} {}", key.side.id(), key.id),
        source => format!("{} {source} {}", key.side.id(), key.id),
    }
}
