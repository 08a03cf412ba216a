//! Statements of an account that hang together, and those that do not.

use super::*;
use crate::domain::{Checked, SourceName};

fn december(n: u32) -> Day {
    Day::parse("2022-12-01").unwrap().plus(n - 1)
}

fn statement(account: &str, from: u32, to: u32, balances: [i64; 2]) -> AccountStatement {
    AccountStatement {
        source: SourceName::new("bank"),
        sha256: "x".into(),
        name: "x".into(),
        seq: 0,
        account: account.into(),
        from: december(from),
        to: december(to),
        whole_to: december(to),
        entries: 0,
        rejects: 0,
        credits: 0.into(),
        opening: Some(balances[0].into()),
        closing: Some(balances[1].into()),
        gap: Some(0.into()),
        night: december(8),
        checked: Checked::default(),
    }
}

#[test]
fn every_account_must_cover_a_day() {
    let check = |told: &[AccountStatement], day: u32, expected: bool| {
        let found = findings(told, &|_| true);
        let covered = Covered::by(told, &found);
        assert_eq!(covered.is_whole(december(day)), expected, "{day} {told:?}");
    };
    let one = [statement("A", 2, 3, [0, 5])];
    check(&one, 1, false);
    check(&one, 3, true);
    check(&one, 4, false);
    let two = [statement("A", 2, 3, [0, 5]), statement("B", 2, 2, [0, 5])];
    check(&two, 2, true);
    check(&two, 3, false);
    // a weekend in which the balance stayed, and one in which it did not
    let quiet = [statement("A", 2, 2, [0, 5]), statement("A", 5, 5, [5, 6])];
    check(&quiet, 4, true);
    let moved = [statement("A", 2, 2, [0, 5]), statement("A", 5, 5, [9, 6])];
    check(&moved, 4, false);
    // a file without account belongs to the only one
    let untold = [statement("", 3, 3, [5, 9]), statement("A", 2, 2, [0, 5])];
    check(&untold, 3, true);
}

#[test]
fn a_statement_hangs_on_the_one_before_it() {
    let check = |told: &[AccountStatement], due: bool, expected: &[(u32, &str)]| {
        let is_due = |_| due;
        let said = |f: &Finding<'_>| {
            let what = match f.what {
                What::Apart(_) => "apart",
                What::NoNext => "no next",
                What::NoPrevious => "no previous",
                What::Pages(_) | What::OfPages(_) => "pages",
                What::Gap(_) | What::Flaw(_) => "itself",
            };
            (f.statement.from, what)
        };
        let found: Vec<_> = findings(told, &is_due).iter().map(said).collect();
        let expected: Vec<_> = expected.iter().map(|(n, w)| (december(*n), *w)).collect();
        assert_eq!(found, expected, "{told:?}");
    };
    let one = |from, to, balances| statement("A", from, to, balances);
    check(&[one(2, 2, [0, 5]), one(3, 3, [5, 6])], true, &[]);
    let moved = [one(2, 2, [0, 5]), one(3, 3, [9, 6])];
    check(&moved, true, &[(3, "apart")]);
    // days between them are missing, or nobody waits for them
    let later = [one(2, 2, [0, 5]), one(5, 5, [9, 6])];
    check(&later, true, &[]);
    check(&later, false, &[(5, "apart")]);
    // another statement tells of the time between, or closes as this one opens
    let between = [one(2, 2, [0, 5]), one(3, 5, [5, 9]), one(5, 5, [9, 6])];
    check(&between, true, &[]);
    let again = [one(2, 2, [0, 5]), one(2, 2, [0, 9]), one(3, 3, [9, 6])];
    check(&again, true, &[]);
    // the day had not ended when the first was written
    let mut early = moved.clone();
    early[0].whole_to = december(1);
    check(&early, true, &[]);
    let mut pages = [one(2, 2, [0, 5]), one(2, 2, [5, 7]), one(2, 2, [6, 7])];
    pages[0].checked.goes_on = true;
    pages[2].checked.follows = true;
    check(&pages, true, &[(2, "no next"), (2, "no previous")]);
    pages[1].checked.follows = true;
    check(&pages, true, &[(2, "no previous")]);
    // one that tells no opening balance explains nothing
    let mut bare = later.to_vec();
    bare.push(one(4, 5, [0, 0]));
    (bare[2].opening, bare[2].closing, bare[2].gap) = (None, None, None);
    check(&bare, false, &[(5, "apart")]);
    // two of one day in a file
    let mut parts = [one(2, 2, [0, 5]), one(2, 2, [6, 9]), one(2, 2, [5, 6])];
    parts.iter_mut().zip(0..).for_each(|(s, n)| s.seq = n);
    check(&parts, true, &[]);
    check(&parts[..2], true, &[(2, "apart")]);
}

