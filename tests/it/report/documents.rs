//! The files byte for byte: snapshots, the schema of `run.json`, and determinism.

use doisoat::domain::Lang;
use serde_json::Value;

use super::example;
use super::{build, files, files_of_match, names, page, text};

#[test]
fn the_model_and_the_page_are_as_reviewed() {
    let scene = example::undecided();
    insta::assert_snapshot!(
        "model",
        serde_json::to_string_pretty(&build(&scene)).unwrap()
    );
    insta::assert_snapshot!("index.html", without_css(&page(&scene)));
    insta::assert_snapshot!("incomplete.html", first_page(&page(&example::incomplete())));
    insta::assert_snapshot!("untied.html", first_page(&page(&example::untied())));
    let mut english = example::undecided();
    english.facts.lang = Lang::En;
    insta::assert_snapshot!("english.html", first_page(&page(&english)));
}

/// The style sheet and the script are looked at in a browser; in a snapshot it would only hide the
/// rest.
fn without_css(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let (head, _) = head.split_once("<script>").unwrap();
    let mut parts = head.split("'sha256-");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        out.push_str("'sha256-…'");
        out.push_str(part.split_once('\'').unwrap().1);
    }
    format!("{out}<script>…</script><style>…</style>{body}")
}

fn first_page(page: &str) -> String {
    let main = page.split_once("<main id=\"main\">").unwrap().1;
    main.split_once("<nav").unwrap().0.to_owned()
}

#[test]
fn the_csv_files_are_as_reviewed() {
    let night = files(&example::undecided());
    assert_eq!(
        names(&night),
        [
            "index.html",
            "doisoat.xlsx",
            "exceptions.csv",
            "links.csv",
            "closed.csv",
            "share.csv",
            "run.json"
        ]
    );
    for name in ["exceptions.csv", "links.csv", "closed.csv", "share.csv"] {
        let content = text(&night, name);
        assert!(
            content.starts_with('\u{feff}') && !content.contains('\r'),
            "{name}"
        );
        insta::assert_snapshot!(name, content.trim_start_matches('\u{feff}'));
    }
    let files = files_of_match(&example::undecided());
    assert_eq!(
        names(&files),
        [
            "links.csv",
            "exceptions.csv",
            "suggestions.csv",
            "share.csv",
            "summary.json"
        ]
    );
    insta::assert_snapshot!("suggestions.csv", text(&files, "suggestions.csv"));
    insta::assert_snapshot!("summary.json", text(&files, "summary.json"));
    for name in [
        "links.csv",
        "exceptions.csv",
        "suggestions.csv",
        "share.csv",
    ] {
        assert!(
            !text(&files, name).starts_with('\u{feff}'),
            "{name} of match is plain"
        );
    }
}

#[test]
fn run_json_has_the_agreed_keys_in_the_agreed_order() {
    let run = text(&files(&example::incomplete()), "run.json");
    insta::assert_snapshot!("run.json", run);
    let run: Value = serde_json::from_str(&run).unwrap();
    let keys = |value: &Value| -> Vec<String> {
        let fields = value.as_object().unwrap();
        fields.keys().map(String::clone).collect()
    };
    assert_eq!(
        keys(&run),
        [
            "schema_version",
            "run_id",
            "business_date",
            "state",
            "version_of_night",
            "replaces",
            "exit_codes",
            "version",
            "digests",
            "previous",
            "sources",
            "totals",
            "tie_out",
            "money_bridge",
            "open_bridge",
            "instruments",
            "provider_fees",
            "gateway_bridge",
            "gateway_days",
            "gateway_chain",
            "work",
            "share",
            "exceptions",
            "breakdown",
            "grey",
        ]
    );
    assert_eq!(keys(&run["digests"]), ["input", "rules", "output"]);
    let source = [
        "name", "kind", "state", "rows", "rejects", "sum_vnd", "control", "by_kind", "arrived",
    ];
    // what did not come stands behind them, where something did not
    let late = [&source[..], &["missing_days"]].concat();
    let troubled = [&source[..], &["trouble"]].concat();
    for (of, wanted) in [(0, &late[..]), (1, &troubled[..]), (2, &source[..])] {
        assert_eq!(keys(&run["sources"][of]), wanted);
    }
    assert_eq!(
        keys(&run["sources"][0]["control"]),
        ["expected_count", "expected_sum_vnd", "ties"]
    );
    assert_eq!(
        keys(&run["sources"][0]["by_kind"][0]),
        ["kind", "status", "count", "sum_vnd"]
    );
    let totals = ["transactions", "matched", "open", "rejected", "excluded"];
    assert_eq!(keys(&run["totals"]), totals);
    for total in totals {
        assert_eq!(keys(&run["totals"][total]), ["count", "sum_vnd"]);
    }
    let share = [
        "definition",
        "scope",
        "period",
        "numerator",
        "denominator",
        "share",
        "low",
        "high",
        "estimated",
        "target",
        "verdict",
        "deciding",
        "deciding_met",
        "deciding_missed",
        "deciding_proved",
        "outer",
    ];
    assert_eq!(keys(&run["share"][0]), share);
    assert_eq!(keys(&run["exceptions"][0]), ["class", "count", "sum_vnd"]);
    let year = |definition: &str| {
        let rows = run["share"].as_array().unwrap().iter();
        let mut rows = rows.filter(|s| s["definition"] == definition && s["scope"] == "");
        rows.find(|s| s["period"] == "2022").unwrap().clone()
    };
    let share = year("TX_CASHLESS");
    assert_eq!(
        (&share["share"], &share["low"], &share["target"]),
        (&"0.5100".into(), &"0.5100".into(), &"0.50".into())
    );
    assert_eq!(keys(&share["estimated"]), ["low", "high", "basis"]);
    assert_eq!(
        share["verdict"], "undecided",
        "a required source is missing"
    );
    assert_eq!(year("DOSSIER_ONLINE")["share"], Value::Null);
}

