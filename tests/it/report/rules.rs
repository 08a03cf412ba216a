//! The rules of accessibility on the page in a browser, judged by our own script, which always
//! runs: names, labels, references, headings, landmarks, tables, contrast, focus. Then the same
//! page without colours: what is told must be told by words or shapes.

use std::path::Path;

use serde_json::Value;

use super::browser::{dom_at, driven};
use super::example::{self, Scene};
use super::page;

const RULES: &str = include_str!("rules/rules.js");

/// What the script says of a page.
fn said(dir: &Path, html: &str, ask: &str, more: &[&str]) -> Value {
    let script = format!(
        "<script>{RULES}\naddEventListener('load', () => {{
        const out = document.createElement('pre');
        const answer = JSON.stringify({ask});
        out.id = 'said'; out.textContent = answer;
        document.body.append(out);
    }});</script>"
    );
    let (dom, log) = dom_at(dir, &driven(html, &script), "", more);
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    let said = said.split_once("</pre>").unwrap().0;
    let plain = said.replace("&lt;", "<").replace("&gt;", ">");
    let plain = plain.replace("&nbsp;", " ").replace("&amp;", "&");
    serde_json::from_str(&plain).unwrap()
}

fn broken(dir: &Path, html: &str, grey: bool, more: &[&str]) -> Vec<String> {
    let lines = said(dir, html, &format!("broken({grey})"), more);
    let lines = lines.as_array().unwrap().iter();
    lines
        .map(|line| line.as_str().unwrap().to_owned())
        .collect()
}

const DARK: &str = "--blink-settings=preferredColorScheme=0";
const PHONE: &str = "--window-size=390,844";

fn scenes() -> [Scene; 4] {
    let mut red = example::incomplete();
    red.facts.sources[0].facts.trouble = Some("không trả lời".into());
    [
        super::cells::scene(),
        red,
        example::untied(),
        example::met(),
    ]
}

#[test]
fn the_page_breaks_no_rule_of_accessibility() {
    let dir = tempfile::tempdir().unwrap();
    let nothing: [String; 0] = [];
    for (nth, scene) in scenes().iter().enumerate() {
        let html = page(scene);
        for more in [&[][..], &[DARK], &[PHONE]] {
            let found = broken(dir.path(), &html, false, more);
            assert_eq!(found, nothing, "scene {nth} {more:?}");
        }
    }
}

/// The page with its policy, which names the style by its hash, opened for a changed one.
fn restyled(html: &str) -> String {
    let (head, rest) = html.split_once("style-src '").unwrap();
    format!(
        "{head}style-src 'unsafe-inline'{}",
        rest.split_once('\'').unwrap().1
    )
}

/// Each rule finds what breaks it.
#[test]
fn every_rule_of_accessibility_can_fail() {
    let dir = tempfile::tempdir().unwrap();
    let html = page(&example::undecided());
    let body = |add: &str| html.replacen("</main>", &format!("{add}</main>"), 1);
    for (rule, page) in [
        ("lang", html.replace("<html lang=\"vi\">", "<html>")),
        (
            "one-main",
            html.replace("<main", "<div").replace("</main>", "</div>"),
        ),
        ("heading-order", body("<h5>x</h5>")),
        ("landmark-name", body("<section><p>x</p></section>")),
        ("duplicate-id", body("<p id=\"shares\">x</p>")),
        ("reference", body("<p aria-labelledby=\"nowhere\">x</p>")),
        ("dead-link", body("<p><a href=\"#nowhere\">x</a></p>")),
        ("name", body("<button></button>")),
        ("name", body("<input type=\"text\">")),
        ("drawing", body("<svg viewBox=\"0 0 1 1\"></svg>")),
        (
            "table-name",
            body("<table><tr><th scope=\"col\">x</th></tr></table>"),
        ),
        (
            "table-header",
            body("<table><caption>x</caption><tr><th>x</th></tr></table>"),
        ),
        ("list", body("<ul><p>x</p></ul>")),
        ("tabindex", body("<p tabindex=\"3\">x</p>")),
        (
            "zoom",
            html.replace(
                "name=\"viewport\" content=\"",
                "name=\"viewport\" content=\"user-scalable=no,",
            ),
        ),
        (
            "contrast",
            html.replace("--soft: #51606f", "--soft: #a5b2be"),
        ),
        (
            "focus",
            html.replace("outline: 3px solid var(--blue)", "outline: none"),
        ),
    ] {
        assert_ne!(page, html, "{rule}");
        let found = broken(dir.path(), &restyled(&page), false, &[]);
        let is_it = |line: &String| line.starts_with(rule);
        assert!(found.iter().any(is_it), "{rule}: {found:?}");
    }
}

