//! Pure: settlements of gateways that came into the bank tonight, each one credit for the payments
//! of a day.

use crate::domain::{Day, Vnd};
use crate::matching::Evidence;
use crate::report::RunFacts;
use crate::settle::Settlement;

use super::index::Index;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    /// The gateway.
    pub gateway: Box<str>,
    /// The day of its payments.
    pub of_day: Day,
    /// What it owes for them, after its fees and refunds.
    pub due: Vnd,
    /// The bank that tells of the credit.
    pub bank: Box<str>,
    /// What the bank knows the credit by.
    pub reference: String,
    /// What the bank received.
    pub received: Vnd,
    /// When.
    pub on: Day,
    /// Days from the payments to the credit.
    pub days: i64,
}

/// Those of the night, in order of gateways and days.
pub(super) fn list(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<BatchView> {
    let rows = settlement.rows.iter();
    let tonight = rows
        .filter(|row| row.class == "batch_settlement" && row.business_date == facts.business_date);
    let view = |row: &crate::classify::Classified| {
        let said = row.evidence.iter().find_map(|seen| match seen {
            Evidence::BatchOf(gateway, day, sum) => Some((gateway, *day, *sum)),
            _ => None,
        });
        let (gateway, of_day, due) = said?;
        let on = index
            .txn(&row.key)
            .map_or(row.business_date, |txn| txn.paid_on);
        Some(BatchView {
            gateway: gateway.clone(),
            of_day,
            due,
            bank: row.key.source.as_str().into(),
            reference: index.person_reference(facts.lang, &row.key),
            received: row.amount,
            on,
            days: on.days_since(of_day),
        })
    };
    let mut batches: Vec<BatchView> = tonight.filter_map(view).collect();
    batches.sort_by(|a, b| {
        (&a.gateway, a.of_day, &a.reference).cmp(&(&b.gateway, b.of_day, &b.reference))
    });
    batches
}
