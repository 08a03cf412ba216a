//! Who decides: named on the command line, else the user of this machine.

use clap::Args;

use super::owner;

/// The flag that names who decides.
#[derive(Debug, Args)]
pub(super) struct WhoArgs {
    /// Who decides [default: $USER, else the name of the user on this machine]
    #[arg(long, value_name = "NAME", value_parser = named)]
    by: Option<String>,
}

impl WhoArgs {
    /// The name, never empty: under cron and in containers `$USER` may not be set.
    pub(super) fn name(&self) -> String {
        let user = || {
            std::env::var("USER")
                .ok()
                .and_then(|name| named(&name).ok())
        };
        self.by.clone().or_else(user).unwrap_or_else(owner::user)
    }
}

fn named(raw: &str) -> Result<String, String> {
    let name = raw.trim();
    if name.is_empty() {
        return Err("a decision is never without a name".to_owned());
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_empty() {
        assert_eq!(named(" an ").unwrap(), "an");
        assert!(named("").is_err() && named(" \t").is_err());
        let given = |by: Option<&str>| WhoArgs {
            by: by.map(str::to_owned),
        };
        assert_eq!(given(Some("an")).name(), "an");
        assert!(!given(None).name().trim().is_empty());
        assert!(!owner::user().trim().is_empty());
    }
}
