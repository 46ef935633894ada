//! From a file's bytes to pixels, within the limits, and nothing of the file's metadata but its
//! orientation and what its colours mean.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use super::colour::Profile;
use super::{Format, MAX_DECODE_BYTES, MAX_PIXELS, MAX_SIDE, PictureError, structure};

/// A decoded picture. It may still lie on its side: turning the small copies is cheaper than
/// turning the large original, and gives the same pixels.
pub(super) struct Decoded {
    /// Eight bits a channel, sRGB or, if the file has alpha, with that.
    pub(super) pixels: DynamicImage,
    /// Whether the file's own values are of another profile than sRGB.
    pub(super) recoloured: bool,
    /// What has to be done to a copy to make it stand upright.
    pub(super) orientation: Orientation,
}

/// A picture whose header was read and is within the limits.
pub(super) struct Source<'a> {
    /// Ready to decode.
    pub(super) decoder: Box<dyn ImageDecoder + 'a>,
    /// More than one frame.
    pub(super) animated: bool,
}

impl Source<'_> {
    /// The EXIF orientation; upright when there is none or it cannot be read.
    pub(super) fn orientation(&mut self) -> Orientation {
        self.decoder.orientation().unwrap_or(Orientation::NoTransforms)
    }
}

/// Reads the header and refuses what is too large, before anything of its size is allocated.
pub(super) fn open(bytes: &[u8], format: Format) -> Result<Source<'_>, PictureError> {
    let mut source = read_header(bytes, format).map_err(|error| explain(&error, format))?;
    let (width, height) = source.decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    if pixels == 0 {
        return Err(PictureError::Damaged { format, cause: "it has no pixels".to_owned() });
    }
    source.decoder.set_limits(limits()).map_err(|error| explain(&error, format))?;
    Ok(source)
}

/// Decodes a file that [`structure::is_whole`].
pub(super) fn decode(bytes: &[u8], format: Format) -> Result<Decoded, PictureError> {
    let mut source = open(bytes, format)?;
    let orientation = source.orientation();
    let embedded = source.decoder.icc_profile().ok().flatten();
    let profile = embedded.and_then(|embedded| Profile::read(&embedded));
    if let Some(printed) =
        profile.as_ref().filter(|profile| profile.is_of_inks() && format == Format::Jpeg).and_then(|inks| inks.print(bytes))
    {
        return Ok(Decoded { pixels: printed?, recoloured: true, orientation });
    }
    let decoded = DynamicImage::from_decoder(source.decoder).map_err(|error| explain(&error, format))?;
    let (decoded, recoloured) = match profile {
        Some(profile) => profile.apply(decoded),
        None => (decoded, false),
    };
    Ok(Decoded { pixels: eight_bit_color(decoded), recoloured, orientation })
}

/// Whether width and height change places when the picture is made to stand upright.
pub(super) fn swaps_sides(orientation: Orientation) -> bool {
    matches!(orientation, Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH)
}

fn read_header(bytes: &[u8], format: Format) -> Result<Source<'_>, ImageError> {
    let reader = Cursor::new(bytes);
    let (decoder, animated): (Box<dyn ImageDecoder + '_>, bool) = match format {
        Format::Jpeg => (Box::new(JpegDecoder::new(reader)?), false),
        Format::Png => {
            let decoder = PngDecoder::with_limits(reader, allocation_limit())?;
            let animated = decoder.is_apng()?;
            (Box::new(decoder), animated)
        }
        Format::Gif => (Box::new(GifDecoder::new(reader)?), structure::gif_is_animated(bytes)),
        Format::Svg => unreachable!("an SVG has no pixels to decode"),
        Format::WebP => {
            let decoder = WebPDecoder::new(reader)?;
            let animated = decoder.has_animation();
            (Box::new(decoder), animated)
        }
    };
    Ok(Source { decoder, animated })
}

fn limits() -> Limits {
    let mut limits = allocation_limit();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits
}

/// Without the limits on the sides, so that the message about those can name the picture's size.
fn allocation_limit() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    limits
}

/// The two layouts that the encoders take. An alpha channel that hides nothing is dropped.
fn eight_bit_color(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let with_alpha = image.into_rgba8();
    if with_alpha.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(with_alpha).into_rgb8())
    } else {
        DynamicImage::ImageRgba8(with_alpha)
    }
}

/// The decoder's error in our words.
fn explain(error: &ImageError, format: Format) -> PictureError {
    match error {
        ImageError::Unsupported(_) => PictureError::Unsupported { format, cause: cause(error) },
        ImageError::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => PictureError::Truncated(format),
        _ => PictureError::Damaged { format, cause: cause(error) },
    }
}

/// The innermost error's text: the outer ones say only that decoding failed.
fn cause(error: &ImageError) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
