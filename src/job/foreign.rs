//! An archive and a database belong together: the newest publication proves it, because nobody else
//! holds what it kept. An archive that holds none of that is another one, or an older copy: a night
//! would publish into it what no other start finds again.

use super::desk::Desk;
use super::error::JobError;
use super::kept;
use crate::config::Config;
use crate::domain::RunId;
use crate::store::archive::Archive;
use crate::store::{Store, StoreError};
use crate::text::say;

/// What only the run itself kept: no other night has the same bytes.
const ITS_OWN: [&str; 3] = [kept::POOL, kept::SETTLEMENT, "seals"];
/// The file in the archive that says after which run it goes on without what was kept before.
const CONTINUES: &str = "continues";

/// Refuses an archive that holds nothing of what the newest publication kept.
pub async fn refuse(config: &Config, store: &Store, archive: &Archive) -> Result<(), JobError> {
    let Some(run) = alien(store, archive).await? else {
        return Ok(());
    };
    let place = archive.dir().display().to_string();
    let args = [("archive", place.as_str()), ("run", run.as_str())];
    Err(JobError::Usage {
        message: say(config.lang, "archive-foreign", &args),
        fix: say(config.lang, "archive-foreign-fix", &args),
    })
}

/// The newest run, where the archive has nothing of it and was not said to go on without.
async fn alien(store: &Store, archive: &Archive) -> Result<Option<RunId>, StoreError> {
    let publications = store.publications().await?;
    let Some((run, _)) = publications.into_iter().max_by_key(|(_, seq)| *seq) else {
        return Ok(None);
    };
    let documents = store.kept(&run).await?;
    // of a run of an older program nothing can be told
    let mut known = documents.is_empty();
    for sha256 in ITS_OWN.iter().filter_map(|what| documents.get(*what)) {
        known |= archive.file(sha256)?.is_some();
    }
    let goes_on = std::fs::read_to_string(archive.dir().join(CONTINUES)).unwrap_or_default();
    known |= goes_on.trim() == run.as_str();
    Ok((!known).then_some(run))
}

/// Lets nights go on with this archive although it holds nothing of the newest publication: what
/// was kept is lost for good. Tells the file that says so; none where nothing is to be said.
pub async fn go_on(
    store: &Store,
    archive: &Archive,
) -> Result<Option<std::path::PathBuf>, JobError> {
    let Some(run) = alien(store, archive).await? else {
        return Ok(None);
    };
    let file = archive.dir().join(CONTINUES);
    let written = std::fs::write(&file, format!("{run}\n"));
    written.map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
    Ok(Some(file))
}

impl Desk {
    /// Refuses to work with an archive of another database.
    pub(super) async fn own_archive(&self) -> Result<(), JobError> {
        refuse(&self.config, &self.store, &self.archive).await
    }
}
