//! Amounts that take back another of their own side, and rows that move no money: none of them is
//! a payment.

use super::*;
use crate::town::document;

/// The classes of what waits for a person.
fn waits(night: &doisoat::job::nightly::Night) -> String {
    document(night)["exceptions"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gives_back_and_what_moves_nothing_is_no_payment() {
    let text = format!(
        "Số dư đầu kỳ;100.000\n{HEAD}05/12/2022;1;1.100;;PHI SMS\n\
         05/12/2022;2;-1.100;;HOAN PHI SMS\n05/12/2022;3;;0;LAI KHONG KY HAN\n\
         05/12/2022;4;;50.000;NOP PHI H48.18.22-221205-0001\n05/12/2022;5;;-8.000;HUY GD\n\
         Số dư cuối kỳ;142.000\n"
    );
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.csv", text.as_bytes());
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 5, 60_200), "{of}");
    let kinds = of["by_kind"].to_string();
    for kind in ["debit", "reversal", "void", "payment"] {
        assert!(kinds.contains(kind), "{kind}: {kinds}");
    }
    let waits = waits(&night);
    assert!(!waits.contains("\"unidentified\""), "{waits}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_taken_back_is_no_payment_and_no_second_refund() {
    let text = ":20:X\n:25:113000012345\n:60F:C221204VND100000,\n:61:221205D1100,NTRF1\n:86:PHI SMS\n\
        :61:221205RD1100,NTRF2\n:86:HOAN PHI SMS\n\
        :61:221205RD50000,NTRF3\n:86:TRA LAI H48.18.22-221205-0001\n:62F:C221205VND150000,\n";
    let office = Office::bank(Kind::Sqlite).await;
    office.put("a.mt940", text.as_bytes());
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 52_200), "{of}");
    let kinds = of["by_kind"].to_string();
    assert!(!kinds.contains("payment"), "{kinds}");
    // what may be of a dossier is for a person, the fee of the bank is not
    let waits = waits(&night);
    assert!(!waits.contains("\"unidentified\""), "{waits}");
    assert_eq!(waits.matches("\"status_mismatch\"").count(), 1, "{waits}");
}
