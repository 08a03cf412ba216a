//! camt messages of any namespace, and hostile ones.

use super::*;

fn pieces(text: &str) -> Result<Vec<String>, FormatError> {
    let mut said = Vec::new();
    read(&mut text.as_bytes(), &mut |piece| {
        said.push(match piece {
            Piece::Statement(id) => format!("statement {id}"),
            Piece::Account(account) => format!("account {account}"),
            Piece::Balance(b) => {
                format!("{:?} {} {} {}", b.kind, b.credit, b.amount, b.currency)
            }
            Piece::Period(edge, day) => format!("{edge:?} {day}"),
            Piece::Entry(e) => format!(
                "{} {} {} {} {} {} {}",
                e.line, e.credit, e.pending, e.amount, e.memo, e.party, e.details
            ),
            Piece::Page(page) => format!("{page:?}"),
            Piece::Sums(sums) => format!("{:?} {} {}", sums.credit, sums.count, sums.sum),
            Piece::Cut(cut) => format!("cut {} {}", cut.line, cut.field),
            Piece::Bad(bad) => format!("bad {} {}", bad.line, bad.field),
        });
    })?;
    Ok(said)
}

#[test]
fn a_statement_in_any_namespace() {
    let text = "<?xml version=\"1.0\"?>\n<n:Document xmlns:n=\"urn:x:camt.053.001.08\"><n:BkToCstmrStmt>\n\
        <n:Stmt><n:Id>A &amp; B</n:Id><n:Acct><n:Id><n:Othr><n:Id>0123</n:Id></n:Othr></n:Id></n:Acct>\n\
        <n:Bal><n:Tp><n:CdOrPrtry><n:Cd>OPBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy=\"VND\">5</n:Amt>\
        <n:CdtDbtInd>DBIT</n:CdtDbtInd></n:Bal>\n\
        <n:Ntry><n:Amt Ccy=\"VND\">50000</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts><n:Cd>PDNG</n:Cd></n:Sts>\
        <n:NtryDtls><n:TxDtls><n:RltdPties><n:Dbtr><n:Nm>AN</n:Nm></n:Dbtr></n:RltdPties>\
        <n:RmtInf><n:Ustrd>NOP</n:Ustrd><n:Ustrd><![CDATA[PHI]]></n:Ustrd></n:RmtInf></n:TxDtls></n:NtryDtls></n:Ntry>\
        <n:Ntry><n:Amt>1</n:Amt></n:Ntry></n:Stmt></n:BkToCstmrStmt></n:Document>";
    assert_eq!(kind_of(text), Some(MessageKind::Camt053));
    let expected = [
        "statement A & B",
        "account 0123",
        "Opening false 5 VND",
        "5 true true 50000 NOP PHI AN 1",
        "bad 5 CdtDbtInd",
    ];
    assert_eq!(pieces(text).unwrap(), expected);
}

#[test]
fn hostile_messages_are_refused() {
    let check = |text: &str, line: u64, what: XmlFault| {
        assert_eq!(
            pieces(text),
            Err(FormatError::BadXml { line, what }),
            "{text:.60}"
        );
    };
    check(
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        1,
        XmlFault::DocType,
    );
    check("<a>\n&b;</a>", 2, XmlFault::Entity);
    check("<a>\n<b></a>", 2, XmlFault::Syntax);
    check("<a>\n<b>", 2, XmlFault::Cut);
    check(&"<a>".repeat(100_000), 1, XmlFault::Depth);
}
