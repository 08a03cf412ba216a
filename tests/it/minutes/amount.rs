//! The amount that both sign is made of lines of the paper itself, and is what a bank credited or a
//! gateway still holds, by the files of a small office that are added up here by hand.

use doisoat::classify::CLASSES;
use doisoat::domain::{Lang, ProviderRow};
use doisoat::report::forms::{self, Handed, Minutes};

use super::{DUE, change, has, of, rows};
use crate::database::Kind;
use crate::forms::{behind, december, minutes};
use crate::forms_closed::{BEFORE, CREDITS, DEBITS, LEFT, Pair, RECEIVED, told};
use crate::town::{FIRST, day};

const IDLE: &str = "Không làm thay đổi tài khoản (chờ xử lý, không thành công, đã hủy)";
const REST: &str = "Bên B còn phải chuyển cho bên A, của các ngày đến cuối kỳ (dòng 1 cộng dòng 2, \
                    trừ dòng 3, cộng dòng 4)";

/// Everything that the account received, whatever it was for, and nothing else.
#[test]
fn a_bank_credited_what_came_in_whatever_it_was_for() {
    let (period, run) = december();
    let deposit = change("8", "cash_deposit", "excluded", |row| {
        row.business_date = day("2022-11-30");
    });
    let was = ProviderRow {
        class: "unidentified".into(),
        bucket: "open".into(),
        ..deposit.clone()
    };
    let paper = Minutes {
        collects: false,
        // in November it counted as a payment; what the bank credited then it credited
        changed: vec![(was, deposit)],
        ..minutes(&period, &run, rows())
    };
    let texts = of(&paper);
    let credited = 1_005_000 + 9_000_000 + 1_005_000;
    assert_eq!(told(&texts, CREDITS), [3, credited]);
    assert_eq!(told(&texts, DEBITS), [3, 300_000 + 1_005_000 + 100_000]);
    assert_eq!(told(&texts, IDLE), [1, 1_005_000]);
    let signed = "Đã ghi có vào tài khoản của bên A (dòng XII.1): 11.010.000 đồng. \
                  Bằng chữ: Mười một triệu không trăm mười nghìn đồng.";
    assert!(has(&texts, signed), "{texts:?}");
    assert!(
        !has(&texts, "trừ ở kỳ này"),
        "nothing is taken off an account"
    );
    // the workbook and the PDF say the same, and so does English
    let made = paper.paper(CLASSES);
    let book = forms::xlsx(&made, day(FIRST)).unwrap();
    crate::forms_book::tells_the_same(&book, &texts, "account");
    let pdf = doisoat::report::pdf::paper(&made, day(FIRST)).unwrap();
    let pdf = crate::pdf::squeezed(&crate::pdf::read(&pdf).text);
    assert!(pdf.contains(&crate::pdf::squeezed(signed)), "{pdf}");
    let english = Minutes {
        lang: Lang::En,
        ..paper
    };
    let signed = "Credited to the account of party A (line XII.1): 11,010,000 dong.";
    assert!(has(&of(&english), signed), "{:?}", of(&english));
}

#[test]
fn what_was_credited_of_earlier_days_is_named() {
    let (period, run) = december();
    let before = |row: &mut ProviderRow| row.business_date = day("2022-11-30");
    let late = change("8", "ok", "matched", before);
    let waits = change("9", "pending", "open", |row| row.status = "pending".into());
    let now = change("9", "ok", "matched", before);
    let paper = Minutes {
        collects: false,
        changed: vec![(waits, now)],
        ..minutes(
            &period,
            &run,
            vec![change("1", "ok", "matched", |_| {}), late],
        )
    };
    let texts = of(&paper);
    assert_eq!(told(&texts, CREDITS), [2, 2_010_000]);
    assert!(has(&texts, "(dòng XII.1 cộng dòng XII.4): 3.015.000 đồng"));
    assert!(has(
        &texts,
        "Trong đó 1 giao dịch, 1.005.000 đồng là của các ngày trước kỳ"
    ));
    let changed = "Giao dịch của kỳ trước: nay mới ghi có (cộng), nay không còn ghi có (trừ)";
    assert_eq!(told(&texts, changed), [0, 1_005_000]);
}

