//! Why rows were linked or were not, as values with their own Vietnamese and English sentences.

mod doubt;
mod en;
mod nearest;
pub(super) mod state;
mod vi;

pub use nearest::{Nearest, Test};

use serde::{Deserialize, Serialize};

use crate::domain::lang::{Word, read_word};
use crate::domain::vnd::grouped;
use crate::domain::{Day, DossierCode, Lang, RejectCode, Vnd};

/// One reason. Rendered only where a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The order reference is the dossier code, or an order of it.
    OrderRef(DossierCode),
    /// The memo is nothing but the dossier code.
    MemoIsCode(DossierCode),
    /// The code was read out of the memo.
    MemoHolds(DossierCode),
    /// A receipt names its fee line.
    ReceiptNames(DossierCode),
    /// The amount equals what one line, or several together, had due.
    AmountFits(Vnd),
    /// The amount differs: (due, paid).
    AmountDiffers(Vnd, Vnd),
    /// The payer is the person expected.
    PayerAgrees,
    /// The payer is somebody else.
    PayerDiffers,
    /// Paid on a day after the due day: (due, paid).
    PaidAfterDue(Day, Day),
    /// The native id of another row stands in it.
    NamesTransaction(Box<str>),
    /// It undoes or returns this row.
    Undoes(Box<str>),
    /// It repeats what this row already paid.
    Repeats(Box<str>),
    /// This row paid it again.
    PaidAgainBy(Box<str>),
    /// This row sent its money back.
    ReturnedBy(Box<str>),
    /// A repeat went back: (by this row, on this day, what is left of it in dong).
    RepeatBack(Box<str>, Day, Vnd),
    /// What went back only repeated what this row had paid.
    OfRepeat(Box<str>),
    /// What was beyond the due went back: (by this row, on this day, what is left of it in dong).
    SurplusBack(Box<str>, Day, Vnd),
    /// What went back was beyond the due of what this row paid; the rest of it, in dong, was not.
    OfSurplus(Box<str>, Vnd),
    /// All of it went back, and the registry says so too: nobody has to do anything.
    RefundAgreed,
    /// Same account and bank reference, or same code, amount and time, as this row.
    SameAs(Box<str>),
    /// The net sum of a gateway's day: (source, day, sum).
    BatchOf(Box<str>, Day, Vnd),
    /// The net sum of several days of a gateway, one behind the other: (source, each day with its
    /// sum, sum of all).
    BatchOfDays(Box<str>, Box<[(Day, Vnd)]>, Vnd),
    /// The sum of an agency's receipts of a day: (agency, day, sum).
    DepositOf(Box<str>, Day, Vnd),
    /// The sum of an agency's receipts of several days, one behind the other: (agency, each day
    /// with its sum, sum of all).
    DepositOfDays(Box<str>, Box<[(Day, Vnd)]>, Vnd),
    /// As much as a gateway's days from the first to the last, and not taken for them: (source,
    /// first day, last day, why not).
    MayBeBatch(
        Box<str>,
        Day,
        Day,
        #[serde(deserialize_with = "read_word")] Word,
    ),
    /// As much as the receipts of an agency and day, and not taken for them: (agency, day, why
    /// not).
    MayBeDeposit(Box<str>, Day, #[serde(deserialize_with = "read_word")] Word),
    /// Several dossiers in one payment, the sum exact.
    SumOverDossiers(u32, Vnd),
    /// Instalments: (number, sum so far, due).
    Instalments(u32, Vnd, Vnd),
    /// The shortfall equals the provider's fee: (fee).
    NetOfFee(Vnd),
    /// Declared and real means differ: (declared word, real word).
    Declared(
        #[serde(deserialize_with = "read_word")] Word,
        #[serde(deserialize_with = "read_word")] Word,
    ),
    /// The registry's status word.
    RegistrySays(#[serde(deserialize_with = "read_word")] Word),
    /// The provider's status word.
    ProviderSays(#[serde(deserialize_with = "read_word")] Word),
    /// The registry's day and the accounting day differ.
    DaysDiffer(Day, Day),
    /// The row is over 0 dong.
    MovesNothing,
    /// No money names this fee.
    NoMoney,
    /// This payment names the dossier and does not count for this fee.
    NamedInVain(Box<str>),
    /// More goes back than is left of what was paid: (left, back).
    BackBeyond(Vnd, Vnd),
    /// It goes back before the payment came: (payment, its day, day of the return).
    BackBefore(Box<str>, Day, Day),
    /// The payment went back already, by this row.
    BackAgain(Box<str>),
    /// No payment of exactly this amount had come that could be undone.
    NothingToUndo(Vnd),
    /// No valid receipt names this fee.
    NoReceipt,
    /// The text names no dossier.
    NoCode,
    /// The text holds a well-formed code that does not exist.
    UnknownCode(Box<str>),
    /// The code belongs to another province.
    OtherProvince(Box<str>),
    /// The text names several dossiers.
    SeveralCodes(Vec<DossierCode>),
    /// A repaired reading: (as written, repaired, the edit).
    OneEdit(
        Box<str>,
        DossierCode,
        #[serde(deserialize_with = "read_word")] Word,
    ),
    /// Another open dossier within one edit has this amount and payer.
    Rival(DossierCode),
    /// The same where the payer of the transaction or of the dossier is not told.
    RivalOfAmount(DossierCode),
    /// The source is not yet due.
    WaitingFor(Box<str>),
    /// Different content under one id.
    Versions(Vec<Box<str>>),
    /// Money going out that names no dossier.
    OutgoingUnnamed,
    /// Where an unreadable row stands and why it is: (file, line, column, value, why). The reason
    /// and the advice for people stand in `text::reject`.
    At(Box<str>, u64, Box<str>, Box<str>, RejectCode),
    /// Another class that would have applied too.
    Also(#[serde(deserialize_with = "read_word")] Word),
    /// Decided by a person: (who, why).
    DecidedBy(Box<str>, Box<str>),
    /// A decision whose row or lines changed: (who, why).
    StaleDecision(Box<str>, Box<str>),
    /// What the line was when it was decided upon: (line, due then, due now).
    FeeBecame(Box<str>, Vnd, Vnd),
    /// The line was cancelled since, or is not any more: (line, cancelled now).
    FeeCancelled(Box<str>, bool),
    /// A receipt names a line that is not there.
    NoSuchLine(Box<str>),
    /// Older than go-live: an opening item.
    BeforeStart(Day),
    /// Collected by another agency's account: (account's agency, fee's agency).
    AccountOf(Box<str>, Box<str>),
    /// The account belongs to the dossier's agency: (agency).
    AccountIs(Box<str>),
    /// A dedicated collection account without an agency of its own.
    FeeAccount,
    /// The memo names the agency: (agency).
    AgencyNamed(Box<str>),
    /// The memo holds date and sequence of the code, without the agency.
    HoldsTail(DossierCode),
    /// The registry recorded a payment on this day.
    RecordedOn(Day),
    /// Paired by what speaks for it: (score, distance to the best other pairing).
    Assigned(u16, u16),
    /// Not far enough ahead of the best other pairing: (score, distance, distance needed).
    TooClose(u16, u16, u16),
    /// Too many payments and dossiers hang together to be told apart: (payments, dossiers).
    TooMany(u32, u32),
    /// Of a certified set: (agency, day, payments, amount of each).
    InSet(Box<str>, Day, u32, Vnd),
    /// Equals a sum of open dossiers of this payer: (dossiers in any of them, number of sums).
    SubsetSum(u32, u32),
    /// So many open dossiers of this payer that sums were not looked for.
    SearchCapped(u32),
    /// Together with others of the payer (n in all, in so many ways) it is what a dossier lacks.
    Together(u32, u32),
    /// The payer has so many payments without a code, more than are added up.
    TogetherCapped(u32),
    /// The provider's word for a state that nobody has explained, and the dossier it speaks of.
    UnknownState(Box<str>, Option<DossierCode>),
    /// A state of VNPAY that is neither paid nor an end, of which it is documented what it means:
    /// its code, and the dossier it speaks of.
    VnpayState(Box<str>, Option<DossierCode>),
}

/// An amount for people: `50.000 đồng`, `50,000 dong`.
pub fn dong(amount: Vnd, lang: Lang) -> String {
    let groups = grouped(amount.wide());
    match lang {
        Lang::Vi => format!("{groups} đồng"),
        Lang::En => format!("{} dong", groups.replace('.', ",")),
    }
}

/// A day for people.
fn date(day: Day, lang: Lang) -> String {
    match lang {
        Lang::Vi => day.vi(),
        Lang::En => day.to_string(),
    }
}

impl Evidence {
    /// The gateway and its days that a line hands on, in order, each with what of the line is of
    /// it; none where it tells of no such line.
    pub fn paid_out(&self) -> Option<(&str, Vec<(Day, Vnd)>)> {
        match self {
            Self::BatchOf(source, day, sum) => Some((source, vec![(*day, *sum)])),
            Self::BatchOfDays(source, days, _) => Some((source, days.to_vec())),
            _ => None,
        }
    }

    /// True where a line equals a sum of the day without being taken for it: nobody can say whether
    /// a citizen paid it. As much as one receipt alone are many payments.
    pub fn is_doubtful_sum(&self) -> bool {
        match self {
            Self::MayBeBatch(..) => true,
            Self::MayBeDeposit(_, _, why) => *why != "one",
            _ => false,
        }
    }

    /// The id of the other row that it tells of.
    pub fn names(&self) -> Option<&str> {
        match self {
            Self::Undoes(id)
            | Self::Repeats(id)
            | Self::PaidAgainBy(id)
            | Self::ReturnedBy(id)
            | Self::RepeatBack(id, ..)
            | Self::OfRepeat(id)
            | Self::SurplusBack(id, ..)
            | Self::OfSurplus(id, _)
            | Self::NamedInVain(id)
            | Self::BackBefore(id, ..)
            | Self::BackAgain(id)
            | Self::SameAs(id) => Some(id),
            _ => None,
        }
    }

    /// Of an unreadable row: file, line (the first is 1) and column.
    pub fn place(&self) -> Option<(&str, u64, &str)> {
        match self {
            Self::At(file, line, column, ..) => Some((file, *line, column)),
            _ => None,
        }
    }

    /// The same, with the other row called by what `call` knows it by.
    #[must_use]
    pub fn called(&self, call: impl FnOnce(&str) -> Option<String>) -> Self {
        let mut own = self.clone();
        if let Self::Undoes(id)
        | Self::Repeats(id)
        | Self::PaidAgainBy(id)
        | Self::ReturnedBy(id)
        | Self::RepeatBack(id, ..)
        | Self::OfRepeat(id)
        | Self::SurplusBack(id, ..)
        | Self::OfSurplus(id, _)
        | Self::NamedInVain(id)
        | Self::BackBefore(id, ..)
        | Self::BackAgain(id)
        | Self::SameAs(id) = &mut own
            && let Some(known) = call(id)
        {
            *id = known.into();
        }
        own
    }

    /// The sentence, in `lang`.
    pub fn say(&self, lang: Lang) -> String {
        match lang {
            Lang::Vi => self.vi(),
            Lang::En => self.en(),
        }
    }
}

/// The name of an edit: `digit`, `swap`, `letter`, `drop`, `cut`, `two`.
fn edit_name(edit: &str, lang: Lang) -> &'static str {
    let (vi, en) = match edit {
        "digit" => ("sai một chữ số", "one digit wrong"),
        "swap" => ("đảo hai ký tự liền nhau", "two neighbours swapped"),
        "letter" => ("nhầm O/0 hoặc I/1", "O/0 or I/1"),
        "drop" => ("thiếu hoặc thừa một chữ số", "one digit dropped or added"),
        "cut" => ("mã bị cắt cuối", "cut at the end"),
        _ => ("khác hai ký tự", "two edits"),
    };
    if lang == Lang::Vi { vi } else { en }
}

/// From the first of several days to the last.
fn span(days: &[(Day, Vnd)], lang: Lang) -> String {
    let (first, last) = (days.first(), days.last());
    let [first, last] = [first, last].map(|end| end.map_or_else(String::new, |e| date(e.0, lang)));
    match lang {
        Lang::Vi => format!("từ ngày {first} đến ngày {last}"),
        Lang::En => format!("from {first} to {last}"),
    }
}

/// Each of several days with its sum.
fn parts(days: &[(Day, Vnd)], lang: Lang) -> String {
    let part = |(day, sum): &(Day, Vnd)| format!("{}: {}", date(*day, lang), dong(*sum, lang));
    days.iter().map(part).collect::<Vec<_>>().join("; ")
}

fn join(codes: &[DossierCode]) -> String {
    codes
        .iter()
        .map(DossierCode::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
