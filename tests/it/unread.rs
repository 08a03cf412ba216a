//! Rows that could not be read, mended in every way: whatever they turn out to be, the share lies
//! within what was told before, over all, by agency, by day; and the checker proves what was told.

use std::fmt::Write as _;

use doisoat::domain::Fraction;
use doisoat::prove::prove;
use doisoat::settle::{Settlement, settle};

use crate::cases::parse::parse;

/// Dossiers of two agencies: paid without cash, with cash, with both, in part, not at all; and a
/// payment that names a dossier nobody knows.
const HERE: &str = "case here
# why
definition DOSSIER_ONLINE
definition QD766_3_6
definition THU_PHI_PROV
definition ALL_DOSSIERS
period 2022-12-01 2022-12-05
period 2022-12-02 2022-12-02
period 2022-12-03 2022-12-03
tonight 2022-12-05
fee F1 H48.18.22-221202-1133 phi 50.000 method=qr filed=2 begun=2022-12-02 flag=1 request=Q1 paid_at=2022-12-02T09:00
fee F2 H48.18.22-221202-2577 phi 50.000 method=cash filed=1 begun=2022-12-02 flag=0 request=Q2 paid_at=2022-12-02T09:00
fee F3 H48.18.25-221202-3911 phi 50.000 method=qr filed=2 begun=2022-12-02 flag=1 request=Q3 paid_at=2022-12-03T09:00
fee F4 H48.18.25-221202-4266 phi 50.000 status=unpaid filed=1 begun=2022-12-02 flag=0
fee F5 H48.18.25-221202-5698 phi 50.000 method=qr filed=2 begun=2022-12-02 flag=1 request=Q5 paid_at=2022-12-03T09:00
fee F6 H48.18.25-221202-5698 le_phi 8.000 status=unpaid filed=2 begun=2022-12-02 flag=0
vnpay T1 2022-12-02 09:00 50.000 ref=H48.18.22-221202-1133
receipt R2 2022-12-02 09:00 F2 50.000
vnpay T3 2022-12-03 09:00 50.000 ref=H48.18.25-221202-3911
vnpay T5 2022-12-03 09:00 50.000 ref=H48.18.25-221202-5698
vnpay T8 2022-12-03 10:00 50.000 ref=H48.18.25-221202-8888
";

/// What a fee line may turn out to be: of a dossier that is not here, paid in each way or not; a
/// second line of one that is, or of one that has all its money.
const LINES: [&str; 9] = [
    "",
    "fee X# H48.18.22-221202-7#24 phi 50.000 status=unpaid filed=1 begun=2022-12-02 flag=0\n",
    "fee X# H48.18.22-221202-7#24 phi 50.000 method=cash filed=1 begun=2022-12-03 flag=0 request=X# paid_at=2022-12-03T09:00\n",
    "fee X# H48.18.22-221202-7#24 phi 50.000 method=qr filed=2 begun=2022-12-03 flag=1 request=X# paid_at=2022-12-03T09:00\n",
    "fee X# H48.18.25-221202-8888 phi 50.000 method=qr filed=2 begun=2022-12-03 flag=1 request=X# paid_at=2022-12-03T09:00\n",
    "fee X# H48.18.22-221202-1133 le_phi 50.000 status=unpaid filed=2 begun=2022-12-02 flag=0\n",
    "fee X# H48.18.22-221202-1133 le_phi 50.000 method=cash filed=2 begun=2022-12-02 flag=0 request=X# paid_at=2022-12-02T10:00\n",
    "fee X# H48.18.22-221202-2577 le_phi 50.000 status=refunded filed=2 begun=2022-12-02 flag=1\n",
    "fee X# H48.18.22-221202-7#24 phi 50.000 status=refunded filed=2 begun=2022-12-02 flag=1\n",
];

/// What a receipt may turn out to be: void, the first of two payments, money of a dossier that
/// lacks some, or of one that is not here.
const RECEIPTS: [&str; 5] = [
    "",
    "receipt X# 2022-12-02 08:00 F1 50.000\n",
    "receipt X# 2022-12-03 08:00 F4 50.000\n",
    "receipt X# 2022-12-03 08:00 F6 8.000\n",
    "receipt X# 2022-12-02 10:00 F2 50.000\n",
];

/// What a payment may turn out to be: none, the first of two, one that completes a dossier, one of
/// nobody, money that went back.
const PAYMENTS: [&str; 7] = [
    "",
    "vnpay X# 2022-12-02 08:00 50.000 ref=H48.18.22-221202-1133\n",
    "vnpay X# 2022-12-02 08:00 50.000 ref=H48.18.22-221202-2577\n",
    "vnpay X# 2022-12-03 08:00 50.000 ref=H48.18.25-221202-4266\n",
    "vnpay X# 2022-12-03 08:00 50.000 memo=\"TT DVC\"\n",
    "vnpay X# 2022-12-04 08:00 refund 50.000 ref=H48.18.22-221202-1133\n",
    "vnpay X# 2022-12-04 08:00 refund 50.000 ref=H48.18.25-221202-3911\n",
];

