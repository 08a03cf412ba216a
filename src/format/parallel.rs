//! PURE: the blocks of one file, read on two threads, handed on in the order of the file.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::FormatError;
use super::blocks::{Block, Blocks};

/// Threads of one file; `match` reads two files at a time.
const READERS: usize = 2;

/// Where the blocks come from.
struct Feed<'a> {
    blocks: Blocks<'a>,
    first: Option<Block>,
    number: usize,
    failed: Option<FormatError>,
}

impl Feed<'_> {
    fn next(&mut self, room: Vec<u8>) -> Option<(usize, Block)> {
        let block = match self.first.take() {
            Some(block) => Some(block),
            None if self.failed.is_some() => None,
            None => self.blocks.next(room).unwrap_or_else(|error| {
                self.failed = Some(error);
                None
            }),
        };
        let number = self.number;
        self.number += 1;
        block.map(|block| (number, block))
    }
}

/// Where the results go: in order.
struct Done<T, F> {
    next: usize,
    early: BTreeMap<usize, T>,
    take: F,
}

impl<T, F: FnMut(T)> Done<T, F> {
    fn put(&mut self, number: usize, result: T) {
        self.early.insert(number, result);
        while let Some(result) = self.early.remove(&self.next) {
            (self.take)(result);
            self.next += 1;
        }
    }
}

impl Blocks<'_> {
    /// Reads every block, the `first` one included, and hands what was read to `take` in the order
    /// of the file. `reader` makes the reader of one thread.
    pub fn each<T: Send, R: FnMut(&Block) -> T>(
        self,
        first: Block,
        reader: impl Fn() -> R + Sync,
        mut take: impl FnMut(T) + Send,
    ) -> Result<(), FormatError> {
        if first.last {
            take(reader()(&first));
            return Ok(());
        }
        let feed = Mutex::new(Feed {
            blocks: self,
            first: Some(first),
            number: 0,
            failed: None,
        });
        let done = Mutex::new(Done {
            next: 0,
            early: BTreeMap::new(),
            take,
        });
        let work = || {
            let (mut read, mut room) = (reader(), Vec::new());
            loop {
                let next = lock(&feed).next(std::mem::take(&mut room));
                let Some((number, block)) = next else { break };
                let result = read(&block);
                lock(&done).put(number, result);
                room = block.bytes;
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..READERS {
                scope.spawn(work);
            }
            work();
        });
        let feed = feed.into_inner().unwrap_or_else(PoisonError::into_inner);
        feed.failed.map_or(Ok(()), Err)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::format::Limits;

    #[test]
    fn blocks_are_handed_on_in_order() {
        let lines: Vec<String> = (0..2_000).map(|i| i.to_string()).collect();
        let text = lines.join("\n");
        let mut blocks = Blocks::new(text.as_bytes(), 20, Limits::TEXT);
        let first = blocks.next(Vec::new()).unwrap().unwrap();
        let mut all = Vec::new();
        let read = blocks.each(
            first,
            || |block: &Block| block.bytes.clone(),
            |bytes| all.extend(bytes),
        );
        read.unwrap();
        assert_eq!(String::from_utf8(all).unwrap(), text);
    }

    #[test]
    fn an_unreadable_rest_is_an_error() {
        struct Broken;
        impl io::Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let source = io::Read::chain(&b"a\nb\nc\n"[..], Broken);
        let mut blocks = Blocks::new(source, 2, Limits::TEXT);
        let first = blocks.next(Vec::new()).unwrap().unwrap();
        let read = blocks.each(first, || |block: &Block| block.line, |_| {});
        assert!(read.is_err());
    }
}
