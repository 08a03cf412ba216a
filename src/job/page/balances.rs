//! The balances that the statements of a night tell.

use std::collections::BTreeSet;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::{Day, SourceName};
use crate::job::desk::Desk;
use crate::job::error::JobError;
use crate::report::{SourceFile, StatementBalance};
use crate::store::AccountStatement;
use crate::text::{mask_account, mask_file};

/// Those of the files of the night, and of what the night read but for what came `later`; in order
/// of files and accounts.
pub(super) async fn of_source(
    desk: &Desk,
    source: &SourceName,
    day: Day,
    files: &[SourceFile],
    later: &BTreeSet<Box<str>>,
) -> Result<Vec<StatementBalance>, JobError> {
    let mut told = desk.store.statements(source, day, day).await?;
    told.retain(|statement| {
        let of_night = statement.night == day && !later.contains(&statement.sha256);
        of_night || files.iter().any(|file| file.sha256 == statement.sha256)
    });
    told.retain(|statement| statement.opening.is_some() || statement.closing.is_some());
    told.sort_by(|a, b| (&a.name, a.seq, &a.account).cmp(&(&b.name, b.seq, &b.account)));
    Ok(told.iter().map(balance).collect())
}

fn balance(statement: &AccountStatement) -> StatementBalance {
    let checked = &statement.checked;
    let ends = statement.opening.zip(statement.closing);
    let difference = ends.map(|(opening, closing)| {
        let end = opening.saturating_add(statement.credits);
        closing.saturating_sub(end.saturating_sub(checked.debits))
    });
    StatementBalance {
        source: statement.source.as_str().into(),
        file: mask_file(&statement.name).into(),
        account: mask_account(&statement.account).into(),
        from: statement.from,
        to: statement.to,
        opening: statement.opening.map(dong),
        credits: dong(statement.credits),
        debits: dong(checked.debits),
        closing: statement.closing.map(dong),
        difference: difference.map(dong),
        rejects: statement.rejects,
        is_page: checked.page.is_some() || checked.follows || checked.goes_on,
    }
}

/// Whole dong; a part of a dong is not rounded away.
fn dong(sum: Decimal) -> i128 {
    let whole = sum.round_dp_with_strategy(0, RoundingStrategy::AwayFromZero);
    whole.to_i128().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_dong_is_not_rounded_away() {
        let check = |text: &str, whole: i128| assert_eq!(dong(text.parse().unwrap()), whole);
        check("0.01", 1);
        check("-0.01", -1);
        check("150000.00", 150_000);
        check("0", 0);
    }
}
