//! The list of docs/SECURITY.md that no other module shows: secrets under every fault, file modes,
//! lines of the log, addresses in every setting.

mod addresses;
mod canary;
mod files;
mod lines;

use crate::town::{Edit, FIRST, Town, day};

/// A town whose simulators fail as named, with its configuration in its folder.
async fn town(fault: Option<&str>, edit: Edit<'_>) -> Town {
    use doisoat::sandbox::{Fault, Sandbox, SandboxOptions};
    let options = SandboxOptions {
        seed: 1,
        port: 0,
        fault: fault.map(|name| Fault::named(name).unwrap()),
        first_day: day(FIRST).date(),
        days: 2,
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let town = Town::around(crate::database::Kind::Sqlite, sandbox).await;
    town.morning_after(day(FIRST));
    std::fs::write(town.dir().join("doisoat.toml"), town.toml(edit)).unwrap();
    town
}
