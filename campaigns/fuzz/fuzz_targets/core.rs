//! Small days from bytes: each is settled, the independent checker proves it, and the order of the
//! rows means nothing.
#![no_main]

use doisoat::domain::fee::FeeMore;
use doisoat::domain::{
    DeclaredMethod, DossierCode, Fee, FeeId, FeeKind, FeeStatus, Inputs, Instrument, Moment, Rules,
    SourceName, Txn, TxnKind, TxnStatus, Vnd,
};
use doisoat::settle::settle;
use libfuzzer_sys::fuzz_target;

const AMOUNTS: [i64; 8] = [50_000, 8_000, 58_000, 49_450, 20_000, 30_000, 60_000, 1];
const PAYERS: [&str; 4] = ["", "NGUYEN VAN A", "TRAN THI B", "LE C"];
const SOURCES: [&str; 3] = ["bank", "vnpay", "feed"];
const KINDS: [TxnKind; 4] = [
    TxnKind::Payment,
    TxnKind::Payment,
    TxnKind::Refund,
    TxnKind::Reversal,
];

fn code(n: u8) -> DossierCode {
    DossierCode::parse(&format!("H48.18.22-221202-{:04}", n % 16)).unwrap()
}

fn fee(i: usize, b: &[u8; 4]) -> Fee {
    let dossier_code = code(b[0]);
    Fee {
        agency_code: dossier_code.agency(),
        dossier_code,
        fee_id: FeeId::new(&format!("F{i}")),
        kind: [FeeKind::Phi, FeeKind::LePhi, FeeKind::LandObligation][usize::from(b[1]) % 3],
        amount: Vnd::new(AMOUNTS[usize::from(b[1] / 3) % 8]),
        procedure_code: "".into(),
        declared_method: [DeclaredMethod::Cash, DeclaredMethod::Qr, DeclaredMethod::None]
            [usize::from(b[2]) % 3],
        due_at: None,
        payer_name: PAYERS[usize::from(b[2] / 3) % 4].into(),
        status: FeeStatus::ALL[usize::from(b[3]) % FeeStatus::ALL.len()],
        more: FeeMore::default().into(),
    }
}

fn txn(i: usize, b: &[u8; 6], text: &str) -> Txn {
    let paid_at = Moment::of_ms(1_669_942_800_000 + i64::from(b[0]) * 1_800_000);
    let amount = Vnd::new(AMOUNTS[usize::from(b[1]) % 8]);
    Txn {
        source: SourceName::new(SOURCES[usize::from(b[2]) % 3]),
        id: format!("T{i}").as_str().into(),
        order_ref: (b[2] > 127).then(|| code(b[3]).as_str().into()),
        memo: text.into(),
        amount,
        fee: Vnd::ZERO,
        net: amount,
        paid_on: paid_at.day(),
        business_date: paid_at.day(),
        paid_at,
        status: TxnStatus::ALL[usize::from(b[4] / 64) % TxnStatus::ALL.len()],
        kind: KINDS[usize::from(b[4]) % 4],
        payer: PAYERS[usize::from(b[5]) % 4].into(),
        account: (b[5] > 127).then(|| "0123".into()),
        bank_ref: (b[5] > 191).then(|| "FT1".into()),
        instrument: Instrument::Transfer,
    }
}

/// `data` is lines: four bytes that begin with `f` are a fee, six that begin otherwise a payment
/// with the rest of the line as its memo.
fn day(data: &[u8]) -> Inputs {
    let mut day = Inputs::default();
    for (i, line) in data.split(|b| *b == b'\n').take(24).enumerate() {
        match line.split_first() {
            Some((b'f', rest)) => {
                if let Some(b) = rest.first_chunk() {
                    day.fees.push(fee(i, b));
                }
            }
            Some((_, rest)) => {
                if let Some((b, memo)) = rest.split_first_chunk() {
                    day.txns.push(txn(i, b, &String::from_utf8_lossy(memo)));
                }
            }
            None => {}
        }
    }
    day
}

fuzz_target!(|data: &[u8]| {
    let day = day(data);
    let rules = Rules::default();
    let settled = settle(&day, &rules, &Vec::new()).unwrap();
    let found = doisoat::prove::prove(&day, &rules, &Vec::new(), &settled);
    assert!(found.is_empty(), "{found:?}");
    let mut turned = day.clone();
    turned.fees.reverse();
    turned.txns.reverse();
    assert_eq!(settled, settle(&turned, &rules, &Vec::new()).unwrap());
});
