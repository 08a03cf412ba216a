"""The pure core as a crate of its own: the folders that decide, the tests that fence them, and
nothing that does IO. It is made of copies, so that a mutant never touches the checkout, and it
builds in a fraction of the time of the whole program."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Modules of src/lib.rs that are pure.
MODULES = [
    "domain", "text", "format", "normalise", "decision",
    "settle", "matching", "classify", "kpi", "prove",
]

# Of `source` only the types that `normalise` reads: these files as they are, and what they name.
SOURCE_FILES = ["record.rs", "file/map.rs", "registry/name.rs", "registry/words.rs",
                "registry/dossier.rs"]
SOURCE = {
    "mod.rs": """//! The types of `source` that the core reads.
pub mod file;
pub mod record;
pub mod registry;
pub use file::{Amounts, FileRole, Mapping};
pub use record::{AmountForm, At, Record, TimeForm};
pub use registry::{DossierRecord, FeeRecord, Words};
/// Why a source did not answer; nothing here asks one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SourceError;
""",
    "file/mod.rs": """//! How files are read.
mod map;
pub use map::{Amounts, BadMapping, Mapping};
/// What the files of a folder tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileRole {
    /// The entries of a bank account.
    Statement,
    /// The payments of a provider.
    Settlement,
}
""",
    "registry/mod.rs": """//! Kinds of files.
mod dossier;
mod name;
mod words;
pub use dossier::{DossierRecord, FeeRecord};
pub use name::{FileKind, day_in_name};
pub use words::Words;
/// Its name.
pub mod opencps {
    /// Its name.
    pub struct Named {
        /// As in the configuration.
        pub kind: &'static str,
    }
    /// Its name.
    pub const REGISTRATION: Named = Named { kind: "opencps" };
}
""",
}

# What they name of the configuration.
CONFIG = """//! Messages of the configuration.
pub mod section {
    /// No near word is looked for here.
    pub fn suggest(_name: &str, known: &[&str]) -> String {
        known.join(", ")
    }
}
"""

# Integration modules that fence the core, and what they lean on.
TESTS = [
    "cases", "core_fence", "corpus", "passes_precision", "passes_properties", "prove", "quality",
    "rows", "sample", "score", "settle_properties", "share_bounds",
]

# Test helpers name two types of the store.
STORE = """//! Types that test helpers name.
#[derive(Debug)]
pub struct ExportFile {
    pub source: crate::domain::SourceName,
    pub sha256: Box<str>,
    pub name: Box<str>,
    pub kind: Box<str>,
    pub lines: u64,
    pub day: crate::domain::Day,
    pub night: crate::domain::Day,
}
#[derive(Debug, Default)]
pub struct RegistryRows {
    pub fees: Vec<crate::domain::Fee>,
}
"""

# Which mutant is on: one number, read once.
MUTANT = """//! Which mutant is on.
use std::sync::LazyLock;
static ON: LazyLock<u32> = LazyLock::new(|| {
    let told = std::env::var("MUTANT").ok();
    told.and_then(|told| told.parse().ok()).unwrap_or(0)
});
/// True when this mutant is on.
#[inline]
pub fn on(mutant: u32) -> bool {
    *ON == mutant
}
"""

NEEDED = ["chrono", "serde", "serde_json", "thiserror", "csv", "unicode-normalization",
          "rustc-hash", "strsim", "rust_decimal", "sha2", "hex", "fluent-bundle", "unic-langid", "rand",
          "rand_chacha", "memchr", "toml", "encoding_rs", "quick-xml", "calamine", "zip"]
PROFILE = """
[dev-dependencies]
proptest = { version = "1.12", default-features = false, features = ["std"] }

[profile.dev]
opt-level = 1
debug = false
overflow-checks = true
debug-assertions = true
incremental = true
[profile.dev.package."*"]
opt-level = 3
"""


def manifest():
    """The dependencies as the program has them, of those that the core needs."""
    lines = (ROOT / "Cargo.toml").read_text().splitlines()
    inside, kept = False, []
    for line in lines:
        if line.startswith("["):
            inside = line == "[dependencies]"
        elif inside and line.split(" ")[0] in NEEDED:
            kept.append(line)
    head = '[package]\nname = "doisoat"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n'
    return head + "\n".join(kept) + "\n" + PROFILE


def make(to):
    """Writes the crate to `to`; the build folder there is kept."""
    to = Path(to)
    for name in ("src", "tests"):
        shutil.rmtree(to / name, ignore_errors=True)
        (to / name).mkdir(parents=True)
    (to / "Cargo.toml").write_text(manifest())
    shutil.copy(ROOT / "Cargo.lock", to / "Cargo.lock")
    for module in MODULES:
        folder, file = ROOT / "src" / module, ROOT / "src" / f"{module}.rs"
        if folder.is_dir():
            shutil.copytree(folder, to / "src" / module)
        if file.is_file():
            shutil.copy(file, to / "src")
    for folder in ("registry", "file"):
        (to / "src/source" / folder).mkdir(parents=True)
    for file in SOURCE_FILES:
        shutil.copy(ROOT / "src/source" / file, to / "src/source" / file)
    for file, text in SOURCE.items():
        (to / "src/source" / file).write_text(text)
    (to / "src/config.rs").write_text(CONFIG)
    (to / "src/store.rs").write_text(STORE)
    (to / "src/mutant.rs").write_text(MUTANT)
    mods = [f"pub mod {m};" for m in [*MODULES, "source", "config", "store", "mutant"]]
    head = "//! The core.\n#![allow(warnings)]\n"
    (to / "src/lib.rs").write_text(head + "\n".join(mods) + "\n")
    (to / "tests/it").mkdir()
    present = []
    for test in TESTS:
        folder, file = ROOT / "tests/it" / test, ROOT / "tests/it" / f"{test}.rs"
        if folder.is_dir():
            shutil.copytree(folder, to / "tests/it" / test)
        if file.is_file():
            shutil.copy(file, to / "tests/it")
        if folder.is_dir() or file.is_file():
            present.append(test)
    mods = "".join(f"mod {test};\n" for test in present)
    (to / "tests/it/main.rs").write_text("//! The fence.\n#![allow(warnings)]\n" + mods)
    for name in ("fixtures", "clippy.toml"):
        link = to / name
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / name)


def build(to, *more):
    """Builds the tests; what the compiler says, as lines of JSON."""
    call = ["cargo", "test", "--offline", "--no-run", "--lib", "--test", "it",
            "--message-format", "json", *more]
    return cargo(call, to)


def cargo(call, crate):
    """Runs cargo; the crates of a campaign share one build folder."""
    env = {**os.environ, "CARGO_TARGET_DIR": str(target(crate))}
    return subprocess.run(call, cwd=crate, env=env, capture_output=True, text=True, check=False)


def target(crate):
    """The build folder: beside the draws."""
    crate = Path(crate)
    return (crate.parent.parent if crate.name == "core" else crate.parent) / "target"


if __name__ == "__main__":
    import sys
    make(sys.argv[1])
