//! The same program under the name that makes `kubectl netpol` run it.

fn main() -> std::process::ExitCode {
    netpol_cli::main()
}
