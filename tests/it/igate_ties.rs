//! Dossiers of iGate that changed at one instant: a list that has no order among them.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use doisoat::domain::{Completeness, Lang};

use crate::fake::{Fake, param};
use crate::igate::{PATH, dossier, fees, lines, page, read, token};

/// Sixty dossiers that changed at one instant, forty older ones behind them; a page after the first
/// has the sixty in another order. No page is longer than `size_max`.
async fn tied(size_max: usize) -> Fake {
    Fake::answering(move |line| {
        if line.contains(PATH) {
            return token(1);
        }
        if line.contains("/pa/dossier-fee/") {
            return fees(line);
        }
        let number = |name: &str| param(line, name).unwrap().parse::<usize>().unwrap();
        let (page_number, size) = (number("page"), number("size").min(size_max));
        let mut all: Vec<String> = (1..=60).map(|n| dossier(n, 5)).collect();
        if page_number > 0 {
            all.rotate_right(5);
        }
        all.extend((61..=100).map(|n| dossier(n, 3)));
        let from = (page_number * size).min(all.len());
        let to = (from + size).min(all.len());
        page(&all[from..to], 100, to == all.len())
    })
    .await
}

#[tokio::test]
async fn dossiers_of_one_instant_are_read_whole_or_not_at_all() {
    let fake = tied(1_000).await;
    let (pull, _) = read(&fake, "").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Complete, 60)
    );
    let all = lines(&fake);
    let sizes: Vec<String> = all.iter().filter_map(|line| param(line, "size")).collect();
    assert_eq!(sizes, ["50", "50", "50", "200", "200"]);
    // whatever it is asked for, a page has no more than fifty: five dossiers never come
    let (pull, _) = read(&tied(50).await, "").await;
    assert_eq!(
        (pull.state, pull.dossiers.len()),
        (Completeness::Missing, 0)
    );
    let said = pull.trouble.unwrap().say(Lang::En);
    assert!(said.contains("5 rows stood on two pages"), "{said}");
}
