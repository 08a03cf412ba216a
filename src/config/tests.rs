//! Exact texts of configuration errors: what, where, what to do.

use std::path::Path;

use super::*;

fn read(text: &str) -> Result<Config, ConfigError> {
    Config::parse(text, Path::new("etc/doisoat.toml"))
}

fn check(text: &str, message: &str) {
    assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
}

#[test]
fn an_empty_file_is_a_configuration() {
    let config = read("").unwrap();
    assert_eq!(config.database.label(), "sqlite://etc/doisoat.db");
    assert_eq!(config.report_dir, Path::new("etc/reports"));
    assert_eq!(config.schedule.cron.as_str(), "30 1 * * *");
    assert_eq!(config.formats.len(), 4);
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion() {
    check(
        "lang = \"vi\"\n[databse]\nurl = \"sqlite://x.db\"\n",
        "etc/doisoat.toml:2:2: unknown key \"databse\"\n  did you mean \"database\"?",
    );
    check(
        "[rules]\nbatch_day = 3\n",
        "etc/doisoat.toml:2:1: unknown key \"rules.batch_day\"\n  did you mean \"batch_days\"?",
    );
    check(
        "[gates]\ncolour = \"red\"\n",
        "etc/doisoat.toml:2:1: unknown key \"gates.colour\"\n  known here: open_vnd_max",
    );
}

#[test]
fn wrong_values_say_what_to_write() {
    check(
        "timezone = \"UTC\"\n",
        "etc/doisoat.toml:1:12: timezone = \"UTC\" is not known\n  write one of: Asia/Ho_Chi_Minh",
    );
    check(
        "[[target]]\ndefinition = \"TX_CASHLESS\"\nshare = \"0,5\"\nvalid_from = \"2022-12-02\"\n",
        "etc/doisoat.toml:3:9: target.share = \"0,5\" cannot be read\n  \
         write a percentage from 0% to 100%: \"50%\", \"1.1%\"",
    );
    check(
        "[[target]]\ndefinition = \"TX_CASHLESS\"\nshare = \"50%\"\n",
        "etc/doisoat.toml:1:1: target.valid_from is missing\n  write valid_from = \"YYYY-MM-DD\"",
    );
    check(
        "[gates]\nopen_vnd_max = \"1\"\n",
        "etc/doisoat.toml:2:16: gates.open_vnd_max is a string\n  write a whole number from 0 on",
    );
    check(
        "[start]\ndate = 2022-12-01\n",
        "etc/doisoat.toml:2:8: start.date is a datetime\n  write a text in quotes",
    );
    check(
        "[schedule]\ncron = \"30 1 * *\"\n",
        "etc/doisoat.toml:2:8: \"30 1 * *\" has 4 fields; five are needed: minute hour day month \
         weekday\n  write five fields as in \"30 1 * * *\" (01:30 every day)",
    );
    check(
        "[database]\nurl = \"mysql://x\"\n",
        "etc/doisoat.toml:2:7: database.url is neither SQLite nor PostgreSQL\n  \
         write \"sqlite://<file>\" or \"postgres://<user>@<host>/<database>\"",
    );
    check(
        "[rules]\nnet_rates = [\"1.1%\", \"1,1%\"]\n",
        "etc/doisoat.toml:2:22: rules.net_rates = \"1,1%\" cannot be read\n  \
         write a percentage, with a minimum in dong if any: \"1.1% min 220\"",
    );
}

#[test]
fn two_sources_of_one_name_are_refused() {
    let one = "[[source]]\nname = \"a\"\nkind = \"export\"\npath = \"in\"\n";
    check(
        &format!("{one}{one}"),
        "etc/doisoat.toml:5:1: the name \"a\" stands twice\n  give every source its own name",
    );
    let config = read(one).unwrap();
    assert_eq!(config.folders(), [Path::new("etc/in")]);
    assert_eq!(config.gaps(), (false, true));
}

#[test]
fn text_that_is_no_toml_has_a_place() {
    let error = read("lang = \"vi\"\n[report\n").unwrap_err();
    assert_eq!(error.place, "etc/doisoat.toml:2:8");
    assert_eq!(error.fix, "write valid TOML here");
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let error = Config::load(Path::new("nowhere/doisoat.toml")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "nowhere/doisoat.toml: there is no such configuration file\n  \
         run `doisoat init`, or name the file with --config or $DOISOAT_CONFIG"
    );
}

#[test]
fn the_database_is_named_without_its_password() {
    let config =
        read("[database]\nurl = \"postgres://u:CANARY@h:5432/d?password=CANARY\"\n").unwrap();
    assert_eq!(config.database.label(), "postgres://h:5432/d");
    assert!(config.database.holds_password());
    assert!(!format!("{config:?}").contains("CANARY"));
}

#[test]
fn the_rules_digest_follows_the_rules_only() {
    let digest = |text: &str| read(text).unwrap().rules_digest();
    assert_eq!(
        digest(""),
        digest("lang = \"en\"\n[schedule]\ncron = \"0 2 * * *\"\n")
    );
    assert_ne!(digest(""), digest("[rules]\nbatch_days = 4\n"));
    assert_ne!(digest(""), digest("[gates]\nopen_vnd_max = 4\n"));
}

#[test]
fn grey_zones_and_an_own_definition_are_read() {
    use crate::domain::custom::{CountUnit, DateBasis};
    use crate::domain::{Dimension, GreyZone, Treat};
    let text = "[rules]\nbreakdowns = [\"unit\", \"field\"]\n\
                [rules.grey.post]\ncount_as = \"cash\"\nwords = [\"VNPOST\"]\n\
                [rules.grey.on_behalf]\ntogether_min = 0\n\
                [definitions.custom]\nunit = \"dossier\"\nunpaid = true\ndate = \"receipt\"\n";
    let rules = read(text).unwrap().rules_without_periods();
    assert_eq!(rules.breakdowns, [Dimension::Unit, Dimension::Field]);
    let post = rules.grey.rule(GreyZone::Post).unwrap();
    assert_eq!((post.treat, &*post.words[0]), (Treat::Cash, "VNPOST"));
    let behalf = rules.grey.rule(GreyZone::OnBehalf).unwrap();
    assert_eq!((behalf.treat, behalf.together), (Treat::Cashless, 0));
    let custom = rules.custom.unwrap();
    assert_eq!((custom.unit, custom.unpaid), (CountUnit::Dossier, true));
    assert_eq!(custom.date, DateBasis::Receipt);
    assert_eq!(read("").unwrap().rules.custom, None);
    check(
        "[definitions.custom]\nunpaid = true\n",
        "etc/doisoat.toml:1:1: definitions.custom.unpaid has no effect with this unit: what is not \
         paid is no transaction\n  take it out, or choose another unit",
    );
    check(
        "[rules.grey.post]\ncount_as = \"maybe\"\n",
        "etc/doisoat.toml:2:12: rules.grey.post.count_as = \"maybe\" is not known\n  \
         write one of: cashless, cash, out",
    );
    check(
        "[rules]\nbreakdowns = [\"colour\"]\n",
        "etc/doisoat.toml:2:15: rules.breakdowns = \"colour\" is not known\n  write one of: unit, \
         current, procedure, field, source, instrument, grey",
    );
}
