//! From pixels to the copies of a picture: scaled, turned upright, encoded.

use std::collections::BTreeMap;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder as _, ImageError};

use super::crop::Part;
use super::decode::{Decoded, swaps_sides};
use super::structure::{self, UPRIGHT};
use super::{Crop, Demand, Format, MAX_BLUR_BYTES, Output, Picture, PictureError};

/// libwebp's quality for lossy WebP, 0 to 100. At 78 product photos show no blocks at twice their
/// size, and files are about a third smaller than JPEG of the same look.
const WEBP_QUALITY: f32 = 78.0;
/// JPEG quality, 1 to 100, for original copies: they are seen by what reads no WebP.
const JPEG_QUALITY: u8 = 82;

/// The part of a picture that a copy shows, and the copy's size as it is seen: copies of the same are scaled once.
type Shape = (Option<Part>, (u32, u32));

/// Every demanded copy, in the order of the demands. Equal sizes are scaled once.
pub(super) fn copies(bytes: &[u8], picture: Picture, decoded: &Decoded, demands: &[Demand]) -> Vec<Result<Vec<u8>, PictureError>> {
    let mut by_size: BTreeMap<Shape, Vec<usize>> = BTreeMap::new();
    for (place, demand) in demands.iter().enumerate() {
        let size = picture.cropped(demand.crop).fit(demand.width, demand.output);
        by_size.entry((picture.part(demand.crop), size)).or_default().push(place);
    }
    let mut resizer = Resizer::new();
    let mut copies: Vec<(usize, Result<Vec<u8>, PictureError>)> = Vec::new();
    for ((part, size), places) in by_size {
        let is_as_stored = decoded.orientation == Orientation::NoTransforms && !decoded.recoloured && part.is_none();
        let whole_png = (picture.format == Format::Png && size == (picture.width, picture.height) && is_as_stored).then_some(bytes);
        let scaled = scaled(&mut resizer, decoded, part, size);
        for place in places {
            let copy = match (demands[place].output, whole_png) {
                // Lossless, and a palette stays a palette.
                (Output::Original, Some(png)) => Ok(structure::without_metadata(png, Format::Png, UPRIGHT)),
                (Output::Original, None) => original(&scaled, picture.format),
                (Output::WebP, _) => webp(&scaled, picture.format),
                (Output::Avif, _) => avif(&scaled, picture.format),
                (Output::Icon(_) | Output::Drawn, _) => unreachable!("these are drawn from an SVG, which is never decoded here"),
            };
            copies.push((place, copy));
        }
    }
    copies.sort_by_key(|(place, _)| *place);
    copies.into_iter().map(|(_, copy)| copy).collect()
}

/// As a picture is seen while it loads; see [`super::blur`].
pub(super) fn from_afar(picture: Picture, decoded: &Decoded, crop: Option<Crop>) -> Result<Option<Vec<u8>>, PictureError> {
    /// Enough for what is where; browsers draw the rest softly.
    const SIDE: u32 = 16;
    /// The first that gives few enough bytes is taken.
    const QUALITIES: [f32; 4] = [50.0, 30.0, 15.0, 0.0];
    if decoded.pixels.color().has_alpha() {
        return Ok(None);
    }
    let shown = picture.cropped(crop);
    let width = if shown.width >= shown.height { SIDE } else { SIDE * shown.width / shown.height };
    let size = shown.fit(width.max(1), Output::WebP);
    let (width, height) = if swaps_sides(decoded.orientation) { (size.1, size.0) } else { size };
    // So few pixels need no better way than the fastest.
    let mut copy = match picture.part(crop).map(|part| stored(part, decoded)) {
        Some(Part { left, top, width: wide, height: high }) => {
            decoded.pixels.crop_imm(left, top, wide, high).thumbnail_exact(width, height)
        }
        None => decoded.pixels.thumbnail_exact(width, height),
    };
    copy.apply_orientation(decoded.orientation);
    for quality in QUALITIES {
        let made = webp_of(&copy, picture.format, quality)?;
        if made.len() <= MAX_BLUR_BYTES {
            return Ok(Some(made));
        }
    }
    Ok(None)
}

/// The picture, or a part of it, at a size (as it is seen), upright.
fn scaled(resizer: &mut Resizer, decoded: &Decoded, part: Option<Part>, (width, height): (u32, u32)) -> DynamicImage {
    let source = &decoded.pixels;
    let (width, height) = if swaps_sides(decoded.orientation) { (height, width) } else { (width, height) };
    let part = part.map_or(Part { left: 0, top: 0, width: source.width(), height: source.height() }, |part| stored(part, decoded));
    let mut copy = if (width, height) == (part.width, part.height) {
        source.crop_imm(part.left, part.top, part.width, part.height)
    } else {
        let mut target = DynamicImage::new(width, height, source.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).crop(
            f64::from(part.left),
            f64::from(part.top),
            f64::from(part.width),
            f64::from(part.height),
        );
        resizer.resize(source, &mut target, &options).expect("both pictures have the same, supported layout");
        target
    };
    copy.apply_orientation(decoded.orientation);
    copy
}

