//! How the example is put together.

use std::collections::BTreeMap;

use doisoat::classify::{Bucket, Classified};
use doisoat::domain::source::Control;
use doisoat::domain::*;
use doisoat::matching::{Evidence, Leg, MatchGroup, Role};
use doisoat::report::{Figure, KindFigure, SourceNight};

use super::{Scene, VNPAY, code, night};

impl Scene {
    pub(super) fn txn(&mut self, source: &str, id: &str, amount: i64, memo: &str) -> &mut Txn {
        let at = Moment::parse("2022-12-05T09:15:00+07:00").unwrap();
        self.inputs.txns.push(Txn {
            status_word: None,
            source: SourceName::new(source),
            id: id.into(),
            order_ref: None,
            memo: memo.into(),
            amount: Vnd::new(amount),
            fee: Vnd::ZERO,
            net: Vnd::new(amount),
            paid_on: at.day(),
            business_date: night(),
            paid_at: at,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: "NGUYEN VAN A".into(),
            account: Some("19001234567890".into()),
            bank_ref: None,
            instrument: if source == VNPAY {
                Instrument::Card
            } else {
                Instrument::Transfer
            },
            spot: doisoat::domain::Aside::default(),
        });
        self.inputs.txns.last_mut().unwrap()
    }

    pub(super) fn fee(&mut self, dossier: &str, id: &str, amount: i64, method: DeclaredMethod) {
        self.inputs.fees.push(Fee {
            dossier_code: code(dossier),
            fee_id: FeeId::new(id),
            kind: FeeKind::Phi,
            amount: Vnd::new(amount),
            agency_code: code(dossier).agency(),
            procedure_code: "2.000815".into(),
            declared_method: method,
            due_at: Moment::parse("2022-12-05T17:00:00").ok(),
            payer_name: "Nguyễn Văn A".into(),
            status: FeeStatus::Paid,
            more: fee::FeeMore::default().into(),
            spot: doisoat::domain::Aside::default(),
        });
    }

    pub(super) fn receipt(&mut self, id: &str, dossier: &str, fee_id: &str, amount: i64) {
        self.inputs.receipts.push(Receipt {
            receipt_id: id.into(),
            receipt_no: "0000123".into(),
            dossier_code: code(dossier),
            fee_id: FeeId::new(fee_id),
            amount: Vnd::new(amount),
            collected_at: Moment::parse("2022-12-05T10:00:00").unwrap(),
            cashier: "Trần Thị B".into(),
            agency_code: code(dossier).agency(),
            status: ReceiptStatus::Valid,
            spot: doisoat::domain::Aside::default(),
        });
    }

    pub(super) fn row(
        &mut self,
        key: RowKey,
        class: &'static str,
        bucket: Bucket,
        amount: i64,
    ) -> &mut Classified {
        let exception_id = (class != "ok").then(|| ExceptionId::of(class, &key));
        self.settlement.rows.push(Classified {
            dossier_code: key.dossier.clone(),
            key,
            class,
            amount: Vnd::new(amount),
            evidence: Vec::new(),
            nearest: Vec::new(),
            also: Vec::new(),
            severity: severity_of(class),
            exception_id,
            carried: false,
            bucket,
            business_date: night(),
        });
        self.settlement.rows.last_mut().unwrap()
    }

    /// A fee line, the money that settles it, and both rows in order.
    pub(super) fn paid(
        &mut self,
        source: &str,
        id: &str,
        dossier: &str,
        fee: &str,
        amount: i64,
        how: DeclaredMethod,
    ) {
        self.fee(dossier, fee, amount, how);
        let money = if source == "cash" {
            self.receipt(id, dossier, fee, amount);
            RowKey::receipt(id)
        } else {
            self.txn(source, id, amount, dossier);
            RowKey::txn(&SourceName::new(source), id)
        };
        self.link(
            &money,
            dossier,
            fee,
            amount,
            Role::Settles,
            Evidence::MemoIsCode(code(dossier)),
        );
        self.row(money, "ok", Bucket::Matched, amount);
        let key = RowKey::fee(&code(dossier), &FeeId::new(fee));
        self.row(key, "ok", Bucket::Matched, amount);
    }

    pub(super) fn link(
        &mut self,
        money: &RowKey,
        dossier: &str,
        fee: &str,
        amount: i64,
        role: Role,
        why: Evidence,
    ) {
        self.settlement.groups.push(MatchGroup {
            id: ids::short_hash(format!("{money:?}{dossier}{fee}").as_bytes(), 16).into(),
            pass: "exact_key",
            legs: vec![Leg {
                money: money.clone(),
                dossier_code: Some(code(dossier)),
                fee_id: Some(FeeId::new(fee)),
                amount: Vnd::new(amount),
                role,
                pass: "exact_key",
                why,
            }],
            score: 1000,
            margin: None,
            evidence: vec![Evidence::AmountFits(Vnd::new(amount))],
            runner_up: None,
            difference: None,
        });
    }

    /// Figures of a source as the store would tell them.
    pub(super) fn source(&mut self, name: &str, kind: &str, control: bool) {
        let mut kinds: BTreeMap<(&str, &str), Figure> = BTreeMap::new();
        let mut rows = Figure::default();
        for txn in self
            .inputs
            .txns
            .iter()
            .filter(|t| t.source.as_str() == name)
        {
            kinds
                .entry((txn.kind.id(), txn.status.id()))
                .or_default()
                .add(txn.amount);
            rows.add(txn.amount);
        }
        let sum = Vnd::from_wide(rows.sum_vnd).unwrap();
        let facts = SourceFacts {
            name: SourceName::new(name),
            kind: kind.into(),
            carries_money: true,
            required: true,
            state: Completeness::Complete,
            missing_days: Vec::new(),
            missing_orders: 0,
            deadline_passed: true,
            control: control.then_some(Control {
                expected_count: rows.count,
                expected_sum: Some(sum),
                count: rows.count,
                sum,
            }),
            trouble: None,
            unrun: Vec::new(),
        };
        let rejects = self
            .inputs
            .rejects
            .iter()
            .filter(|r| r.source.as_str() == name)
            .count();
        let by_kind = |((kind, status), figure): ((&str, &str), Figure)| KindFigure {
            kind: kind.into(),
            status: status.into(),
            figure,
        };
        self.facts.sources.push(SourceNight {
            facts,
            rows,
            rejects: rejects.try_into().unwrap(),
            by_kind: kinds.into_iter().map(by_kind).collect(),
            arrived: Figure::default(),
        });
    }
}

/// The severity that the scene's classes give; a class it does not know asks for action.
fn severity_of(class: &str) -> doisoat::classify::Severity {
    use doisoat::classify::Severity;
    let classes = super::classes::classes();
    let known = classes.iter().find(|known| known.id == class);
    match known {
        Some(known) => known.severity,
        None if class == "ok" => Severity::Info,
        None => Severity::Action,
    }
}
