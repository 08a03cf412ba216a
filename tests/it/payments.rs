//! The form of payments is made from one state, also where an earlier night was published again.

use std::collections::BTreeMap;

use doisoat::domain::{Period, Txn, TxnStatus};
use doisoat::job::forms::Form;
use doisoat::job::period::{self, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use doisoat::normalise::merge;
use doisoat::store::Delivery;
use serde_json::Value;

use crate::by_hand::open_of;
use crate::database::Kind;
use crate::diff::corrected;
use crate::forms::{behind, figure, said, write_of};
use crate::town::{FIRST, Town, as_is, day, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";
const HOUR_MS: i64 = 3_600_000;
const AGAIN: &str = "đã công bố lại; mọi số liệu của biểu là của sổ đối soát hiện nay";

fn both() -> Span {
    Span::Days(Period::range(day(FIRST), day(SECOND)))
}

async fn form(desk: &Desk, span: Span) -> Vec<String> {
    said(&write_of(desk, Form::Payments, span).await["thanh-toan-766.docx"])
}

/// The amounts of the bridge, which add up to its last.
fn bridge(texts: &[String]) -> Vec<i64> {
    let at = |name: &str| texts.iter().position(|text| text == name).unwrap();
    let first = at("Tổng số phí, lệ phí của biểu này");
    let last = at("Tổng số của chỉ tiêu AMOUNT_CASHLESS cùng kỳ");
    let lines: Vec<i64> = texts[first..=last + 1]
        .chunks(2)
        .map(|line| figure(&line[1]))
        .collect();
    let (counted, parts) = lines.split_last().unwrap();
    assert_eq!(
        parts.iter().sum::<i64>(),
        *counted,
        "{:?}",
        &texts[first..=last + 1]
    );
    lines
}

/// Dossiers that paid, and the sum of the form.
fn told(texts: &[String]) -> [i64; 2] {
    let total = behind(texts, "Tổng cộng", 7);
    assert_eq!(bridge(texts)[0], figure(&total[6]));
    [figure(&total[0]), figure(&total[6])]
}

fn says(texts: &[String], what: &str) -> bool {
    texts.iter().any(|text| text.contains(what))
}

/// A dossier of the first day that nobody had told, and the transfer that pays it; tells its
/// amount.
async fn one_more(town: &Town, desk: &Desk) -> i64 {
    let inbox = town.dir().join("inbox");
    let text = std::fs::read_to_string(inbox.join("dossier_fees_2022-12-05.csv")).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let links = std::fs::read_to_string(town.folder(FIRST).join("links.csv")).unwrap();
    let paid = |line: &&str| {
        let fields: Vec<&str> = line.split(',').collect();
        links.contains(fields[0]) && fields[6] == "transfer" && fields[9] == "paid"
    };
    let mut fields: Vec<&str> = rest.lines().find(paid).unwrap().split(',').collect();
    let code = format!("{}-9001", fields[0].rsplit_once('-').unwrap().0);
    fields[0] = &code;
    for own in &mut fields[18..] {
        *own = "";
    }
    let request = format!("{code}-20221205090000");
    fields[18] = &request;
    let amount: i64 = fields[3].parse().unwrap();
    let file = format!("{head}\n{}\n", fields.join(","));
    std::fs::write(inbox.join("dossier_fees_2022-12-05_more.csv"), file).unwrap();
    let bank = desk.config.sources.iter();
    // no feed, whose whole list would lack the row
    let mut bank = bank.filter(|source| source.registration.kind == "vnpay");
    let source = bank.next().unwrap().name.clone();
    let txn = Txn {
        source: source.clone(),
        memo: format!("nop phi {code}").as_str().into(),
        ..crate::rows::txn("more-1", amount, FIRST)
    };
    let delivery = Delivery {
        txns: vec![txn],
        ..Delivery::default()
    };
    let saved = desk
        .store
        .save_transactions(&source, day(FIRST), &delivery, merge);
    saved.await.unwrap();
    amount
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_payments_is_of_one_state() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        for date in [FIRST, SECOND] {
            town.morning_after(day(date));
            night(&desk, date).await;
        }
        let before = form(&desk, both()).await;
        assert!(!says(&before, AGAIN));
        let alone = told(&form(&desk, Span::Night(day(SECOND))).await);
        // a dossier more, paid: the last night kept sums without it, the book has it
        let amount = one_more(&town, &desk).await;
        town.set_now(day(THIRD).start_ms() + 3 * HOUR_MS);
        assert_eq!(night(&desk, FIRST).await.run.version, 2);
        let after = form(&desk, both()).await;
        assert!(
            says(&after, AGAIN) && says(&after, "các đêm 05/12/2022"),
            "{kind:?}"
        );
        let (was, now) = (told(&before), told(&after));
        assert_eq!(now, [was[0] + 1, was[1] + amount], "{kind:?}");
        // its own day is not touched by the other
        assert_eq!(told(&form(&desk, Span::Night(day(SECOND))).await), alone);
        // a line that was in order becomes dearer and is open again: the last night did not read
        // it, so there is no one state until it is run again
        corrected(&town);
        town.set_now(day(THIRD).start_ms() + 4 * HOUR_MS);
        assert_eq!(night(&desk, FIRST).await.run.version, 3);
        let asked = Asked {
            form: Some(Form::Payments),
            ..Asked::of(both())
        };
        let made = report_again::write(&desk, &asked, &desk.config.report_dir).await;
        let refused = made.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage, "{refused}");
        let (message, fix) = refused.message_and_fix();
        assert!(message.contains("không cùng một trạng thái"), "{message}");
        assert!(fix.contains("doisoat run --date 2022-12-06"), "{fix}");
        town.set_now(day(THIRD).start_ms() + 5 * HOUR_MS);
        assert_eq!(night(&desk, SECOND).await.run.version, 2);
        let last = form(&desk, both()).await;
        assert!(!says(&last, AGAIN), "{kind:?}");
        assert_eq!(
            told(&last)[0],
            now[0],
            "{kind:?}: the registry still calls the dearer line paid"
        );
        // made again after a later night it is still as of its own end
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        assert_eq!(form(&desk, both()).await, last, "{kind:?}");
        desk.close().await;
    }
}

