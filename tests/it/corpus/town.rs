//! The town: what stories are told with. It names dossiers, writes rows with their truth, and
//! counts what really happened for the shares.

use std::collections::BTreeMap;

use super::clock::{self, DAY};
use super::dice::Dice;
use super::files::Files;
use super::people::{self, Agency, Person};
use super::rows::{FeeRow, Label, ReceiptRow, TxnRow};

/// One fee line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) amount: i64,
}

/// One dossier before its rows are written.
#[derive(Clone, Debug)]
pub(crate) struct Dossier {
    pub(crate) code: String,
    pub(crate) agency: usize,
    pub(crate) payer: Person,
    pub(crate) lines: Vec<Line>,
    pub(crate) received: i64,
    pub(crate) procedure: String,
}

impl Dossier {
    /// Everything due.
    pub(crate) fn total(&self) -> i64 {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// What an agency really has: numerators and denominators of TX, AMOUNT and DOSSIER.
type Counts = [(i128, i128); 3];

/// The definitions, in the order of the counts.
pub(crate) const DEFINITIONS: [&str; 3] = ["TX_CASHLESS", "AMOUNT_CASHLESS", "DOSSIER_CASHLESS"];

/// A gateway's day: payments and their net sum, less refunds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Session {
    pub(crate) payments: i64,
    pub(crate) net: i64,
}

/// The generator's state: bounded, whatever the size of the corpus.
pub(crate) struct Town {
    pub(crate) dice: Dice,
    pub(crate) day: i64,
    pub(crate) agencies: Vec<Agency>,
    /// Agencies that take part in stories of one dossier.
    pub(crate) ordinary: usize,
    pub(crate) files: Files,
    /// Sessions of gateways by day, until their batch lines are written.
    pub(crate) sessions: BTreeMap<(i64, &'static str), Session>,
    /// Decisions for the caller: (source, id, amount then, parts; none means "not a fee").
    pub(crate) decisions: Vec<super::Decided>,
    pub(crate) fees: u64,
    pub(crate) txns: u64,
    next: u64,
    sequences: Vec<u32>,
    counts: BTreeMap<String, Counts>,
}

impl Town {
    /// An empty town.
    pub(crate) fn new(seed: u64, ordinary: u32, deposits: u32, files: Files) -> Self {
        let agencies = people::agencies(ordinary, deposits);
        Self {
            dice: Dice::of_day(seed, 0),
            day: 0,
            ordinary: usize::try_from(ordinary).unwrap_or(1),
            sequences: vec![0; agencies.len()],
            agencies,
            files,
            sessions: BTreeMap::new(),
            decisions: Vec::new(),
            fees: 0,
            txns: 0,
            next: 0,
            counts: BTreeMap::new(),
        }
    }

    /// Begins a day.
    pub(crate) fn begin(&mut self, seed: u64, day: i64) {
        self.dice = Dice::of_day(seed, day);
        self.day = day;
        self.sequences.fill(0);
    }

    /// The next id of a kind.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.next += 1;
        format!("{prefix}{:09}", self.next)
    }

    /// A moment of office hours, so many days from today.
    pub(crate) fn moment(&mut self, days: i64) -> i64 {
        (self.day + days) * DAY + self.dice.between(7 * 3600, 17 * 3600)
    }

    /// An ordinary agency with room for one more dossier today.
    pub(crate) fn agency(&mut self) -> usize {
        let first = self.dice.index(self.ordinary);
        let all = (0..self.ordinary).map(|step| (first + step) % self.ordinary);
        let mut free = all.filter(|a| self.sequences[*a] + 12 < self.agencies[*a].most);
        free.next().unwrap_or(first)
    }

    /// The code of the agency's next dossier.
    pub(crate) fn code(&mut self, agency: usize) -> String {
        let nth = self.sequences[agency];
        self.sequences[agency] += 1;
        let agency = &self.agencies[agency];
        let date = clock::form(self.day * DAY, "%y%m%d");
        format!(
            "{}-{date}-{}{:04}",
            agency.code,
            agency.lead,
            agency.base + nth
        )
    }

