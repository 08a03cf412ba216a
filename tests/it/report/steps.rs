//! The filters of the work list over time: "back" undoes a step, an address that fits nothing of
//! the list is told, and words are found as people mean them.

use super::browser::{dom_at, driven, shown_classes};
use super::{example, page};

/// What a script says of the page that opens under `hash`.
fn said(hash: &str, script: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let script = format!(
        "<script>addEventListener('load', async () => {{
        const said = [], shown = document.getElementById('shown');
        const wait = (ms) => new Promise((done) => setTimeout(done, ms));
        const rows = () => document.querySelectorAll('.ex:not([hidden])').length;
        const box = (key) => document.querySelector('[data-key=' + key + ']');
        const choose = (key, value) => {{
            box(key).value = value;
            box(key).dispatchEvent(new Event('input', {{ bubbles: true }}));
        }};
        const back = async () => {{ history.back(); await wait(300); }};
        {script}
        const out = document.createElement('pre');
        out.id = 'said'; out.textContent = said.join(' | ');
        document.body.append(out);
    }});</script>"
    );
    let html = driven(&page(&example::undecided()), &script);
    let (dom, log) = dom_at(dir.path(), &html, hash, &[]);
    assert!(!log.contains("CONSOLE"), "{log}");
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    said.split_once("</pre>").unwrap().0.replace("&amp;", "&")
}

#[test]
fn back_undoes_a_step_and_typing_is_one() {
    let told = said(
        "",
        "const all = rows();
        choose('class', 'missing_payment');
        document.getElementById('f-new').click();
        said.push(location.hash);
        await back();
        said.push(location.hash, document.getElementById('f-all').checked, rows());
        await back();
        said.push(location.hash, box('class').value, rows() === all, shown.textContent);
        history.forward();
        await wait(300);
        said.push(location.hash, box('class').value, rows());
        for (const text of ['c', 'ch', 'chưa']) { choose('q', text); await wait(50); }
        await wait(900);
        said.push(decodeURIComponent(location.hash));
        await back();
        said.push(box('q').value, location.hash);",
    );
    assert_eq!(
        told,
        "#exceptions?class=missing_payment&show=new | #exceptions?class=missing_payment | true | 1 \
         |  |  | true |  | #exceptions?class=missing_payment | missing_payment | 1 | \
         #exceptions?class=missing_payment&q=chưa |  | #exceptions?class=missing_payment"
    );
}

#[test]
fn filters_that_fit_nothing_of_the_list_are_told() {
    let shown = "said.push(shown.textContent, rows(), box('class').value);";
    let all = said("", "said.push(rows());");
    let told = said("#exceptions?class=nope", shown);
    let strange = "Địa chỉ có bộ lọc không có trong danh sách này: ";
    let start = format!("{strange}Loại = nope. Đang hiện 0 trên {all} ngoại lệ, ");
    assert!(
        told.starts_with(&start) && told.ends_with(" | 0 | nope"),
        "{told}"
    );
    for (query, name) in [
        ("colour=red", "colour = red"),
        ("show=nobody", "show = nobody"),
        ("min=abc", "Từ số tiền (đồng) = abc"),
    ] {
        let told = said(&format!("#exceptions?{query}"), shown);
        let start = format!("{strange}{name}.");
        assert!(told.starts_with(&start), "{told}");
        assert!(told.contains(&format!(" | {all} | ")), "{told}");
    }
    // the next choice is told alone
    let told = said(
        "#exceptions?colour=red",
        "choose('class', 'missing_payment'); said.push(shown.textContent, location.hash);",
    );
    assert!(told.starts_with("Đang hiện 1 trên "), "{told}");
    // nothing of the address is taken for markup or for a pattern
    let told = said("#exceptions?class=%3Cb%3E%24%26", shown);
    assert!(told.contains("Loại = &lt;b&gt;$&."), "{told}");
}

/// Words in a row, in one cell or paragraph; with their marks where they are typed with them.
#[test]
fn words_are_found_as_people_mean_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut scene = example::undecided();
    for agency in &mut scene.inputs.agencies {
        match agency.code.as_str() {
            "H48.18.22" => agency.name = "Xã Đức Lợi".into(),
            "H48.18.21" => agency.name = "Xã Đức Lời".into(),
            _ => {}
        }
    }
    let html = page(&scene);
    let found = |query: &str| {
        let hash = format!("#exceptions?q={query}");
        let (dom, log) = dom_at(dir.path(), &html, &hash, &[]);
        assert!(!log.contains("CONSOLE"), "{log}");
        shown_classes(&dom)
    };
    let all = found("");
    let of_agency = found("%C4%90%E1%BB%A9c%20L%E1%BB%A3i");
    assert!(!of_agency.is_empty() && of_agency.len() < all.len());
    // the last word may begin only; the words stand in this order, and with all their marks
    assert_eq!(of_agency, found("%C4%91%E1%BB%A9c%20l%E1%BB%A3"));
    assert!(found("L%E1%BB%A3i%20%C4%90%E1%BB%A9c").is_empty());
    // "lời" is no "lợi"; by its letters alone it may be either
    let [marked, other, either] = ["l%E1%BB%A3i", "l%E1%BB%9Di", "LOI"].map(found);
    assert_eq!(marked, of_agency);
    assert!(!other.is_empty() && other != marked, "{other:?}");
    let is_either = |class: &&String| marked.contains(class) || other.contains(class);
    let both: Vec<String> = all.iter().filter(is_either).cloned().collect();
    assert_eq!(either, both);
    assert_eq!(either, found("duc%20loi"));
    // in one cell: the class and the agency stand in two, which a comma joins
    assert!(found("thieu%20duc%20loi").is_empty());
    let joined = found("thieu%2C%20duc%20loi");
    assert!(joined.contains(&"missing_payment".to_owned()) && joined.len() < either.len());
    // codes and amounts are found by any part, and several phrases by a comma
    assert_eq!(found("0009"), ["underpaid"]);
    let both = found("%C4%91%E1%BB%A9c%20l%E1%BB%A3i%2C%200009");
    assert_eq!(both, ["underpaid"]);
}