/// A closed period is told as it was closed, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_closed_period_does_not_mix_states() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    for date in [FIRST, SECOND, THIRD] {
        town.morning_after(day(date));
        night(&desk, date).await;
    }
    let period = Period::range(day(SECOND), day(THIRD));
    let closed = || Span::Days(period.clone());
    let open = form(&desk, closed()).await;
    let lease = desk.lease("period close").await.unwrap();
    let word = Word {
        by: "an".into(),
        reason: "month end".into(),
    };
    period::close(&desk, &lease, &period, &word).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    assert_eq!(form(&desk, closed()).await, open);
    // a night before it is published again: what the run knew is told no more, and the book of
    // today is not what was closed
    corrected(&town);
    town.set_now(day("2022-12-08").start_ms() + 3 * HOUR_MS);
    assert_eq!(night(&desk, FIRST).await.run.version, 2);
    let asked = Asked {
        form: Some(Form::Payments),
        ..Asked::of(closed())
    };
    let made = report_again::write(&desk, &asked, &desk.config.report_dir).await;
    let refused = made.unwrap_err();
    assert_eq!(refused.exit(), Exit::Usage);
    let (message, fix) = refused.message_and_fix();
    assert!(
        message.contains("đã chốt, và các đêm 2022-12-05"),
        "{message}"
    );
    assert!(fix.contains("doisoat run --date 2022-12-07"), "{fix}");
    desk.close().await;
}

/// What a form carries over, dong.
fn carried(texts: &[String]) -> i64 {
    let line = texts.iter().find(|text| text.starts_with("Chuyển kỳ: "));
    line.map_or(0, |line| {
        let (_, sum) = line.split_once(", cộng ").unwrap();
        figure(sum.split(" đồng").next().unwrap())
    })
}

/// A payment that waits while one form is made and succeeds before the next is carried over in the
/// next one: the sums of both, with what they carry over, are those of a form over both.
#[tokio::test(flavor = "multi_thread")]
async fn consecutive_forms_conserve_what_was_paid() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let open = open_of(&desk.store, "missing_payment").await;
        let fee = open.first().expect("a fee without money").clone();
        // no feed, whose whole list would lack the row
        let mut bank = desk.config.sources.iter();
        let bank = bank.find(|source| source.registration.kind == "vnpay");
        let source = bank.unwrap().name.clone();
        let code = fee.dossier_code.clone().unwrap();
        let save = async |at: &str, status| {
            let txn = Txn {
                source: source.clone(),
                memo: format!("nop phi {code}").as_str().into(),
                status,
                ..crate::rows::txn("wait-1", fee.amount.get(), SECOND)
            };
            let delivery = Delivery {
                txns: vec![txn],
                ..Delivery::default()
            };
            let saved = desk
                .store
                .save_transactions(&source, day(at), &delivery, merge);
            saved.await.unwrap();
            town.morning_after(day(at));
            night(&desk, at).await;
        };
        save(SECOND, TxnStatus::Pending).await;
        let early = form(&desk, Span::Night(day(SECOND))).await;
        save(THIRD, TxnStatus::Success).await;
        let one = form(&desk, Span::Night(day(SECOND))).await;
        assert_eq!(one, early, "{kind:?}: as of its own end");
        let two = form(&desk, Span::Night(day(THIRD))).await;
        assert!(says(&two, "sau đêm 06/12/2022"), "{kind:?}: {two:?}");
        assert!(carried(&two) >= fee.amount.get(), "{kind:?}");
        let span = Period::range(day(SECOND), day(THIRD));
        let both = form(&desk, Span::Days(span)).await;
        let sum = |texts: &[String]| told(texts)[1] + carried(texts);
        assert_eq!(sum(&one) + sum(&two), sum(&both), "{kind:?}");
        desk.close().await;
    }
}

