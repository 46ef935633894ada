//! Pictures made here, byte by byte where it matters, and real ones from the shared test data.

use std::path::PathBuf;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::*;

/// Four plain quarters, so that a turn or a flip shows in the corners.
const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const WHITE: [u8; 3] = [250, 250, 250];

/// Red and green above, blue and white below.
pub(super) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => WHITE,
        })
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

pub(super) fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// An Exif segment with one entry: tag 0x0112, orientation (Exif 2.32, section 4.6.2).
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([0; 4]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

/// The names of the colours in the corners: top left, top right, bottom left, bottom right.
fn corners(encoded: &[u8]) -> String {
    let picture = image::load_from_memory(encoded).unwrap().into_rgb8();
    let (right, bottom) = (picture.width() - 3, picture.height() - 3);
    [(2, 2), (right, 2), (2, bottom), (right, bottom)]
        .map(|(x, y)| {
            let seen = picture.get_pixel(x, y).0;
            let distance = |color: [u8; 3]| -> u32 { color.iter().zip(seen).map(|(a, b)| u32::from(a.abs_diff(b))).sum() };
            [('R', RED), ('G', GREEN), ('B', BLUE), ('W', WHITE)]
                .into_iter()
                .find(|(_, color)| distance(*color) < 60)
                .map_or('?', |(name, _)| name)
        })
        .iter()
        .collect()
}

fn size(encoded: &[u8]) -> (u32, u32) {
    image::load_from_memory(encoded).unwrap().dimensions()
}

/// A file of the shared test data, or `None`, with a word about it, where there is none.
#[expect(clippy::disallowed_methods, reason = "a test reads its pictures")]
fn shared(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("SHOPFRONT_TEST_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"), PathBuf::from);
    let path = folder.join("images").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            None
        }
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let plain = jpeg(&quarters(64, 32));
    // How the stored quarters RG/BW are seen.
    for (orientation, seen) in [(1, "RGBW"), (2, "GRWB"), (3, "WBGR"), (4, "BWRG"), (5, "RBGW"), (6, "BRWG"), (7, "WGBR"), (8, "GWRB")] {
        let file = with_orientation(&plain, orientation);
        let upright = if orientation < 5 { (64, 32) } else { (32, 64) };
        let picture = probe(&file).unwrap();
        assert_eq!((picture.width, picture.height), upright, "{orientation}");
        for output in [Output::WebP, Output::Original] {
            let whole = encode(&file, 64, output).unwrap();
            assert_eq!(size(&whole), upright, "{orientation} {output:?}");
            assert_eq!(corners(&whole), seen, "{orientation} {output:?}");
            let small = encode(&file, 16, output).unwrap();
            assert_eq!(size(&small), (16, 16 * upright.1 / upright.0));
            assert_eq!(corners(&small), seen, "{orientation} {output:?} small");
        }
    }
}

