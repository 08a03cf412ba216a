//! What is said of the dossiers that an open payment may mean: scores and reasons are true.

use doisoat::domain::{Fee, Rules, Txn};
use doisoat::matching::{Evidence, Suggestion, Why};
use doisoat::settle::{Inputs, settle};

use crate::passes_nights::{A, due};
use crate::rows::{night_of, txn};

const PAYER: &str = "TRAN THI CANARY";
/// A dossier of another day and sequence with the same amount.
const STRANGER: &str = "H48.18.20-221202-0333";

fn settled(fees: Vec<Fee>, row: Txn) -> (Vec<Suggestion>, Vec<Evidence>) {
    let inputs = Inputs {
        business_date: Some(night_of(5)),
        fees,
        txns: vec![row],
        ..Inputs::default()
    };
    let settled = settle(&inputs, &Rules::default(), &Vec::new()).unwrap();
    let row = settled.rows.iter().find(|row| row.exception_id.is_some());
    let row = settled
        .rows
        .iter()
        .find(|row| row.key == inputs.txns[0].key())
        .or(row);
    (settled.suggestions.clone(), row.unwrap().evidence.clone())
}

fn payment(memo: &str, payer: &str) -> Txn {
    Txn {
        memo: memo.into(),
        payer: payer.into(),
        ..txn("T1", 50_000, &night_of(5).to_string())
    }
}

/// A dossier that merely lacks the same amount is named by nothing, and does not say so.
#[test]
fn who_is_not_named_gets_no_points_for_a_reading() {
    // one digit wrong
    let memo = A.replace("0001", "4001");
    for (payer, points) in [("", 250), (PAYER, 500)] {
        let fees = vec![due(A, ""), due(STRANGER, PAYER)];
        let (said, _) = settled(fees, payment(&memo, payer));
        let of = |code: &str| said.iter().find(|one| one.dossier_code.as_str() == code);
        let (named, stranger) = (of(A).unwrap(), of(STRANGER).unwrap());
        assert_eq!((named.score, stranger.score), (900, points), "{said:?}");
        let whys: Vec<Why> = stranger.parts.iter().map(|part| part.why).collect();
        assert!(!whys.contains(&Why::Reading), "{whys:?}");
        assert_eq!(whys.contains(&Why::Payer), !payer.is_empty());
        let names = |said: &Evidence| matches!(said, Evidence::OneEdit(..));
        assert!(!stranger.reason.iter().any(names) && named.reason.iter().any(names));
    }
}

/// "Same amount and payer" is said where both payers are told and are the same.
#[test]
fn nobody_has_the_payer_of_a_payment_that_tells_none() {
    let (near, sentence) = (A.replace("0001", "0002"), "người nộp");
    for (payer, of_near, same) in [("", "LE VAN B", false), ("LE VAN B", "LE VAN B", true)] {
        let mut fees = vec![due(A, "PHAM THI C"), due(&near, of_near)];
        // the amount of the named one does not fit, so that its neighbour may be meant
        fees[0].amount = doisoat::domain::Vnd::new(70_000);
        let (_, evidence) = settled(fees, payment(&format!("nop phi {A} xin"), payer));
        let rival = evidence
            .iter()
            .find(|said| matches!(said, Evidence::Rival(_) | Evidence::RivalOfAmount(_)));
        let rival = rival.unwrap_or_else(|| panic!("{evidence:?}"));
        assert_eq!(matches!(rival, Evidence::Rival(_)), same);
        let said = rival.say(doisoat::domain::Lang::Vi);
        assert!(said.contains(sentence));
        assert_eq!(
            said.contains("có cùng số tiền và người nộp"),
            same,
            "{said}"
        );
    }
}
