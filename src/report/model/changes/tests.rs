//! Changes in words, in both languages.

use super::*;

fn row(kind: &'static str, key: &str, told_by: Option<&str>) -> RowChange {
    RowChange {
        kind,
        key: key.into(),
        became: Became::Added,
        column: "".into(),
        before: "".into(),
        after: "".into(),
        dossier: None,
        told_by: told_by.map(Into::into),
    }
}

/// Classes, passes and periods have their words, and days are written as people write them.
#[test]
fn no_word_of_the_program_is_told_to_people() {
    let said = |lang| {
        [
            link_words("settles 8000 extracted_key", lang),
            class_word("ok", lang),
            words::period_word("2022", lang),
            words::period_word("2022-12", lang),
            words::period_word("2022-12-05", lang),
            field_value("due_at", "2022-12-05", lang),
            field_value("paid_at", "2022-12-05T09:01:57+07:00", lang),
            field_value("code", "2022-12", lang),
        ]
    };
    let vi = [
        "trả khoản thu, 8.000\u{a0}₫ (Mã hồ sơ trong nội dung)",
        "Đúng",
        "lũy kế năm 2022",
        "lũy kế tháng 12/2022",
        "ngày 05/12/2022",
        "05/12/2022",
        "09:01:57 05/12/2022",
        "2022-12",
    ];
    assert_eq!(said(Lang::Vi), vi);
    let en = said(Lang::En);
    assert!(en[0].ends_with("(Key read from the memo)"), "{en:?}");
    assert_eq!(en[1], "In order");
}

#[test]
fn decisions_and_memos_are_told_without_what_a_payer_wrote() {
    let memo = RowChange {
        became: Became::Changed,
        column: "memo".into(),
        before: "NGUYEN VAN A nop phi".into(),
        after: "NGUYEN VAN A nop le phi".into(),
        ..row("txn", "sepay-main/1", None)
    };
    let input = Cause::Input {
        kind: "decision",
        key: "txn sepay-main/2".into(),
        told_by: Some("an: phoned".into()),
    };
    let class = crate::report::facts::diff::ClassChange {
        row: "txn sepay-main/2".into(),
        before: "unidentified".into(),
        after: "not_fee".into(),
        amount_vnd: 35_000,
        cause: input,
    };
    let deadline = RowChange {
        became: Became::Changed,
        column: "deadline_passed".into(),
        before: "false".into(),
        after: "true".into(),
        ..row("source", "igate", None)
    };
    let replaced = Replaced {
        version: 1,
        diff: Diff {
            from: "a".into(),
            to: "b".into(),
            same_night: true,
            equal: false,
            rules: vec!["pairing_days: 3 / 0".into()],
            fee_table: None,
            program: Some(("0.1.0".into(), "0.2.0".into())),
            sources: vec![deadline],
            figures: Vec::new(),
            totals: Vec::new(),
            inputs: vec![
                memo,
                row("decision", "txn sepay-main/2", Some("an: phoned")),
            ],
            matches: Vec::new(),
            classes: vec![class],
            exceptions: Vec::new(),
            findings: Vec::new(),
            shares: Vec::new(),
            not_compared: Vec::new(),
        },
    };
    for lang in [Lang::Vi, Lang::En] {
        let told = VersionChanges::of(&replaced, lang);
        let kinds: Vec<&str> = told.sections.iter().map(|section| section.kind).collect();
        assert_eq!(kinds, ["rule", "source", "decision", "row", "class"]);
        assert_eq!(told.count(), 6);
        let late = &told.sections[1].lines[0];
        let wanted = match lang {
            Lang::Vi => ["igate: quá hạn nhận dữ liệu", "không", "có"],
            Lang::En => ["igate: deadline passed", "no", "yes"],
        };
        assert_eq!([&*late.what, &late.before, &late.after], wanted);
        let row = &told.sections[3].lines[0];
        let memo = match lang {
            Lang::Vi => "giao dịch sepay-main/1: nội dung",
            Lang::En => "transaction sepay-main/1: memo",
        };
        assert_eq!(row.what, memo);
        assert_eq!((&*row.before, &*row.after), ("***", "***"));
        assert_eq!(told.sections[2].lines[0].cause, "an: phoned");
        assert_eq!(told.sections[0].lines[1].after, "0");
        let (reason, count) = &told.reasons[0];
        assert_eq!((reason.cause, &*reason.name, *count), ("decision", "", 1));
    }
}
