//! Pure: settlements of gateways that came into the bank tonight, each one credit for the payments
//! of a day, or of several days behind each other.

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
    /// The day of its payments, or the first of them.
    pub of_day: Day,
    /// The last of several days; none where it is one.
    pub to_day: Option<Day>,
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
    /// Days from the payments, of several days the last, to the credit.
    pub days: i64,
}

/// Those of the night, in order of gateways and days.
pub(super) fn list(index: &Index<'_>, settlement: &Settlement, facts: &RunFacts) -> Vec<BatchView> {
    let rows = settlement.rows.iter();
    let tonight = rows
        .filter(|row| row.class == "batch_settlement" && row.business_date == facts.business_date);
    let view = |row: &crate::classify::Classified| {
        let (gateway, days) = row.evidence.iter().find_map(Evidence::paid_out)?;
        let ((of_day, _), (to_day, _)) = days.first().copied().zip(days.last().copied())?;
        let due = days.iter().map(|(_, sum)| sum.wide()).sum();
        let on = index
            .txn(&row.key)
            .map_or(row.business_date, |txn| txn.paid_on);
        Some(BatchView {
            gateway: gateway.into(),
            of_day,
            to_day: (to_day != of_day).then_some(to_day),
            due: Vnd::from_wide(due).ok()?,
            bank: row.key.source.as_str().into(),
            reference: index.person_reference(facts.lang, &row.key),
            received: row.amount,
            on,
            days: on.days_since(to_day),
        })
    };
    let mut batches: Vec<BatchView> = tonight.filter_map(view).collect();
    batches.sort_by(|a, b| {
        (&a.gateway, a.of_day, &a.reference).cmp(&(&b.gateway, b.of_day, &b.reference))
    });
    batches
}