#[test]
fn a_part_is_the_same_however_the_picture_was_held() {
    let plain = jpeg(&quarters(64, 32));
    let crop = |ratio, focus| Some(Crop { ratio: Ratio::parse(ratio).unwrap(), focus: Focus::parse(focus).unwrap() });
    for orientation in 1..=8 {
        let file = with_orientation(&plain, orientation);
        let whole = image::load_from_memory(&encode(&file, 64, Output::Original).unwrap()).unwrap();
        let picture = probe(&file).unwrap();
        for (ratio, focus) in [("1:1", "top left"), ("2:3", "75% 25%"), ("3:1", "bottom"), ("1:1", "center")] {
            let part = picture.part(crop(ratio, focus)).unwrap();
            let expected = whole.crop_imm(part.left, part.top, part.width, part.height);
            for width in [part.width, part.width / 2] {
                let demand = Demand { width, output: Output::Original, crop: crop(ratio, focus) };
                let copy = image::load_from_memory(&encode_all(&file, &[demand]).pop().unwrap().unwrap()).unwrap();
                assert_eq!(
                    copy.dimensions(),
                    picture.cropped(crop(ratio, focus)).fit(width, Output::Original),
                    "{orientation} {ratio} {focus}"
                );
                let expected = expected.resize_exact(copy.width(), copy.height(), image::imageops::FilterType::Lanczos3).into_rgb8();
                let differences = copy.into_rgb8().iter().zip(expected.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
                assert!(differences / (expected.len() as u64) < 8, "{orientation} {ratio} {focus}: {differences}");
            }
        }
    }
    let moving = Picture { animated: true, ..probe(&plain).unwrap() };
    assert_eq!(moving.cropped(crop("1:1", "left")), moving, "what moves is shown whole");
}

#[test]
fn metadata_does_not_survive() {
    let file = with_orientation(&jpeg(&quarters(64, 32)), 3);
    let copies = encode_all(&file, &[Demand::whole(64, Output::Original), Demand::whole(64, Output::WebP)]);
    for copy in copies {
        let copy = copy.unwrap();
        assert!(!copy.windows(4).any(|window| window == b"Exif" || window == b"EXIF"));
    }
    let plain = png(&DynamicImage::ImageRgb8(quarters(8, 8)));
    let text = b"\0\0\0\x0btEXtAuthor\0Mira\x12\x34\x56\x78";
    let file = [&plain[..33], text, &plain[33..]].concat();
    assert_eq!(encode(&file, 8, Output::Original).unwrap(), plain);
}

#[test]
fn copies_are_never_larger_than_the_picture() {
    let picture = |width, height| Picture { width, height, format: Format::Jpeg, animated: false };
    for (of, wanted, output, expected) in [
        (picture(1000, 500), 400, Output::WebP, (400, 200)),
        (picture(1000, 500), 4000, Output::WebP, (1000, 500)),
        (picture(4000, 3000), 4000, Output::WebP, (4000, 3000)),
        (picture(4000, 3000), 4000, Output::Original, (1600, 1200)),
        (picture(3, 1000), 1, Output::WebP, (1, 333)),
        (picture(1000, 3), 10, Output::WebP, (10, 1)),
        (picture(1000, 3), 0, Output::WebP, (1, 1)),
        // A WebP file cannot be higher than 16,383 pixels.
        (picture(1000, 20_000), 1000, Output::WebP, (819, 16_380)),
    ] {
        assert_eq!(of.fit(wanted, output), expected, "{of:?} at {wanted}");
    }
    let moving = Picture { animated: true, ..picture(300, 200) };
    assert_eq!(moving.fit(100, Output::Original), (300, 200));
    assert_eq!(picture(900, 900).widths(&[1600, 400, 800, 1200], Output::WebP), [400, 800, 900]);
}

#[test]
fn file_names_need_no_escaping() {
    for (stem, expected) in [
        ("harbour-mug", "/img/harbour-mug.0a1b2c3d-640.webp"),
        ("IMG_1234 (2)", "/img/img-1234-2.0a1b2c3d-640.webp"),
        ("Tasse grün", "/img/tasse-gr-n.0a1b2c3d-640.webp"),
        ("杯", "/img/picture.0a1b2c3d-640.webp"),
    ] {
        assert_eq!(file_name(stem, "0a1b2c3d", 640, "webp"), expected);
    }
}

#[test]
fn alpha_stays_and_an_idle_alpha_channel_goes() {
    let glass = RgbaImage::from_fn(40, 40, |x, _| Rgba([200, 30, 30, if x < 20 { 0 } else { 255 }]));
    let file = png(&DynamicImage::ImageRgba8(glass));
    for output in [Output::WebP, Output::Original] {
        let copy = image::load_from_memory(&encode(&file, 20, output).unwrap()).unwrap();
        let copy = copy.into_rgba8();
        assert_eq!((copy[(1, 5)].0[3], copy[(18, 5)].0[3]), (0, 255), "{output:?}");
        // No dark seam: the hidden pixels' colour takes no part.
        assert!(copy[(18, 5)].0[0] > 180, "{output:?}");
    }
    let opaque = DynamicImage::ImageRgb8(quarters(40, 40)).into_rgba8();
    let copy = encode(&png(&DynamicImage::ImageRgba8(opaque)), 20, Output::Original).unwrap();
    assert!(!image::load_from_memory(&copy).unwrap().color().has_alpha());
}

#[test]
fn other_layouts_become_eight_bit_color() {
    let color = DynamicImage::ImageRgb8(quarters(32, 32));
    for layout in [
        DynamicImage::ImageLuma8(color.to_luma8()),
        DynamicImage::ImageLumaA16(color.to_luma_alpha16()),
        DynamicImage::ImageRgb16(color.to_rgb16()),
        DynamicImage::ImageRgba16(color.to_rgba16()),
    ] {
        let copy = encode(&png(&layout), 16, Output::WebP).unwrap();
        assert_eq!(size(&copy), (16, 16));
    }
}

#[test]
fn a_copy_depends_on_nothing_but_its_own_demand() {
    let file = jpeg(&quarters(200, 100));
    let demands = [(150, Output::WebP), (50, Output::Original), (50, Output::WebP), (300, Output::WebP)]
        .map(|(width, output)| Demand::whole(width, output));
    let together = encode_all(&file, &demands);
    for (demand, copy) in demands.iter().zip(together) {
        assert_eq!(copy, encode(&file, demand.width, demand.output), "{demand:?}");
    }
}

pub(super) fn gif(frames: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut bytes);
        for shade in 0..frames {
            let frame = RgbaImage::from_pixel(20, 10, Rgba([shade * 60, 0, 0, 255]));
            encoder.encode_frame(image::Frame::new(frame)).unwrap();
        }
    }
    bytes
}

