//! Settings of a source, and every message that a mistake in them brings.

use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;
use crate::config::forms::Rate;
use crate::config::section::Doc;

/// Reads the first `[[source]]` of a file named `doisoat.toml` in the folder `/etc/doisoat`.
pub(crate) fn read(text: &str) -> Result<SourceSettings, ConfigError> {
    let doc = Doc {
        name: "doisoat.toml",
        text,
    };
    let table = toml::de::DeTable::parse(text).unwrap();
    let mut whole = Section::new(doc, "", table.get_ref(), table.span());
    let item = whole.get("source").unwrap().list().unwrap().remove(0);
    parse_source(
        item.section().unwrap(),
        item.place(),
        Path::new("/etc/doisoat"),
    )
}

const SEPAY: &str = r#"[[source]]
name = "sepay-main"
kind = "sepay"
base_url = "http://127.0.0.1:9001"
allow_loopback = true
token = { env = "SEPAY_TOKEN" }
"#;

fn fails(text: &str, message: &str) {
    assert_eq!(read(text).unwrap_err().to_string(), message, "{text}");
}

/// SEPAY with one line more.
fn with(line: &str, message: &str) {
    fails(&format!("{SEPAY}{line}\n"), message);
}

#[test]
fn what_is_not_written_has_a_default() {
    let read = read(SEPAY).unwrap();
    assert_eq!(
        (read.name.as_str(), read.kind(), read.required),
        ("sepay-main", "sepay", true)
    );
    assert_eq!((read.lookback_days, read.cutoff), (3, TimeOfDay::MIDNIGHT));
    assert_eq!(read.instrument, Instrument::Transfer);
    let http = read.http().unwrap();
    assert_eq!((http.retries, http.timeout), (5, Duration::from_secs(30)));
    assert_eq!(http.source_deadline, Duration::from_mins(15));
    assert_eq!(http.bytes_max, 33_554_432);
    assert_eq!(
        http.rate,
        Rate {
            count: 2,
            per: Duration::from_secs(1)
        }
    );
    assert_eq!(http.base_url.to_string(), "http://127.0.0.1:9001");
}

#[test]
fn every_key_is_read() {
    let text = r#"[[source]]
name = "vnpay-1"
kind = "vnpay"
required = false
cutoff = "16:00"
freshness = "26h"
lookback = "5d"
account = " 0123499999 "
instrument = "qr"
party = " Công ty Cổ phần Thanh toán Thử Nghiệm "
base_url = "https://vnpay.example/gateway"
timeout = "45s"
retries = 3
source_deadline = "10m"
bytes_max = "64MiB"
rate_limit = "60/m"
ca_file = "tls/ca.pem"
tmn_code = "TESTTMN1"
hash_secret = { file = "secrets/vnpay" }
ip_addr = "203.0.113.7"
orders_max = 500
"#;
    let read = read(text).unwrap();
    let http = read.http().unwrap();
    assert_eq!((read.required, read.lookback_days), (false, 5));
    assert_eq!(read.orders_max, Some(500));
    assert_eq!(
        (read.cutoff.minutes(), read.freshness),
        (960, Duration::from_hours(26))
    );
    assert_eq!(
        (read.account.as_deref(), read.instrument),
        (Some("0123499999"), Instrument::Qr)
    );
    assert_eq!(
        read.party.as_deref(),
        Some("Công ty Cổ phần Thanh toán Thử Nghiệm")
    );
    assert_eq!(
        (read.text("tmn_code"), read.text("ip_addr")),
        (Some("TESTTMN1"), Some("203.0.113.7"))
    );
    assert_eq!(
        http.ca_file.as_deref(),
        Some(Path::new("/etc/doisoat/tls/ca.pem"))
    );
    assert_eq!((http.timeout, http.retries), (Duration::from_secs(45), 3));
    assert_eq!(http.bytes_max, 67_108_864);
    let export = "[[source]]\nname=\"one-stop\"\nkind=\"export\"\npath=\"inbox\"\nmode=\"snapshot\"\n\
                  [source.map]\n\"Mã hồ sơ\"=\"dossier_code\"\n";
    let read = super::tests::read(export).unwrap();
    assert_eq!(read.path("path"), Some(Path::new("/etc/doisoat/inbox")));
    assert_eq!(read.text("mode"), Some("snapshot"));
    assert_eq!(read.map("map").unwrap()["Mã hồ sơ"], "dossier_code");
    assert!(read.http().is_err());
}

