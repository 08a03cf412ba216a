//! The digests under which a run can be told from another: over canonical rows, not raw bytes.

mod canonical;

use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{Day, RunId};
use crate::settle::Inputs;

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

/// The digest of files: what `sha256sum` says of its own list of them, in order of their names.
pub fn of_files(mut files: Vec<(&str, Box<str>)>) -> Box<str> {
    files.sort();
    let lines = files
        .iter()
        .map(|(name, sha256)| format!("{sha256}  {name}\n"));
    hex::encode(Sha256::digest(lines.collect::<String>())).into()
}

/// Writes on, and digests what it writes.
pub struct Digesting<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> Digesting<W> {
    /// Nothing written yet.
    pub fn new(to: W) -> Self {
        let hash = Sha256::new();
        Self { to, hash }
    }

    /// What it wrote to, and 64 hex of SHA-256 over everything written.
    pub fn finish(self) -> (W, Box<str>) {
        (self.to, hex::encode(self.hash.finalize()).into())
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
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
