//! The bytes of a file, within limits of size and patience.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Larger files are not read.
const LARGEST: u64 = 1 << 30;

/// So long a pipe may take until someone opens it to write.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Reads a whole file.
///
/// # Errors
/// What the operating system says, a file that is larger than 1 GiB, or a pipe that nobody writes to.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if length > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length).unwrap_or_default())?;
    read_all(&mut open(path)?, &mut bytes)?;
    Ok(bytes)
}

/// Reads a stream to its end.
///
/// # Errors
/// What the operating system says, or a stream that is larger than 1 GiB.
pub fn read_all(stream: &mut dyn Read, bytes: &mut Vec<u8>) -> Result<()> {
    stream.take(LARGEST + 1).read_to_end(bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) { Err(too_large()) } else { Ok(()) }
}

fn too_large() -> Error {
    Error::new(ErrorKind::FileTooLarge, "it is larger than the limit of 1 GiB")
}

#[cfg(unix)]
fn open(path: &Path) -> Result<File> {
    use std::os::unix::fs::FileTypeExt;
    if std::fs::metadata(path)?.file_type().is_fifo() { open_pipe(path) } else { File::open(path) }
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File> {
    File::open(path)
}

/// To open a pipe waits for its writer; here it is waited for only so long.
#[cfg(unix)]
fn open_pipe(path: &Path) -> Result<File> {
    let (sender, opened) = std::sync::mpsc::channel();
    let path = path.to_owned();
    // When nobody ever writes, this thread ends with the program.
    std::thread::spawn(move || drop(sender.send(File::open(path))));
    opened.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let seconds = PATIENCE.as_secs();
        let message = format!("it is a pipe that nobody opened to write within {seconds} seconds");
        Err(Error::new(ErrorKind::TimedOut, message))
    })
}
