//! The grid of neighbouring settings: what each would win, and what it would do to the share.

use doisoat::job::what_if::grid_of;
use doisoat::settle::settle;

use crate::cases::parse::parse;

#[test]
fn a_longer_window_wins_what_it_would_link() {
    // one digit wrong, nine days after the dossier's last day: the default of seven leaves it open
    let text = "\
case written with a slip, nine days later
# it would be repaired within a longer window
tonight 2022-12-11
fee     F1  H48.18.22-221202-0001  phi  50.000  payer=\"NGUYEN VAN A\"  method=transfer
fee     F2  H48.18.22-221202-0002  phi  50.000  payer=\"TRAN THI B\"
bank    T1  2022-12-11 09:00  50.000  memo=\"NOP PHI H48.18.22-221202-0007\"  payer=\"NGUYEN VAN A\"
vnpay   T2  2022-12-02 09:00  50.000  ref=H48.18.22-221202-0002
";
    let case = parse("here", text).pop().unwrap().unwrap();
    let prior = Vec::new();
    let settlement = settle(&case.inputs, &case.rules, &prior).unwrap();
    let tried = grid_of(&case.inputs, &case.rules, &prior, &settlement);
    let said: Vec<String> = tried
        .iter()
        .map(|tried| {
            let (rule, value) = (tried.setting.rule, &tried.setting.value);
            let share = tried.share.as_ref().unwrap();
            let (won, lost) = (tried.won.count, tried.lost.count);
            format!(
                "{rule}={value} +{won} -{lost} {}/{}",
                share.numerator, share.denominator
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "margin_min=900 +0 -0 1/1",
            "margin_min=975 +0 -0 1/1",
            "pairing_days=3 +0 -0 1/1",
            "pairing_days=14 +1 -0 2/2",
            "deposit_days=2 +0 -0 1/1",
            "deposit_days=5 +0 -0 1/1",
            "net_rates=– +0 -0 1/1"
        ]
    );
    // the grid changes nothing of the night
    let again = settle(&case.inputs, &case.rules, &prior).unwrap();
    assert_eq!(again, settlement);
}
