//! Lines that a provider names anew. SePay numbers its lines in v1 and gives them UUIDs in v2, so
//! after a change of version every line of the look-back window comes again under another name. It
//! is the same money: such a line keeps the name under which it was stored first.
//!
//! The same line is the same account, bank reference, amount, direction and second, under a name of
//! the other form; where one of the two tells no bank reference, the same memo instead, and what is
//! left then whatever its memo: a version lists a day as a whole, so a line that it does not have
//! is the one that it words otherwise. Lines of one form stay apart however alike they are, because
//! one version never names a line twice; of several alike, the first by name takes the first name.
//!
//! A memo with words around it that tell no number (`BankAPINotify`) is the stored memo.

use std::collections::{BTreeMap, BTreeSet};

use super::Stage;
use crate::domain::fold::squeeze;
use crate::domain::{Piece, Txn, TxnKind, Vnd};
use crate::job::error::JobError;

/// What two names of one line have in common: by the bank's reference, or by the memo.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line<'t> {
    account: Option<&'t str>,
    reference: Option<&'t str>,
    memo: String,
    amount: Vnd,
    kind: TxnKind,
    ms: i64,
}

/// Gives delivered lines the names under which they are stored.
pub(super) async fn keep_names(stage: &Stage, txns: &mut [Txn]) -> Result<(), JobError> {
    if stage.settings.kind() != "sepay" || txns.is_empty() {
        return Ok(());
    }
    let (store, source) = (&stage.desk.store, &stage.settings.name);
    let ids: Vec<&str> = txns.iter().map(|txn| txn.id.as_ref()).collect();
    let known = store.known_txns(source, &ids).await?;
    let known: BTreeSet<Box<str>> = known.into_keys().collect();
    let new = || txns.iter().filter(|txn| !known.contains(txn.id.as_ref()));
    let references: BTreeSet<&str> = new().filter_map(|txn| txn.bank_ref.as_deref()).collect();
    let mut stored = if references.is_empty() {
        Vec::new()
    } else {
        store.txns_with_references(source, &references).await?
    };
    let days = || new().map(|txn| txn.business_date);
    if let (Some(from), Some(to)) = (days().min(), days().max()) {
        // names of the other form are stored only where the version has changed
        let (numbers, uuids) = (
            new().any(|txn| is_number(&txn.id)),
            new().any(|txn| is_uuid(&txn.id)),
        );
        let other = |id: &str| (numbers && is_uuid(id)) || (uuids && is_number(id));
        let of_days = store.txns_of_days(source, (from, to), &other).await?;
        let have: BTreeSet<Box<str>> = stored.iter().map(|txn| txn.id.as_ref().into()).collect();
        stored.extend(
            of_days
                .into_iter()
                .filter(|txn| !have.contains(txn.id.as_ref())),
        );
    }
    let names = names(txns, &known, &stored);
    let memos: BTreeMap<&str, &Piece> = stored.iter().map(|t| (t.id.as_ref(), &t.memo)).collect();
    for txn in txns {
        if let Some(name) = names.get(txn.id.as_ref()) {
            txn.id = name.clone();
            let memo = memos.get(name.as_ref());
            if let Some(memo) = memo.filter(|memo| is_reworded(memo, &txn.memo)) {
                txn.memo = (*memo).clone();
            }
        }
    }
    Ok(())
}

/// True where one of two memos is the other with words around it that have no digit.
fn is_reworded(a: &str, b: &str) -> bool {
    let [a, b] = [a, b].map(|text| text.split_whitespace().collect::<Vec<_>>());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.is_empty() {
        return false;
    }
    let plain = |words: &[&str]| !words.concat().bytes().any(|byte| byte.is_ascii_digit());
    (0..=long.len() - short.len()).any(|at| {
        let (before, rest) = long.split_at(at);
        let rest = rest.strip_prefix(short.as_slice());
        rest.is_some_and(|after| plain(before) && plain(after))
    })
}

