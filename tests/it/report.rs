//! The report as people and programs read it.

mod example;

use doisoat::domain::Lang;
use doisoat::report::files::Formats;
use doisoat::report::model::Report;
use doisoat::report::publish::OutFile;
use doisoat::report::{html, night_files};

use example::{Scene, classes};

fn build(scene: &Scene) -> Report {
    Report::build(&scene.inputs, &scene.settlement, &scene.facts, &classes())
}

fn files(scene: &Scene) -> Vec<OutFile> {
    let Scene {
        inputs,
        settlement,
        facts,
    } = scene;
    night_files(inputs, settlement, facts, &classes(), Formats::default()).unwrap()
}

#[test]
fn scratch() {
    for (name, scene) in [
        ("undecided", example::undecided()),
        ("incomplete", example::incomplete()),
        ("untied", example::untied()),
        ("met", example::met()),
        ("missed", example::missed()),
    ] {
        std::fs::write(
            format!("/tmp/rep/{name}.html"),
            html::render(&build(&scene)),
        )
        .unwrap();
    }
    let mut scene = example::undecided();
    scene.facts.lang = Lang::En;
    std::fs::write("/tmp/rep/en.html", html::render(&build(&scene))).unwrap();
    for f in files(&example::undecided()) {
        std::fs::write(format!("/tmp/rep/{}", f.name), f.bytes).unwrap();
    }
}
