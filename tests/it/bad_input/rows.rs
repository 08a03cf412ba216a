//! Rows that cannot be read: in the registry's files and in a provider's answer.

use super::proxy::Proxy;
use super::*;

/// One row that is added to a file of the export and cannot be read.
struct Plant {
    file: &'static str,
    cells: &'static [(&'static str, &'static str)],
    /// Column and value at fault.
    fault: (&'static str, &'static str),
    /// Side, id and dong of the reject.
    reject: (&'static str, &'static str, &'static str),
    lang: &'static str,
    /// What the page and the table say: why, which row is left out, what to do.
    says: [&'static str; 3],
}

const PLANTS: [Plant; 4] = [
    Plant {
        file: "dossier_fees",
        cells: &[
            ("dossier_code", "H48.18.22-221205-9999"),
            ("fee_id", "F-BAD"),
            ("fee_kind", "phi"),
            ("amount_vnd", "1.250.00"),
            ("agency_code", "H48.18.22"),
            ("status", "unpaid"),
        ],
        fault: ("amount_vnd", "1.250.00"),
        reject: ("fee", "F-BAD", "0"),
        lang: "vi",
        says: [
            "\"1.250.00\" không phải là số tiền",
            "Dòng này không được đưa vào đối chiếu (mã F-BAD).",
            "Đề nghị nơi lập dữ liệu gửi lại số tiền đúng (chỉ gồm chữ số), rồi chạy lại.",
        ],
    },
    Plant {
        file: "dossier_fees",
        cells: &[
            ("dossier_code", "H48.18.22-221332-0001"),
            ("fee_id", "F-BAD"),
            ("fee_kind", "phi"),
            ("amount_vnd", "45000"),
            ("agency_code", "H48.18.22"),
            ("status", "unpaid"),
        ],
        fault: ("dossier_code", "H48.18.22-221332-0001"),
        reject: ("fee", "F-BAD", "45000"),
        lang: "en",
        says: [
            "the dossier code \"H48.18.22-221332-0001\" holds an impossible date",
            "This row is left out of matching (id F-BAD, 45.000 VND).",
            "Look up the right code in the one-stop system (such as H48.18.22-221202-0001), \
             correct it at the source, then run again.",
        ],
    },
    Plant {
        file: "cash_receipts",
        cells: &[
            ("receipt_id", "R-BAD"),
            ("dossier_code", "H48.18.22-220230-0001"),
            ("amount_vnd", "45000"),
            ("collected_at", "2022-12-05T09:00:00+07:00"),
            ("status", "valid"),
        ],
        fault: ("dossier_code", "H48.18.22-220230-0001"),
        reject: ("receipt", "R-BAD", "45000"),
        lang: "vi",
        says: [
            "mã hồ sơ \"H48.18.22-220230-0001\" chứa ngày không có thật",
            "Dòng này không được đưa vào đối chiếu (mã R-BAD, 45.000 đồng).",
            "Tra mã đúng trên hệ thống một cửa (ví dụ H48.18.22-221202-0001), sửa ở nguồn, rồi \
             chạy lại.",
        ],
    },
    Plant {
        file: "payment_orders",
        cells: &[
            ("provider", "vnpay"),
            ("order_id", "O-BAD"),
            ("dossier_code", "H48.18.22-221205-9999"),
            ("amount_vnd", "1.250.00"),
            ("created_at", "20221205090000"),
            ("status", "pending"),
        ],
        fault: ("amount_vnd", "1.250.00"),
        reject: ("fee", "O-BAD", "0"),
        lang: "en",
        says: [
            "\"1.250.00\" is not an amount",
            "This row is left out of matching (id O-BAD).",
            "Ask whoever made the data for the right amount (digits only), then run again.",
        ],
    },
];

/// Adds the row; tells the file, its line and its text.
fn plant(town: &Town, plant: &Plant) -> (String, usize, String) {
    let file = format!("{}_{FIRST}.csv", plant.file);
    let path = town.dir().join("inbox").join(&file);
    let text = std::fs::read_to_string(&path).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    for (name, _) in plant.cells {
        assert!(header.contains(name), "{file} has no {name}");
    }
    let cell = |column: &&str| plant.cells.iter().find(|(name, _)| name == column);
    let row: Vec<&str> = header
        .iter()
        .map(|column| cell(column).map_or("", |(_, value)| value))
        .collect();
    let row = row.join(",");
    std::fs::write(&path, format!("{text}{row}\n")).unwrap();
    (file, text.lines().count() + 1, row)
}

/// An unreadable payment or receipt may have been anybody's: intervals widen, and nothing else of a
/// share changes outside the agencies given.
fn shares_only_widen(before: &Files, files: &Files, but: &[&str]) {
    let (now, was) = (table(files, "share.csv"), table(before, "share.csv"));
    assert_eq!(now.len(), was.len());
    for (now, was) in now.iter().zip(&was) {
        let same = |column: &str| now[column] == was[column];
        assert!(same("agency_code") && same("definition"));
        if !but.contains(&now["agency_code"].as_str()) {
            let points = ["numerator", "denominator", "share"];
            assert!(
                points.iter().all(|column| same(column)),
                "{now:?}, was {was:?}"
            );
            let widens = now["low"] <= was["low"] && now["high"] >= was["high"];
            assert!(widens, "{now:?}, was {was:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_of_the_export_is_said_and_nothing_else_is_lost() {
    let before = reference().await;
    for case in &PLANTS {
        let town = morning().await;
        configure(&town, &as_is);
        let (file, line, row) = plant(&town, case);
        let (_, files) = night(&town, &["--lang", case.lang], 0).await;
        let (column, value) = case.fault;
        let [why, left_out, advice] = case.says;
        let (at, place, label) = match case.lang {
            "vi" => (
                format!("dòng {line}, cột “{column}”"),
                format!("{file}, dòng {line}, cột"),
                "Dòng không đọc được",
            ),
            _ => (
                format!("line {line}, column “{column}”"),
                format!("{file}, line {line}, column"),
                "Unreadable row",
            ),
        };
        let said = format!("{file} {at} one-stop {value} {why} {left_out} {advice}");
        let page = page(&files);
        assert!(page.contains(&said), "{said}\n{}", part(&page, value));

        // One row more in the work list, everything else as it was.
        let (lost, added) = changes(before, &files, "exceptions.csv");
        assert!(lost.is_empty(), "{lost:#?}");
        assert_eq!(added.len(), 1, "{added:#?}");
        let row_of = find(&files, "exceptions.csv", |row| row["class"] == "reject");
        let (side, id, dong) = case.reject;
        assert_eq!(
            (&*row_of["side"], &*row_of["id"], &*row_of["amount_vnd"]),
            (side, id, dong)
        );
        assert_eq!(
            row_of["evidence"],
            format!("{place} \"{column}\": \"{value}\"")
        );
        assert_eq!(row_of["detail"], format!("{label}: {why}. {advice}"));
        nothing_changed(before, &files, &["links.csv"]);
        shares_only_widen(before, &files, &[]);
        let (run, was) = (run_json(&files), run_json(before));
        totals_tie(&run);
        assert_eq!(
            run["totals"], was["totals"],
            "no row of the money side is touched"
        );
        assert_eq!(source(&run, "one-stop")["rejects"], 1);
        let lines = |run: &Value| source(run, "one-stop")["rows"].as_u64().unwrap();
        assert_eq!(lines(&run), lines(&was) + 1, "an export counts its lines");
        assert!(
            archive_holds(&town, row.as_bytes()),
            "the raw bytes are kept"
        );
    }
}

/// A payment of the reference night that settles one line and nothing else.
fn simple_payment(files: &Files, feed: &str) -> Row {
    let links = table(files, "links.csv");
    let alone = |row: &&Row| {
        let same = |key: &str| links.iter().filter(|other| other[key] == row[key]).count() == 1;
        row["source"] == feed && row["role"] == "settles" && same("txn_id") && same("dossier_code")
    };
    links.iter().find(alone).unwrap().clone()
}

/// A matched payment of `amount` became a reject of 0 dong; every other bucket stands.
fn only_one_payment_less(before: &Files, files: &Files, amount: i64) {
    let (run, was) = (run_json(files), run_json(before));
    totals_tie(&run);
    let (now, then) = (&run["totals"], &was["totals"]);
    let of = |totals: &Value, bucket: &str, what: &str| totals[bucket][what].as_i64().unwrap();
    assert_eq!(
        now["rejected"],
        serde_json::json!({"count": 1, "sum_vnd": 0})
    );
    for (bucket, less) in [("transactions", 0), ("matched", 1)] {
        assert_eq!(
            of(now, bucket, "count"),
            of(then, bucket, "count") - less,
            "{bucket}"
        );
        assert_eq!(
            of(now, bucket, "sum_vnd"),
            of(then, bucket, "sum_vnd") - amount,
            "{bucket}"
        );
    }
    for bucket in ["open", "excluded"] {
        assert_eq!(now[bucket], then[bucket], "{bucket}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_amount_in_an_answer_is_a_reject_of_that_row_alone() {
    let before = reference().await;
    let paid = simple_payment(before, "sepay-main");
    let (id, dossier) = (paid["txn_id"].clone(), paid["dossier_code"].clone());
    let town = morning().await;
    let wanted = id.clone();
    let proxy = Proxy::before(&town, move |line, body| {
        let mut json: Value = serde_json::from_str(&body).unwrap();
        let rows = json["transactions"].as_array_mut();
        let row = rows.and_then(|rows| rows.iter_mut().find(|row| row["id"] == wanted.as_str()));
        match row {
            Some(row) if line.contains("/list") => row["amount_in"] = "1.250.00".into(),
            _ => return body,
        }
        json.to_string()
    })
    .await;
    configure(&town, &|toml| proxy.in_front_of("sepay", &toml));
    let (_, files) = night(&town, &[], 0).await;

    let reject = find(&files, "exceptions.csv", |row| row["class"] == "reject");
    assert_eq!(
        (&*reject["side"], &*reject["id"], &*reject["amount_vnd"]),
        ("txn", &*id, "0")
    );
    let place = &reject["evidence"];
    let line = place
        .strip_prefix("transactions 2022-12-05, dòng ")
        .unwrap()
        .split(',')
        .next()
        .unwrap();
    let (why, advice) = (PLANTS[0].says[0], PLANTS[0].says[2]);
    assert_eq!(
        *place,
        format!("transactions 2022-12-05, dòng {line}, cột \"amount_in\": \"1.250.00\"")
    );
    assert_eq!(
        reject["detail"],
        format!("Dòng không đọc được: {why}. {advice}")
    );
    let said = format!(
        "transactions 2022-12-05 dòng {line}, cột “amount_in” sepay-main 1.250.00 {why} Dòng này \
         không được đưa vào đối chiếu (mã {id}). {advice}"
    );
    let page = page(&files);
    assert!(page.contains(&said), "{said}\n{}", part(&page, "1.250.00"));

    // Only that payment's link is gone, only its own fee is open again.
    let (lost, added) = changes(before, &files, "links.csv");
    assert_eq!((lost.len(), added.len()), (1, 0), "{lost:#?} {added:#?}");
    assert_eq!(lost[0]["txn_id"], id);
    let (lost, added) = changes(before, &files, "exceptions.csv");
    let concerns = |row: &Row| row["dossier_code"] == dossier || row["id"] == id;
    assert!(
        lost.iter().chain(&added).all(concerns),
        "{lost:#?} {added:#?}"
    );
    assert_eq!(
        added.len(),
        2,
        "the reject, and the fee without its payment: {added:#?}"
    );
    let agency = dossier.split('-').next().unwrap();
    shares_only_widen(before, &files, &[agency, ""]);

    let amount: i64 = paid["amount_vnd"].parse().unwrap();
    only_one_payment_less(before, &files, amount);
    let run = run_json(&files);
    let sepay = source(&run, "sepay-main");
    assert_eq!(
        (&sepay["state"], &sepay["rejects"]),
        (&"complete".into(), &1.into())
    );
    assert_eq!(
        sepay["control"]["ties"], true,
        "a row that cannot be read was delivered all the same"
    );
    assert!(archive_holds(&town, b"\"amount_in\":\"1.250.00\""));
}
