//! Pictures of one colour under a profile, and what that colour is in sRGB by the profile's own definition.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, GrayImage, ImageEncoder as _};
use jpeg_encoder::{ColorType, Encoder};
use moxcms::{LutDataType, LutStore, LutType, LutWarehouse, Matrix3d, ProfileClass};

use super::super::{Output, encode};
use super::*;

const SIDE: u32 = 16;

fn filled<T: Copy>(pixel: &[T]) -> Vec<T> {
    pixel.repeat((SIDE * SIDE) as usize)
}

fn png(values: &[u8], layout: ExtendedColorType, profile: &ColorProfile) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    encoder.set_icc_profile(profile.encode().expect("a profile")).expect("it takes one");
    encoder.write_image(values, SIDE, SIDE, layout).expect("encoded");
    bytes
}

fn jpeg(values: &[u8], layout: ExtendedColorType, profile: &ColorProfile) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
    encoder.set_icc_profile(profile.encode().expect("a profile")).expect("it takes one");
    encoder.write_image(values, SIDE, SIDE, layout).expect("encoded");
    bytes
}

/// A JPEG of four inks, as image programs write it.
fn print(inks: [u8; 4], form: ColorType, profile: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 100);
    if let Some(profile) = profile {
        encoder.add_icc_profile(profile).expect("it takes one");
    }
    let side = u16::try_from(SIDE).expect("small");
    encoder.encode(&filled(&inks), side, side, form).expect("encoded");
    bytes
}

/// The colour in the middle of the lossless copy; the lossy ones have to be near it.
fn seen(file: &[u8]) -> [u8; 3] {
    let of = |output| image::load_from_memory(&encode(file, SIDE, output).expect("a copy")).expect("a picture").to_rgb8()[(7, 7)].0;
    let (original, webp) = (of(Output::Original), of(Output::WebP));
    assert!(near(original, webp, 6), "{original:?} {webp:?}");
    original
}

fn near(one: [u8; 3], other: [u8; 3], most: u8) -> bool {
    one.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= most)
}

/// IEC 61966-2-1.
fn to_linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

fn from_linear(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let value = if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let byte = (value * 255.0).round() as u8;
    byte
}

/// Values of a space of three primaries in sRGB, by its curve and the matrix between the two.
fn by_definition(values: [u8; 3], curve: fn(f64) -> f64, matrix: [[f64; 3]; 3]) -> [u8; 3] {
    let light = values.map(|value| curve(f64::from(value) / 255.0));
    matrix.map(|row| from_linear(row.iter().zip(light).map(|(factor, light)| factor * light).sum()))
}

/// SMPTE EG 432-1's primaries, with white and curve of sRGB.
fn display_p3(values: [u8; 3]) -> [u8; 3] {
    by_definition(values, to_linear, [[1.22494, -0.22494, 0.0], [-0.04206, 1.04206, 0.0], [-0.01964, -0.07864, 1.09828]])
}

/// Adobe RGB (1998), section 4.3.
fn adobe_rgb(values: [u8; 3]) -> [u8; 3] {
    by_definition(values, |value| value.powf(563.0 / 256.0), [[1.39836, -0.39836, 0.0], [0.0, 1.0, 0.0], [0.0, -0.04293, 1.04293]])
}

const COLOURS: [[u8; 3]; 6] = [[200, 90, 60], [60, 160, 70], [40, 60, 190], [128, 128, 128], [250, 250, 250], [255, 0, 0]];

#[test]
fn wide_colours_become_those_of_srgb() {
    for colour in COLOURS {
        for (profile, expected) in [
            (ColorProfile::new_display_p3(), display_p3(colour)),
            (ColorProfile::new_adobe_rgb(), adobe_rgb(colour)),
            (ColorProfile::new_srgb(), colour),
        ] {
            let file = png(&filled(&colour), ExtendedColorType::Rgb8, &profile);
            assert!(near(seen(&file), expected, 2), "{colour:?}: {:?}, not {expected:?}", seen(&file));
            let file = jpeg(&filled(&colour), ExtendedColorType::Rgb8, &profile);
            assert!(near(seen(&file), expected, 6), "{colour:?} as JPEG: {:?}, not {expected:?}", seen(&file));
        }
    }
    let other = [200, 90, 60];
    assert!(!near(display_p3(other), other, 8) && !near(adobe_rgb(other), other, 8), "the test can tell");
}

