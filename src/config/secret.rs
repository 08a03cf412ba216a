//! Secrets: named in the configuration, kept elsewhere (environment, a 0600 file, a systemd
//! credential), and never printed.

use std::collections::BTreeMap;
use std::fmt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::SecretString;

use super::error::ConfigError;
use super::section::Item;

/// How a secret is named, for messages.
pub const SECRET_FORM: &str = "a secret never stands in this file: write { env = \"NAME\" }, { file = \"path\" } (mode 0600) or { credential = \"name\" }";
/// A longer file is not a secret.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

/// Looks a variable up.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where the program's environment variables and systemd credentials come from. Handed in, so that
/// tests and the demo need not touch the process.
#[derive(Clone)]
pub struct Surroundings {
    variable: Arc<Lookup>,
    credentials: Option<PathBuf>,
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self {
            variable: Arc::new(|name| std::env::var(name).ok()),
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        }
    }

    /// Fixed variables, and a folder of credentials.
    pub fn fixed(variables: BTreeMap<String, String>, credentials: Option<PathBuf>) -> Self {
        Self {
            variable: Arc::new(move |name| variables.get(name).cloned()),
            credentials,
        }
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef {
    place: String,
    key: String,
    kept: Kept,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    Env(String),
    File(PathBuf),
    Credential(String),
}

impl SecretRef {
    /// Reads `{ env = "NAME" }`, `{ file = "path" }` or `{ credential = "name" }`; a relative path
    /// counts from `folder`.
    pub fn read(item: &Item<'_>, folder: &Path) -> Result<Self, ConfigError> {
        if !item.is_section() {
            let message = format!("{} holds the secret itself", item.path());
            return Err(item.fail(message, SECRET_FORM));
        }
        let mut table = item.section()?;
        let env = table
            .get("env")
            .map(|v| v.text().map(str::to_owned))
            .transpose()?;
        let file = table
            .get("file")
            .map(|v| v.text().map(|p| folder.join(p)))
            .transpose()?;
        let credential = table
            .get("credential")
            .map(|v| v.text().map(str::to_owned))
            .transpose()?;
        table.finish()?;
        let kept = match (env, file, credential) {
            (Some(name), None, None) => Kept::Env(name),
            (None, Some(path), None) => Kept::File(path),
            (None, None, Some(name)) if !name.contains('/') && name != ".." => {
                Kept::Credential(name)
            }
            _ => {
                let message = format!("{} does not say where the secret is kept", item.path());
                return Err(item.fail(message, SECRET_FORM));
            }
        };
        Ok(Self {
            place: item.place(),
            key: item.path().to_owned(),
            kept,
        })
    }

    /// Fetches the secret.
    pub fn resolve(&self, around: &Surroundings) -> Result<SecretString, ConfigError> {
        let found = match &self.kept {
            Kept::Env(name) => (around.variable)(name).ok_or_else(|| {
                self.fail(
                    format!("the environment variable {name} of {} is not set", self.key),
                    format!("set {name} where doisoat is started (for systemd: EnvironmentFile=), or keep the secret in a file"),
                )
            })?,
            Kept::File(path) => self.read_file(path, true)?,
            Kept::Credential(name) => {
                let folder = around.credentials.as_deref().ok_or_else(|| {
                    self.fail(
                        format!("there are no systemd credentials for {}", self.key),
                        format!("start doisoat from a unit with LoadCredential={name}:…, or keep the secret in a file"),
                    )
                })?;
                self.read_file(&folder.join(name), false)?
            }
        };
        let secret = found.trim_end_matches(['\r', '\n']);
        if secret.trim().is_empty() {
            let fix = "put the secret there".to_owned();
            return Err(self.fail(format!("the secret of {} is empty", self.key), fix));
        }
        Ok(SecretString::from(secret.to_owned()))
    }

    fn read_file(&self, path: &Path, check_mode: bool) -> Result<String, ConfigError> {
        let name = path.display();
        let missing = |_| {
            self.fail(
                format!("the secret file {name} of {} cannot be read", self.key),
                format!("create it with the secret alone in it: install -m 600 /dev/stdin {name}"),
            )
        };
        let meta = std::fs::metadata(path).map_err(missing)?;
        if check_mode && meta.permissions().mode() & 0o077 != 0 {
            return Err(self.fail(
                format!(
                    "the secret file {name} of {} can be read by others",
                    self.key
                ),
                format!("chmod 600 {name}, and ask for a new secret if others had access"),
            ));
        }
        if !meta.is_file() || meta.len() > SECRET_BYTES_MAX {
            let message = format!(
                "the secret file {name} of {} is no file of one secret",
                self.key
            );
            return Err(self.fail(message, "put the secret alone into the file".to_owned()));
        }
        std::fs::read_to_string(path).map_err(missing)
    }

    fn fail(&self, message: String, fix: String) -> ConfigError {
        ConfigError::new(self.place.clone(), message, fix)
    }
}
