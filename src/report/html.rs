//! `index.html`: one self-contained page. Nothing is loaded from anywhere; one style sheet and one
//! small script, whose hashes the content security policy names; without the script the page is
//! whole. Every value goes through [`super::escape`].

#![allow(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    clippy::unused_self,
    reason = "askama passes arguments by reference, and a template can call methods only"
)]

mod balances;
mod changes;
mod daily;
mod deciding;
mod filters;
mod gateways;
mod known;
mod paper;
mod settlement;
mod spark;
mod trend;

use askama::Template;

use crate::classify::Severity;
use crate::domain::{Day, Side, Vnd};
use crate::kpi::{Fraction, Verdict, definition};
use crate::text;

use super::chart::Scale;
use super::facts::{Estimate, Figure, SourceFile};
use super::model::{
    Banner, ClosedView, FeeSection, Level, RejectView, Report, ShareRow, TieLine, Unplaced,
    definition_name, row_kind, verdict_word,
};
use super::style;

/// The page of one report.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    r: &'a Report,
    style_hash: String,
    margins: String,
    script_hash: String,
}

/// Renders the page. Never fails: the template writes into memory and prints nothing that can.
pub fn render(report: &Report) -> String {
    let margins = style::margins(&report.unit, &report.title());
    let page = Page {
        r: report,
        style_hash: style::hash(&margins),
        margins,
        script_hash: style::script_hash(),
    };
    let mut html = String::with_capacity(256 * 1024);
    // Writing into a String cannot fail; the filters used have no error of their own.
    if page.render_into(&mut html).is_err() {
        html.clear();
    }
    html
}

