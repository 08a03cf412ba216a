//! Files and records in, nouns, rejects and conflicts out; and what a person reads of them.

mod identity;
mod messages;
mod nouns;
mod txns;

use doisoat::domain::{
    Day, Instrument, Lang, Reject, RejectCode, SourceName, Txn, TxnKind, TxnStatus, Vnd,
};
use doisoat::format::{FileError, FormatError};
use doisoat::normalise::{
    Cutoff, MatchFiles, MatchInputs, RegistryRows, SourceContext, Window, dedupe, merge,
    read_match_inputs, read_records, registry, scale_conflict, to_txn, transactions,
};
use doisoat::source::registry::FileKind;
use doisoat::source::{AmountForm, At, Record, TimeForm};
use doisoat::text::reject::{say_file, sentence};
use proptest::prelude::*;

const FEES: &str = "dossier_code,fee_id,fee_kind,amount_vnd,agency_code,procedure_code,\
                    declared_method,due_at,payer_name,status";
const TXNS: &str =
    "provider_txn_id,order_ref,memo,amount_vnd,fee_vnd,net_vnd,paid_at,status,kind,payer";

fn day(raw: &str) -> Day {
    Day::parse(raw).unwrap()
}

fn source(name: &str) -> SourceContext {
    SourceContext {
        name: SourceName::new(name),
        kind: name.into(),
        instrument: Instrument::Transfer,
        cutoff: Cutoff::MIDNIGHT,
        window: Some(Window {
            from: day("2022-12-03"),
            to: day("2022-12-05"),
        }),
        reject_day: day("2022-12-05"),
        is_gateway: false,
    }
}

fn record(id: &str, amount: &str, time: &str) -> Record {
    Record {
        at: At {
            file: "transactions page 2".into(),
            line: 7,
        },
        id: Some(id.into()).filter(|_| !id.is_empty()),
        memo: "H48.18.22-221202-0001".into(),
        amount: Some(amount.into()),
        amount_column: "amount",
        amount_form: AmountForm::Decimal,
        time: Some(time.into()),
        time_column: "when",
        time_form: TimeForm::IsoOrDay,
        status: Some(TxnStatus::Success),
        kind: Some(TxnKind::Payment),
        ..Record::default()
    }
}

fn registry_rows(kind: FileKind, text: &str) -> Result<RegistryRows, FileError> {
    let name = "file.csv";
    let source = SourceName::new("one-stop");
    registry::read(name, kind, text.as_bytes(), &source, day("2022-12-05"))
}

fn fees(rows: &str) -> RegistryRows {
    registry_rows(FileKind::DossierFees, &format!("{FEES}\n{rows}")).unwrap()
}

fn txns(rows: &str) -> transactions::TxnFile {
    let text = format!("{TXNS}\n{rows}");
    transactions::read("transactions_bank.csv", text.as_bytes(), day("2022-12-31")).unwrap()
}

fn one(rejects: &[Reject]) -> &Reject {
    assert_eq!(rejects.len(), 1, "{rejects:?}");
    &rejects[0]
}

mod sample {
    use super::*;

    fn read(name: &str) -> Vec<u8> {
        let path = format!("{}/fixtures/sample/{name}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read(path).unwrap()
    }

    fn inputs() -> MatchInputs {
        let names = ["bank", "momo", "portal", "vnpay", "zalopay"];
        let names = names.map(|source| format!("transactions_{source}.csv"));
        let bytes = names.each_ref().map(|name| read(name));
        let (fees, cash) = (read("dossier_fees.csv"), read("cash_receipts.csv"));
        let files = MatchFiles {
            fees: ("dossier_fees.csv", fees.as_slice()),
            transactions: names
                .iter()
                .map(String::as_str)
                .zip(bytes.iter().map(Vec::as_slice))
                .collect(),
            cash: Some(("cash_receipts.csv", cash.as_slice())),
            agencies: None,
        };
        read_match_inputs(&files).unwrap()
    }

    #[test]
    fn every_row_of_the_sample_is_read() {
        let MatchInputs {
            inputs,
            columns,
            counts,
        } = inputs();
        let read = (inputs.fees.len(), inputs.receipts.len(), inputs.txns.len());
        assert_eq!(read, (4140, 1001, 2639));
        assert_eq!(inputs.rejects, []);
        assert_eq!(inputs.conflicts, []);
        let rows: Vec<u64> = counts.iter().map(|file| file.rows).collect();
        assert_eq!(rows, [4140, 1204, 337, 412, 430, 256, 1001]);
        let sources: Vec<&str> = inputs.sources.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            sources,
            ["registry", "bank", "momo", "portal", "vnpay", "zalopay"]
        );
        assert!(columns.has("due_at") && !columns.has("filing_channel"));
        let due: i128 = inputs.fees.iter().map(|fee| fee.amount.wide()).sum();
        assert!(due > 0);
        let agencies = inputs.fees.iter().map(|fee| &fee.agency_code);
        let agencies: std::collections::BTreeSet<_> = agencies.collect();
        assert_eq!(inputs.agencies.len(), agencies.len());
    }
}
