//! The CSV files.
