//! Notes that finance staff write into the workbook: kept in the book of decisions, shown again.

use calamine::{Data, Reader as _, Xlsx};
use doisoat::job::Desk;
use doisoat::job::import::{Filled, Table, read};
use doisoat::report::xlsx::columns;

use crate::database::Kind;
use crate::import::{Case, case, counts, imported};
use crate::town::{Town, as_is, day, night};

/// A note stands behind the reason of a decision, is the reason of an assignment, and alone stays
/// with whoever is to settle the row; the next night shows it again.
#[tokio::test(flavor = "multi_thread")]
async fn a_note_is_kept_and_shown_the_next_night() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let [a, b, c] = [0, 1, 2].map(|n| open[n].id.as_str());
    let head = "exception_id,decision,assignee,reason,note\n";
    let text = format!(
        "{head}{a},write_off,,too old,asked on the phone\n{b},,chi,,call the bank\n{c},,,,seen\n"
    );
    let done = imported(&desk.store, &text, false).await;
    assert_eq!(counts(&done), [3, 0, 0, 0], "{done:?}");
    let again = imported(&desk.store, &text, false).await;
    assert_eq!(counts(&again), [0, 3, 0, 0], "twice is once: {again:?}");
    let later = format!("{head}{b},,,,\"the bank looks for it, <b>\"\n");
    let done = imported(&desk.store, &later, false).await;
    assert_eq!(counts(&done), [1, 0, 0, 0], "{done:?}");
    let book = desk.store.decisions().await.unwrap();
    let told: Vec<(&str, &str)> = book
        .iter()
        .map(|e| (e.draft.action.id(), &*e.draft.reason))
        .collect();
    let wanted = [
        ("write_off", "too old; asked on the phone"),
        ("assign", "call the bank"),
        ("assign", "seen"),
        ("assign", "the bank looks for it, <b>"),
    ];
    assert_eq!(told, wanted);
    // a note changes nobody
    let keys = [&open[0].key, &open[1].key, &open[2].key];
    let held = desk.store.assigned(keys, day("2022-12-31")).await.unwrap();
    assert_eq!(held, [(open[1].key.clone(), Box::<str>::from("chi"))]);
    the_next_night_shows_it(&town, &desk, [a, b, c]).await;
}

async fn the_next_night_shows_it(town: &Town, desk: &Desk, [a, b, c]: [&str; 3]) {
    town.morning_after(day("2022-12-06"));
    night(desk, "2022-12-06").await;
    let folder = town.folder("2022-12-06");
    let page = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("Ghi chú: the bank looks for it, &lt;b&gt; (binh)"));
    assert!(page.contains("Ghi chú: seen (binh)") && !page.contains("call the bank"));
    let bytes = std::fs::read(folder.join("doisoat.xlsx")).unwrap();
    let mut book = Xlsx::new(std::io::Cursor::new(bytes.clone())).unwrap();
    let list = book.worksheet_range("Ngoại lệ").unwrap();
    let row = |id: &str| -> Vec<String> {
        let cells = |row: &[Data]| row.iter().map(ToString::to_string).collect();
        let mut rows = list.rows().map(cells);
        rows.find(|row: &Vec<String>| row[0] == id).unwrap()
    };
    let place = |key: &str| usize::from(columns::place(key).unwrap());
    assert_eq!(row(b)[place(columns::ASSIGNEE)], "chi");
    assert_eq!(
        row(b)[place(columns::NOTED)],
        "the bank looks for it, <b> (binh)"
    );
    assert_eq!(row(c)[place(columns::NOTED)], "seen (binh)");
    assert_eq!(row(a)[place(columns::STATUS)], "Thôi theo dõi");
    let notes = book.worksheet_range("Chú giải").unwrap();
    assert!(notes.rows().any(|row| row[0] == Data::String("chi".into())));
    // what was noted so far is no new note
    let Table::Rows(rows) = read(&bytes).unwrap() else {
        panic!("no rows")
    };
    assert!(rows.iter().all(Filled::is_empty));
}

/// The hidden key is that of the row which stands beside it, and of two rows that contradict each
/// other neither is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_row_and_contrary_rows_are_refused() {
    let Case { town, open, .. } = case(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    let [a, b] = [&open[0], &open[1]];
    let head = "exception_id,source,id,decision,reason\n";
    let row = |key: &str, of: &str, decision: &str| {
        format!("{key},{},{of},{decision},why\n", a.key.source)
    };
    let (a_id, b_id) = (a.id.as_str(), b.id.as_str());
    // the key of b in the row of a
    let swapped = format!("{head}{}", row(b_id, &a.key.id, "not_fee"));
    let done = imported(&desk.store, &swapped, false).await;
    assert_eq!(counts(&done), [0, 0, 0, 1], "{done:?}");
    assert_eq!(&*done.refused[0].column, "C (id)");
    assert!(done.refused[0].message.contains(&*a.key.id), "{done:?}");
    let twice = format!(
        "{head}{}{}",
        row(a_id, &a.key.id, "not_fee"),
        row(a_id, &a.key.id, "write_off")
    );
    let done = imported(&desk.store, &twice, false).await;
    assert_eq!(counts(&done), [0, 0, 0, 2], "{done:?}");
    assert!(desk.store.decisions().await.unwrap().is_empty());
    let right = format!("{head}{}", row(a_id, &a.key.id, "not_fee"));
    let done = imported(&desk.store, &right, false).await;
    assert_eq!(counts(&done), [1, 0, 0, 0], "{done:?}");
}
