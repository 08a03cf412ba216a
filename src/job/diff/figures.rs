//! The five numbers of the first page as published: two versions of one night side by side.

use super::{Amount, FigureChange, RunRecord};
use crate::domain::Lang;
use crate::job::trend;
use crate::report::Figure;
use crate::report::json::told_night;

/// Those that differ, in the order of the page; the share is that of the first definition.
pub(super) fn changed(from: &RunRecord, to: &RunRecord, leading: &[String]) -> Vec<FigureChange> {
    let definition = leading.first().map_or("TX_CASHLESS", String::as_str);
    let [Some(was), Some(now)] = [from, to].map(|run| published(run, definition)) else {
        return Vec::new();
    };
    let pairs = was.into_iter().zip(now);
    let differ = pairs.filter(|((_, before), (_, after))| before != after);
    let change = |((figure, before), (_, after)): (Named, Named)| FigureChange {
        figure,
        definition: if figure == "share" {
            definition.into()
        } else {
            "".into()
        },
        before,
        after,
    };
    differ.map(change).collect()
}

type Named = (&'static str, Option<Amount>);

/// None where an older program wrote the document.
fn published(run: &RunRecord, definition: &str) -> Option<[Named; 5]> {
    let point = trend::of_definition(run, definition, "%Y")?;
    // the words of a language are not read
    let told = told_night(run.business_date, &run.run_json, Lang::En).ok()?;
    let work = told.figures?.work;
    let seen = |figure: Figure| (!point.unseen).then_some(Amount::Rows(figure));
    let share = point.share.map(|share| Amount::Share {
        numerator: share.num,
        denominator: share.den,
    });
    Some([
        ("transactions", seen(point.transactions)),
        ("share", share),
        ("open", seen(point.open)),
        ("exceptions", Some(Amount::Rows(work.closing))),
        ("overdue", Some(Amount::Rows(work.overdue))),
    ])
}
