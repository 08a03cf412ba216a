//! `[notify]`: defaults, and mistakes with their places.

use crate::config::Config;

fn read(text: &str) -> Result<Config, String> {
    let file = std::path::Path::new("doisoat.toml");
    Config::parse(text, file).map_err(|error| error.to_string())
}

const MAIL: &str = "[[notify.email]]\nhost = \"mail.example.vn\"\nfrom = \"a@example.vn\"\n";

#[test]
fn what_is_left_out_has_a_safe_default() {
    let config = read(&format!("{MAIL}to = [\"B <b@example.vn>\"]\n")).unwrap();
    let [mail] = config.notify.emails.as_slice() else {
        panic!("one")
    };
    assert_eq!((mail.port, mail.tls), (587, super::MailTls::Starttls));
    assert_eq!(mail.attach_bytes_max, 10 * 1024 * 1024);
    assert_eq!(read("").unwrap().notify, super::NotifyConfig::default());
}

#[test]
fn mistakes_are_named_with_their_place() {
    let check = |text: &str, message: &str| {
        let error = read(text).unwrap_err();
        assert!(error.contains(message), "{error}");
    };
    check(MAIL, "notify.email.to is missing");
    for bad in [
        "baocao.example.vn",
        "https://",
        "https://a@b/c",
        "https://a/b?c",
        "http://a/\"b",
    ] {
        let text = format!("[notify]\nlink_base = '{bad}'\n");
        check(&text, "write the address of the report folder");
    }
    let told = read("[notify]\nlink_base = \"http://noi-bo:8080/doisoat/\"\n").unwrap();
    assert_eq!(
        told.notify.link_base.as_deref(),
        Some("http://noi-bo:8080/doisoat")
    );
    check(
        &format!("{MAIL}to = []\n"),
        "doisoat.toml:4:6: notify.email.to is empty",
    );
    check(&format!("{MAIL}to = [\"b\"]\n"), "cannot be read");
    check(
        &format!("{MAIL}to = [\"b@c\\r\\nBcc: x@y\"]\n"),
        "cannot be read",
    );
    check(
        &format!("{MAIL}to = [\"b@c\"]\ntls = \"none\"\n"),
        "in the clear",
    );
    check(
        &format!("{MAIL}to = [\"b@c\"]\nuser = \"a\"\n"),
        "half a login",
    );
    check(
        &format!("{MAIL}to = [\"b@c\"]\nuser = \"a\"\npassword = \"geheim\"\n"),
        "holds the secret itself",
    );
    check(
        &format!("{MAIL}to = [\"b@c\"]\nattach_max = \"10MB\"\n"),
        "write a number and KB",
    );
    check(
        &format!("{MAIL}to = [\"b@c\"]\nattache = []\n"),
        "did you mean \"attach\"?",
    );
    let paper = format!("{MAIL}to = [\"b@c\"]\nattach = [\"pdf\"]\n");
    check(&paper, "doisoat.toml:5:10: notify.email.attach names pdf");
    let with = format!("{paper}[report]\nformats = [\"pdf\"]\n");
    assert_eq!(
        read(&with).unwrap().notify.emails[0].attach,
        [super::Attach::Pdf]
    );
    let hook =
        |url: &str| format!("[[notify.webhook]]\nurl = \"{url}\"\nsecret = {{ env = \"X\" }}\n");
    check(&hook("http://10.0.0.5/x"), "plain http");
    check(&hook("https://169.254.169.254/latest"), "link-local");
    check(&hook("http://127.0.0.1:1/x"), "allow_loopback");
    check(
        "[[notify.webhook]]\nurl = \"https://a.vn/x\"\n",
        "secret is missing",
    );
    check(
        "[notify.ping]\nurl = \"file:///etc/passwd\"\n",
        "only https",
    );
}
