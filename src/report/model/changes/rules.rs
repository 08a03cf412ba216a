//! What is no row: the program, rules, fee tables and what these say.

use super::{ChangeLine, finding_word, kind_word, table_word};
use crate::domain::{Lang, Vnd};
use crate::report::facts::diff::{Became, Diff, FindingChange};
use crate::text;

/// Another program, rules and fee tables.
pub(super) fn rules(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |what: &str, before: &str, after: &str| ChangeLine {
        became: Became::Changed,
        what: what.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        amount: None,
        cause: String::new(),
    };
    let name = text::say(lang, "changes-program", &[]);
    let program = diff.program.iter();
    let program = program.map(|(was, now)| line(&name, was, now));
    let rules = diff.rules.iter().map(|rule| {
        let (path, values) = rule.split_once(": ").unwrap_or((rule, ""));
        let (was, now) = values.split_once(" / ").unwrap_or((values, ""));
        line(path, was, now)
    });
    let name = text::say(lang, "changes-fee-table", &[]);
    let table = diff.fee_table.iter().map(|tables| {
        let [was, now] = tables
            .each_ref()
            .map(|side| table_word(side.as_ref(), lang));
        line(&name, &was, &now)
    });
    program.chain(rules).chain(table).collect()
}

/// What the fee table says otherwise.
pub(super) fn findings(diff: &Diff, lang: Lang) -> Vec<ChangeLine> {
    let line = |finding: &FindingChange| ChangeLine {
        became: finding.became,
        what: format!("{} {}", kind_word("fee", lang), finding.fee),
        before: finding_word(finding.before.as_ref(), lang),
        after: finding_word(finding.after.as_ref(), lang),
        amount: Some(Vnd::new(finding.amount_vnd)),
        cause: finding.cause.say(lang),
    };
    diff.findings.iter().map(line).collect()
}
