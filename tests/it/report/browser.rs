//! The page in a real browser: nothing is loaded, only our own script runs, the key figures are
//! there, filters live in the address, and a checker of accessibility finds nothing serious.
//!
//! Needs Chromium (Debian package `chromium`); the test fails without it.

use std::io::Read;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::example;
use super::page;

const CHROMIUM: &str = "/usr/bin/chromium";

pub(super) fn chromium(dir: &Path, args: &[&str], url: &str) -> Output {
    assert!(
        Path::new(CHROMIUM).exists(),
        "{CHROMIUM} is missing: apt-get install chromium (Debian package `chromium`)"
    );
    let profile = dir.join("profile");
    Command::new(CHROMIUM)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args(["--enable-logging=stderr", "--v=0"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(args)
        .arg(url)
        .output()
        .unwrap()
}

fn dom(dir: &Path, html: &str) -> (String, String) {
    dom_at(dir, html, "", &[])
}

/// The page as it stands under an address that ends in `hash`, and the browser's log.
pub(super) fn dom_at(dir: &Path, html: &str, hash: &str, more: &[&str]) -> (String, String) {
    let file = dir.join("index.html");
    std::fs::write(&file, html).unwrap();
    let args = [&["--dump-dom", "--virtual-time-budget=30000"], more].concat();
    let output = chromium(dir, &args, &format!("file://{}{hash}", file.display()));
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8_lossy(&output.stderr).into(),
    )
}

#[test]
fn the_page_is_rendered_and_asks_for_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (dom, log) = dom(dir.path(), &page(&example::undecided()));
    let dom = dom.replace("&nbsp;", " ").replace('\u{a0}', " ");
    for text in [
        "Ngày đối soát 05/12/2022",
        "CHƯA ĐỦ CĂN CỨ",
        "nếu 1 ngoại lệ quyết định",
        "UBND huyện Mộ Đức",
        "49,65 %",
        "49,39 % – 50,16 %",
        "2.645.000 ₫",
        "Đối chiếu tổng",
        "Thiếu phía nhà cung cấp",
        "1.250.00",
    ] {
        assert!(dom.contains(text), "{text}");
    }
    assert!(
        !log.contains("CONSOLE") && !log.contains("Content Security Policy"),
        "the page breaks its policy or its script fails:\n{log}"
    );
}

/// The exceptions that a page in a browser shows, by class.
pub(super) fn shown_classes(dom: &str) -> Vec<String> {
    let rows = dom.split("<tbody class=\"ex ").skip(1);
    let tags = rows.map(|rest| rest.split_once('>').unwrap().0);
    let shown = tags.filter(|tag| !tag.contains("hidden"));
    let class = |tag: &str| {
        let rest = tag.split_once("data-class=\"").unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    shown.map(class).collect()
}

#[test]
fn filters_are_read_from_the_address() {
    let dir = tempfile::tempdir().unwrap();
    let page = page(&example::undecided());
    let classes = |hash: &str| {
        let (dom, log) = dom_at(dir.path(), &page, hash, &[]);
        assert!(!log.contains("CONSOLE"), "{log}");
        shown_classes(&dom)
    };
    let all = classes("");
    assert!(all.len() > 3, "{all:?}");
    let of = |class: &str| -> Vec<String> {
        all.iter()
            .filter(|known| *known == class)
            .cloned()
            .collect()
    };
    let found = classes("#exceptions?class=missing_payment");
    assert!(!found.is_empty() && found.len() < all.len());
    assert_eq!(found, of("missing_payment"));
    // every part narrows, and what nothing fits shows nothing
    assert!(classes("#exceptions?class=missing_payment&age=0").is_empty());
    assert_eq!(classes("#exceptions?class=missing_payment&age=3").len(), 1);
    assert!(classes("#exceptions?min=999999999").is_empty());
    // words are found without marks and case
    let found = classes("#exceptions?q=CHUA%20THAY%20TIEN");
    assert!(found.contains(&"missing_payment".to_owned()) && found.len() < all.len());
    assert!(classes("#exceptions?show=deciding").len() < all.len());
    assert_eq!(classes("#exceptions"), all);
}

/// The page with its policy opened for one more script, which stands at the end.
pub(super) fn driven(html: &str, script: &str) -> String {
    let (head, rest) = html.split_once("script-src '").unwrap();
    let open = format!(
        "{head}script-src 'unsafe-inline' file:{}",
        rest.split_once('\'').unwrap().1
    );
    open.replace("</body>", &format!("{script}</body>"))
}

#[test]
fn filters_are_written_to_the_address_and_matrix_cells_lead_to_them() {
    let dir = tempfile::tempdir().unwrap();
    let script = "<script>addEventListener('load', () => {
        const said = [];
        const box = document.querySelector('[data-key=class]');
        box.value = 'missing_payment';
        box.dispatchEvent(new Event('input', { bubbles: true }));
        said.push(location.hash, document.querySelectorAll('.ex:not([hidden])').length);
        document.getElementById('f-new').click();
        said.push(location.hash);
        document.getElementById('clear').click();
        said.push(location.hash, document.querySelectorAll('.ex[hidden]').length);
        const cell = document.querySelector('[data-of=missing_payment] a');
        said.push(cell.getAttribute('href'));
        document.querySelector('button.copy').click();
        const out = document.createElement('pre');
        out.id = 'said'; out.textContent = said.join(' | ');
        document.body.append(out);
    });</script>";
    let page = driven(&page(&example::undecided()), script);
    let (dom, log) = dom(dir.path(), &page);
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    let said = said.split_once("</pre>").unwrap().0.replace("&amp;", "&");
    assert_eq!(
        said,
        "#exceptions?class=missing_payment | 1 | #exceptions?class=missing_payment&show=new | \
         #exceptions | 0 | #exceptions?class=missing_payment&age=3"
    );
}

