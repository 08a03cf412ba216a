//! What a command could not write to stdout is told, and a reader that left is no failure.

use std::process::Stdio;

use crate::cli::{doisoat, ends, stderr};

/// What was asked for and could not be written is no success: somebody would read half of it.
#[test]
fn a_full_disk_behind_stdout_is_a_failure_and_a_reader_that_left_is_none() {
    let dir = tempfile::tempdir().unwrap();
    ends(dir.path(), &["init"], 0);
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for args in [
        &["status", "--json"][..],
        &["status"],
        &["schedule", "next"],
        &["exceptions", "list", "--json"],
        &["help", "exit-codes"],
    ] {
        let output = doisoat(dir.path())
            .args(args)
            .stdout(full())
            .output()
            .unwrap();
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        assert!(
            said.contains("standard output could not be written"),
            "{args:?}: {said}"
        );
        assert!(said.contains("ended with 0"), "{args:?}: {said}");
        let mut child = doisoat(dir.path())
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(
            (output.status.code(), stderr(&output)),
            (Some(0), String::new()),
            "{args:?}"
        );
    }
}