fn settled(text: &str) -> Settlement {
    let mut case = parse("unread.case", text).remove(0).unwrap();
    for (n, period) in case.rules.periods.iter_mut().enumerate() {
        period.label = n.to_string().into();
    }
    let settled = settle(&case.inputs, &case.rules, &Vec::new()).unwrap();
    // where all is mended, other tests prove it
    if !case.inputs.rejects.is_empty() {
        let found = prove(&case.inputs, &case.rules, &Vec::new(), &settled);
        assert!(found.is_empty(), "{text}\n{}", crate::prove::told(&found));
    }
    settled
}

/// What of the new shares lies outside of the old ones.
fn outside(old: &Settlement, new: &Settlement) -> Vec<String> {
    let mut found = Vec::new();
    for now in &new.shares {
        let same = |old: &&doisoat::kpi::Share| {
            let place = (old.definition, &old.agency, &old.period);
            place == (now.definition, &now.agency, &now.period)
        };
        let was = old.shares.iter().find(same);
        let bounds = was.and_then(|was| was.low.zip(was.high));
        let (Some(was), Some((low, high))) = (was, bounds) else {
            continue;
        };
        let mut figures = vec![Fraction::new(now.numerator, now.denominator)];
        if !now.outer {
            figures.extend([now.low, now.high]);
        }
        for figure in figures.into_iter().flatten() {
            if figure.compare(low).is_lt() || high.compare(figure).is_lt() {
                found.push(format!(
                    "{} {:?} {}: {figure:?} not in {low:?}..{high:?}",
                    was.definition, was.agency, was.period.label
                ));
            }
        }
    }
    found
}

/// The number of ways in which two rows of this kind were mended.
fn mended(reject: &str, ways: &[&str]) -> usize {
    let put = |row: &str, n: usize| row.replace('#', &n.to_string());
    let unread = format!("{HERE}{}{}", put(reject, 1), put(reject, 2));
    let old = settled(&unread);
    let (mut tried, mut wrong) = (0, String::new());
    for first in ways {
        for second in ways {
            let text = format!("{HERE}{}{}", put(first, 1), put(second, 2));
            let one = format!("{HERE}{}{}", put(first, 1), put(reject, 2));
            let (one, new) = (settled(&one), settled(&text));
            for (how, found) in [
                ("both", outside(&old, &new)),
                ("the first", outside(&old, &one)),
                ("then the second", outside(&one, &new)),
            ] {
                for said in found {
                    writeln!(wrong, "{how} {first:?} {second:?}: {said}").unwrap();
                }
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    tried
}

#[test]
fn whatever_unreadable_rows_turn_out_to_be_lies_within_the_bounds() {
    let fee = "reject X# fee registry amount=50.000 column=status\n";
    assert_eq!(mended(fee, &LINES), 81);
    let receipt = "reject X# receipt registry amount=50.000 column=status\n";
    assert_eq!(mended(receipt, &RECEIPTS), 25);
    let payment = "reject X# txn vnpay amount=50.000 column=status\n";
    assert_eq!(mended(payment, &PAYMENTS), 49);
}

/// Three lines of 100,000 dong that cannot be read move each share by three dossiers, and no more:
/// the rest of the office stays proved.
#[test]
fn three_lines_are_worth_three() {
    let mut text = "case office\n# why\n".to_owned();
    for d in 1..=40 {
        let code = format!("H48.18.22-221202-{:04}", 1000 + d * 37);
        writeln!(text, "fee F{d} {code} phi 100.000").unwrap();
        if d % 4 == 0 {
            writeln!(text, "receipt R{d} 2022-12-02 09:00 F{d} 100.000").unwrap();
        } else {
            writeln!(text, "vnpay T{d} 2022-12-02 09:00 100.000 ref={code}").unwrap();
        }
    }
    for x in 1..=3 {
        writeln!(
            text,
            "reject X{x} fee registry amount=100.000 column=status"
        )
        .unwrap();
    }
    let office = settled(&text);
    let mut told = Vec::new();
    for share in office.shares.iter().filter(|share| share.agency.is_none()) {
        let (low, high) = share.low.zip(share.high).unwrap();
        let scale = share.denominator / 40;
        let of_forty = |bound: Fraction| bound.num * 40 * scale / (bound.den * scale);
        told.push((share.definition, of_forty(low), of_forty(high)));
    }
    told.sort_unstable();
    let wanted = ["AMOUNT_CASHLESS", "DOSSIER_CASHLESS", "TX_CASHLESS"];
    assert_eq!(told, wanted.map(|id| (id, 27, 33)));
}
