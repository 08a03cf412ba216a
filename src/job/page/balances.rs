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
    let (opening, closing) = (statement.opening.map(dong), statement.closing.map(dong));
    let (credits, debits) = (dong(statement.credits), dong(checked.debits));
    let difference = difference.map(dong);
    // each is rounded by itself: what they lack together is told, so that the sum holds
    let told = opening.zip(closing).zip(difference);
    let rounding = told.map(|((opening, closing), difference)| {
        closing - (opening + credits - debits) - difference
    });
    StatementBalance {
        source: statement.source.as_str().into(),
        file: mask_file(&statement.name).into(),
        account: mask_account(&statement.account).into(),
        from: statement.from,
        to: statement.to,
        opening,
        credits,
        debits,
        closing,
        difference,
        rounding: rounding.unwrap_or(0),
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
    use crate::domain::Checked;

    #[test]
    fn a_part_of_a_dong_is_not_rounded_away() {
        let check = |text: &str, whole: i128| assert_eq!(dong(text.parse().unwrap()), whole);
        check("0.01", 1);
        check("-0.01", -1);
        check("150000.00", 150_000);
        check("0", 0);
    }

    /// Each figure is rounded by itself, and what they lack together is told beside them: the sum
    /// holds to the dong.
    #[test]
    fn rounded_figures_add_up_with_their_rounding() {
        let day = Day::parse("2022-12-05").unwrap();
        let told = |figures: [&str; 4]| {
            let [opening, credits, debits, closing] = figures.map(|text| text.parse().unwrap());
            balance(&AccountStatement {
                source: SourceName::new("bank"),
                sha256: "".into(),
                name: "a.xlsx".into(),
                seq: 0,
                account: "".into(),
                from: day,
                to: day,
                whole_to: day,
                entries: 2,
                rejects: 0,
                credits,
                opening: Some(opening),
                closing: Some(closing),
                gap: None,
                night: day,
                checked: Checked {
                    debits,
                    ..Checked::default()
                },
            })
        };
        for (figures, difference, rounding) in [
            (["100.40", "50.40", "20.40", "130.40"], 0, 0),
            (["100", "50", "20", "130"], 0, 0),
            (["100.30", "50.30", "0", "150.60"], 0, -1),
            (["100.30", "50.30", "0", "149.60"], -1, -1),
        ] {
            let told = told(figures);
            assert_eq!(
                (told.difference, told.rounding),
                (Some(difference), rounding)
            );
            let sum = told.computed().unwrap() + difference + rounding;
            assert_eq!(told.closing, Some(sum), "{figures:?}");
            let note = told.note(crate::domain::Lang::Vi);
            assert_eq!(note.contains("làm tròn"), rounding != 0, "{note}");
        }
    }
}