#[test]
fn a_key_that_does_not_exist_is_named_with_its_line_and_a_suggestion() {
    with(
        "freshnes = \"6h\"",
        "doisoat.toml:7:1: unknown key \"source.freshnes\"\n  did you mean \"freshness\"?",
    );
    with(
        "verify_tls = false",
        "doisoat.toml:7:1: unknown key \"source.verify_tls\"\n  known here: account, \
         allow_loopback, api, base_url, bytes_max, ca_file, cutoff, freshness, instrument, kind, lookback, name, \
         party, rate_limit, required, retries, source_deadline, timeout, token",
    );
    let folder = "[[source]]\nname=\"x\"\nkind=\"export\"\npath=\"inbox\"\ntoken={env=\"X\"}\n";
    assert!(
        read(folder)
            .unwrap_err()
            .message
            .contains("unknown key \"source.token\"")
    );
}

#[test]
fn a_wrong_value_says_how_it_is_written() {
    with(
        "timeout = \"30\"",
        "doisoat.toml:7:11: source.timeout = \"30\" cannot be read\n  write a number and s, m, h or d: \
         \"30s\", \"15m\", \"26h\", \"3d\"",
    );
    with(
        "lookback = \"36h\"",
        "doisoat.toml:7:12: source.lookback = \"36h\" cannot be read\n  write whole days up to 60: \"3d\"",
    );
    with(
        "api = \"v3\"",
        "doisoat.toml:7:7: source.api = \"v3\" is not known\n  write one of: v1, v2",
    );
    with(
        "retries = 0",
        "doisoat.toml:7:11: source.retries is out of range\n  write the number of attempts, 1 to 10",
    );
    for wrong in ["0MiB", "257MiB", "64", "64MB", "-1MiB"] {
        with(
            &format!("bytes_max = \"{wrong}\""),
            &format!(
                "doisoat.toml:7:13: source.bytes_max = \"{wrong}\" cannot be read\n  write a number and KiB \
                 or MiB, up to 256 MiB: \"64MiB\""
            ),
        );
    }
    fails(
        &SEPAY.replace("sepay-main", "cash"),
        "doisoat.toml:2:8: source.name = \"cash\" is reserved\n  \"cash\" stands for the receipts of the \
         counter in every report; write another name: name = \"cash-desk\"",
    );
    with(
        "instrument = \"cash\"",
        "doisoat.toml:7:14: source.instrument = \"cash\" is not known\n  write one of: transfer, qr, \
         wallet, card, mobile_money, portal",
    );
    fails(
        &SEPAY.replace("sepay-main", "SePay chính"),
        "doisoat.toml:2:8: source.name = \"SePay chính\" cannot be read\n  write small letters, digits \
         and hyphens; not \"cash\"",
    );
    fails(
        &SEPAY.replace("\"sepay\"", "\"sepai\""),
        "doisoat.toml:3:8: source.kind = \"sepai\" is not known\n  write one of: sepay, casso, \
         vnpay, momo, zalopay, payos, vnptpay, dvcqg, keypay, viettelpay, rest, statement, settlement, push, export, \
         igate, opencps",
    );
}

#[test]
fn an_address_that_may_not_be_called_is_refused_and_never_quoted() {
    fails(
        &SEPAY.replace("allow_loopback = true\n", ""),
        "doisoat.toml:4:12: source.base_url is not allowed: an address of this machine needs \
         allow_loopback = true\n  write https://host, or http://127.0.0.1:PORT with allow_loopback = true",
    );
    let secret = SEPAY.replace("http://127.0.0.1:9001", "https://u:CANARY-1@my.sepay.vn");
    let error = read(&secret).unwrap_err().to_string();
    assert!(
        error.contains("a user name or password must not stand in a URL"),
        "{error}"
    );
    assert!(!error.contains("CANARY"), "{error}");
}

#[test]
fn a_secret_in_the_file_is_refused_without_being_shown() {
    let error = read(&SEPAY.replace("{ env = \"SEPAY_TOKEN\" }", "\"CANARY-2\"")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "doisoat.toml:6:9: source.token holds the secret itself\n  a secret never stands in this file: \
         write { env = \"NAME\" }, { file = \"path\" } (mode 0600) or { credential = \"name\" }"
    );
    for bad in [
        "{}",
        "{ env = \"A\", file = \"b\" }",
        "{ credential = \"../x\" }",
    ] {
        let error = read(&SEPAY.replace("{ env = \"SEPAY_TOKEN\" }", bad)).unwrap_err();
        assert_eq!(
            error.message, "source.token does not say where the secret is kept",
            "{bad}"
        );
    }
    fails(
        &SEPAY.replace("token = { env = \"SEPAY_TOKEN\" }\n", ""),
        "doisoat.toml:1:1: source.token is missing\n  name where the API token is kept: token = { env = \
         \"SEPAY_TOKEN\" }",
    );
}

