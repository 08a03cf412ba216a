//! `docs/run.schema.json` says what `run.json` is, and every night of the examples keeps to it.

use serde_json::{Value, json};

use super::example;
use super::{files, text};

/// What the schema has to say against a document; empty when it keeps to it.
pub(crate) fn against_schema(document: &Value) -> Vec<String> {
    let schema = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/run.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = validator.iter_errors(document);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
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
    check(&|run| {
        run.as_object_mut().unwrap().remove("totals");
    });
}
