//! One file a provider: wire types, what it can do, how it is read and how its answers are parsed.

pub mod casso;
pub mod dvcqg;
pub mod keypay;
pub mod momo;
pub mod payos;
mod probing;
mod reply;
pub mod sepay;
mod states;
pub mod viettelpay;
pub mod vnpay;
pub mod vnptpay;
pub mod zalopay;

use std::collections::BTreeMap;

use super::error::SourceError;
use super::window::{Listed, Window};
use super::{ArchiveError, BoxFuture};
use crate::domain::Day;

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

/// A provider's code as it may stand in a message: short, letters and digits only.
fn plain_code(raw: &str) -> Box<str> {
    let kept: String = raw
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(16)
        .collect();
    kept.into()
}
