//! A configuration whose database, archive and reports lie beside it, wherever they were: what a
//! backup holds, so that a restored folder is about itself and never about the installation that
//! is still at work.

use toml::de::DeTable;

/// Table, key, and what stands there in a folder of its own.
const PLACES: [(&str, &str, &str); 3] = [
    ("database", "url", "\"sqlite://doisoat.db\""),
    ("archive", "dir", "\"archive\""),
    ("report", "dir", "\"reports\""),
];

/// The text with these places beside the file; above it what was written there, where that was
/// something else. Text that is no TOML comes back as it is.
pub fn at_home(text: &str) -> String {
    let Ok(root) = DeTable::parse(text) else {
        return text.to_owned();
    };
    let mut edits = Vec::new();
    for (table, key, home) in PLACES {
        let section = root
            .get_ref()
            .get(table)
            .and_then(|it| it.get_ref().as_table());
        let Some(value) = section.and_then(|section| section.get(key)) else {
            continue;
        };
        let span = value.span();
        let was = text.get(span.clone()).unwrap_or_default();
        if was != home {
            edits.push((span, format!("[{table}] {key}"), was, home));
        }
    }
    if edits.is_empty() {
        return text.to_owned();
    }
    edits.sort_by_key(|(span, ..)| span.start);
    let mut copy = String::from(
        "# Saved by `doisoat backup`: database, archive and reports are those beside this file.\n\
         # Where it was saved from:\n",
    );
    for (_, place, was, _) in &edits {
        let was = was.split_whitespace().collect::<Vec<_>>().join(" ");
        copy.extend(["#   ", place, " = ", &was, "\n"]);
    }
    let mut from = 0;
    for (span, _, _, home) in edits {
        copy.extend([text.get(from..span.start).unwrap_or_default(), home]);
        from = span.end;
    }
    copy + text.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::at_home;
    use crate::config::Config;

    #[test]
    fn places_elsewhere_come_home_and_the_rest_stays() {
        let text = "lang = \"en\" # mine\nreport.dir = '/srv/reports'\n[database]\n\
                    url = \"sqlite:///data/thu-phi.db\" # disk two\n[archive]\ndir = \"../kho\"\n";
        let copy = at_home(text);
        let (head, body) = copy.split_once("lang").unwrap();
        assert_eq!(head.lines().count(), 5, "{head}");
        assert!(head.lines().all(|line| line.starts_with("# ")), "{head}");
        assert!(head.contains("#   [database] url = \"sqlite:///data/thu-phi.db\"\n"));
        assert!(
            body.contains("url = \"sqlite://doisoat.db\" # disk two\n"),
            "{body}"
        );
        let config = Config::parse(&copy, Path::new("/new/doisoat.toml")).unwrap();
        assert_eq!(config.database.label(), "sqlite:///new/doisoat.db");
        assert_eq!(config.archive_dir, Path::new("/new/archive"));
        assert_eq!(config.report_dir, Path::new("/new/reports"));
        for plain in [
            "",
            "lang = \"vi\"\n",
            "[database]\nurl = \"sqlite://doisoat.db\"\n",
            "= no",
        ] {
            assert_eq!(at_home(plain), plain);
        }
        let hidden = at_home("[database]\nurl = { env = \"DOISOAT_DATABASE_URL\" }\n");
        assert!(
            hidden.ends_with("[database]\nurl = \"sqlite://doisoat.db\"\n"),
            "{hidden}"
        );
    }
}
