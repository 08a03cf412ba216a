//! PURE: ISO 20022 cash management messages: camt.052 (report), camt.053 (statement), camt.054
//! (notification), of every version: elements are found by their local names and places, the
//! namespace does not matter. Read event by event, so that a message of any size needs no memory of
//! its own; no document type, no entities but the five of XML, a bounded depth.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader as XmlReader;

use super::message::{Bad, Balance, BalanceKind, Entry, MessageKind, Piece, Sink, TEXT_MAX};
use super::{FormatError, XmlFault};

/// Elements may stand so deep; the deepest of the standard is below 20.
const DEPTH_MAX: usize = 64;
/// `/Document/BkToCstmrStmt/Stmt`.
const STATEMENT_DEPTH: usize = 3;

/// Told by the element that holds the message.
pub(super) fn kind_of(text: &str) -> Option<MessageKind> {
    let head = text.get(..4096).unwrap_or(text);
    let starts = head.trim_start().starts_with('<');
    let has = |name: &str| head.contains(&format!("<{name}")) || head.contains(&format!(":{name}"));
    if !starts {
        return None;
    }
    let kinds = [
        ("BkToCstmrAcctRpt", MessageKind::Camt052),
        ("BkToCstmrStmt", MessageKind::Camt053),
        ("BkToCstmrDbtCdtNtfctn", MessageKind::Camt054),
    ];
    let found = kinds.into_iter().find(|(name, _)| has(name));
    found.map(|(_, kind)| kind)
}

