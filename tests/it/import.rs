//! Decisions come back from a table that people filled in: all of a row or nothing of it.

use doisoat::clock::FixedClock;
use doisoat::domain::Lang;
use doisoat::job::import::{How, Imported, Table, import, read};
use doisoat::store::{ExceptionRecord, Store};
use serde_json::Value;

use crate::by_hand::open_of;
use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, night};

fn fixture(name: &str) -> Vec<u8> {
    let path = [env!("CARGO_MANIFEST_DIR"), "fixtures", "decisions", name];
    std::fs::read(path.iter().collect::<std::path::PathBuf>()).unwrap()
}

/// Made by hand, and the same after LibreOffice saved it: keys in a hidden row, ids in a hidden
/// column, one of them all digits and one that looks like a number with an exponent.
#[test]
fn a_workbook_reads_the_same_after_libreoffice_saved_it() {
    for name in ["by_hand.xlsx", "saved_by_libreoffice.xlsx"] {
        let Table::Rows(rows) = read(&fixture(name)).unwrap() else {
            panic!("{name}")
        };
        let ids: Vec<(&str, u64)> = rows.iter().map(|row| (&*row.id, row.row)).collect();
        let wanted = [
            ("0123456789012345", 5),
            ("00e12345678901ab", 6),
            ("ffeeddccbbaa9988", 7),
        ];
        assert_eq!(ids, wanted, "{name}");
        let first = &rows[0];
        assert_eq!(&*first.sheet, "Ngoại lệ", "{name}");
        assert_eq!(
            (&*first.decision, &*first.reason),
            ("Không phải khoản thu", "Tiền thuê hội trường")
        );
        assert_eq!(
            (&*first.amount, &*first.by, first.formula),
            ("50000", "an", None),
            "{name}"
        );
        assert!(rows[1].is_empty(), "{name}");
        assert_eq!(rows[2].formula, Some(("decision", 6)), "{name}");
    }
}

pub(crate) async fn imported(store: &Store, table: &str, dry_run: bool) -> Imported {
    let clock = FixedClock::new(day("2022-12-06").start_ms());
    let how = How {
        by: "binh".into(),
        replace: false,
        dry_run,
        lang: Lang::En,
    };
    let done = import(store, &clock, table.as_bytes(), &how).await.unwrap();
    done.unwrap()
}

/// A table of these rows: id, class, amount, decision, target, assignee, reason, by.
fn table(rows: &[[&str; 8]]) -> String {
    let head = "exception_id,class,amount_vnd,decision,target,assignee,reason,decided_by\n";
    let rows = rows.iter().map(|row| row.join(",") + "\n");
    head.to_owned() + &rows.collect::<String>()
}

pub(crate) fn counts(imported: &Imported) -> [usize; 4] {
    let Imported {
        written,
        unchanged,
        skipped,
        refused,
    } = imported;
    [*written, *unchanged, *skipped, refused.len()]
}

pub(crate) struct Case {
    pub(crate) town: Town,
    pub(crate) open: Vec<ExceptionRecord>,
    pub(crate) fee: ExceptionRecord,
}

pub(crate) async fn case(kind: Kind) -> Case {
    let town = Town::new(kind).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let open = open_of(&desk.store, "unidentified").await;
    let fees = open_of(&desk.store, "missing_payment").await;
    let fee = fees.into_iter().min_by_key(|fee| fee.amount).unwrap();
    desk.close().await;
    Case { town, open, fee }
}

