//! Files are settled without holding what plain dossiers can be told from. Whatever is written must
//! be what is written of the settlement that holds every row, leg and contribution.

use doisoat::classify::CLASSES;
use doisoat::domain::{Inputs, Lang, Rules};
use doisoat::report::csv::{Style, exceptions, exceptions_of, write_exceptions};
use doisoat::report::csv::{write_lean_links, write_links};
use doisoat::report::{Digests, json};
use doisoat::settle::{Keep, lean, pool, settle_keeping};

use crate::corpus::Mix;
use crate::quality::{corpus, read, rules};

/// Compares both ways; gives the number of dossiers that went through the lane.
pub(crate) fn alike(inputs: &Inputs, rules: &Rules) -> Result<usize, String> {
    let mut inputs = inputs.clone();
    inputs.sort();
    let whole = settle_keeping(&inputs, rules, &Vec::new(), Keep::Open).unwrap();
    let pool = pool(&inputs, rules);
    let lean = lean(&pool, &Vec::new()).unwrap();
    let same = |what: &str, is: bool| {
        if is {
            Ok(())
        } else {
            Err(format!("{what} differ"))
        }
    };
    same("shares", lean.settled.shares == whole.shares)?;
    same("suggestions", lean.settled.suggestions == whole.suggestions)?;
    let style = Style::plain(Lang::Vi);
    let (mut own, mut others) = (Vec::new(), Vec::new());
    write_lean_links(&mut own, &lean, style).unwrap();
    write_links(&mut others, &whole.groups, style).unwrap();
    same("links", own == others)?;
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let rows = exceptions_of(&lean.settled.rows, CLASSES, Lang::Vi);
    write_exceptions(&mut own, rows, style).unwrap();
    write_exceptions(&mut others, exceptions(&whole, CLASSES, Lang::Vi), style).unwrap();
    same("exceptions", own == others)?;
    let digests = Digests::default();
    let own = json::lean_summary(&lean, json::lean_sums(&lean), "1", &digests, None);
    let others = json::summary_document(&inputs, &whole, "1", &digests, None);
    same("summaries", own == others)?;
    let mut plain = 0;
    lean.each_plain(|_, _| plain += 1);
    Ok(plain)
}

#[test]
fn the_sample_is_written_alike() {
    let sample = crate::sample::sample();
    let plain = alike(&sample, &Rules::default()).unwrap();
    assert!(plain > 1_500, "{plain} plain dossiers");
}

/// Every defect on some dossier, unreadable rows among the others; with and without rulings, which
/// close the lane.
#[test]
fn the_hard_mix_is_written_alike() {
    let corpus = corpus(Mix::Hard, 6_000, 7);
    let mut read = read(&corpus);
    let rules = rules(&corpus, &read);
    assert_eq!(alike(&read.inputs, &rules).unwrap(), 0);
    read.inputs.decisions.clear();
    let plain = alike(&read.inputs, &rules).unwrap();
    assert!(plain > 100, "{plain} plain dossiers");
    let plain = alike(&read.inputs, &Rules::default()).unwrap();
    assert!(plain > 100, "{plain} plain dossiers without rules");
}

/// A target asks what would decide it, and definitions that look at every dossier are measured too.
#[test]
fn every_definition_and_target_is_measured_alike() {
    let corpus = corpus(Mix::Everyday, 3_000, 11);
    let read = read(&corpus);
    let all = doisoat::kpi::DEFINITIONS.iter().map(|of| of.id.into());
    let target = |definition: &str| doisoat::domain::Target {
        definition: definition.into(),
        share: doisoat::domain::Fraction { num: 1, den: 2 },
        valid_from: doisoat::domain::Day::of_ms(0),
        valid_to: None,
    };
    let rules = Rules {
        definitions: all.collect(),
        targets: vec![target("TX_CASHLESS"), target("DOSSIER_CASHLESS")],
        ..rules(&corpus, &read)
    };
    let plain = alike(&read.inputs, &rules).unwrap();
    assert!(plain > 1_000, "{plain} plain dossiers");
}
