//! One file a provider: wire types, what it can do, how it is read and how its answers are parsed.

pub mod casso;
pub mod sepay;
pub mod vnpay;
