//! What is told besides the mail of a night: what waits, by what the first are found, and hostile
//! text that stays text.

use super::*;

/// What the program prints in the town whose nights are told so.
pub(super) fn ask(town: &Town, notify: &str, args: &[&str]) -> String {
    let file = town.dir().join("doisoat.toml");
    std::fs::write(&file, town.toml(&|text| format!("{text}{notify}"))).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_doisoat"));
    let out = command
        .arg("--config")
        .arg(&file)
        .args(args)
        .output()
        .unwrap();
    String::from_utf8(out.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_what_waits_and_check_tells_what_is_wrong() {
    let town = Town::new(Kind::Sqlite).await;
    let notify = email(nobody(), "");
    let down = desk(&town, &notify).await;
    town.morning_after(day(FIRST));
    let run = night(&down, FIRST).await.run;
    let ask = |args: &[&str]| ask(&town, &notify, args);
    let text = ask(&["status"]);
    let line = format!("Chờ gửi: 1\n  email của {}, đã thử 1 lần: ", run.id);
    assert!(text.contains(&line), "{text}");
    let json: Value = serde_json::from_str(&ask(&["status", "--json"])).unwrap();
    assert_eq!(json["waiting"][0]["attempts"], 1);
    assert_eq!(json["given_up"], json!([]));
    let lines = ask(&["check"]);
    assert!(
        lines.contains("warn  notify email: không kết nối được localhost -> "),
        "{lines}"
    );
    assert!(ask(&["check", "--offline"]).contains("ok    notify email: ketoan@example.vn"));
}

#[test]
fn the_first_are_told_by_what_people_find_them_by() {
    let row = |more: Value| {
        let mut row = json!({
            "exception_id": "1", "class": "unidentified", "dossier_code": "", "source": "bank-main",
            "at_risk_vnd": 8_000, "opened": "2022-12-05", "decides": true,
        });
        row.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        row
    };
    let run = json!({
        "business_date": "2022-12-05", "share": [],
        "work": { "first": [
            row(json!({ "reference": "FTLATE1", "stake_vnd": 8_000, "counted": "here" })),
            row(json!({ "reference": "", "paid_at": "2022-12-05T09:01:57", "counted": "here" })),
            row(json!({ "reference": "", "paid_at": "2022-12-05" })),
            row(json!({})),
            row(json!({
                "dossier_code": "H48.18-1", "at_risk_vnd": 0, "stake_vnd": 1_000, "counted": "fee",
            })),
        ] },
    });
    let about = About {
        lang: Lang::Vi,
        classes: vec![("unidentified", "Chưa xác định hồ sơ")],
        alerts: Vec::new(),
    };
    let summary = Summary::read(&run, &about);
    let table = summary
        .tables
        .iter()
        .find(|table| table.head.len() == 4)
        .unwrap();
    let told: Vec<[&str; 2]> = table.rows.iter().map(|row| [&*row[1], &*row[3]]).collect();
    let wanted = [
        ["bank-main: FTLATE1", "8.000\u{a0}₫"],
        [
            "bank-main: không có mã giao dịch, lúc 09:01:57 05/12/2022",
            "8.000\u{a0}₫",
        ],
        [
            "bank-main: không có mã giao dịch, lúc 05/12/2022",
            "8.000\u{a0}₫",
        ],
        ["bank-main", "8.000\u{a0}₫"],
        ["H48.18-1", "1.000\u{a0}₫ (tính ở dòng khoản thu)"],
    ];
    assert_eq!(told, wanted);
}

#[test]
fn hostile_text_is_inert_in_every_part() {
    let hostile = "<script>alert(1)</script>\u{202e}\r\nBcc: x@example.vn";
    let run = json!({
        "business_date": hostile, "version_of_night": 2,
        "sources": [{ "name": hostile, "state": hostile, "rows": 1 }],
        "share": [], "work": { "classes": [{ "class": hostile, "count": 1, "sum_vnd": 1 }] },
    });
    let about = About {
        lang: Lang::Vi,
        classes: Vec::new(),
        alerts: vec!["cảnh báo"],
    };
    let summary = Summary::read(&run, &about);
    assert!(
        !summary.subject.contains(['\r', '\n', '\u{202e}']),
        "{}",
        summary.subject
    );
    assert!(summary.subject.contains("CẦN XEM"), "{}", summary.subject);
    let foot = [hostile.to_owned()];
    let html = summary.html(Lang::Vi, &foot);
    assert!(
        !html.contains("<script") && !html.contains('\u{202e}'),
        "{html}"
    );
    assert!(html.contains("&lt;script&gt;"));
    assert!(!summary.text(&foot).contains('\u{202e}'));
}
