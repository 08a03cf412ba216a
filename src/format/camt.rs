//! PURE: ISO 20022 cash management messages: camt.052 (report), camt.053 (statement), camt.054
//! (notification), of every version: elements are found by their local names and places, the
//! namespace does not matter. Read event by event, so that a message of any size needs no memory of
//! its own; no document type, no entities but the five of XML, a bounded depth.

mod whole;

use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader as XmlReader;

use super::message::{
    Bad, Balance, BalanceKind, Edge, Entry, MessageKind, PARTS_MAX, Part, Piece, Sink, Sums,
    TEXT_MAX, narrate,
};
use super::stream::Watched;
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
pub(super) fn read(content: &mut dyn BufRead, sink: Sink<'_>) -> Result<(), FormatError> {
    let mut xml = XmlReader::from_reader(Watched::new(content));
    let mut state = State::new(sink);
    let mut room = Vec::new();
    loop {
        room.clear();
        let line = xml.get_mut().next_piece();
        state.line = line;
        let bad = |what| FormatError::BadXml { line, what };
        let event = xml.read_event_into(&mut room).map_err(|error| match error {
            quick_xml::Error::Io(error) => Watched::fault(&error, line),
            _ => bad(XmlFault::Syntax),
        });
        match event? {
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
            Event::Eof if state.ends.is_empty() => {
                state.end();
                return Ok(());
            }
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
    /// Who pays and who is paid, of each transaction of the entry.
    parties: Vec<[Box<str>; 2]>,
    told_direction: bool,
    balance: Balance,
    sums: Sums,
    /// The page of the message, and whether another comes after it.
    page: (Option<u32>, bool),
    /// A statement was told.
    begun: bool,
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
            parties: Vec::new(),
            told_direction: false,
            balance: no_balance(),
            sums: whole::no_sums(),
            page: (None, false),
            begun: false,
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
                self.parties.clear();
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
            Some("/Ntry/NtryDtls/TxDtls") => self.begin_part(),
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
            } else if let Some(below) = place.strip_prefix("/TxsSummry") {
                self.of_sums(below, text);
            } else {
                self.of_statement(&place, text);
            }
        } else if self.path.contains("/GrpHdr/MsgPgntn/") {
            self.of_message(text);
        }
        self.ends.pop();
        self.path.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn of_statement(&mut self, place: &str, text: &str) {
        match place {
            "/Id" => self.begin(text),
            "/Acct/Id/IBAN" | "/Acct/Id/Othr/Id" => self.say(Piece::Account(text.into())),
            "/FrToDt/FrDtTm" | "/FrToDt/FrDt" => self.say(Piece::Period(Edge::First, text.into())),
            "/FrToDt/ToDtTm" | "/FrToDt/ToDt" => self.say(Piece::Period(Edge::Last, text.into())),
            // a statement without anything in it is one nevertheless
            "" => self.name(),
            _ => self.of_pages(place, text),
        }
    }

    fn of_balance(&mut self, below: &str, text: &str) {
        match below {
            "/Tp/CdOrPrtry/Cd" | "/Tp/Cd" => {
                self.balance.code = text.into();
                self.balance.kind = match text {
                    "OPBD" => BalanceKind::Opening,
                    "PRCD" => BalanceKind::Previous,
                    "CLBD" => BalanceKind::Closing,
                    _ => BalanceKind::Other,
                };
            }
            "/Amt" => self.balance.amount = text.into(),
            "/CdtDbtInd" => self.balance.credit = text != "DBIT",
            "/Dt/Dt" | "/Dt/DtTm" => self.balance.day = text.into(),
            "" => {
                let mut balance = std::mem::replace(&mut self.balance, no_balance());
                balance.line = self.line;
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
                self.party(0, text);
            }
            "/NtryDtls/TxDtls/RltdPties/Cdtr/Nm" | "/NtryDtls/TxDtls/RltdPties/Cdtr/Pty/Nm" => {
                self.party(1, text);
            }
            _ => self.with_entry(|entry| field(entry, below, text)),
        }
    }

    fn begin_part(&mut self) {
        if let Some(entry) = &mut self.entry {
            entry.details += 1;
            if entry.parts.len() < PARTS_MAX {
                entry.parts.push(Part::default());
                self.parties.push(Default::default());
            }
        }
    }

    fn party(&mut self, which: usize, name: &str) {
        if let Some(parties) = self.parties.last_mut() {
            parties[which] = name.into();
        }
    }

    fn end_entry(&mut self) {
        let Some(mut entry) = self.entry.take() else {
            return;
        };
        let party = usize::from(!entry.credit);
        for (part, names) in entry.parts.iter_mut().zip(&mut self.parties) {
            part.party = std::mem::take(&mut names[party]);
        }
        let last = entry.parts.iter().rev().find(|part| !part.party.is_empty());
        entry.party = last.map_or_else(|| "".into(), |part| part.party.clone());
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
            self.begin("");
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
        "/NtryDtls/TxDtls/RmtInf/Ustrd" => {
            entry.narrate(text);
            if let Some(part) = entry.parts.last_mut() {
                narrate(&mut part.memo, text);
            }
        }
        "/AddtlNtryInf" => entry.narrate(text),
        "/NtryDtls/TxDtls/Refs/EndToEndId" if text != "NOTPROVIDED" => {
            entry.reference = text.into();
            if let Some(part) = entry.parts.last_mut() {
                part.reference = text.into();
            }
        }
        _ => {
            if let (Some(below), Some(part)) = (
                below.strip_prefix("/NtryDtls/TxDtls"),
                entry.parts.last_mut(),
            ) {
                match below {
                    "/Amt" | "/AmtDtls/TxAmt/Amt" => part.amount = text.into(),
                    "/Refs/AcctSvcrRef" => part.bank_ref = text.into(),
                    _ => {}
                }
            }
        }
    }
}

fn no_balance() -> Balance {
    Balance {
        line: 0,
        field: "Bal",
        kind: BalanceKind::Other,
        code: "".into(),
        credit: true,
        amount: "".into(),
        currency: "".into(),
        day: "".into(),
    }
}

fn currency(start: &BytesStart) -> Box<str> {
    let mut attributes = start.attributes().flatten();
    let found = attributes.find(|a| a.key.local_name().into_inner() == "Ccy");
    found.map_or_else(|| "".into(), |a| (&*a.value).into())
}

#[cfg(test)]
mod tests;
