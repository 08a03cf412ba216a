//! The graphic of the share on the first screen: its parts stand out from each other by at least
//! 3:1 (WCAG 2.2, 1.4.11), as the stylesheet colours them, on a screen, dark and on paper.

#![allow(
    clippy::disallowed_types,
    clippy::float_arithmetic,
    reason = "the brightness of colours is no money"
)]

use std::collections::BTreeMap;

const CSS: &str = include_str!("../../../src/report/templates/report.css");
const LEAST: f64 = 3.0;

type Colours = BTreeMap<String, [u8; 3]>;

/// The rules of a block that begins so, up to its closing brace.
fn block<'c>(css: &'c str, start: &str) -> &'c str {
    let (_, rest) = css.split_once(start).unwrap_or_else(|| panic!("{start}"));
    let mut depth = 1;
    let end = rest.find(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    &rest[..end.unwrap()]
}

/// The colours that a block names.
fn colours(of: &str) -> Colours {
    let said = of.split([';', '{', '}']).filter_map(|rule| {
        let (name, value) = rule.trim().strip_prefix("--")?.split_once(": #")?;
        let digits: String = match value.len() {
            3 => value.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => value.to_owned(),
        };
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        Some((name.to_owned(), [part(0), part(2), part(4)]))
    });
    said.collect()
}

/// The variable that a property of a class is.
fn variable(class: &str, property: &str) -> String {
    let rule = block(CSS, &format!("\n{class} {{"));
    let (_, value) = rule.split_once(&format!("{property}: var(--")).unwrap();
    value.split(')').next().unwrap().to_owned()
}

fn luminance(colour: [u8; 3]) -> f64 {
    let part = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    let [red, green, blue] = colour.map(part);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let [one, other] = [one, other].map(|colour| luminance(colour) + 0.05);
    one.max(other) / one.min(other)
}

#[test]
fn the_contrast_of_black_and_white_is_known() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast([0x77; 3], [255; 3]) - 4.478).abs() < 1e-3);
}

#[test]
fn the_interval_stands_out_from_its_track_and_from_the_paper() {
    let light = colours(block(CSS, "@media all {"));
    let mut dark = light.clone();
    dark.extend(colours(block(CSS, "(prefers-color-scheme: dark) {")));
    // paper has the light colours: no rule of print names others
    let mut print = light.clone();
    print.extend(colours(block(CSS, "\n@media print {")));
    print.insert("paper".to_owned(), [255; 3]);
    assert_ne!(light, dark);
    let band = variable(".band", "fill");
    let around = [
        variable(".track", "fill"),
        variable(".sheet", "background"),
        variable(".verdict", "background"),
        // the point of the share lies on the band
        variable(".dot", "stroke"),
    ];
    for (name, scheme) in [("light", &light), ("dark", &dark), ("print", &print)] {
        for other in &around {
            let found = contrast(scheme[&band], scheme[other]);
            assert!(found >= LEAST, "{name}: {band} against {other}: {found:.2}");
        }
        // in the trend the outline does it, and the line of the share lies on the fill
        let [line, fill] = [
            variable("#trend .band", "stroke"),
            variable("#trend .band", "fill"),
        ];
        let found = contrast(scheme[&line], scheme["paper"]);
        assert!(found >= LEAST, "{name}: outline of the trend {found:.2}");
        let found = contrast(scheme[&variable(".way", "stroke")], scheme[&fill]);
        assert!(found >= LEAST, "{name}: line of the trend {found:.2}");
    }
}
