//! The archive on a real disk.

use super::*;

fn archive() -> (tempfile::TempDir, Archive) {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::open(&dir.path().join("archive")).unwrap();
    (dir, archive)
}

fn files_in(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|p| if p.is_dir() { files_in(&p) } else { vec![p] })
        .collect();
    found.sort();
    found
}

#[test]
fn the_same_bytes_twice_are_one_private_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, archive) = archive();
    let body = "nội dung ".repeat(1000);
    let first = archive.put(body.as_bytes()).unwrap();
    let second = archive.put(body.as_bytes()).unwrap();
    assert_eq!(first, second);
    assert_eq!(archive.get(&first.sha256).unwrap(), body.as_bytes());
    let files = files_in(archive.dir());
    let name = format!(
        "{}/{}/{}.zst",
        &first.sha256[..2],
        &first.sha256[2..4],
        first.sha256
    );
    assert_eq!(files, [archive.dir().join(name)]);
    let meta = fs::metadata(&files[0]).unwrap();
    assert_eq!(meta.permissions().mode() & 0o777, 0o600);
    assert!(meta.len() < 500, "compressed: {}", meta.len());
    assert_eq!(archive.put(b"").unwrap().bytes, 0);
}

#[test]
fn what_is_held_is_whole_before_it_is_flushed() {
    let (_dir, archive) = archive();
    let bodies: Vec<String> = (0..20).map(|n| format!("answer {n}")).collect();
    let held: Vec<Archived> = bodies
        .iter()
        .map(|body| archive.hold(body.as_bytes()).unwrap())
        .collect();
    for (body, held) in bodies.iter().zip(&held) {
        assert_eq!(archive.get(&held.sha256).unwrap(), body.as_bytes());
    }
    let names: Vec<&str> = held.iter().map(|held| held.sha256.as_str()).collect();
    for some in [&names[..0], &names[..2], &names] {
        archive.flush(some).unwrap();
    }
    // what was said to be held and is not there is an error, not silence
    fs::remove_file(archive.path(names[0]).unwrap()).unwrap();
    archive.flush(&names[..1]).unwrap_err();
}

#[test]
fn what_a_killed_writer_left_is_removed() {
    let (_dir, archive) = archive();
    let kept = archive.put(b"one").unwrap();
    let path = archive.path(&kept.sha256).unwrap();
    // also under the names that this process is going to use
    for n in 0..9 {
        let name = format!("incoming.{}-{n}.tmp", std::process::id());
        fs::write(archive.dir().join(name), b"half").unwrap();
    }
    fs::write(archive.dir().join("incoming.1-0.tmp"), b"half").unwrap();
    archive.sweep().unwrap();
    assert_eq!(files_in(archive.dir()), [path]);
    archive.put_stream(&mut &b"two"[..]).unwrap();
}

#[test]
fn damage_is_noticed_and_healed_by_the_same_bytes() {
    let (_dir, archive) = archive();
    let kept = archive.put(b"{\"amount\":50000}").unwrap();
    let path = archive.path(&kept.sha256).unwrap();
    let whole = fs::read(&path).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = archive.get(&kept.sha256).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    };
    check(&whole[..whole.len() - 3]);
    check(&zstd::encode_all(&b"other"[..], LEVEL).unwrap());
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    check(&flipped);
    archive.put(b"{\"amount\":50000}").unwrap();
    assert_eq!(archive.get(&kept.sha256).unwrap(), b"{\"amount\":50000}");
}

#[test]
fn a_name_that_is_no_hash_reaches_no_file() {
    let (_dir, archive) = archive();
    for bad in ["", "../../etc/passwd", &"A".repeat(64), &"é".repeat(32)] {
        assert!(archive.get(bad).is_err(), "{bad}");
    }
    assert!(matches!(
        archive.get(&"a".repeat(64)),
        Err(StoreError::Io { .. })
    ));
}
