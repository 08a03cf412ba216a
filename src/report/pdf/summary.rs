//! The summary of a report as a paper: verdict with its share and figures, what decides it, the
//! totals of each source, shares, open items, sources, definitions and who signs. Each figure is
//! one that the page shows.

use crate::kpi::definition;
use crate::report::facts::Figure;
use crate::report::forms::{Align, Block, Cell, Grid, Line, Paper, Row, Scale};
use crate::report::model::{Banner, ExceptionView, Level, Report, Tile, count};
use crate::text;

mod lines;
mod money;
mod parts;
mod shares;

/// The paper.
pub(super) fn paper(report: &Report) -> Paper {
    let made = Maker { r: report };
    let mut blocks = Vec::new();
    made.heading(&mut blocks);
    made.banners(&mut blocks, Level::Red);
    blocks.push(Block::Boxes(vec![made.verdict()]));
    blocks.push(Block::Boxes(report.tiles.iter().map(tile).collect()));
    made.banners(&mut blocks, Level::Amber);
    made.banners(&mut blocks, Level::Note);
    made.first_work(&mut blocks);
    // what is of the last night alone stands behind what is of the period
    let night = report.night_heading();
    if night.is_some() {
        made.of_period(&mut blocks);
    }
    made.ties(&mut blocks);
    if report.untold.is_none() {
        made.carries(&mut blocks);
        made.flows(&mut blocks);
    }
    made.balances(&mut blocks);
    if night.is_none() {
        made.of_period(&mut blocks);
    }
    made.instruments(&mut blocks);
    if night.is_some() {
        made.sources(&mut blocks);
    }
    if let Some([heading, intro]) = &night {
        blocks.push(Block::Line(Line::section(heading.as_str())));
        blocks.push(Block::Line(Line::left(intro.as_str()).sized(Scale::Small)));
    }
    made.ages(&mut blocks);
    made.exceptions(&mut blocks);
    if night.is_none() {
        made.sources(&mut blocks);
    }
    made.annex(&mut blocks);
    made.signatures(&mut blocks);
    Paper {
        title: made.title(),
        lang: report.lang,
        landscape: false,
        blocks,
    }
}

fn tile(tile: &Tile) -> Vec<Line> {
    let small = |text: &String| Line::middle(text.as_str()).sized(Scale::Small);
    let mut lines = vec![
        small(&tile.label),
        Line::middle(tile.value.as_str())
            .strong()
            .sized(Scale::Large),
    ];
    let rest = [&tile.note, &tile.change, &tile.change_month];
    lines.extend(rest.into_iter().filter(|text| !text.is_empty()).map(small));
    lines
}

fn said(blocks: &mut Vec<Block>, heading: String, said: &str) {
    blocks.push(Block::Line(Line::section(heading)));
    blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
}

/// A column of a table: the message with its name, and its part of the width.
type Column = (&'static str, u32);

/// The columns of exceptions, in full or a line each.
const EXCEPTION_COLUMNS: [Column; 5] = [
    ("column-class", 38),
    ("column-row", 28),
    ("column-agency", 34),
    ("column-age", 11),
    ("column-money-at-risk", 17),
];

struct Maker<'r> {
    r: &'r Report,
}

