//! Where what a registry file says of a row goes among what other files have said of it.
//!
//! What is told first counts from the row's own date; what replaces it counts from the day of the
//! file that told it. Files may come late, early and in any order: what a newer file has said of a
//! row stands, an older one fills in only what no newer one has told.

use std::collections::BTreeMap;

use super::batch::{RowText, batches};
use super::codec::day;
use super::exec::Tx;
use super::staged::BETWEEN;
use super::statement::Statement;
use super::{StoreError, staged};
use crate::domain::Day;

/// The two parts of a row's identity; the second is empty where one is enough.
pub(super) type Identity<'a> = (&'a str, &'a str);

/// A row as one file tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saying<'a> {
    /// Its identity.
    pub(super) id: Identity<'a>,
    /// Its own date, from which it counts if nothing was told of it before.
    pub(super) own: Day,
    /// The day of the file, or the row's own date when that is later.
    pub(super) told: Day,
    /// Digest of its content.
    pub(super) content: &'a str,
}

/// One stored version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    /// Counts from this night on.
    night: Day,
    told: Day,
    /// The last day whose file said it.
    said_last: Day,
    content: Box<str>,
}

/// A stored version that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Amendment {
    night: Day,
    to: Day,
    said_last: Day,
}

/// What a saying does to the versions of its row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Placement {
    amend: Option<Amendment>,
    /// The night from which the saying counts as a version of its own.
    add: Option<Day>,
}

impl Placement {
    fn add(night: Day) -> Self {
        Self {
            amend: None,
            add: Some(night),
        }
    }
}

/// The statements of one kind of row.
pub(super) struct Kind {
    /// Their table.
    pub(super) table: &'static str,
    /// Reads the versions of identities.
    pub(super) said: &'static Statement,
    /// Changes when versions count and were said.
    pub(super) amend: &'static Statement,
}

/// Finds the place of every saying and changes the versions that it touches; tells the night from
/// which each one counts that is a version of its own. `pulled_for` is the night that pulls.
pub(super) async fn place<'a>(
    tx: &mut Tx,
    kind: &Kind,
    sayings: &[Saying<'a>],
    pulled_for: &str,
) -> Result<BTreeMap<Identity<'a>, Day>, StoreError> {
    let known = known(tx, kind, sayings).await?;
    let mut places = BTreeMap::new();
    let mut amended = Vec::new();
    for saying in sayings {
        let (a, b) = saying.id;
        let versions = known
            .get(&(a.into(), b.into()))
            .map_or(&[][..], Vec::as_slice);
        let placement = placement(versions, saying);
        amended.extend(placement.amend.map(|change| (saying.id, change)));
        places.extend(placement.add.map(|night| (saying.id, night)));
    }
    let batch = batches(&amended, |row, (id, change)| {
        write_identity(row, *id)
            .text("night", &change.night.to_string())
            .text("to", &change.to.to_string())
            .text("said_last", &change.said_last.to_string());
    });
    let moved: Vec<String> = amended
        .iter()
        .filter(|(_, change)| change.night != change.to)
        .map(|((a, b), change)| {
            let night = change.night.to_string();
            match kind.table {
                "receipt_version" => format!("{a}{BETWEEN}{night}"),
                _ => format!("{a}{BETWEEN}{b}{BETWEEN}{night}"),
            }
        })
        .collect();
    staged::forget(tx, moved.iter().map(|key| (kind.table, key.as_str()))).await?;
    let amend = (kind.amend, kind.table);
    staged::store(tx, amend, (&batch, &[]), pulled_for).await?;
    Ok(places)
}