#[test]
fn money_that_stands_in_no_statement_may_be_of_any_day_between() {
    let told = [
        statement("A", 2, 2, [0, 5]),
        statement("A", 5, 6, [9, 6]),
        statement("A", 7, 7, [6, 8]),
    ];
    let found = findings(&told, &|_| false);
    let [apart] = &*found else {
        panic!("{found:?}")
    };
    let days: Vec<Day> = apart.span().collect();
    assert_eq!(days, [3, 4, 5].map(december));
    let covered = Covered::by(&told, &found);
    let whole = (2..=7).filter(|n| covered.is_whole(december(*n)));
    assert_eq!(whole.collect::<Vec<_>>(), [2, 6, 7]);
}

#[test]
fn two_files_of_a_day_hang_together() {
    let check = |told: &[[i64; 2]], expected: &[[i64; 2]]| {
        let mut all: Vec<_> = told.iter().map(|b| statement("A", 2, 2, *b)).collect();
        for (at, one) in all.iter_mut().enumerate() {
            (one.name, one.sha256) = (format!("{at}").into(), format!("{at}").into());
        }
        let found = findings(&all, &|_| true);
        let gap = |f: &Finding<'_>| match f.what {
            What::Apart(before) => [before.closing, f.statement.opening].map(Option::unwrap),
            _ => panic!("{f:?}"),
        };
        let found: Vec<_> = found.iter().map(gap).collect();
        let expected: Vec<_> = expected.iter().map(|b| b.map(Decimal::from)).collect();
        assert_eq!(found, expected, "{told:?}");
    };
    // morning and afternoon, in either order of their names
    check(&[[100, 150], [160, 220]], &[[150, 160]]);
    check(&[[160, 220], [100, 150]], &[[150, 160]]);
    check(&[[100, 150], [150, 220]], &[]);
    check(&[[100, 150], [160, 220], [150, 160]], &[]);
    check(&[[100, 150], [150, 155], [160, 220]], &[[155, 160]]);
    // the same time told twice, or a file of the whole day beside its parts
    check(&[[100, 150], [100, 220]], &[]);
    check(&[[100, 220], [150, 220]], &[]);
    check(&[[100, 150], [150, 220], [100, 220]], &[]);
    check(&[[100, 150], [100, 150]], &[]);
}

#[test]
fn numbered_pages_add_up_together() {
    let page = |number: u32, is_last: bool, credits: u32| {
        let mut page = statement("A", 2, 2, [100, 157]);
        (page.credits, page.gap) = (credits.into(), None);
        page.checked.page = Some(crate::domain::PageNumber {
            number,
            of_message: false,
        });
        (page.checked.follows, page.checked.goes_on) = (number > 1, !is_last);
        page
    };
    let check = |told: &[AccountStatement], expected: &[i64]| {
        let found = findings(told, &|_| true);
        let gaps = found.iter().map(|f| match f.what {
            What::Pages(gap) => gap,
            _ => panic!("{f:?}"),
        });
        let expected: Vec<Decimal> = expected.iter().map(|gap| (*gap).into()).collect();
        assert_eq!(gaps.collect::<Vec<_>>(), expected, "{told:?}");
    };
    check(&[page(1, false, 50), page(2, true, 7)], &[]);
    check(&[page(1, false, 50), page(2, true, 1)], &[6]);
    let whole = [page(1, false, 30), page(2, false, 20), page(3, true, 7)];
    check(&whole, &[]);
    // a page told again as it should have been
    check(
        &[page(1, false, 50), page(2, true, 1), page(2, true, 7)],
        &[],
    );
    // a page of another statement is not the one that is missing
    let named = |id: &str, mut page: AccountStatement| {
        page.checked.id = Some(id.into());
        page
    };
    let told = [
        named("X", page(1, false, 50)),
        named("Y", page(1, false, 50)),
        named("Y", page(2, true, 7)),
    ];
    let found = findings(&told, &|_| true);
    let found: Vec<_> = found.iter().map(|f| (f.statement, f.what)).collect();
    assert_eq!(found, [(&told[0], What::NoNext)]);
}