#[test]
fn a_gif_that_moves_is_kept_and_a_still_one_becomes_png() {
    let moving = gif(3);
    let picture = check(&moving).unwrap();
    assert_eq!((picture.animated, picture.extension(Output::Original)), (true, "gif"));
    assert_eq!(encode(&moving, 5, Output::Original).unwrap(), moving);
    assert_eq!(encode(&moving, 5, Output::WebP), Err(PictureError::OneSize));

    let still = gif(1);
    let picture = check(&still).unwrap();
    assert_eq!((picture.animated, picture.extension(Output::Original)), (false, "png"));
    let copy = encode(&still, 20, Output::Original).unwrap();
    assert_eq!(image::guess_format(&copy).unwrap(), ImageFormat::Png);
    assert_eq!(size(&encode(&still, 10, Output::WebP).unwrap()), (10, 5));
}

#[test]
fn from_afar_a_picture_is_a_few_bytes() {
    let photo = RgbImage::from_fn(300, 400, |x, y| Rgb([x * 7, y * 5, x ^ y].map(|value| value.to_le_bytes()[0])));
    for file in [jpeg(&quarters(64, 32)), jpeg(&photo), with_orientation(&jpeg(&quarters(640, 320)), 6)] {
        let picture = probe(&file).unwrap();
        let made = blur(&file, None).unwrap().unwrap();
        assert!(made.len() <= MAX_BLUR_BYTES, "{}", made.len());
        let (width, height) = size(&made);
        assert_eq!(width.max(height), 16);
        assert_eq!(width < height, picture.width < picture.height);
        assert_eq!(blur(&file, None).unwrap().unwrap(), made, "the same bytes give the same");
    }
    let crop = Crop { ratio: Ratio::parse("1:1").unwrap(), focus: Focus::parse("left").unwrap() };
    assert_eq!(size(&blur(&jpeg(&quarters(64, 32)), Some(crop)).unwrap().unwrap()), (16, 16));
    let glass = RgbaImage::from_fn(40, 40, |x, _| Rgba([200, 30, 30, if x < 20 { 0 } else { 255 }]));
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M0 0h9v9z\"/></svg>";
    for file in [png(&DynamicImage::ImageRgba8(glass)), gif(2), svg.to_vec()] {
        assert_eq!(blur(&file, None), Ok(None));
    }
    assert!(blur(b"hello", None).is_err());
}

