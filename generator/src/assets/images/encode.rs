//! From pixels to the copies of a picture: scaled, turned upright, encoded.

use std::collections::BTreeMap;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageEncoder as _, ImageError};

use super::decode::{Decoded, swaps_sides};
use super::structure::{self, UPRIGHT};
use super::{Demand, Format, Output, Picture, PictureError};

/// libwebp's quality for lossy WebP, 0 to 100. At 78 product photos show no blocks at twice their
/// size, and files are about a third smaller than JPEG of the same look.
const WEBP_QUALITY: f32 = 78.0;
/// JPEG quality, 1 to 100, for original copies: they are seen by what reads no WebP.
const JPEG_QUALITY: u8 = 82;

/// Every demanded copy, in the order of the demands. Equal sizes are scaled once.
pub(super) fn copies(bytes: &[u8], picture: Picture, decoded: &Decoded, demands: &[Demand]) -> Vec<Result<Vec<u8>, PictureError>> {
    let mut by_size: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
    for (place, demand) in demands.iter().enumerate() {
        let size = picture.fit(demand.width, demand.output);
        by_size.entry(size).or_default().push(place);
    }
    let mut resizer = Resizer::new();
    let mut copies: Vec<(usize, Result<Vec<u8>, PictureError>)> = Vec::new();
    for (size, places) in by_size {
        let is_as_stored = decoded.orientation == Orientation::NoTransforms && !decoded.recoloured;
        let whole_png = (picture.format == Format::Png && size == (picture.width, picture.height) && is_as_stored).then_some(bytes);
        let scaled = scaled(&mut resizer, decoded, size);
        for place in places {
            let copy = match (demands[place].output, whole_png) {
                // Lossless, and a palette stays a palette.
                (Output::Original, Some(png)) => Ok(structure::without_metadata(png, Format::Png, UPRIGHT)),
                (Output::Original, None) => original(&scaled, picture.format),
                (Output::WebP, _) => webp(&scaled, picture.format),
                (Output::Icon(_) | Output::Drawn, _) => unreachable!("these are drawn from an SVG, which is never decoded here"),
            };
            copies.push((place, copy));
        }
    }
    copies.sort_by_key(|(place, _)| *place);
    copies.into_iter().map(|(_, copy)| copy).collect()
}

/// The picture at a size (as it is seen), upright.
fn scaled(resizer: &mut Resizer, decoded: &Decoded, (width, height): (u32, u32)) -> DynamicImage {
    let source = &decoded.pixels;
    let (width, height) = if swaps_sides(decoded.orientation) { (height, width) } else { (width, height) };
    let mut copy = if (width, height) == (source.width(), source.height()) {
        source.clone()
    } else {
        let mut target = DynamicImage::new(width, height, source.color());
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
        resizer.resize(source, &mut target, &options).expect("both pictures have the same, supported layout");
        target
    };
    copy.apply_orientation(decoded.orientation);
    copy
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
    let (width, height) = (copy.width(), copy.height());
    let encoder = if copy.color().has_alpha() {
        webp::Encoder::from_rgba(copy.as_bytes(), width, height)
    } else {
        webp::Encoder::from_rgb(copy.as_bytes(), width, height)
    };
    match encoder.encode_simple(false, WEBP_QUALITY) {
        Ok(memory) => Ok(memory.to_vec()),
        Err(error) => Err(not_encoded(format, &format_args!("{error:?}"))),
    }
}

/// Encoders fail on sizes that their format cannot hold; the limits leave hardly any.
fn not_encoded(format: Format, cause: &dyn std::fmt::Display) -> PictureError {
    PictureError::Unsupported { format, cause: cause.to_string() }
}
