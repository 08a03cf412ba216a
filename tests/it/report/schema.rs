//! `docs/run.schema.json` says what `run.json` is, and every night of the examples keeps to it.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::example;
use super::{files, text};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/run.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).unwrap()
});

/// What the schema has to say against a document; empty when it keeps to it.
pub(crate) fn against_schema(document: &Value) -> Vec<String> {
    let errors = SCHEMA.iter_errors(document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Every `run.json` that a test reads keeps to the schema; what a test forged so that it is no
/// document of a run any more is none.
#[track_caller]
pub(crate) fn keeps_to_schema(name: &str, bytes: &[u8]) {
    if name.rsplit('/').next() != Some("run.json") {
        return;
    }
    let Ok(document) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    if document["run_id"].is_string() {
        assert_eq!(against_schema(&document), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn every_night_keeps_to_the_schema() {
    let scenes = [
        example::undecided(),
        example::incomplete(),
        example::untied(),
        example::met(),
        example::missed(),
    ];
    for scene in scenes {
        let run: Value = serde_json::from_str(&text(&files(&scene), "run.json")).unwrap();
        assert_eq!(against_schema(&run), Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let run = text(&files(&example::undecided()), "run.json");
    let check = |edit: &dyn Fn(&mut Value)| {
        let mut run: Value = serde_json::from_str(&run).unwrap();
        edit(&mut run);
        let found = against_schema(&run);
        assert!(!found.is_empty(), "{run}");
    };
    check(&|run| run["totals"]["open"]["count"] = json!("3"));
    check(&|run| run["share"][0]["low"] = json!(1));
    check(&|run| run["share"][0]["verdict"] = json!("passed"));
    check(&|run| run["sources"][0]["surprise"] = json!(1));
    check(&|run| run["exit_codes"] = json!([]));
    for share in ["1.7000", "1.0001", "-0.1000", "0.5", "00.5000"] {
        check(&|run| run["share"][0]["share"] = json!(share));
    }
    // days that no calendar has, by their form and by their month
    for day in [
        "2022-13-45",
        "2022-00-10",
        "2022-02-30",
        "2022-12-5",
        "20221205",
    ] {
        check(&|run| run["business_date"] = json!(day));
    }
    check(&|run| run["share"][0]["period"] = json!("2022-Q5"));
    for block in ["work", "tie_out"] {
        check(&|run| {
            run.as_object_mut().unwrap().remove(block);
        });
    }
    check(&|run| {
        run.as_object_mut().unwrap().remove("totals");
    });
}
