//! What people decide, from the command to the next night.

use doisoat::clock::FixedClock;
use doisoat::decision::{Action, Draft, broken};
use doisoat::domain::{Lang, RowKey, Ruling, Vnd};
use doisoat::job::JobError;
use doisoat::job::by_hand::{Ask, Choice, Target, decide};
use doisoat::store::{ExceptionFilter, ExceptionRecord, Store};

use crate::database::{Kind, each_database};
use crate::night_cli::{code, run};
use crate::rows::{day, sepay};
use crate::town::{FIRST, Town, as_is, night};

pub(crate) async fn open_of(store: &Store, class: &str) -> Vec<ExceptionRecord> {
    let filter = ExceptionFilter {
        classes: vec![class.into()],
        ..ExceptionFilter::default()
    };
    store.exceptions(&filter).await.unwrap()
}

/// The class that the row with this exception has now.
async fn class_now(store: &Store, id: &str) -> String {
    let detail = store.exception(id, None).await.unwrap().unwrap();
    detail.history.last().unwrap().class.to_string()
}

pub(crate) async fn ask(
    store: &Store,
    id: &str,
    choice: Choice,
    replace: bool,
) -> Result<(), JobError> {
    let clock = FixedClock::new(day("2022-12-06").start_ms());
    let ask = Ask {
        id: id.into(),
        choice,
        by: "an".into(),
        reason: "phoned".into(),
        replace,
        lang: Lang::En,
    };
    decide(store, &clock, &ask).await.map(drop)
}

pub(crate) fn refused(result: Result<(), JobError>, words: &str) {
    let (message, fix) = result.unwrap_err().message_and_fix();
    assert!(
        format!("{message}; {fix}").contains(words),
        "{message}; {fix}"
    );
}