/// Where a part of the picture as it is seen lies in the picture as it is stored.
fn stored(part: Part, decoded: &Decoded) -> Part {
    let (from_left, from_top) = (part.left, part.top);
    let (is_turned, from_right, from_bottom) = {
        let (stored_width, stored_height) = (decoded.pixels.width(), decoded.pixels.height());
        let is_turned = swaps_sides(decoded.orientation);
        let (width, height) = if is_turned { (stored_height, stored_width) } else { (stored_width, stored_height) };
        (is_turned, width - part.left - part.width, height - part.top - part.height)
    };
    // Each as `DynamicImage::apply_orientation` turns it upright.
    let (left, top) = match decoded.orientation {
        Orientation::NoTransforms => (from_left, from_top),
        Orientation::FlipHorizontal => (from_right, from_top),
        Orientation::FlipVertical => (from_left, from_bottom),
        Orientation::Rotate180 => (from_right, from_bottom),
        Orientation::Rotate90 => (from_top, from_right),
        Orientation::Rotate270 => (from_bottom, from_left),
        Orientation::Rotate90FlipH => (from_top, from_left),
        Orientation::Rotate270FlipH => (from_bottom, from_right),
    };
    let (width, height) = if is_turned { (part.height, part.width) } else { (part.width, part.height) };
    Part { left, top, width, height }
}

/// The copy in the format that [`Picture::extension`] announces.
fn original(copy: &DynamicImage, format: Format) -> Result<Vec<u8>, PictureError> {
    match format {
        Format::Jpeg => jpeg(copy),
        Format::Png | Format::Gif => png(copy),
        Format::WebP => return webp(copy, format),
        Format::Svg => unreachable!("an SVG is written again, and not encoded"),
    }
    .map_err(|error| not_encoded(format, &error))
}

fn jpeg(copy: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    copy.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))?;
    Ok(bytes)
}

fn png(copy: &DynamicImage) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
    encoder.write_image(copy.as_bytes(), copy.width(), copy.height(), copy.color().into())?;
    Ok(bytes)
}

fn webp(copy: &DynamicImage, format: Format) -> Result<Vec<u8>, PictureError> {
    webp_of(copy, format, WEBP_QUALITY)
}

fn webp_of(copy: &DynamicImage, format: Format, quality: f32) -> Result<Vec<u8>, PictureError> {
    let (width, height) = (copy.width(), copy.height());
    let encoder = if copy.color().has_alpha() {
        webp::Encoder::from_rgba(copy.as_bytes(), width, height)
    } else {
        webp::Encoder::from_rgb(copy.as_bytes(), width, height)
    };
    match encoder.encode_simple(false, quality) {
        Ok(memory) => Ok(memory.to_vec()),
        Err(error) => Err(not_encoded(format, &format_args!("{error:?}"))),
    }
}

/// `ravif`'s quality, 1 to 100: as far from the original as [`WEBP_QUALITY`] (docs/PERFORMANCE.md).
#[cfg(feature = "avif")]
const AVIF_QUALITY: f32 = 68.0;
/// `ravif`'s speed, 1 to 10. At 8 files are a twentieth smaller and take two and a half times as long.
#[cfg(feature = "avif")]
const AVIF_SPEED: u8 = 9;

/// On one thread: copies of several pictures are made at once, and the bytes do not depend on how many cores there are.
#[cfg(feature = "avif")]
fn avif(copy: &DynamicImage, format: Format) -> Result<Vec<u8>, PictureError> {
    use ravif::{Encoder, Img, RGB8, RGBA8};
    let size = (copy.width() as usize, copy.height() as usize);
    let encoder = Encoder::new().with_quality(AVIF_QUALITY).with_speed(AVIF_SPEED).with_num_threads(Some(1));
    let made = if copy.color().has_alpha() {
        let pixels: Vec<RGBA8> = copy.as_bytes().chunks_exact(4).map(|rgba| RGBA8::new(rgba[0], rgba[1], rgba[2], rgba[3])).collect();
        encoder.with_alpha_quality(AVIF_QUALITY).encode_rgba(Img::new(&pixels, size.0, size.1))
    } else {
        let pixels: Vec<RGB8> = copy.as_bytes().chunks_exact(3).map(|rgb| RGB8::new(rgb[0], rgb[1], rgb[2])).collect();
        encoder.encode_rgb(Img::new(&pixels, size.0, size.1))
    };
    made.map(|made| made.avif_file).map_err(|error| not_encoded(format, &error))
}

#[cfg(not(feature = "avif"))]
fn avif(_: &DynamicImage, _: Format) -> Result<Vec<u8>, PictureError> {
    Err(PictureError::NoAvif)
}

/// Encoders fail on sizes that their format cannot hold; the limits leave hardly any.
fn not_encoded(format: Format, cause: &dyn std::fmt::Display) -> PictureError {
    PictureError::Unsupported { format, cause: cause.to_string() }
}