#[test]
fn sixteen_bits_and_alpha_are_converted_too() {
    let p3 = ColorProfile::new_display_p3();
    let colour = [200_u8, 90, 60];
    let deep: Vec<u8> = filled(&colour.map(|value| u16::from(value) * 257)).iter().flat_map(|value| value.to_ne_bytes()).collect();
    assert!(near(seen(&png(&deep, ExtendedColorType::Rgb16, &p3)), display_p3(colour), 2));
    let deep: Vec<u8> = filled(&[200_u16 * 257, 90 * 257, 60 * 257, 128 * 257]).iter().flat_map(|value| value.to_ne_bytes()).collect();
    for (values, layout) in [(filled(&[200, 90, 60, 128]), ExtendedColorType::Rgba8), (deep, ExtendedColorType::Rgba16)] {
        let copy = encode(&png(&values, layout, &p3), SIDE, Output::Original).expect("a copy");
        let [red, green, blue, alpha] = image::load_from_memory(&copy).expect("a picture").to_rgba8()[(7, 7)].0;
        assert!(near([red, green, blue], display_p3(colour), 2), "{layout:?}");
        assert_eq!(alpha, 128, "{layout:?}");
    }
    // Without a profile sixteen bits are the upper eight of them.
    let mut plain = Vec::new();
    let values: Vec<u8> = filled(&[0x1234_u16, 0xabcd, 0xffff]).iter().flat_map(|value| value.to_ne_bytes()).collect();
    PngEncoder::new(&mut plain).write_image(&values, SIDE, SIDE, ExtendedColorType::Rgb16).expect("encoded");
    let copy = image::load_from_memory(&encode(&plain, 8, Output::Original).expect("a copy")).expect("a picture").to_rgb8();
    assert!(near(copy[(3, 3)].0, [0x12, 0xac, 0xff], 1), "{:?}", copy[(3, 3)]);
}

#[test]
fn greys_are_as_bright_as_their_curve_says() {
    let dark = ColorProfile::new_gray_with_gamma(1.0);
    for value in [10_u8, 64, 128, 200] {
        let expected = [from_linear(f64::from(value) / 255.0); 3];
        for file in [png(&filled(&[value]), ExtendedColorType::L8, &dark), jpeg(&filled(&[value]), ExtendedColorType::L8, &dark)] {
            assert!(near(seen(&file), expected, 3), "{value}: {:?}, not {expected:?}", seen(&file));
        }
        let with_alpha = png(&filled(&[value, 100]), ExtendedColorType::La8, &dark);
        let copy = image::load_from_memory(&encode(&with_alpha, SIDE, Output::Original).expect("a copy")).expect("a picture").to_rgba8();
        assert_eq!(copy[(7, 7)].0[3], 100);
        assert!(copy[(7, 7)].0[0].abs_diff(expected[0]) <= 3);
    }
}

#[test]
fn a_profile_that_says_nothing_is_srgb() {
    let colour = [200, 90, 60];
    let grey = ColorProfile::new_gray_with_gamma(1.0);
    assert!(near(seen(&png(&filled(&colour), ExtendedColorType::Rgb8, &grey)), colour, 0), "a grey one of a coloured picture");
    let plain = png(&filled(&colour), ExtendedColorType::Rgb8, &ColorProfile::new_srgb());
    let copy = encode(&plain, SIDE, Output::Original).expect("a copy");
    assert!(!copy.windows(4).any(|chunk| chunk == b"iCCP"), "sRGB needs none");
    let mut broken = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut broken, 100);
    encoder.set_icc_profile(vec![7; 200]).expect("it takes anything");
    encoder.write_image(&filled(&colour), SIDE, SIDE, ExtendedColorType::Rgb8).expect("encoded");
    assert!(near(seen(&broken), colour, 3));
}

#[test]
fn a_profile_broken_anywhere_does_not_make_it_panic() {
    let picture = GrayImage::new(4, 4);
    for (profile, layout, values) in [
        (ColorProfile::new_display_p3().encode(), ExtendedColorType::Rgb8, vec![90; 4 * 4 * 3]),
        (ColorProfile::new_gray_with_gamma(2.0).encode(), ExtendedColorType::L8, picture.into_raw()),
    ] {
        let profile = profile.expect("a profile");
        for place in (0..profile.len()).step_by(3) {
            let mut broken = profile.clone();
            broken[place] ^= 0x55;
            let mut bytes = Vec::new();
            let mut encoder = PngEncoder::new(&mut bytes);
            encoder.set_icc_profile(broken).expect("it takes anything");
            encoder.write_image(&values, 4, 4, layout).expect("encoded");
            assert!(encode(&bytes, 4, Output::Original).is_ok(), "{place}");
        }
    }
    let inks = of_inks();
    for place in (0..inks.len()).step_by(7) {
        let mut broken = inks.clone();
        broken[place] ^= 0x55;
        assert!(encode(&print([255, 0, 0, 0], ColorType::Cmyk, Some(&broken)), 8, Output::WebP).is_ok(), "{place}");
    }
}

