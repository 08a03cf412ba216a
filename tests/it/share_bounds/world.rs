//! Small random worlds over a few days, known to the program as rows and to the enumerator as what
//! they are.

use doisoat::domain::fee::FeeMore;
use doisoat::domain::{
    Completeness, DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs, Instrument,
    Moment, Receipt, ReceiptStatus, Reject, RejectCode, Side, SourceFacts, SourceName, Txn,
    TxnKind, TxnStatus, Vnd,
};

use crate::rows::day;

/// Days of the worlds, counted from 0.
pub(super) const DAYS: u32 = 5;
/// The same, to count with.
pub(super) const DAY_COUNT: usize = 5;
pub(super) const PHI: i64 = 50_000;
pub(super) const LE_PHI: i64 = 8_000;

/// Numbers from a seed: the same everywhere.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) % u64::from(n)).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(u32::try_from(all.len()).unwrap())).unwrap()]
    }
}

/// Money seen and linked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paid {
    pub(super) day: u32,
    pub(super) minute: i64,
    pub(super) amount: i64,
    pub(super) cash: bool,
    /// A person put it to what was open then, in this turn among such payments.
    pub(super) by_hand: Option<i64>,
}

/// A line that the registry calls paid and whose money nobody has seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unseen {
    pub(super) amount: i64,
    /// The registry's day; none when it tells none.
    pub(super) day: Option<u32>,
}

/// One dossier.
#[derive(Clone, Debug, Default)]
pub(super) struct ADossier {
    pub(super) agency: usize,
    pub(super) due: i64,
    pub(super) paid: Vec<Paid>,
    pub(super) unseen: Vec<Unseen>,
}

impl ADossier {
    /// What it lacks, as far as money was seen.
    pub(super) fn lacking(&self) -> i64 {
        self.due - self.paid.iter().map(|paid| paid.amount).sum::<i64>()
    }
}

/// A payment that is still open.
#[derive(Clone, Debug)]
pub(super) struct ACredit {
    pub(super) day: u32,
    pub(super) minute: i64,
    pub(super) amount: i64,
    /// The dossiers that its text names; none: it may be anybody's.
    pub(super) named: Vec<usize>,
}

/// Money that went back, nobody knows whose.
#[derive(Clone, Copy, Debug)]
pub(super) struct ARefund {
    pub(super) day: u32,
    pub(super) minute: i64,
    pub(super) amount: i64,
}

/// A world.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    pub(super) dossiers: Vec<ADossier>,
    pub(super) credits: Vec<ACredit>,
    pub(super) refunds: Vec<ARefund>,
    /// A money source is not complete: money may have come that nobody has seen.
    pub(super) incomplete: bool,
    /// The program's view.
    pub(super) inputs: Inputs,
    minutes: i64,
}

/// The code of a dossier: no two are alike, so that nothing but its own text names it.
pub(super) fn code(agency: usize, d: usize) -> DossierCode {
    let agency = ["H48.18.21", "H48.18.25"][agency];
    DossierCode::parse(&format!(
        "{agency}-221201-{}",
        ["1133", "2577", "3911", "4266", "5698", "7024"][d]
    ))
    .unwrap()
}

/// The moment of a minute of a day.
fn moment(d: u32, minute: i64) -> Moment {
    Moment::of_ms(day("2022-12-01").plus(d).start_ms() + (480 + minute) * 60_000)
}

impl World {
    /// The world of a seed.
    pub(super) fn of(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut world = Self {
            incomplete: dice.below(5) == 0,
            ..Self::default()
        };
        for d in 0..=usize::try_from(dice.below(6)).unwrap() {
            world.add_dossier(d, &mut dice);
        }
        for i in 0..dice.below(4) {
            world.add_credit(i, &mut dice);
        }
        for i in 0..dice.below(7).saturating_sub(4) {
            world.add_refund(i, &mut dice);
        }
        world.inputs.business_date = Some(day("2022-12-01").plus(DAYS - 1));
        world.inputs.sources.push(SourceFacts {
            name: SourceName::new("bank"),
            kind: "sepay".into(),
            carries_money: true,
            required: false,
            state: if world.incomplete {
                Completeness::Missing
            } else {
                Completeness::Complete
            },
            missing_days: Vec::new(),
            missing_orders: 0,
            deadline_passed: true,
            control: None,
            trouble: None,
            unrun: Vec::new(),
        });
        world
    }

