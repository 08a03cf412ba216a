//! What a closing keeps: all that is known when a period is closed, decisions too, and the other
//! closed periods with days in common.

use std::collections::BTreeMap;

use doisoat::domain::{Lang, Period, Ruling, SourceName};
use doisoat::job::as_known::Known;
use doisoat::job::by_hand::Choice;
use doisoat::job::period::{self, Waiting, Word};
use doisoat::job::report_again::{self, Asked, Span};
use doisoat::job::{Desk, Exit};
use doisoat::store::ExceptionRecord;
use serde_json::Value;

use crate::by_hand::{ask, open_of};
use crate::cli::stdout;
use crate::database::Kind;
use crate::forms_closed::Pair;
use crate::night_cli::{code, run};
use crate::periods::{both, close, late_of, two};
use crate::town::{FIRST, Town, as_is, day, files, night};

const SECOND: &str = "2022-12-06";
const THIRD: &str = "2022-12-07";

type Files = BTreeMap<String, Vec<u8>>;

fn text(files: &Files, name: &str) -> String {
    String::from_utf8(files[name].clone())
        .unwrap()
        .replace('\u{a0}', " ")
}

fn run_of(files: &Files) -> Value {
    serde_json::from_slice(&files["run.json"]).unwrap()
}

async fn told(desk: &Desk, period: &Period, known: Known, lang: Option<Lang>) -> Files {
    let asked = Asked {
        known,
        lang,
        ..Asked::of(Span::Days(period.clone()))
    };
    let made = report_again::write(desk, &asked, &desk.config.report_dir);
    files(&Box::pin(made).await.unwrap())
}

/// A source that lists no day whole: a row put to it is lacked by no list.
fn bank(desk: &Desk) -> SourceName {
    let mut sources = desk.config.sources.iter();
    let source = sources.find(|source| source.registration.kind == "vnpay");
    source.unwrap().name.clone()
}

fn word() -> Word {
    Word {
        by: "ke-toan".into(),
        reason: "gửi Sở Tài chính".into(),
    }
}

async fn closed_without(desk: &Desk, period: &Period) -> Files {
    let lease = desk.lease("period close").await.unwrap();
    let word = word();
    let closed = period::close_with(desk, &lease, period, (&word, Waiting::Leave));
    let folder = Box::pin(closed).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    files(&folder)
}

async fn reopen(desk: &Desk, period: &Period) -> Files {
    let lease = desk.lease("period reopen").await.unwrap();
    let word = word();
    let opened = period::reopen(desk, &lease, period, &word);
    Box::pin(opened).await.unwrap();
    desk.store.release_lease(lease).await.unwrap();
    told(desk, period, Known::Standing, None).await
}

/// Open payments of a day that no dossier is known of.
async fn unknown(desk: &Desk, date: &str) -> Vec<ExceptionRecord> {
    let mut all = open_of(&desk.store, "unidentified").await;
    all.retain(|one| one.business_date == day(date));
    all
}

async fn no_fee(desk: &Desk, of: &ExceptionRecord) {
    let choice = Choice::Rule(Ruling::NotFee);
    ask(&desk.store, of.id.as_str(), choice, false)
        .await
        .unwrap();
}

