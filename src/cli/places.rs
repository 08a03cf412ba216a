//! Which database and archive a command is about, where that cannot be seen from the folder.

use std::path::{Path, absolute};

use crate::config::{Config, DatabaseUrl};
use crate::domain::{Lang, Text};

/// A line that names the database and the archive, where one of them does not lie in the folder of
/// `doisoat.toml`: in a restored folder it is that of the installation at work. Else nothing.
pub(super) fn elsewhere(config: &Config, lang: Lang) -> String {
    let home = absolute(if config.dir == Path::new("") {
        Path::new(".")
    } else {
        &config.dir
    });
    let lies_in = |path: &Path| match (&home, absolute(path)) {
        (Ok(home), Ok(path)) => path.starts_with(home),
        _ => false,
    };
    let database = match &config.database {
        DatabaseUrl::Sqlite(path) => lies_in(path),
        DatabaseUrl::Postgres(_) => true,
    };
    if database && lies_in(&config.archive_dir) {
        return String::new();
    }
    let text = Text {
        vi: "  ! Đã đọc {db} và kho lưu {archive}, không nằm trong thư mục của {toml}\n",
        en: "  ! Read were {db} and the archive {archive}, not in the folder of {toml}\n",
    };
    text.get(lang)
        .replace("{db}", &config.database.label())
        .replace("{archive}", &config.archive_dir.display().to_string())
        .replace("{toml}", &config.file.display().to_string())
}
