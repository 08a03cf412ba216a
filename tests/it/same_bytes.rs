//! The same night told in another way is the same bytes: files in another order, their rows in
//! another order, one processor or all, a source delivered in one page or in many.

use std::path::Path;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::cli::doisoat;
use crate::corpus::Mix;
use crate::quality;
use crate::town::files;

/// The files of `match` on a small town with every defect.
struct Day {
    dir: tempfile::TempDir,
    transactions: Vec<String>,
}

impl Day {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let corpus = quality::corpus(Mix::Hard, 1_200, 23);
        for (name, bytes) in &corpus.files {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let names = corpus.files.into_keys();
        let transactions = names.filter(|name| name.starts_with("transactions_"));
        let transactions = transactions.collect();
        Self { dir, transactions }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Puts the rows of every file in another order.
    fn shuffle(&self, seed: u64) {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        for (name, bytes) in files(self.path()) {
            if name.contains('/') || name.starts_with("truth") {
                continue;
            }
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let header = reader.byte_headers().unwrap().clone();
            let mut rows: Vec<_> = reader.byte_records().map(Result::unwrap).collect();
            rows.shuffle(&mut dice);
            let mut writer = csv::Writer::from_path(self.path().join(&name)).unwrap();
            writer.write_byte_record(&header).unwrap();
            for row in rows {
                writer.write_byte_record(&row).unwrap();
            }
            writer.flush().unwrap();
        }
    }

    /// What `match` writes, but for how long it took and where rows stood in their files.
    fn matched(&self, processors: Option<&str>, turned: bool) -> Vec<(String, String)> {
        let mut args = vec!["match", "--fees", "dossier_fees.csv"];
        args.extend(["--cash", "cash_receipts.csv", "--agencies", "agencies.csv"]);
        args.push("--transactions");
        let names = self.transactions.iter().map(String::as_str);
        let mut names: Vec<&str> = names.collect();
        if turned {
            names.reverse();
        }
        args.extend(names);
        args.extend(["--out", "out"]);
        let program = doisoat(self.path());
        let mut command = match processors {
            None => program,
            Some(list) => {
                let mut command = std::process::Command::new("taskset");
                command.args(["-c", list]).arg(program.get_program());
                command.current_dir(self.path()).env("NO_COLOR", "1");
                command.env_remove("DOISOAT_CONFIG");
                command
            }
        };
        let output = command.args(&args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {said}");
        let written = files(&self.path().join("out")).into_iter();
        let written = written.filter(|(name, _)| !name.ends_with("timings.json"));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        written.map(|(name, bytes)| (name, text(bytes))).collect()
    }
}

/// Sentences without the line numbers in them: they tell where a row stood.
fn placeless(files: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let bare = |line: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        let places = 1..words.len();
        for at in places.rev() {
            let number = words[at].trim_end_matches(',').parse::<u64>().is_ok();
            if words[at - 1] == "dòng" && number {
                words.remove(at);
            }
        }
        words.join(" ")
    };
    let lines = |text: &str| text.lines().map(bare).collect();
    let is_csv = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == "csv");
    let all = files.iter().filter(|(name, _)| is_csv(name));
    all.map(|(name, text)| (name.clone(), lines(text)))
        .collect()
}

#[test]
fn files_rows_and_processors_in_any_order_give_the_same_bytes() {
    let day = Day::new();
    let first = day.matched(None, false);
    assert!(
        first.iter().any(|(_, text)| text.len() > 100_000),
        "a day with rows"
    );
    for (what, again) in [
        ("once more", day.matched(None, false)),
        ("one processor", day.matched(Some("0"), false)),
        ("the last file first", day.matched(None, true)),
    ] {
        for (one, other) in first.iter().zip(&again) {
            assert_eq!(one.0, other.0);
            assert!(one.1 == other.1, "{what}: {} differs", one.0);
        }
    }
    for seed in [1, 2] {
        day.shuffle(seed);
        let again = day.matched(None, seed == 2);
        for (one, other) in placeless(&first).iter().zip(&placeless(&again)) {
            let differs = one.1.iter().zip(&other.1).find(|(a, b)| a != b);
            assert!(
                one == other,
                "shuffled {seed}: {} differs: {differs:?}",
                one.0
            );
        }
    }
}