/// Reads every statement of the message.
pub(super) fn read(text: &str, sink: Sink<'_>) -> Result<(), FormatError> {
    let mut xml = XmlReader::from_str(text);
    let mut state = State::new(sink);
    let mut counted = 0;
    loop {
        let at = usize::try_from(xml.buffer_position()).unwrap_or(text.len());
        let passed = text.as_bytes().get(counted..at).unwrap_or_default();
        state.line += passed.iter().map(|b| u64::from(*b == b'\n')).sum::<u64>();
        counted = at;
        let line = state.line;
        let bad = |what| FormatError::BadXml { line, what };
        match xml.read_event().map_err(|_| bad(XmlFault::Syntax))? {
            Event::Start(start) => {
                if state.ends.len() >= DEPTH_MAX {
                    return Err(bad(XmlFault::Depth));
                }
                state.open(&start);
            }
            Event::Empty(start) => {
                state.open(&start);
                state.close();
            }
            Event::End(_) => state.close(),
            Event::Text(text) => state.more(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) => state.more(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(name) => {
                let known = match &*name {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                let char = known.ok_or_else(|| bad(XmlFault::Entity))?;
                state.more(char.encode_utf8(&mut [0; 4]));
            }
            Event::DocType(_) => return Err(bad(XmlFault::DocType)),
            Event::Eof if state.ends.is_empty() => return Ok(()),
            Event::Eof => return Err(bad(XmlFault::Cut)),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

struct State<'s> {
    /// `/Document/BkToCstmrStmt/Stmt/Ntry`: local names of the open elements.
    path: String,
    /// Where the path of each open element ends.
    ends: Vec<usize>,
    /// Text of the innermost.
    text: String,
    /// The statement's identification was told.
    named: bool,
    entry: Option<Box<Entry>>,
    /// Who pays and who is paid, of the entry.
    parties: [Box<str>; 2],
    told_direction: bool,
    balance: Balance,
    line: u64,
    sink: Sink<'s>,
}

impl<'s> State<'s> {
    fn new(sink: Sink<'s>) -> Self {
        Self {
            path: String::new(),
            ends: Vec::new(),
            text: String::new(),
            named: false,
            entry: None,
            parties: Default::default(),
            told_direction: false,
            balance: no_balance(),
            line: 1,
            sink,
        }
    }

    /// The path below the statement; none outside of one.
    fn place(&self) -> Option<&str> {
        let end = *self.ends.get(STATEMENT_DEPTH - 1)?;
        let statement = &self.path[..end];
        let known = ["/Rpt", "/Stmt", "/Ntfctn"]
            .iter()
            .any(|name| statement.ends_with(name));
        known.then(|| &self.path[end..])
    }

    fn open(&mut self, start: &BytesStart) {
        self.path.push('/');
        self.path.push_str(start.local_name().into_inner());
        self.ends.push(self.path.len());
        self.text.clear();
        match self.place() {
            Some("") => self.named = false,
            Some("/Ntry") => {
                self.told_direction = false;
                self.parties = Default::default();
                self.entry = Some(Box::new(Entry {
                    line: self.line,
                    ..Entry::default()
                }));
            }
            Some("/Bal") => self.balance = no_balance(),
            Some("/Ntry/Amt") => {
                let currency = currency(start);
                self.with_entry(|entry| entry.currency = currency);
            }
            Some("/Bal/Amt") => self.balance.currency = currency(start),
            Some("/Ntry/NtryDtls/TxDtls") => self.with_entry(|entry| entry.details += 1),
            _ => {}
        }
    }

    fn more(&mut self, text: &str) {
        if self.text.len() + text.len() <= TEXT_MAX {
            self.text.push_str(text);
        }
    }

    fn close(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim();
        if let Some(place) = self.place().map(str::to_owned) {
            if let Some(below) = place.strip_prefix("/Ntry") {
                self.of_entry(below, text);
            } else if let Some(below) = place.strip_prefix("/Bal") {
                self.of_balance(below, text);
            } else {
                self.of_statement(&place, text);
            }
        }
        self.ends.pop();
        self.path.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn of_statement(&mut self, place: &str, text: &str) {
        match place {
            "/Id" => {
                self.named = true;
                (self.sink)(Piece::Statement(text.into()));
            }
            "/Acct/Id/IBAN" | "/Acct/Id/Othr/Id" => self.say(Piece::Account(text.into())),
            // a statement without anything in it is one nevertheless
            "" => self.name(),
            _ => {}
        }
    }

    fn of_balance(&mut self, below: &str, text: &str) {
        match below {
            "/Tp/CdOrPrtry/Cd" | "/Tp/Cd" => {
                self.balance.kind = match text {
                    "OPBD" => BalanceKind::Opening,
                    "PRCD" => BalanceKind::Previous,
                    "CLBD" => BalanceKind::Closing,
                    _ => BalanceKind::Other,
                };
            }
            "/Amt" => self.balance.amount = text.into(),
            "/CdtDbtInd" => self.balance.credit = text != "DBIT",
            "" => {
                let balance = std::mem::replace(&mut self.balance, no_balance());
                self.say(Piece::Balance(balance));
            }
            _ => {}
        }
    }

    fn of_entry(&mut self, below: &str, text: &str) {
        match below {
            "/CdtDbtInd" => {
                self.told_direction = matches!(text, "CRDT" | "DBIT");
                self.with_entry(|entry| entry.credit = text == "CRDT");
            }
            "" => self.end_entry(),
            "/NtryDtls/TxDtls/RltdPties/Dbtr/Nm" | "/NtryDtls/TxDtls/RltdPties/Dbtr/Pty/Nm" => {
                self.parties[0] = text.into();
            }
            "/NtryDtls/TxDtls/RltdPties/Cdtr/Nm" | "/NtryDtls/TxDtls/RltdPties/Cdtr/Pty/Nm" => {
                self.parties[1] = text.into();
            }
            _ => self.with_entry(|entry| field(entry, below, text)),
        }
    }

    fn end_entry(&mut self) {
        let Some(mut entry) = self.entry.take() else {
            return;
        };
        let party = usize::from(!entry.credit);
        entry.party = std::mem::take(&mut self.parties[party]);
        if self.told_direction {
            self.say(Piece::Entry(entry));
        } else {
            let (line, value) = (entry.line, "".into());
            let field = "CdtDbtInd";
            self.say(Piece::Bad(Bad { line, field, value }));
        }
    }

    fn with_entry(&mut self, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = &mut self.entry {
            change(entry);
        }
    }

    /// Tells the statement itself before anything in it.
    fn say(&mut self, piece: Piece) {
        self.name();
        (self.sink)(piece);
    }

    fn name(&mut self) {
        if !self.named {
            self.named = true;
            (self.sink)(Piece::Statement("".into()));
        }
    }
}

/// A field of an entry.
fn field(entry: &mut Entry, below: &str, text: &str) {
    match below {
        "/Amt" => entry.amount = text.into(),
        "/RvslInd" => entry.reversal = matches!(text, "true" | "1"),
        "/Sts" | "/Sts/Cd" if !text.is_empty() => entry.pending = text != "BOOK",
        "/BookgDt/Dt" | "/BookgDt/DtTm" => entry.booked = text.into(),
        "/ValDt/Dt" | "/ValDt/DtTm" => entry.value = text.into(),
        "/AcctSvcrRef" => entry.bank_ref = text.into(),
        "/NtryRef" if entry.reference.is_empty() => entry.reference = text.into(),
        "/NtryDtls/TxDtls/Refs/EndToEndId" if text != "NOTPROVIDED" => {
            entry.reference = text.into();
        }
        "/NtryDtls/TxDtls/RmtInf/Ustrd" | "/AddtlNtryInf" => {
            entry.narrate(text);
        }
        _ => {}
    }
}

fn no_balance() -> Balance {
    Balance {
        kind: BalanceKind::Other,
        credit: true,
        amount: "".into(),
        currency: "".into(),
    }
}

fn currency(start: &BytesStart) -> Box<str> {
    let mut attributes = start.attributes().flatten();
    let found = attributes.find(|a| a.key.local_name().into_inner() == "Ccy");
    found.map_or_else(|| "".into(), |a| (&*a.value).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Result<Vec<String>, FormatError> {
        let mut said = Vec::new();
        read(text, &mut |piece| {
            said.push(match piece {
                Piece::Statement(id) => format!("statement {id}"),
                Piece::Account(account) => format!("account {account}"),
                Piece::Balance(b) => {
                    format!("{:?} {} {} {}", b.kind, b.credit, b.amount, b.currency)
                }
                Piece::Entry(e) => format!(
                    "{} {} {} {} {} {} {}",
                    e.line, e.credit, e.pending, e.amount, e.memo, e.party, e.details
                ),
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
}
