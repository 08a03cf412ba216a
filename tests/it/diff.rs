//! What changed between two runs is told with the input that did it.

use doisoat::domain::Ruling;
use doisoat::job::by_hand::Choice;
use serde_json::Value;

use crate::by_hand::{ask, open_of};
use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{FIRST, Town, as_is, day, night};

const SECOND: &str = "2022-12-06";

async fn compared(town: &Town, from: &str, to: &str) -> Value {
    let output = run(town, &["diff", from, to, "--json"]).await;
    assert_eq!(
        code(&output),
        0,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list<'v>(document: &'v Value, name: &str) -> &'v [Value] {
    document[name].as_array().unwrap()
}

/// The year's share of the first target.
fn headline(diff: &Value) -> &Value {
    let first = &list(diff, "shares")[0];
    assert_eq!(first["definition"], "TX_CASHLESS");
    assert_eq!(
        (&first["scope"], &first["period"][0]),
        (&"".into(), &"2022".into())
    );
    first
}

fn write_config(town: &Town, edit: crate::town::Edit<'_>) {
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
}

/// Two nights: new rows, a decision, and the days between; the movers add up to the change.
#[tokio::test(flavor = "multi_thread")]
async fn two_nights_are_compared() {
    let mut told = Vec::new();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        night(&desk, FIRST).await;
        let open = open_of(&desk.store, "unidentified").await;
        let decided = &open[0];
        let choice = Choice::Rule(Ruling::NotFee);
        ask(&desk.store, decided.id.as_str(), choice, false)
            .await
            .unwrap();
        town.morning_after(day(SECOND));
        night(&desk, SECOND).await;
        desk.close().await;
        write_config(&town, &as_is);
        let dump = town.dump().await;
        let diff = compared(&town, FIRST, SECOND).await;
        assert_eq!(
            (&diff["equal"], &diff["same_night"]),
            (&false.into(), &false.into())
        );
        let share = headline(&diff);
        assert_eq!(share["explained"], true, "{kind:?}: {share}");
        assert!(!list(share, "movers").is_empty());
        // what the person ruled is the one cause of the row's new class
        let row = format!("txn {}/{}", decided.key.source, decided.key.id);
        let of_row = |change: &&Value| change["row"] == *row;
        let class = list(&diff, "classes").iter().find(of_row).unwrap();
        assert_eq!(
            (&class["before"], &class["after"]),
            (&"unidentified".into(), &"not_fee".into())
        );
        assert_eq!(class["cause"]["kind"], "decision", "{class}");
        assert_eq!(class["cause"]["told_by"], "an: phoned", "{class}");
        let closed = |change: &&Value| change["exception_id"] == decided.id.as_str();
        let closed = list(&diff, "exceptions").iter().find(closed).unwrap();
        assert_eq!(closed["became"], "removed");
        // rows of the night came; none that was only not read again is said to have gone
        let inputs = list(&diff, "inputs");
        assert!(
            inputs
                .iter()
                .any(|i| i["kind"] == "txn" && i["became"] == "added")
        );
        assert!(
            inputs.iter().all(|i| i["became"] != "removed"),
            "{inputs:?}"
        );
        let fee = inputs
            .iter()
            .find(|i| i["kind"] == "fee" && i["became"] == "added");
        assert_eq!(fee.unwrap()["told_by"], "dossier_fees_2022-12-06.csv");
        assert_eq!(town.dump().await, dump, "nothing changed");
        let mut diff = diff;
        let (from, to) = (diff["from"].take(), diff["to"].take());
        assert!(from.as_str().unwrap() < to.as_str().unwrap());
        told.push(diff);
        let text = stdout(&run(&town, &["diff", FIRST, SECOND, "--lang", "en"]).await);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[1].contains("2022: ") && lines[1].contains(" → "),
            "{text}"
        );
        assert!(lines[2].starts_with("Because of "), "{text}");
        let same = run(&town, &["diff", FIRST, FIRST]).await;
        assert_eq!((code(&same), stdout(&same).lines().count()), (0, 2));
        assert!(stdout(&same).contains("Không có gì khác."));
        assert_eq!(code(&run(&town, &["diff", FIRST, "2022-11-30"]).await), 2);
    }
    assert_eq!(told[0], told[1], "SQLite and PostgreSQL");
}

