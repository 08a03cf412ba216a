//! Structured statements: MT940, MT942, camt.

use super::{BadRow, Found, Inspection, Total};
use crate::domain::Lang;
use crate::format::encoding::text_of;
use crate::format::{FileError, FormatError, Limits, MessageKind};
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

/// What the bytes are: by name where one is given, else by themselves.
pub(super) fn kind_of(bytes: &[u8], format: Option<&str>) -> Option<MessageKind> {
    if let Some(name) = format {
        let known = FORMATS.into_iter().find(|(known, _)| *known == name);
        return known.map(|(_, kind)| kind);
    }
    let text = text_of(bytes, Limits::TEXT).ok()?;
    let head = text.get(..64 << 10).unwrap_or(text);
    MessageKind::of(&String::from_utf8_lossy(head))
}

/// Adds the statements up.
pub(super) fn describe(
    file: &mut Inspection,
    kind: MessageKind,
    base: &str,
    bytes: &[u8],
    lang: Lang,
) -> Result<(), FileError> {
    let fail = |error| FileError {
        file: base.into(),
        error,
    };
    file.format = Some(kind.id());
    let bytes = text_of(bytes, Limits::TEXT).map_err(fail)?;
    let text = str::from_utf8(bytes).map_err(|_| {
        fail(FormatError::NotUtf8 {
            found: "another encoding",
        })
    })?;
    file.encoding = Some("utf-8");
    let (statements, faults) = message::read(kind, text).map_err(fail)?;
    file.statements = statements.iter().map(found).collect();
    let bad = faults.iter();
    let bad = bad.map(|(line, field, fault)| BadRow::at(base, *line, field, fault, lang));
    file.rejects = bad.collect();
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