#[test]
fn an_svg_is_cleaned_and_can_be_drawn() {
    let svg = b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- by hand -->\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 20\" onload=\"alert(1)\"><path d=\"M0 0h40v20H0z\"/></svg>";
    let picture = check(svg).unwrap();
    assert_eq!((picture.width, picture.height, picture.format), (40, 20, Format::Svg));
    assert_eq!((picture.extension(Output::Original), picture.extension(Output::Drawn)), ("svg", "png"));
    let clean = String::from_utf8(encode(svg, 400, Output::Original).unwrap()).unwrap();
    assert!(clean.starts_with("<svg ") && !clean.contains("alert"), "{clean}");
    assert_eq!(size(&encode(svg, 400, Output::Drawn).unwrap()), (400, 200));
    assert_eq!(encode(svg, 400, Output::WebP), Err(PictureError::OneSize));
    let high = Picture { width: 1, height: 20_000, ..picture };
    assert_eq!(high.fit(1600, Output::Drawn), (1, 6400));
    let with_text = b"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><text>Mira</text></svg>";
    assert_eq!(
        check(with_text).unwrap_err().to_string(),
        "the SVG cannot be drawn (it has text, which needs a font): save it as a plain SVG, with its text turned into paths, or as a PNG",
    );
}

/// A PNG's signature and header chunk, and a chunk of pixels that is never looked at.
fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = png(&DynamicImage::ImageRgb8(quarters(8, 8)));
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let checksum = crc32(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&checksum);
    bytes
}

/// PNG's checksum (W3C PNG, annex D), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }))
}

#[test]
fn what_is_too_large_is_refused_from_its_header() {
    for (width, height) in [(30_000, 30_000), (20_001, 10), (10_000, 5_001)] {
        let expected = PictureError::TooLarge { width, height };
        let file = png_of_size(width, height);
        assert_eq!(probe(&file), Err(expected.clone()));
        assert_eq!(encode(&file, 100, Output::WebP), Err(expected));
    }
    assert!(probe(&png_of_size(10_000, 5_000)).is_ok());
    // A JPEG's size: two bytes each in the frame header.
    let mut file = jpeg(&quarters(64, 32));
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    assert_eq!(
        probe(&file).unwrap_err().to_string(),
        "the picture is 30000 × 30000 pixels, and at most 20000 a side and 50 million altogether \
         are read: save a smaller copy",
    );
}

#[test]
fn a_file_that_was_cut_short_is_refused() {
    let picture = DynamicImage::ImageRgb8(quarters(120, 80));
    let mut webp = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut webp, ImageFormat::WebP).unwrap();
    let lossy = encode(&jpeg(&quarters(120, 80)), 120, Output::WebP).unwrap();
    for (format, file) in [
        (Format::Jpeg, jpeg(&quarters(120, 80))),
        (Format::Png, png(&picture)),
        (Format::WebP, webp.into_inner()),
        (Format::WebP, lossy),
        (Format::Gif, gif(1)),
    ] {
        assert!(encode(&file, 50, Output::WebP).is_ok(), "{format:?}");
        for kept in [file.len() / 2, file.len() * 9 / 10, file.len() - 2] {
            let refused = encode(&file[..kept], 50, Output::WebP).unwrap_err();
            assert_eq!(refused, PictureError::Truncated(format), "{kept} of {}", file.len());
        }
        let longer = [&file[..], b"appended"].concat();
        assert!(encode(&longer, 50, Output::WebP).is_ok(), "{format:?} with more behind it");
    }
    assert_eq!(
        PictureError::Truncated(Format::Png).to_string(),
        "the PNG file ends too early, a part of the picture is missing: copy or save it again",
    );
}

