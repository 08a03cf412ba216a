//! fee.
