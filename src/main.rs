//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(doisoat::cli::main(std::env::args_os()))
}
