//! `doisoat.xlsx`: the workbook of a night.

pub mod columns;