    fn minute(&mut self) -> i64 {
        self.minutes += 1;
        self.minutes
    }

    fn add_dossier(&mut self, d: usize, dice: &mut Dice) {
        let agency = usize::from(dice.below(3) == 0);
        let two = dice.below(2) == 0;
        let due = if two { PHI + LE_PHI } else { PHI };
        self.dossiers.push(ADossier {
            agency,
            due,
            ..ADossier::default()
        });
        let lines: &[i64] = if two { &[PHI, LE_PHI] } else { &[PHI] };
        match dice.below(10) {
            0..=2 => self.pay(d, due, dice),
            3 => lines
                .iter()
                .enumerate()
                .for_each(|(l, amount)| self.collect(d, l, *amount, dice)),
            4 if two => {
                self.pay(d, PHI, dice);
                self.collect(d, 1, LE_PHI, dice);
            }
            5 if two => {
                self.pay(d, LE_PHI, dice);
                self.pay(d, PHI, dice);
            }
            4 | 5 => {
                self.pay(d, 30_000, dice);
                self.pay(d, 20_000, dice);
            }
            6 => self.pay(d, 30_000, dice),
            7 => {
                for (l, amount) in lines.iter().enumerate() {
                    self.miss(d, l, *amount, dice);
                }
                return;
            }
            8 if two => {
                self.pay(d, PHI, dice);
                self.fee(d, 0, PHI, FeeStatus::Paid, None, DeclaredMethod::Qr);
                self.miss(d, 1, LE_PHI, dice);
                return;
            }
            _ => {
                for (l, amount) in lines.iter().enumerate() {
                    self.fee(d, l, *amount, FeeStatus::Unpaid, None, DeclaredMethod::None);
                }
                return;
            }
        }
        for (l, amount) in lines.iter().enumerate() {
            self.fee(d, l, *amount, FeeStatus::Paid, None, DeclaredMethod::None);
        }
    }

    fn fee(
        &mut self,
        d: usize,
        l: usize,
        amount: i64,
        status: FeeStatus,
        on: Option<u32>,
        declared_method: DeclaredMethod,
    ) {
        let dossier_code = code(self.dossiers[d].agency, d);
        self.inputs.fees.push(Fee {
            agency_code: dossier_code.agency(),
            dossier_code,
            fee_id: FeeId::new(&format!("F{d}{l}")),
            kind: if l == 0 { FeeKind::Phi } else { FeeKind::LePhi },
            amount: Vnd::new(amount),
            procedure_code: "".into(),
            declared_method,
            due_at: None,
            payer_name: "".into(),
            status,
            more: FeeMore {
                paid_at: on.map(|on| moment(on, 0)),
                ..FeeMore::default()
            }
            .into(),
            spot: doisoat::domain::Aside::default(),
        });
    }

    fn miss(&mut self, d: usize, l: usize, amount: i64, dice: &mut Dice) {
        let on = (dice.below(3) > 0).then(|| dice.below(DAYS));
        let method = dice.of(&[DeclaredMethod::Cash, DeclaredMethod::Qr]);
        self.fee(d, l, amount, FeeStatus::Paid, on, method);
        self.dossiers[d].unseen.push(Unseen { amount, day: on });
    }

    fn txn(&mut self, id: String, on: u32, minute: i64, amount: i64, kind: TxnKind) -> &mut Txn {
        let paid_at = moment(on, minute);
        self.inputs.txns.push(Txn {
            status_word: None,
            source: SourceName::new("vnpay"),
            id: id.into(),
            order_ref: None,
            memo: "TT DVC".into(),
            amount: Vnd::new(amount),
            fee: Vnd::ZERO,
            net: Vnd::new(amount),
            paid_on: paid_at.day(),
            business_date: paid_at.day(),
            paid_at,
            status: TxnStatus::Success,
            kind,
            payer: "".into(),
            account: None,
            bank_ref: None,
            instrument: Instrument::Transfer,
            spot: doisoat::domain::Aside::default(),
        });
        self.inputs.txns.last_mut().unwrap()
    }

