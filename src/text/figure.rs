//! Figures for people: `1.234.567 ₫`, `74,96 %`, `05/12/2022`. Everything is made from whole
//! numbers and exact fractions; a no-break space keeps a figure and its unit on one line.

use crate::domain::vnd::grouped;
use crate::domain::{Day, Lang, Moment, Vnd};
use crate::kpi::Fraction;

const NO_BREAK: char = '\u{a0}';

/// A whole number in groups of three: `1.234.567`, in English `1,234,567`.
pub fn number(lang: Lang, number: impl Into<i128>) -> String {
    let groups = grouped(number.into());
    match lang {
        Lang::Vi => groups,
        Lang::En => groups.replace('.', ","),
    }
}

/// Dong: `1.234.567 ₫`.
pub fn money(lang: Lang, dong: impl Into<i128>) -> String {
    format!("{}{NO_BREAK}₫", number(lang, dong))
}

/// An amount of one row.
pub fn money_of(lang: Lang, amount: Vnd) -> String {
    money(lang, amount.get())
}

/// A day and a time; in Vietnamese the time first.
pub fn moment(lang: Lang, at: &Moment) -> String {
    match lang {
        Lang::Vi => at.vi(),
        Lang::En => Moment::of_ms(at.ms())
            .text()
            .replace('T', " ")
            .replace("+07:00", ""),
    }
}

/// A day and a time; the day alone where the source tells no time.
pub fn when(lang: Lang, at: &Moment) -> String {
    if at.ms() == Moment::of_day(at.day()).ms() {
        day(lang, at.day())
    } else {
        moment(lang, at)
    }
}

/// A share with two decimals, rounded half up: `74,96 %`.
pub fn percent(lang: Lang, share: Fraction) -> String {
    with_sign(lang, &hundredfold(share).half_up(2))
}

/// A lower bound, rounded down so that it stays one.
pub fn percent_down(lang: Lang, share: Fraction) -> String {
    with_sign(lang, &hundredfold(share).down(2))
}

/// An upper bound, rounded up so that it stays one.
pub fn percent_up(lang: Lang, share: Fraction) -> String {
    with_sign(lang, &hundredfold(share).up(2))
}

/// A target or budget as people write it: `50 %`, `62,5 %`, `0,001 %`.
pub fn percent_short(lang: Lang, share: Fraction) -> String {
    let text = hundredfold(share).half_up(6);
    let short = text.trim_end_matches('0').trim_end_matches('.');
    with_sign(lang, short)
}

/// The way from one share to another in percentage points with its sign: `+1,20`, `−0,05`. It is
/// that of the shares as [`percent`] prints them, so that whoever subtracts finds it.
pub fn points(lang: Lang, from: Fraction, to: Fraction) -> String {
    let printed = |share: Fraction| hundredfold(share).rounded(2);
    let moved = Fraction {
        num: printed(to) - printed(from),
        den: 100,
    };
    let text = comma(lang, &moved.half_up(2));
    text.strip_prefix('-')
        .map_or_else(|| format!("+{text}"), |rest| format!("−{rest}"))
}

/// A day: `05/12/2022`, in English `2022-12-05`.
pub fn day(lang: Lang, day: Day) -> String {
    match lang {
        Lang::Vi => day.vi(),
        Lang::En => day.to_string(),
    }
}

/// A day without its year, for cells and axes: `05/12`, in English `5 Dec`, which is no other day
/// for anybody.
pub fn day_short(lang: Lang, day: Day) -> String {
    let form = match lang {
        Lang::Vi => "%d/%m",
        Lang::En => "%-d %b",
    };
    day.date().format(form).to_string()
}

/// A month for an axis: `12/22`, in English `2022-12`.
pub fn month_short(lang: Lang, day: Day) -> String {
    let form = match lang {
        Lang::Vi => "%m/%y",
        Lang::En => "%Y-%m",
    };
    day.date().format(form).to_string()
}

/// A whole percentage as people write it: `40 %`, in English `40%`.
pub fn percent_whole(lang: Lang, percent: i128) -> String {
    with_sign(lang, &percent.to_string())
}

fn hundredfold(share: Fraction) -> Fraction {
    Fraction {
        num: share.num * 100,
        den: share.den,
    }
}

fn with_sign(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Vi => format!("{}{NO_BREAK}%", comma(lang, text)),
        Lang::En => format!("{text}%"),
    }
}

fn comma(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Vi => text.replace('.', ","),
        Lang::En => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(num: i128, den: i128) -> Fraction {
        Fraction::new(num, den).unwrap()
    }

    #[test]
    fn figures_follow_the_language() {
        assert_eq!(money(Lang::Vi, 1_234_567), "1.234.567\u{a0}₫");
        assert_eq!(money(Lang::En, -1_234_567), "-1,234,567\u{a0}₫");
        assert_eq!(number(Lang::Vi, 999), "999");
        let date = Day::parse("2022-12-05").unwrap();
        assert_eq!(
            (day(Lang::Vi, date), day(Lang::En, date)),
            ("05/12/2022".into(), "2022-12-05".into())
        );
        assert_eq!(day_short(Lang::Vi, date), "05/12");
        assert_eq!(day_short(Lang::En, date), "5 Dec");
        assert_eq!(month_short(Lang::En, date), "2022-12");
        assert_eq!(percent_whole(Lang::Vi, 40), "40\u{a0}%");
        assert_eq!(percent_whole(Lang::En, 40), "40%");
    }

    #[test]
    fn shares_are_exact_and_bounds_stay_bounds() {
        assert_eq!(percent(Lang::Vi, share(7496, 10_000)), "74,96\u{a0}%");
        assert_eq!(percent(Lang::En, share(2, 3)), "66.67%");
        assert_eq!(percent_down(Lang::Vi, share(2, 3)), "66,66\u{a0}%");
        assert_eq!(percent_up(Lang::Vi, share(1, 3)), "33,34\u{a0}%");
        assert_eq!(percent_short(Lang::Vi, share(1, 2)), "50\u{a0}%");
        assert_eq!(percent_short(Lang::Vi, share(5, 8)), "62,5\u{a0}%");
        assert_eq!(percent_short(Lang::Vi, share(1, 1)), "100\u{a0}%");
        assert_eq!(points(Lang::Vi, share(1, 2), share(51, 100)), "+1,00");
        assert_eq!(points(Lang::Vi, share(1, 2), share(499, 1000)), "−0,10");
    }
}
