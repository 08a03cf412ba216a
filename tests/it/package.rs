//! The Debian package as its metadata describes it: built from the listed assets, unpacked, run.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::cli::{ends, stdout};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn ok(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

/// Assets of the manifest: source pattern, place, mode.
fn assets() -> Vec<(String, String, u32)> {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Value = toml::from_str(&text).unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let all = deb["assets"].as_array().unwrap().iter();
    all.map(|asset| {
        let field = |nth: usize| asset[nth].as_str().unwrap().to_owned();
        let mode = u32::from_str_radix(&field(2), 8).unwrap();
        (field(0), field(1), mode)
    })
    .collect()
}

/// The files of a pattern; `*` stands in the last part only. What a build makes is where the test
/// made it.
fn matching(pattern: &str, made: &Path) -> Vec<PathBuf> {
    if pattern == "target/release/doisoat" {
        return vec![env!("CARGO_BIN_EXE_doisoat").into()];
    }
    let path = match pattern.strip_prefix("target/package/") {
        Some(rest) => made.join(rest),
        None => root().join(pattern),
    };
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let Some((head, tail)) = name.split_once('*') else {
        return vec![path];
    };
    let entries = fs::read_dir(path.parent().unwrap()).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let fits = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        path.is_file() && name.starts_with(head) && name.ends_with(tail)
    };
    files.filter(fits).collect()
}

/// Puts the assets under `tree`, as cargo-deb does: a place that ends in `/` is a folder.
fn lay_out(tree: &Path, made: &Path) {
    for (pattern, place, mode) in assets() {
        let files = matching(&pattern, made);
        assert!(!files.is_empty(), "{pattern} is nothing");
        for file in files {
            let mut to = tree.join(&place);
            if place.ends_with('/') {
                to = to.join(file.file_name().unwrap());
            }
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, &to).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            fs::set_permissions(&to, fs::Permissions::from_mode(mode)).unwrap();
        }
    }
}

#[test]
fn the_package_holds_what_its_units_and_pages_name() {
    let dir = tempfile::tempdir().unwrap();
    let made = dir.path().join("package");
    ends(dir.path(), &["package", "package"], 0);
    let tree = dir.path().join("tree");
    lay_out(&tree, &made);
    let control = tree.join("DEBIAN");
    fs::create_dir(&control).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    fs::write(
        control.join("control"),
        format!(
            "Package: doisoat\nVersion: {version}\nArchitecture: amd64\n\
             Maintainer: doisoat maintainers <root@localhost>\nDescription: test\n"
        ),
    )
    .unwrap();
    for script in ["postinst", "prerm"] {
        let from = root().join("packaging").join(script);
        ok(Command::new("sh").arg("-n").arg(&from));
        fs::copy(&from, control.join(script)).unwrap();
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(control.join(script), mode).unwrap();
    }
    fs::set_permissions(&control, fs::Permissions::from_mode(0o755)).unwrap();
    let deb = dir.path().join("doisoat.deb");
    let mut build = Command::new("dpkg-deb");
    ok(build
        .args(["--root-owner-group", "-Znone", "--build"])
        .arg(&tree)
        .arg(&deb));
    let unpacked = dir.path().join("root");
    ok(Command::new("dpkg-deb").arg("-x").arg(&deb).arg(&unpacked));
    let said = ok(Command::new(unpacked.join("usr/bin/doisoat")).arg("--version"));
    assert_eq!(stdout(&said), format!("doisoat {version}\n"));
    units(&unpacked);
    pages(&unpacked);
    completions(&unpacked);
}

/// What the units start and own is in the package.
fn units(unpacked: &Path) {
    let read = |name: &str| fs::read_to_string(unpacked.join(name)).unwrap();
    let service = read("usr/lib/systemd/system/doisoat.service");
    let line = "ExecStart=\"/usr/bin/doisoat\" --config \"/var/lib/doisoat/doisoat.toml\" ";
    for wanted in [
        line,
        "\nUser=doisoat\n",
        "\nUMask=0077\n",
        "\nReadWritePaths=/var/lib/doisoat\n",
    ] {
        assert!(service.contains(wanted), "{service}");
    }
    let timer = read("usr/lib/systemd/system/doisoat.timer");
    assert!(
        timer.contains("OnCalendar=*-*-* 01:30:00 Asia/Ho_Chi_Minh"),
        "{timer}"
    );
    let cron = read("usr/share/doc/doisoat/examples/doisoat.cron");
    assert!(cron.contains("  doisoat  \"/usr/bin/doisoat\" "), "{cron}");
    let rotate = read("etc/logrotate.d/doisoat");
    assert!(
        rotate.contains("\"/var/lib/doisoat/log/*.log\" {"),
        "{rotate}"
    );
    assert!(rotate.contains("    su doisoat doisoat\n"), "{rotate}");
    let postinst = fs::read_to_string(root().join("packaging/postinst")).unwrap();
    assert!(postinst.contains("-m 0700 /var/lib/doisoat"));
}

/// The commands that `--help` lists.
pub(crate) fn commands() -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let help = stdout(&ends(dir.path(), &["--help"], 0));
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let lines = rest.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A man page a command; each names its options and shows its examples.
fn pages(unpacked: &Path) {
    let man = unpacked.join("usr/share/man/man1");
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(&man).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        texts.insert(name, fs::read_to_string(&path).unwrap());
    }
    let known = commands();
    assert!(
        known.len() > 15 && !known.contains(&"package".to_owned()),
        "{known:?}"
    );
    for command in &known {
        let page = &texts[&format!("doisoat-{command}")];
        assert!(
            page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"),
            "{page}"
        );
        assert!(page.contains(&format!("doisoat\\-{command}")) || page.contains(command));
    }
    assert!(texts["doisoat-run"].contains("\\-\\-dry\\-run"));
    assert!(texts.contains_key("doisoat-exceptions-decide"));
    assert!(texts.contains_key("doisoat-schedule-next"));
    assert!(
        !texts.contains_key("doisoat-package"),
        "it is no command for users"
    );
}

fn completions(unpacked: &Path) {
    let bash = unpacked.join("usr/share/bash-completion/completions/doisoat");
    ok(Command::new("bash").arg("-n").arg(&bash));
    let bash = fs::read_to_string(bash).unwrap();
    let zsh = fs::read_to_string(unpacked.join("usr/share/zsh/vendor-completions/_doisoat"));
    let fish = unpacked.join("usr/share/fish/vendor_completions.d/doisoat.fish");
    let (zsh, fish) = (zsh.unwrap(), fs::read_to_string(fish).unwrap());
    for command in commands() {
        for text in [&bash, &zsh, &fish] {
            assert!(text.contains(&command), "{command}");
        }
    }
}