#[test]
fn the_page_is_whole_without_script() {
    let dir = tempfile::tempdir().unwrap();
    let page = page(&example::undecided());
    let (with, _) = dom(dir.path(), &page);
    let (head, rest) = page.split_once("script-src '").unwrap();
    let off = format!(
        "{head}script-src 'none'{}",
        rest.split_once('\'').unwrap().1
    );
    let (without, _) = dom(dir.path(), &off);
    assert!(!shown_classes(&with).is_empty());
    assert_eq!(shown_classes(&with), shown_classes(&without));
    let bar = |dom: &str| {
        let tag = dom.split_once("<div class=\"bar\"").unwrap().1;
        tag.split_once('>').unwrap().0.contains("hidden")
    };
    assert!(bar(&without) && !bar(&with), "no control that does nothing");
}

/// Where axe-core is: `DOISOAT_AXE` names its `axe.min.js`.
fn axe() -> Option<String> {
    let Some(path) = std::env::var_os("DOISOAT_AXE") else {
        eprintln!(
            "SKIPPED: the page was not checked with axe-core. Get it with `npm pack axe-core`, \
             unpack it and let DOISOAT_AXE name its axe.min.js"
        );
        return None;
    };
    Some(
        std::fs::read_to_string(&path)
            .unwrap_or_else(|e| panic!("{}: {e}", Path::new(&path).display())),
    )
}

/// The violations that axe-core finds, one a line; all but the minor ones.
fn serious(dir: &Path, axe: &str, html: &str, more: &[&str]) -> String {
    std::fs::write(dir.join("axe.min.js"), axe).unwrap();
    let run = "<script src=\"axe.min.js\"></script><script>addEventListener('load', () => {
        for (const box of document.querySelectorAll('details')) box.open = true;
        axe.run(document).then((found) => {
            const out = document.createElement('pre');
            out.id = 'axe';
            out.textContent = found.violations
                .filter((v) => v.impact !== 'minor')
                .map((v) => v.id + ': ' + v.nodes[0].html.slice(0, 160) + ' ' + v.nodes[0].failureSummary)
                .concat('rules passed: ' + found.passes.length).join('\\n');
            document.body.append(out);
        });
    });</script>";
    let (dom, log) = dom_at(dir, &driven(html, run), "", more);
    let found = dom.split_once("<pre id=\"axe\">").expect(&log).1;
    found.split_once("</pre>").unwrap().0.to_owned()
}

/// What a page makes a browser say.
pub(super) fn console_of(html: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (_, log) = dom(dir.path(), html);
    let said = log.lines().filter(|line| line.contains("CONSOLE"));
    said.collect::<Vec<_>>().join("\n")
}

/// Checks a page with axe-core as it opens, in the dark and on a phone.
pub(super) fn accessible(page: &str) {
    let Some(axe) = axe() else { return };
    let dir = tempfile::tempdir().unwrap();
    let dark = "--blink-settings=preferredColorScheme=0";
    for more in [&[][..], &[dark], &["--window-size=390,844"]] {
        let found = serious(dir.path(), &axe, page, more);
        let passed = found.strip_prefix("rules passed: ");
        let passed = passed.unwrap_or_else(|| panic!("{more:?}: {found}"));
        assert!(passed.parse::<u32>().unwrap() > 20, "{found}");
    }
}

#[test]
fn axe_finds_nothing_serious() {
    let Some(axe) = axe() else { return };
    let dir = tempfile::tempdir().unwrap();
    for scene in [
        example::undecided(),
        example::incomplete(),
        example::untied(),
    ] {
        accessible(&page(&scene));
    }
    // the check can fail
    let broken = page(&example::undecided()).replace("<html lang=\"vi\">", "<html>");
    assert!(serious(dir.path(), &axe, &broken, &[]).contains("html-has-lang"));
}