/// What a source did not tell is named, and where the registry tells no request nothing is counted.
#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_payments_names_what_it_lacks() {
    let town = Town::new(Kind::Sqlite).await;
    let base = town.sandbox.base_url("sepay");
    let down = |text: String| text.replace(&base, "http://127.0.0.1:1/sepay");
    let desk = town.desk(&down).await;
    town.morning_after(day(FIRST));
    let inbox = town.dir().join("inbox/dossier_fees_2022-12-05.csv");
    let text = std::fs::read_to_string(&inbox).unwrap();
    let lines = text.lines().enumerate().map(|(nth, line)| {
        let mut fields: Vec<&str> = line.split(',').collect();
        if nth > 0 {
            fields[18] = "";
        }
        fields.join(",")
    });
    let without: Vec<String> = lines.collect();
    std::fs::write(&inbox, without.join("\n") + "\n").unwrap();
    night(&desk, FIRST).await;
    let texts = form(&desk, Span::Night(day(FIRST))).await;
    let lacks = "Nguồn sepay-main chưa gửi đủ dữ liệu các ngày: 05/12/2022";
    assert!(says(&texts, lacks), "{texts:?}");
    assert!(says(&texts, "nên biểu không đếm được hồ sơ thu phí"));
    let total = behind(&texts, "Tổng cộng", 7);
    assert_eq!(total[..4], ["—", "—", "—", "—"]);
    assert!(figure(&total[6]) > 0, "the money is told all the same");
    desk.close().await;
}

/// Requests that the registry's file calls paid on the day, and those of them that are online, by
/// the file alone; some were paid by a plain transfer, which is not online.
pub(crate) fn paid_requests(town: &Town) -> [i64; 2] {
    let file = town.dir().join(format!("inbox/dossier_fees_{FIRST}.csv"));
    let mut reader = csv::Reader::from_path(file).unwrap();
    let mut requests: BTreeMap<String, (String, bool)> = BTreeMap::new();
    let mut transfers = 0;
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let land = row["fee_kind"] == "land_obligation" || row["collection_mode"] == "exempt";
        if row["status"] != "paid" || row["request_id"].is_empty() || land {
            continue;
        }
        let online = ["1", "2"].contains(&&*row["online_payment_flag"]);
        transfers += i32::from(row["declared_method"] == "transfer" && !online);
        let name = format!("{} {}", row["dossier_code"], row["request_id"]);
        let request = requests.entry(name).or_insert((String::new(), true));
        request.0 = row["paid_at"].clone().max(request.0.clone());
        request.1 &= online;
    }
    assert!(transfers > 0);
    let today = requests.values().filter(|(at, _)| at.starts_with(FIRST));
    let count = |all: usize| i64::try_from(all).unwrap();
    [
        count(today.clone().count()),
        count(today.filter(|(_, online)| *online).count()),
    ]
}

pub(crate) fn payments_are_of(run: &Value, [requests, online]: [i64; 2], texts: &[String]) {
    let total = behind(texts, "Tổng cộng", 7);
    assert!(0 < online && online < requests, "{online} of {requests}");
    assert_eq!([figure(&total[0]), figure(&total[2])], [requests, online]);
    for heading in [
        "Thanh toán: Trực tiếp",
        "Thanh toán: Trực tuyến",
        "Tỷ lệ thanh toán trực tuyến",
    ] {
        assert!(texts.iter().any(|text| text == heading), "{heading}");
    }
    assert_eq!(figure(&total[1]) + figure(&total[2]), figure(&total[0]));
    assert_eq!(figure(&total[4]) + figure(&total[5]), figure(&total[6]));
    assert!(figure(&total[6]) > 0, "{total:?}");
    // what the indicator counts in all is told where it is another sum
    let amounts =
        run["share"].as_array().unwrap().iter().find(|s| {
            s["definition"] == "AMOUNT_CASHLESS" && s["period"] == FIRST && s["scope"] == ""
        });
    let measured = amounts.unwrap()["denominator"].as_i64().unwrap();
    let lines = bridge(texts);
    assert_eq!(lines[0], figure(&total[6]));
    assert_eq!(*lines.last().unwrap(), measured);
}