#[test]
fn what_was_transferred_is_not_demanded_again() {
    let (period, run) = december();
    let handed = |left| Handed::Told {
        before: 100_000,
        received: 900_000,
        left,
    };
    let paper = |left| Minutes {
        handed: handed(left),
        ..minutes(&period, &run, rows())
    };
    let due = 2_010_000 - 400_000 - 5_000;
    let left = 100_000 + due - 900_000;
    let texts = of(&paper(left.into()));
    let lines = [BEFORE, DUE, RECEIVED, LEFT].map(|line| told(&texts, line)[1]);
    assert_eq!(lines, [100_000, due, 900_000, left]);
    let signed = "Số tiền bên B còn phải chuyển cho bên A, sau các khoản đã chuyển (dòng XII): \
                  805.000 đồng. Bằng chữ: Tám trăm linh năm nghìn đồng.";
    assert!(
        has(&texts, signed) && has(&texts, "Chuyển vào tài khoản"),
        "{texts:?}"
    );
    let made = paper(left.into()).paper(CLASSES);
    let book = forms::xlsx(&made, day(FIRST)).unwrap();
    crate::forms_book::tells_the_same(&book, &texts, "left");
    let pdf = doisoat::report::pdf::paper(&made, day(FIRST)).unwrap();
    let pdf = crate::pdf::squeezed(&crate::pdf::read(&pdf).text);
    assert!(pdf.contains(&crate::pdf::squeezed(signed)), "{pdf}");
    // what the lines do not explain is a line, and the amount is that of the rows
    let other = paper(i128::from(left) - 5_000);
    let texts = of(&other);
    assert_eq!(behind(&texts, REST, 2), ["—", "800.000"]);
    let book = forms::xlsx(&other.paper(CLASSES), day(FIRST)).unwrap();
    crate::forms_book::tells_the_same(&book, &texts, "rest");
    assert!(has(&texts, "(dòng XII): 800.000 đồng"));
    let texts = of(&paper(-7));
    assert!(has(
        &texts,
        "bên A phải chuyển lại cho bên B (dòng XII, số âm): 7 đồng"
    ));
    assert!(!has(&texts, "Chuyển vào tài khoản"));
    // another source of the same party has it in its paper
    let texts = of(&Minutes {
        handed: Handed::With("vnpay-api".into()),
        ..minutes(&period, &run, rows())
    });
    assert!(has(&texts, "nằm ở biên bản theo nguồn vnpay-api"));
    assert!(!has(&texts, "Chuyển vào tài khoản"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_what_the_files_add_up_to() {
    let pair = Pair::new(Kind::Sqlite).await;
    pair.two_days().await;
    let second = "2022-12-06";
    let bank = pair.minutes("bank", (FIRST, second)).await;
    let credited = 1_000 + 57_350 + 20_000 + 1_000_000;
    assert_eq!(told(&bank, CREDITS), [4, credited]);
    assert_eq!(told(&bank, DEBITS), [1, 3_300]);
    assert!(has(&bank, "(dòng XII.1): 1.078.350 đồng"), "{bank:?}");
    let gateway = pair.minutes("gw", (FIRST, second)).await;
    assert_eq!(told(&gateway, DUE)[1], 57_350 + 49_450);
    assert_eq!(told(&gateway, RECEIVED)[1], 57_350);
    assert_eq!(told(&gateway, LEFT)[1], 49_450);
    assert!(has(&gateway, "(dòng XII): 49.450 đồng"), "{gateway:?}");
    pair.two_more().await;
    // open periods: the paper of two more days takes up the rest, and what came late
    let gateway = pair.minutes("gw", ("2022-12-07", "2022-12-08")).await;
    assert_eq!(told(&gateway, BEFORE)[1], 49_450);
    assert_eq!(told(&gateway, DUE)[1], 27_690 + 49_450 + 7_912);
    assert_eq!(told(&gateway, RECEIVED)[1], 27_690);
    assert_eq!(told(&gateway, LEFT)[1], 49_450 + 7_912 + 49_450);
    let all = pair.minutes("gw", (FIRST, "2022-12-08")).await;
    assert_eq!(told(&all, LEFT), told(&gateway, LEFT));
    assert_eq!(told(&all, RECEIVED)[1], 57_350 + 27_690);
    Box::pin(pair.0.desk.close()).await;
}