/// On a black-and-white printer, and for eyes without colours: texts stand out by lightness alone.
#[test]
fn without_colours_every_text_stands_out() {
    let dir = tempfile::tempdir().unwrap();
    let nothing: [String; 0] = [];
    for scene in scenes() {
        let html = page(&scene);
        for more in [&[][..], &[DARK]] {
            assert_eq!(broken(dir.path(), &html, true, more), nothing, "{more:?}");
        }
    }
    // a red and a green of one lightness are told apart by eyes, not by a printer
    let alike = page(&example::missed());
    let alike = alike.replace("--red: #a31f1f", "--red: #d06060");
    let found = broken(dir.path(), &restyled(&alike), true, &[]);
    assert!(
        found.iter().any(|line| line.starts_with("contrast")),
        "{found:?}"
    );
}

fn told(dir: &Path, scene: &Scene, more: &[&str]) -> Value {
    said(dir, &page(scene), "told()", more)
}

/// Verdict, states and the direction of a change never hang on a colour: each has its own word,
/// mark or shape, also where the system forces its own colours.
#[test]
fn what_colours_tell_is_told_without_them() {
    let dir = tempfile::tempdir().unwrap();
    let forced = "--force-high-contrast";
    let text = |of: &Value| of.as_str().unwrap().to_owned();
    let list = |of: &Value| -> Vec<String> { of.as_array().unwrap().iter().map(text).collect() };
    for more in [&[][..], &[forced]] {
        let scenes = [example::met(), example::missed(), example::undecided()];
        let all: Vec<Value> = scenes.iter().map(|of| told(dir.path(), of, more)).collect();
        let verdicts: Vec<String> = all.iter().map(|one| text(&one["verdict"])).collect();
        let marks: std::collections::BTreeSet<&str> = verdicts
            .iter()
            .map(|verdict| verdict.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            marks.len(),
            3,
            "each verdict has its own mark: {verdicts:?}"
        );
        for (verdict, word) in verdicts.iter().zip(["ĐẠT", "CHƯA ĐẠT", "CHƯA ĐỦ CĂN CỨ"])
        {
            assert!(verdict.contains(word), "{verdict}");
        }
        let night = &all[2];
        for tag in night["tags"].as_array().unwrap() {
            assert!(!text(&tag[1]).is_empty(), "{tag}");
        }
        let changes = list(&night["changes"]);
        let way = |said: &String| {
            ["+", "−", "không đổi", "chưa có"]
                .iter()
                .any(|w| said.contains(w))
        };
        assert!(
            !changes.is_empty() && changes.iter().all(way),
            "{changes:?}"
        );
        // the target is a broken line, the proven interval an unbroken one
        assert_ne!(text(&night["goal"]), text(&night["whisker"]));
        assert_eq!(text(&night["whisker"]), "none");
        let untied = told(dir.path(), &example::untied(), more);
        let bad = list(&untied["bad"]);
        let marked = |said: &String| said.contains('✕');
        assert!(!bad.is_empty() && bad.iter().all(marked), "{bad:?}");
        let banners = list(&untied["banners"]);
        let marked = |said: &String| said.contains('✕') || said.contains('▲');
        assert!(
            !banners.is_empty() && banners.iter().all(marked),
            "{banners:?}"
        );
    }
}
