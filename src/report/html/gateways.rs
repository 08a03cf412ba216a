//! What the gateways hold, and their days.

use crate::report::model::{ChainRow, GatewayDay, HeldRow};

use super::Page;

impl Page<'_> {
    /// The gateways.
    pub(super) fn held_rows(&self) -> &[HeldRow] {
        self.r.held.as_ref().map_or(&[], |held| &held.rows)
    }

    /// Their days.
    pub(super) fn gateway_days(&self) -> &[GatewayDay] {
        self.r.held.as_ref().map_or(&[], |held| &held.days)
    }

    /// From the one-stop system to the bank.
    pub(super) fn chain_rows(&self) -> &[ChainRow] {
        self.r.held.as_ref().map_or(&[], |held| &held.chain)
    }

    /// How many fee lines, and how many transactions: one of them, and nothing without a figure.
    pub(super) fn chain_counts(&self, row: &ChainRow) -> [String; 2] {
        let count = if row.figure.is_empty() {
            String::new()
        } else {
            self.n(row.figure.count)
        };
        if row.stage.is_of_lines() {
            [count, String::new()]
        } else {
            [String::new(), count]
        }
    }

    /// How a sum of it is marked.
    pub(super) fn chain_mark(&self, row: &ChainRow) -> &'static str {
        let is_bad = row.stage.is_rest() && row.figure.sum_vnd != 0;
        if is_bad { "bad" } else { "" }
    }

    /// Opening, paid, fees, refunds, net, late, at the bank, between the nights, closing and what
    /// is not explained, dong.
    pub(super) fn held_parts(&self, row: &HeldRow) -> [i128; 10] {
        let kept = row.fees + row.kept;
        [
            row.opening,
            row.paid.sum_vnd,
            kept,
            row.returned.sum_vnd,
            row.net() - row.kept,
            row.late.sum_vnd,
            row.batches.sum_vnd + row.singles.sum_vnd,
            row.between,
            row.closing,
            row.rest(),
        ]
    }

    /// The same of all gateways.
    pub(super) fn held_totals(&self) -> [i128; 10] {
        self.held_rows().iter().fold([0; 10], |sums, row| {
            let mut parts = self.held_parts(row).into_iter();
            sums.map(|sum| sum + parts.next().unwrap_or(0))
        })
    }

    /// True where a figure is shown: that between the nights only where there is any.
    pub(super) fn held_shows(&self, place: &usize) -> bool {
        // counted from 1, as the template does
        *place != 8 || self.r.held_is_broken()
    }

    /// The fee that was kept of a day; a dash where nobody tells it yet.
    pub(super) fn day_fee(&self, day: &GatewayDay) -> String {
        day.known_fee()
            .map_or_else(|| "—".to_owned(), |fee| self.money(fee))
    }

    /// Payments of which another fee was kept than any rate gives.
    pub(super) fn day_odd(&self, day: &GatewayDay) -> Option<String> {
        let args = [
            ("n", self.n(day.odd.count)),
            ("sum", self.money(day.odd.sum_vnd)),
        ];
        (!day.odd.is_empty()).then(|| self.say("ledger-odd", &args))
    }

    /// How it reached the bank.
    pub(super) fn day_way(&self, day: &GatewayDay) -> String {
        day.way(self.r.lang)
    }

    /// Days from the payments to the bank, or to tonight.
    pub(super) fn day_after(&self, day: &GatewayDay) -> i64 {
        day.after(self.r.business_date)
    }
}
