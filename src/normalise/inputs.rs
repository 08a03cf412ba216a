//! PURE: the files of `match` -> what `settle` reads.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;

use super::columns::Columns;
use super::dedupe::dedupe;
use super::ids::{self, Refused};
use super::registry::{FileAt, FileRows, read_file};
use super::transactions::{self, TxnRest};
use crate::domain::{
    Agency, AgencyCode, Completeness, Conflict, Day, Fee, Inputs, Receipt, Reject, RejectCode,
    SourceFacts, SourceName, Txn,
};
use crate::format::{Content, FileError};

/// Name and content of one file.
pub type Named<'a, C> = (&'a str, C);

/// The files of one `match`.
#[derive(Clone, Debug, Default)]
pub struct MatchFiles<'a, C = &'a [u8]> {
    /// `dossier_fees*.csv`.
    pub fees: Named<'a, C>,
    /// `transactions_<source>.csv`.
    pub transactions: Vec<Named<'a, C>>,
    /// `cash_receipts*.csv`.
    pub cash: Option<Named<'a, C>>,
    /// `agencies*.csv`; without it the agencies are those of the fees.
    pub agencies: Option<Named<'a, C>>,
}

/// What they hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchInputs {
    /// For `settle`; every source is complete until the caller says otherwise.
    pub inputs: Inputs,
    /// The columns of the fee file.
    pub columns: Columns,
    /// One entry a file, in the order given: fees, transactions, cash, agencies.
    pub counts: Vec<FileCount>,
}

/// What one file held.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileCount {
    /// File name.
    pub file: Box<str>,
    /// Data rows.
    pub rows: u64,
    /// Rows that could not be read.
    pub rejects: u64,
}

/// The source of the expected side in `match`.
const REGISTRY: &str = "registry";

/// Reads them all, whatever their days: see [`read_match_inputs_on`].
pub fn read_match_inputs<C: Content>(files: &MatchFiles<'_, C>) -> Result<MatchInputs, FileError> {
    read_match_inputs_on(files, None)
}

