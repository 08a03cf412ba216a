//! The balances that the statements of a source tell, in `run.json`.

use serde::Serialize;

use crate::report::facts::{RunFacts, StatementBalance};

/// One account of one file; sums in dong.
#[derive(Serialize)]
pub(super) struct BalanceJson<'a> {
    file: &'a str,
    /// Masked.
    account: &'a str,
    from: String,
    to: String,
    opening_vnd: Option<i128>,
    credits_vnd: i128,
    debits_vnd: i128,
    closing_vnd: Option<i128>,
    /// Closing less opening, credits and debits; none without both balances.
    difference_vnd: Option<i128>,
    /// What the whole numbers above come to beyond it.
    rounding_vnd: i128,
    rejects: u64,
    is_page: bool,
}

/// Those of a source.
pub(super) fn of<'a>(facts: &'a RunFacts, source: &str) -> Vec<BalanceJson<'a>> {
    let all = facts.page.balances.iter();
    let own = all.filter(|balance| *balance.source == *source);
    own.map(json).collect()
}

fn json(balance: &StatementBalance) -> BalanceJson<'_> {
    BalanceJson {
        file: &balance.file,
        account: &balance.account,
        from: balance.from.to_string(),
        to: balance.to.to_string(),
        opening_vnd: balance.opening,
        credits_vnd: balance.credits,
        debits_vnd: balance.debits,
        closing_vnd: balance.closing,
        difference_vnd: balance.difference,
        rounding_vnd: balance.rounding,
        rejects: balance.rejects,
        is_page: balance.is_page,
    }
}
