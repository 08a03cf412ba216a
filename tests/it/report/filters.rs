//! The filters of the work list in a browser: by field, by agency, by who has it; what a screen
//! reader is told; reached with the keyboard alone.

use doisoat::domain::{AgencyCode, RowKey};

use super::browser::{dom_at, driven, shown_classes};
use super::{example, page};

/// The example with fields, and with one row given to somebody.
fn scene() -> example::Scene {
    let mut scene = example::undecided();
    for (code, field) in [
        ("H48.18.22-221205-0009", "DD"),
        ("H48.18.21-221201-0007", "HT"),
    ] {
        let of = |fee: &&mut doisoat::domain::Fee| fee.dossier_code.as_str() == code;
        for fee in scene.inputs.fees.iter_mut().filter(of) {
            fee.more.field_code = Some(field.into());
        }
    }
    let row = |class: &str| -> RowKey {
        let mut rows = scene.settlement.rows.iter();
        rows.find(|row| row.class == class).unwrap().key.clone()
    };
    let mut assigned = vec![
        (row("missing_payment"), "Lê Văn Bình".into()),
        (row("unidentified"), "Hà".into()),
    ];
    assigned.sort();
    scene.facts.page.assigned = assigned;
    scene
}

#[test]
fn the_list_is_filtered_by_field_agency_and_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let page = page(&scene());
    let classes = |query: &str| {
        let (dom, log) = dom_at(dir.path(), &page, &format!("#exceptions{query}"), &[]);
        assert!(!log.contains("CONSOLE"), "{log}");
        shown_classes(&dom)
    };
    let all = classes("");
    assert_eq!(classes("?field=HT"), ["missing_payment"]);
    assert_eq!(classes("?field=DD"), ["underpaid"]);
    assert_eq!(classes("?who=H%C3%A0"), ["unidentified"]);
    assert_eq!(
        classes("?who=L%C3%AA+V%C4%83n+B%C3%ACnh"),
        ["missing_payment"]
    );
    assert_eq!(
        classes("?field=HT&who=L%C3%AA+V%C4%83n+B%C3%ACnh"),
        ["missing_payment"]
    );
    assert!(classes("?field=DD&who=H%C3%A0").is_empty());
    // what nobody has, and what tells no field
    let nobody = classes("?who=-");
    assert_eq!(nobody.len(), all.len() - 2);
    assert!(!nobody.contains(&"unidentified".to_owned()));
    assert_eq!(classes("?field=-").len(), all.len() - 2);
    // a payment that names no dossier is of no agency
    let none = classes("?agency=-");
    assert!(none.contains(&"unidentified".to_owned()) && none.len() < all.len());
    let agency = classes("?agency=X%C3%A3+%C4%90%E1%BB%A9c+L%E1%BB%A3i");
    assert!(agency.contains(&"underpaid".to_owned()) && agency.len() < all.len());
}

#[test]
fn a_filter_without_values_is_not_offered() {
    let plain = page(&example::undecided());
    assert!(
        !plain.contains("data-key=\"field\""),
        "no dossier tells a field"
    );
    assert!(plain.contains("<option value=\"-\">Chưa giao</option>"));
    let told = page(&scene());
    for text in [
        "<option value=\"DD\">DD</option>",
        "<option value=\"Hà\">Hà</option>",
        "Người phụ trách: Lê Văn Bình",
    ] {
        assert!(told.contains(text), "{text}");
    }
}

/// Every control can be reached with the keyboard and has a name; what is shown is said in a place
/// that is there before anything is chosen.
#[test]
fn filters_are_named_reached_and_heard() {
    let dir = tempfile::tempdir().unwrap();
    let script = "<script>addEventListener('load', () => {
        const said = [], shown = document.getElementById('shown');
        said.push(shown.getAttribute('role'), shown.hidden, JSON.stringify(shown.textContent));
        const bar = document.querySelectorAll('#bar select, #bar input, #bar button');
        for (const control of bar) {
            control.focus();
            const named = control.labels?.length || control.textContent;
            if (document.activeElement !== control || !named) said.push('lost ' + control.outerHTML);
        }
        const choose = (key, value) => {
            const box = document.querySelector('[data-key=' + key + ']');
            box.value = value;
            box.dispatchEvent(new Event('input', { bubbles: true }));
            said.push(location.hash, shown.textContent.split(',')[0]);
        };
        choose('field', 'HT');
        choose('who', '-');
        document.getElementById('clear').click();
        said.push(location.hash, shown.textContent.split(',')[0]);
        const out = document.createElement('pre');
        out.id = 'said'; out.textContent = said.join(' | ');
        document.body.append(out);
    });</script>";
    let (dom, log) = dom_at(dir.path(), &driven(&page(&scene()), script), "", &[]);
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    let said = said.split_once("</pre>").unwrap().0.replace("&amp;", "&");
    let all = shown_classes(&dom).len();
    assert_eq!(
        said,
        format!(
            "status | false | \"\" | #exceptions?field=HT | Đang hiện 1 trên {all} ngoại lệ | \
             #exceptions?field=HT&who=- | Đang hiện 0 trên {all} ngoại lệ | #exceptions | \
             Đang hiện {all} trên {all} ngoại lệ"
        )
    );
}

#[test]
fn agencies_of_the_list_are_named_once() {
    let scene = scene();
    let code = AgencyCode::new("H48.18.22");
    assert!(
        scene
            .inputs
            .agencies
            .iter()
            .any(|agency| agency.code == code)
    );
    let told = page(&scene);
    let options = told.split_once("data-key=\"agency\"").unwrap().1;
    let options = options.split_once("</select>").unwrap().0;
    assert_eq!(options.matches(">Xã Đức Lợi<").count(), 1);
    assert_eq!(options.matches(">Không rõ cơ quan<").count(), 1);
}
