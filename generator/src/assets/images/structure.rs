//! Walks over the blocks of the four file formats, without decoding them: is the file whole, has
//! it more than one frame, and a PNG without what is not needed to show it.
//!
//! Decoders are lenient: a JPEG that was cut short decodes into half a picture over grey. A shop
//! should rather hear of it.

use super::Format;

/// Whether the file goes on to the end of its picture. Bytes after that end are common (phones
/// append a film or a depth map) and harmless.
pub(super) fn is_whole(bytes: &[u8], format: Format) -> bool {
    match format {
        Format::Jpeg => jpeg_end(bytes).is_some(),
        Format::Png => png_chunks(bytes).any(|chunk| chunk.kind == *b"IEND"),
        Format::Gif => gif_frames(bytes).is_some(),
        Format::WebP => webp_end(bytes).is_some_and(|end| end <= bytes.len()),
    }
}

/// Whether a GIF has a second frame.
pub(super) fn gif_is_animated(bytes: &[u8]) -> bool {
    // One that is cut short is refused later; until then it counts as a still picture.
    gif_frames(bytes).is_some_and(|frames| frames > 1)
}

/// The offset after the end-of-image marker (ITU T.81, annex B).
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    const END_OF_IMAGE: u8 = 0xd9;
    const START_OF_SCAN: u8 = 0xda;
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        let marker = *bytes.get(at + 1)?;
        at += 1;
        match marker {
            END_OF_IMAGE => return Some(at + 1),
            // Fill bytes, an escaped 0xff in the picture's data, and markers without a length.
            0xff => {}
            0x00 | 0x01 | 0xd0..=0xd8 => at += 1,
            _ => {
                let length = usize::from(big_endian_u16(bytes, at + 1)?);
                at += 1 + length.max(2);
                if marker == START_OF_SCAN {
                    at = scan_end(bytes, at)?;
                }
            }
        }
    }
}

/// The offset of the marker that ends the entropy-coded data at `at`.
fn scan_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// One chunk of a PNG: its kind and its place, length and checksum included.
struct Chunk {
    kind: [u8; 4],
    start: usize,
    end: usize,
}

/// The whole chunks of a PNG (W3C PNG, section 5.3), in order; stops where one is cut short.
fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = Chunk> {
    const SIGNATURE: usize = 8;
    let mut at = SIGNATURE;
    std::iter::from_fn(move || {
        let length = usize::try_from(big_endian_u32(bytes, at)?).ok()?;
        let kind = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let end = at.checked_add(length)?.checked_add(12)?;
        bytes.get(at..end)?;
        let start = std::mem::replace(&mut at, end);
        Some(Chunk { kind, start, end })
    })
}

/// The PNG without texts, dates, EXIF data and everything else that is not needed to show it. The
/// pixels, a palette and the description of the colours stay exactly as they were.
pub(super) fn without_metadata(png: &[u8]) -> Vec<u8> {
    const KEPT: [&[u8; 4]; 10] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"cICP"];
    let mut kept = png[..8].to_vec();
    for chunk in png_chunks(png) {
        if KEPT.contains(&&chunk.kind) {
            kept.extend_from_slice(&png[chunk.start..chunk.end]);
        }
        if chunk.kind == *b"IEND" {
            break;
        }
    }
    kept
}

/// The number of frames of a GIF that is whole (`GIF89a` specification, sections 17 to 27).
fn gif_frames(bytes: &[u8]) -> Option<u32> {
    const TRAILER: u8 = 0x3b;
    const EXTENSION: u8 = 0x21;
    const IMAGE: u8 = 0x2c;
    let mut at = 13 + color_table_bytes(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at) {
            // Some programs forget the trailer; every browser forgives it after a whole frame.
            Some(&TRAILER) | None if frames > 0 => return Some(frames),
            Some(&EXTENSION) => at = gif_sub_blocks_end(bytes, at + 2)?,
            Some(&IMAGE) => {
                let packed = *bytes.get(at + 9)?;
                let code_size = at + 10 + color_table_bytes(packed);
                at = gif_sub_blocks_end(bytes, code_size + 1)?;
                frames += 1;
            }
            _ => return None,
        }
    }
}

/// The size of the colour table that a GIF's packed field announces, in bytes.
fn color_table_bytes(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// The offset after the empty block that ends a chain of sub-blocks.
fn gif_sub_blocks_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// The offset at which the RIFF container says that it ends (RFC 9649, section 2.4).
fn webp_end(bytes: &[u8]) -> Option<usize> {
    let length: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(length)).ok()?.checked_add(8)
}

fn big_endian_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(field.try_into().ok()?))
}

fn big_endian_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(field.try_into().ok()?))
}