/// Every word, in both languages and as an id; twice changes nothing, also after the night that
/// applied them.
#[tokio::test(flavor = "multi_thread")]
async fn decisions_are_written_once() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let Case { town, open, fee } = case(kind).await;
        let desk = town.desk(&as_is).await;
        let [a, b, c] = [0, 1, 2].map(|n| open[n].id.as_str());
        let amounts = [0, 1, 2].map(|n| open[n].amount.get().to_string());
        let text = table(&[
            [
                a,
                "unidentified",
                &amounts[0],
                "Không phải khoản thu",
                "",
                "",
                "phoned",
                "an",
            ],
            [b, "", "", "write_off", "", "chi", "too old", ""],
            [c, "unidentified", &amounts[2], "", "", "", "", ""],
            [
                fee.id.as_str(),
                "",
                "",
                "Refund requested",
                "",
                "",
                "asked",
                "",
            ],
            ["", "", "", "", "", "", "", ""],
        ]);
        let dump = town.dump().await;
        let dry = imported(&desk.store, &text, true).await;
        assert_eq!(counts(&dry), [3, 0, 1, 0], "{kind:?}: {dry:?}");
        assert_eq!(town.dump().await, dump, "a dry run writes nothing");
        assert_eq!(
            counts(&imported(&desk.store, &text, false).await),
            [3, 0, 1, 0]
        );
        let book = desk.store.decisions().await.unwrap();
        let told: Vec<(&str, &str, &str)> = book
            .iter()
            .map(|e| (e.draft.action.id(), &*e.draft.by, &*e.draft.reason))
            .collect();
        let wanted = [
            ("not_fee", "an", "phoned"),
            ("write_off", "binh", "too old"),
            ("assign", "binh", "too old"),
            ("refund_requested", "binh", "asked"),
        ];
        assert_eq!(told, wanted, "{kind:?}");
        let written = town.dump().await;
        assert_eq!(
            counts(&imported(&desk.store, &text, false).await),
            [0, 3, 1, 0]
        );
        assert_eq!(town.dump().await, written, "{kind:?}: twice is once");
        town.morning_after(day("2022-12-06"));
        night(&desk, "2022-12-06").await;
        assert_eq!(
            counts(&imported(&desk.store, &text, false).await),
            [0, 3, 1, 0]
        );
        assert_eq!(desk.store.decisions().await.unwrap().len(), 4);
    }
}

/// Whoever only fills in who is to settle it has decided nothing: no reason is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_alone_needs_no_reason() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let [a, b] = [0, 1].map(|n| open[n].id.as_str());
    let text = table(&[
        [a, "", "", "", "", "chi", "", ""],
        [b, "", "", "not_fee", "", "chi", "", ""],
    ]);
    let done = imported(&desk.store, &text, false).await;
    assert_eq!(
        counts(&done),
        [1, 0, 0, 1],
        "a decision needs one: {done:?}"
    );
    let book = desk.store.decisions().await.unwrap();
    let told: Vec<(&str, &str)> = book
        .iter()
        .map(|e| (e.draft.action.id(), &*e.draft.reason))
        .collect();
    assert_eq!(told, [("assign", "-")]);
    let again = imported(&desk.store, &text, false).await;
    assert_eq!(counts(&again), [0, 1, 0, 1]);
}

/// A cell that holds who was given it already decides nothing; another name or none does, unless
/// somebody else gave it away since the table was made.
#[tokio::test(flavor = "multi_thread")]
async fn only_a_changed_assignee_is_an_assignment() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let id = open[0].id.as_str();
    let steps: [(&str, &str, [usize; 4], &[&str]); 6] = [
        ("binh", "", [1, 0, 0, 0], &["binh"]),
        ("binh", "binh", [0, 0, 1, 0], &["binh"]),
        ("dung", "binh", [1, 0, 0, 0], &["dung"]),
        ("", "binh", [0, 0, 0, 1], &["dung"]),
        ("", "dung", [1, 0, 0, 0], &[]),
        ("", "", [0, 0, 1, 0], &[]),
    ];
    for (now, then, wanted, owner) in steps {
        let text = format!("exception_id,decision,assignee,assigned\n{id},,{now},{then}\n");
        let done = imported(&desk.store, &text, false).await;
        assert_eq!(counts(&done), wanted, "{then} to {now}: {done:?}");
        for bad in &done.refused {
            assert_eq!(&*bad.column, "C (assignee)");
            assert_eq!(bad.message, "it was binh and is dung now");
        }
        let held = desk.store.assigned([&open[0].key], day("2022-12-31"));
        let held = held.await.unwrap();
        let held: Vec<&str> = held.iter().map(|(_, to)| &**to).collect();
        assert_eq!(held, owner, "{then} to {now}");
    }
}

