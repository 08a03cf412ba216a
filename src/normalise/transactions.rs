//! PURE: `transactions_<source>.csv` -> transactions. Every row is cashless money.

use super::context::{Cutoff, SourceContext, Window};
use super::raw::RawTxn;
use super::registry::{FileAt, make_room};
use super::texts::Texts;
use super::txn::{Pile, TxnRows, sort_by_id};
use crate::domain::{Day, Instrument, Reject, Side, SourceName, Spot, Txn, TxnKind, TxnStatus};
use crate::format::{
    BLOCK, Block, Blocks, Column, Content, FileError, FormatError, Layout, Limits, Line, Row, Table,
};
use crate::source::{ALL, AmountForm, Registration, TimeForm};

/// The columns of `transactions_<source>.csv`.
pub const LAYOUT: Layout = Layout {
    name: "transactions",
    required: &[
        "provider_txn_id",
        "order_ref",
        "memo",
        "amount_vnd",
        "fee_vnd",
        "net_vnd",
        "paid_at",
        "status",
        "kind",
        "payer",
    ],
    optional: &["account", "bank_ref", "business_date", "currency"],
};

/// Stands in for the day of a file until its rows are read.
const NO_DAY: Day = Day::new(chrono::NaiveDate::MIN);

/// What one file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxnFile {
    /// The source that its name tells.
    pub source: SourceName,
    /// Its rows.
    pub rows: TxnRows,
    /// Data rows, rejects included.
    pub lines: u64,
}

/// The source that a file name tells: `transactions_momo.csv` is `momo`. Any other name stands for
/// itself without its ending.
pub fn source_of(file_name: &str) -> SourceName {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let base = base.to_lowercase();
    let stem = base.rsplit_once('.').map_or(&*base, |(stem, _)| stem);
    SourceName::new(stem.strip_prefix("transactions_").unwrap_or(stem))
}

/// The provider that a source's name tells. `portal` is the national portal, whose platform is
/// `dvcqg`.
fn provider_of(source: &SourceName) -> Option<&'static Registration> {
    let word = match source.as_str() {
        "portal" => "dvcqg",
        word => word,
    };
    let mut providers = ALL.iter().copied().filter(|known| known.is_provider());
    providers.find(|known| known.kind == word)
}

/// The means of payment that a source's name tells: that of the provider, else a transfer.
pub fn instrument_of(source: &SourceName) -> Instrument {
    provider_of(source).map_or(Instrument::Transfer, |known| known.defaults.instrument)
}

/// True where a source's name tells a payment gateway: gross amounts, one event an order.
pub fn is_gateway(source: &SourceName) -> bool {
    provider_of(source).is_some_and(|known| known.is_gateway)
}

/// Reads one file. Its rejects count under the file's day: the latest business date of its
/// readable rows, else the day in its name (`2022-12-05` or `20221205`), else `fallback`.
pub fn read(name: &str, bytes: &[u8], fallback: Day) -> Result<TxnFile, FileError> {
    let mut txns = Vec::new();
    let rest = read_rest(name, &bytes, (fallback, None), &mut txns)?;
    sort_by_id(&mut txns);
    Ok(TxnFile {
        source: rest.source,
        rows: TxnRows {
            txns,
            rejects: rest.rejects,
            files: Vec::new(),
        },
        lines: rest.lines,
    })
}

/// What one file holds beside its transactions.
pub(super) struct TxnRest {
    pub(super) source: SourceName,
    pub(super) rejects: Vec<Reject>,
    pub(super) lines: u64,
}

/// The same; the transactions go to the end of `txns`, in the order of the file. Rows dated after
/// `today` by more than a day are refused, where it is told.
pub(super) fn read_rest(
    name: &str,
    content: &impl Content,
    (fallback, today): (Day, Option<Day>),
    txns: &mut Vec<Txn>,
) -> Result<TxnRest, FileError> {
    let mut context = context(name);
    context.window = today.map(|to| Window {
        from: Day::of_ms(0),
        to,
    });
    let file = FileAt {
        name,
        source: &context.name,
        day: NO_DAY,
    };
    let start = txns.len();
    let found = read_blocks(content, &file, &context, txns).map_err(|error| file.fail(error))?;
    let mut rejects = found.pile.finish(txns, start);
    let latest = txns[start..].iter().map(|txn| txn.business_date).max();
    let day = latest.or_else(|| day_in(name)).unwrap_or(fallback);
    for reject in &mut rejects {
        reject.business_date = day;
    }
    Ok(TxnRest {
        source: context.name.clone(),
        rejects,
        lines: found.count,
    })
}

/// What the rows of one block, or of all, are.
#[derive(Default)]
struct Found {
    pile: Pile,
    count: u64,
    unclosed: Option<u64>,
}

/// Reads the blocks of a file side by side; rows with an id go to `named`.
fn read_blocks(
    content: &impl Content,
    file: &FileAt<'_>,
    context: &SourceContext,
    named: &mut Vec<Txn>,
) -> Result<Found, FormatError> {
    let (size, source) = content.open()?;
    let mut blocks = Blocks::new(source, BLOCK, Limits::TEXT);
    let (table, first) = Table::open(&mut blocks, size, &LAYOUT, Limits::TEXT)?;
    let columns = TxnColumns::find(&table);
    let (mut all, first_bytes) = (Found::default(), first.bytes.len());
    let reader = || {
        let (table, columns, mut texts) = (&table, &columns, Texts::default());
        move |block: &Block| read_block(table, columns, &mut texts, block, file, context)
    };
    blocks.each(first, reader, |found| {
        if all.count == 0 {
            make_room(named, found.pile.named(), first_bytes, size);
        }
        all.pile.append(found.pile, named);
        all.count += found.count;
        all.unclosed = all.unclosed.or(found.unclosed);
    })?;
    match all.unclosed {
        Some(line) => Err(FormatError::UnclosedQuote { line }),
        None => Ok(all),
    }
}

