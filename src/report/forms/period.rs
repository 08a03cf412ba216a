//! How an office names a period on a paper: the month, quarter or year where it is one, and always
//! its first and last day.

use crate::domain::{Day, Lang, Period};
use crate::text;

/// The sentence that names the stretches of a period without published figures; none where there
/// are none.
pub(super) fn missing(lang: Lang, stretches: &[(Day, Day)]) -> Option<String> {
    let stretch = |(from, to): &(Day, Day)| match (text::day(lang, *from), text::day(lang, *to)) {
        (from, to) if from == to => from,
        (from, to) => format!("{from} – {to}"),
    };
    let days: Vec<String> = stretches.iter().map(stretch).collect();
    let days = days.join("; ");
    (!stretches.is_empty()).then(|| text::say(lang, "form-minutes-missing", &[("days", &days)]))
}

/// `Tháng 12 năm 2022 (từ ngày 01/12/2022 đến ngày 31/12/2022)`; of a range the days alone,
/// in brackets as the provincial form has them.
pub(super) fn name(lang: Lang, period: &Period) -> String {
    let (from, to) = (text::day(lang, period.from), text::day(lang, period.to));
    let [year, month] = parts(period.to);
    let quarter = match &*month {
        "03" => "I",
        "06" => "II",
        "09" => "III",
        _ => "IV",
    };
    let is = |known: Option<Period>| {
        known.is_some_and(|known| known.from == period.from && known.to == period.to)
    };
    let number = period.to.to_string();
    let number = number.get(..7).unwrap_or_default();
    let in_year = |name: &str| is(Period::quarter(&format!("{year}-{name}")));
    let key = if period.from == period.to {
        "form-day"
    } else if is(Period::month(number)) {
        "form-month"
    } else if is(Period::reporting_month(number)) {
        "form-reporting-month"
    } else if ["Q1", "Q2", "Q3", "Q4"].into_iter().any(in_year) {
        "form-quarter"
    } else if is(Period::year(&year)) {
        "form-year"
    } else {
        "form-days"
    };
    let args = [
        ("from", &*from),
        ("to", &*to),
        ("month", &*month),
        ("quarter", quarter),
        ("year", &*year),
    ];
    text::say(lang, key, &args)
}

/// Year and month.
fn parts(day: Day) -> [String; 2] {
    ["%Y", "%m"].map(|part| day.date().format(part).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_named_as_an_office_names_it() {
        let check = |period: Option<Period>, wanted: &str| {
            assert_eq!(name(Lang::Vi, &period.unwrap()), wanted);
        };
        check(
            Period::month("2022-12"),
            "Tháng 12 năm 2022 (từ ngày 01/12/2022 đến ngày 31/12/2022)",
        );
        check(
            Period::reporting_month("2022-12"),
            "Kỳ báo cáo tháng 12 năm 2022 (từ ngày 15/11/2022 đến ngày 14/12/2022)",
        );
        check(
            Period::quarter("2022-Q4"),
            "Quý IV năm 2022 (từ ngày 01/10/2022 đến ngày 31/12/2022)",
        );
        check(
            Period::year("2022"),
            "Năm 2022 (từ ngày 01/01/2022 đến ngày 31/12/2022)",
        );
        let day = |text: &str| Day::parse(text).unwrap();
        let range = |from, to| Some(Period::range(day(from), day(to)));
        check(range("2022-12-05", "2022-12-05"), "Ngày 05/12/2022");
        check(
            range("2022-12-02", "2022-12-15"),
            "(Từ ngày 02/12/2022 đến ngày 15/12/2022)",
        );
    }
}