/// A decision that a night after the period counted is in the closed figures, which are those that
/// are known at that moment; one that no night counted yet is refused, or named.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_is_what_is_known_with_the_decisions() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let (town, desk) = two(kind).await;
        let mut open = unknown(&desk, FIRST).await;
        open.extend(unknown(&desk, SECOND).await);
        no_fee(&desk, &open[0]).await;
        let refused = Box::pin(close(&desk, &both())).await.unwrap_err();
        assert_eq!(refused.exit(), Exit::Usage);
        let (message, fix) = refused.message_and_fix();
        let why = "1 quyết định ghi sau đêm 06/12/2022 chưa đêm nào tính";
        assert!(message.contains(why), "{kind:?} {message}");
        assert!(
            fix.contains("đêm 07/12/2022") && fix.contains("--leave-decisions"),
            "{fix}"
        );
        assert!(desk.store.closings().await.unwrap().is_empty());
        let rows = [("later-1", 77_000, THIRD)];
        late_of(&desk, &bank(&desk), day(THIRD), &rows).await;
        town.morning_after(day(THIRD));
        night(&desk, THIRD).await;
        // about a payment after the period: it changes nothing of it
        no_fee(&desk, &unknown(&desk, THIRD).await[0]).await;
        let folder = Box::pin(close(&desk, &both())).await.unwrap();
        let closed = files(&folder);
        let known = told(&desk, &both(), Known::Now, None).await;
        let (made, now) = (run_of(&closed), run_of(&known));
        assert_eq!(made["business_date"], THIRD);
        for part in [
            "share",
            "totals",
            "work",
            "exceptions",
            "breakdown",
            "tie_out",
        ] {
            assert_eq!(made[part], now[part], "{kind:?} {part}");
        }
        let listed = text(&closed, "exceptions.csv");
        assert!(!listed.contains(open[0].id.as_str()), "{kind:?}");
        let says = "Số liệu theo những gì biết đến hết đêm 07/12/2022; mọi quyết định có thể đổi \
                    số của kỳ, ghi đến lúc chốt, đã được tính.";
        assert!(text(&closed, "index.html").contains(says), "{kind:?}");
        // in the other language it tells the same
        let english = told(&desk, &both(), Known::Standing, Some(Lang::En)).await;
        assert_eq!(run_of(&english)["share"], made["share"]);
        assert!(text(&english, "index.html").contains("as known by the night of"));
        // opened again it is told as it is known, and closed without what waits it says so
        let opened = reopen(&desk, &both()).await;
        assert_eq!(run_of(&opened)["share"], made["share"]);
        no_fee(&desk, &open[1]).await;
        let without = closed_without(&desk, &both()).await;
        let says = "1 quyết định ghi sau đêm đó CHƯA được tính trong số liệu này.";
        assert!(text(&without, "index.html").contains(says), "{kind:?}");
        assert_eq!(run_of(&without)["share"], made["share"]);
        if kind == Kind::Sqlite {
            desk.close().await;
            std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
            let verified = run(&town, &["verify", "--all"]).await;
            assert_eq!(code(&verified), 0);
        }
    }
}

/// Nothing of the days of the period came later: what people decided is in the closed figures all
/// the same.
#[tokio::test(flavor = "multi_thread")]
async fn decisions_alone_are_in_what_is_closed() {
    let pair = Pair::new(Kind::Sqlite).await;
    pair.two_days().await;
    let desk = &pair.0.desk;
    let open = unknown(desk, SECOND).await;
    let loan = open.iter().find(|one| one.amount.get() == 1_000_000);
    let loan = loan.unwrap();
    no_fee(desk, loan).await;
    let rows = [(
        "G5",
        "H48.18.22-221207-0003",
        20_000,
        220,
        "07/12/2022",
        "OK",
    )];
    pair.gateway("gw_2022-12-07.csv", &rows);
    pair.bank(
        "saoke_2022-12-07.csv",
        &["07/12/2022;F5;0;10.000;1.085.050;tien lai thang"],
    );
    pair.night(THIRD).await;
    let open = run_of(&told(desk, &both(), Known::Standing, None).await);
    assert_eq!(open["business_date"], SECOND, "nothing came later");
    let folder = Box::pin(close(desk, &both())).await.unwrap();
    let closed = run_of(&files(&folder));
    assert_eq!(closed["business_date"], THIRD);
    let now = run_of(&told(desk, &both(), Known::Now, None).await);
    let closing = |run: &Value| run["work"]["closing"].clone();
    assert_eq!(
        (closing(&closed), &closed["share"]),
        (closing(&now), &now["share"])
    );
    let part = |run: &Value, name: &str| closing(run)[name].as_i64().unwrap();
    assert!(part(&open, "sum_vnd") - part(&closed, "sum_vnd") >= 1_000_000);
    let page = text(&files(&folder), "index.html");
    assert!(page.contains("biết đến hết đêm 07/12/2022"));
    Box::pin(desk.clone().close()).await;
}

async fn json(town: &Town, args: &[&str]) -> Value {
    serde_json::from_str(&stdout(&run(town, args).await)).unwrap()
}