/// A line of the first day's export that is in order, with another amount.
pub(crate) fn corrected(town: &Town) -> (String, String) {
    let inbox = town.dir().join("inbox");
    let text = std::fs::read_to_string(inbox.join("dossier_fees_2022-12-05.csv")).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let links = std::fs::read_to_string(town.folder(FIRST).join("links.csv")).unwrap();
    let open = std::fs::read_to_string(town.folder(FIRST).join("exceptions.csv")).unwrap();
    let settled = |line: &&str| {
        let mut fields = line.split(',');
        let (code, fee) = (fields.next().unwrap(), fields.next().unwrap());
        links.contains(&format!("{code},{fee},")) && !open.contains(code)
    };
    let line = rest.lines().find(settled).unwrap();
    let fields: Vec<&str> = line.split(',').collect();
    let amount: i64 = fields[3].parse().unwrap();
    let mut changed: Vec<String> = fields.iter().map(ToString::to_string).collect();
    changed[3] = (amount + 1_000).to_string();
    let file = format!("{head}\n{}\n", changed.join(","));
    std::fs::write(inbox.join("dossier_fees_2022-12-05_again.csv"), file).unwrap();
    (format!("{}/{}", fields[0], fields[1]), amount.to_string())
}

/// Two versions of a night: one line of a file changed, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_line_is_the_cause_of_what_follows_from_it() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = Town::new(kind).await;
        let desk = town.desk(&as_is).await;
        town.morning_after(day(FIRST));
        let first = night(&desk, FIRST).await.run.id;
        let (fee, amount) = corrected(&town);
        let second = night(&desk, FIRST).await.run.id;
        desk.close().await;
        write_config(&town, &as_is);
        let diff = compared(&town, first.as_str(), second.as_str()).await;
        assert_eq!(diff["same_night"], true);
        let inputs = list(&diff, "inputs");
        assert_eq!(inputs.len(), 1, "{inputs:?}");
        let input = &inputs[0];
        assert_eq!(
            (&input["kind"], &input["key"]),
            (&"fee".into(), &fee.as_str().into())
        );
        assert_eq!(
            (&input["column"], &input["before"]),
            (&"amount".into(), &amount.into())
        );
        assert_eq!(input["told_by"], "dossier_fees_2022-12-05_again.csv");
        let class = |change: &&Value| change["row"] == format!("fee {fee}");
        let class = list(&diff, "classes").iter().find(class).unwrap();
        assert_eq!(class["before"], "ok", "{class}");
        let changes = ["matches", "classes", "exceptions"].map(|name| list(&diff, name));
        for change in changes.into_iter().flatten() {
            let cause = &change["cause"];
            assert_eq!(
                (&cause["kind"], &cause["key"]),
                (&"fee".into(), &fee.as_str().into()),
                "{change}"
            );
        }
    }
}

/// Other rules for the same rows: they are named, and the cause of whatever changed.
#[tokio::test(flavor = "multi_thread")]
async fn other_rules_are_named() {
    let town = Town::new(Kind::Sqlite).await;
    town.morning_after(day(FIRST));
    let desk = town.desk(&as_is).await;
    let first = night(&desk, FIRST).await.run.id;
    desk.close().await;
    let strict = |text: String| text + "\n[rules]\npairing_days = 0\nnet_rates = []\n";
    let desk = town.desk(&strict).await;
    let second = night(&desk, FIRST).await.run.id;
    desk.close().await;
    write_config(&town, &strict);
    let diff = compared(&town, first.as_str(), second.as_str()).await;
    let rules = list(&diff, "rules");
    assert!(
        rules
            .iter()
            .any(|r| r.as_str().unwrap().starts_with("pairing_days: ")),
        "{rules:?}"
    );
    assert!(list(&diff, "inputs").is_empty());
    let changes = ["matches", "classes", "exceptions"].map(|name| list(&diff, name));
    let changes: Vec<&Value> = changes.into_iter().flatten().collect();
    assert!(!changes.is_empty());
    for change in changes {
        assert_eq!(change["cause"]["cause"], "rules", "{change}");
    }
    // without what the runs kept only the shares are compared, and that is said
    town.database.execute("DELETE FROM run_kept").await;
    let diff = compared(&town, first.as_str(), second.as_str()).await;
    assert!(!list(&diff, "not_compared").is_empty());
    assert_eq!(diff["equal"], false);
}
