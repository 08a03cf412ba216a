//! The first sheet, read in ten seconds: verdict, five numbers, whether the checks hold, the trend,
//! and what to do first. One page of A4.

use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker,
    ChartMarkerType, Format, Worksheet,
};

use crate::kpi::Verdict;
use crate::report::model::Level;
use crate::text;

use super::Book;
use super::checks;
use super::exceptions;
use super::looks::{BLUE, INK, QUIET, RED, day_format};
use super::shares;
use super::sheet::{Cell, Result, Sheet, fitting};
use super::table::Written;

/// The widths of the columns.
const WIDTHS: [u16; 6] = [28, 25, 19, 15, 34, 19];
/// The last column.
const LAST: u16 = 5;
/// So many items of work are named.
const FIRST_WORK: usize = 12;
/// Rows under the chart.
const CHART_ROWS: u32 = 14;

pub(super) fn write(
    book: &Book<'_>,
    checks: &checks::Verdict,
    trend: &Written,
) -> Result<Worksheet> {
    let mut sheet = book.sheet("sheet-summary")?;
    sheet.widths(&WIDTHS)?;
    heading(book, &mut sheet)?;
    light(book, &mut sheet)?;
    tiles(book, &mut sheet)?;
    let format = if checks.holds {
        &book.looks.good
    } else {
        &book.looks.bad
    };
    sheet.to.merge_range(11, 0, 11, LAST, "", format)?;
    sheet.formula(11, 0, &checks.cell, &checks.word, format)?;
    sheet.to.set_row_height(11, 20)?;
    let mut at = 12;
    for banner in &book.report.banners {
        let looks = match banner.level {
            Level::Red => &book.looks.bad,
            Level::Amber | Level::Note => &book.looks.amber,
        };
        let said = format!("{} {}", banner.text, banner.advice);
        wide(&mut sheet, at, &said, looks)?;
        at += 1;
    }
    chart(book, &mut sheet, at + 1, trend)?;
    work(book, &mut sheet, at + 2 + CHART_ROWS)?;
    sheet.to.set_portrait();
    sheet.to.set_print_fit_to_pages(1, 1);
    sheet.to.set_active(true);
    Ok(sheet.to)
}

/// A text over all columns, as high as it needs.
fn wide(sheet: &mut Sheet<'_>, row: u32, said: &str, format: &Format) -> Result<()> {
    let said = fitting(said, sheet.lang);
    let lines = u32::try_from(said.chars().count() / 120 + 1).unwrap_or(1);
    sheet.to.merge_range(row, 0, row, LAST, &said, format)?;
    sheet.to.set_row_height(row, lines.min(20) * 14 + 6)?;
    Ok(())
}

fn heading(book: &Book<'_>, sheet: &mut Sheet<'_>) -> Result<()> {
    let looks = &book.looks;
    sheet.say(0, 0, &book.report.unit, &looks.label)?;
    sheet.say(1, 0, &book.t("page-heading"), &looks.title)?;
    sheet.to.set_row_height(1, 22)?;
    let (of, version) = (book.report.subtitle(), book.report.version_note());
    let closed = book.report.closed_note();
    let closed = closed.map_or_else(String::new, |closed| format!(" {closed}"));
    let said = format!("{of}. {version}.{closed} {}", book.t("personal-note"));
    sheet.say(2, 0, &said, &looks.intro)
}

fn light(book: &Book<'_>, sheet: &mut Sheet<'_>) -> Result<()> {
    let light = &book.report.light;
    let format = match light.verdict {
        Verdict::Met if light.green => &book.looks.good,
        Verdict::Missed => &book.looks.bad,
        _ => &book.looks.amber,
    };
    let word = format!("{} {}", light.symbol, light.word);
    let large = format.clone().set_font_size(16);
    sheet.to.merge_range(4, 0, 4, 1, &word, &large)?;
    let why = fitting(&light.why, sheet.lang);
    let lines = u32::try_from(why.chars().count() / 68 + 1).unwrap_or(1);
    sheet
        .to
        .merge_range(4, 2, 4, LAST, &why, &book.looks.plain)?;
    sheet.to.set_row_height(4, lines.clamp(3, 20) * 14 + 6)?;
    Ok(())
}