/// The versions of these rows, the earliest first.
async fn known(
    tx: &mut Tx,
    kind: &Kind,
    sayings: &[Saying<'_>],
) -> Result<BTreeMap<(Box<str>, Box<str>), Vec<Version>>, StoreError> {
    let ids = batches(sayings, |row, saying| {
        write_identity(row, saying.id);
    });
    let mut known: BTreeMap<_, Vec<Version>> = BTreeMap::new();
    for row in &tx.rows_of_batches(kind.said, &ids, &[]).await? {
        let id = (row.text("a")?.into(), row.text("b")?.into());
        known.entry(id).or_default().push(Version {
            night: row.parsed("night", day)?,
            told: row.parsed("told", day)?,
            said_last: row.parsed("said_last", day)?,
            content: row.text("content")?.into(),
        });
    }
    for versions in known.values_mut() {
        versions.sort_by_key(|version| version.night);
    }
    Ok(known)
}

fn write_identity<'r, 'b>(row: &'r mut RowText<'b>, (a, b): Identity<'_>) -> &'r mut RowText<'b> {
    row.text("a", a).text("b", b)
}

/// What a saying does to `versions`, the earliest first.
fn placement(versions: &[Version], saying: &Saying<'_>) -> Placement {
    let Some(first) = versions.first() else {
        return Placement::add(saying.own);
    };
    if saying.told < first.told {
        return before(first, &versions[1..], saying);
    }
    let until = versions.partition_point(|version| version.night <= saying.told);
    let Some(holds) = versions[..until].last() else {
        return before(first, &versions[1..], saying);
    };
    if *holds.content == *saying.content {
        let later = saying.told > holds.said_last;
        let amend = later.then_some(Amendment {
            night: holds.night,
            to: holds.night,
            said_last: saying.told,
        });
        return Placement { amend, add: None };
    }
    if holds.said_last > saying.told {
        return Placement::default();
    }
    // of the files of a day the one read last holds
    Placement::add(saying.told)
}

/// An older file tells what was before the first version known; it takes the place of one that was
/// replaced on the day that told it.
fn before(first: &Version, later: &[Version], saying: &Saying<'_>) -> Placement {
    if *first.content == *saying.content {
        return Placement::default();
    }
    let replaced = later.first().is_some_and(|next| next.night <= first.told);
    if replaced || first.night == first.told {
        let night = if replaced { first.night } else { saying.own };
        return Placement::add(night);
    }
    Placement {
        amend: Some(Amendment {
            night: first.night,
            to: first.told,
            said_last: first.said_last,
        }),
        add: Some(saying.own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn december(day_of_month: u32) -> Day {
        Day::parse("2022-12-01").unwrap().plus(day_of_month - 1)
    }

    /// Applies sayings `(day of the file, content)` of a row of 1 December, as the store would;
    /// the versions as `content@night(told..said_last)`.
    fn after(sayings: &[(u32, &str)]) -> String {
        let mut versions: Vec<Version> = Vec::new();
        for (told, content) in sayings {
            let saying = Saying {
                id: ("D", "F"),
                own: december(1),
                told: december(*told),
                content,
            };
            let placement = placement(&versions, &saying);
            if let Some(change) = placement.amend {
                for version in versions.iter_mut().filter(|v| v.night == change.night) {
                    version.night = change.to;
                    version.said_last = change.said_last;
                }
            }
            if let Some(night) = placement.add {
                versions.retain(|version| version.night != night);
                versions.push(Version {
                    night,
                    told: saying.told,
                    said_last: saying.told,
                    content: (*content).into(),
                });
            }
            versions.sort_by_key(|version| version.night);
        }
        let day = |day: Day| day.date().format("%-d").to_string();
        let said = |v: &Version| {
            let (night, told, last) = (day(v.night), day(v.told), day(v.said_last));
            format!("{}@{night}({told}..{last})", v.content)
        };
        versions.iter().map(said).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_first_saying_counts_from_the_rows_own_date() {
        assert_eq!(after(&[(3, "A")]), "A@1(3..3)");
        assert_eq!(after(&[(3, "A"), (5, "B")]), "A@1(3..3) B@5(5..5)");
        // of the files of a day the one read last holds
        assert_eq!(after(&[(3, "A"), (3, "B")]), "A@1(3..3) B@3(3..3)");
        assert_eq!(
            after(&[(3, "A"), (3, "B"), (3, "C")]),
            "A@1(3..3) C@3(3..3)"
        );
        assert_eq!(after(&[(1, "A"), (1, "B")]), "B@1(1..1)");
        assert_eq!(
            after(&[(3, "A"), (5, "A"), (7, "B")]),
            "A@1(3..5) B@7(7..7)"
        );
    }

    #[test]
    fn an_older_file_fills_in_only_what_no_newer_one_has_told() {
        let check = |late: &[(u32, &str)], told: &str| assert_eq!(after(late), told, "{late:?}");
        // in order, and each way out of order
        check(&[(2, "A"), (4, "B")], "A@1(2..2) B@4(4..4)");
        check(&[(4, "B"), (2, "A")], "A@1(2..2) B@4(4..4)");
        check(
            &[(2, "A"), (6, "C"), (4, "B")],
            "A@1(2..2) B@4(4..4) C@6(6..6)",
        );
        check(
            &[(6, "C"), (4, "B"), (2, "A")],
            "A@1(2..2) B@4(4..4) C@6(6..6)",
        );
        // the 5th said A again: B of the 4th must not hold after it
        check(&[(2, "A"), (5, "A"), (4, "B")], "A@1(2..5)");
        check(&[(4, "A"), (2, "A"), (6, "B")], "A@1(4..4) B@6(6..6)");
        check(&[(4, "B"), (4, "C"), (2, "A")], "A@1(2..2) C@4(4..4)");
    }

    #[test]
    fn the_newest_saying_holds_in_every_order() {
        let sayings = [(2, "A"), (3, "B"), (4, "A"), (5, "C"), (6, "C")];
        let mut orders = vec![Vec::new()];
        for _ in 0..sayings.len() {
            let longer = |order: &Vec<usize>| -> Vec<Vec<usize>> {
                let rest = (0..sayings.len()).filter(|i| !order.contains(i));
                rest.map(|i| [order.as_slice(), &[i]].concat()).collect()
            };
            orders = orders.iter().flat_map(longer).collect();
        }
        assert_eq!(orders.len(), 120);
        for order in orders {
            let told: Vec<(u32, &str)> = order.iter().map(|i| sayings[*i]).collect();
            let versions = after(&told);
            assert!(
                versions.rsplit(' ').next().unwrap().starts_with("C@"),
                "{told:?}: {versions}"
            );
            assert!(versions.contains("@1("), "{told:?}: {versions}");
        }
    }
}