/// What the inks of the profile below make of white paper: no printer's colours, so that no formula hits them.
fn printed(inks: [bool; 4]) -> [u8; 3] {
    match inks {
        [_, _, _, true] => [30, 25, 20],
        [true, true, _, false] => [50, 60, 130],
        [true, false, false, false] => [60, 140, 190],
        [false, true, false, false] => [200, 40, 120],
        [false, false, true, false] => [240, 220, 60],
        [false, false, false, false] => [250, 245, 235],
        [_, _, true, false] => [120, 90, 60],
    }
}

/// CIE 1976 L*a*b* under D50, of a colour of sRGB, in sixteen bits (ICC.1:2001-04, annex A).
fn to_lab(colour: [u8; 3]) -> [u16; 3] {
    let light = colour.map(|value| to_linear(f64::from(value) / 255.0));
    let row = |factors: [f64; 3], white: f64| factors.iter().zip(light).map(|(factor, light)| factor * light).sum::<f64>() / white;
    let x = row([0.436_074_7, 0.385_064_9, 0.143_080_4], 0.964_22);
    let y = row([0.222_504_5, 0.716_878_6, 0.060_616_9], 1.0);
    let z = row([0.013_932_2, 0.097_104_5, 0.714_173_3], 0.825_21);
    let curve = |value: f64| if value > 216.0 / 24389.0 { value.cbrt() } else { (24389.0 / 27.0 * value + 16.0) / 116.0 };
    let (x, y, z) = (curve(x), curve(y), curve(z));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within sixteen bits")]
    let encoded =
        [(116.0 * y - 16.0) * 652.8, (500.0 * (x - y) + 128.0) * 256.0, (200.0 * (y - z) + 128.0) * 256.0].map(|value| value as u16);
    encoded
}

/// A profile of four inks: a table of what each mixture of none and all gives.
fn of_inks() -> Vec<u8> {
    let mixtures = (0..16).map(|place| [8, 4, 2, 1].map(|ink| place & ink != 0));
    let table = LutDataType {
        num_input_channels: 4,
        num_output_channels: 3,
        num_clut_grid_points: 2,
        matrix: Matrix3d::IDENTITY,
        num_input_table_entries: 2,
        num_output_table_entries: 2,
        input_table: LutStore::Store16([0, u16::MAX].repeat(4)),
        clut_table: LutStore::Store16(mixtures.flat_map(|inks| to_lab(printed(inks))).collect()),
        output_table: LutStore::Store16([0, u16::MAX].repeat(3)),
        lut_type: LutType::Lut16,
    };
    let mut profile = ColorProfile::default();
    profile.profile_class = ProfileClass::OutputDevice;
    profile.color_space = DataColorSpace::Cmyk;
    profile.pcs = DataColorSpace::Lab;
    profile.lut_a_to_b_perceptual = Some(LutWarehouse::Lut(table));
    profile.encode().expect("a profile")
}

#[test]
fn inks_are_what_their_profile_says() {
    let profile = of_inks();
    for place in 0..16 {
        let inks = [8, 4, 2, 1].map(|ink| place & ink != 0);
        let values = inks.map(|ink| if ink { 255 } else { 0 });
        for form in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let found = seen(&print(values, form, Some(&profile)));
            assert!(near(found, printed(inks), 5), "{values:?} as {form:?}: {found:?}, not {:?}", printed(inks));
        }
    }
}

#[test]
fn inks_without_a_profile_take_light_away() {
    for (inks, expected) in [
        ([0, 0, 0, 0], [255, 255, 255]),
        ([255, 0, 0, 0], [0, 255, 255]),
        ([0, 255, 0, 0], [255, 0, 255]),
        ([0, 0, 255, 0], [255, 255, 0]),
        ([0, 0, 0, 255], [0, 0, 0]),
        ([100, 0, 0, 100], [94, 155, 155]),
    ] {
        for form in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let found = seen(&print(inks, form, None));
            assert!(near(found, expected, 5), "{inks:?} as {form:?}: {found:?}, not {expected:?}");
        }
    }
}