/// The work list by class adds up to what is open, and tells what to settle first.
#[test]
fn the_work_of_run_json_adds_up() {
    let run = text(&files(&example::undecided()), "run.json");
    let run: Value = serde_json::from_str(&run).unwrap();
    let classes = run["work"]["classes"].as_array().unwrap().iter();
    let add = |key: &str| {
        let figures = classes.clone().map(|class| class[key].as_i64().unwrap());
        figures.sum::<i64>()
    };
    let closing = &run["work"]["closing"];
    assert!(closing["count"].as_i64() > Some(0));
    assert_eq!(closing["count"].as_i64(), Some(add("count")));
    assert_eq!(closing["sum_vnd"].as_i64(), Some(add("sum_vnd")));
    let first = run["work"]["first"].as_array().unwrap();
    let mut shares = run["share"].as_array().unwrap().iter();
    let leads = |share: &&Value| {
        share["definition"] == "TX_CASHLESS" && share["scope"] == "" && share["period"] == "2022"
    };
    let deciding = shares.find(leads).unwrap()["deciding"].as_array().unwrap();
    assert!(!deciding.is_empty());
    let told: Vec<&Value> = first.iter().map(|row| &row["exception_id"]).collect();
    assert_eq!(told[..deciding.len()], deciding.iter().collect::<Vec<_>>());
    for (nth, row) in first.iter().enumerate() {
        assert_eq!(row["decides"], nth < deciding.len(), "{row}");
    }
}

#[test]
fn exceptions_in_run_json_are_those_of_the_file() {
    let files = files(&example::undecided());
    let run: Value = serde_json::from_str(&text(&files, "run.json")).unwrap();
    let counted: u64 = run["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["count"].as_u64().unwrap())
        .sum();
    let rows = text(&files, "exceptions.csv").lines().count() - 1;
    assert_eq!(counted, u64::try_from(rows).unwrap());
}

#[test]
fn same_input_same_bytes_whatever_the_order() {
    let scene = example::undecided();
    let first = files(&scene);
    assert_eq!(files(&scene), first);
    let mut shuffled = example::undecided();
    shuffled.inputs.txns.reverse();
    shuffled.inputs.fees.reverse();
    shuffled.inputs.receipts.reverse();
    shuffled.inputs.rejects.reverse();
    shuffled.inputs.agencies.reverse();
    shuffled.settlement.groups.reverse();
    assert_eq!(files(&shuffled), first);
}

#[test]
fn only_tonight_and_what_is_open_stands_in_the_files_of_a_night() {
    let mut scene = example::undecided();
    let before = super::example::night().minus(3);
    for row in &mut scene.settlement.rows {
        if ["14112244", "106", "103"].contains(&&*row.key.id) {
            row.business_date = before;
        }
    }
    let night = files(&scene);
    let exceptions = text(&night, "exceptions.csv");
    assert!(
        exceptions.contains(",unidentified,"),
        "open since three days"
    );
    assert!(!exceptions.contains(",failed,"), "excluded three days ago");
    let links = text(&night, "links.csv");
    assert!(!links.contains("\n103,") && links.contains("\n102,"));
    let group = scene
        .settlement
        .groups
        .iter()
        .find(|g| &*g.legs[0].money.id == "103")
        .unwrap();
    scene.facts.changed_groups.insert(group.id.clone());
    assert!(
        text(&files(&scene), "links.csv").contains("\n103,"),
        "changed tonight"
    );
    let all = files_of_match(&scene);
    assert!(text(&all, "links.csv").contains("\n103,"));
    assert!(text(&all, "exceptions.csv").contains(",failed,"));
}