#[test]
fn a_missing_secret_says_where_it_was_looked_for() {
    let nothing = Surroundings::fixed(BTreeMap::new(), None);
    let error = read(SEPAY).unwrap().secret("token", &nothing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "doisoat.toml:6:9: the environment variable SEPAY_TOKEN of source.token is not set\n  set \
         SEPAY_TOKEN where doisoat is started (for systemd: EnvironmentFile=), or keep the secret in a file"
    );
    let there = BTreeMap::from([("SEPAY_TOKEN".to_owned(), "abc\n".to_owned())]);
    let secret = read(SEPAY)
        .unwrap()
        .secret("token", &Surroundings::fixed(there, None))
        .unwrap();
    assert_eq!(secret.expose_secret(), "abc");
    assert!(!format!("{secret:?}").contains("abc"));
    let empty = BTreeMap::from([("SEPAY_TOKEN".to_owned(), " \n".to_owned())]);
    let error = read(SEPAY)
        .unwrap()
        .secret("token", &Surroundings::fixed(empty, None))
        .unwrap_err();
    assert_eq!(error.message, "the secret of source.token is empty");
}

#[test]
fn a_secret_file_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("token");
    let text = SEPAY.replace(
        "env = \"SEPAY_TOKEN\"",
        &format!("file = \"{}\"", path.display()),
    );
    let settings = read(&text).unwrap();
    let around = Surroundings::fixed(BTreeMap::new(), Some(dir.path().to_owned()));
    let name = path.display();
    let found = |mode: u32| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        settings
            .secret("token", &around)
            .map(|s| s.expose_secret().to_owned())
    };
    let missing = settings.secret("token", &around).unwrap_err();
    assert_eq!(
        missing.message,
        format!("the secret file {name} of source.token cannot be read")
    );
    std::fs::write(&path, "from-file\r\n").unwrap();
    assert_eq!(found(0o600).unwrap(), "from-file");
    for mode in [0o640, 0o604, 0o620] {
        assert_eq!(
            found(mode).unwrap_err().to_string(),
            format!(
                "doisoat.toml:6:9: the secret file {name} of source.token can be read by others\n  chmod \
                 600 {name}, and ask for a new secret if others had access"
            )
        );
    }
    let credential =
        read(&SEPAY.replace("env = \"SEPAY_TOKEN\"", "credential = \"token\"")).unwrap();
    assert_eq!(
        credential.secret("token", &around).unwrap().expose_secret(),
        "from-file"
    );
    let nowhere = Surroundings::fixed(BTreeMap::new(), None);
    let error = credential.secret("token", &nowhere).unwrap_err();
    assert_eq!(
        error.message,
        "there are no systemd credentials for source.token"
    );
}

#[test]
fn columns_of_files_are_mapped() {
    let text = "[[source]]\nname = \"momo\"\nkind = \"settlement\"\npath = \"inbox/momo\"\n";
    let map = "[source.map]\ntime = \"Ngày\"\namount = \"Số tiền\"\ndecimal = \",\"\n";
    let settings = read(&format!("{text}{map}")).unwrap();
    let mapping = settings.mapping("map").unwrap();
    assert_eq!(mapping.heading("amount"), Some("Số tiền"));
    assert_eq!(mapping.separators, Some(('.', ',')));
    assert_eq!(settings.freshness, Duration::from_hours(48));
    fails(
        text,
        "doisoat.toml:1:1: source.map is missing\n  name its columns under [source.map]; \
         `doisoat inspect FILE` proposes them",
    );
    let slip = read(&format!("{text}{map}memos = \"x\"\n")).unwrap_err();
    let said = slip.to_string();
    assert!(
        said.contains("unknown key \"source.map.memos\"\n  did you mean \"memo\"?"),
        "{said}"
    );
    let half = read(&format!("{text}[source.map]\ntime = \"Ngày\"\n")).unwrap_err();
    assert!(half.to_string().contains("names no time, or no amount"));
}