/// Each bad row is told with its place and the remedy; its good half is not written either.
/// What is said of the bad rows: the row, the column, and words of the message.
fn refusals() -> [(u64, &'static str, &'static str); 9] {
    [
        (
            2,
            "B (class)",
            "it was Only at the provider and is Unidentified payment now",
        ),
        (3, "C (amount_vnd)", "it was 12,345\u{a0}₫ and is "),
        (4, "D (decision)", "\"pay\" is no decision"),
        // three rows say three things of one exception: none of them is written
        (
            5,
            "A (exception_id)",
            "stands in row 8 with another content",
        ),
        (6, "A (exception_id)", "\"1.23457E+15\" is no exception id"),
        (7, "D (decision)", "no exception \"ffffffffffffffff\""),
        (
            8,
            "A (exception_id)",
            "stands in row 5 with another content",
        ),
        (
            9,
            "A (exception_id)",
            "stands in row 5 with another content",
        ),
        (10, "D (decision)", "a target without a decision"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_refused_by_name_and_the_others_written() {
    let Case { town, open, fee } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let [a, b, c, d] = [0, 1, 2, 3].map(|n| open[n].id.as_str());
    let code = fee.key.dossier.clone().unwrap();
    let nowhere = "H48.18.22-221205-9999";
    let text = table(&[
        [a, "orphan", "", "not_fee", "", "", "r", ""],
        [b, "", "12345", "not_fee", "", "", "r", ""],
        [c, "", "", "pay", "", "", "r", ""],
        [d, "", "", "not_fee", "", "", "", ""],
        ["1.23457E+15", "", "", "not_fee", "", "", "r", ""],
        ["ffffffffffffffff", "", "", "not_fee", "", "", "r", ""],
        [d, "", "", "pair", nowhere, "chi", "r", ""],
        [d, "", "", "write_off", "", "", "r", ""],
        [fee.id.as_str(), "", "", "", code.as_str(), "", "r", ""],
    ]);
    let done = imported(&desk.store, &text, false).await;
    let told: Vec<(u64, &str, &str)> = done
        .refused
        .iter()
        .map(|bad| (bad.row, &*bad.column, bad.message.as_str()))
        .collect();
    let wanted = refusals();
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert_eq!((told.0, told.1), (wanted.0, wanted.1), "{told:?}");
        assert!(told.2.contains(wanted.2), "{told:?}");
    }
    assert!(done.refused.iter().all(|bad| !bad.fix.is_empty()));
    assert!(desk.store.decisions().await.unwrap().is_empty());
    // the good half of a bad row stays unwritten, a good row beside it does not
    let text = table(&[
        [a, "", "", "pair", nowhere, "chi", "r", ""],
        [b, "", "", "not_fee", "", "", "r", ""],
    ]);
    let done = imported(&desk.store, &text, false).await;
    assert_eq!(counts(&done), [1, 0, 0, 1]);
    assert_eq!(&*done.refused[0].column, "E (target)");
    assert_eq!(desk.store.decisions().await.unwrap().len(), 1);
    // what is said is Vietnamese first, and both languages say it of the same cells
    let clock = FixedClock::new(day("2022-12-06").start_ms());
    let how = How {
        by: "binh".into(),
        replace: false,
        dry_run: true,
        lang: Lang::Vi,
    };
    let text = table(&[
        [a, "orphan", "", "not_fee", "", "", "r", ""],
        [c, "", "", "pay", "", "", "r", ""],
        [d, "", "", "not_fee", "", "", "", ""],
        [b, "", "", "pair", nowhere, "", "r", ""],
    ]);
    let told = import(&desk.store, &clock, text.as_bytes(), &how).await;
    let told = told.unwrap().unwrap();
    let lines: Vec<String> = told.refused.iter().map(|bad| bad.line(Lang::Vi)).collect();
    let wanted = [
        "dòng 2, cột B (class): lúc lập bảng là Thừa phía nhà cung cấp (không có hồ sơ), nay là Chưa",
        "dòng 3, cột D (decision): \"pay\" không phải quyết định → chọn một trong: Ghép với một hồ sơ;",
        "dòng 4, cột G (reason): chưa có lý do → ghi vì sao",
        "dòng 5, cột E (target): chưa biết khoản thu nào của hồ sơ",
    ];
    assert_eq!(lines.len(), wanted.len(), "{lines:?}");
    for (line, wanted) in lines.iter().zip(wanted) {
        assert!(line.starts_with(wanted), "{line}");
    }
    words_of_the_workbook(&desk.store, [b, fee.id.as_str()], how).await;
    // a table that Vietnamese Excel saved is read as well
    let semicolons = table(&[[c, "", "", "not_fee", "", "", "r", ""]]).replace(',', ";");
    let read = imported(&desk.store, &semicolons, true).await;
    assert_eq!(counts(&read), [1, 0, 0, 0]);
    desk.close().await;
    on_the_command_line(&town, c).await;
}

/// What is said to somebody at a workbook names words of its drop-down, no options and no ids; the
/// words of both languages at once are read as well.
async fn words_of_the_workbook(store: &Store, [txn, fee]: [&str; 2], how: How) {
    let text = table(&[
        [fee, "", "", "not_fee", "", "", "r", ""],
        [txn, "", "", "paid_by", "sepay-main/nothing", "", "r", ""],
    ]);
    let clock = FixedClock::new(day("2022-12-06").start_ms());
    let told = import(store, &clock, text.as_bytes(), &how).await;
    let told = told.unwrap().unwrap();
    let lines: Vec<String> = told.refused.iter().map(|bad| bad.line(Lang::Vi)).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains("là khoản thu, không phải giao dịch"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("là giao dịch, không phải khoản"),
        "{lines:?}"
    );
    assert!(lines.iter().all(|line| !line.contains("--")), "{lines:?}");
    let both = "Không theo dõi tiếp / Write off";
    let text = table(&[[txn, "", "", both, "", "", "r", ""]]);
    let again = How {
        replace: true,
        ..how
    };
    let told = import(store, &clock, text.as_bytes(), &again).await;
    assert_eq!(counts(&told.unwrap().unwrap()), [1, 0, 0, 0]);
}

async fn on_the_command_line(town: &Town, id: &str) {
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(town.dir().join(name), bytes).unwrap();
    write(
        "good.csv",
        table(&[[id, "", "", "not_fee", "", "", "r", ""]]).as_bytes(),
    );
    write("other.csv", b"a,b\n1,2\n");
    write("book.xlsx", &fixture("by_hand.xlsx"));
    let args = |file: &'static str| ["exceptions", "import", file, "--by", "an", "--lang", "en"];
    let done = run(town, &args("good.csv")).await;
    assert_eq!((code(&done), stdout(&done).lines().count()), (0, 1));
    assert!(
        stdout(&done).starts_with("1 rows written; 0 "),
        "{}",
        stdout(&done)
    );
    for bad in ["other.csv", "none.csv"] {
        assert_eq!(code(&run(town, &args(bad)).await), 2, "{bad}");
    }
    let book = run(town, &[&args("book.xlsx")[..], &["--json"]].concat()).await;
    assert_eq!(code(&book), 2);
    let document: Value = serde_json::from_slice(&book.stdout).unwrap();
    let refused = document["refused"].as_array().unwrap();
    assert_eq!(
        (refused.len(), &document["skipped"]),
        (2, &1.into()),
        "{document}"
    );
    assert_eq!(refused[1]["sheet"], "Ngoại lệ");
    assert_eq!(
        (&refused[1]["row"], &refused[1]["column"]),
        (&7.into(), &"G (decision)".into())
    );
    assert_eq!(refused[1]["message"], "a formula, not a value");
}
