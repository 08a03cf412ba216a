//! The files of a corpus, written row by row: into memory or into a folder.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// Where rows go.
enum Out {
    Memory(Vec<u8>),
    Disk(BufWriter<File>),
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Memory(all) => all.write(bytes),
            Self::Disk(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Disk(file) => file.flush(),
        }
    }
}

/// The open files by name.
pub(crate) struct Files {
    folder: Option<PathBuf>,
    open: BTreeMap<&'static str, csv::Writer<Out>>,
}

impl Files {
    /// Into `folder`, or into memory.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        let open = BTreeMap::new();
        Self { folder, open }
    }

    /// Writes one row; the first of a file comes after its header.
    pub(crate) fn row(&mut self, name: &'static str, header: &[&str], row: &[&str]) {
        let folder = self.folder.as_ref();
        let writer = self.open.entry(name).or_insert_with(|| {
            let out = match folder {
                Some(folder) => {
                    let path = folder.join(name);
                    let file = File::create(&path)
                        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                    Out::Disk(BufWriter::with_capacity(1 << 20, file))
                }
                None => Out::Memory(Vec::new()),
            };
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
            writer.write_record(header).expect("a header is written");
            writer
        });
        writer.write_record(row).expect("a row is written");
    }

    /// Closes every file; gives the bytes of those in memory.
    pub(crate) fn finish(self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for (name, writer) in self.open {
            match writer
                .into_inner()
                .unwrap_or_else(|_| panic!("{name} is written"))
            {
                Out::Memory(bytes) => {
                    files.insert(name.to_owned(), bytes);
                }
                Out::Disk(mut file) => file.flush().expect("the last rows are written"),
            }
        }
        files
    }
}
