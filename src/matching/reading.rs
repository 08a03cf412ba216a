//! What a transaction's own text says: which dossiers it names, or why it names none.

use crate::domain::fold::squeeze;
use crate::domain::{DossierCode, PaymentOrder, Txn, Vnd};

use super::code_scan::Scanner;
use super::edit::Edit;
use super::evidence::{Evidence, Nearest, Test};
use super::pool::{Index, Payer, Pool};

/// How a dossier is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// By a structured reference.
    Reference,
    /// By a memo that is nothing but the code.
    WholeMemo,
    /// By a code read out of free text.
    Extracted,
}

/// What the text says.
#[derive(Clone, Debug)]
pub enum Reading<'a> {
    /// One dossier.
    One {
        /// How it is named.
        key: Key,
        /// Which.
        dossier: Index,
        /// The order whose lines it pays, where the reference is an order.
        order: Option<&'a PaymentOrder>,
    },
    /// Digits glued behind the code allow several existing dossiers at one place.
    Glued(Vec<Index>),
    /// Several dossiers at several places.
    Many(Vec<Index>),
    /// No existing dossier: the class of an open row, what was seen, and what is near.
    Nothing {
        /// `near_reference`, `orphan`, `foreign` or `unidentified`.
        class: &'static str,
        /// The rest: nearly every row names a dossier, so it stands beside.
        said: Box<Said>,
    },
}

/// What is told of a row that names no existing dossier.
#[derive(Clone, Debug)]
pub struct Said {
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// Candidates within one edit.
    pub nearest: Vec<Nearest>,
}

impl Reading<'_> {
    fn nothing(class: &'static str, evidence: Vec<Evidence>, nearest: Vec<Nearest>) -> Self {
        let said = Box::new(Said { evidence, nearest });
        Self::Nothing { class, said }
    }
}

/// Reads a transaction's reference, else its memo.
pub fn read<'a>(pool: &Pool<'a>, txn: &Txn) -> Reading<'a> {
    let reference = txn.order_ref.as_deref().filter(|text| !text.is_empty());
    if let Some(order) = pool.order(txn)
        && let Some(dossier) = pool.find(&order.dossier_code)
    {
        return Reading::One {
            key: Key::Reference,
            dossier,
            order: Some(order),
        };
    }
    if let Some(dossier) = reference.and_then(|text| pool.find_written(text)) {
        return Reading::One {
            key: Key::Reference,
            dossier,
            order: None,
        };
    }
    let referred = reference.and_then(|text| DossierCode::parse(text).ok());
    if let Some(dossier) = referred.as_ref().and_then(|code| pool.find(code)) {
        return Reading::One {
            key: Key::Reference,
            dossier,
            order: None,
        };
    }
    let squeezed = squeeze(&txn.memo);
    let spots = pool.scanner.spots(&squeezed);
    let mut found: Vec<Vec<(Index, usize)>> = Vec::new();
    for spot in spots.iter().filter(|spot| spot.plausible) {
        let exists = |s: &str| pool.find_squeezed(s).map(|d| (d, s.len()));
        let hits: Vec<(Index, usize)> = spot.spellings().filter_map(exists).collect();
        if !hits.is_empty() {
            found.push(hits);
        }
    }
    let mut all: Vec<Index> = found
        .iter()
        .flatten()
        .map(|(dossier, _)| *dossier)
        .collect();
    all.sort_unstable();
    all.dedup();
    match all.as_slice() {
        [] => nothing(pool, txn, referred, &spots, &squeezed),
        [dossier] => {
            let whole = found
                .iter()
                .flatten()
                .any(|(_, length)| *length == squeezed.len());
            let key = if whole {
                Key::WholeMemo
            } else {
                Key::Extracted
            };
            Reading::One {
                key,
                dossier: *dossier,
                order: None,
            }
        }
        _ if found.len() == 1 => Reading::Glued(all),
        _ => Reading::Many(all),
    }
}

