//! The fee table (biểu mức thu): which rate applied on the day a dossier was received. It is data
//! with validity and legal basis, as agencies are: rates, exemptions and zero rates change by
//! resolution, not by release. What the registry says is due stays due; the table explains it.

use serde::{Deserialize, Serialize};

use super::day::Day;
use super::fee::{FeeKind, FilingChannel, words};
use super::reject::Reject;
use super::vnd::Vnd;
use super::{AgencyCode, CollectionMode, DossierCode, FeeId};

words!(
    /// What a rate is multiplied by; the number itself is told by nobody.
    RateUnit {
        /// Once a fee line.
        Case = "case",
        /// A copy, a signature, any unit of which a line has a whole number.
        Copy = "copy",
        /// A page of a copy: with a second rate from some page on and a maximum a copy, and any
        /// number of copies (Circular 226/2016/TT-BTC, certified copies).
        Page = "page",
    }
);

/// One rate during one period.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FeeRate {
    /// The procedure: its national code, which stands for local codes that begin with it. None: a
    /// rate of the whole field.
    pub procedure: Option<Box<str>>,
    /// The field (lĩnh vực), where no procedure is named.
    pub field: Option<Box<str>>,
    /// Phí or lệ phí.
    pub kind: FeeKind,
    /// What it is for; tells apart several rates of one procedure.
    pub item: Box<str>,
    /// How the dossier was filed; none: however.
    pub channel: Option<FilingChannel>,
    /// The class of persons that it is for (trẻ em, hộ nghèo); empty: everybody.
    pub applicant: Box<str>,
    /// First day of validity: dossiers received from then on.
    pub valid_from: Day,
    /// Last day of validity; none while it is valid.
    pub valid_to: Option<Day>,
    /// Dong a unit.
    pub rate: Vnd,
    /// What it is multiplied by.
    pub unit: RateUnit,
    /// Pages of a copy at `rate`, where later ones cost `next_rate`.
    pub first_pages: Option<u32>,
    /// Dong a page after `first_pages`.
    pub next_rate: Option<Vnd>,
    /// At most so much a copy.
    pub most: Option<Vnd>,
    /// Ten-thousandths of it that are collected: 10,000, or less by a reduction; 0 is a zero rate
    /// or an exemption.
    pub part: u32,
    /// Where it is laid down.
    pub legal_basis: Box<str>,
}

/// The whole of a rate, in ten-thousandths.
pub const WHOLE: u32 = 10_000;

impl FeeRate {
    /// True when nothing is collected: an exemption, or a zero rate.
    pub fn is_zero(&self) -> bool {
        self.rate.is_zero() || self.part == 0
    }

    /// True when it applied to dossiers received on the day.
    pub fn holds(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day <= to)
    }
}

/// All rates, and what of the file could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeTable {
    /// The rates, in the order of their fields.
    pub rates: Vec<FeeRate>,
    /// Procedures with a line that could not be read: nothing is said of their fees.
    pub unread: Vec<Box<str>>,
    /// The lines that could not be read, for those who mend the file.
    #[serde(skip)]
    pub problems: Vec<Reject>,
    /// The digest of the table that a past run was told with, where its rates are not at hand any
    /// more: nothing is said by it, and nothing of that run is written as if there had been none.
    #[serde(skip)]
    pub lost: Option<Box<str>>,
}

/// A night knows rates that begin within so many days: a rate may be used before its time.
const AHEAD_DAYS: u32 = 31;

impl FeeTable {
    /// True when there is no table.
    pub fn is_empty(&self) -> bool {
        self.rates.is_empty() && self.unread.is_empty()
    }

    /// The table as a night knows it: what begins or ends more than a month later is left out, so
    /// that next year's rates do not make last year's nights anew.
    #[must_use]
    pub fn as_of(&self, night: Day) -> Self {
        let horizon = night.plus(AHEAD_DAYS);
        let begun = self.rates.iter().filter(|rate| rate.valid_from <= horizon);
        let known = |rate: &FeeRate| FeeRate {
            valid_to: rate.valid_to.filter(|to| *to < horizon),
            ..rate.clone()
        };
        Self {
            rates: begun.map(known).collect(),
            unread: self.unread.clone(),
            problems: Vec::new(),
            lost: self.lost.clone(),
        }
    }
}

