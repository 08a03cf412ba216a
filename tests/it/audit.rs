//! Whoever changes a row of any table of business state is found out, and the row is named.

use doisoat::domain::Ruling;
use doisoat::job::by_hand::Choice;
use serde_json::Value;

use crate::by_hand::{ask, open_of};
use crate::cli::stdout;
use crate::database::Kind;
use crate::night_cli::{code, run};
use crate::town::{Town, as_is};
use crate::verify::two_nights;

/// A table, what somebody does to one byte of its rows, how it is undone, and how the row is named.
type Flip = (&'static str, &'static str, &'static str);

const FLIPS: [Flip; 22] = [
    (
        "UPDATE agency_version SET name = name || 'x'",
        "UPDATE agency_version SET name = substr(name, 1, length(name) - 1)",
        "agency_version ",
    ),
    (
        "UPDATE dossier SET squeezed = squeezed || 'X'",
        "UPDATE dossier SET squeezed = substr(squeezed, 1, length(squeezed) - 1)",
        "dossier ",
    ),
    (
        "UPDATE fee_version SET procedure_code = procedure_code || 'x'",
        "UPDATE fee_version SET procedure_code = substr(procedure_code, 1, length(procedure_code) - 1)",
        "fee_version ",
    ),
    (
        "UPDATE order_version SET amount_vnd = amount_vnd + 1",
        "UPDATE order_version SET amount_vnd = amount_vnd - 1",
        "order_version ",
    ),
    (
        "UPDATE receipt_version SET cashier = cashier || 'x'",
        "UPDATE receipt_version SET cashier = substr(cashier, 1, length(cashier) - 1)",
        "receipt_version ",
    ),
    (
        "UPDATE export_file SET lines = lines + 1",
        "UPDATE export_file SET lines = lines - 1",
        "export_file ",
    ),
    (
        "UPDATE txn SET payer = payer || 'x'",
        "UPDATE txn SET payer = substr(payer, 1, length(payer) - 1)",
        "txn ",
    ),
    (
        "UPDATE reject_row SET line = line + 1",
        "UPDATE reject_row SET line = line - 1",
        "reject_row ",
    ),
    (
        "UPDATE conflict_version SET amount_vnd = amount_vnd + 1",
        "UPDATE conflict_version SET amount_vnd = amount_vnd - 1",
        "conflict_version ",
    ),
    (
        "UPDATE feed_day SET state = 'partial' WHERE state = 'complete' AND day = '2022-12-06'",
        "UPDATE feed_day SET state = 'complete' WHERE day = '2022-12-06'",
        "feed_day ",
    ),
    (
        "UPDATE probe SET order_id = 'x' || order_id",
        "UPDATE probe SET order_id = substr(order_id, 2)",
        "probe ",
    ),
    (
        "UPDATE decision SET reason = 'phonee'",
        "UPDATE decision SET reason = 'phoned'",
        "decision 1",
    ),
    (
        "UPDATE run SET program = program || 'x'",
        "UPDATE run SET program = substr(program, 1, length(program) - 1)",
        "run 2022-12-0",
    ),
    (
        "UPDATE run_kept SET sha256 = sha256 || 'x' WHERE what = 'rules'",
        "UPDATE run_kept SET sha256 = substr(sha256, 1, 64) WHERE what = 'rules'",
        "kept 2022-12-0",
    ),
    (
        "UPDATE audit SET says_wall = says_wall || ' ' WHERE seq = 2",
        "UPDATE audit SET says_wall = substr(says_wall, 1, length(says_wall) - 1) WHERE seq = 2",
        "audit 2",
    ),
    (
        "UPDATE row_state SET evidence = evidence || ' '",
        "UPDATE row_state SET evidence = substr(evidence, 1, length(evidence) - 1)",
        "row_state ",
    ),
    (
        "UPDATE match_group SET score = score - 1",
        "UPDATE match_group SET score = score + 1",
        "match_group ",
    ),
    (
        "UPDATE match_leg SET why = why || ' '",
        "UPDATE match_leg SET why = substr(why, 1, length(why) - 1)",
        "match_leg ",
    ),
    (
        "UPDATE contribution SET owner = owner || 'x'",
        "UPDATE contribution SET owner = substr(owner, 1, length(owner) - 1)",
        "contribution ",
    ),
    (
        "UPDATE firm_change SET denominator = denominator + 1",
        "UPDATE firm_change SET denominator = denominator - 1",
        "firm_change ",
    ),
    (
        "UPDATE firm_half SET denominator = denominator + 1",
        "UPDATE firm_half SET denominator = denominator - 1",
        "firm_half ",
    ),
    (
        "UPDATE kpi SET outer_bound = 1 - outer_bound",
        "UPDATE kpi SET outer_bound = 1 - outer_bound",
        "kpi ",
    ),
];

async fn found(town: &Town) -> (i32, Vec<String>) {
    let output = run(town, &["verify", "--all", "--json"]).await;
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["runs"].is_array(), "{document}");
    let runs = document["runs"].as_array().unwrap().iter();
    let violations = runs.flat_map(|run| run["violations"].as_array().unwrap());
    let abouts = violations.map(|v| v["about"].as_str().unwrap().to_owned());
    (code(&output), abouts.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_of_any_table_is_named() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let town = two_nights(kind).await;
        let desk = town.desk(&as_is).await;
        let open = open_of(&desk.store, "unidentified").await;
        let choice = Choice::Rule(Ruling::WriteOff);
        ask(&desk.store, open[0].id.as_str(), choice, false)
            .await
            .unwrap();
        desk.close().await;
        assert_eq!(found(&town).await, (0, Vec::new()), "{kind:?}");
        // a district without conflicts or unreadable rows has none to change
        let mut flips = Vec::new();
        for flip in FLIPS {
            let table = flip.0.split(' ').nth(1).unwrap();
            let may_lack = ["conflict_version", "reject_row"].contains(&table);
            if !(may_lack && is_empty(&town, table).await) {
                flips.push(flip);
            }
        }
        // every table at once: each is named for itself
        for (edit, ..) in &flips {
            town.database.execute(edit).await;
        }
        let (code, abouts) = found(&town).await;
        assert_eq!(code, 1, "{kind:?}");
        for (edit, _, about) in &flips {
            let named = abouts.iter().any(|a| a.starts_with(about));
            assert!(named, "{kind:?} {edit}: {abouts:?}");
        }
        for (_, undo, _) in &flips {
            town.database.execute(undo).await;
        }
        assert_eq!(
            found(&town).await,
            (0, Vec::new()),
            "{kind:?}: every edit was undone"
        );
        // what is gone is missed, and the place in the chain is told
        town.database
            .execute("DELETE FROM audit WHERE seq = 1")
            .await;
        let (code, abouts) = found(&town).await;
        assert_eq!(
            (code, abouts.iter().any(|a| a == "audit 1")),
            (1, true),
            "{abouts:?}"
        );
    }
}

async fn is_empty(town: &Town, table: &str) -> bool {
    let dump = town.dump().await;
    !dump
        .lines()
        .any(|line| line.starts_with(&format!("{table} ")))
}

/// Every edit that names a night that was never published is found, and rows that are gone.
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_gone_or_of_no_night_are_found() {
    let town = two_nights(Kind::Sqlite).await;
    let edits = [
        ("UPDATE txn SET decided_night = '2022-12-04'", "txn "),
        ("UPDATE row_state SET until = '2031-01-01'", "row_state "),
        ("DELETE FROM kpi WHERE scope = ''", "kpi "),
        ("DELETE FROM export_file", "export_file "),
    ];
    for (edit, about) in edits {
        town.database.execute(edit).await;
        let (code, abouts) = found(&town).await;

        assert_eq!(code, 1, "{edit}");
        let named = abouts.iter().any(|a| a.starts_with(about));
        assert!(named, "{edit}: {abouts:?}");
    }
    let text = stdout(&run(&town, &["verify", "--lang", "en"]).await);
    assert!(text.contains("DOES NOT HOLD"), "{text}");
}