/// No existing dossier is named: say what is nearest.
fn nothing<'a>(
    pool: &Pool<'a>,
    txn: &Txn,
    referred: Option<DossierCode>,
    spots: &[super::code_scan::Spot<'_>],
    squeezed: &str,
) -> Reading<'a> {
    let mut written: Vec<DossierCode> = referred.into_iter().collect();
    written.extend(Scanner::written_codes(&txn.memo));
    written.dedup();
    let (ours, foreign): (Vec<DossierCode>, Vec<DossierCode>) = written
        .into_iter()
        .partition(|code| pool.scanner.is_ours(code));
    let mut raw: Vec<String> = ours.iter().map(DossierCode::squeezed).collect();
    let spellings = spots.iter().flat_map(|spot| spot.spellings());
    raw.extend(spellings.map(str::to_owned));
    let almost = pool.scanner.almost(squeezed);
    raw.extend(almost.into_iter().flat_map(|place| place.written));
    raw.sort();
    raw.dedup();
    let near = near(pool, &raw);
    if !near.is_empty() {
        let evidence = near
            .iter()
            .map(|(raw, dossier, Edit(edit))| {
                Evidence::OneEdit(
                    raw.as_str().into(),
                    pool.dossier(*dossier).code.clone(),
                    edit,
                )
            })
            .collect();
        let nearest = near
            .iter()
            .map(|(_, dossier, _)| candidate(pool, txn, *dossier))
            .collect();
        return Reading::nothing("near_reference", evidence, nearest);
    }
    if let Some(code) = foreign.first() {
        return another_province(pool, txn, code);
    }
    let ours = ours.first().map(|code| code.as_str().to_owned());
    let spotted = spots
        .iter()
        .find(|spot| spot.plausible)
        .map(|spot| spot.first().to_owned());
    match ours.or(spotted) {
        Some(code) => {
            let evidence = vec![Evidence::UnknownCode(code.into())];
            Reading::nothing("orphan", evidence, Vec::new())
        }
        None => Reading::nothing("unidentified", vec![Evidence::NoCode], Vec::new()),
    }
}

/// A well-formed code of another province is never taken for a slip of ours: the province part
/// is not guessed. A dossier of ours one edit away whose amount and payer agree is shown as a
/// candidate.
fn another_province<'a>(pool: &Pool<'a>, txn: &Txn, code: &DossierCode) -> Reading<'a> {
    let backed = |dossier: &Index| {
        let fits = pool.fits(txn, *dossier, txn.amount.wide());
        fits && pool.payer(txn, *dossier) == Payer::Agrees
    };
    let near = near(pool, &[code.squeezed()]);
    let candidates = near.iter().map(|(_, dossier, _)| *dossier).filter(backed);
    let nearest = candidates.map(|dossier| candidate(pool, txn, dossier));
    let evidence = vec![Evidence::OtherProvince(code.as_str().into())];
    Reading::nothing("foreign", evidence, nearest.collect())
}

/// Existing dossiers one edit away from what was written.
fn near(pool: &Pool, raw: &[String]) -> Vec<(String, Index, Edit)> {
    let mut near = Vec::new();
    for written in raw {
        pool.one_edit_away(written, |dossier, edit| {
            near.push((written.clone(), dossier, edit));
        });
    }
    near.sort_by(|a, b| (a.1, &a.0, a.2).cmp(&(b.1, &b.0, b.2)));
    near.dedup_by_key(|(_, dossier, _)| *dossier);
    near
}

/// A candidate that the text does not name exactly; the amount is tested first, then the payer.
fn candidate(pool: &Pool, txn: &Txn, dossier: Index) -> Nearest {
    let failed = if !pool.fits(txn, dossier, txn.amount.wide()) {
        Test::Amount
    } else if pool.payer(txn, dossier) == Payer::Differs {
        Test::Payer
    } else {
        Test::Named
    };
    let amount = Vnd::from_wide(pool.due(dossier)).ok();
    Nearest {
        candidate: pool.dossier(dossier).code.as_str().into(),
        amount,
        failed,
    }
}

/// Dossiers one edit away from `dossier` that are still open by `is_open`, fit the amount and have
/// this payer: the readings that make a free-text code doubtful. A payer that is not told speaks
/// for each of them.
pub fn rivals(
    pool: &Pool,
    txn: &Txn,
    dossier: Index,
    is_open: impl Fn(Index) -> bool,
) -> Vec<Index> {
    let mut rivals = Vec::new();
    let written = pool.dossier(dossier).code.squeezed();
    let same_person = |other| txn.payer.is_empty() || pool.payer(txn, other) == Payer::Agrees;
    pool.one_edit_away(&written, |other, _| {
        // names are compared last: nearly every neighbour is of another amount
        if pool.fits(txn, other, txn.amount.wide()) && is_open(other) && same_person(other) {
            rivals.push(other);
        }
    });
    rivals.sort_unstable();
    rivals.dedup();
    rivals
}