#[test]
fn pages_that_are_counted_differently_do_not_go_on_in_each_other() {
    let page = |account: &str, number: u32, of_message: bool| {
        let mut page = statement(account, 2, 2, [100, 150]);
        page.checked.page = Some(crate::domain::PageNumber { number, of_message });
        (page.checked.follows, page.checked.goes_on) = (number > 1, number == 1);
        page
    };
    let check = |first: AccountStatement, next: AccountStatement, expected: bool| {
        let told = [first, next];
        let owner = Owner::among(&told);
        assert_eq!(goes_over(owner, &told[0], &told[1]), expected, "{told:?}");
    };
    check(page("A", 1, false), page("A", 2, false), true);
    check(page("A", 1, true), page("A", 2, true), true);
    check(page("A", 1, false), page("A", 3, false), false);
    // the pages of a message go on with another account, those of a statement do not
    check(page("A", 1, true), page("B", 2, true), true);
    check(page("A", 1, false), page("B", 2, false), false);
    check(page("A", 1, true), page("B", 2, false), false);
    check(page("A", 1, false), page("B", 2, true), false);
}

#[test]
fn only_one_that_ties_and_holds_as_much_heals() {
    let flawed = || {
        let mut cut = statement("A", 2, 2, [0, 5]);
        (cut.closing, cut.gap, cut.entries, cut.credits) = (None, None, 3, 5.into());
        cut.checked.flaws = vec![Flaw::Cut { line: 9 }];
        cut
    };
    let check = |flawed: AccountStatement, other: AccountStatement, expected: bool| {
        let told = [flawed, other];
        let found = findings(&told, &|_| true);
        let healed = |f| super::super::heal::healed(f, &told, &found).is_some();
        assert_eq!(found.iter().all(healed), expected, "{told:?}");
    };
    let right = |entries, credits: u32| {
        let mut right = statement("A", 2, 2, [0, 9]);
        (right.entries, right.credits) = (entries, credits.into());
        right
    };
    let bare = |entries, credits: u32| {
        let mut bare = right(entries, credits);
        (bare.opening, bare.closing, bare.gap) = (None, None, None);
        bare
    };
    check(flawed(), right(4, 9), true);
    check(flawed(), right(2, 9), false);
    check(flawed(), right(4, 4), false);
    check(flawed(), bare(0, 0), false);
    check(flawed(), bare(4, 9), false);
    // nothing to tie to: as much is enough
    let mut figureless = flawed();
    figureless.opening = None;
    check(figureless.clone(), bare(4, 9), true);
    check(figureless, bare(0, 0), false);
    // more rows than there were, between the same balances
    let mut twice = flawed();
    (twice.closing, twice.entries, twice.credits) = (Some(9.into()), 6, 14.into());
    twice.gap = Some((-5).into());
    check(twice, right(4, 9), true);
}

#[test]
fn money_between_two_statements_is_told_by_balances_alone() {
    let check = |third: AccountStatement, expected: bool| {
        let told = [
            statement("A", 2, 2, [0, 5]),
            statement("A", 5, 5, [15, 16]),
            third,
        ];
        let found = findings(&told, &|_| false);
        let healed = |f| super::super::heal::healed(f, &told, &found).is_some();
        assert_eq!(found.iter().all(healed), expected, "{told:?}");
    };
    let mut bare = statement("A", 5, 5, [0, 0]);
    (bare.opening, bare.closing, bare.gap) = (None, None, None);
    check(bare, false);
    check(statement("A", 5, 5, [16, 17]), false);
    check(statement("A", 5, 5, [5, 16]), true);
    check(statement("A", 3, 4, [5, 15]), true);
}