impl Page<'_> {
    fn t(&self, key: &str) -> String {
        text::say(self.r.lang, key, &[])
    }

    fn t1(&self, key: &str, name: &str, value: impl AsRef<str>) -> String {
        text::say(self.r.lang, key, &[(name, value.as_ref())])
    }

    fn day(&self, day: impl std::borrow::Borrow<Day>) -> String {
        text::day(self.r.lang, *day.borrow())
    }

    fn n(&self, count: impl std::borrow::Borrow<u64>) -> String {
        text::number(self.r.lang, *count.borrow())
    }

    fn wide(&self, count: impl std::borrow::Borrow<i128>) -> String {
        text::number(self.r.lang, *count.borrow())
    }

    fn age(&self, days: &i64) -> String {
        match days {
            0 => self.t("age-today"),
            days => self.t1("age-days", "n", text::number(self.r.lang, *days)),
        }
    }

    fn money(&self, dong: impl std::borrow::Borrow<i128>) -> String {
        text::money(self.r.lang, *dong.borrow())
    }

    fn vnd(&self, amount: impl std::borrow::Borrow<Vnd>) -> String {
        text::money_of(self.r.lang, *amount.borrow())
    }

    fn figure(&self, figure: impl std::borrow::Borrow<Figure>) -> String {
        let figure = figure.borrow();
        format!("{} – {}", self.n(figure.count), self.money(figure.sum_vnd))
    }

    fn pct(&self, share: &Option<Fraction>) -> String {
        share.map_or_else(|| "—".to_owned(), |share| text::percent(self.r.lang, share))
    }

    fn interval(&self, row: &ShareRow) -> String {
        row.interval(self.r.lang)
    }

    fn target(&self, row: &ShareRow) -> String {
        row.target_short(self.r.lang)
    }

    fn parts(&self, row: &ShareRow) -> String {
        row.parts(self.r.lang)
    }

    fn estimate(&self, estimate: &Estimate) -> String {
        let low = text::percent_down(self.r.lang, estimate.low);
        let high = text::percent_up(self.r.lang, estimate.high);
        let args = [
            ("low", low.as_str()),
            ("high", high.as_str()),
            ("basis", &*estimate.basis),
        ];
        text::say(self.r.lang, "share-estimated", &args)
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        verdict_word(self.r.lang, *verdict)
    }

    fn severity(&self, severity: &Severity) -> String {
        self.t(match severity {
            Severity::Action => "severity-action",
            Severity::Warn => "severity-warn",
            Severity::Info => "severity-info",
        })
    }

    fn side(&self, side: &Side) -> String {
        self.t(match side {
            Side::Fee => "side-fee",
            Side::Receipt => "side-receipt",
            Side::Txn => "side-txn",
        })
    }

    fn kind(&self, kind: &str) -> String {
        row_kind(self.r.lang, kind)
    }

    /// The scale of the headline's chart.
    fn scale(&self, row: &ShareRow) -> Scale {
        Scale::around([row.low, row.high, row.point, row.target])
    }

    /// A share as a position on the whole scale from 0 to 100 %.
    fn x(&self, share: &Option<Fraction>) -> i128 {
        Scale::WHOLE.x(share)
    }

    fn chart_title(&self, row: &ShareRow) -> String {
        let dash = || "—".to_owned();
        let lang = self.r.lang;
        let args = [
            ("share", self.pct(&row.point)),
            (
                "low",
                row.low.map_or_else(dash, |f| text::percent_down(lang, f)),
            ),
            (
                "high",
                row.high.map_or_else(dash, |f| text::percent_up(lang, f)),
            ),
            ("target", self.target(row)),
        ];
        self.say("share-chart", &args)
    }

    fn bar_title(&self, name: &str, share: &ShareRow) -> String {
        let dash = || "—".to_owned();
        let lang = self.r.lang;
        let args = [
            ("agency", name.to_owned()),
            ("share", self.pct(&share.point)),
            (
                "low",
                share.low.map_or_else(dash, |f| text::percent_down(lang, f)),
            ),
            (
                "high",
                share.high.map_or_else(dash, |f| text::percent_up(lang, f)),
            ),
        ];
        self.say("agency-bar", &args)
    }

    fn agency_intro(&self, row: &ShareRow) -> String {
        let period = row.period.to_lowercase();
        self.say(
            "agency-intro",
            &[("name", row.name.clone()), ("period", period)],
        )
    }

    fn say(&self, key: &str, args: &[(&str, String)]) -> String {
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        text::say(self.r.lang, key, &args)
    }

    /// The open work that lies in no row of a breakdown.
    fn unplaced(&self, unplaced: &Unplaced) -> String {
        unplaced.said(self.r.lang)
    }

    fn cells_rest(&self, rest: &Figure) -> String {
        let args = [
            ("n", self.n(rest.count)),
            ("money", self.money(rest.sum_vnd)),
        ];
        self.say("cells-rest", &args)
    }

    fn banners(&self, level: Level) -> Vec<&Banner> {
        self.r
            .banners
            .iter()
            .filter(|banner| banner.level == level)
            .collect()
    }

    fn is_headline(&self, row: &ShareRow) -> bool {
        self.r.headline.as_ref() == Some(row)
    }

    /// True when the row above is of the same definition.
    fn is_repeated(&self, at: &usize) -> bool {
        let at = *at;
        let definition = |at: usize| self.r.shares.get(at).map(|row| row.definition);
        at > 0 && definition(at) == definition(at - 1)
    }

    fn any_outer(&self) -> bool {
        self.r
            .shares
            .iter()
            .chain(self.r.agencies.iter().map(|a| &a.share))
            .chain(
                self.r
                    .breakdowns
                    .tables
                    .iter()
                    .flat_map(|t| &t.rows)
                    .map(|row| &row.share),
            )
            .any(|s| s.outer)
    }

    /// The files that were read, in a period with the night.
    fn files(&self) -> Vec<(Option<Day>, &SourceFile)> {
        if self.r.period.is_none() {
            return self.r.files.iter().map(|file| (None, file)).collect();
        }
        let files = self.r.night_files.iter();
        files.map(|(night, file)| (Some(*night), file)).collect()
    }

    fn change_counts(&self, closed: &[ClosedView]) -> String {
        let new = self.r.exceptions.opened;
        let of = |changed: bool| {
            let views = closed.iter().filter(|view| view.changed == changed);
            self.n_of(views.count())
        };
        let gone = i128::try_from(closed.len()).unwrap_or(i128::MAX);
        let net = i128::from(new) - gone;
        let sign = if net > 0 { "+" } else { "" };
        let before = self.r.compared_with.map(|day| self.day(day));
        let args = [
            ("opened", self.n(new)),
            ("closed", of(false)),
            ("changed", of(true)),
            ("net", format!("{sign}{}", text::number(self.r.lang, net))),
            ("day", before.unwrap_or_default()),
        ];
        self.say("change-counts", &args)
    }

    fn pairing_score(&self, score: &(u16, u16)) -> String {
        let args = [
            ("score", score.0.to_string()),
            ("margin", score.1.to_string()),
        ];
        self.say("pairing-score", &args)
    }

    fn instruments(&self) -> (Figure, Figure) {
        let mut sums = (Figure::default(), Figure::default());
        for row in &self.r.instruments {
            sums.0.plus(row.paid);
            sums.1.plus(row.open);
        }
        sums
    }

    fn source_name(&self, line: &TieLine) -> String {
        if line.money {
            return line.source.to_string();
        }
        self.source_word(&line.source)
    }

    fn cells(&self, line: &TieLine) -> [Figure; 5] {
        [
            line.rows_in,
            line.matched,
            line.open,
            line.rejected,
            line.excluded,
        ]
    }

    fn total_cells(&self) -> [Figure; 5] {
        let t = self.r.totals;
        [t.transactions, t.matched, t.open, t.rejected, t.excluded]
    }

    fn total_difference(&self) -> (i128, i128) {
        let money = self.r.tie_out.iter().filter(|line| line.money);
        money.fold((0, 0), |(rows, dong), line| {
            let (more_rows, more_dong) = line.difference();
            (rows + more_rows, dong + more_dong)
        })
    }

    fn reject_at(&self, reject: &RejectView) -> String {
        let args = [
            ("line", reject.line.to_string()),
            ("column", reject.column.to_string()),
        ];
        self.say("reject-at", &args)
    }

    /// What a procedure is called, behind its code; nothing where the catalogue does not tell it.
    fn procedure_name(&self, code: &str) -> String {
        let name = self.r.catalogue.procedure(code);
        name.map_or_else(String::new, |name| format!(" {name}"))
    }

    fn fees_more(&self, fees: &FeeSection) -> u64 {
        let shown = u64::try_from(fees.shown.len()).unwrap_or(u64::MAX);
        fees.all.count.saturating_sub(shown)
    }

    fn rejects_more(&self) -> u64 {
        let shown = u64::try_from(self.r.rejects.shown.len()).unwrap_or(u64::MAX);
        self.r.rejects.all.count.saturating_sub(shown)
    }

    /// Id, name and text of every definition in the table, each once.
    fn definitions(&self) -> Vec<(&'static str, String, String)> {
        let mut known: Vec<&'static str> = Vec::new();
        for row in &self.r.shares {
            if !known.contains(&row.definition) {
                known.push(row.definition);
            }
        }
        let lang = self.r.lang;
        let texts = |id: &'static str| {
            let formula = definition(id).map_or("", |known| known.formula.get(lang));
            (id, definition_name(lang, id), formula.to_owned())
        };
        known.into_iter().map(texts).collect()
    }
}
