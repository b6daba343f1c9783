//! What a body holds, so that it costs its own size and nothing stays behind.

use std::ops::Deref;

use memmap2::MmapMut;

/// Up to this size a body is like any other piece of memory.
const SMALL_BYTES_MAX: usize = 256 << 10;

/// The bytes of a body while they come.
///
/// Large ones get pages of their own from the system: a vector would hold the old and the new copy each time that it grows, and
/// the allocator would keep for the thread's next request what is freed. Pages that were never written take no memory.
pub(crate) enum Content {
    Small(Vec<u8>),
    Large { pages: MmapMut, len: usize },
}

impl Default for Content {
    fn default() -> Content {
        Content::Small(Vec::new())
    }
}

impl Content {
    /// Adds bytes; `bytes_max` is what the whole may have in the end.
    pub(crate) fn push(&mut self, chunk: &[u8], bytes_max: usize) {
        self.grow(chunk.len(), bytes_max);
        match self {
            Content::Small(bytes) => bytes.extend_from_slice(chunk),
            Content::Large { pages, len } => {
                let end = *len + chunk.len();
                if let Some(place) = pages.get_mut(*len..end) {
                    place.copy_from_slice(chunk);
                    *len = end;
                }
            }
        }
    }

    /// Moves to pages of its own where it becomes large and the system has them.
    fn grow(&mut self, more: usize, bytes_max: usize) {
        let Content::Small(bytes) = self else { return };
        if bytes.len() + more <= SMALL_BYTES_MAX {
            return;
        }
        let Ok(mut pages) = MmapMut::map_anon(bytes_max.max(bytes.len() + more)) else { return };
        let len = bytes.len();
        if let Some(place) = pages.get_mut(..len) {
            place.copy_from_slice(bytes);
            *self = Content::Large { pages, len };
        }
    }
}

impl Deref for Content {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::Small(bytes) => bytes,
            Content::Large { pages, len } => pages.get(..*len).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_came_small_and_large() {
        let whole: Vec<u8> = (0..SMALL_BYTES_MAX * 3).map(|number| (number % 251) as u8).collect();
        for piece in [1000, SMALL_BYTES_MAX - 1, SMALL_BYTES_MAX, SMALL_BYTES_MAX + 1, whole.len()] {
            let mut content = Content::default();
            for chunk in whole.chunks(piece) {
                content.push(chunk, whole.len());
            }
            assert_eq!(&*content, &whole[..], "in pieces of {piece}");
        }
    }
}