fn read_block(
    table: &Table,
    columns: &TxnColumns,
    texts: &mut Texts,
    block: &Block,
    file: &FileAt<'_>,
    context: &SourceContext,
) -> Found {
    let mut pile = Pile::default();
    let mut lines = table.rows(block);
    while let Some(line) = lines.next_line() {
        match line {
            Line::Row(row) => pile.add(&columns.raw(file.name, row), context, texts),
            Line::Spoiled(row) => {
                let refused = file.spoiled(&row, Side::Txn, "provider_txn_id", "amount_vnd");
                pile.refuse(refused);
            }
        }
    }
    texts.end_block();
    Found {
        pile,
        count: lines.count(),
        unclosed: lines.unclosed(),
    }
}

/// What a file name tells of its source. A file carries the accounting day itself, or it is the
/// calendar day.
fn context(name: &str) -> SourceContext {
    let source = source_of(name);
    SourceContext {
        instrument: instrument_of(&source),
        kind: "file".into(),
        cutoff: Cutoff::MIDNIGHT,
        window: None,
        reject_day: NO_DAY,
        is_gateway: is_gateway(&source),
        name: source,
    }
}

/// The first day written in a file name.
fn day_in(name: &str) -> Option<Day> {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let at = |from: usize| {
        let dashed = name
            .get(from..from + 10)
            .and_then(|text| Day::parse(text).ok());
        let compact = name.get(from..from + 8).filter(|text| digits(text));
        let compact =
            compact.and_then(|t| Day::parse(&format!("{}-{}-{}", &t[..4], &t[4..6], &t[6..])).ok());
        dashed.or(compact)
    };
    (0..name.len()).find_map(at)
}

struct TxnColumns {
    id: Column,
    order_ref: Column,
    memo: Column,
    amount: Column,
    fee: Column,
    net: Column,
    paid_at: Column,
    status: Column,
    kind: Column,
    payer: Column,
    account: Column,
    bank_ref: Column,
    business_date: Column,
    currency: Column,
}

impl TxnColumns {
    fn find(table: &Table) -> Self {
        Self {
            id: table.column("provider_txn_id"),
            order_ref: table.column("order_ref"),
            memo: table.column("memo"),
            amount: table.column("amount_vnd"),
            fee: table.column("fee_vnd"),
            net: table.column("net_vnd"),
            paid_at: table.column("paid_at"),
            status: table.column("status"),
            kind: table.column("kind"),
            payer: table.column("payer"),
            account: table.column("account"),
            bank_ref: table.column("bank_ref"),
            business_date: table.column("business_date"),
            currency: table.column("currency"),
        }
    }

    fn raw<'a>(&self, file: &'a str, row: Row<'a>) -> RawTxn<'a> {
        let (status, kind) = (row.get(self.status), row.get(self.kind));
        let told = |status: &TxnStatus| *status != TxnStatus::Unmapped;
        RawTxn {
            file,
            line: row.line,
            spot: Spot::line(row.line),
            id: row.get(self.id),
            order_ref: row.get(self.order_ref),
            memo: row.get(self.memo),
            amount: row.get(self.amount),
            amount_column: self.amount.name,
            amount_form: AmountForm::Digits,
            fee: row.get(self.fee),
            net: row.get(self.net),
            currency: row.get(self.currency),
            time: row.get(self.paid_at),
            time_column: self.paid_at.name,
            time_form: TimeForm::Iso,
            status: TxnStatus::parse(status).filter(told),
            status_text: status,
            kind: TxnKind::parse(kind),
            kind_text: kind,
            payer: row.get(self.payer),
            account: row.get(self.account),
            bank_ref: row.get(self.bank_ref),
            instrument: None,
            business_date: row.get(self.business_date),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_its_source() {
        let check = |name: &str, source: &str, instrument| {
            let told = source_of(name);
            assert_eq!(told.as_str(), source, "{name}");
            assert_eq!(instrument_of(&told), instrument, "{name}");
        };
        check("transactions_momo.csv", "momo", Instrument::Wallet);
        check(
            "a/b/Transactions_ZaloPay.CSV",
            "zalopay",
            Instrument::Wallet,
        );
        check("transactions_portal.csv", "portal", Instrument::Portal);
        check("transactions_vnpay.csv", "vnpay", Instrument::Card);
        check("transactions_payos.csv", "payos", Instrument::Qr);
        check(
            "transactions_settlement.csv",
            "settlement",
            Instrument::Transfer,
        );
        check("transactions_bank.csv", "bank", Instrument::Transfer);
        check("sepay-main.csv", "sepay-main", Instrument::Transfer);
    }

    #[test]
    fn a_day_is_found_in_a_name() {
        let check = |name: &str, day: &str| {
            let found = day_in(name).map(|day| day.to_string());
            assert_eq!(found.unwrap_or_default(), day, "{name}");
        };
        check("transactions_bank.csv", "");
        check("transactions_bank_2022-12-05.csv", "2022-12-05");
        check("bank20221205.csv", "2022-12-05");
        check("bank20221305.csv", "");
        check("sao-kê-2022-12-05.csv", "2022-12-05");
    }
}
