//! Whose files they are: what `init` writes names the user that owns the folder, and `check` finds
//! what that user cannot read or write.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::{stderr, stdout};
use crate::night_cli::code;

/// A user without rights, where the tests may become one.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// A folder of a user who is not root, and the program where that user can start it.
struct Home {
    dir: tempfile::TempDir,
    program: PathBuf,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = dir.path().join("doisoat");
        // by another process: while one here has it open for writing, a child that another test
        // starts inherits that, and nobody may start the copy ("text file busy")
        let copied = Command::new("cp")
            .args([Path::new(env!("CARGO_BIN_EXE_doisoat")), &program])
            .status()
            .unwrap();
        assert!(copied.success());
        let home = dir.path().join("home");
        fs::create_dir(&home).unwrap();
        if is_root() {
            chown(&home, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Self { dir, program }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("home").join(name)
    }

    /// The program as the folder's owner.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let mut command = self.command(args);
        if is_root() {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().unwrap();
        (code(&output), stdout(&output) + &stderr(&output))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(self.path(""));
        command.env_remove("DOISOAT_CONFIG").env("NO_COLOR", "1");
        command
    }
}

fn id(args: &[&str]) -> String {
    let output = Command::new("id").args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Every file and folder below.
fn below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(below(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn init_by_root_gives_the_folder_of_another_user_to_that_user() {
    let home = Home::new();
    let output = home.command(&["init"]).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let of = |args: &[&str]| {
        if is_root() {
            id(&[args, &["nobody"]].concat())
        } else {
            id(args)
        }
    };
    let (user, group) = (of(&["-un"]), of(&["-gn"]));
    let read = |name: &str| fs::read_to_string(home.path(name)).unwrap();
    let service = read("systemd/doisoat.service");
    assert!(service.contains(&format!("\nUser={user}\n")), "{service}");
    let cron = read("cron/doisoat.cron");
    let line = cron.lines().last().unwrap();
    assert!(
        line.starts_with(&format!("30 1 * * *  {user}  \"/")),
        "{line}"
    );
    assert!(
        cron.contains(&format!("leave the column \"{user}\" out")),
        "{cron}"
    );
    let rotate = read("cron/doisoat.logrotate");
    for wanted in [
        format!("    su {user} {group}\n"),
        format!("    create 0600 {user} {group}\n"),
    ] {
        assert!(rotate.contains(&wanted), "{rotate}");
    }
    let owner = fs::metadata(home.path("")).unwrap().uid();
    for path in below(&home.path("")) {
        let uid = fs::metadata(&path).unwrap().uid();
        assert_eq!(uid, owner, "{}", path.display());
    }
    // the user can work with all of it at once
    let (exit, said) = home.run(&["check", "--offline"]);
    assert_eq!(exit, 0, "{said}");
    // nothing lies in the inbox, so on a working day the registry is missing
    let (exit, said) = home.run(&["run"]);
    assert!(exit == 0 || exit == 3, "{exit}: {said}");
    assert!(home.path("doisoat.db.last-run.json").exists());
}

/// `check` ends with `exit`, and of what fails there is one line, which holds `words` and a fix.
fn finds(home: &Home, exit: i32, words: &[&str]) {
    let (found, said) = home.run(&["check", "--offline"]);
    assert_eq!(found, exit, "{words:?}: {said}");
    let failed: Vec<&str> = said.lines().filter(|l| l.starts_with("FAIL")).collect();
    let [line] = failed.as_slice() else {
        panic!("{words:?}: {said}")
    };
    assert!(
        words.iter().all(|word| line.contains(word)),
        "{words:?}: {line}"
    );
    let (_, fix) = line.split_once(" -> ").expect(line);
    assert!(fix.len() > 10, "{line}");
}

/// Does `check` under another mode of the file or folder.
fn under(home: &Home, name: &str, mode: u32, exit: i32, words: &[&str]) {
    let path = home.path(name);
    let before = fs::metadata(&path).unwrap().permissions();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    finds(home, exit, words);
    fs::set_permissions(&path, before).unwrap();
}

/// Logs of the database that nobody may write, as an older program left them.
fn lock_logs(home: &Home) {
    let database = fs::metadata(home.path("doisoat.db")).unwrap();
    for log in ["doisoat.db-wal", "doisoat.db-shm"] {
        let log = home.path(log);
        fs::write(&log, "").unwrap();
        chown(&log, Some(database.uid()), Some(database.gid())).unwrap();
        fs::set_permissions(&log, fs::Permissions::from_mode(0o400)).unwrap();
    }
}

#[test]
fn check_finds_what_cannot_be_read_or_written() {
    let home = Home::new();
    let (exit, said) = home.run(&["init"]);
    assert_eq!(exit, 0, "{said}");
    let toml = "[[source]]\nname = \"one-stop\"\nkind = \"export\"\npath = \"inbox\"\n\
                [[source]]\nname = \"bank\"\nkind = \"statement\"\npath = \"inbox/bank\"\n";
    fs::write(home.path("doisoat.toml"), toml).unwrap();
    let (exit, said) = home.run(&["init"]);
    assert_eq!(exit, 0, "{said}");
    fs::create_dir_all(home.path("archive/ab/cd")).unwrap();
    fs::write(home.path("inbox/bank/a.csv"), "a\n").unwrap();
    fs::write(home.path("doisoat.db.lock"), "").unwrap();
    if is_root() {
        for path in below(&home.path("")) {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let (exit, said) = home.run(&["check", "--offline"]);
    assert_eq!(exit, 0, "{said}");
    let bank = "source bank: ";
    under(
        &home,
        "inbox/bank",
        0o000,
        3,
        &[bank, "inbox/bank cannot be read"],
    );
    under(
        &home,
        "inbox/bank/a.csv",
        0o200,
        3,
        &[bank, "a.csv cannot be read"],
    );
    under(
        &home,
        "archive",
        0o500,
        2,
        &["archive: ", "archive cannot be written"],
    );
    under(
        &home,
        "archive/ab",
        0o500,
        2,
        &["archive/ab cannot be written"],
    );
    under(
        &home,
        "archive/ab/cd",
        0o500,
        2,
        &["ab/cd cannot be written"],
    );
    under(&home, "reports", 0o500, 2, &["reports cannot be written"]);
    under(
        &home,
        "doisoat.db",
        0o400,
        10,
        &["database: ", "takes no writes"],
    );
    // who may only read leaves no log behind that nobody may write
    for log in ["doisoat.db-wal", "doisoat.db-shm"] {
        assert!(!home.path(log).exists(), "{log}");
    }
    under(
        &home,
        "doisoat.db.lock",
        0o400,
        10,
        &["database: ", "doisoat.db.lock"],
    );
    lock_logs(&home);
    let (exit, said) = home.run(&["check", "--offline"]);
    assert_eq!(exit, 0, "{said}");
}
