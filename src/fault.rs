//! Faults on purpose: in a debug build the n-th step that could fail does, or the process ends
//! there. A release build holds none of it.
//!
//! A step is one statement, request, file write, flush or rename. `DOISOAT_FAULT="fail 17"` gives
//! the 17th an error, `kill 17` sends the process SIGKILL there, and `DOISOAT_FAULT_LOG` names a
//! file that gets a line for each step.

use std::io;

/// A step that could fail is about to be made (or, where its name says so, was just made).
#[cfg(debug_assertions)]
pub fn point(step: &str) -> io::Result<()> {
    planned::reach(step)
}

/// A step that could fail.
#[cfg(not(debug_assertions))]
pub const fn point(_step: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(debug_assertions)]
mod planned {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Write as _};
    use std::process::Command;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[derive(Clone, Copy)]
    enum Mode {
        Fail,
        Kill,
    }

    struct Plan {
        at: Option<(Mode, u64)>,
        log: Option<File>,
        reached: AtomicU64,
    }

    fn plan() -> Plan {
        let wanted = std::env::var("DOISOAT_FAULT").unwrap_or_default();
        let at = wanted.split_once(' ').and_then(|(mode, nth)| {
            let mode = match mode {
                "fail" => Mode::Fail,
                "kill" => Mode::Kill,
                _ => return None,
            };
            Some((mode, nth.parse().ok()?))
        });
        let log = std::env::var_os("DOISOAT_FAULT_LOG");
        let log = log.and_then(|path| {
            let mut options = OpenOptions::new();
            options.append(true).create(true).open(path).ok()
        });
        Plan {
            at,
            log,
            reached: AtomicU64::new(0),
        }
    }

    pub(super) fn reach(step: &str) -> io::Result<()> {
        static PLAN: OnceLock<Plan> = OnceLock::new();
        let plan = PLAN.get_or_init(plan);
        let nth = plan.reached.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(mut log) = plan.log.as_ref() {
            log.write_all(format!("{step}\n").as_bytes())?;
        }
        match plan.at {
            Some((Mode::Fail, at)) if at == nth => {
                Err(io::Error::other(format!("{step} was made to fail")))
            }
            Some((Mode::Kill, at)) if at == nth => end_here(),
            _ => Ok(()),
        }
    }

    /// SIGKILL, as from outside; what comes after it does not happen.
    fn end_here() -> io::Result<()> {
        let pid = std::process::id().to_string();
        Command::new("kill").args(["-9", &pid]).status()?;
        Err(io::Error::other("still here after SIGKILL"))
    }
}
