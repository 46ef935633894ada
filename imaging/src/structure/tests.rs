//! Files that move, put together here with what nobody sees in them.

use image::{AnimationDecoder as _, DynamicImage, RgbImage, RgbaImage};

use super::super::tests::{gif, png, quarters};
use super::super::{Format, Output, check, encode};
use super::*;

/// How many frames a file has, how it was held, and their pixels.
fn frames(file: &[u8]) -> (u8, Vec<RgbaImage>) {
    let pixels = |frames: image::Frames<'_>| frames.map(|frame| frame.expect("a frame").into_buffer()).collect();
    let orientation = |decoder: &mut dyn image::ImageDecoder| decoder.orientation().expect("readable").to_exif();
    let reader = std::io::Cursor::new(file);
    match Format::of(file).unwrap() {
        Format::Png => {
            let mut decoder = image::codecs::png::PngDecoder::new(reader).unwrap();
            (orientation(&mut decoder), pixels(decoder.apng().unwrap().into_frames()))
        }
        Format::WebP => {
            let mut decoder = image::codecs::webp::WebPDecoder::new(reader).unwrap();
            (orientation(&mut decoder), pixels(decoder.into_frames()))
        }
        _ => (1, pixels(image::codecs::gif::GifDecoder::new(reader).unwrap().into_frames())),
    }
}

fn webp_chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let filler: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
    [&kind[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content, filler].concat()
}

/// An animated WebP (RFC 9649, section 2.7) with data of a camera and of an image program.
fn moving_webp(orientation: u8) -> Vec<u8> {
    let still = |picture: &RgbImage| {
        let file = webp::Encoder::from_rgb(picture, 16, 8).encode_lossless().to_vec();
        let frame = [0, 0, 0, 0, 0, 0, 15, 0, 0, 7, 0, 0, 100, 0, 0, 0];
        webp_chunk(*b"ANMF", &[&frame[..], &file[12..]].concat())
    };
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend(b"\0\0\0\0Mira");
    let chunks = [
        webp_chunk(*b"VP8X", &[0b1110, 0, 0, 0, 15, 0, 0, 7, 0, 0]),
        webp_chunk(*b"ANIM", &[0; 6]),
        still(&quarters(16, 8)),
        still(&RgbImage::new(16, 8)),
        webp_chunk(*b"EXIF", &exif),
        webp_chunk(*b"XMP ", b"<x>Mira</x>"),
    ]
    .concat();
    [&b"RIFF"[..], &u32::try_from(chunks.len() + 4).unwrap().to_le_bytes(), b"WEBP", &chunks].concat()
}

/// An animated PNG (W3C PNG, section 11.3.6) of two frames, with a text in it.
fn moving_png() -> Vec<u8> {
    let still = png(&DynamicImage::ImageRgb8(quarters(16, 8)));
    let (head, rest) = still.split_at(33);
    let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
    let (first, end) = rest.split_at(length + 12);
    let control = |number: u8| {
        let mut control = vec![0, 0, 0, number, 0, 0, 0, 16, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        control.extend([0, 1, 0, 10, 0, 0]);
        png_chunk(*b"fcTL", &control)
    };
    let second = png_chunk(*b"fdAT", &[&[0, 0, 0, 2], &first[8..8 + length]].concat());
    let of_all = png_chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let text = png_chunk(*b"tEXt", b"Author\0Mira");
    [head, &of_all, &text, &control(0), first, &control(1), &second, end].concat()
}

#[test]
fn what_moves_is_kept_without_what_nobody_sees() {
    let plain = gif(3);
    let start = 13 + if plain[10] & 0x80 == 0 { 0 } else { 3 << ((plain[10] & 7) + 1) };
    let texts = b"\x21\xfe\x04Mira\0\x21\xff\x0bXMP DataXMP\x04Mira\0\x21\xff\x0bNETSCAPE2.0\x03\x01\x07\0\0";
    let gif = [&plain[..start], texts, &plain[start..]].concat();
    for (file, orientation, count) in [(gif, 1, 3), (moving_webp(1), 1, 2), (moving_webp(6), 6, 2), (moving_png(), 1, 2)] {
        let picture = check(&file).unwrap();
        assert!(picture.animated, "{picture:?}");
        let copy = encode(&file, 9, Output::Original).unwrap();
        assert!(!copy.windows(4).any(|word| word == b"Mira"), "{picture:?}");
        let (held, seen) = frames(&copy);
        assert_eq!((held, seen.len()), (orientation, count), "{picture:?}");
        assert_eq!(seen, frames(&file).1, "{picture:?}");
        assert_eq!(check(&copy).unwrap(), picture);
        assert_eq!(encode(&copy, 9, Output::Original).unwrap(), copy, "what is clean stays");
        if picture.format == Format::Gif {
            assert!(copy.windows(11).any(|word| word == b"NETSCAPE2.0"), "how often it is repeated");
        }
    }
}

#[test]
fn no_cut_and_no_changed_byte_of_what_moves_makes_it_panic() {
    for file in [gif(2), moving_webp(6), moving_png()] {
        for place in 0..file.len() {
            let _ = encode(&file[..place], 10, Output::Original);
            let mut changed = file.clone();
            changed[place] ^= 0x55;
            let _ = encode(&changed, 10, Output::Original);
        }
    }
}
