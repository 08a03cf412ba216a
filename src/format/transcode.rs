//! PURE: a stream of text in another encoding -> a stream of UTF-8.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding};

use super::FormatError;

/// Bytes that are read at once.
const ROOM: usize = 1 << 16;

/// A stream that is transcoded as it is read. Its mark is taken off; bytes that are no letters of
/// the encoding are an error.
pub(super) struct Transcoded<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// The part of `raw` that is not decoded yet.
    from: usize,
    to: usize,
    text: Vec<u8>,
    /// Handed out of `text`.
    at: usize,
    ended: bool,
}

impl<R: Read> Transcoded<R> {
    pub(super) fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder(),
            raw: vec![0; ROOM],
            from: 0,
            to: 0,
            text: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.from == self.to {
            (self.from, self.to) = (0, self.source.read(&mut self.raw)?);
        }
        let raw = self.raw.get(self.from..self.to).unwrap_or_default();
        let last = raw.is_empty();
        self.text.resize(3 * ROOM, 0);
        let (result, read, written, lost) = self.decoder.decode_to_utf8(raw, &mut self.text, last);
        if lost {
            let found = "another encoding";
            return Err(io::Error::other(FormatError::NotUtf8 { found }));
        }
        self.from += read;
        self.text.truncate(written);
        self.at = 0;
        self.ended = last && result == CoderResult::InputEmpty;
        Ok(())
    }
}

impl<R: Read> Read for Transcoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            self.fill()?;
        }
        let mut rest = self.text.get(self.at..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// What an error of a stream means.
pub(super) fn fault_of(error: &io::Error) -> FormatError {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    inner.cloned().unwrap_or_else(|| FormatError::Unreadable {
        why: error.to_string().into(),
    })
}