    /// A dossier of an agency and payer, with these lines.
    pub(crate) fn dossier(
        &mut self,
        agency: usize,
        payer: Person,
        lines: &[(&'static str, i64)],
    ) -> Dossier {
        let code = self.code(agency);
        self.next += 1;
        let stem = format!("{:09}", self.next);
        let line = |(n, (kind, amount)): (usize, &(&'static str, i64))| Line {
            id: format!("F{stem}{n}"),
            kind,
            amount: *amount,
        };
        let received = self.moment(0);
        Dossier {
            code,
            agency,
            payer,
            lines: lines.iter().enumerate().map(line).collect(),
            received,
            procedure: format!("1.{:06}", 1000 + self.dice.between(0, 400)),
        }
    }

    /// A dossier like any other.
    pub(crate) fn any_dossier(&mut self) -> Dossier {
        let agency = self.agency();
        let payer = people::person(&mut self.dice);
        let lines = tariff(&mut self.dice);
        self.dossier(agency, payer, &lines)
    }

    /// Writes a fee line with its truth.
    pub(crate) fn fee(&mut self, dossier: &Dossier, n: usize, row: &FeeRow, label: &Label) {
        self.fees += 1;
        let agency = self.agencies[dossier.agency].code.clone();
        row.write(&mut self.files, dossier, &dossier.lines[n], &agency);
        label.write(
            &mut self.files,
            "fee",
            "",
            &dossier.lines[n].id,
            &dossier.code,
        );
    }

    /// Writes a transaction with its truth; gives its id.
    pub(crate) fn txn(&mut self, mut row: TxnRow, label: &Label) -> String {
        if row.id.is_empty() {
            row.id = self.id(super::rows::prefix(row.source));
        }
        self.txns += 1;
        if row.reference.is_some() && row.status == "success" {
            let key = (clock::number(row.at), row.source);
            let session = self.sessions.entry(key).or_default();
            if row.kind == "payment" {
                session.payments += 1;
                session.net += row.amount - row.fee;
            } else {
                session.net -= row.amount - row.fee;
            }
        }
        row.write(&mut self.files, self.dice.between(0, 3));
        label.write(&mut self.files, "txn", row.source, &row.id, &label.dossiers);
        row.id
    }

    /// Writes a receipt with its truth; gives its id.
    pub(crate) fn receipt(&mut self, dossier: &Dossier, row: &ReceiptRow, label: &Label) -> String {
        let id = self.id("PT");
        let agency = self.agencies[dossier.agency].code.clone();
        row.write(&mut self.files, dossier, &id, &agency);
        label.write(&mut self.files, "receipt", "cash", &id, &dossier.code);
        id
    }

    fn count(&mut self, agencies: &[usize], definition: usize, cashless: i64, all: i64) {
        let mut codes: Vec<String> = agencies
            .iter()
            .map(|a| self.agencies[*a].code.clone())
            .collect();
        codes.sort();
        codes.dedup();
        codes.push(String::new());
        for code in codes {
            let pair = &mut self.counts.entry(code).or_default()[definition];
            pair.0 += i128::from(cashless);
            pair.1 += i128::from(all);
        }
    }

    /// A payment event happened.
    pub(crate) fn event(&mut self, agencies: &[usize], cashless: bool) {
        self.count(agencies, 0, i64::from(cashless), 1);
    }

    /// So much of what an agency is owed was paid and kept.
    pub(crate) fn kept(&mut self, agency: usize, cashless: bool, amount: i64) {
        let without_cash = if cashless { amount } else { 0 };
        self.count(&[agency], 1, without_cash, amount);
    }

    /// A dossier was paid in full.
    pub(crate) fn full(&mut self, agency: usize, cashless: bool) {
        self.count(&[agency], 2, i64::from(cashless), 1);
    }

    /// Writes what is known at the end: agencies and the true shares.
    pub(crate) fn finish(mut self) -> (Files, Vec<super::Decided>) {
        let header = ["agency_code", "definition", "numerator", "denominator"];
        for (code, counts) in &self.counts {
            for (definition, (numerator, denominator)) in DEFINITIONS.iter().zip(counts) {
                let (n, d) = (numerator.to_string(), denominator.to_string());
                self.files
                    .row("truth_share.csv", &header, &[code, definition, &n, &d]);
            }
        }
        let header = [
            "code",
            "valid_from",
            "valid_to",
            "name",
            "level",
            "parent_code",
            "successor_code",
            "kind",
        ];
        for agency in &self.agencies {
            let (year, month, day) = super::lately::MERGED;
            let merged = clock::of(year, month, day);
            let begin = if agency.is_new {
                merged
            } else {
                clock::of(2020, 1, 1)
            };
            let end = agency.successor.map(|_| clock::day((merged - 1) * DAY));
            let row = [
                agency.code.as_str(),
                &clock::day(begin * DAY),
                &end.unwrap_or_default(),
                &agency.name,
                "commune",
                "",
                agency.successor.unwrap_or_default(),
                "committee",
            ];
            self.files.row("agencies.csv", &header, &row);
            if let Some(account) = &agency.account {
                let header = ["account", "agency_code"];
                self.files
                    .row("collection_accounts.csv", &header, &[account, &agency.code]);
            }
        }
        (self.files, self.decisions)
    }
}

/// Fee lines as procedures have them: most dossiers have one, amounts repeat all day.
pub(crate) fn tariff(dice: &mut Dice) -> Vec<(&'static str, i64)> {
    match dice.between(0, 9) {
        0..=2 => {
            let (pages, copies) = (dice.between(1, 14), dice.between(1, 6));
            let one = if pages <= 2 {
                2_000 * pages
            } else {
                4_000 + 1_000 * (pages - 2)
            };
            vec![("phi", one * copies)]
        }
        3 => vec![("phi", 10_000 * dice.between(1, 3))],
        4 => vec![("le_phi", 8_000 * dice.between(1, 3))],
        5 => vec![("le_phi", 100_000)],
        6 => vec![("le_phi", dice.pick(&[50_000, 75_000]))],
        7 => vec![
            ("phi", dice.pick(&[50_000, 30_000, 25_000])),
            ("phi", 2_000 * dice.between(1, 9)),
        ],
        8 => vec![("phi", 3_000 * dice.between(2, 9)), ("le_phi", 100_000)],
        _ => {
            let phi = dice.pick(&[120_000, 150_000, 200_000, 300_000, 350_000, 500_000]);
            let mut lines = vec![
                ("phi", phi),
                ("le_phi", dice.pick(&[10_000, 20_000, 50_000])),
            ];
            if dice.chance(200) {
                lines.push(("le_phi", 30_000));
            }
            lines
        }
    }
}
