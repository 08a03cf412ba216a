//! Publication: whole or not at all, repeatable at every point, no link followed.

use std::os::unix::fs::symlink;

use super::*;

fn run(n: u32) -> RunId {
    RunId::new(&format!("2022-12-05-0123456789ab-{n}"))
}

fn files(n: u32) -> Vec<OutFile> {
    let id = run(n);
    let document = format!("{{\"run_id\":\"{id}\",\"version_of_night\":{n}}}");
    vec![
        OutFile::new("run.json", document),
        OutFile::new("index.html", format!("<p>{n}</p>")),
        OutFile::new(TIMINGS, "{}"),
    ]
}

fn names(root: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

const DAY: &str = "2022-12-05";

#[test]
fn a_folder_appears_whole_with_private_modes_and_sums() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("reports");
    let staged = stage(&root, DAY, &run(1), &files(1)).unwrap();
    assert_eq!(names(&root), [".2022-12-05.2022-12-05-0123456789ab-1.tmp"]);
    let visible = reveal(&staged).unwrap();
    assert_eq!(names(&root), [DAY]);
    assert_eq!(
        names(&visible),
        ["SHA256SUMS", "index.html", "run.json", "timings.json"]
    );
    assert_eq!((mode(&root), mode(&visible)), (0o700, 0o700));
    for name in names(&visible) {
        assert_eq!(mode(&visible.join(&name)), 0o600, "{name}");
    }
    let sums = fs::read_to_string(visible.join(SUMS)).unwrap();
    let covered: Vec<&str> = sums.lines().map(|line| &line[66..]).collect();
    assert_eq!(covered, ["index.html", "run.json"]);
    let check = std::process::Command::new("sha256sum")
        .args(["-c", "--strict", "--quiet", SUMS])
        .current_dir(&visible)
        .status()
        .unwrap();
    assert!(check.success());
    assert!(is_published(&root, DAY, &run(1)) && !is_published(&root, DAY, &run(2)));
}

#[test]
fn every_step_can_be_repeated() {
    let dir = tempfile::tempdir().unwrap();
    stage(dir.path(), DAY, &run(1), &files(1)).unwrap();
    let staged = stage(dir.path(), DAY, &run(1), &files(1)).unwrap();
    let first = reveal(&staged).unwrap();
    assert_eq!(reveal(&staged).unwrap(), first);
    // Killed after revealing, started again: staged and revealed once more, nothing is moved.
    let again = stage(dir.path(), DAY, &run(1), &files(1)).unwrap();
    assert_eq!(reveal(&again).unwrap(), first);
    assert_eq!(names(dir.path()), [DAY]);
    assert_eq!(rebuild(dir.path(), DAY, &run(1), &files(1)).unwrap(), first);
}

#[test]
fn a_new_version_moves_the_old_one_aside_under_its_own_number() {
    let dir = tempfile::tempdir().unwrap();
    for n in 1..=3 {
        reveal(&stage(dir.path(), DAY, &run(n), &files(n)).unwrap()).unwrap();
    }
    assert_eq!(names(dir.path()), [DAY, "2022-12-05.v1", "2022-12-05.v2"]);
    assert_eq!(version_in(&dir.path().join(DAY)), 3);
    assert_eq!(version_in(&dir.path().join("2022-12-05.v2")), 2);
    // A taken name is never overwritten.
    fs::create_dir(dir.path().join("2022-12-05.v3")).unwrap();
    reveal(&stage(dir.path(), DAY, &run(4), &files(4)).unwrap()).unwrap();
    assert!(names(dir.path()).contains(&"2022-12-05.v3-2".to_owned()));
}

#[test]
fn killed_between_the_two_renames_the_rebuild_completes_it() {
    let dir = tempfile::tempdir().unwrap();
    reveal(&stage(dir.path(), DAY, &run(1), &files(1)).unwrap()).unwrap();
    stage(dir.path(), DAY, &run(2), &files(2)).unwrap();
    fs::rename(dir.path().join(DAY), dir.path().join("2022-12-05.v1")).unwrap();
    assert_eq!(
        sweep(dir.path()).unwrap(),
        [".2022-12-05.2022-12-05-0123456789ab-2.tmp"]
    );
    rebuild(dir.path(), DAY, &run(2), &files(2)).unwrap();
    assert_eq!(names(dir.path()), [DAY, "2022-12-05.v1"]);
    assert!(is_published(dir.path(), DAY, &run(2)));
}

#[test]
fn sweeping_takes_hidden_folders_of_ours_only() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        sweep(&dir.path().join("none")).unwrap(),
        Vec::<String>::new()
    );
    stage(dir.path(), "2022-12", &run(1), &files(1)).unwrap();
    for foreign in [".git", ".cache.tmp", "2022-12-05.tmp", ".x.y z.tmp"] {
        fs::create_dir(dir.path().join(foreign)).unwrap();
    }
    assert_eq!(sweep(dir.path()).unwrap().len(), 1);
    assert_eq!(
        names(dir.path()),
        [".cache.tmp", ".git", ".x.y z.tmp", "2022-12-05.tmp"]
    );
}

#[test]
fn a_planted_link_is_never_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (root, trap) = (dir.path().join("reports"), dir.path().join("trap"));
    fs::create_dir(&root).unwrap();
    fs::create_dir(&trap).unwrap();
    fs::write(trap.join("keep"), "x").unwrap();
    // At the hidden name: the link goes, its target stays.
    symlink(&trap, root.join(hidden_name(DAY, &run(1)))).unwrap();
    let staged = stage(&root, DAY, &run(1), &files(1)).unwrap();
    assert_eq!(names(&trap), ["keep"]);
    // At the report's name: refused, with the path in the message.
    symlink(&trap, root.join(DAY)).unwrap();
    let error = reveal(&staged).unwrap_err();
    assert!(
        matches!(&error, PublishError::NotAFolder(path) if path.ends_with(DAY)),
        "{error}"
    );
    assert!(matches!(
        rebuild(&root, DAY, &run(1), &files(1)),
        Err(PublishError::NotAFolder(_))
    ));
    assert_eq!(names(&trap), ["keep"]);
    fs::remove_file(root.join(DAY)).unwrap();
    reveal(&staged).unwrap();
}

#[test]
fn names_cannot_leave_the_folder() {
    let dir = tempfile::tempdir().unwrap();
    for bad in ["", "..", "a/b", "/etc", "2022-12-05.v1", ".x", "a b"] {
        assert!(
            matches!(
                stage(dir.path(), bad, &run(1), &[]),
                Err(PublishError::Name(_))
            ),
            "{bad:?}"
        );
    }
    for bad in ["../x", ".hidden", "a/b", "", SUMS] {
        let files = [OutFile::new(bad, "x")];
        assert!(
            matches!(
                stage(dir.path(), DAY, &run(1), &files),
                Err(PublishError::Name(_))
            ),
            "{bad:?}"
        );
    }
}

#[test]
fn revealing_what_was_never_staged_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let staged = stage(dir.path(), DAY, &run(1), &files(1)).unwrap();
    sweep(dir.path()).unwrap();
    assert!(matches!(reveal(&staged), Err(PublishError::NotStaged(_))));
}
