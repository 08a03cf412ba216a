//! The part of `doisoat check` about closed periods for which files came since.

use super::check::Line;
use crate::config::Config;
use crate::domain::Lang;
use crate::job::{JobError, late, lost};
use crate::store::OpenMode;
use crate::store::archive::Archive;

/// A warning for each; nothing where no file came, or the database cannot be read, which has a line
/// of its own.
pub(super) async fn lines(config: &Config, lang: Lang) -> Vec<Line> {
    let found = async {
        let store = lost::open(config, OpenMode::Ready).await?;
        let archive = Archive::at(&config.archive_dir);
        let found = late::standing(&store, &archive).await;
        store.close().await;
        found
    };
    let found: Result<_, JobError> = found.await;
    let line = |late: &late::Late| Line::warn("closed period", late.say(lang), late.fix(lang));
    found.unwrap_or_default().iter().map(line).collect()
}
