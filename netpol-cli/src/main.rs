//! The program `netpol`.

fn main() -> std::process::ExitCode {
    netpol_cli::main()
}
