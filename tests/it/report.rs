//! The report as people and programs read it, on a small night made by hand.

use doisoat::domain::Lang;
use doisoat::report::files::Formats;
use doisoat::report::model::Report;
use doisoat::report::publish::OutFile;
use doisoat::report::{html, match_files, night_files};

mod before;
mod bridge;
mod browser;
mod cells;
mod closed;
mod contrast;
mod documents;
pub(crate) mod example;
mod filters;
mod held;
mod hostile;
mod inert;
mod known;
mod large;
mod light;
mod morning;
mod named;
mod new_year;
mod pairings;
mod phone;
mod pdf;
mod period;
pub(crate) mod print;
mod proposals;
mod quality;
mod rules;
pub(crate) mod schema;
mod stake;
mod steps;
mod tables;
mod tie_out;
mod words;
pub(crate) mod workbook;

use example::{Scene, classes};

fn build(scene: &Scene) -> Report {
    Report::build(&scene.inputs, &scene.settlement, &scene.facts, &classes())
}

fn page(scene: &Scene) -> String {
    html::render(&build(scene))
}

fn files(scene: &Scene) -> Vec<OutFile> {
    let files = files_as_made(scene);
    for file in &files {
        schema::keeps_to_schema(&file.name, &file.bytes);
    }
    files
}

/// The files of a scene with names that no source and no run has.
fn files_as_made(scene: &Scene) -> Vec<OutFile> {
    let Scene {
        inputs,
        settlement,
        facts,
    } = scene;
    night_files(inputs, settlement, facts, &classes(), Formats::default()).unwrap()
}

fn files_of_match(scene: &Scene) -> Vec<OutFile> {
    let Scene {
        inputs,
        settlement,
        facts,
    } = scene;
    match_files(
        inputs,
        settlement,
        "0.1.0",
        &facts.digests,
        &classes(),
        Lang::Vi,
    )
    .unwrap()
}

fn text(files: &[OutFile], name: &str) -> String {
    let file = files
        .iter()
        .find(|file| &*file.name == name)
        .unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(file.bytes.clone()).unwrap()
}

fn names(files: &[OutFile]) -> Vec<&str> {
    files.iter().map(|file| &*file.name).collect()
}