/// New name -> stored name.
fn names(txns: &[Txn], known: &BTreeSet<Box<str>>, stored: &[Txn]) -> BTreeMap<Box<str>, Piece> {
    let is_free = |txn: &&Txn| !known.contains(txn.id.as_ref());
    let by_name = |rows: &mut Vec<&Txn>| rows.sort_by(|a, b| a.id.cmp(&b.id));
    let mut new: Vec<&Txn> = txns.iter().filter(is_free).collect();
    let mut free: Vec<&Txn> = stored.iter().filter(is_free).collect();
    by_name(&mut new);
    by_name(&mut free);
    let mut names = BTreeMap::new();
    for (of_new, of_stored) in WAYS {
        let mut lines: BTreeMap<(Line<'_>, bool), BTreeSet<&str>> = BTreeMap::new();
        for txn in &free {
            if let Some(line) = of_stored(txn) {
                let form = is_number(&txn.id);
                lines.entry((line, form)).or_default().insert(&txn.id);
            }
        }
        let mut taken: BTreeSet<Box<str>> = BTreeSet::new();
        new.retain(|txn| {
            let line = of_new(txn);
            let others = line.and_then(|line| lines.get_mut(&(line, !is_number(&txn.id))));
            let Some(name) = others.and_then(BTreeSet::pop_first) else {
                return true;
            };
            names.insert(txn.id.as_ref().into(), name.into());
            taken.insert(name.into());
            false
        });
        free.retain(|txn| !taken.contains(txn.id.as_ref()));
    }
    names
}

/// What is compared of a delivered line, and of a stored one.
type Way = (
    for<'t> fn(&'t Txn) -> Option<Line<'t>>,
    for<'t> fn(&'t Txn) -> Option<Line<'t>>,
);

/// By reference first; by memo where both tell no reference, then where one of them tells none; in
/// the same order whatever the memo.
const WAYS: [Way; 7] = [
    (by_reference, by_reference),
    (untold, untold),
    (by_memo, untold),
    (untold, by_memo),
    (bare, bare),
    (by_rest, bare),
    (bare, by_rest),
];

/// By the bank's reference; none where there is none.
fn by_reference(txn: &Txn) -> Option<Line<'_>> {
    let reference = told(txn)?;
    let line = by_memo(txn)?;
    Some(Line {
        reference: Some(reference),
        memo: String::new(),
        ..line
    })
}

/// By the memo, where the line has no reference of the bank.
fn untold(txn: &Txn) -> Option<Line<'_>> {
    by_memo(txn).filter(|_| told(txn).is_none())
}

/// By the memo; none where the name is of neither form.
fn by_memo(txn: &Txn) -> Option<Line<'_>> {
    (is_number(&txn.id) || is_uuid(&txn.id)).then(|| Line {
        account: txn.account.as_deref(),
        reference: None,
        memo: squeeze(&txn.memo),
        amount: txn.amount,
        kind: txn.kind,
        ms: txn.paid_at.ms(),
    })
}

/// Whatever the memo, where the line has no reference of the bank.
fn bare(txn: &Txn) -> Option<Line<'_>> {
    by_rest(txn).filter(|_| told(txn).is_none())
}

/// Whatever the memo.
fn by_rest(txn: &Txn) -> Option<Line<'_>> {
    let memo = String::new();
    by_memo(txn).map(|line| Line { memo, ..line })
}

fn told(txn: &Txn) -> Option<&str> {
    txn.bank_ref.as_deref().filter(|text| !text.is_empty())
}

/// UUIDs are written with hyphens.
fn is_uuid(id: &str) -> bool {
    id.contains('-')
}

