//! What people, providers and the registry may still say of one open row, as the rows that come of
//! it. Told from the classes and the legs alone: nothing here asks what a share counts.

use std::collections::BTreeSet;

use doisoat::classify::{Bucket, Classified};
use doisoat::domain::{
    DecidedShare, Decision, DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs, Receipt,
    ReceiptStatus, Ruling, Side, Txn, TxnKind, TxnStatus, Vnd,
};
use doisoat::matching::{Evidence, Role};
use doisoat::settle::Settlement;

use super::unread;

/// One way in which an open row may turn out: what was said, and the rows then.
pub(super) type Way = (String, Inputs);

/// A day with what was settled of it.
pub(super) struct Scene<'s> {
    pub(super) day: &'s Inputs,
    pub(super) settled: &'s Settlement,
}

/// Classes of payments that somebody has to put to a dossier, or to none.
const CREDITS: [&str; 5] = [
    "unidentified",
    "orphan",
    "foreign",
    "near_reference",
    "ambiguous",
];

impl Scene<'_> {
    /// The rows that are open, and that the next word may be about.
    pub(super) fn open(&self) -> Vec<&Classified> {
        let open = |row: &&Classified| match row.key.side {
            _ if row.class == "reject" => true,
            Side::Txn => {
                let waits = ["pending", "status_mismatch", "conflict", "unlinked_refund"];
                let waits = CREDITS.contains(&row.class) || waits.contains(&row.class);
                waits || self.is_loose(row) || self.is_repeat(row)
            }
            Side::Fee => {
                let waits = [
                    "missing_payment",
                    "missing_receipt",
                    "pending",
                    "status_mismatch",
                ];
                let waits = row.bucket == Bucket::Open && waits.contains(&row.class);
                waits || self.is_told_back(row)
            }
            Side::Receipt => self.is_repeat(row),
        };
        self.settled.rows.iter().filter(open).collect()
    }

    /// A repeat that may be none: only the code agrees.
    fn is_loose(&self, row: &Classified) -> bool {
        let again = repeated(row).and_then(|id| self.txn_of(&id));
        let own = self.txn(row);
        let legs = || self.settled.groups.iter().flat_map(|group| &group.legs);
        let back = |leg: &doisoat::matching::Leg| {
            let returns = [Role::Refund, Role::Reversal].contains(&leg.role);
            returns && leg.dossier_code == row.dossier_code
        };
        row.class == "duplicate"
            && !legs().any(back)
            && own.zip(again).is_some_and(|(own, first)| {
                let order = own.order_ref.is_some()
                    && own.order_ref == first.order_ref
                    && own.source == first.source;
                let payer = !own.payer.is_empty() && own.payer == first.payer;
                !(order || (payer && own.amount == first.amount))
            })
    }

    fn txn_of(&self, id: &str) -> Option<&Txn> {
        let mut same = self.day.txns.iter().filter(|txn| *txn.id == *id);
        same.next().filter(|_| same.next().is_none())
    }

    fn txn(&self, row: &Classified) -> Option<&Txn> {
        self.day.txns.iter().find(|txn| txn.key() == row.key)
    }

    /// Every way in which a row may turn out.
    pub(super) fn ways(&self, row: &Classified) -> Vec<Way> {
        match (row.key.side, row.class) {
            (_, "reject") => self.of_reject(row),
            (Side::Fee, _) if self.is_told_back(row) => self.of_told_back(row),
            (Side::Fee, class) => self.of_fee(row, class),
            (_, "pending" | "status_mismatch") => {
                let all = [TxnStatus::Success, TxnStatus::Failed];
                all.map(|status| self.told(row, status)).into()
            }
            (_, "conflict") => self.of_conflict(row),
            (_, "unlinked_refund") => self.of_refund(row),
            (_, "duplicate") => {
                let mut ways = self.of_repeat(row);
                if self.is_loose(row) {
                    ways.extend([self.decided(row, Ruling::NotFee), self.elsewhere(row)]);
                }
                ways
            }
            _ => self.of_credit(row),
        }
    }

    fn told(&self, row: &Classified, status: TxnStatus) -> Way {
        let mut day = self.day.clone();
        for txn in day.txns.iter_mut().filter(|txn| txn.key() == row.key) {
            txn.status = status;
        }
        (format!("{} is {}", row.key.id, status.id()), day)
    }

    fn decided(&self, row: &Classified, ruling: Ruling) -> Way {
        let mut day = self.day.clone();
        let amount = self.txn(row).map_or(row.amount, |txn| txn.amount);
        let said = format!("{} {ruling:?}", row.key.id);
        day.decisions.push(Decision {
            row: row.key.clone(),
            ruling,
            amount_then: amount,
            class_then: "".into(),
            by: "ke-toan".into(),
            reason: "asked the payer".into(),
        });
        (said, day)
    }

    /// It pays a dossier that was not here: of a far agency, with this fee alone.
    fn elsewhere(&self, row: &Classified) -> Way {
        let number = 7_000 + self.day.fees.len();
        let code = DossierCode::parse(&format!("H48.77-221130-{number}")).unwrap();
        let amount = self.txn(row).map_or(row.amount, |txn| txn.amount);
        let share = DecidedShare {
            dossier_code: code.clone(),
            fee_id: FeeId::new("FAR"),
            amount,
            fee_then: None,
        };
        let (_, mut day) = self.decided(row, Ruling::Pays(vec![share]));
        day.fees.push(Fee {
            agency_code: code.agency(),
            dossier_code: code,
            fee_id: FeeId::new("FAR"),
            kind: FeeKind::Phi,
            amount,
            procedure_code: "".into(),
            declared_method: doisoat::domain::DeclaredMethod::None,
            due_at: None,
            payer_name: "".into(),
            status: FeeStatus::Paid,
            more: doisoat::domain::fee::FeeMore::default().into(),
            spot: doisoat::domain::Aside::default(),
        });
        (format!("{} is of a far dossier", row.key.id), day)
    }

    /// A payment whose dossier is open. One of several is a fee while each of them lacks money.
    fn of_credit(&self, row: &Classified) -> Vec<Way> {
        let codes: BTreeSet<&DossierCode> =
            self.day.fees.iter().map(|fee| &fee.dossier_code).collect();
        let named = |code: &&DossierCode| {
            let mut near = row.nearest.iter();
            row.class != "ambiguous" || near.any(|near| &*near.candidate == code.as_str())
        };
        let doubtful = row.class == "ambiguous" && repeated(row).is_some();
        let may: Vec<&DossierCode> = codes.into_iter().filter(named).collect();
        let lacking: Vec<&DossierCode> = may
            .iter()
            .copied()
            .filter(|code| !doubtful && self.lacks(code) > 0)
            .collect();
        let mut ways = Vec::new();
        let nameless = row.class != "ambiguous";
        if nameless || doubtful || lacking.len() < may.len() || may.is_empty() {
            ways.push(self.decided(row, Ruling::NotFee));
        }
        if nameless || doubtful {
            ways.push(self.elsewhere(row));
        }
        let amount = self.txn(row).map_or(0, |txn| txn.amount.wide());
        for code in &lacking {
            let first = self.shares(code, amount);
            let paid: i128 = first.iter().map(|share| share.amount.wide()).sum();
            for other in lacking.iter().filter(|other| *other != code && nameless) {
                let rest = self.shares(other, amount - paid);
                if !rest.is_empty() {
                    let both = [first.clone(), rest].concat();
                    ways.push(self.decided(row, Ruling::Pays(both)));
                }
            }
            ways.push(self.decided(row, Ruling::Pays(first)));
        }
        ways
    }

    /// What the payable lines of a dossier lack, land obligations left out.
    fn lines(&self, code: &DossierCode) -> Vec<(&Fee, i128)> {
        let mut fees: Vec<&Fee> = self.day.fees.iter().collect();
        fees.retain(|fee| fee.dossier_code == *code && fee.kind != FeeKind::LandObligation);
        fees.retain(|fee| fee.amount.get() > 0);
        let active = |fee: &&Fee| fee.status != FeeStatus::Cancelled;
        if fees.iter().any(active) {
            fees.retain(active);
        }
        fees.sort_by_key(|fee| (fee.kind, fee.fee_id.clone()));
        let lacks = |fee: &Fee| {
            let row = self.settled.rows.iter().find(|row| row.key == fee.key());
            let net = row
                .is_some_and(|r| r.class == "net_settlement" || r.also.contains(&"net_settlement"));
            if net {
                0
            } else {
                fee.amount.wide() - self.held(fee)
            }
        };
        fees.into_iter().map(|fee| (fee, lacks(fee))).collect()
    }

    fn lacks(&self, code: &DossierCode) -> i128 {
        self.lines(code).iter().map(|(_, lacks)| lacks).sum()
    }

    /// What is on a line.
    fn held(&self, fee: &Fee) -> i128 {
        let legs = self.settled.groups.iter().flat_map(|group| &group.legs);
        let mine = legs.filter(|leg| {
            let kept = [Role::Settles, Role::Refund, Role::Reversal].contains(&leg.role);
            let line = leg.fee_id.as_ref() == Some(&fee.fee_id);
            kept && line && leg.dossier_code.as_ref() == Some(&fee.dossier_code)
        });
        mine.map(|leg| leg.amount.wide()).sum()
    }

    /// Lines of a dossier, as far as an amount reaches.
    fn shares(&self, code: &DossierCode, amount: i128) -> Vec<DecidedShare> {
        let (mut left, mut shares) = (amount, Vec::new());
        for (fee, lacks) in self.lines(code) {
            let part = lacks.min(left);
            if part > 0 {
                left -= part;
                shares.push(DecidedShare {
                    dossier_code: fee.dossier_code.clone(),
                    fee_id: fee.fee_id.clone(),
                    amount: Vnd::from_wide(part).unwrap(),
                    fee_then: None,
                });
            }
        }
        shares
    }

    /// It was nothing, or comes again as a payment that names nobody.
    fn of_reject(&self, row: &Classified) -> Vec<Way> {
        let mut without = self.day.clone();
        let Some(at) = without.rejects.iter().position(|r| r.key() == row.key) else {
            return Vec::new();
        };
        let reject = without.rejects.remove(at);
        let amount = reject.amount.unwrap_or(Vnd::new(50_000));
        match reject.side {
            Side::Fee => return unread::of_fee(&without, &reject, amount),
            Side::Receipt => return unread::of_receipt(&without, &reject, amount),
            Side::Txn => {}
        }
        let mut with = without.clone();
        let moment = doisoat::domain::Moment::of_ms(reject.business_date.start_ms() + 36_000_000);
        with.txns.push(Txn {
            status_word: None,
            source: reject.source.clone(),
            id: reject.id.as_ref().into(),
            order_ref: None,
            memo: "TT DVC".into(),
            amount,
            fee: Vnd::ZERO,
            net: amount,
            paid_on: moment.day(),
            business_date: moment.day(),
            paid_at: moment,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: "".into(),
            account: None,
            bank_ref: None,
            instrument: doisoat::domain::Instrument::Transfer,
            spot: doisoat::domain::Aside::default(),
        });
        let id = &reject.id;
        vec![
            (format!("{id} is nothing"), without),
            (format!("{id} is read"), with),
        ]
    }

    /// One of the versions holds, or none.
    fn of_conflict(&self, row: &Classified) -> Vec<Way> {
        let mut day = self.day.clone();
        let Some(at) = day.conflicts.iter().position(|c| c.key == row.key) else {
            return Vec::new();
        };
        let conflict = day.conflicts.remove(at);
        let of = |amount: Option<Vnd>| {
            let mut day = day.clone();
            for txn in day.txns.iter_mut().filter(|txn| txn.key() == row.key) {
                match amount {
                    Some(amount) => (txn.amount, txn.net) = (amount, amount),
                    None => txn.status = TxnStatus::Void,
                }
            }
            (format!("{} holds {amount:?}", row.key.id), day)
        };
        [Some(conflict.kept), Some(conflict.largest), None]
            .map(of)
            .into()
    }

    /// It was none, or (where it names nobody) it is of a dossier that was paid.
    fn of_refund(&self, row: &Classified) -> Vec<Way> {
        let mut ways = vec![self.decided(row, Ruling::NotFee)];
        let Some(back) = self.txn(row) else {
            return ways;
        };
        let names =
            back.order_ref.is_some() || row.dossier_code.is_some() || back.memo.contains("H48");
        let legs = self.settled.groups.iter().flat_map(|group| &group.legs);
        let paid = legs.filter(|leg| leg.role == Role::Settles && !names);
        let codes: BTreeSet<&DossierCode> =
            paid.filter_map(|leg| leg.dossier_code.as_ref()).collect();
        for code in codes {
            let mut day = self.day.clone();
            for txn in day.txns.iter_mut().filter(|txn| txn.key() == row.key) {
                txn.order_ref = Some(code.as_str().into());
            }
            ways.push((format!("{} is of {code}", row.key.id), day));
        }
        ways
    }

    /// The registry was wrong, or the money is found.
    fn of_fee(&self, row: &Classified, class: &str) -> Vec<Way> {
        let mut unpaid = self.day.clone();
        let mine = |fee: &Fee| fee.key() == row.key;
        let Some(fee) = unpaid.fees.iter_mut().find(|fee| mine(fee)) else {
            return Vec::new();
        };
        fee.status = FeeStatus::Unpaid;
        let fee = fee.clone();
        let mut found = self.day.clone();
        let moment = |hour: i64| {
            let start = doisoat::domain::Day::parse("2022-12-02")
                .unwrap()
                .start_ms();
            doisoat::domain::Moment::of_ms(start + hour * 3_600_000)
        };
        let number = found.receipts.len() + found.txns.len();
        if class.starts_with("missing") {
            found.receipts.push(Receipt {
                receipt_id: format!("CASH{number}").into(),
                receipt_no: "".into(),
                dossier_code: fee.dossier_code.clone(),
                fee_id: fee.fee_id.clone(),
                amount: fee.amount,
                collected_at: moment(20),
                cashier: "C2".into(),
                agency_code: fee.agency_code.clone(),
                status: ReceiptStatus::Valid,
                spot: doisoat::domain::Aside::default(),
            });
        }
        let id = &row.key.id;
        let mut ways = vec![(format!("{id} is unpaid"), unpaid)];
        if class.starts_with("missing") {
            ways.push((format!("{id} was cash"), found));
        }
        ways
    }
}

pub(super) fn repeated(row: &Classified) -> Option<Box<str>> {
    let repeats = |why: &Evidence| match why {
        Evidence::Repeats(id) => Some(id.clone()),
        _ => None,
    };
    row.evidence.iter().find_map(repeats)
}