words!(
    /// What the table says of a fee line that it does not simply confirm.
    FeeWord {
        /// Due is nothing, by an exemption of persons.
        Exempt = "exempt",
        /// Due is nothing, by a zero rate.
        ZeroRate = "zero_rate",
        /// Nothing is asked for, and the table asks for something.
        PayableZero = "payable_zero",
        /// Nothing is asked for, by the other of the two zeros than the registry says.
        WrongZero = "wrong_zero",
        /// The amount is that of a rate for another way of filing.
        OtherChannel = "other_channel",
        /// The amount is that of a rate that had ended.
        EndedRate = "ended_rate",
        /// The amount is that of a rate that had not begun.
        EarlyRate = "early_rate",
        /// No rate gives the amount.
        NoRate = "no_rate",
    }
);

impl FeeWord {
    /// True for what finance has to look at; false for a zero that the table explains.
    pub fn is_finding(self) -> bool {
        !matches!(self, Self::Exempt | Self::ZeroRate)
    }
}

/// What the table says of one fee line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeeNote {
    /// What it says.
    pub word: FeeWord,
    /// The dossier.
    pub dossier_code: DossierCode,
    /// The line in it.
    pub fee_id: FeeId,
    /// The agency that collects.
    pub agency_code: AgencyCode,
    /// The procedure.
    pub procedure_code: Box<str>,
    /// Phí or lệ phí.
    pub kind: FeeKind,
    /// How the dossier was filed, where it is told.
    pub channel: Option<FilingChannel>,
    /// When the registry collects, or why it does not.
    pub mode: Option<CollectionMode>,
    /// What the registry says is due: it stays due.
    pub amount: Vnd,
    /// The day the dossier was received.
    pub received_on: Day,
    /// The last day that the registry tells of it: that of receipt, or of payment.
    pub last_on: Day,
    /// The rates that apply: positions in [`FeeChecks::rates`].
    pub due: Vec<usize>,
    /// The rates that would give the amount and do not apply.
    pub used: Vec<usize>,
}

/// Fee lines of which the table says nothing, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unjudged {
    /// The procedure, or its kind of fee, is not in the table.
    pub unlisted: u64,
    /// Nothing of the procedure was in force on the day.
    pub not_in_force: u64,
    /// A line of the procedure in the table cannot be read.
    pub unread: u64,
    /// No day of receipt is told.
    pub undated: u64,
}

/// What the table says of many fee lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FeeChecks {
    /// The rates that notes name by position.
    pub rates: Vec<FeeRate>,
    /// Findings and explained zeros, by dossier and line.
    pub notes: Vec<FeeNote>,
    /// Lines that a rate in force gives.
    pub confirmed: u64,
    /// Lines of which it says nothing.
    pub unjudged: Unjudged,
}

impl FeeChecks {
    /// What finance has to look at.
    pub fn findings(&self) -> impl Iterator<Item = &FeeNote> {
        self.notes.iter().filter(|note| note.word.is_finding())
    }

    /// With what was judged of other lines, by another table.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let mut places = Vec::new();
        for rate in other.rates {
            let known = self.rates.iter().position(|known| *known == rate);
            places.push(known.unwrap_or(self.rates.len()));
            if known.is_none() {
                self.rates.push(rate);
            }
        }
        let moved = |at: &usize| places.get(*at).copied();
        self.notes
            .extend(other.notes.into_iter().map(|note| FeeNote {
                due: note.due.iter().filter_map(moved).collect(),
                used: note.used.iter().filter_map(moved).collect(),
                ..note
            }));
        let line = |note: &FeeNote| (note.dossier_code.clone(), note.fee_id.clone());
        self.notes.sort_by_cached_key(line);
        self.confirmed += other.confirmed;
        let (all, more) = (&mut self.unjudged, other.unjudged);
        all.unlisted += more.unlisted;
        all.not_in_force += more.not_in_force;
        all.unread += more.unread;
        all.undated += more.undated;
        self
    }
}
