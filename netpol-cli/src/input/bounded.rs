//! The bytes of a file, within limits of size and patience.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// More is not read, neither of one file nor of all.
pub const LARGEST: u64 = 1 << 30;

/// Of a text that is not UTF-8, no more is read: it grows to three times its size.
const LARGEST_FOREIGN: usize = 256 << 20;

/// So long a pipe may take until someone opens it to write.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Reads a whole file, of which no more than `room` is left.
///
/// # Errors
/// What the operating system says, a file that is too large, or a pipe that nobody writes to.
pub fn read(path: &Path, room: u64) -> Result<Vec<u8>> {
    let length = std::fs::metadata(path)?.len();
    if length > room {
        return Err(too_large(length));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(length).unwrap_or_default())?;
    read_all(&mut open(path)?, &mut bytes, room)?;
    Ok(bytes)
}

/// Of a file beside the manifests, such as a configuration, no more is read.
const LARGEST_BESIDE: u64 = 64 << 20;

/// Reads a whole file that stands beside the manifests, or that a flag names.
///
/// # Errors
/// What the operating system says, a file that is too large or is not UTF-8, or a pipe that nobody writes to.
pub fn read_beside(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    open(path)?.take(LARGEST_BESIDE + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LARGEST_BESIDE {
        let message = format!("it is larger than the limit of {} MiB", LARGEST_BESIDE >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

/// Opens a file to read it; a pipe is waited for only so long.
///
/// # Errors
/// What the operating system says, or a pipe that nobody writes to.
pub fn opened(path: &Path) -> Result<File> {
    open(path)
}

/// Whether a file can be read to its end: what is no file at all, such as a pipe or a device, may have none.
pub fn has_an_end(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |file| file.is_file() && file.len() <= LARGEST_BESIDE)
}

/// Reads a stream to its end, of which no more than `room` is left.
///
/// # Errors
/// What the operating system says, or a stream that is too large.
pub fn read_all(stream: &mut dyn Read, bytes: &mut Vec<u8>, room: u64) -> Result<()> {
    stream.take(LARGEST + 1).read_to_end(bytes)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > room {
        return Err(too_large(length));
    }
    if bytes.len() > LARGEST_FOREIGN && std::str::from_utf8(bytes).is_err() {
        let limit = format!("it is not UTF-8, and larger than the limit of {} MiB", LARGEST_FOREIGN >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, limit));
    }
    Ok(())
}

fn too_large(length: u64) -> Error {
    let what = if length > LARGEST { "it is" } else { "with it, the input is" };
    let message = format!("{what} larger than the limit of {} GiB", LARGEST >> 30);
    Error::new(ErrorKind::FileTooLarge, message)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8], room: u64) -> Option<String> {
        read_all(&mut &*bytes, &mut Vec::new(), room).err().map(|error| error.to_string())
    }

    #[test]
    fn no_more_is_read_than_there_is_room_for() {
        assert_eq!(refusal(b"abc", 3), None);
        let words = "with it, the input is larger than the limit of 1 GiB";
        assert_eq!(refusal(b"abcd", 3).as_deref(), Some(words));
    }
}