/// Reads them all; money dated after `today` by more than a day is a reject ("future_row"), as a
/// pulled row is that lies after its window. The error is a file that cannot be read as a whole
/// (exit code 2).
///
/// The business date of a reject is the day of its file: see [`transactions::read`] for
/// transactions; receipts count under the day of the last receipt; fees and agencies, which carry
/// no accounting day, under the last day that any of the money has.
pub fn read_match_inputs_on<C: Content>(
    files: &MatchFiles<'_, C>,
    today: Option<Day>,
) -> Result<MatchInputs, FileError> {
    let mut all = MatchInputs {
        inputs: Inputs::default(),
        columns: Columns::default(),
        counts: Vec::new(),
    };
    let registry = SourceName::new(REGISTRY);
    let (fees, money) = std::thread::scope(|threads| {
        let money = threads.spawn(|| Money::read(files, &registry, today));
        let fees: Result<FileRows<Fee>, FileError> = open(&files.fees, &registry);
        let money = money.join();
        (fees, money.unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let (fees, money) = (fees?, money?);
    all.columns = fees.columns.clone();
    all.count(files.fees.0, fees.lines, fees.rejects.len());
    // fees stand in the order of their dossiers, so an agency's stand together
    let runs = fees.rows.chunk_by(|a, b| a.agency_code == b.agency_code);
    let known = runs.map(|run| &run[0].agency_code).collect();
    all.inputs.agencies = bare_agencies(&known);
    let names = files.transactions.iter().map(|(name, _)| *name);
    let txn_day = all.take_transactions(names, money.files, money.txns, money.conflicts);
    let cash_name = files.cash.as_ref().map(|(name, _)| *name);
    let cash_day = all.take_cash(cash_name, money.cash);
    let day = txn_day.max(cash_day).unwrap_or(FIRST_DAY);
    all.take_registry(fees.rejects, fees.conflicts, day);
    all.inputs.fees = fees.rows;
    if let Some(file) = &files.agencies {
        let agencies: FileRows<Agency> = open(file, &registry)?;
        all.count(file.0, agencies.lines, agencies.rejects.len());
        all.take_registry(agencies.rejects, agencies.conflicts, day);
        all.inputs.agencies = agencies.rows;
    }
    let registry_facts = facts(&registry, false);
    all.inputs.sources.insert(0, registry_facts);
    let inputs = &mut all.inputs;
    inputs
        .rejects
        .sort_by_cached_key(|reject| (reject.key(), reject.clone()));
    inputs.conflicts.sort();
    Ok(all)
}

/// The files of the money side, as they were read.
struct Money {
    /// One row an id.
    txns: Vec<Txn>,
    conflicts: Vec<Conflict>,
    files: Vec<TxnRest>,
    cash: Option<FileRows<Receipt>>,
}

impl Money {
    fn read<C: Content>(
        files: &MatchFiles<'_, C>,
        registry: &SourceName,
        today: Option<Day>,
    ) -> Result<Self, FileError> {
        let (mut txns, days) = (Vec::new(), (FIRST_DAY, today));
        let paid = files.transactions.iter();
        let paid =
            paid.map(|(name, content)| transactions::read_rest(name, content, days, &mut txns));
        let paid = paid.collect::<Result<_, _>>()?;
        let (txns, conflicts) = dedupe(txns);
        let cash = files.cash.as_ref().map(|file| {
            let rows = open(file, registry);
            rows.map(|rows| not_later(rows, file.0, registry, today))
        });
        Ok(Self {
            txns,
            conflicts,
            files: paid,
            cash: cash.transpose()?,
        })
    }
}

/// Receipts dated after `today` by more than a day are refused. One that came with two contents is
/// refused with the larger amount.
fn not_later(
    mut file: FileRows<Receipt>,
    name: &str,
    registry: &SourceName,
    today: Option<Day>,
) -> FileRows<Receipt> {
    let Some(last) = today.map(|today| today.plus(1)) else {
        return file;
    };
    let late = |receipt: &mut Receipt| receipt.collected_at.day() > last;
    for receipt in file.rows.extract_if(.., late) {
        let key = receipt.key();
        let mut amount = receipt.amount;
        for conflict in file.conflicts.extract_if(.., |c| c.key == key) {
            amount = amount.max(conflict.largest);
        }
        file.rejects.push(Reject {
            side: key.side,
            source: registry.clone(),
            id: key.id,
            file: name.into(),
            line: receipt.spot.0.line.into(),
            column: "collected_at".into(),
            value: receipt.collected_at.text().into(),
            code: RejectCode::FutureRow,
            amount: Some(amount),
            business_date: FIRST_DAY,
            spot: receipt.spot,
        });
    }
    file
}

/// For rejects of files that hold no day at all.
const FIRST_DAY: Day = Day::new(match chrono::NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(day) => day,
    None => chrono::NaiveDate::MIN,
});

fn open<T: super::registry::RegistryRow>(
    (name, content): &Named<'_, impl Content>,
    source: &SourceName,
) -> Result<FileRows<T>, FileError> {
    let file = FileAt {
        name,
        source,
        day: FIRST_DAY,
    };
    read_file(content, &file)
}

impl MatchInputs {
    fn count(&mut self, file: &str, rows: u64, rejects: usize) {
        self.counts.push(FileCount {
            file: file.into(),
            rows,
            rejects: u64::try_from(rejects).unwrap_or(u64::MAX),
        });
    }

    /// Rejects and conflicts of a file without an accounting day of its own.
    fn take_registry(&mut self, rejects: Vec<Reject>, conflicts: Vec<Conflict>, day: Day) {
        let dated = |mut reject: Reject| {
            reject.business_date = day;
            reject
        };
        self.inputs.rejects.extend(rejects.into_iter().map(dated));
        let conflicts = conflicts.into_iter().map(|mut conflict| {
            conflict.business_date = day;
            conflict
        });
        self.inputs.conflicts.extend(conflicts);
    }

    /// Takes the transactions; two files of one source are two deliveries of it. Gives the last
    /// day.
    fn take_transactions<'a>(
        &mut self,
        names: impl Iterator<Item = &'a str>,
        files: Vec<TxnRest>,
        txns: Vec<Txn>,
        conflicts: Vec<Conflict>,
    ) -> Option<Day> {
        let mut rejects: BTreeMap<SourceName, Vec<Reject>> = BTreeMap::new();
        for (name, file) in names.zip(files) {
            self.count(name, file.lines, file.rejects.len());
            let of_source = rejects.entry(file.source).or_default();
            of_source.extend(file.rejects);
        }
        let day = txns.iter().map(|txn| txn.business_date).max();
        for (source, mut rejects) in rejects {
            for reject in &mut rejects {
                if reject.business_date == FIRST_DAY {
                    reject.business_date = day.unwrap_or(FIRST_DAY);
                }
            }
            self.inputs
                .rejects
                .extend(tell_apart(rejects, &source, &txns));
            self.inputs.sources.push(facts(&source, true));
        }
        self.inputs.txns = txns;
        self.inputs.conflicts.extend(conflicts);
        day
    }

    /// Takes the receipts; gives the last day.
    fn take_cash(
        &mut self,
        name: Option<&str>,
        receipts: Option<FileRows<Receipt>>,
    ) -> Option<Day> {
        let (Some(name), Some(receipts)) = (name, receipts) else {
            return None;
        };
        self.count(name, receipts.lines, receipts.rejects.len());
        let day = receipts.rows.iter().map(|r| r.collected_at.day()).max();
        let date = day.unwrap_or(FIRST_DAY);
        self.take_registry(receipts.rejects, receipts.conflicts, date);
        self.inputs.receipts = receipts.rows;
        day
    }
}

/// Refused rows of one source from several files: the same row is one, and no id stands for two.
fn tell_apart(rejects: Vec<Reject>, source: &SourceName, txns: &[Txn]) -> Vec<Reject> {
    if rejects.is_empty() {
        return rejects;
    }
    let of_source = txns.iter().filter(|txn| txn.source == *source);
    let taken: BTreeSet<&str> = of_source.map(|txn| &*txn.id).collect();
    let refused = rejects.into_iter().map(|reject| {
        let amount = reject
            .amount
            .map_or_else(String::new, |amount| amount.to_string());
        let parts = [&*reject.column, &*reject.value, reject.code.id(), &*amount];
        Refused {
            named: true,
            content: ids::content_id(&parts),
            reject,
        }
    });
    ids::settle_refused(refused.collect(), |id| taken.contains(id))
}

/// Files are all there is: complete, and nothing more will come.
fn facts(name: &SourceName, carries_money: bool) -> SourceFacts {
    SourceFacts {
        name: name.clone(),
        kind: "file".into(),
        carries_money,
        required: true,
        state: Completeness::Complete,
        missing_days: Vec::new(),
        missing_orders: 0,
        deadline_passed: true,
        control: None,
        trouble: None,
        unrun: Vec::new(),
    }
}

/// Agencies known only from their fees: always valid, named by their code.
fn bare_agencies(codes: &BTreeSet<&AgencyCode>) -> Vec<Agency> {
    let bare = |code: &&AgencyCode| Agency {
        code: (*code).clone(),
        valid_from: FIRST_DAY,
        valid_to: None,
        name: code.as_str().into(),
        level: "".into(),
        parent_code: None,
        successor_code: None,
        kind: "".into(),
    };
    codes.iter().map(bare).collect()
}