#[test]
fn no_cut_and_no_changed_byte_makes_it_panic() {
    let picture = quarters(24, 16);
    let mut webp = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut webp, ImageFormat::WebP).unwrap();
    let files = [with_orientation(&jpeg(&picture), 6), png(&DynamicImage::ImageRgb8(picture)), webp.into_inner(), gif(2)];
    for file in files {
        for place in 0..file.len() {
            let _ = encode(&file[..place], 10, Output::WebP);
            let mut changed = file.clone();
            changed[place] ^= 0x55;
            let _ = encode(&changed, 10, Output::WebP);
        }
    }
}

#[test]
fn other_files_are_named() {
    for (bytes, expected) in [
        (&b""[..], "an empty file"),
        (b"\0\0\0\x18ftypheic", "a HEIC file"),
        (b"\0\0\0\x18ftypavif", "an AVIF file"),
        (b"<html/>", "a text file"),
        (b"II*\0", "a TIFF file"),
        (b"hello", "this file"),
    ] {
        let error = probe(bytes).unwrap_err();
        assert_eq!(error, PictureError::UnknownFormat { found: expected });
    }
    assert_eq!(
        probe(b"BM1234").unwrap_err().to_string(),
        "a BMP file cannot be shown by every browser: save the picture as JPEG, PNG, WebP, GIF or SVG",
    );
}

#[test]
fn real_pictures_have_their_sizes() {
    for (name, expected, animated) in [
        ("animated-loop-3.gif", None, true),
        ("exif-orientation-3.jpg", None, false),
        ("exif-orientation-6-1800.jpg", None, false),
        ("exif-orientation-8-1800.jpg", None, false),
        ("photo.webp", None, false),
        ("cmyk-no-profile.jpg", None, false),
        ("product-beanie-alpha-2160.png", None, false),
        ("product-cap-palette-1360.png", None, false),
        ("product-hoodie-alpha-2160.png", None, false),
        ("product-mugs-palette-1360.png", None, false),
        ("product-photo-1600x1067.jpg", Some((1600, 1067)), false),
        ("product-watch-1280x1600.jpg", Some((1280, 1600)), false),
    ] {
        let Some(file) = shared(name) else { continue };
        let picture = check(&file).unwrap();
        eprintln!("{name}: {picture:?}");
        if let Some(expected) = expected {
            assert_eq!((picture.width, picture.height), expected, "{name}");
        }
        assert_eq!(picture.animated, animated, "{name}");
        if !animated {
            for output in [Output::WebP, Output::Original] {
                let copy = encode(&file, 400, output).unwrap();
                assert_eq!(size(&copy), picture.fit(400, output), "{name} {output:?}");
            }
        }
    }
}

#[test]
fn avif_is_made_where_the_program_can() {
    let opaque = jpeg(&quarters(320, 200));
    let made = encode(&opaque, 160, Output::Avif);
    if !AVIF {
        assert_eq!(made, Err(PictureError::NoAvif));
        return;
    }
    let transparent = {
        let picture = RgbaImage::from_fn(64, 64, |x, y| Rgba([200, 30, 30, u8::try_from(x + y).unwrap_or(255)]));
        let mut bytes = Vec::new();
        DynamicImage::ImageRgba8(picture).write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png).expect("encoded");
        bytes
    };
    // The size stands in the property `ispe` of the picture itself, which comes first (ISO/IEC 23008-12, 6.5.3).
    let size = |avif: &[u8]| {
        let at = avif.windows(4).position(|word| word == b"ispe").expect("a size") + 8;
        let side = |at: usize| u32::from_be_bytes(avif[at..at + 4].try_into().expect("four bytes"));
        (side(at), side(at + 4))
    };
    for (file, width, expected) in [(opaque, 160, (160, 100)), (transparent, 64, (64, 64))] {
        let avif = encode(&file, width, Output::Avif).expect("AVIF");
        assert_eq!((&avif[4..12], size(&avif)), (&b"ftypavif"[..], expected));
        assert_eq!(encode(&file, width, Output::Avif), Ok(avif), "the same bytes each time");
    }
}
