//! Pure: fee lines held against the fee table. It explains a fee of 0 (an exempt person, or a zero
//! rate: two different zeros) and finds amounts that no rate in force on the day of receipt gives.
//!
//! What the registry says is due stays due: nothing here changes a class, a link or a share. Nobody
//! tells how many pages or copies a line was for, so a rate allows every amount that its formula
//! can give; where something needed is not told, nothing is said.

mod amounts;
mod lint;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    CollectionMode, Day, Fee, FeeChecks, FeeKind, FeeNote, FeeRate, FeeStatus, FeeTable, FeeWord,
    FilingChannel, Vnd,
};

use amounts::Amounts;
pub use lint::{Flaw, lint};

/// Holds fee lines against the table; those received before `start` are opening items.
pub fn judge(fees: &[Fee], table: &FeeTable, start: Option<Day>) -> FeeChecks {
    let tariff = Tariff::new(table);
    let mut checks = FeeChecks::default();
    let since = |day: Day| start.is_none_or(|start| start <= day);
    for fee in fees.iter().filter(|fee| is_judged(fee)) {
        let Some(day) = received_on(fee) else {
            checks.unjudged.undated += 1;
            continue;
        };
        if !since(day) {
            continue;
        }
        match tariff.verdict(fee, day) {
            Verdict::Unlisted => checks.unjudged.unlisted += 1,
            Verdict::NotInForce => checks.unjudged.not_in_force += 1,
            Verdict::Unread => checks.unjudged.unread += 1,
            Verdict::Confirmed => checks.confirmed += 1,
            Verdict::Note(word, due, used) => {
                checks.notes.push(note(fee, day, word, due, used));
            }
        }
    }
    let key = |note: &FeeNote| (note.dossier_code.clone(), note.fee_id.clone());
    checks.notes.sort_by_cached_key(key);
    checks.rates.clone_from(&table.rates);
    checks
}

/// Land obligations are set case by case, what is cancelled is not collected, and a line collected
/// afterwards has no amount until it is set.
fn is_judged(fee: &Fee) -> bool {
    let open = matches!(fee.status, FeeStatus::Unpaid | FeeStatus::Pending);
    let waits =
        fee.more.collection_mode == Some(CollectionMode::After) && fee.amount.is_zero() && open;
    fee.kind != FeeKind::LandObligation && fee.status != FeeStatus::Cancelled && !waits
}

/// The day the dossier was received: what the registry says, else what its code says.
fn received_on(fee: &Fee) -> Option<Day> {
    let told = fee.more.received_at.as_ref();
    told.map(crate::domain::Moment::day)
        .or_else(|| fee.dossier_code.received_on())
}

fn note(fee: &Fee, day: Day, word: FeeWord, due: Vec<usize>, used: Vec<usize>) -> FeeNote {
    FeeNote {
        word,
        dossier_code: fee.dossier_code.clone(),
        fee_id: fee.fee_id.clone(),
        agency_code: fee.agency_code.clone(),
        procedure_code: (*fee.procedure_code).into(),
        kind: fee.kind,
        channel: fee.more.filing_channel,
        mode: fee.more.collection_mode,
        amount: fee.amount,
        received_on: day,
        last_on: fee
            .more
            .paid_at
            .as_ref()
            .map_or(day, |at| at.day().max(day)),
        due,
        used,
    }
}

/// What the table says of one line; the numbers are positions of rates.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Unlisted,
    NotInForce,
    Unread,
    Confirmed,
    Note(FeeWord, Vec<usize>, Vec<usize>),
}

/// The table, ready to be asked.
struct Tariff<'t> {
    rates: &'t [FeeRate],
    amounts: Vec<Amounts>,
    by_procedure: BTreeMap<&'t str, Vec<usize>>,
    by_field: BTreeMap<&'t str, Vec<usize>>,
    unread: BTreeSet<&'t str>,
}

