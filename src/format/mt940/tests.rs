//! Fields and lines of MT940 as banks write them.

use super::*;

fn check(text: &str, expected: Option<(&str, bool, bool, &str, &str, &str)>) {
    let found = entry(text);
    let found = found.as_ref().map(|e| {
        let Entry {
            booked,
            amount,
            reference,
            bank_ref,
            ..
        } = e;
        (
            &**booked,
            e.credit,
            e.reversal,
            &**amount,
            &**reference,
            &**bank_ref,
        )
    });
    assert_eq!(found, expected, "{text}");
}

#[test]
fn entries_as_banks_write_them() {
    check(
        "1507090709D7,5NTRFNONREF//A4G",
        Some(("150709", false, false, "7,5", "NONREF", "A4G")),
    );
    check(
        "221205C45000,NTRF0123",
        Some(("221205", true, false, "45000,", "0123", "")),
    );
    check(
        "221205C45000,00NTRF",
        Some(("221205", true, false, "45000,00", "", "")),
    );
    // a credit taken back goes out, a debit taken back comes in
    check(
        "221205RC45000,NTRF",
        Some(("221205", false, true, "45000,", "", "")),
    );
    check(
        "221205RDR45000,NTRF",
        Some(("221205", true, true, "45000,", "", "")),
    );
    // the funds code is the third letter of the currency
    check(
        "221205CD45000,NMSC1",
        Some(("221205", true, false, "45000,", "1", "")),
    );
    // of the type a blank at its end may be gone with the line's, or all of it
    check(
        "221205C45000,NGT 1",
        Some(("221205", true, false, "45000,", "1", "")),
    );
    check(
        "221205C45000,NGT",
        Some(("221205", true, false, "45000,", "", "")),
    );
    check(
        "221205C45000,00",
        Some(("221205", true, false, "45000,00", "", "")),
    );
    // around new year
    check(
        "2301021231C5,NTRFA",
        Some(("221231", true, false, "5,", "A", "")),
    );
    check(
        "2212310102C5,NTRFA",
        Some(("230102", true, false, "5,", "A", "")),
    );
    for bad in [
        "",
        "221205",
        "221205X5,NTRF",
        "22120C5,NTRF",
        "221205C,5NTRF",
        "221205C5,5,5N",
        // not a number that ends where something else begins
        "221205C45.000,00NTRFX",
        "221205C1.045.000,NTRFX",
        "221205C45 000,NTRFX",
        "221205C45000.00NTRFX",
        "221205C45000, NTRFX",
        "221205C45'000,NTRFX",
        "221205C45000,XTRF1",
        "221205C45000,N.00",
    ] {
        check(bad, None);
    }
}

#[test]
fn narratives_run_on_until_the_next_field() {
    let text = "{1:F01}{4:\n:20:X\n:25:0123 VND\n:28C:1/1\n:60F:C221204VND100,\n:61:221205C50,NTRFA//B\n\
        extra\n:86:NOP PHI\n-dash\n:86:H48\n:62F:D221205VND150,\n:86:of the statement\n-}\n";
    assert_eq!(kind_of(text), Some(MessageKind::Mt940));
    let mut said = Vec::new();
    read(MessageKind::Mt940, &mut text.as_bytes(), &mut |piece| {
        said.push(match piece {
            Piece::Statement(id) => format!("statement {id}"),
            Piece::Account(account) => format!("account {account}"),
            Piece::Balance(b) => format!("{:?} {} {}", b.kind, b.credit, b.amount),
            Piece::Period(edge, day) => format!("{edge:?} {day}"),
            Piece::Entry(e) => format!("{} {} {}", e.line, e.amount, e.memo),
            Piece::Page(page) => format!("{page:?}"),
            Piece::Sums(sums) => format!("{:?} {} {}", sums.credit, sums.count, sums.sum),
            Piece::Cut(cut) => format!("cut {} {}", cut.line, cut.field),
            Piece::Bad(bad) => format!("bad {} {}", bad.line, bad.value),
        });
    })
    .unwrap();
    let expected = [
        "statement X",
        "account 0123 VND",
        "Opening true 100,",
        "Follows(false)",
        "6 50, extra NOP PHI -dash H48",
        "Closing false 150,",
        "GoesOn(false)",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_narrative_without_end_is_cut() {
    let memo = ":86:x\n".repeat(200_000);
    let text = format!(":20:X\n:61:221205C50,NTRFA\n{memo}:62F:C221205VND50,\n");
    let mut lengths = Vec::new();
    read(MessageKind::Mt940, &mut text.as_bytes(), &mut |piece| {
        if let Piece::Entry(entry) = piece {
            lengths.push(entry.memo.len());
        }
    })
    .unwrap();
    assert!(
        matches!(lengths[..], [n] if n <= 32 << 10 && n > 30 << 10),
        "{lengths:?}"
    );
}

#[test]
fn a_field_at_fault_is_told_with_its_line() {
    let mut bad = Vec::new();
    let text = ":20:X\n:61:nonsense\n:60F:?\n:86:text\n";
    read(MessageKind::Mt940, &mut text.as_bytes(), &mut |piece| {
        if let Piece::Bad(found) = piece {
            bad.push((found.line, found.field));
        }
    })
    .unwrap();
    assert_eq!(bad, [(2, ":61:"), (3, ":60:")]);
}
