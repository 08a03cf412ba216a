//! A comparison in words, the answer first: which figure changed, and why.

use std::collections::BTreeMap;

use super::{Became, Cause, Diff, RowChange, ShareChange};
use crate::domain::{Lang, Vnd};
use crate::report::model::{
    amount_word, class_word, definition_name, figure_word, finding_word, kind_word, percent_word,
    table_word, verdict_of,
};
use crate::text;

/// So many of each list are told; `--json` tells all.
const TOLD: usize = 12;

fn pick<'t>(lang: Lang, vi: &'t str, en: &'t str) -> &'t str {
    match lang {
        Lang::Vi => vi,
        Lang::En => en,
    }
}

fn sign(became: Became) -> &'static str {
    match became {
        Became::Added => "+",
        Became::Removed => "-",
        Became::Changed => "~",
        Became::Entered => "=",
    }
}

impl Diff {
    /// The answer, then each list.
    pub fn lines(&self, lang: Lang) -> String {
        let mut lines = format!("{} → {}\n", self.from, self.to);
        if self.equal {
            lines += pick(lang, "Không có gì khác.\n", "Nothing differs.\n");
            return lines;
        }
        lines += &self.answer(lang);
        for (vi, en) in &self.not_compared {
            lines.extend(["! ", pick(lang, vi, en), "\n"]);
        }
        let program = self.program.iter();
        let program = program.map(|(was, now)| format!("~ doisoat {was} / {now}"));
        let rules = self.rules.iter().map(|rule| format!("~ {rule}"));
        let table = self.fee_table.iter().map(|tables| {
            let [was, now] = tables
                .each_ref()
                .map(|side| table_word(side.as_ref(), lang));
            let name = pick(lang, "biểu phí", "fee table");
            format!("~ {name}: {was} / {now}")
        });
        let rows = |changes: &[RowChange]| -> Vec<String> {
            changes.iter().map(|change| row(change, lang)).collect()
        };
        let totals = self.totals.iter().map(|total| {
            let (source, figure, cause) = (&total.source, total.figure, total.cause.say(lang));
            let (was, now) = (total.before, total.after);
            format!("~ {source} {figure}: {was} / {now} ← {cause}")
        });
        let figures = self.figures.iter().map(|change| {
            let [was, now] = [change.before, change.after].map(|amount| amount_word(amount, lang));
            format!("~ {}: {was} / {now}", figure_word(change, lang))
        });
        let shares = self.shares.iter().map(|change| share(change, lang));
        let sections = [
            (
                "Quy tắc",
                "Rules",
                program.chain(rules).chain(table).collect(),
            ),
            ("Trang đầu", "First page", figures.collect()),
            ("Nguồn", "Sources", rows(&self.sources)),
            ("Tổng của nguồn", "Totals of sources", totals.collect()),
            ("Dữ liệu vào", "Inputs", rows(&self.inputs)),
            ("Khớp", "Matches", self.matches(lang)),
            ("Loại", "Classes", self.classes(lang)),
            ("Ngoại lệ", "Exceptions", self.exceptions(lang)),
            ("Biểu phí", "Fee table", self.findings(lang)),
            ("Tỷ lệ", "Shares", shares.collect()),
        ];
        for (vi, en, all) in &sections {
            section(&mut lines, pick(lang, vi, en), all);
        }
        lines
    }

    /// Which figure changed, and why.
    fn answer(&self, lang: Lang) -> String {
        let whole = |share: &&ShareChange| share.scope.is_empty();
        let first = self.shares.iter().find(whole).or(self.shares.first());
        let Some(first) = first else {
            return pick(lang, "Tỷ lệ không đổi.\n", "No share changed.\n").to_owned();
        };
        let mut lines = share(first, lang) + "\n";
        let mut reasons: BTreeMap<String, (usize, i64, i64)> = BTreeMap::new();
        for mover in &first.movers {
            let reason = match &mover.cause {
                Cause::Input { kind: of, .. } => kind_word(of, lang),
                other => other.say(lang),
            };
            let known = reasons.entry(reason).or_default();
            let (n, d) = mover.delta();
            known.0 += 1;
            known.1 = known.1.saturating_add(n);
            known.2 = known.2.saturating_add(d);
        }
        for (reason, (count, n, d)) in reasons {
            let why = pick(lang, "Vì", "Because of");
            lines.extend([format!("{why} {reason}: {count} ({n:+}/{d:+})\n")]);
        }
        for mover in first.movers.iter().take(5) {
            let (n, d) = mover.delta();
            lines.extend([format!(
                "  {n:+}/{d:+}  {} ← {}\n",
                mover.item,
                mover.cause.say(lang)
            )]);
        }
        if first.movers.len() > 5 {
            lines.extend([format!("  … {}\n", first.movers.len() - 5)]);
        }
        if first.explained == Some(false) {
            lines += pick(
                lang,
                "Phần còn lại đến từ các đêm trước đã công bố lại.\n",
                "The rest comes from earlier nights that were published again.\n",
            );
        }
        lines
    }