/// A night that was published again before the closing is in it, and in every look of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_made_again_before_the_closing_is_in_every_look_of_it() {
    let (town, desk) = two(Kind::Sqlite).await;
    town.morning_after(day(THIRD));
    night(&desk, THIRD).await;
    late_of(
        &desk,
        &bank(&desk),
        day(FIRST),
        &[("late-1", 35_000, FIRST)],
    )
    .await;
    town.set_now(day("2022-12-09").start_ms());
    let again = night(&desk, FIRST).await;
    assert_eq!(again.run.version, 2);
    let folder = Box::pin(close(&desk, &both())).await.unwrap();
    let closed = run_of(&files(&folder));
    assert_eq!(closed["business_date"], THIRD);
    let english = told(&desk, &both(), Known::Standing, Some(Lang::En)).await;
    assert_eq!(run_of(&english)["share"], closed["share"]);
    let known = told(&desk, &both(), Known::Now, None).await;
    let known: Value = serde_json::from_slice(&known["known.json"]).unwrap();
    for share in known["share"].as_array().unwrap() {
        assert_eq!(share["then"], share["now"], "nothing came since");
    }
}

/// Which the later one says, and whether the two tell the same of the days.
#[tokio::test(flavor = "multi_thread")]
async fn closed_periods_with_days_in_common_name_each_other() {
    for late in [true, false] {
        let (town, desk) = two(Kind::Sqlite).await;
        std::fs::write(town.dir().join("doisoat.toml"), town.toml(&as_is)).unwrap();
        let first = Period::range(day(FIRST), day(FIRST));
        let one = files(&Box::pin(close(&desk, &first)).await.unwrap());
        assert!(!one.contains_key("closed_beside.txt"));
        let list = json(&town, &["period", "list", "--json"]).await;
        assert_eq!(list["shared_days"], Value::Array(Vec::new()));
        if late {
            let rows = [("late-1", 35_000, FIRST)];
            late_of(&desk, &bank(&desk), day(THIRD), &rows).await;
            town.morning_after(day(THIRD));
            night(&desk, THIRD).await;
        }
        let two = files(&Box::pin(close(&desk, &both())).await.unwrap());
        let days = "Các ngày 05/12/2022 – 05/12/2022 cũng có trong báo cáo đã chốt khác: ";
        let verdict = if late {
            "hai báo cáo KHÁC số liệu của các ngày này"
        } else {
            "hai báo cáo cùng số liệu của các ngày này"
        };
        let page = text(&two, "index.html");
        let other = format!("{days}Kỳ 05/12/2022 – 05/12/2022 (ke-toan, ");
        assert!(page.contains(&other) && page.contains(verdict), "{late}");
        // the closed files of the first stay to the byte; a file beside them names the second
        let again = told(&desk, &first, Known::Standing, None).await;
        let shown = files(&desk.config.report_dir.join("2022-12-05_2022-12-05"));
        for folder in [&again, &shown] {
            let beside = text(folder, "closed_beside.txt");
            let other = format!("{days}Kỳ 05/12/2022 – 06/12/2022 (ke-toan, ");
            assert!(
                beside.starts_with(&other) && beside.contains(verdict),
                "{beside}"
            );
            for (name, bytes) in one.iter().filter(|(name, _)| *name != "SHA256SUMS") {
                assert!(folder[name] == *bytes, "{name}");
            }
        }
        let list = json(&town, &["period", "list", "--json"]).await;
        let status = json(&town, &["status", "--json"]).await;
        assert_eq!(list["shared_days"], status["closed_shared_days"]);
        let pair = &list["shared_days"][0];
        assert_eq!(pair["earlier"], "2022-12-05/2022-12-05");
        assert_eq!(pair["later"], "2022-12-05/2022-12-06");
        assert_eq!((&pair["from"], &pair["to"]), (&FIRST.into(), &FIRST.into()));
        assert_eq!(
            pair["apart"].as_array().unwrap().is_empty(),
            !late,
            "{pair}"
        );
        for args in [&["period", "list"][..], &["status"]] {
            let said = stdout(&run(&town, args).await).replace('\u{a0}', " ");
            assert!(said.contains("! Kỳ 05/12/2022 – 06/12/2022: ") && said.contains(verdict));
        }
        let verified = run(&town, &["verify", "--all"]).await;
        assert_eq!(code(&verified), 0, "{}", stdout(&verified));
        // opened again there is one closed figure of the day
        reopen(&desk, &both()).await;
        let status = json(&town, &["status", "--json"]).await;
        assert_eq!(status["closed_shared_days"], Value::Array(Vec::new()));
        let again = told(&desk, &first, Known::Standing, None).await;
        assert!(!again.contains_key("closed_beside.txt"));
    }
}