/// A payment that names nobody is given to a fee that lacks money, then taken away again.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_holds_until_a_new_decision() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let store = &desk.store;
        let fees = open_of(store, "missing_payment").await;
        let fee = fees.into_iter().min_by_key(|fee| fee.amount).unwrap();
        let target = |fee_id: Option<&str>| Target {
            dossier_code: fee.key.dossier.clone().unwrap(),
            fee_id: fee_id.map(doisoat::domain::FeeId::new),
        };
        let credits = open_of(store, "unidentified").await;
        let credit = credits.iter().find(|c| c.amount >= fee.amount).unwrap();
        let id = credit.id.as_str();
        refused(
            ask(store, "0000", Choice::Undo, false).await,
            "no exception",
        );
        refused(ask(store, id, Choice::Undo, false).await, "nothing to undo");
        refused(
            ask(store, id, Choice::Pair(target(Some("F9"))), false).await,
            "it has ",
        );
        let too_much = Choice::Split(vec![(target(None), Vnd::new(fee.amount.get() + 1))]);
        refused(ask(store, id, too_much, false).await, "cannot get");
        refused(
            ask(store, fee.id.as_str(), Choice::Pair(target(None)), false).await,
            "no transaction",
        );
        let pair = || Choice::Pair(target(Some(&fee.key.id)));
        ask(store, id, pair(), false).await.unwrap();
        refused(ask(store, id, pair(), false).await, "--replace");
        ask(store, id, pair(), true).await.unwrap();
        // the night that is published stays as it is; the next one applies it
        assert!(!night(&desk, FIRST).await.published, "{kind:?}");
        town.morning_after(day("2022-12-06"));
        night(&desk, "2022-12-06").await;
        let detail = store
            .exception(fee.id.as_str(), None)
            .await
            .unwrap()
            .unwrap();
        let pass: Vec<(&str, &str)> = detail
            .groups
            .iter()
            .flat_map(|matched| &matched.group.legs)
            .map(|leg| (leg.pass, &*leg.money.id))
            .collect();
        assert!(
            pass.contains(&("decision", &credit.key.id)),
            "{kind:?}: {pass:?}"
        );
        assert_ne!(class_now(store, fee.id.as_str()).await, "missing_payment");
        let settled = class_now(store, id).await;
        assert!(
            ["ok", "overpaid", "late"].contains(&settled.as_str()),
            "{settled}"
        );
        // it stands for as long as nobody says otherwise
        town.morning_after(day("2022-12-07"));
        night(&desk, "2022-12-07").await;
        assert_eq!(class_now(store, id).await, settled);
        ask(store, id, Choice::Undo, false).await.unwrap();
        town.set_now(day("2022-12-09").start_ms() + 5_400_000);
        night(&desk, "2022-12-08").await;
        assert_eq!(class_now(store, id).await, "unidentified", "{kind:?}");
        assert_eq!(class_now(store, fee.id.as_str()).await, "missing_payment");
        assert_eq!(broken(&store.decisions().await.unwrap()), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rulings_take_rows_off_the_list_or_keep_them_waiting() {
    let town = Town::new(Kind::Sqlite).await;
    let desk = town.desk(&as_is).await;
    town.morning_after(day(FIRST));
    night(&desk, FIRST).await;
    let store = &desk.store;
    let credits = open_of(store, "unidentified").await;
    let [no_fee, waits, ..] = credits.as_slice() else {
        panic!("{credits:?}")
    };
    let fee = open_of(store, "missing_payment").await.remove(0);
    refused(
        ask(store, fee.id.as_str(), Choice::Rule(Ruling::NotFee), false).await,
        "not a transaction",
    );
    for (id, ruling) in [
        (&no_fee.id, Ruling::NotFee),
        (&waits.id, Ruling::RefundRequested),
        (&fee.id, Ruling::WriteOff),
    ] {
        ask(store, id.as_str(), Choice::Rule(ruling), false)
            .await
            .unwrap();
    }
    ask(
        store,
        waits.id.as_str(),
        Choice::Assign("binh".into()),
        false,
    )
    .await
    .unwrap();
    let shares = |night: &doisoat::job::nightly::Night| {
        crate::town::headline(&crate::town::document(night))["high"].clone()
    };
    let before = shares(&night(&desk, FIRST).await);
    town.set_now(day("2022-12-07").start_ms() + 5_400_000);
    let after = night(&desk, "2022-12-06").await;
    assert_ne!(
        shares(&after),
        before,
        "what is no fee no longer widens the bounds"
    );
    assert_eq!(class_now(store, no_fee.id.as_str()).await, "not_fee");
    assert_eq!(class_now(store, waits.id.as_str()).await, "unidentified");
    let listed = |records: &[ExceptionRecord], id: &doisoat::domain::ExceptionId| {
        records.iter().any(|r| r.id == *id)
    };
    let credits = open_of(store, "unidentified").await;
    assert!(listed(&credits, &waits.id) && !listed(&credits, &no_fee.id));
    assert!(!listed(&open_of(store, "missing_payment").await, &fee.id));
    let written = store
        .exception(fee.id.as_str(), None)
        .await
        .unwrap()
        .unwrap()
        .record;
    assert_eq!(written.severity, doisoat::classify::Severity::Info);
    assert!(
        written
            .evidence
            .iter()
            .any(|e| e.say(doisoat::domain::Lang::En).contains("an"))
    );
    // nothing else changes on the night after
    town.set_now(day("2022-12-08").start_ms() + 5_400_000);
    night(&desk, "2022-12-07").await;
    assert!(!listed(&open_of(store, "missing_payment").await, &fee.id));
}

/// Of many who decide one row at the same moment exactly one is written, and the book stays whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_at_once_one_wins() {
    each_database(async |store, database| {
        let others: Vec<Store> = vec![database.open().await, database.open().await];
        for round in 0..20 {
            let draft = |by: &str| Draft {
                row: RowKey::txn(&sepay(), &format!("T{}", round % 5)),
                dossier_code: None,
                action: Action::Rule(Ruling::NotFee),
                amount_then: Vnd::new(50_000),
                class_then: "unidentified".into(),
                by: by.into(),
                reason: "race".into(),
                night: day("2022-12-06"),
                at_wall: "2022-12-06T08:00:00+07:00".into(),
            };
            let [a, b] = [draft("an"), draft("binh")];
            let book = store.decisions().await.unwrap();
            let seen = book.iter().rfind(|e| e.draft.row == a.row).map(|e| e.seq);
            let (a, b) = tokio::join!(
                others[0].append_decision(&a, seen),
                others[1].append_decision(&b, seen)
            );
            let won = [a.unwrap(), b.unwrap()].into_iter().flatten().count();
            assert_eq!(won, 1, "round {round}");
        }
        let book = store.decisions().await.unwrap();
        assert_eq!((book.len(), broken(&book)), (20, None));
        for other in others {
            other.close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_write_and_show_decisions() {
    let town = Town::new(Kind::Sqlite).await;
    let toml = town.toml(&as_is);
    std::fs::write(town.dir().join("doisoat.toml"), toml).unwrap();
    town.morning_after(day(FIRST));
    assert_eq!(code(&run(&town, &["run", "--date", FIRST]).await), 0);
    let store = town.database.open().await;
    let credit = open_of(&store, "unidentified").await.remove(0);
    store.close().await;
    let id = &credit.id.as_str()[..8];
    let text = |output: &std::process::Output| String::from_utf8(output.stdout.clone()).unwrap();
    let base = [
        "exceptions",
        "decide",
        id,
        "--not-fee",
        "--by",
        "an",
        "--reason",
    ];
    let done = run(&town, &[&base[..], &["tien thue hoi truong"]].concat()).await;
    assert_eq!(code(&done), 0);
    assert_eq!(
        text(&done),
        "Đã ghi: không phải khoản thu phí, lệ phí (an: tien thue hoi truong). Có hiệu lực từ đêm 06/12/2022.\n"
    );
    let assigned = run(&town, &["exceptions", "assign", id, "binh", "--by", "an"]).await;
    assert_eq!(text(&assigned), "Đã ghi: giao cho binh (an: -).\n");
    let shown = text(&run(&town, &["exceptions", "show", id]).await);
    assert!(shown.contains("Quyết định\n"), "{shown}");
    assert!(
        shown.contains(
            "không phải khoản thu phí, lệ phí (an: tien thue hoi truong); từ đêm 06/12/2022"
        ),
        "{shown}"
    );
    let json = text(&run(&town, &["exceptions", "show", id, "--json"]).await);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["decisions"].as_array().unwrap().len(), 2);
    // one choice, and a reason
    for args in [
        &[
            "exceptions",
            "decide",
            id,
            "--not-fee",
            "--write-off",
            "--reason",
            "x",
        ][..],
        &["exceptions", "decide", id, "--not-fee"][..],
        &["exceptions", "decide", id, "--reason", "x"][..],
    ] {
        assert_eq!(code(&run(&town, args).await), 2, "{args:?}");
    }
}

/// Who has a row is told from the next night on, and filters its list.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_given_to_somebody_is_theirs_in_the_next_report() {
    const NEXT: &str = "2022-12-06";
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let credit = open_of(&desk.store, "unidentified").await.remove(0);
        let to = |who: &str| Choice::Assign(who.into());
        for who in ["an", "binh"] {
            ask(&desk.store, credit.id.as_str(), to(who), false)
                .await
                .unwrap();
        }
        town.morning_after(day(NEXT));
        night(&desk, NEXT).await;
        let page = |of: &str| std::fs::read_to_string(town.folder(of).join("index.html")).unwrap();
        assert!(!page(FIRST).contains("data-who="));
        let next = page(NEXT);
        let row = next
            .split_once(&format!("id=\"e-{}\"", credit.id))
            .unwrap()
            .1;
        let tag = row.split_once('>').unwrap().0;
        assert!(tag.contains("data-who=\"binh\""), "{tag}");
        assert!(next.contains("<option value=\"binh\">binh</option>"));
        // a night told again knows what was known on it
        let on = async |of: &str| desk.store.assigned([&credit.key], day(of)).await.unwrap();
        assert!(on(FIRST).await.is_empty());
        assert_eq!(on(NEXT).await, [(credit.key.clone(), "binh".into())]);
    }
}