fn is_number(id: &str) -> bool {
    id.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Instrument, Moment, SourceName, TxnStatus};

    fn txn(id: &str, reference: &str, dong: i64, at: &str) -> Txn {
        let paid_at = Moment::parse(at).unwrap();
        Txn {
            status_word: None,
            source: SourceName::new("s"),
            id: id.into(),
            order_ref: None,
            memo: "x".into(),
            amount: Vnd::new(dong),
            fee: Vnd::ZERO,
            net: Vnd::new(dong),
            paid_on: paid_at.day(),
            business_date: paid_at.day(),
            paid_at,
            status: TxnStatus::Success,
            kind: TxnKind::Payment,
            payer: "".into(),
            account: Some("1".into()),
            bank_ref: Some(reference.into()),
            instrument: Instrument::Transfer,
            spot: crate::domain::Aside::default(),
        }
    }

    #[test]
    fn a_line_under_its_other_name_is_the_same_line() {
        let at = "2022-12-05 08:00:00";
        let stored = [
            txn("7", "R", 5, at),
            txn("8", "R", 5, at),
            txn("9", "R", 6, at),
        ];
        let delivered = [
            txn("b-1", "R", 5, at),
            txn("a-1", "R", 5, at),
            txn("c-1", "R", 5, at),
            txn("d-1", "R", 6, "2022-12-05 08:00:01"),
            txn("10", "R", 6, at),
        ];
        let found = names(&delivered, &BTreeSet::new(), &stored);
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, b.as_ref())).collect();
        assert_eq!(
            found,
            [("a-1", "7"), ("b-1", "8")],
            "a third alike, another second and a name of the same form are lines of their own"
        );
    }

    #[test]
    fn a_name_that_is_stored_stays() {
        let at = "2022-12-05 08:00:00";
        let stored = [txn("7", "R", 5, at), txn("a-1", "R", 5, at)];
        let delivered = [txn("a-1", "R", 5, at), txn("b-1", "R", 5, at)];
        let known = BTreeSet::from(["a-1".into()]);
        let found = names(&delivered, &known, &stored);
        assert_eq!(found.len(), 1);
        assert_eq!(found["b-1"].as_ref(), "7");
    }

    #[test]
    fn a_line_without_a_reference_is_known_by_its_memo() {
        let at = "2022-12-05 08:00:00";
        let bare = |id: &str, memo: &str| Txn {
            bank_ref: None,
            memo: memo.into(),
            ..txn(id, "", 5, at)
        };
        let found = |delivered: &[Txn], stored: &[Txn]| {
            let found = names(delivered, &BTreeSet::new(), stored);
            let pair = |(a, b)| format!("{a}={b}");
            found.iter().map(pair).collect::<Vec<_>>().join(" ")
        };
        let stored = [bare("7", "NOP PHI 1"), bare("8", "NOP PHI 2")];
        let again = [bare("a-1", "nop  phi 2"), bare("b-1", "NOP PHI 1")];
        assert_eq!(found(&again, &stored), "a-1=8 b-1=7");
        let other = [bare("10", "NOP PHI 3"), bare("9", "NOP PHI 1")];
        assert_eq!(found(&other, &stored), "", "the same form");
        // the version words one line otherwise, and has one line more
        let words = ["BankAPINotify NOP PHI 2", "NOP PHI 1", "NOP PHI 9"];
        let more: Vec<Txn> = ["a-1", "b-1", "c-1"]
            .iter()
            .zip(words)
            .map(|(id, memo)| bare(id, memo))
            .collect();
        assert_eq!(found(&more, &stored), "a-1=8 b-1=7");
        let later = Txn {
            paid_at: Moment::parse("2022-12-05 08:00:01").unwrap(),
            ..bare("a-1", "NOP PHI 3")
        };
        assert_eq!(found(&[later], &stored), "", "another second");
        // one version tells a reference, the other none
        let told = Txn {
            memo: "NOP PHI 1".into(),
            ..txn("c-1", "R", 5, at)
        };
        assert_eq!(found(std::slice::from_ref(&told), &stored), "c-1=7");
        assert_eq!(found(&[bare("10", "NOP PHI 1")], &[told]), "10=c-1");
    }

    #[test]
    fn words_around_a_memo_are_not_another_memo() {
        assert!(is_reworded("H48-0008", "BankAPINotify H48-0008"));
        assert!(is_reworded("NOP PHI H48-0008 GD xong", "NOP PHI H48-0008"));
        assert!(is_reworded("NOP  PHI", "NOP PHI "));
        for (a, b) in [
            ("H48-0008", "H48-0008 H48-0009"),
            ("H48-0008", "H48-00081"),
            ("", "A"),
            ("A", "B"),
        ] {
            assert!(!is_reworded(a, b) && !is_reworded(b, a), "{a} {b}");
        }
    }
}