impl Maker<'_> {
    fn t(&self, key: &str) -> String {
        text::say(self.r.lang, key, &[])
    }

    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        text::say(self.r.lang, key, args)
    }

    fn title(&self) -> String {
        let title = self.r.title();
        if self.r.unit.is_empty() {
            return title;
        }
        format!("{title} – {}", self.r.unit)
    }

    fn of_period(&self, blocks: &mut Vec<Block>) {
        self.shares(blocks);
        self.agencies(blocks);
        self.breakdowns(blocks);
        self.trend(blocks);
    }

    fn section(&self, blocks: &mut Vec<Block>, heading: String, intro: &str) {
        blocks.push(Block::Line(Line::section(heading)));
        if !intro.is_empty() {
            blocks.push(Block::Line(Line::left(self.t(intro)).sized(Scale::Small)));
        }
    }

    fn table(&self, name: String, columns: &[Column], rows: Vec<Row>) -> Block {
        let columns = columns.iter();
        Block::Table(Grid {
            name,
            columns: columns.map(|(key, width)| (self.t(key), *width)).collect(),
            rows,
        })
    }

    fn heading(&self, blocks: &mut Vec<Block>) {
        if !self.r.unit.is_empty() {
            blocks.push(Block::Line(Line::middle(&*self.r.unit).strong()));
        }
        let title = Line::title(self.t("page-heading").to_uppercase());
        blocks.push(Block::Line(title.sized(Scale::Large)));
        let line = format!("{} – {}", self.r.subtitle(), self.r.version_note());
        blocks.push(Block::Line(Line::middle(line).slanted()));
        if let Some(closed) = self.r.closed_note() {
            blocks.push(Block::Line(Line::middle(closed).strong()));
        }
    }

    fn banners(&self, blocks: &mut Vec<Block>, level: Level) {
        let of = |banner: &&Banner| banner.level == level;
        for banner in self.r.banners.iter().filter(of) {
            blocks.push(Block::Boxes(vec![vec![
                Line::left(banner.text.as_str()).strong(),
                Line::left(banner.advice.as_str()),
            ]]));
        }
        if level == Level::Red && self.r.exports_withheld {
            let note = Line::left(self.t("withheld-note")).sized(Scale::Small);
            blocks.push(Block::Line(note));
        }
    }

    /// The verdict in a word, the sentence that says why, and the share.
    fn verdict(&self) -> Vec<Line> {
        let light = &self.r.light;
        let mut lines = vec![
            Line::middle(light.word.as_str())
                .strong()
                .sized(Scale::Huge),
            Line::middle(light.why.as_str()),
        ];
        if let Some(row) = self.r.headline.as_ref().filter(|row| row.point.is_some()) {
            let lang = self.r.lang;
            let args = [
                ("share", row.percent(lang)),
                ("interval", row.interval(lang)),
                ("target", row.target_short(lang)),
            ];
            let args = args.each_ref().map(|(name, value)| (*name, value.as_str()));
            lines.push(Line::middle(self.say("pdf-share", &args)).strong());
        }
        lines
    }

    /// The few exceptions that decide the verdict, else the first of the work list.
    fn first_work(&self, blocks: &mut Vec<Block>) {
        let first = self.r.first_work();
        let Some(leads) = first.first() else {
            return;
        };
        let heading = self.t(if leads.deciding {
            "first-deciding"
        } else {
            "first-work"
        });
        self.section(blocks, heading.clone(), "");
        blocks.push(self.exception_table(heading, &first));
        self.legend(blocks, &first);
        if let Some(rest) = self.r.first_rest() {
            blocks.push(Block::Line(Line::left(rest).sized(Scale::Small)));
        }
    }

    /// The marks of an exception that decides the verdict, by what it helps to prove.
    fn marks(&self, view: &ExceptionView) -> String {
        let [met, missed] = self.r.decides(view);
        let marks = [(met, "pdf-mark-met"), (missed, "pdf-mark-missed")];
        let held = marks.into_iter().filter(|(holds, _)| *holds);
        let held: Vec<String> = held.map(|(_, key)| self.t(key)).collect();
        if held.is_empty() {
            return String::new();
        }
        format!(" [{}]", held.join(", "))
    }

    /// What the marks below a table mean.
    fn legend(&self, blocks: &mut Vec<Block>, list: &[&ExceptionView]) {
        let keys = if self.r.lists_prove() {
            ["pdf-deciding-met", "pdf-deciding-missed"]
        } else {
            ["pdf-deciding-met-perhaps", "pdf-deciding-missed-perhaps"]
        };
        for (at, (ids, key)) in self.r.deciding_lists().into_iter().zip(keys).enumerate() {
            let marked = |view: &&ExceptionView| self.r.decides(view).get(at) == Some(&true);
            if list.iter().any(marked) {
                let all = count(self.r.lang, ids.len());
                let note = self.say(key, &[("all", &all)]);
                blocks.push(Block::Line(Line::left(note).sized(Scale::Small)));
            }
        }
    }

    fn exception_table(&self, name: String, list: &[&ExceptionView]) -> Block {
        let row = |view: &&ExceptionView| {
            let what = if view.dossier.is_empty() {
                &view.reference
            } else {
                &view.dossier
            };
            let label = format!("{}{}", view.label, self.marks(view));
            plain(vec![
                Cell::Text(label),
                Cell::text(what),
                Cell::text(view.agency.as_str()),
                Cell::Right(self.age(view.age_days)),
                Cell::Right(view.stake(self.r.lang)),
            ])
        };
        self.table(name, &EXCEPTION_COLUMNS, list.iter().map(row).collect())
    }

    fn age(&self, days: i64) -> String {
        match days {
            0 => self.t("age-today"),
            days => self.say("age-days", &[("n", &text::number(self.r.lang, days))]),
        }
    }

    fn exceptions(&self, blocks: &mut Vec<Block>) {
        let list = &self.r.exceptions;
        if list.shown.is_empty() {
            return;
        }
        let count = list.count_word(self.r.lang);
        let sum = text::money(self.r.lang, list.work.sum_vnd);
        let heading = self.t("exception-heading");
        self.section(
            blocks,
            format!("{heading}: {count} – {sum}"),
            "exception-intro",
        );
        if let Some(said) = list.matters_of(self.r.lang) {
            blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
        }
        let first: Vec<&ExceptionView> = list.shown.iter().take(self.r.on_paper()).collect();
        blocks.push(self.exception_table(heading, &first));
        self.legend(blocks, &first);
        self.further(blocks);
        let shown = first.len() + list.further.len();
        let shown = u64::try_from(shown).unwrap_or(u64::MAX);
        let all = list.listed();
        if all > shown {
            let key = if self.r.exports_withheld {
                "pdf-exceptions-withheld"
            } else {
                "pdf-exceptions-cut"
            };
            let (n, more) = (
                text::number(self.r.lang, shown),
                text::number(self.r.lang, all - shown),
            );
            let note = self.say(key, &[("n", &n), ("more", &more)]);
            blocks.push(Block::Line(Line::left(note).strong()));
        }
    }

    fn sources(&self, blocks: &mut Vec<Block>) {
        let heading = self.r.heading_of_nights(&self.t("source-heading"));
        self.section(blocks, heading, "");
        let intro = self.r.sources_intro();
        blocks.push(Block::Line(Line::left(intro).sized(Scale::Small)));
        let columns = [
            ("column-source", 28),
            ("column-state", 40),
            ("column-rows", 14),
            ("column-sum", 22),
            ("column-rejects", 16),
            ("column-control", 24),
        ];
        let lang = self.r.lang;
        let rows = self.r.sources.iter().map(|source| {
            let mut state = vec![source.state_word.clone()];
            state.extend(source.notes.iter().cloned());
            let sum = if source.carries_money {
                text::money(lang, source.rows.sum_vnd)
            } else {
                "—".to_owned()
            };
            let control = source.control.clone();
            let ties = self.t(if source.ties {
                "source-ties"
            } else {
                "source-untied"
            });
            let control = control.map_or_else(
                || self.t("source-no-control"),
                |said| format!("{said} ({ties})"),
            );
            plain(vec![
                Cell::text(&*source.name),
                Cell::Text(state.join("; ")),
                Cell::Right(text::number(lang, source.rows.count)),
                Cell::Right(sum),
                Cell::Right(text::number(lang, source.rejects)),
                Cell::Text(control),
            ])
        });
        let rows = rows.collect();
        blocks.push(self.table(self.t("source-heading"), &columns, rows));
    }

    fn annex(&self, blocks: &mut Vec<Block>) {
        self.section(blocks, self.t("annex-definitions"), "");
        let mut known: Vec<&str> = Vec::new();
        for row in &self.r.shares {
            if known.contains(&row.definition) {
                continue;
            }
            known.push(row.definition);
            let what = definition(row.definition).map_or("", |d| d.formula.get(self.r.lang));
            let said = format!("{} ({}): {what}", row.name, row.definition);
            blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
        }
        self.section(blocks, self.t("annex-run"), "");
        for fact in &self.r.run_box {
            let said = format!("{}: {}", fact.label, fact.value);
            blocks.push(Block::Line(Line::left(said).sized(Scale::Small)));
        }
        blocks.push(Block::Line(Line::left(self.t("personal-note"))));
    }

    fn signatures(&self, blocks: &mut Vec<Block>) {
        blocks.push(Block::Line(Line {
            align: Align::Right,
            ..Line::left(self.t("sign-date")).slanted()
        }));
        let offices = ["sign-prepared", "sign-checked", "sign-accountant"];
        let signer = |office: &str| {
            vec![
                Line::middle(self.t(office)).strong(),
                Line::middle(self.t("sign-hint")).slanted(),
            ]
        };
        let columns = offices.map(signer).to_vec();
        blocks.push(Block::Signatures(columns));
    }
}

fn plain(cells: Vec<Cell>) -> Row {
    Row {
        cells,
        strong: false,
    }
}

fn strong(cells: Vec<Cell>) -> Row {
    Row {
        cells,
        strong: true,
    }
}

fn figure(figure: Figure) -> Cell {
    if figure.is_empty() {
        return Cell::Number(0);
    }
    Cell::figure(figure)
}
