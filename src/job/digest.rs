//! The digests under which a run can be told from another: over canonical rows, not raw bytes.

mod canonical;

use anyhow::Context;
use serde::Serialize;

use crate::domain::{Day, RunId};
use crate::settle::{Groups, Inputs, Lean, Rows, Settlement};

use canonical::Canonical;

/// 64 hex of SHA-256 over the canonical bytes of `value`, streamed: a night's pool is never held
/// twice.
pub fn of(value: &impl Serialize) -> anyhow::Result<Box<str>> {
    let mut canonical = Canonical::new();
    value
        .serialize(&mut canonical)
        .context("a value of ours does not serialise")?;
    Ok(canonical.finish().into())
}

/// The digest of a night's inputs; sorts them first, so that delivery order does not count. What a
/// person is told about a source's trouble is left out: its words may differ each time.
pub fn of_inputs(inputs: &mut Inputs) -> anyhow::Result<Box<str>> {
    inputs.sort();
    let troubles: Vec<_> = inputs
        .sources
        .iter_mut()
        .map(|facts| facts.trouble.take())
        .collect();
    let digest = of(inputs);
    for (facts, trouble) in inputs.sources.iter_mut().zip(troubles) {
        facts.trouble = trouble;
    }
    digest
}

/// The digest of what files were decided to be: groups, rows, shares and suggestions. The
/// contributions are left out: the shares are their sums, and `match` keeps those only that are
/// open.
pub fn of_files(settlement: &Settlement) -> anyhow::Result<Box<str>> {
    let Settlement {
        groups,
        rows,
        shares,
        suggestions,
        ..
    } = settlement;
    of(&(groups, rows, shares, suggestions))
}

/// The same of files that were settled without holding every row.
pub fn of_lean(lean: &Lean) -> anyhow::Result<Box<str>> {
    of(&(Groups(lean), Rows(lean), &lean.shares, &lean.suggestions))
}

/// The digest of inputs that stand in order already.
pub fn of_sorted(inputs: &Inputs) -> anyhow::Result<Box<str>> {
    if inputs.sources.iter().any(|facts| facts.trouble.is_some()) {
        return of_inputs(&mut inputs.clone());
    }
    of(inputs)
}

/// `<business date>-<12 hex of input and rules digest>-<version of the night>`.
pub fn run_id(day: Day, input: &str, rules: &str, version: u32) -> RunId {
    let both = crate::domain::ids::short_hash(format!("{input}\u{1f}{rules}").as_bytes(), 12);
    RunId::new(&format!("{day}-{both}-{version}"))
}