    fn matches(&self, lang: Lang) -> Vec<String> {
        let one = |change: &super::MatchChange| {
            let says = [&change.before, &change.after];
            let says: Vec<&str> = says
                .into_iter()
                .map(|s| &**s)
                .filter(|s| !s.is_empty())
                .collect();
            let (sign, money, fee) = (sign(change.became), &change.money, &change.fee);
            let (says, cause) = (says.join(" / "), change.cause.say(lang));
            format!("{sign} {money} → {fee}: {says} ← {cause}")
        };
        self.matches.iter().map(one).collect()
    }

    fn classes(&self, lang: Lang) -> Vec<String> {
        let one = |change: &super::ClassChange| {
            let (was, now) = (
                class_word(&change.before, lang),
                class_word(&change.after, lang),
            );
            let amount = text::money_of(lang, Vnd::new(change.amount_vnd));
            format!(
                "~ {}: {was} / {now}, {amount} ← {}",
                change.row,
                change.cause.say(lang)
            )
        };
        self.classes.iter().map(one).collect()
    }

    fn findings(&self, lang: Lang) -> Vec<String> {
        let one = |change: &super::FindingChange| {
            let said =
                [&change.before, &change.after].map(|said| finding_word(said.as_ref(), lang));
            let [was, now] = said;
            let (sign, cause) = (sign(change.became), change.cause.say(lang));
            let amount = text::money_of(lang, Vnd::new(change.amount_vnd));
            format!(
                "{sign} fee {}: {was} / {now}, {amount} ← {cause}",
                change.fee
            )
        };
        self.findings.iter().map(one).collect()
    }

    fn exceptions(&self, lang: Lang) -> Vec<String> {
        let one = |change: &super::ExceptionChange| {
            let (sign, class) = (sign(change.became), class_word(&change.class, lang));
            let money = |dong| text::money_of(lang, Vnd::new(dong));
            let mut amount = money(change.amount_vnd);
            if let Some(before) = change.before_vnd {
                amount = format!("{} / {amount}", money(before));
            }
            let id = change.exception_id.get(..8).unwrap_or_default();
            let cause = change.cause.say(lang);
            format!("{sign} {id} {class}: {}, {amount} ← {cause}", change.row)
        };
        self.exceptions.iter().map(one).collect()
    }
}

fn row(change: &RowChange, lang: Lang) -> String {
    let mut line = format!(
        "{} {} {}",
        sign(change.became),
        kind_word(change.kind, lang),
        change.key
    );
    if !change.column.is_empty() {
        line.extend([format!(
            ": {} {} / {}",
            change.column, change.before, change.after
        )]);
    }
    if let Some(by) = &change.told_by {
        line.extend([format!(" ({by})")]);
    }
    line
}

fn share(change: &ShareChange, lang: Lang) -> String {
    let name = definition_name(lang, &change.definition);
    let period = if change.period.0 == change.period.1 {
        change.period.0.to_string()
    } else {
        format!("{} / {}", change.period.0, change.period.1)
    };
    let scope = if change.scope.is_empty() {
        String::new()
    } else {
        format!(" {}", change.scope)
    };
    let one = |share: &str, low: &str, high: &str| {
        let [share, low, high] = [share, low, high].map(|figure| percent_word(figure, lang));
        format!("{share} [{low}; {high}]")
    };
    let was = one(&change.share.0, &change.low.0, &change.high.0);
    let now = one(&change.share.1, &change.low.1, &change.high.1);
    let mut line = format!("{name}{scope}, {period}: {was} → {now}");
    let (old, new) = (&change.verdict.0, &change.verdict.1);
    if old != new {
        line.extend([format!(
            ", {} → {}",
            verdict_of(old, lang),
            verdict_of(new, lang)
        )]);
    } else if !old.is_empty() {
        line.extend([format!(", {}", verdict_of(old, lang))]);
    }
    line
}

fn section(lines: &mut String, title: &str, all: &[String]) {
    if all.is_empty() {
        return;
    }
    lines.extend([format!("{title} ({})\n", all.len())]);
    for line in all.iter().take(TOLD) {
        lines.extend(["  ", line, "\n"]);
    }
    if all.len() > TOLD {
        lines.extend([format!("  … {}\n", all.len() - TOLD)]);
    }
}
