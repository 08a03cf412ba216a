//! Splits Rust text into code, comments and string contents, keeping every line where it was.

/// One Rust text seen three ways; each has the lines and columns of the original, with blanks in
/// place of what does not belong to the view.
#[derive(Debug, Default)]
pub(crate) struct Views {
    /// Code without comments and without the contents of strings.
    pub code: String,
    /// Comments only.
    pub comments: String,
    /// String contents only.
    pub strings: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Text,
}

struct Lexer<'a> {
    chars: &'a [char],
    at: usize,
    views: Views,
}

/// Splits `text`; unfinished comments and strings run to the end.
pub(crate) fn split(text: &str) -> Views {
    let chars: Vec<char> = text.chars().collect();
    let mut lexer = Lexer {
        chars: &chars,
        at: 0,
        views: Views::default(),
    };
    while lexer.at < chars.len() {
        lexer.step();
    }
    lexer.views
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn push(&mut self, kind: Kind, count: usize) {
        for _ in 0..count {
            let Some(&c) = self.chars.get(self.at) else {
                return;
            };
            let blank = if c == '\n' { '\n' } else { ' ' };
            let keep = |wanted| if kind == wanted { c } else { blank };
            self.views.code.push(keep(Kind::Code));
            self.views.comments.push(keep(Kind::Comment));
            self.views.strings.push(keep(Kind::Text));
            self.at += 1;
        }
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(),
            ('\'', _) => self.quote(),
            (c, _) if c.is_alphabetic() || c == '_' => self.word(),
            _ => self.push(Kind::Code, 1),
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.chars.len() && self.peek(0) != '\n' {
            self.push(Kind::Comment, 1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.chars.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => {
                    depth += 1;
                    self.push(Kind::Comment, 2);
                }
                ('*', '/') => {
                    depth -= 1;
                    self.push(Kind::Comment, 2);
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.push(Kind::Comment, 1),
            }
        }
    }

    fn string(&mut self) {
        self.push(Kind::Code, 1);
        while self.at < self.chars.len() && self.peek(0) != '"' {
            let step = if self.peek(0) == '\\' { 2 } else { 1 };
            self.push(Kind::Text, step);
        }
        self.push(Kind::Code, 1);
    }

    /// A lifetime (`'a`) or a character (`'a'`, `'\n'`, `'"'`).
    fn quote(&mut self) {
        if self.peek(1) == '\\' {
            self.push(Kind::Code, 1);
            self.push(Kind::Text, 2);
            while self.at < self.chars.len() && self.peek(0) != '\'' {
                self.push(Kind::Text, 1);
            }
            self.push(Kind::Code, 1);
        } else if self.peek(2) == '\'' {
            self.push(Kind::Code, 1);
            self.push(Kind::Text, 1);
            self.push(Kind::Code, 1);
        } else {
            self.push(Kind::Code, 1);
        }
    }

    /// A word; `r"`, `br#"` and their like start a raw string.
    fn word(&mut self) {
        let start = self.at;
        let mut end = start;
        while self
            .chars
            .get(end)
            .is_some_and(|c| c.is_alphanumeric() || *c == '_')
        {
            end += 1;
        }
        let word: String = self.chars[start..end].iter().collect();
        self.push(Kind::Code, end - start);
        if !matches!(word.as_str(), "r" | "br" | "cr") {
            return;
        }
        let mut hashes = 0;
        while self.peek(hashes) == '#' {
            hashes += 1;
        }
        if self.peek(hashes) == '"' {
            self.push(Kind::Code, hashes + 1);
            self.raw_string(hashes);
        }
    }

    fn raw_string(&mut self, hashes: usize) {
        while self.at < self.chars.len() {
            let closes = self.peek(0) == '"' && (1..=hashes).all(|i| self.peek(i) == '#');
            if closes {
                self.push(Kind::Code, hashes + 1);
                return;
            }
            self.push(Kind::Text, 1);
        }
    }
}

/// Whether `c` can stand inside a Rust name.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Byte positions at which `word` stands as a whole name or path in `text`.
pub(crate) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            let starts_name = word.starts_with(is_name);
            let ends_name = word.ends_with(is_name);
            let inside_name = (starts_name && before.is_some_and(is_name))
                || (ends_name && after.is_some_and(is_name));
            !inside_name
        })
}

/// The line, from 1, of a byte position.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// `code` without the items under `#[cfg(test)]`.
pub(crate) fn without_tests(code: &str) -> String {
    let mut live = code.to_owned();
    let mut from = 0;
    while let Some(found) = live[from..].find("#[cfg(test)]") {
        let start = from + found;
        let end = end_of_item(&live, start + "#[cfg(test)]".len());
        let blank: String = live[start..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        live.replace_range(start..end, &blank);
        from = start;
    }
    live
}

/// The byte after the item that starts at `from`: after its `;`, or after its closing brace.
pub(crate) fn end_of_item(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (i, c) in code[from..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return from + i + 1;
                }
            }
            ';' if depth == 0 => return from + i + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let check = |text: &str, code: &str, comments: &str, strings: &str| {
        let views = split(text);
        assert_eq!(views.code.trim(), code, "code of {text}");
        assert_eq!(views.comments.trim(), comments, "comments of {text}");
        assert_eq!(views.strings.trim(), strings, "strings of {text}");
    };
    check("let a; // b", "let a;", "// b", "");
    check("/* a /* b */ c */ d", "d", "/* a /* b */ c */", "");
    check(r#"f("a // b")"#, r#"f("      ")"#, "", "a // b");
    check(r#"f("\"x")"#, r#"f("   ")"#, "", r#"\"x"#);
    check(r##"f(r#"a"b"#)"##, r##"f(r#"   "#)"##, "", r#"a"b"#);
    check("fn f<'a>(x: &'a str)", "fn f<'a>(x: &'a str)", "", "");
    check(r#"c == '"' || d"#, "c == ' ' || d", "", "\"");
    check(r"c == '\'' || d", r"c == '  ' || d", "", r"\'");
}

#[test]
fn test_items_are_left_out() {
    let code =
        "fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\n#[cfg(test)]\nmod c;\nfn d() {}\n";
    let live = without_tests(code);
    assert_eq!(
        live.split_whitespace().collect::<Vec<_>>(),
        ["fn", "a()", "{}", "fn", "d()", "{}"]
    );
    assert_eq!(live.lines().count(), code.lines().count());
}
