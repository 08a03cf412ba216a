//! The page of a night of 100,000 transactions and more than 5,000 exceptions.

use doisoat::classify::Bucket;
use doisoat::domain::{ExceptionId, Vnd};
use doisoat::report::model::{BRIEF_MAX, SHOWN_MAX};

use super::{build, example, page};

/// The example with so many more payments, the first of them open.
pub(super) fn night(payments: usize, open: usize) -> example::Scene {
    let mut scene = example::undecided();
    let settlement = &mut scene.settlement;
    let row = settlement
        .rows
        .iter()
        .find(|row| row.class == "unidentified");
    let row = row.unwrap().clone();
    let txn = scene.inputs.txns.iter().find(|txn| txn.key() == row.key);
    let txn = txn.unwrap().clone();
    for i in 0..payments {
        let mut txn = txn.clone();
        txn.id = format!("more-{i:06}").as_str().into();
        txn.amount = Vnd::new(10_000 + i64::try_from(i % 977).unwrap());
        let mut row = row.clone();
        row.key = txn.key();
        row.amount = txn.amount;
        row.bucket = if i < open {
            Bucket::Open
        } else {
            Bucket::Matched
        };
        row.class = if i < open { row.class } else { "matched" };
        row.exception_id = (i < open).then(|| ExceptionId::of(row.class, &row.key));
        settlement.rows.push(row);
        scene.inputs.txns.push(txn);
    }
    scene
}

#[test]
fn a_large_night_fits_five_megabytes_and_says_what_it_leaves_out() {
    let scene = night(100_000, 5_000);
    let list = build(&scene).exceptions;
    let work = usize::try_from(list.work.count).unwrap();
    assert!(work > 5_000 && list.shown.len() == SHOWN_MAX);
    let html = page(&scene);
    assert!(html.len() < 5_000_000, "{} bytes", html.len());
    // rejects stand in their own list; every other exception has its line
    let rejects = scene.inputs.rejects.len();
    let lines = html.matches(" id=\"e-").count();
    assert_eq!(lines, work);
    assert_eq!(
        (list.brief.len(), list.more),
        (work - rejects - SHOWN_MAX, 0)
    );
    assert_eq!(html, page(&night(100_000, 5_000)), "same input, same bytes");
}

#[test]
fn what_is_not_on_the_page_is_told_by_its_number() {
    let scene = night(SHOWN_MAX + BRIEF_MAX + 70, SHOWN_MAX + BRIEF_MAX + 70);
    let list = build(&scene).exceptions;
    let all = usize::try_from(list.work.count).unwrap() - scene.inputs.rejects.len();
    let more = all - SHOWN_MAX - BRIEF_MAX;
    assert!(more >= 70 && list.more == u64::try_from(more).unwrap());
    let html = page(&scene);
    assert!(html.contains(&format!("Còn {more} ngoại lệ nữa trong tệp exceptions.csv")));
    let mut untied = night(SHOWN_MAX + BRIEF_MAX + 70, SHOWN_MAX + BRIEF_MAX + 70);
    let control = untied.facts.sources[0].facts.control.as_mut().unwrap();
    control.expected_count += 1;
    let html = page(&untied);
    assert!(
        !html.contains("trong tệp exceptions.csv"),
        "there is no such file then"
    );
    assert!(html.contains(&format!("Còn {more} ngoại lệ nữa: xem bằng lệnh doisoat")));
}