fn tiles(book: &Book<'_>, sheet: &mut Sheet<'_>) -> Result<()> {
    let report = book.report;
    // the second is the share
    let numbers = [
        Some(i128::from(report.totals.transactions.count)),
        None,
        Some(report.open.sum_vnd),
        Some(i128::from(report.exceptions.work.count)),
        Some(report.exceptions.overdue.sum_vnd),
    ];
    let looks = &book.looks;
    let point = report.headline.as_ref().and_then(|row| row.point);
    for ((col, tile), number) in (0_u16..).zip(&report.tiles).zip(numbers) {
        sheet.say(6, col, &tile.label, &looks.tile_label)?;
        match (number, point) {
            (Some(number), _) => sheet.number(7, col, number, &looks.tile[0])?,
            (None, Some(point)) => sheet.decimal(7, col, &point.half_up(4), &looks.tile[1])?,
            (None, None) => sheet.say(7, col, "—", &looks.tile[2])?,
        }
        sheet.say(8, col, &tile.note, &looks.tile_note)?;
        sheet.say(9, col, &tile.change, &looks.tile_note)?;
        sheet.say(10, col, &tile.change_month, &looks.tile_note)?;
    }
    for (row, height) in [(6, 28), (7, 26), (8, 28), (9, 40), (10, 28)] {
        sheet.to.set_row_height(row, height)?;
    }
    Ok(())
}

/// The columns that the chart draws, what they tell, and of which year: those of each year where
/// there are two, so that no line leads from one year to date to the next.
fn series(book: &Book<'_>) -> Vec<(u16, &'static str, String)> {
    let years = shares::years(&book.trend);
    let of = |from: u16, year: &str| {
        let named = (from..).zip(shares::OF_YEAR);
        named
            .map(|(col, key)| (col, key, year.to_owned()))
            .collect::<Vec<_>>()
    };
    let mut series = Vec::new();
    for (from, year) in (shares::YEARS_FROM..).step_by(3).zip(&years) {
        series.extend(of(from, &format!(", {year}")));
    }
    if years.is_empty() {
        series.extend(of(1, ""));
    }
    series.push((4, "column-target", String::new()));
    series
}

/// The share night by night between its bounds, with the target.
fn chart(book: &Book<'_>, sheet: &mut Sheet<'_>, at: u32, trend: &Written) -> Result<()> {
    let last = trend.last_row();
    let name = book.t("sheet-trend");
    let mut chart = Chart::new_line();
    for (col, key, year) in series(book) {
        let (color, dash) = match key {
            "column-share" => (BLUE, ChartLineDashType::Solid),
            "column-target" => (RED, ChartLineDashType::Dash),
            _ => (QUIET, ChartLineDashType::RoundDot),
        };
        let mut line = ChartLine::new();
        line.set_color(color).set_width(2).set_dash_type(dash);
        let mut marker = ChartMarker::new();
        match key {
            "column-share" => marker.set_type(ChartMarkerType::Circle).set_size(5),
            _ => marker.set_none(),
        };
        let first = super::columns::FIRST_ROW;
        chart
            .add_series()
            .set_name(&format!("{}{year}", book.t(key)))
            .set_categories((name.as_str(), first, 0, last, 0))
            .set_values((name.as_str(), first, col, last, col))
            .set_format(&mut ChartFormat::new().set_line(&line).clone())
            .set_marker(&marker);
    }
    let headline = book.report.year.as_ref();
    let title = headline.map_or_else(
        || name.clone(),
        |row| format!("{} – {}", row.name, row.period),
    );
    let mut font = ChartFont::new();
    font.set_size(11).set_bold().set_color(INK);
    chart.title().set_name(&title).set_font(&font);
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart
        .x_axis()
        .set_date_axis(true)
        .set_num_format(day_format(book.lang()));
    chart.y_axis().set_num_format("0%");
    chart.set_width(915).set_height(CHART_ROWS * 20 - 8);
    chart.set_alt_text(text::say(book.lang(), "book-chart-alt", &[]));
    sheet.to.insert_chart_with_offset(at, 0, &chart, 2, 2)?;
    Ok(())
}

/// What to do first.
fn work(book: &Book<'_>, sheet: &mut Sheet<'_>, at: u32) -> Result<()> {
    let looks = &book.looks;
    sheet.say(at, 0, &book.t("book-first-work"), &looks.title)?;
    let headings = [
        "column-class",
        "column-row",
        "book-amount",
        "book-age",
        "column-advice",
        "book-counted",
    ];
    sheet.headings(at + 1, &headings.map(|key| book.t(key)))?;
    let first = book
        .exceptions
        .iter()
        .filter(|view| view.work)
        .take(FIRST_WORK);
    let mut next = at + 2;
    for view in first {
        let name = match view.dossier.as_str() {
            "" => view.reference.clone(),
            dossier => dossier.to_owned(),
        };
        sheet.fitted_row(
            next,
            &WIDTHS,
            &[
                Cell::Text(view.label.clone()),
                Cell::Code(name),
                Cell::Money(view.amount.wide()),
                Cell::Whole(view.age_days.into()),
                Cell::Text(view.advice.clone()),
                // money that is counted elsewhere: how much, and where
                exceptions::elsewhere(book, view),
            ],
        )?;
        next += 1;
    }
    if next == at + 2 {
        sheet.say(next, 0, &book.t("exception-none"), &looks.intro)?;
    }
    Ok(())
}
