//! The digests under which a run can be told from another: over canonical rows, not raw bytes.

use anyhow::Context;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::{Day, RunId};
use crate::settle::Inputs;

/// 64 hex of SHA-256 over the canonical JSON of `value`, streamed: a night's pool is never held
/// twice.
pub fn of(value: &impl Serialize) -> anyhow::Result<Box<str>> {
    let mut sink = Hashing(Sha256::new());
    serde_json::to_writer(&mut sink, value).context("a value of ours does not serialise")?;
    Ok(hex::encode(sink.0.finalize()).into())
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

/// `<business date>-<12 hex of input and rules digest>-<version of the night>`.
pub fn run_id(day: Day, input: &str, rules: &str, version: u32) -> RunId {
    let both = crate::domain::ids::short_hash(format!("{input}\u{1f}{rules}").as_bytes(), 12);
    RunId::new(&format!("{day}-{both}-{version}"))
}

struct Hashing(Sha256);

impl std::io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
