//! One file a provider: wire types, what it can do, how it is read and how its answers are parsed.

mod apart;
pub mod casso;
pub mod dvcqg;
pub mod keypay;
pub mod momo;
mod paged;
pub mod payos;
mod probing;
mod reply;
pub mod rest;
pub mod sepay;
mod span;
mod states;
pub mod viettelpay;
pub mod vnpay;
pub mod vnptpay;
pub mod zalopay;

use std::collections::BTreeMap;

use super::error::{HIDDEN, SourceError, is_plain_word};
use super::json::Json;
use super::window::{Listed, Window};
use super::{ArchiveError, BoxFuture};
use crate::domain::{Day, TxnKind};

/// Lists calendar day after calendar day. A day whose own totals do not come out is left out and
/// the next one is tried; anything else ends the source for tonight.
async fn by_day<'a>(
    window: &Window,
    list: &(dyn Fn(Day) -> BoxFuture<'a, Result<Listed, SourceError>> + Sync),
) -> Result<(BTreeMap<Day, Listed>, Option<SourceError>), ArchiveError> {
    let mut listed = BTreeMap::new();
    let mut trouble = None;
    for day in window.calendar_days() {
        match list(day).await {
            Ok(rows) => {
                listed.insert(day, rows);
            }
            Err(SourceError::Archive { detail }) => return Err(ArchiveError(detail)),
            Err(error) => {
                let goes_on = matches!(error, SourceError::Incomplete { .. });
                // A refusal or a dead line says more than a day that did not add up.
                if trouble.is_none() || !goes_on {
                    trouble = Some(error);
                }
                if !goes_on {
                    break;
                }
            }
        }
    }
    Ok((listed, trouble))
}

/// A provider's code as it may stand in a message: short, letters and digits only. What is no code
/// (an account, a name, a sentence) is not shown.
fn plain_code(raw: &str) -> Box<str> {
    let raw = raw.trim();
    if !raw.is_empty() && !is_plain_word(raw) {
        return HIDDEN.into();
    }
    let kept: String = raw
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect();
    kept.into()
}

/// Keeps the rows of one account; a row that tells none stays.
fn keep_account(
    listed: &mut Listed,
    wanted: Option<&str>,
    account: impl Fn(&Json) -> Option<&str>,
) {
    let Some(wanted) = wanted else { return };
    let ours = |content: &Json| account(content).is_none_or(|is| is == wanted);
    listed.rows.retain(|row| ours(&row.content));
}

/// Money in and money out in two columns: the one that is not zero tells the direction and the
/// amount; `true` marks the column of money out. Both, or neither in a way that can be read: none.
fn direction<'t>(
    money_in: Option<&'t str>,
    money_out: Option<&'t str>,
) -> (Option<TxnKind>, Option<&'t str>, bool) {
    match (money_in, money_out) {
        (money_in, Some(out)) if !is_zero(out) && money_in.is_some_and(is_zero) => {
            (Some(TxnKind::Debit), Some(out), true)
        }
        // money that came in has no sign
        (Some(money_in), out) if out.is_none_or(is_zero) && !money_in.starts_with('-') => {
            (Some(TxnKind::Payment), Some(money_in), false)
        }
        (None, out) if out.is_none_or(is_zero) => (Some(TxnKind::Payment), None, false),
        (money_in, out) => (None, money_in.or(out), false),
    }
}

/// True for `0`, `0.00`: digits and a point, none but zeros.
fn is_zero(amount: &str) -> bool {
    amount.contains('0') && amount.bytes().all(|b| b == b'0' || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_is_none_is_not_shown() {
        for (raw, shown) in [
            ("42", "42"),
            ("-429", "429"),
            ("INVALID_TOKEN", "INVALIDTOKEN"),
            ("", ""),
            ("0071008881234", "?"),
            ("NGUY\u{1ec4}N TH\u{1eca} CANARY", "?"),
            ("TRAN VAN CANARY", "?"),
        ] {
            assert_eq!(&*plain_code(raw), shown, "{raw}");
        }
    }
}
