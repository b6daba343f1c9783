//! Files that are compressed, which their name's ending says, as in Flink: they are read from the beginning, and a position is a byte
//! of what they hold.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::{MultiGzDecoder, ZlibDecoder};
use yeoul_base::DiskFile;

/// How a file is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Packing {
    /// `.gz`, `.gzip`; of several parts, too.
    Gzip,
    /// `.deflate`: with zlib's header.
    Deflate,
    /// `.zst`
    Zstd,
}

/// How the file of this name is compressed; none if it isn't.
///
/// # Errors
/// An ending that Flink reads and Yeoul doesn't.
pub(super) fn packing_of(path: &Path) -> Result<Option<Packing>, String> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
    Ok(Some(match ending {
        "gz" | "gzip" => Packing::Gzip,
        "deflate" => Packing::Deflate,
        "zst" => Packing::Zstd,
        "bz2" | "xz" => return Err(format!("files that end in `.{ending}` are not supported yet")),
        _ => return Ok(None),
    }))
}

/// Reads what a compressed file of so many bytes holds.
///
/// # Errors
/// Of zstd, memory that isn't there.
pub(super) fn unpacked(file: Arc<dyn DiskFile>, bytes: u64, packing: Packing) -> io::Result<Box<dyn Read + Send>> {
    let packed = InOrder { file, bytes, at: 0 };
    Ok(match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(packed)),
        Packing::Deflate => Box::new(ZlibDecoder::new(packed)),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
    })
}

/// A file from its beginning to its end.
struct InOrder {
    file: Arc<dyn DiskFile>,
    bytes: u64,
    at: u64,
}

impl Read for InOrder {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.bytes - self.at).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        self.file.read_exact_at(buffer.get_mut(..wanted).unwrap_or_default(), self.at)?;
        self.at += wanted as u64;
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use yeoul_base::disk::OpenMode;
    use yeoul_base::{Disk, RealDisk};

    fn read(packing: Packing, packed: &[u8]) -> io::Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, packed).unwrap();
        let file = RealDisk.open(&path, OpenMode::Read).unwrap();
        let mut text = String::new();
        unpacked(file, packed.len() as u64, packing)?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_is_read() {
        let text = "a row\n".repeat(1000);
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(text.as_bytes()).unwrap();
        assert_eq!(read(Packing::Gzip, &gzip(&text)).unwrap(), text);
        assert_eq!(read(Packing::Gzip, &[gzip("a\n"), gzip("b\n")].concat()).unwrap(), "a\nb\n", "two parts");
        assert_eq!(read(Packing::Deflate, &zlib.finish().unwrap()).unwrap(), text);
        assert_eq!(read(Packing::Zstd, &zstd::encode_all(text.as_bytes(), 1).unwrap()).unwrap(), text);
    }

    #[test]
    fn what_is_cut_off_or_no_gzip_is_an_error() {
        let packed = gzip(&"a row\n".repeat(1000));
        assert!(read(Packing::Gzip, &packed[..packed.len() / 2]).is_err());
        assert!(read(Packing::Gzip, b"{\"n\":1}\n").is_err());
    }

    #[test]
    fn the_ending_says_how_a_file_is_compressed() {
        let packing = |name: &str| packing_of(Path::new(name));
        assert_eq!(packing("a.json"), Ok(None));
        assert_eq!(packing("gz"), Ok(None));
        assert_eq!(packing("in/a.json.gz"), Ok(Some(Packing::Gzip)));
        assert_eq!(packing("a.zst"), Ok(Some(Packing::Zstd)));
        assert!(packing("a.bz2").is_err_and(|error| error.contains("`.bz2`")));
    }
}
