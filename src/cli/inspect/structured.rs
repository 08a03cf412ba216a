//! Structured statements: MT940, MT942, camt.

use std::io::BufRead;

use super::{BadRow, Found, Inspection, Total, of_many};
use crate::domain::Lang;
use crate::format::{FileError, MessageKind};
use crate::normalise::statement::Sum;
use crate::normalise::statement::amount::text;
use crate::normalise::statement::message::{self, Summary};

/// Every name that `--format` takes.
pub(super) const FORMATS: [(&str, MessageKind); 5] = [
    ("mt940", MessageKind::Mt940),
    ("mt942", MessageKind::Mt942),
    ("camt.052", MessageKind::Camt052),
    ("camt.053", MessageKind::Camt053),
    ("camt.054", MessageKind::Camt054),
];

/// What the first bytes are: by name where one is given, else by themselves.
pub(super) fn kind_of(head: &[u8], format: Option<&str>) -> Option<MessageKind> {
    if let Some(name) = format {
        let known = FORMATS.into_iter().find(|(known, _)| *known == name);
        return known.map(|(_, kind)| kind);
    }
    MessageKind::of_head(head)
}

/// Adds the statements up.
pub(super) fn describe(
    file: &mut Inspection,
    kind: MessageKind,
    base: &str,
    content: &mut dyn BufRead,
    lang: Lang,
) -> Result<(), FileError> {
    let fail = |error| FileError {
        file: base.into(),
        error,
    };
    file.format = Some(kind.id());
    file.encoding = Some("utf-8");
    let read = message::read(kind, content).map_err(fail)?;
    file.statements = read.statements.iter().map(found).collect();
    let bad = read.faults.iter().chain(&read.refused);
    let bad = bad.map(|(line, field, fault)| BadRow::at(base, *line, field, fault, lang));
    file.rejects = bad.collect();
    file.rejects.sort_by_key(|row| row.line);
    let many = of_many(file.rejects.len(), read.bad, lang);
    file.notes.extend(many);
    Ok(())
}

fn found(statement: &Summary) -> Found {
    let total = |sum: Sum| Total {
        count: sum.count,
        sum: text(sum.sum),
    };
    Found {
        id: statement.id.as_deref().map(str::to_owned),
        account: statement.account.as_deref().map(str::to_owned),
        currency: statement.currency.as_deref().map(str::to_owned),
        entries: statement.entries,
        credits: total(statement.credits),
        debits: total(statement.debits),
        reversals: statement.reversals,
        pending: statement.pending,
        opening: statement.opening.map(text),
        closing: statement.closing.map(text),
        balanced: statement.balanced(),
    }
}