    fn pay(&mut self, d: usize, amount: i64, dice: &mut Dice) {
        let (on, minute) = (dice.below(DAYS), self.minute());
        let code = code(self.dossiers[d].agency, d);
        let id = format!("T{d}-{minute}");
        self.txn(id, on, minute, amount, TxnKind::Payment).order_ref = Some(code.as_str().into());
        self.dossiers[d].paid.push(Paid {
            day: on,
            minute,
            amount,
            cash: false,
            by_hand: None,
        });
    }

    fn collect(&mut self, d: usize, l: usize, amount: i64, dice: &mut Dice) {
        let (on, minute) = (dice.below(DAYS), self.minute());
        let dossier_code = code(self.dossiers[d].agency, d);
        self.inputs.receipts.push(Receipt {
            receipt_id: format!("R{d}{l}").into(),
            receipt_no: "".into(),
            agency_code: dossier_code.agency(),
            dossier_code,
            fee_id: FeeId::new(&format!("F{d}{l}")),
            amount: Vnd::new(amount),
            collected_at: moment(on, minute),
            cashier: "C1".into(),
            status: ReceiptStatus::Valid,
            spot: doisoat::domain::Aside::default(),
        });
        self.dossiers[d].paid.push(Paid {
            day: on,
            minute,
            amount,
            cash: true,
            by_hand: None,
        });
    }

    fn add_credit(&mut self, i: u32, dice: &mut Dice) {
        let on = dice.below(DAYS);
        let minute = self.minute();
        let amount = dice.of(&[
            50_000, 58_000, 8_000, 20_000, 28_000, 49_450, 29_670, 30_000,
        ]);
        let mut named = Vec::new();
        if self.dossiers.len() > 1 && dice.below(3) == 0 {
            let count = u32::try_from(self.dossiers.len()).unwrap();
            let one = dice.below(count);
            let other = (one + 1 + dice.below(count - 1)) % count;
            named = [one, other].map(|d| usize::try_from(d).unwrap()).to_vec();
        }
        let state = dice.below(6);
        if state == 0 {
            let count = u32::try_from(self.dossiers.len()).unwrap();
            named = vec![usize::try_from(dice.below(count)).unwrap()];
        }
        let codes = named
            .iter()
            .map(|d| code(self.dossiers[*d].agency, *d).to_string());
        let memo = codes.collect::<Vec<_>>().join(" va ");
        let txn = self.txn(format!("C{i}"), on, minute, amount, TxnKind::Payment);
        if !memo.is_empty() {
            txn.memo = memo.into();
        }
        if state == 0 {
            // the provider has not said yet whether it came
            txn.status = TxnStatus::Pending;
        } else if state == 1 && named.is_empty() {
            self.cannot_read_the_last();
        }
        self.credits.push(ACredit {
            day: on,
            minute,
            amount,
            named,
        });
    }

    /// The last payment came as a row that cannot be read, its amount and day excepted.
    fn cannot_read_the_last(&mut self) {
        let txn = self.inputs.txns.pop().unwrap();
        self.inputs.rejects.push(Reject {
            side: Side::Txn,
            source: txn.source,
            id: txn.id,
            file: "transactions_vnpay.csv".into(),
            line: 7,
            column: "status".into(),
            value: "?".into(),
            code: RejectCode::UnknownWord,
            amount: Some(txn.amount),
            business_date: txn.paid_on,
            spot: doisoat::domain::Aside::default(),
        });
    }

    fn add_refund(&mut self, i: u32, dice: &mut Dice) {
        let (on, minute) = (dice.below(DAYS), self.minute());
        let amount = dice.of(&[50_000, 58_000, 8_000, 20_000, 30_000]);
        self.txn(format!("B{i}"), on, minute, amount, TxnKind::Refund)
            .memo = "HOAN TIEN".into();
        self.refunds.push(ARefund {
            day: on,
            minute,
            amount,
        });
    }
}
