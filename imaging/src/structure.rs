//! Walks over the blocks of the file formats, without decoding them: is the file whole, has it
//! more than one frame, and the file without what is not needed to show it.
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
        // It was parsed before, which nobody can do with a part of it.
        Format::Svg => true,
    }
}

/// The EXIF orientation of a picture that is stored as it is seen.
pub(super) const UPRIGHT: u8 = 1;

/// A whole PNG, GIF or WebP without texts, dates, places, thumbnails and everything else that is not needed to show it. Frames, palettes,
/// and what says of colours what they are stay byte for byte; so does how the picture was held.
pub(super) fn without_metadata(bytes: &[u8], format: Format, orientation: u8) -> Vec<u8> {
    match format {
        Format::Png => png_without_metadata(bytes, orientation),
        Format::Gif => gif_without_metadata(bytes).unwrap_or_else(|| bytes.to_vec()),
        Format::WebP => webp_without_metadata(bytes, orientation),
        Format::Jpeg | Format::Svg => unreachable!("of these no copy is the file itself"),
    }
}

/// EXIF data that say how a picture was held, and nothing else (Exif 2.32, section 4.6).
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0; 4]);
    exif
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

/// The profile of a picture that does not move is not needed: where it says anything, the colours were converted.
fn png_without_metadata(png: &[u8], orientation: u8) -> Vec<u8> {
    const KEPT: [&[u8; 4]; 10] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"cICP"];
    const OF_FRAMES: [&[u8; 4]; 4] = [b"acTL", b"fcTL", b"fdAT", b"iCCP"];
    let animated = png_chunks(png).any(|chunk| chunk.kind == *b"acTL");
    let mut kept = png[..8].to_vec();
    for chunk in png_chunks(png) {
        if KEPT.contains(&&chunk.kind) || (animated && OF_FRAMES.contains(&&chunk.kind)) {
            kept.extend_from_slice(&png[chunk.start..chunk.end]);
        }
        if chunk.kind == *b"IHDR" && orientation != UPRIGHT {
            kept.extend(png_chunk(*b"eXIf", &exif(orientation)));
        }
        if chunk.kind == *b"IEND" {
            break;
        }
    }
    kept
}

/// A chunk with its length and checksum.
fn png_chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a chunk of ours is small").to_be_bytes();
    let checked = [&kind, content].concat();
    let mut checksum = flate2::Crc::new();
    checksum.update(&checked);
    [&length[..], &checked, &checksum.sum().to_be_bytes()].concat()
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

/// Comments, texts and what programs keep for themselves go; how often the animation is repeated stays.
fn gif_without_metadata(bytes: &[u8]) -> Option<Vec<u8>> {
    const TRAILER: u8 = 0x3b;
    const REPEATED: [&[u8; 11]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];
    let mut at = 13 + color_table_bytes(*bytes.get(10)?);
    let mut kept = bytes.get(..at)?.to_vec();
    loop {
        let end = match bytes.get(at..) {
            Some([0x21, ..]) => gif_sub_blocks_end(bytes, at + 2)?,
            Some([0x2c, ..]) => gif_sub_blocks_end(bytes, at + 11 + color_table_bytes(*bytes.get(at + 9)?))?,
            _ => break,
        };
        let block = bytes.get(at..end)?;
        let is_kept = match block {
            [0x21, 0xf9, ..] => true,
            [0x21, 0xff, 11, name @ ..] => REPEATED.iter().any(|repeated| name.starts_with(*repeated)),
            [0x21, ..] => false,
            _ => true,
        };
        if is_kept {
            kept.extend_from_slice(block);
        }
        at = end;
    }
    kept.push(TRAILER);
    Some(kept)
}

/// What is shown of a WebP in chunks (RFC 9649, section 2.7): its frames and its profile.
fn webp_without_metadata(bytes: &[u8], orientation: u8) -> Vec<u8> {
    const KEPT: [&[u8; 4]; 7] = [b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"];
    const HAS_EXIF: u8 = 0b1000;
    const HAS_XMP: u8 = 0b100;
    let mut chunks = Vec::new();
    let mut at = 12;
    while let Some([a, b, c, d, length @ ..]) = bytes.get(at..at + 8) {
        let length = length.iter().rev().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        // A chunk of odd length is followed by an empty byte.
        let end = at + 8 + length + length % 2;
        let Some(chunk) = bytes.get(at..end) else { break };
        if KEPT.contains(&&[*a, *b, *c, *d]) {
            let start = chunks.len();
            chunks.extend_from_slice(chunk);
            if chunk.starts_with(b"VP8X") && length > 0 {
                let flags = &mut chunks[start + 8];
                *flags &= !(HAS_EXIF | HAS_XMP);
                *flags |= if orientation == UPRIGHT { 0 } else { HAS_EXIF };
            }
        }
        at = end;
    }
    if orientation != UPRIGHT {
        let exif = exif(orientation);
        chunks.extend(b"EXIF");
        chunks.extend(u32::try_from(exif.len()).expect("26 bytes").to_le_bytes());
        chunks.extend(exif);
    }
    let length = u32::try_from(chunks.len() + 4).expect("no longer than it was").to_le_bytes();
    [&b"RIFF"[..], &length, b"WEBP", &chunks].concat()
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

#[cfg(test)]
mod tests;
