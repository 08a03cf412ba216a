//! What a narrow screen does with wide things: candidates side by side keep their headings and
//! their empty cells, and a very long word makes no page wider than the screen.

use super::browser::{dom_at, driven};
use super::{example, page};

/// What a script says of a page in a frame that is `width` points wide: a window of Chromium is
/// wider than a telephone, a frame is not.
fn framed(html: &str, width: u32, script: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let script = format!(
        "<script>addEventListener('load', () => {{
        const said = [];
        {script}
        parent.postMessage(said.join(' | '), '*');
    }});</script>"
    );
    std::fs::write(dir.path().join("inner.html"), driven(html, &script)).unwrap();
    let frame = format!(
        "<iframe src=\"inner.html\" width=\"{width}\" height=\"800\" style=\"border:0\"></iframe>\
         <pre id=\"said\"></pre><script>addEventListener('message', (said) => {{\
         document.getElementById('said').textContent = said.data; }});</script>"
    );
    let (dom, log) = dom_at(dir.path(), &frame, "", &[]);
    let said = dom.split_once("<pre id=\"said\">").expect(&log).1;
    said.split_once("</pre>").unwrap().0.to_owned()
}

const SIDE_BY_SIDE: &str = "
    const all = [...document.querySelectorAll('.compare')];
    for (const one of all) one.open = true;
    const heads = all.map((one) => [...one.querySelectorAll('thead td, thead th')]);
    const place = (cell) => cell.getBoundingClientRect();
    let cells = 0, empty = 0, astray = 0, unseen = 0;
    all.forEach((one, at) => {
        for (const head of heads[at]) if (place(head).height < 8) unseen += 1;
        for (const row of one.querySelectorAll('tbody tr')) {
            const own = [...row.children];
            if (own.length !== heads[at].length) astray += 1;
            own.forEach((cell, nth) => {
                cells += 1;
                if (!cell.textContent.trim()) empty += 1;
                if (Math.abs(place(cell).left - place(heads[at][nth]).left) > 1) astray += 1;
                if (!place(cell).width) astray += 1;
            });
        }
    });
    said.push(innerWidth, all.length > 0, cells > 12, empty > 0, unseen, astray,
        document.documentElement.scrollWidth <= innerWidth);";

#[test]
fn candidates_keep_their_columns_on_a_telephone() {
    let html = page(&example::undecided());
    let good = |width| format!("{width} | true | true | true | 0 | 0 | true");
    for width in [360, 1366] {
        assert_eq!(framed(&html, width, SIDE_BY_SIDE), good(width));
    }
    // the test can fail: headings hidden, and empty cells that let the next one take their place
    let hidden = html.replace(".list .compare thead { display: table-header-group; }", "");
    assert_ne!(framed(&hidden, 360, SIDE_BY_SIDE), good(360));
    let flowing = html.replace(".ex .compare tr { display: table-row; }", "");
    assert_ne!(framed(&flowing, 360, SIDE_BY_SIDE), good(360));
}

/// A code of ten thousand characters, in the cell of a table and in what only a screen reader
/// reads.
#[test]
fn a_very_long_code_makes_no_page_wider_than_the_screen() {
    let mut scene = example::undecided();
    let code = "X".repeat(10_000);
    for fee in &mut scene.inputs.fees {
        fee.more.field_code = Some(code.as_str().into());
        fee.procedure_code = code.as_str().into();
    }
    let mut cells = super::cells::scene();
    for share in &mut cells.settlement.breakdown {
        if let Some(cell) = &mut share.cell {
            cell.value = code.as_str().into();
        }
    }
    let script = "for (const box of document.querySelectorAll('details')) box.open = true;
        const wide = [...document.querySelectorAll('table')].filter((table) => table.offsetWidth > 2500);
        said.push(innerWidth, document.documentElement.scrollWidth <= innerWidth, wide.length,
            document.documentElement.outerHTML.includes('X'.repeat(10000)));";
    for scene in [scene, cells] {
        for width in [360, 1366] {
            let told = framed(&page(&scene), width, script);
            // on a laptop a table may be wider than the screen, within its own box that scrolls
            let [_, fits, wide, whole] = told.split(" | ").collect::<Vec<_>>()[..] else {
                panic!("{told}");
            };
            assert_eq!((fits, whole), ("true", "true"), "{told}");
            assert!(width > 360 || wide == "0", "{told}");
        }
    }
}
