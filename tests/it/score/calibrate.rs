//! What a calibration reads: links of labelled rows with score and margin, and the rate of false
//! matches that each threshold of the margin would let through.

/// One link of a labelled row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Graded {
    pub(crate) score: u16,
    /// Distance to the runner-up; none where a rule decided and there was none.
    pub(crate) margin: Option<u16>,
    pub(crate) right: bool,
    pub(crate) amount: i64,
}

/// At one threshold: what is taken, what of it is false, and the money left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AtThreshold {
    pub(crate) margin: u16,
    pub(crate) taken: u32,
    pub(crate) wrong: u32,
    pub(crate) open: i64,
}

/// For every margin that occurs, lowest first: the links with at least this margin, and those
/// without a runner-up, are taken; the others stay open.
pub(crate) fn false_matches(graded: &[Graded]) -> Vec<AtThreshold> {
    let margin = |link: &Graded| link.margin.unwrap_or(u16::MAX);
    let mut margins: Vec<u16> = graded.iter().map(margin).collect();
    margins.sort_unstable();
    margins.dedup();
    let at = |threshold: u16| {
        let (taken, open): (Vec<&Graded>, Vec<&Graded>) =
            graded.iter().partition(|link| margin(link) >= threshold);
        let count = |links: usize| u32::try_from(links).unwrap();
        AtThreshold {
            margin: threshold,
            taken: count(taken.len()),
            wrong: count(taken.iter().filter(|link| !link.right).count()),
            open: open.iter().map(|link| link.amount.max(0)).sum(),
        }
    };
    margins.into_iter().map(at).collect()
}

#[test]
fn a_higher_margin_takes_less_and_errs_less() {
    let link = |margin, right, amount| Graded {
        score: 900,
        margin,
        right,
        amount,
    };
    let graded = [
        link(Some(10), false, 5),
        link(Some(10), true, 7),
        link(Some(300), true, 11),
        link(None, true, 13),
    ];
    let found: Vec<(u16, u32, u32, i64)> = false_matches(&graded)
        .iter()
        .map(|t| (t.margin, t.taken, t.wrong, t.open))
        .collect();
    assert_eq!(
        found,
        [(10, 4, 1, 0), (300, 2, 0, 12), (u16::MAX, 1, 0, 23)]
    );
}
