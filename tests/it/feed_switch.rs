//! A change of the version by which SePay is asked: no line counts twice, however the other version
//! words it, and what is stored beside the whole list is told.

use std::sync::{Arc, Mutex};

use doisoat::job::Desk;
use serde_json::{Value, json as value};

use crate::database::Kind;
use crate::fake::{Fake, Step, json, param};
use crate::office::{Office, figures};
use crate::town::{FIRST, codes, day, document, night, source};

/// A line: number, dong, time, reference, and its memo in v1 and in v2.
#[derive(Clone, Copy)]
pub(crate) struct Line(
    pub(crate) usize,
    pub(crate) i64,
    pub(crate) &'static str,
    pub(crate) Option<&'static str>,
    pub(crate) [&'static str; 2],
);

pub(crate) const LINES: [Line; 3] = [
    Line(
        1,
        50_000,
        "08:00:00",
        None,
        [
            "NOP PHI H48.18.22-221205-0001",
            "BankAPINotify NOP PHI H48.18.22-221205-0001",
        ],
    ),
    Line(
        2,
        8_000,
        "08:00:01",
        Some("FT2"),
        ["H48.18.22-221205-0002", "H48.18.22-221205-0002 "],
    ),
    Line(3, 20_000, "09:00:00", None, ["", "H48.18.22-221205-0003"]),
];

pub(crate) type Lines = Arc<Mutex<Vec<Line>>>;

/// The same lines by both versions.
pub(crate) async fn server(lines: &Lines) -> Fake {
    let lines = Arc::clone(lines);
    Fake::answering(move |line| answer(line, &lines.lock().unwrap())).await
}

fn answer(request: &str, lines: &[Line]) -> Step {
    let first = request.contains("/userapi/");
    let names = if first {
        ["transaction_date_min", "transaction_date_max"]
    } else {
        ["transaction_date_from", "transaction_date_to"]
    };
    let [from, to] = names.map(|name| param(request, name).unwrap_or_default());
    let since = param(request, "since_id").map_or(0, |id| id.parse().unwrap());
    let at = |line: &Line| format!("{FIRST} {}", line.2);
    let told = lines.iter().filter(|line| {
        let at = at(line);
        *from <= *at && *at <= *to && (!first || line.0 >= since)
    });
    let told: Vec<Value> = told
        .map(|line| {
            let Line(n, dong, _, reference, memos) = line;
            let (id, amount) = if first {
                (value!(n.to_string()), value!(format!("{dong}.00")))
            } else {
                (value!(format!("aaaa-{n}")), value!(dong))
            };
            value!({
                "id": id, "transaction_date": at(line), "account_number": "0123499999",
                "amount_in": amount, "amount_out": if first { value!("0.00") } else { value!(0) },
                "transaction_content": memos[usize::from(!first)],
                "reference_number": reference, "bank_brand_name": "B",
            })
        })
        .collect();
    let n = told.len();
    let body = if request.contains("/count") {
        value!({"status": 200, "error": null, "count_transactions": n})
    } else if first {
        value!({"status": 200, "error": null, "transactions": told})
    } else {
        let pages = value!({"pagination": {"total": n, "has_more": false}});
        value!({"status": "success", "data": told, "meta": pages})
    };
    json(body.to_string())
}

pub(crate) fn sepay(port: u16, api: &str) -> String {
    format!(
        "[[source]]\nname = \"bank\"\nkind = \"sepay\"\napi = \"{api}\"\n\
         base_url = \"http://127.0.0.1:{port}\"\nallow_loopback = true\nrate_limit = \"1000/s\"\n\
         token = {{ env = \"DOISOAT_SANDBOX_SEPAY_TOKEN\" }}\n"
    )
}

/// The same office with another version.
async fn with(office: &Office, port: u16, api: &str) -> Desk {
    let source = sepay(port, api);
    let edit = move |text: String| {
        let (head, _) = text.split_once("[[source]]").unwrap();
        let registry = "[[source]]\nname = \"r\"\nkind = \"export\"\npath = \"inbox\"\n";
        format!("{head}{registry}\n{source}")
    };
    office.town.desk(&edit).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_the_other_version_words_otherwise_is_one_line() {
    for (before, after) in [("v1", "v2"), ("v2", "v1")] {
        let lines: Lines = Arc::new(Mutex::new(LINES.to_vec()));
        let fake = server(&lines).await;
        let office = Office::new(Kind::Sqlite, &sepay(fake.port, before)).await;
        let (first, of) = office.night(FIRST).await;
        assert_eq!(figures(&of), ("complete", 3, 78_000), "{before}: {of}");
        assert_eq!(codes(&first), [0], "{before}");
        let paid = document(&first)["totals"]["matched"]["sum_vnd"].clone();
        let desk = with(&office, fake.port, after).await;
        let next = day(FIRST).plus(1);
        office.fees(&next.to_string());
        office.town.set_now(next.plus(1).start_ms() + 5_400_000);
        night(&desk, &next.to_string()).await;
        let again = night(&desk, FIRST).await;
        let run = document(&again);
        let of = source(&run, "bank");
        assert_eq!(figures(of), ("complete", 3, 78_000), "{after}: {of}");
        assert_eq!(of["control"]["ties"], true, "{after}: {of}");
        assert_eq!(of["trouble"], Value::Null, "{after}: {of}");
        let open = run["exceptions"].to_string();
        assert!(!open.contains("\"duplicate\""), "{after}: {open}");
        assert!(!open.contains("\"conflict\""), "{after}: {open}");
        assert!(run["totals"]["matched"]["sum_vnd"].as_i64() >= paid.as_i64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_line_that_the_whole_list_does_not_have_is_told() {
    let lines: Lines = Arc::new(Mutex::new(LINES.to_vec()));
    let fake = server(&lines).await;
    let office = Office::new(Kind::Sqlite, &sepay(fake.port, "v1")).await;
    let (_, of) = office.night(FIRST).await;
    assert_eq!(of["control"]["ties"], true, "{of}");
    lines.lock().unwrap().remove(1);
    let (night, of) = office.night(FIRST).await;
    assert_eq!(figures(&of), ("complete", 3, 78_000), "{of}");
    let control = &of["control"];
    assert_eq!(
        (&control["expected_count"], &control["ties"]),
        (&2.into(), &false.into()),
        "{of}"
    );
    assert_eq!(codes(&night), [5], "{of}");
    let page = office.town.reports()[&format!("{FIRST}/index.html")].clone();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("danh sách đầy đủ của nguồn không có (2)"));
}