impl<'t> Tariff<'t> {
    fn new(table: &'t FeeTable) -> Self {
        let mut by_procedure: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_field: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, rate) in table.rates.iter().enumerate() {
            match (&rate.procedure, &rate.field) {
                (Some(procedure), _) => by_procedure.entry(procedure).or_default().push(at),
                (None, Some(field)) => by_field.entry(field).or_default().push(at),
                (None, None) => {}
            }
        }
        Self {
            rates: &table.rates,
            amounts: table.rates.iter().map(Amounts::of).collect(),
            by_procedure,
            by_field,
            unread: table.unread.iter().map(|code| &**code).collect(),
        }
    }

    fn verdict(&self, fee: &Fee, day: Day) -> Verdict {
        let procedure = &*fee.procedure_code;
        let national = national(procedure);
        if self.unread.contains(procedure) || self.unread.contains(national) {
            return Verdict::Unread;
        }
        // a line without a procedure that cannot be read may be the rate of any field
        let own = [procedure, national].map(|code| self.by_procedure.contains_key(code));
        if self.unread.contains("") && own == [false, false] {
            return Verdict::Unread;
        }
        let listed = self.listed(fee, procedure, national);
        if listed.is_empty() {
            return Verdict::Unlisted;
        }
        let told = |channel: &FilingChannel| *channel != FilingChannel::Empty;
        let channel = fee.more.filing_channel.filter(told);
        let (in_force, out): (Vec<usize>, Vec<usize>) = listed
            .into_iter()
            .partition(|at| self.rates[*at].holds(day));
        let (due, others) = self.by_channel(in_force, channel);
        let exempt = fee.more.collection_mode == Some(CollectionMode::Exempt);
        if fee.amount.is_zero() || exempt {
            return self.zero(fee.more.collection_mode, due, &others);
        }
        self.amount(
            fee.amount,
            day,
            due,
            &others,
            &self.by_channel(out, channel).0,
        )
    }

    /// The rates of the procedure, else of its field, of the line's kind.
    fn listed(&self, fee: &Fee, procedure: &str, national: &str) -> Vec<usize> {
        let named = self.by_procedure.get(procedure);
        let named = named.or_else(|| self.by_procedure.get(national));
        let field = || self.by_field.get(&**fee.more.field_code.as_ref()?);
        let rates = named.or_else(field).into_iter().flatten().copied();
        rates
            .filter(|at| self.rates[*at].kind == fee.kind)
            .collect()
    }

    /// The rates that apply to dossiers filed so, and the others: one for the way of filing takes
    /// the place of one for every way. Where the way is not told, any may apply.
    fn by_channel(
        &self,
        rates: Vec<usize>,
        channel: Option<FilingChannel>,
    ) -> (Vec<usize>, Vec<usize>) {
        let Some(channel) = channel else {
            return (rates, Vec::new());
        };
        let twin = |at: &usize| {
            let rate = &self.rates[*at];
            rates.iter().any(|other| {
                let other = &self.rates[*other];
                let alike = other.item == rate.item && other.applicant == rate.applicant;
                alike && other.channel == Some(channel)
            })
        };
        let applies = |at: &usize| match self.rates[*at].channel {
            Some(own) => own == channel,
            None => !twin(at),
        };
        rates.iter().partition(|at| applies(at))
    }

    /// Which of the two zeros it is, if any.
    fn zero(&self, mode: Option<CollectionMode>, due: Vec<usize>, others: &[usize]) -> Verdict {
        if due.is_empty() {
            return Verdict::NotInForce;
        }
        let of = |from: &[usize], persons: bool| -> Vec<usize> {
            let is_it = |at: &&usize| {
                let rate = &self.rates[**at];
                rate.is_zero() && rate.applicant.is_empty() != persons
            };
            from.iter().filter(is_it).copied().collect()
        };
        let (zero_rates, exemptions) = (of(&due, false), of(&due, true));
        let elsewhere = of(others, false);
        let payable = |due: Vec<usize>| {
            if elsewhere.is_empty() {
                Verdict::Note(FeeWord::PayableZero, due, Vec::new())
            } else {
                Verdict::Note(FeeWord::OtherChannel, due, elsewhere.clone())
            }
        };
        let is = |word: FeeWord, rates: Vec<usize>| Verdict::Note(word, rates, Vec::new());
        match (mode, zero_rates.is_empty(), exemptions.is_empty()) {
            // where the registry says nothing of the reason, there is one
            (Some(CollectionMode::Exempt), _, false) | (None, true, false) => {
                is(FeeWord::Exempt, exemptions)
            }
            (Some(CollectionMode::Exempt), false, true) => is(FeeWord::WrongZero, zero_rates),
            (_, false, _) => is(FeeWord::ZeroRate, zero_rates),
            (Some(CollectionMode::Zero), true, false) => is(FeeWord::WrongZero, exemptions),
            (_, true, _) => payable(due),
        }
    }

    fn amount(
        &self,
        amount: Vnd,
        day: Day,
        due: Vec<usize>,
        others: &[usize],
        out: &[usize],
    ) -> Verdict {
        let gives = |at: &&usize| self.amounts[**at].allow(amount);
        if due.iter().any(|at| gives(&at)) {
            return Verdict::Confirmed;
        }
        let ended = |at: &&usize| self.rates[**at].valid_from <= day;
        let of = |from: &[usize], which: &dyn Fn(&&usize) -> bool| -> Vec<usize> {
            let found = from.iter().filter(|at| gives(at) && which(at));
            found.copied().collect()
        };
        for (word, used) in [
            (FeeWord::OtherChannel, of(others, &|_| true)),
            (FeeWord::EndedRate, of(out, &ended)),
            (FeeWord::EarlyRate, of(out, &|at| !ended(at))),
        ] {
            if !used.is_empty() {
                return Verdict::Note(word, due, used);
            }
        }
        if due.is_empty() {
            return Verdict::NotInForce;
        }
        Verdict::Note(FeeWord::NoRate, due, Vec::new())
    }
}

/// The national code in a local one: `1.001612` of `1.001612.000.00.00.H48`.
fn national(procedure: &str) -> &str {
    let second = procedure.match_indices('.').nth(1);
    second.map_or(procedure, |(at, _)| &procedure[..at])
}