#[test]
fn the_policy_names_our_style_and_blocks_everything_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let count = Arc::clone(&count);
            // A request is counted by its bytes: an idle connection asks for nothing.
            std::thread::spawn(move || {
                let read = stream.read(&mut [0; 64]).unwrap_or(0);
                count.fetch_add(usize::from(read > 0), Ordering::SeqCst);
            });
        }
    });
    // What an attacker would add if an escape were forgotten somewhere.
    let attack = format!(
        "<img src=\"http://127.0.0.1:{port}/i\"><link rel=stylesheet href=\"http://127.0.0.1:{port}/c\">\
         <script src=\"http://127.0.0.1:{port}/s\"></script><iframe src=\"http://127.0.0.1:{port}/f\"></iframe>\
         <script>document.title='OWNED'</script><style>body{{display:none}}</style></main>"
    );
    let page = page(&example::undecided());
    let attacked = page.replace("</main>", &attack);
    assert_ne!(attacked, page);
    let dir = tempfile::tempdir().unwrap();
    let (dom, log) = dom(dir.path(), &attacked);
    assert!(!dom.contains("<title>OWNED"), "a script ran");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "something was loaded");
    // The same listener counts when the policy is taken away: the test can fail.
    let (head, rest) = attacked.split_once("<meta http-equiv").unwrap();
    let open = format!("{head}{}", rest.split_once('>').unwrap().1);
    let (dom, _) = self::dom(dir.path(), &open);
    assert!(
        dom.contains("<title>OWNED") && asked.load(Ordering::SeqCst) > 0,
        "{log}"
    );
}

/// On a telephone, 390 points wide (a window of Chromium is wider, a frame is not): nothing that
/// tells a share, its bounds or its verdict is beyond the edge, nor is the page wider.
#[test]
fn on_a_telephone_no_figure_of_the_shares_is_off_the_screen() {
    let dir = tempfile::tempdir().unwrap();
    let script = "<script>addEventListener('load', () => {
        const seen = (node) => node.getClientRects().length > 0;
        const what = '.stack td, .stack tbody th, .verdict .key li, .tiles li';
        const off = [...document.querySelectorAll(what)]
            .filter((node) => seen(node) && !node.closest('.off'))
            .map((node) => [node, node.getBoundingClientRect()])
            .filter(([, box]) => box.left < 0 || box.right > innerWidth);
        const told = document.querySelectorAll('#shares .stack td').length;
        const fits = document.documentElement.scrollWidth <= innerWidth;
        const named = off.map(([node]) => node.textContent.trim()).join(' / ');
        parent.postMessage([innerWidth, fits, told > 6, named].join(' | '), '*');
    });</script>";
    let told = |html: &str| {
        std::fs::write(dir.path().join("phone.html"), driven(html, script)).unwrap();
        let frame = "<iframe src=\"phone.html\" width=\"390\" height=\"844\" \
            style=\"border:0\"></iframe><pre id=\"said\"></pre><script>\
            addEventListener('message', (said) => {\
            document.getElementById('said').textContent = said.data; });</script>";
        let (dom, log) = dom(dir.path(), frame);
        let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
        said.split_once("</pre>").unwrap().0.to_owned()
    };
    for scene in [example::undecided(), super::cells::scene()] {
        assert_eq!(told(&page(&scene)), "390 | true | true | ");
    }
    // the test can fail
    let wide = page(&example::undecided()).replace(".stack tr { ", ".stack tr { width: 600px; ");
    assert!(told(&wide).len() > "390 | true | true | ".len());
}

/// What the button of a letter copies is the letter, and the button says that it did.
#[test]
fn a_letter_is_copied_and_the_button_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let script = "<script>addEventListener('load', async () => {
        let copied = '';
        const writeText = async (text) => { copied = text; };
        Object.defineProperty(navigator, 'clipboard', { value: { writeText } });
        const button = document.querySelector('button.copy');
        button.closest('details').open = true;
        const letter = button.parentElement.querySelector('.text').textContent;
        button.click();
        await new Promise((done) => setTimeout(done, 50));
        const out = document.createElement('pre');
        out.id = 'said';
        const said = [copied === letter, letter.length > 80, button.textContent, button.hidden];
        out.textContent = said.join(' | ');
        document.body.append(out);
    });</script>";
    let (dom, log) = dom(dir.path(), &driven(&page(&example::undecided()), script));
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    let said = said.split_once("</pre>").unwrap().0;
    assert_eq!(said, "true | true | Đã chép | false");
}
