//! Pure: the rows of a comparison by what the bank knows them by. The comparison names a row by its
//! id; one that the program made of the row's content tells nobody anything.

use crate::domain::Lang;
use crate::domain::ids::MADE;
use crate::text;

use super::super::index::Index;
use super::VersionChanges;

/// Calls each row whose id was made up by the bank's number, else by its amount and time.
pub(super) fn spell(changes: &mut VersionChanges, index: &Index<'_>, lang: Lang) {
    for section in &mut changes.sections {
        for line in &mut section.lines {
            for said in [&mut line.what, &mut line.cause] {
                if said.contains(MADE) {
                    *said = spelt(said, index, lang);
                }
            }
        }
    }
}

fn spelt(said: &str, index: &Index<'_>, lang: Lang) -> String {
    let words = said.split(' ').map(|word| {
        let (name, after) = match word.trim_end_matches([';', ',', ')']) {
            "" => (word, ""),
            name => word.split_at(name.len()),
        };
        let id = name
            .split_once('/')
            .filter(|(_, id)| text::letter::is_made(id));
        let Some((source, id)) = id else {
            return word.to_owned();
        };
        let called = match index.by_name(source, id) {
            None => text::say(lang, "known-unnumbered", &[("source", source)]),
            Some(txn) if text::letter::is_made(&txn.reference()) => {
                format!("{source}: {}", text::letter::called(lang, txn))
            }
            Some(txn) => format!("{source}/{}", txn.reference()),
        };
        called + after
    });
    words.collect::<Vec<_>>().join(" ")
}
